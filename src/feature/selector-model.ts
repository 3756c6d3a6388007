import { ParamError, SchemaError } from '../errors.js'
import { accepts } from '../param/row.js'
import { featuresCol, singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { Model } from '../pipeline/model.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { BatchTransform } from '../sql/plan.js'
import { fieldOf, isVector, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { requireSlots, selectedField, selectSlots } from './select-slots.js'
import { vectorTransform } from './vector-transform.js'

/** Columns of every selector. */
export const selectorColumns = {
  featuresCol,
  outputCol: singleColumn(accepts.vector, VectorUDT).outputCol,
} as const

/** What every selector learns. */
export const selectorState = {
  selectedFeatures: state.ints('indices of the selected features, ascending'),
} as const

/**
 * What models of selectors share: they keep the chosen slots of vectors, in order, with their ML attributes (Spark's `SelectorModel`).
 * Vectors keep their form. Null is a DataError, NaN stays NaN.
 */
export abstract class SelectorModel extends Model {
  /** Indices of the selected features, ascending. */
  abstract readonly selectedFeatures: readonly number[]

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output(schema)])
  }

  override bind(schema: StructType): BatchTransform {
    const column = this.getOrDefault('featuresCol') as string
    const slots = Int32Array.from(this.selectedFeatures)
    return vectorTransform({
      stage: this.uid,
      column,
      output: this.output(schema),
      run: (vectors, length, firstRow) =>
        selectSlots(requireSlots(vectors, length, slots, { stage: this.uid, column, firstRow }), length, slots, true),
    })
  }

  /** @throws ParamError unless the indices ascend. */
  protected requireAscending(): void {
    const wrong = this.selectedFeatures.find((slot, k, all) => !Number.isInteger(slot) || slot <= (all[k - 1] ?? -1))
    if (wrong === undefined) return
    throw new ParamError(`"selectedFeatures" holds ${wrong}`, {
      stage: this.uid,
      param: 'selectedFeatures',
      allowed: 'Strictly increasing whole numbers from 0',
      received: String(wrong),
      hint: 'Sort the indices, and leave out what is there twice.',
    })
  }

  private output(schema: StructType): StructField {
    const name = this.getOrDefault('outputCol') as string
    const input = fieldOf(schema, this.getOrDefault('featuresCol') as string, this.uid)
    if (!isVector(input.dataType)) return StructField(name, VectorUDT)
    const { size } = AttributeGroup.fromStructField(input)
    const last = this.selectedFeatures.at(-1) ?? -1
    if (size >= 0 && last >= size) {
      throw new SchemaError(`column "${input.name}" has ${size} features by its metadata`, {
        stage: this.uid,
        column: input.name,
        allowed: `Allowed: at least ${last + 1} features`,
        received: String(size),
        hint: 'Assemble the same features as for fit.',
      })
    }
    return selectedField(name, input, this.selectedFeatures)
  }
}
