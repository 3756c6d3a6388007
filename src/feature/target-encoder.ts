import { DataError, ParamError } from '../errors.js'
import { noRows } from '../optim/training-errors.js'
import type { Params } from '../param/params.js'
import { accepts, double, oneOf } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import { handleInvalid, labelCol, multipleColumns, singleColumn } from '../param/shared.js'
import { invalidState, type StateOptions, state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { requireColumn, requireNewColumn } from '../pipeline/schema.js'
import { Attribute, NominalAttribute } from '../sql/attributes.js'
import { type ColumnData, isValid } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import type { DataFrame } from '../sql/dataframe.js'
import { castToDoubles } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable, type ReadAnyNumber, type ReadNumber, type RowForm } from '../sql/row-form.js'
import { DoubleType, StructField, type StructType, withFields } from '../sql/types.js'
import { javaDoubleText } from '../util/java-text.js'
import { PartitionFold } from '../util/partition-fold.js'
import { doubleSetOrder, intKeyOrder } from '../util/scala-map-order.js'
import type { ColumnPair } from './column-pairs.js'
import { targetEncoderLayout } from './target-encoder-layout.js'

/** Stands for all rows, and for categories that fit did not see. */
const UNSEEN = 2 ** 31 - 1
/** Stands for null. */
const NULL = -1

const params = {
  ...singleColumn(accepts.numeric, DoubleType),
  ...multipleColumns(accepts.numeric, DoubleType),
  labelCol,
  handleInvalid: handleInvalid(
    ['keep', 'error'],
    'error',
    'how to handle categories that fit did not see: keep (encode them as the whole) or error; fit always refuses what is no category',
  ),
  targetType: oneOf(['binary', 'continuous'], {
    default: 'binary',
    doc: 'type of the label: binary (0 and 1; categories become the share of 1) or continuous (they become the mean)',
  }),
  smoothing: double({
    default: 0,
    min: 0,
    doc: 'how much the encoding of a category of few rows is drawn to that of all: the category has the weight n / (n + smoothing)',
  }),
} as const

/** The columns, input and output. An output that is not named is called after its input. */
function columnPairsOf(stage: Params): ColumnPair[] {
  const given = (single: string, multiple: string): readonly string[] | undefined => {
    if (stage.isSet(single)) return [stage.get(single) as string]
    return stage.isSet(multiple) ? (stage.get(multiple) as readonly string[]) : undefined
  }
  const inputs = given('inputCol', 'inputCols') ?? []
  const outputs = given('outputCol', 'outputCols') ?? inputs.map((input) => `${input}_indexed`)
  const wrong =
    inputs.length === 0
      ? 'no input column is set'
      : `there are ${inputs.length} input columns and ${outputs.length} output columns`
  if (inputs.length === 0 || inputs.length !== outputs.length) {
    throw new ParamError(wrong, {
      stage: stage.uid,
      param: inputs.length === 0 ? 'inputCol' : 'outputCols',
      allowed: 'Set inputCol for one column or inputCols for several, and as many output columns or none',
    })
  }
  return inputs.map((input, k) => ({ input, output: outputs[k] }))
}
const rules: readonly Rule[] = [columnPairsOf]

/** The schema with a double column for each pair. */
function withEncoded(
  stage: Params,
  schema: StructType,
  encoded: (output: string, k: number) => StructField,
): StructType {
  return columnPairsOf(stage).reduce((before, { input, output }, k) => {
    const [inputParam, outputParam] = stage.isSet('inputCol') ? ['inputCol', 'outputCol'] : ['inputCols', 'outputCols']
    requireColumn(stage, schema, input, accepts.numeric, inputParam)
    requireNewColumn(stage, before, output, outputParam)
    return withFields(before, [encoded(output, k)])
  }, schema)
}

/** Statistics of a category: its number of rows, and the rows of label 1 among them or the mean of their labels. */
export interface CategoryStatistics {
  readonly count: number
  readonly stat: number
}

const learned = {
  categories: state.doubleLists('the categories of each column; -1 is null, 2147483647 all rows'),
  counts: state.doubleLists('number of rows of each category'),
  targets: state.doubleLists('rows of label 1 of each category, or the mean of its labels'),
} as const

const readEncoding =
  (readAny: ReadAnyNumber, known: ReadonlyMap<number, number>, ofNull: number, ofUnseen: number): ReadNumber =>
  (row) => {
    const x = readAny(row)
    if (x === undefined) return Number.NaN
    return x === null ? ofNull : (known.get(x) ?? ofUnseen)
  }

