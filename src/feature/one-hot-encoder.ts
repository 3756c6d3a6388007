import { DataError, ParamError, SchemaError } from '../errors.js'
import { accepts, bool } from '../param/row.js'
import { handleInvalid, multipleColumns, singleColumn } from '../param/shared.js'
import { invalidState, state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { Attribute, AttributeGroup, BinaryAttribute } from '../sql/attributes.js'
import { type ColumnData, isValid, type Validity, type VectorColumn } from '../sql/batch.js'
import { codesOf } from '../sql/coded-numbers.js'
import type { DataFrame } from '../sql/dataframe.js'
import { castToDoubles, doublesOf } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable, type ReadNumber, type RowForm, type VectorForm } from '../sql/row-form.js'
import { fieldOf, StructField, type StructType, VectorUDT, withFields } from '../sql/types.js'
import { vectorsOfParts } from '../sql/vector-parts.js'
import { javaDoubleText } from '../util/java-text.js'
import { columnCounts, columnPairRules, columnPairs, isMultiple } from './column-pairs.js'

/** Name of the slot for invalid values. */
const INVALID = 'invalidValues'
const MAX_INDEX = 2 ** 31 - 1

const params = {
  ...singleColumn(accepts.numeric, VectorUDT),
  ...multipleColumns(accepts.numeric, VectorUDT),
  handleInvalid: handleInvalid(
    ['keep', 'error'],
    'error',
    'how to handle invalid data during transform(): keep (an extra category) or error; fit always refuses it',
  ),
  dropLast: bool({ default: true, doc: 'whether to drop the last category' }),
} as const
const rules = columnPairRules()

/** What becomes of the categories of a column. */
interface Slots {
  readonly dropLast: boolean
  readonly keepInvalid: boolean
}

/** Number of slots for a number of categories: one more for invalid values, one less where the last slot is dropped. */
const slotCount = (categories: number, { dropLast, keepInvalid }: Slots): number =>
  categories + Number(keepInvalid) - Number(dropLast)

/** Names of the slots from the names of the categories. */
const slotNames = (categories: readonly string[], slots: Slots): string[] =>
  (slots.keepInvalid ? [...categories, INVALID] : categories).slice(0, slotCount(categories.length, slots))

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

/**
 * Names of the categories of a column as its ML attribute tells them, or undefined where it does not.
 * @throws SchemaError when the attribute says that the column is continuous.
 */
function categoryNames(stage: string, field: StructField): readonly string[] | undefined {
  const attribute = Attribute.fromStructField(field)
  switch (attribute.type) {
    case 'nominal':
      return attribute.values ?? (attribute.numValues === undefined ? undefined : numbered(attribute.numValues))
    case 'binary':
      return attribute.values ?? numbered(2)
    case 'numeric':
      throw new SchemaError(`the metadata of column "${field.name}" says that it is continuous`, {
        stage,
        column: field.name,
        allowed: 'Allowed: category indices',
        hint: 'Index it first, with StringIndexer or Bucketizer.',
      })
    case 'unresolved':
      return undefined
  }
}

/** Most categories of a column: each has a slot with a name in the metadata of the output. */
const MAX_CATEGORIES = 10_000_000

/** @throws SchemaError when the only category of a column would be dropped. */
function requireTwo(stage: string, field: StructField, names: readonly string[] | undefined, slots: Slots): void {
  if (names === undefined || names.length > 1 || !slots.dropLast || slots.keepInvalid) return
  throw new SchemaError(`column "${field.name}" has ${names.length} category by its metadata`, {
    stage,
    column: field.name,
    allowed: 'Allowed: at least two distinct values where the last one is dropped',
    hint: 'Set dropLast to false, or leave the column out.',
  })
}

/**
 * Turns category indices into vectors with a single 1 (Spark's `OneHotEncoderModel`).
 *
 * `categorySizes` has the number of categories n of each column, before an extra or a dropped one. The vectors are sparse;
 * their length is n - 1 by default, n without `dropLast` or with `keep`, n + 1 with `keep` and without `dropLast`. Slots are named after
 * the categories in the ML attribute of the input column, else `0`, `1`, …
 *
 * | value | error | keep |
 * | --- | --- | --- |
 * | index i < n | 1 in slot i; no 1 where that slot is dropped | same |
 * | negative, n or more, NaN | DataError | 1 in slot n; no 1 where that slot is dropped |
 * | null | null | null |
 *
 * Fractions are cut off, as in Spark. **Errors**: SchemaError also when the metadata of an input column has another number of categories
 * than `fit` saw. **Cost**: a few operations a row. **Differs from Spark**: nothing.
 */
