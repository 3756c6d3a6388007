import { accepts, inputColumns, outputColumn, stringArray } from '../param/row.js'
import { numFeatures } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { AttributeGroup } from '../sql/attributes.js'
import { type BoolColumn, type ColumnData, type DictColumn, isValid } from '../sql/batch.js'
import { castToDoubles } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms } from '../sql/row-form.js'
import { fieldOf, isNumeric, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { murmur3String } from '../util/murmur3.js'
import { hashedForm } from './hashed-form.js'
import { numberText } from './number-text.js'
import { sumEntries } from './sparse-rows.js'
import { slotOf } from './term-hash.js'

const params = {
  inputCols: inputColumns({ accepts: accepts.numericStringOrBoolean, doc: 'input column names' }),
  outputCol: outputColumn({ default: (uid) => `${uid}__output`, yields: VectorUDT, doc: 'output column name' }),
  numFeatures,
  categoricalCols: stringArray({ doc: 'numeric columns to treat as categorical' }),
} as const

/** Most numbers whose places are remembered. */
const REMEMBERED = 1 << 16

/** Fills every `width`-th entry, from the first one on, with what a column adds to each row; -1 as the place where it adds nothing. */
type Entries = (
  column: ColumnData,
  length: number,
  indices: Int32Array,
  values: Float64Array,
  at: number,
  width: number,
) => void

/** A number at the place of the column's name. */
function numberEntries(name: string, slots: number): Entries {
  const slot = slotOf(murmur3String(name), slots)
  return (column, length, indices, values, at, width) => {
    const numbers = castToDoubles(column, length)
    for (let i = 0, to = at; i < length; i++, to += width) {
      indices[to] = isValid(column.valid, i) ? slot : -1
      values[to] = numbers[i]
    }
  }
}

/** A 1 at the place of `name=value`. */
function categoryEntries({ name, dataType }: StructField, slots: number): Entries {
  const slotOfText = (text: string): number => slotOf(murmur3String(`${name}=${text}`), slots)
  const slotsOf = dataType.kind === 'string' ? stringSlots(slotOfText) : valueSlots(dataType, slotOfText)
  return (column, length, indices, values, at, width) => {
    const places = slotsOf(column, length)
    for (let i = 0, to = at; i < length; i++, to += width) {
      indices[to] = isValid(column.valid, i) ? places[i] : -1
      values[to] = 1
    }
  }
}

/** Place of the value in each of the first `length` rows of a column; any number for null. */
type Slots = (column: ColumnData, length: number) => ArrayLike<number>

/** Places of strings, worked out once a dictionary, which may grow. */
function stringSlots(slotOfText: (text: string) => number): Slots {
  let known: readonly string[] = []
  let slots: number[] = []
  return (column, length) => {
    const { codes, dictionary } = column as DictColumn
    if (dictionary !== known) slots = []
    known = dictionary
    for (let code = slots.length; code < dictionary.length; code++) slots.push(slotOfText(dictionary[code]))
    const places = new Int32Array(length)
    for (let i = 0; i < length; i++) places[i] = slots[codes[i]]
    return places
  }
}

function valueSlots(type: StructField['dataType'], slotOfText: (text: string) => number): Slots {
  if (type.kind === 'boolean') {
    const slots = [slotOfText('false'), slotOfText('true')]
    return (column, length) => Int32Array.from((column as BoolColumn).data.subarray(0, length), (bit) => slots[bit])
  }
  const text =
    type.kind === 'decimal' ? (value: number | bigint) => decimalText(Number(value), type.scale) : numberText(type).text
  const slots = new Map<number | bigint, number>()
  const slotOfValue = (value: number | bigint): number => {
    // A map does not tell the zeros apart, their texts do.
    if (Object.is(value, -0)) return slotOfText(text(value))
    let slot = slots.get(value)
    if (slot === undefined) {
      slot = slotOfText(text(value))
      if (slots.size >= REMEMBERED) slots.clear()
      slots.set(value, slot)
    }
    return slot
  }
  return (column, length) => {
    const { data } = column as { readonly data: ArrayLike<number | bigint> }
    const places = new Int32Array(length)
    for (let i = 0; i < length; i++) places[i] = slotOfValue(data[i])
    return places
  }
}

/** `BigDecimal.toString` of Java: with an exponent where the first digit lies more than six places behind the point. */
function decimalText(value: number, scale: number): string {
  const plain = value.toFixed(scale)
  const digits = plain.replace(/[-.]/g, '').replace(/^0+(?=.)/, '')
  const exponent = digits.length - 1 - scale
  if (exponent >= -6) return plain
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${value < 0 ? '-' : ''}${digits[0]}${fraction}E${exponent}`
}

/**
 * Puts columns of any number of values into one sparse vector by hashing (Spark's `FeatureHasher`), without learning categories first.
 *
 * | column | place: murmur3 mod `numFeatures` of | value |
 * | --- | --- | --- |
 * | numeric | the name of the column | the number |
 * | string, boolean, or numeric and in `categoricalCols` | `column=value`, such as `city=FR`, `far=true`, `hour=7`, `km=1.0` | 1 |
 *
 * What falls on the same place is added. **Null** adds nothing; **NaN** stays NaN. Output: sparse vectors of length `numFeatures`, zeros of
 * numeric columns included. **Errors**: SchemaError for a missing column, one that is neither numeric, string nor boolean, or an output column
 * that exists; names in `categoricalCols` that are no input are passed over, as in Spark. **Cost**: one hash a value; strings are hashed
 * once a dictionary. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, FeatureHasher } from 'ridgeline'
 * const rides = createDataFrame([{ city: 'FR', km: 7.5, far: true }])
 * const hasher = new FeatureHasher({ inputCols: ['city', 'km', 'far'], outputCol: 'features', numFeatures: 64 })
 * await hasher.transform(rides).select('features').show()
 * ```
 */
export class FeatureHasher extends transformer('org.apache.spark.ml.feature.FeatureHasher', params) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), [this.output()])
  }

  override bind(schema: StructType): BatchTransform {
    const size = this.getNumFeatures()
    const { numbers, categories } = this.columns(schema)
    // As in Spark numbers come first, which decides in what order they are added.
    const entries = [
      ...numbers.map((name) => numberEntries(name, size)),
      ...categories.map((name) => categoryEntries(fieldOf(schema, name, this.uid), size)),
    ]
    const width = entries.length
    return {
      name: this.uid,
      inputs: [...numbers, ...categories],
      outputs: [this.output()],
      filters: false,
      run: (columns, length) => {
        const indices = new Int32Array(length * width)
        const values = new Float64Array(length * width)
        columns.forEach((column, k) => {
          entries[k](column, length, indices, values, k, width)
        })
        return { columns: [sumEntries(indices, values, length, width, size)] }
      },
      forms: (inputs) => {
        const fields = [...numbers, ...categories].map((name) => fieldOf(schema, name, this.uid))
        return allForms([hashedForm(inputs, fields, numbers.length, size)])
      },
    }
  }

  /** Which columns are numbers and which are categories. A column that is named twice counts once as a number, and twice as a string. */
  private columns(schema: StructType): { readonly numbers: string[]; readonly categories: string[] } {
    const inputs = this.getInputCols()
    let categories = inputs.filter((name) => !isNumeric(fieldOf(schema, name, this.uid).dataType))
    if (this.isSet('categoricalCols')) {
      const named = this.getCategoricalCols().filter((name) => inputs.includes(name))
      categories = [...new Set([...categories, ...named])]
    }
    return { numbers: [...new Set(inputs)].filter((name) => !categories.includes(name)), categories }
  }

  private output(): StructField {
    const name = this.getOutputCol()
    return StructField(name, VectorUDT, true, new AttributeGroup(name, this.getNumFeatures()).toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    const count = (param: 'inputCols' | 'categoricalCols', label: string): string =>
      this.isSet(param) ? `, ${label}=${(this.getOrDefault(param) as readonly string[]).length}` : ''
    return `FeatureHasher: uid=${this.uid}, numFeatures=${this.getNumFeatures()}${count('inputCols', 'numInputCols')}${count('categoricalCols', 'numCategoricalCols')}`
  }
}