/** The encoding of one row. */
function encodedForm(input: RowForm, encodings: ReadonlyMap<number, number>, keep: boolean): RowForm | undefined {
  if (input.kind !== 'number') return undefined
  const known = new Map(encodings)
  known.delete(UNSEEN)
  known.delete(NULL)
  const ofUnseen = (keep ? encodings.get(UNSEEN) : undefined) ?? Number.NaN
  const ofNull = encodings.get(NULL) ?? ofUnseen
  const read = printable(
    readEncoding,
    input.readAny ?? input.read,
    known,
    ofNull,
    input.readAny ? ofUnseen : Number.NaN,
  )
  return { kind: 'number', read }
}

/**
 * Replaces categories by what a {@link TargetEncoder} learned of their labels (Spark's `TargetEncoderModel`).
 *
 * `categories`, `counts` and `targets` have a list for each input column: the categories, with -1 for null and 2147483647 for all rows; the rows of
 * each; and the rows of label 1 among them (binary) or the mean of their labels (continuous). With the weight
 * `w = count / (count + smoothing)` a category becomes `w * its share or mean + (1 - w) * that of all rows`. `smoothing` may be changed after the
 * fit.
 *
 * | value | error | keep |
 * | --- | --- | --- |
 * | category that fit saw | its encoding | its encoding |
 * | null, seen by fit | its encoding | its encoding |
 * | any other value, null, NaN | DataError | the share or mean of all rows |
 *
 * The output has a nominal ML attribute whose values are the encodings. **Errors**: SchemaError for a column that is missing or not numeric, or an
 * output column that exists. **Cost**: one look-up a row. **Differs from Spark**: an output column that exists is refused (there it is replaced).
 */
export class TargetEncoderModel extends model(
  'org.apache.spark.ml.feature.TargetEncoderModel',
  params,
  learned,
  rules,
) {
  static readonly sparkLayout = targetEncoderLayout

  constructor(fitted: StateOptions<typeof learned>, uid?: string) {
    super(fitted, uid)
    const { categories, counts, targets } = fitted
    for (const [name, lists] of Object.entries({ counts, targets })) {
      if (lists.length === categories.length && lists.every((list, k) => list.length === categories[k].length)) continue
      throw invalidState(this.uid, name, 'has lists of other lengths than "categories"', 'a number for each category')
    }
    if (!categories.every((list) => list.includes(UNSEEN))) {
      throw invalidState(this.uid, 'categories', `has no ${UNSEEN} in a list`, 'lists with the category of all rows')
    }
  }

  /** The statistics of each column by category (Spark's `stats`). */
  get stats(): ReadonlyMap<number, CategoryStatistics>[] {
    return this.categories.map((categories, k) => {
      const statistics = (i: number): CategoryStatistics => ({ count: this.counts[k][i], stat: this.targets[k][i] })
      return new Map(categories.map((category, i) => [category, statistics(i)]))
    })
  }

  override transformSchema(schema: StructType): StructType {
    this.checkRules()
    return withFields(schema, this.outputs(schema, this.encodings()))
  }

  override bind(schema: StructType): BatchTransform {
    const inputs = columnPairsOf(this).map(({ input }) => input)
    const encodings = this.encodings()
    return {
      name: this.uid,
      inputs,
      outputs: this.outputs(schema, encodings),
      filters: false,
      run: (columns, length, firstRow) => ({
        columns: columns.map((column, k) => {
          const origin = { stage: this.uid, column: inputs[k], firstRow }
          return this.encode(column, encodings[k], length, origin)
        }),
      }),
      expects: () =>
        this.categories.map((categories) => ({
          categories: categories.filter((category) => category !== UNSEEN && category !== NULL),
          unseen: this.getHandleInvalid(),
        })),
      forms: (inputs) => {
        const keep = this.getHandleInvalid() === 'keep'
        return allForms(inputs.map((input, k) => encodedForm(input, encodings[k], keep)))
      },
    }
  }

  /** @throws ParamError when there is another number of columns than the model was fitted on. */
  private outputs(schema: StructType, encodings: readonly ReadonlyMap<number, number>[]): StructField[] {
    const pairs = columnPairsOf(this)
    if (pairs.length !== encodings.length) {
      throw new ParamError(`the model is given ${pairs.length} columns`, {
        stage: this.uid,
        param: this.isSet('inputCol') ? 'inputCol' : 'inputCols',
        allowed: `It was fitted on ${encodings.length}`,
      })
    }
    const { fields } = withEncoded(this, schema, (output, k) => {
      const values = doubleSetOrder([...encodings[k].values()]).map(javaDoubleText)
      return StructField(output, DoubleType, true, Attribute.toMetadata(NominalAttribute({ name: output, values })))
    })
    return fields.slice(schema.fields.length)
  }

  /** What each category of each column becomes. */
  private encodings(): Map<number, number>[] {
    const binary = this.getTargetType() === 'binary'
    const smoothing = this.getSmoothing()
    const estimate = ({ count, stat }: CategoryStatistics): number => (binary ? stat / count : stat)
    return this.stats.map((statistics) => {
      const whole = estimate(statistics.get(UNSEEN) as CategoryStatistics)
      const blend = (category: CategoryStatistics): number => {
        const weight = category.count / (category.count + smoothing)
        return weight * estimate(category) + (1 - weight) * whole
      }
      return new Map(Array.from(statistics, ([category, counts]) => [category, blend(counts)]))
    })
  }

  private encode(
    column: ColumnData,
    encodings: ReadonlyMap<number, number>,
    length: number,
    origin: ColumnOrigin,
  ): ColumnData {
    const values = castToDoubles(column, length)
    const unseen = this.getHandleInvalid() === 'keep' ? encodings.get(UNSEEN) : undefined
    const known = new Map(encodings)
    known.delete(UNSEEN)
    known.delete(NULL)
    const data = new Float64Array(length)
    for (let i = 0; i < length; i++) {
      const present = isValid(column.valid, i)
      const encoding = (present ? known.get(values[i]) : encodings.get(NULL)) ?? unseen
      if (encoding === undefined) throw this.unseen(present ? javaDoubleText(values[i]) : 'null', i, origin)
      data[i] = encoding
    }
    return { kind: 'f64', data, valid: null }
  }

  private unseen(received: string, row: number, { stage, column, firstRow }: ColumnOrigin): DataError {
    return new DataError(`unseen value ${received} in column "${column}"`, {
      stage,
      column,
      row: firstRow + row,
      received,
      hint: 'Set handleInvalid to "keep".',
    })
  }

  /** Spark's text. */
  override toString(): string {
    const columns = columnPairsOf(this).length
    return `TargetEncoderModel: uid=${this.uid}, handleInvalid=${this.getHandleInvalid()}, targetType=${this.getTargetType()}, numInputCols=${columns}, numOutputCols=${columns}, smoothing=${javaDoubleText(this.getSmoothing())}`
  }
}