export class OneHotEncoderModel extends model(
  'org.apache.spark.ml.feature.OneHotEncoderModel',
  params,
  { categorySizes: state.ints('number of categories of each column') },
  rules,
) {
  constructor(fitted: { readonly categorySizes: readonly number[] }, uid?: string) {
    super(fitted, uid)
    const wrong = fitted.categorySizes.find((size) => !(size >= 0 && size <= MAX_CATEGORIES))
    if (wrong === undefined) return
    throw invalidState(this.uid, 'categorySizes', `holds ${wrong}`, `numbers from 0 to ${MAX_CATEGORIES}`)
  }

  override transformSchema(schema: StructType): StructType {
    const checked = super.transformSchema(schema)
    return withFields(checked, this.outputs(schema))
  }

  override bind(schema: StructType): BatchTransform {
    const inputs = columnPairs(this).map(({ input }) => input)
    const slots = this.slots()
    return {
      name: this.uid,
      inputs,
      outputs: this.outputs(schema),
      filters: false,
      run: (columns, length, firstRow) => ({
        columns: columns.map((column, k) => this.encode(column, k, slots, length, firstRow)),
      }),
      forms: (inputs) => allForms(inputs.map((input, k) => hotForm(input, this.categorySizes[k], slots))),
      expects: () =>
        this.categorySizes.map((size) => ({
          categories: Array.from({ length: size }, (_, category) => category),
          unseen: this.getHandleInvalid(),
        })),
    }
  }

  private slots(): Slots {
    return { dropLast: this.getDropLast(), keepInvalid: this.getHandleInvalid() === 'keep' }
  }

  private outputs(schema: StructType): StructField[] {
    const pairs = columnPairs(this)
    if (pairs.length !== this.categorySizes.length) {
      throw new ParamError(`the model is given ${pairs.length} columns`, {
        stage: this.uid,
        param: isMultiple(this) ? 'inputCols' : 'inputCol',
        allowed: `It was fitted on ${this.categorySizes.length}`,
      })
    }
    const slots = this.slots()
    return pairs.map(({ input, output }, k) => {
      const field = fieldOf(schema, input, this.uid)
      const known = categoryNames(this.uid, field)
      requireTwo(this.uid, field, known, slots)
      const size = this.categorySizes[k]
      if (known !== undefined && known.length !== size) {
        throw new SchemaError(`column "${input}" has ${known.length} categories by its metadata`, {
          stage: this.uid,
          column: input,
          allowed: `The model was fitted on ${size}`,
          hint: 'Index the column with the model that made it for fitting.',
        })
      }
      const names = slotNames(known ?? numbered(size), slots)
      const group = new AttributeGroup(
        output,
        names.map((name) => BinaryAttribute({ name })),
      )
      return StructField(output, VectorUDT, true, group.toMetadata())
    })
  }

  private encode(column: ColumnData, k: number, slots: Slots, length: number, firstRow: number): VectorColumn {
    const { valid } = column
    const categories = this.categorySizes[k]
    const size = slotCount(categories, slots)
    const target = { categories, size, keepInvalid: slots.keepInvalid }
    let codes = slotsOfCodes(column, length, target)
    if (codes === undefined) {
      const data = castToDoubles(column, length)
      codes = new Int32Array(length)
      const refused = writeSlots(data, valid, target, codes)
      if (refused >= 0) throw this.unseen(data[refused], k, firstRow + refused)
    }
    const entries = (): VectorColumn => oneHotRows(codes, size, valid)
    if (valid !== null) return entries()
    return vectorsOfParts([{ kind: 'oneHot', codes, on: new Float64Array(size).fill(1), off: null }], entries)
  }

  private unseen(value: number, k: number, row: number): DataError {
    const column = columnPairs(this)[k].input
    const received = javaDoubleText(value)
    return new DataError(`unseen value ${received} in column "${column}"`, {
      stage: this.uid,
      column,
      row,
      received,
      allowed: `Allowed: indices from 0 to ${this.categorySizes[k] - 1}`,
      hint: 'Set handleInvalid to "keep".',
    })
  }

  /** Spark's text. */
  override toString(): string {
    return `OneHotEncoderModel: uid=${this.uid}, dropLast=${this.getDropLast()}, handleInvalid=${this.getHandleInvalid()}${columnCounts(this)}`
  }
}

/** How the categories of a column become slots. */
interface Target {
  readonly categories: number
  /** Number of slots. */
  readonly size: number
  readonly keepInvalid: boolean
}

/** The slot of each row, found once a code; undefined where the column is not known by few codes, or not every code is valid. */
function slotsOfCodes(column: ColumnData, length: number, target: Target): Int32Array | undefined {
  const known = column.kind === 'f64' ? codesOf(column) : undefined
  if (!known || known.table.length > length) return undefined
  const slots = new Int32Array(known.table.length)
  if (writeSlots(known.table, null, target, slots) >= 0) return undefined
  const { codes } = known
  const taken = new Int32Array(length)
  for (let i = 0; i < length; i++) taken[i] = slots[codes[i]]
  return taken
}

/**
 * Writes the slot of each row, `size` where it has none.
 * @returns the first row whose category is unknown, where those are refused; else -1.
 */
