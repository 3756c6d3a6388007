import { DataError, SchemaError } from '../errors.js'
import { noRows } from '../optim/training-errors.js'
import type { VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { vectorStart } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import { numbersOf } from '../sql/doubles.js'
import type { ActionOptions } from '../sql/engine.js'
import { fieldOf, isNumeric, isVector, simpleString } from '../sql/types.js'
import { firstWidth, requireVectors, requireWidth } from '../sql/vector-checks.js'

/** The columns of a test of features against a label, and who asks. */
export interface LabelledColumns {
  /** uid of the stage, or name of the test, for messages. */
  readonly stage: string
  readonly featuresCol: string
  readonly labelCol: string
  /** Whether a NaN among the elements is refused; it then is a DataError. */
  readonly refuseNaN?: boolean
}

/** Some rows: vectors of `size` elements, none null, and a label for each. */
export interface LabelledVectors {
  readonly vectors: VectorColumn
  readonly labels: Float64Array
  readonly length: number
  readonly size: number
}

/**
 * The rows of a frame as vectors of one length and labels, batch by batch.
 * @throws SchemaError when the features are no vectors or the label is not numeric; DataError naming the row for null, a label
 *   that is NaN, or a vector of another length, and when there are no rows.
 */
export async function* labelledVectors(
  data: DataFrame,
  { stage, featuresCol, labelCol, refuseNaN = false }: LabelledColumns,
  options: ActionOptions = {},
): AsyncGenerator<LabelledVectors> {
  requireType(data, featuresCol, stage, 'vector')
  requireType(data, labelCol, stage, 'a numeric type')
  let size: number | undefined
  let firstRow = 0
  for await (const { columns, length } of data.batches([featuresCol, labelCol], { signal: options.signal })) {
    if (length === 0) continue
    const vectors = columns[0] as VectorColumn
    const origin: ColumnOrigin = { stage, column: featuresCol, firstRow }
    requireVectors(vectors, length, origin)
    size ??= firstWidth(vectors, length) as number
    requireWidth(vectors, length, size, origin)
    if (refuseNaN) requireNoNaN(vectors, length, origin)
    const labels = numbersOf(columns[1], length, { stage, column: labelCol, firstRow })
    yield { vectors, labels, length, size }
    firstRow += length
  }
  if (size === undefined) throw noRows(stage, featuresCol)
}

/** Calls `visit` for each stored element that is not 0, row by row. */
export function forEachNonZero(
  { vectors, length }: LabelledVectors,
  visit: (row: number, feature: number, value: number) => void,
): void {
  const { indices, values } = vectors
  for (let row = 0; row < length; row++) {
    const start = vectorStart(vectors, row)
    const end = vectorStart(vectors, row + 1)
    for (let e = start; e < end; e++) {
      if (values[e] !== 0) visit(row, indices === null ? e - start : indices[e], values[e])
    }
  }
}

/** Labels as numbers 0, 1, … in the order in which they come, and how many rows have each. */
export class LabelCodes {
  readonly counts: number[] = []
  private readonly codes = new Map<number, number>()

  /** Counts a row of the label. @returns its code. */
  add(label: number): number {
    let code = this.codes.get(label)
    if (code === undefined) {
      code = this.counts.length
      this.codes.set(label, code)
      this.counts.push(0)
    }
    this.counts[code]++
    return code
  }

  /** The codes in the order of their labels. */
  ascending(): number[] {
    return [...this.codes].sort((a, b) => a[0] - b[0]).map((entry) => entry[1])
  }
}

/** The test has nothing to compare. */
export const untestable = (problem: string, { stage, labelCol }: LabelledColumns, allowed: string): DataError =>
  new DataError(problem, { stage, column: labelCol, allowed: `Allowed: ${allowed}` })

function requireType(data: DataFrame, column: string, stage: string, wanted: 'vector' | 'a numeric type'): void {
  const { dataType } = fieldOf(data.schema, column, stage)
  if (wanted === 'vector' ? isVector(dataType) : isNumeric(dataType)) return
  const received = simpleString(dataType)
  throw new SchemaError(`column "${column}" has type ${received}`, {
    stage,
    column,
    allowed: `Allowed: ${wanted}`,
    received,
    hint: 'Cast the column, or name another one.',
  })
}

function requireNoNaN(vectors: VectorColumn, length: number, origin: ColumnOrigin): void {
  const { values } = vectors
  for (let row = 0; row < length; row++) {
    const end = vectorStart(vectors, row + 1)
    for (let e = vectorStart(vectors, row); e < end; e++) {
      if (Number.isNaN(values[e])) throw valueError('NaN', row, origin, 'numbers', 'Drop the rows without a number')
    }
  }
}