/** Rows and labels of a category. */
interface Tally {
  count: number
  /** Sum of the labels. */
  sum: number
}

/** Rows and labels of all rows, and of each category of each column; null is the category -1. */
class Tallies {
  readonly all: Tally = { count: 0, sum: 0 }
  readonly columns: readonly Map<number, Tally>[]

  constructor(columns: number) {
    this.columns = Array.from({ length: columns }, () => new Map())
  }

  /** Counts rows; those whose label is NaN count for nothing. */
  add(columns: readonly ColumnData[], labels: Float64Array, origins: readonly ColumnOrigin[]): void {
    for (const label of labels) if (!Number.isNaN(label)) addTo(this.all, { count: 1, sum: label })
    this.columns.forEach((tallies, k) => {
      addCategories(tallies, columns[k], labels, origins[k])
    })
  }

  merge(other: Tallies): this {
    addTo(this.all, other.all)
    this.columns.forEach((tallies, k) => {
      for (const [category, tally] of other.columns[k]) addTo(tallyOf(tallies, category), tally)
    })
    return this
  }
}

function addTo(tally: Tally, { count, sum }: Tally): void {
  tally.count += count
  tally.sum += sum
}

function tallyOf(tallies: Map<number, Tally>, category: number): Tally {
  let tally = tallies.get(category)
  if (tally === undefined) {
    tally = { count: 0, sum: 0 }
    tallies.set(category, tally)
  }
  return tally
}

