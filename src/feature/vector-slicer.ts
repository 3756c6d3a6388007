import { ParamError, SchemaError } from '../errors.js'
import { arrayOf, interval, rule } from '../param/constraint.js'
import { accepts, intArray, stringArray } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { AttributeGroup } from '../sql/attributes.js'
import type { BatchTransform } from '../sql/plan.js'
import { fieldOf, isVector, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { knownNames } from '../util/names.js'
import { requireSlots, selectedForm, selectSlots } from './select-slots.js'
import { sizedField } from './vector-field.js'
import { vectorTransform } from './vector-transform.js'

const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length

const params = {
  ...singleColumn(accepts.vector, VectorUDT),
  indices: intArray({
    default: [],
    doc: 'indices of the slots; none of them among those of names',
    constraint: arrayOf(interval('integer', { min: 0 }), 'an array of different whole numbers from 0', distinct),
  }),
  names: stringArray({
    default: [],
    doc: 'names of slots, as in the ML attributes of the column; they come after the indices',
    constraint: arrayOf(
      rule('a string that is not empty', (v) => typeof v === 'string' && v !== '', [3, '']),
      'an array of different strings that are not empty',
      distinct,
    ),
  }),
} as const

const something: Rule = (stage) => {
  if ((stage.getOrDefault('indices') as unknown[]).length + (stage.getOrDefault('names') as unknown[]).length > 0)
    return
  throw new ParamError('no slot is selected', {
    stage: stage.uid,
    param: 'indices',
    allowed: 'Allowed: at least one slot in "indices" or "names"',
    received: 'nothing',
    hint: 'Set it: { indices: [0] }.',
  })
}

/**
 * Takes slots out of vectors (Spark's `VectorSlicer`): those of `indices`, then those of `names`, in this order.
 *
 * Vectors keep their form; slots keep their ML attributes. **Null** is a DataError, **NaN** stays NaN. **Errors**: DataError naming the row for a vector that lacks
 * a slot; ParamError when nothing is selected, or a slot twice; SchemaError for a missing column, one that is no vector, a name that no slot has, an
 * index beyond the length in the metadata, or an output column that exists. **Cost**: one sweep. **Differs from Spark**: a sparse vector that
 * lacks a slot is an error, too.
 *
 * @example
 * ```ts
 * import { createDataFrame, VectorSlicer, Vectors } from 'ridgeline'
 * const data = createDataFrame([{ x: Vectors.dense(0, 10, 0.5) }])
 * await new VectorSlicer({ inputCol: 'x', outputCol: 'y', indices: [2, 1] }).transform(data).show() // [0.5,10.0]
 * ```
 */
export class VectorSlicer extends transformer('org.apache.spark.ml.feature.VectorSlicer', params, [something]) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output(schema)])
  }

  override bind(schema: StructType): BatchTransform {
    const column = this.getInputCol()
    const slots = Int32Array.from(this.slots(schema))
    return vectorTransform({
      stage: this.uid,
      column,
      output: this.output(schema),
      run: (vectors, length, firstRow) =>
        selectSlots(requireSlots(vectors, length, slots, { stage: this.uid, column, firstRow }), length, slots, true),
      form: (vectors) => selectedForm(vectors, slots),
    })
  }

  private group(schema: StructType): AttributeGroup {
    const field = fieldOf(schema, this.getInputCol(), this.uid)
    return isVector(field.dataType) ? AttributeGroup.fromStructField(field) : new AttributeGroup(field.name)
  }

  private slots(schema: StructType): number[] {
    const group = this.group(schema)
    const named = this.getNames().map((name) => this.slotNamed(group, name))
    const slots = [...this.getIndices(), ...named]
    if (!distinct(slots)) {
      throw new ParamError('a slot is both in "indices" and in "names"', {
        stage: this.uid,
        param: 'names',
        allowed: 'Each slot once',
        received: this.getNames()
          .map((name, k) => `${name} (${named[k]})`)
          .join(', '),
        hint: 'Leave it out of one of them.',
      })
    }
    const beyond = slots.find((slot) => group.size >= 0 && slot >= group.size)
    if (beyond !== undefined) {
      throw new SchemaError(`column "${group.name}" has no slot ${beyond}`, {
        stage: this.uid,
        column: group.name,
        param: 'indices',
        allowed: `Slots 0 to ${group.size - 1}`,
        received: String(beyond),
      })
    }
    return slots
  }

  private slotNamed(group: AttributeGroup, name: string): number {
    if (group.hasAttr(name)) return group.indexOf(name)
    const known = (group.names() ?? []).filter((slot) => slot !== undefined)
    throw new SchemaError(`column "${group.name}" has no slot "${name}"`, {
      stage: this.uid,
      column: group.name,
      param: 'names',
      allowed: knownNames('slots', name, known),
      received: name,
      hint: known.length > 0 ? undefined : 'Its metadata name no slots: give indices.',
    })
  }

  private output(schema: StructType): StructField {
    const name = this.getOutputCol()
    const { attributes } = this.group(schema)
    const slots = this.slots(schema)
    if (!attributes) return sizedField(name, slots.length)
    const group = new AttributeGroup(
      name,
      slots.map((slot) => attributes[slot]),
    )
    return StructField(name, VectorUDT, true, group.toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    const count = this.getIndices().length + this.getNames().length
    return `VectorSlicer: uid=${this.uid}${count > 0 ? `, numSelectedFeatures=${count}` : ''}`
  }
}