function writeSlots(
  data: Float64Array,
  valid: Validity,
  { categories, size, keepInvalid }: Target,
  slots: Int32Array,
): number {
  for (let i = 0; i < data.length; i++) {
    const index = data[i]
    // The conversion to an integer cuts fractions off.
    if (valid !== null && !isValid(valid, i)) slots[i] = size
    else if (index >= 0 && index < categories) slots[i] = Math.min(index, size)
    else if (keepInvalid) slots[i] = Math.min(categories, size)
    else return i
  }
  return -1
}

/** The vector of a category in one row. */
function hotForm(input: RowForm, categories: number, slots: Slots): VectorForm | undefined {
  if (input.kind !== 'number') return undefined
  const size = slotCount(categories, slots)
  return {
    kind: 'vector',
    size,
    parts: [{ kind: 'hot', size, read: printable(hotSlot, input.read, categories, size) }],
  }
}

const hotSlot =
  (read: ReadNumber, categories: number, size: number): ReadNumber =>
  (row) => {
    const index = read(row)
    return index >= 0 && index < categories ? Math.min(Math.floor(index), size) : Number.NaN
  }

/** Sparse rows with a 1 in the slot of each. */
function oneHotRows(codes: Int32Array, size: number, valid: Validity): VectorColumn {
  const offsets = new Int32Array(codes.length + 1)
  const indices = new Int32Array(codes.length)
  let entries = 0
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < size) indices[entries++] = codes[i]
    offsets[i + 1] = entries
  }
  const values = new Float64Array(entries).fill(1)
  const rows = { offsets, indices: indices.subarray(0, entries), values, dense: null }
  return { kind: 'vector', size, sizes: null, ...rows, valid }
}

/**
 * Learns how many categories there are, for one-hot encoding (Spark's `OneHotEncoder`). The last category is dropped by
 * default, so that the slots of a column do not always add up to 1 and a linear model with an intercept stays solvable.
 *
 * The input columns hold category indices 0, 1, …, as {@link StringIndexer} makes them. The number of categories comes from the ML
 * attribute of the column; where that does not tell, it is the largest index plus 1.
 *
 * **Null, NaN**, negative numbers and fractions are a DataError in `fit` where the data are read; what the model does says the table of
 * {@link OneHotEncoderModel}. **Errors**: SchemaError for a missing or not numeric column, an attribute that says the column is
 * continuous, or an output column that exists. **Cost**: no pass where attributes tell, else one. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, OneHotEncoder } from 'ridgeline'
 * const data = createDataFrame([{ c: 0 }, { c: 1 }, { c: 2 }])
 * const model = await new OneHotEncoder({ inputCol: 'c', outputCol: 'v' }).fit(data)
 * await model.transform(data).show() // (2,[0],[1.0]), (2,[1],[1.0]), (2,[],[])
 * ```
 */
export class OneHotEncoder extends estimator(
  'org.apache.spark.ml.feature.OneHotEncoder',
  params,
  OneHotEncoderModel,
  rules,
) {
  override transformSchema(schema: StructType): StructType {
    const derived = super.transformSchema(schema)
    const slots = { dropLast: this.getDropLast(), keepInvalid: this.getHandleInvalid() === 'keep' }
    for (const { input } of columnPairs(this)) {
      const field = fieldOf(schema, input, this.uid)
      requireTwo(this.uid, field, categoryNames(this.uid, field), slots)
    }
    return derived
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<OneHotEncoderModel> {
    const inputs = columnPairs(this).map(({ input }) => input)
    const sizes = new Map(inputs.map((name) => [name, categoryNames(this.uid, fieldOf(data.schema, name))?.length]))
    const unknown = [...sizes.keys()].filter((name) => sizes.get(name) === undefined)
    if (unknown.length > 0) {
      const largest = await this.largestIndices(data, unknown, options)
      unknown.forEach((name, k) => {
        sizes.set(name, largest[k] + 1)
      })
    }
    return new OneHotEncoderModel({ categorySizes: inputs.map((name) => sizes.get(name)!) })
  }

  /** The largest index in each column, 0 where there are no rows. */
  private async largestIndices(data: DataFrame, columns: readonly string[], options: FitOptions): Promise<number[]> {
    const largest = columns.map(() => 0)
    let firstRow = 0
    for await (const batch of data.batches(columns, { signal: options.signal })) {
      columns.forEach((column, k) => {
        const values = doublesOf(batch.columns[k], batch.length, { stage: this.uid, column, firstRow })
        for (let i = 0; i < batch.length; i++) {
          const value = values[i]
          if (!(value >= 0 && value <= MAX_INDEX && Number.isInteger(value)))
            throw this.noIndex(value, column, firstRow + i)
          if (value > largest[k]) largest[k] = value
        }
      })
      firstRow += batch.length
    }
    return largest
  }

  private noIndex(value: number, column: string, row: number): DataError {
    const received = javaDoubleText(value)
    return new DataError(`column "${column}" holds ${received}`, {
      stage: this.uid,
      column,
      row,
      received,
      allowed: `Allowed: category indices, whole numbers from 0 to ${MAX_INDEX}`,
      hint: 'Index the column first, with StringIndexer or Bucketizer.',
    })
  }
}