/**
 * Learns to replace the categories of a column by the mean of their labels, drawn towards the mean of all where a category is rare (Spark's
 * `TargetEncoder`): one number instead of a slot a category.
 *
 * The input columns hold category indices 0, 1, …, as {@link StringIndexer} makes them; null is a category of its own. Rows whose label is null or
 * NaN count for nothing. **Errors**: DataError naming the row for a value that is negative, fractional or NaN, for a label other than 0 and 1
 * where the target is binary, and when there are no rows with a label; SchemaError for a column that is missing or not numeric, or an output column that exists;
 * ParamError without an input column or with another number of outputs. **Cost**: one pass; memory for the categories. Fit it on other rows than the
 * learner that follows, or smooth: the encoding of a row otherwise knows its label. **Differs from Spark**: the category 2147483647, which stands
 * for all rows, is refused.
 *
 * References: Micci-Barreca, A preprocessing scheme for high-cardinality categorical attributes (2001), doi:10.1145/507533.507538.
 *
 * @example
 * ```ts
 * import { createDataFrame, TargetEncoder } from 'ridgeline'
 * const data = createDataFrame([[0, 1], [0, 1], [0, 0], [1, 0], [1, 0]].map(([city, label]) => ({ city, label })))
 * const model = await new TargetEncoder({ inputCol: 'city', outputCol: 'rate', smoothing: 1 }).fit(data)
 * await model.transform(data).show() // 0: 0.6, 1: 0.1333…
 * ```
 */
export class TargetEncoder extends estimator(
  'org.apache.spark.ml.feature.TargetEncoder',
  params,
  TargetEncoderModel,
  rules,
) {
  override transformSchema(schema: StructType): StructType {
    this.checkRules()
    requireColumn(this, schema, this.getLabelCol(), accepts.numeric, 'labelCol')
    return withEncoded(this, schema, (output) => StructField(output, DoubleType))
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<TargetEncoderModel> {
    const inputs = columnPairsOf(this).map(({ input }) => input)
    const folds = new PartitionFold(() => new Tallies(inputs.length))
    let firstRow = 0
    for await (const batch of data.batches([...inputs, this.getLabelCol()], { signal: options.signal })) {
      const labels = this.labels(batch.columns[inputs.length], batch.length, firstRow)
      const origins = inputs.map((column) => ({ stage: this.uid, column, firstRow }))
      folds.of(batch.partition).add(batch.columns, labels, origins)
      firstRow += batch.length
    }
    const tallies = folds.result()
    if (tallies === undefined || tallies.all.count === 0) throw noRows(this.uid, this.getLabelCol())
    const stat = ({ count, sum }: Tally): number => (this.getTargetType() === 'binary' ? sum : sum / count)
    const learned = tallies.columns.map((tally) => {
      tally.set(UNSEEN, tallies.all)
      const categories = intKeyOrder([...tally.keys()])
      const ordered = categories.map((category) => tally.get(category) as Tally)
      return { categories, counts: ordered.map(({ count }) => count), targets: ordered.map(stat) }
    })
    return new TargetEncoderModel({
      categories: learned.map(({ categories }) => categories),
      counts: learned.map(({ counts }) => counts),
      targets: learned.map(({ targets }) => targets),
    })
  }

  /** The labels; NaN for the rows that do not count. */
  private labels(column: ColumnData, length: number, firstRow: number): Float64Array {
    const binary = this.getTargetType() === 'binary'
    return castToDoubles(column, length).map((label, i) => {
      if (!isValid(column.valid, i)) return Number.NaN
      if (binary && label !== 0 && label !== 1 && !Number.isNaN(label)) {
        const origin = { stage: this.uid, column: this.getLabelCol(), firstRow }
        throw valueError(javaDoubleText(label), i, origin, '0 and 1', 'Set targetType to "continuous"')
      }
      return label
    })
  }
}

function addCategories(
  tallies: Map<number, Tally>,
  column: ColumnData,
  labels: Float64Array,
  origin: ColumnOrigin,
): void {
  const values = castToDoubles(column, labels.length)
  for (let i = 0; i < labels.length; i++) {
    if (Number.isNaN(labels[i])) continue
    const present = isValid(column.valid, i)
    if (present) requireCategory(values[i], i, origin)
    // Adding 0 makes 0 of -0.
    const category = present ? values[i] + 0 : NULL
    const tally = tallyOf(tallies, category)
    tally.count++
    tally.sum += labels[i]
  }
}

function requireCategory(category: number, row: number, origin: ColumnOrigin): void {
  if (Number.isInteger(category) && category >= 0 && category < UNSEEN) return
  const hint = 'Index the column first, with StringIndexer or Bucketizer'
  throw valueError(
    javaDoubleText(category),
    row,
    origin,
    `category indices, whole numbers from 0 to ${UNSEEN - 1}`,
    hint,
  )
}
