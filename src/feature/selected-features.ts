import type { Params } from '../param/params.js'
import { type Attribute, AttributeGroup } from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { denseVectors, isDenseRow, vectorSize, vectorStart } from '../sql/columns.js'
import type { BatchTransform } from '../sql/plan.js'
import { fieldOf, StructField, type StructType, VectorUDT } from '../sql/types.js'
import { requireVectors } from '../sql/vector-checks.js'
import { pickSlots } from './row-arithmetic.js'

/** How features are chosen by the p values of their tests. */
export type SelectionMode = 'numTopFeatures' | 'percentile' | 'fpr' | 'fdr' | 'fwe'

/**
 * Indices of the features that a mode selects. What counts features, and `fdr`, gives them by p value, NaN last and equal ones by index; the
 * other modes by index. `fdr` is the procedure of Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.
 */
export function selectByPValues(pValues: readonly number[], mode: SelectionMode, threshold: number): number[] {
  const n = pValues.length
  const best = (count: number): number[] => Array.from(pValues.keys()).sort(byPValue).slice(0, count)
  const byPValue = (i: number, j: number): number =>
    Number(Number.isNaN(pValues[i])) - Number(Number.isNaN(pValues[j])) || pValues[i] - pValues[j] || i - j
  const below = (bound: number): number[] => Array.from(pValues.keys()).filter((i) => pValues[i] < bound)
  switch (mode) {
    case 'numTopFeatures':
      return best(Math.trunc(threshold))
    case 'percentile':
      return best(Math.trunc(n * threshold))
    case 'fpr':
      return below(threshold)
    case 'fdr':
      return best(best(n).findLastIndex((feature, i) => pValues[feature] <= (threshold / n) * (i + 1)) + 1)
    case 'fwe':
      return below(threshold / n)
  }
}

/** What a model that keeps some features of a vector column needs. */
export interface Selection {
  readonly featuresCol: string
  readonly outputCol: string
  readonly features: readonly number[]
  /** Attribute of a slot where the input column says nothing about its slots. */
  readonly unknown: Attribute
}

/** Column of the selected features, with their attributes. */
export function selectedField(stage: Params, schema: StructType, selection: Selection): StructField {
  const { attributes } = AttributeGroup.fromStructField(fieldOf(schema, selection.featuresCol, stage.uid))
  const chosen = new Set(selection.features)
  const slots = attributes?.filter((_, i) => chosen.has(i)) ?? Array.from(chosen, () => selection.unknown)
  return StructField(selection.outputCol, VectorUDT, true, new AttributeGroup(selection.outputCol, slots).toMetadata())
}

/** The step that keeps the selected features, in the order in which they stand in the vectors. Sparse rows stay sparse. */
export function selectFeatures(stage: Params, schema: StructType, selection: Selection): BatchTransform {
  const features = Int32Array.from(selection.features).sort()
  return {
    name: stage.uid,
    inputs: [selection.featuresCol],
    outputs: [selectedField(stage, schema, selection)],
    filters: false,
    run: ([column], length, firstRow) => {
      const origin = { stage: stage.uid, column: selection.featuresCol, firstRow }
      return { columns: [selected(column as VectorColumn, length, features, origin)] }
    },
  }
}

function selected(column: VectorColumn, length: number, features: Int32Array, origin: ColumnOrigin): VectorColumn {
  requireVectors(column, length, origin)
  const needed = features.length === 0 ? 0 : features[features.length - 1] + 1
  for (let row = 0; row < length; row++) {
    const size = vectorSize(column, row)
    if (size < needed) {
      throw valueError(
        `a vector of length ${size}`,
        row,
        origin,
        `vectors with the features that were selected, up to ${needed - 1}`,
      )
    }
    if (column.sizes === null) break
  }
  return column.offsets === null ? fromDense(column, length, features) : fromRows(column, length, features)
}

function fromDense({ values, size }: VectorColumn, length: number, features: Int32Array): VectorColumn {
  return denseVectors(pickSlots(values, length, size, features), features.length)
}

/** Of rows of which some are sparse. */
function fromRows(column: VectorColumn, length: number, features: Int32Array): VectorColumn {
  const { values } = column
  const slots = column.indices as Int32Array
  const width = features.length
  const offsets = new Int32Array(length + 1)
  const capacity = Math.min(vectorStart(column, length), length * width)
  const indices = new Int32Array(capacity)
  const kept = new Float64Array(capacity)
  const dense = column.dense === null ? null : new Uint8Array(length)
  let entries = 0
  for (let row = 0; row < length; row++) {
    const end = vectorStart(column, row + 1)
    let k = 0
    for (let e = vectorStart(column, row); e < end && k < width; e++) {
      while (k < width && features[k] < slots[e]) k++
      if (features[k] !== slots[e]) continue
      indices[entries] = k++
      kept[entries++] = values[e]
    }
    offsets[row + 1] = entries
    if (dense !== null && isDenseRow(column, row)) dense[row] = 1
  }
  return {
    kind: 'vector',
    size: width,
    sizes: null,
    offsets,
    indices: indices.subarray(0, entries),
    values: kept.subarray(0, entries),
    dense,
    valid: null,
  }
}
