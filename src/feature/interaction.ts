import { ParamError, SchemaError } from '../errors.js'
import { accepts, inputColumns } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import { singleColumn } from '../param/shared.js'
import { transformer } from '../pipeline/define.js'
import { Attribute, AttributeGroup, BinaryAttribute, NumericAttribute, numCategories } from '../sql/attributes.js'
import type { VectorColumn } from '../sql/batch.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms } from '../sql/row-form.js'
import { fieldOf, isVector, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { uninitialized } from '../util/uninitialized.js'
import { columnCounts } from './column-pairs.js'
import { compressRows, isSparser } from './compress-rows.js'
import { crossedForm } from './crossed-form.js'
import { type EncodedRows, SlotEncoder } from './slot-encoder.js'

const params = {
  inputCols: inputColumns({ accepts: accepts.numericOrVector, doc: 'input column names' }),
  outputCol: singleColumn(accepts.any, VectorUDT).outputCol,
} as const

const distinctInputs: Rule = (stage) => {
  const columns = stage.getOrDefault('inputCols') as readonly string[]
  const twice = columns.find((column, k) => columns.indexOf(column) < k)
  if (columns.length > 0 && twice === undefined) return
  throw new ParamError(twice === undefined ? '"inputCols" is empty' : `"inputCols" names "${twice}" twice`, {
    stage: stage.uid,
    param: 'inputCols',
    allowed: 'At least one column, each once',
    received: columns.join(', '),
    hint: 'A square of a column is made by PolynomialExpansion or SQLTransformer.',
  })
}

/**
 * Multiplies every slot of a column with every slot of the others (Spark's `Interaction`): columns of 2, 1 and 3 slots become a vector of 6.
 *
 * A column of numbers is one slot; where its ML attributes say that it is categorical, it has a slot for each category, of which that of the row is 1. So has each feature
 * of a column of vectors. The last column varies fastest. Slots are named by their factors, `city_Paris:km`. Each output is dense or sparse, whichever takes
 * less memory.
 *
 * **Null** and values that are no category are DataErrors. **NaN** makes its products NaN. **Errors**: SchemaError for a missing column, one of another type (booleans
 * must be cast), vectors without ML attributes, a categorical attribute that does not tell the number of categories, or an output column that exists; DataError
 * naming the row for a vector of another length. **Cost**: a product for each slot of the output that is stored. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, Interaction, StringIndexer } from 'ridgeline'
 * const rides = createDataFrame([{ city: 'FR', km: 7.5 }, { city: 'US', km: 12 }, { city: 'FR', km: 3 }])
 * const indexed = (await new StringIndexer({ inputCol: 'city', outputCol: 'cityIndex' }).fit(rides)).transform(rides)
 * const crossed = new Interaction({ inputCols: ['cityIndex', 'km'], outputCol: 'kmByCity' }).transform(indexed)
 * await crossed.select('kmByCity').show() // [7.5,0.0], [0.0,12.0], [3.0,0.0]
 * ```
 */
export class Interaction extends transformer('org.apache.spark.ml.feature.Interaction', params, [distinctInputs]) {
  override transformSchema(schema: StructType): StructType {
    const made = super.transformSchema(schema)
    return withFields(made, [this.output(this.features(schema))])
  }

  override bind(schema: StructType): BatchTransform {
    const features = this.features(schema)
    const encoders = features.map(({ attributes }) => new SlotEncoder(attributes.map((each) => this.slotsOf(each))))
    const sizes = encoders.map(({ size }) => size)
    const inputs = this.getInputCols()
    return {
      name: this.uid,
      inputs,
      outputs: [this.output(features)],
      filters: false,
      run: (columns, length, firstRow) => {
        const origin = (k: number) => ({ stage: this.uid, column: inputs[k], firstRow })
        const dense = columns.map((column, k) => encoders[k].denseRows(column, length, origin(k)))
        if (dense.every((rows) => rows !== undefined)) {
          const [size, products] = denseProducts(dense, sizes, length)
          return { columns: [compressRows(products, length, size)] }
        }
        const encoded = columns.map((column, k) => encoders[k].encode(column, length, origin(k)))
        return { columns: [crossed(encoded, sizes, length)] }
      },
      forms: (inputs) =>
        allForms([
          crossedForm(
            inputs,
            features.map(({ attributes }) => attributes.map((each) => this.slotsOf(each))),
          ),
        ]),
    }
  }

  private features(schema: StructType): InputFeatures[] {
    return this.getInputCols().map((name) => {
      const field = fieldOf(schema, name, this.uid)
      if (!isVector(field.dataType)) {
        const attribute = Attribute.fromStructField(field, true)
        return { prefix: '', attributes: [{ ...attribute, name: attribute.name ?? name } as Attribute] }
      }
      const { attributes } = AttributeGroup.fromStructField(field)
      if (attributes) return { prefix: `${name}_`, attributes }
      throw new SchemaError(`the metadata of column "${name}" do not tell the slots of its vectors`, {
        stage: this.uid,
        column: name,
        allowed: 'Vectors with ML attributes',
        hint: 'Make the column with a VectorAssembler.',
      })
    })
  }

  /** As many as there are categories; one of a continuous feature. A binary feature counts as continuous, as in Spark. */
  private slotsOf(attribute: Attribute): number {
    if (attribute.type !== 'nominal') return 1
    const count = numCategories(attribute)
    if (count !== undefined) return Math.max(1, count)
    throw new SchemaError(`the ML attribute ${attribute.name ?? ''} does not tell its number of categories`, {
      stage: this.uid,
      allowed: 'Categorical features tell "vals" or "num_vals"',
      hint: 'Index the column with a StringIndexer.',
    })
  }

  private output(features: readonly InputFeatures[]): StructField {
    const slots = features
      .map(slotAttributes)
      .reduceRight((tails, heads) => heads.flatMap((head) => times(head, tails)))
    const outputCol = this.getOutputCol()
    return StructField(outputCol, VectorUDT, true, new AttributeGroup(outputCol, slots).toMetadata())
  }

  /** Spark's text. */
  override toString(): string {
    return `Interaction: uid=${this.uid}${columnCounts(this)}`
  }
}

/** The features of one input column, and what the names of their slots begin with. */
interface InputFeatures {
  readonly prefix: string
  readonly attributes: readonly Attribute[]
}

/** A slot of a category is binary; as in Spark, it shows where nothing is multiplied. */
function slotAttributes({ prefix, attributes }: InputFeatures): Attribute[] {
  return attributes.flatMap((attribute, i): Attribute[] => {
    const name = `${prefix}${attribute.name ?? i}`
    if (attribute.type !== 'nominal') return [NumericAttribute({ name })]
    const categories = attribute.values ?? Array.from({ length: attribute.numValues ?? 0 }, (_, k) => String(k))
    return categories.map((category) => BinaryAttribute({ name: `${name}_${category}` }))
  })
}

const times = (head: Attribute, tails: readonly Attribute[]): Attribute[] =>
  tails.map((tail) => NumericAttribute({ name: `${head.name}:${tail.name}` }))

/** Products of all combinations of slots of dense rows, those of the last input varying fastest. */
function denseProducts(
  inputs: readonly Float64Array[],
  sizes: readonly number[],
  length: number,
): [size: number, products: Float64Array] {
  let [size, products]: [number, Float64Array] = [1, new Float64Array(length).fill(1)]
  for (let k = inputs.length - 1; k >= 0; k--) {
    const [values, width, inner] = [inputs[k], sizes[k], products]
    const made = uninitialized(length * width * size)
    for (let i = 0, to = 0; i < length; i++) {
      for (let j = i * width; j < (i + 1) * width; j++) {
        const factor = values[j]
        for (let e = i * size; e < (i + 1) * size; e++) made[to++] = inner[e] * factor
      }
    }
    products = made
    size *= width
  }
  return [size, products]
}

/** Products of all combinations of stored entries, those of the last input varying fastest. */
function crossed(inputs: readonly EncodedRows[], sizes: readonly number[], length: number): VectorColumn {
  const size = sizes.reduce((product, each) => product * each, 1)
  const counts = new Int32Array(length).fill(1)
  for (const { starts } of inputs) for (let i = 0; i < length; i++) counts[i] *= starts[i + 1] - starts[i]
  const most = counts.reduce((largest, count) => Math.max(largest, count), 0)
  const slots = new Int32Array(most)
  const values = new Float64Array(most)
  const rows = new RowWriter(size, length)
  for (let i = 0; i < length; i++) {
    let filled = 1
    slots[0] = 0
    values[0] = 1
    let width = 1
    for (let k = inputs.length - 1; k >= 0; k--) {
      const input = inputs[k]
      const start = input.starts[i]
      // Backwards, so that the entries of the inputs after it stay until they are not needed any more.
      for (let e = input.starts[i + 1] - 1; e >= start; e--) {
        const to = (e - start) * filled
        for (let j = filled - 1; j >= 0; j--) {
          slots[to + j] = slots[j] + input.slots[e] * width
          values[to + j] = values[j] * input.values[e]
        }
      }
      filled *= input.starts[i + 1] - start
      width *= sizes[k]
    }
    rows.add(slots, values, filled)
  }
  return rows.column()
}

/** Rows of vectors of one length, each dense or sparse, whichever takes less memory. */
class RowWriter {
  readonly #size: number
  readonly #offsets: Int32Array
  readonly #dense: Uint8Array
  #indices = new Int32Array(64)
  #values = new Float64Array(64)
  #row = 0

  constructor(size: number, length: number) {
    this.#size = size
    this.#offsets = new Int32Array(length + 1)
    this.#dense = new Uint8Array(length)
  }

  /** @param count how many of the slots, which ascend, and values are the row's. */
  add(slots: Int32Array, values: Float64Array, count: number): void {
    let nonZeros = 0
    for (let e = 0; e < count; e++) if (values[e] !== 0) nonZeros++
    const sparse = isSparser(nonZeros, this.#size)
    let at = this.#offsets[this.#row]
    this.#reserve(at + (sparse ? nonZeros : this.#size))
    if (sparse) {
      for (let e = 0; e < count; e++) {
        if (values[e] === 0) continue
        this.#indices[at] = slots[e]
        this.#values[at++] = values[e]
      }
    } else {
      for (let e = 0; e < count; e++) this.#values[at + slots[e]] = values[e]
      for (let j = 0; j < this.#size; j++) this.#indices[at + j] = j
      this.#dense[this.#row] = 1
      at += this.#size
    }
    this.#offsets[++this.#row] = at
  }

  column(): VectorColumn {
    const end = this.#offsets[this.#row]
    const values = this.#values.subarray(0, end)
    const shared = { kind: 'vector', size: this.#size, sizes: null, values, valid: null } as const
    if (!this.#dense.includes(0)) return { ...shared, offsets: null, indices: null, dense: null }
    const dense = this.#dense.includes(1) ? this.#dense : null
    return { ...shared, offsets: this.#offsets, indices: this.#indices.subarray(0, end), dense }
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return
    const larger = Math.max(length, 2 * this.#values.length)
    const [indices, values] = [new Int32Array(larger), new Float64Array(larger)]
    indices.set(this.#indices)
    values.set(this.#values)
    this.#indices = indices
    this.#values = values
  }
}
