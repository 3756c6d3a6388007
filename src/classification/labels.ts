import { DataError } from '../errors.js'
import type { InstanceBlock } from '../optim/instances.js'
import { Attribute, numCategories } from '../sql/attributes.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { fieldOf, type StructType } from '../sql/types.js'

/** Most classes that are taken for granted where the label column does not say how many there are (Spark's `getNumClasses`). */
const MAX_INFERRED = 100

/** Number of classes by the ML attribute of the label column; undefined where it says nothing. */
export const declaredClasses = (schema: StructType, labelCol: string): number | undefined =>
  numCategories(Attribute.fromStructField(fieldOf(schema, labelCol)))

/**
 * Refuses labels that are no class: anything but whole numbers from 0, below `numClasses` where it is given.
 * @throws DataError naming column and row.
 */
export function checkClassLabels(labels: Float64Array, numClasses: number | undefined, origin: ColumnOrigin): void {
  const limit = numClasses ?? 2 ** 31 - 1
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]
    if (label >= 0 && label < limit && Number.isInteger(label)) continue
    const allowed =
      numClasses === undefined ? 'class labels: 0, 1, 2, …' : `class labels: whole numbers from 0 to ${numClasses - 1}`
    throw valueError(String(label), row, origin, allowed, 'StringIndexer makes class labels of any values')
  }
}

/**
 * Number of classes of a classifier, with all labels checked: what the label column declares, else the largest label + 1.
 * Source: Spark's `DatasetUtils.getNumClasses`.
 * @throws DataError naming column and row for a label that is no class, and for more than 100 classes that the column does not declare.
 */
export function numClassesOf(
  schema: StructType,
  blocks: readonly InstanceBlock[],
  { stage, column }: Pick<ColumnOrigin, 'stage' | 'column'>,
): number {
  const declared = declaredClasses(schema, column)
  let largest = 0
  let firstRow = 0
  for (const { labels, length } of blocks) {
    checkClassLabels(labels, declared, { stage, column, firstRow })
    for (let row = 0; row < length; row++) if (labels[row] > largest) largest = labels[row]
    firstRow += length
  }
  if (declared !== undefined) return declared
  if (largest >= MAX_INFERRED) throw labelBeyond(MAX_INFERRED, largest, { stage, column })
  return largest + 1
}

/** The error about a label that would make more classes than are taken for granted. */
export const labelBeyond = (
  limit: number,
  label: number,
  { stage, column }: Pick<ColumnOrigin, 'stage' | 'column'>,
): DataError =>
  new DataError(`column "${column}" holds the label ${label}`, {
    stage,
    column,
    allowed: `Allowed: labels below ${limit}, unless the column says how many classes there are`,
    received: String(label),
    hint: 'StringIndexer makes class labels 0, 1, 2, … of any values and says how many there are.',
  })
