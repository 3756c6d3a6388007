import type { Params } from '../param/params.js'
import { type Attribute, AttributeGroup } from '../sql/attributes.js'
import type { BatchTransform } from '../sql/plan.js'
import { fieldOf, StructField, type StructType, VectorUDT } from '../sql/types.js'
import { requireSlots, selectedForm, selectSlots } from './select-slots.js'
import { vectorTransform } from './vector-transform.js'

/** How features are chosen by the p values of their tests. */
export type SelectionMode = 'numTopFeatures' | 'percentile' | 'fpr' | 'fdr' | 'fwe'

/**
 * Indices of the features that a mode selects. What counts features, and `fdr`, gives them by p value, NaN last and equal ones by index; the
 * other modes in the order of the tests. `fdr` is the procedure of Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.
 * @param order of the tests: the indices of all features; ascending when not given.
 */
export function selectByPValues(
  pValues: readonly number[],
  mode: SelectionMode,
  threshold: number,
  order: Iterable<number> = pValues.keys(),
): number[] {
  const n = pValues.length
  const best = (count: number): number[] => Array.from(pValues.keys()).sort(byPValue).slice(0, count)
  const byPValue = (i: number, j: number): number =>
    Number(Number.isNaN(pValues[i])) - Number(Number.isNaN(pValues[j])) || pValues[i] - pValues[j] || i - j
  const below = (bound: number): number[] => Array.from(order).filter((i) => pValues[i] < bound)
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

/** A model that keeps some features of a vector column. */
interface SelectorModel extends Params {
  readonly selectedFeatures: readonly number[]
  getFeaturesCol(): string
  getOutputCol(): string
}

/**
 * Column of the selected features, with their attributes.
 * @param unknown attribute of a slot where the input column says nothing about its slots.
 */
export function selectedField(model: SelectorModel, schema: StructType, unknown: Attribute): StructField {
  const name = model.getOutputCol()
  const { attributes } = AttributeGroup.fromStructField(fieldOf(schema, model.getFeaturesCol(), model.uid))
  const chosen = new Set(model.selectedFeatures)
  const slots = attributes?.filter((_, i) => chosen.has(i)) ?? Array.from(chosen, () => unknown)
  return StructField(name, VectorUDT, true, new AttributeGroup(name, slots).toMetadata())
}

/** The step that keeps the selected features, in the order in which they stand in the vectors. Sparse rows stay sparse. */
export function selectFeatures(model: SelectorModel, schema: StructType, unknown: Attribute): BatchTransform {
  const [stage, column] = [model.uid, model.getFeaturesCol()]
  const slots = Int32Array.from(model.selectedFeatures).sort()
  return vectorTransform({
    stage,
    column,
    output: selectedField(model, schema, unknown),
    run: (vectors, length, firstRow) =>
      selectSlots(requireSlots(vectors, length, slots, { stage, column, firstRow }), length, slots, false),
    form: (vectors) => selectedForm(vectors, slots),
  })
}
