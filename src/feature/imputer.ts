import { DataError, ParamError } from '../errors.js'
import { accepts, double, oneOf } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import { multipleColumns, relativeError, singleColumn } from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator, model } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { type ColumnData, isValid } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import { castToDoubles } from '../sql/doubles.js'
import type { BatchTransform } from '../sql/plan.js'
import { allForms, printable, type ReadAnyNumber, type ReadNumber, type RowForm } from '../sql/row-form.js'
import { createDataFrame } from '../sql/session.js'
import { type DataType, DoubleType, fieldOf, StructField, StructType, withFields } from '../sql/types.js'
import { javaDoubleText } from '../util/java-text.js'
import { type Mergeable, PartitionFold } from '../util/partition-fold.js'
import { QuantileSummaries } from '../util/quantile-summaries.js'
import { columnCounts, columnPairRules, columnPairs } from './column-pairs.js'
import { imputerLayout } from './imputer-layout.js'

const params = {
  ...singleColumn(accepts.numeric, DoubleType),
  ...multipleColumns(accepts.numeric, DoubleType),
  strategy: oneOf(['mean', 'median', 'mode'], {
    default: 'mean',
    doc: 'what replaces missing values: mean, median or mode (the most frequent value) of the column',
  }),
  missingValue: double({
    default: Number.NaN,
    doc: 'the value that is missing, beside null; NaN by default',
    constraint: { text: 'a number', ok: (v) => typeof v === 'number', bad: ['?'] },
  }),
  relativeError,
} as const

const distinctColumns: Rule = (stage) => {
  for (const name of ['inputCols', 'outputCols']) {
    const columns = stage.isSet(name) ? (stage.get(name) as readonly string[]) : ['one']
    const twice = columns.find((column, k) => columns.indexOf(column) < k)
    if (columns.length > 0 && twice === undefined) continue
    throw new ParamError(twice === undefined ? `"${name}" is empty` : `"${name}" names "${twice}" twice`, {
      stage: stage.uid,
      param: name,
      allowed: 'At least one column, each once',
      received: columns.join(', '),
      hint: 'Give each input column an output column of its own.',
    })
  }
}
const rules = [...columnPairRules(), distinctColumns]

/** The output columns: of the types of the inputs. */
function outputFields(stage: Imputer | ImputerModel, schema: StructType): StructField[] {
  return columnPairs(stage).map(({ input, output }) => {
    const { dataType, nullable } = fieldOf(schema, input, stage.uid)
    return StructField(output, dataType, nullable)
  })
}

/**
 * Replaces missing values of numeric columns by what an {@link Imputer} learned (Spark's `ImputerModel`).
 *
 * Missing are null and `missingValue`; with another `missingValue` than NaN, NaN stays. Output columns have the types of the input columns: a surrogate is cut
 * to a whole number for integers, and rounded to float and decimal. **Errors**: SchemaError for a missing or not numeric column, or an output column that exists;
 * ParamError for a column without a surrogate. **Cost**: one sweep. **Differs from Spark**: whole numbers beyond 2^53 that are not missing stay as they are
 * (there they are rounded to doubles).
 */
export class ImputerModel extends model(
  'org.apache.spark.ml.feature.ImputerModel',
  params,
  {
    columns: state.strings('columns with a surrogate'),
    surrogates: state.doubles('what replaces missing values, for each of the columns'),
  },
  rules,
) {
  static readonly sparkLayout = imputerLayout

  /** The surrogates: one row, in columns named like the input columns. */
  get surrogateDF(): DataFrame {
    const fields = this.columns.map((column) => StructField(column, DoubleType, false))
    return createDataFrame([Array.from(this.surrogates)], StructType(fields))
  }

  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), outputFields(this, schema))
  }

  override bind(schema: StructType): BatchTransform {
    const inputs = columnPairs(this).map(({ input }) => input)
    const surrogates = inputs.map((column) => this.surrogateOf(column))
    const outputs = outputFields(this, schema)
    const missing = this.getMissingValue()
    return {
      name: this.uid,
      inputs,
      outputs,
      filters: false,
      run: (columns, length) => ({
        columns: columns.map((column, k) =>
          filled(column, length, missing, castTo(surrogates[k], outputs[k].dataType)),
        ),
      }),
      forms: (inputs) =>
        allForms(inputs.map((input, k) => filledForm(input, missing, surrogates[k], outputs[k].dataType))),
    }
  }

  private surrogateOf(column: string): number {
    const at = this.columns.indexOf(column)
    if (at >= 0) return this.surrogates[at]
    throw new ParamError(`column "${column}" has no surrogate`, {
      stage: this.uid,
      param: 'inputCols',
      column,
      allowed: `Columns that were seen by fit: ${this.columns.join(', ')}`,
      received: column,
      hint: 'Fit an Imputer on this column, too.',
    })
  }

  /** Spark's text. */
  override toString(): string {
    const missing = javaDoubleText(this.getMissingValue())
    return `ImputerModel: uid=${this.uid}, strategy=${this.getStrategy()}, missingValue=${missing}${columnCounts(this)}`
  }
}

function castTo(value: number, type: DataType): number {
  if (type.kind === 'float') return Math.fround(value)
  return type.kind === 'decimal' ? Number(value.toFixed(type.scale)) : value
}

/** Which rows are missing: null ones, and those with the value. NaN equals NaN. */
function missingRows(column: ColumnData, length: number, missing: number): (row: number) => boolean {
  const values = castToDoubles(column, length)
  const { valid } = column
  if (Number.isNaN(missing)) return (i) => !isValid(valid, i) || Number.isNaN(values[i])
  return (i) => !isValid(valid, i) || values[i] === missing
}

const readFilled =
  (readAny: ReadAnyNumber, missing: number, surrogate: number): ReadNumber =>
  (row) => {
    const x = readAny(row)
    if (x === undefined) return Number.NaN
    return x === null || x === missing || (Number.isNaN(x) && Number.isNaN(missing)) ? surrogate : x
  }

/** The number of one row, or what stands in its place. */
function filledForm(input: RowForm, missing: number, surrogate: number, type: DataType): RowForm | undefined {
  if (input.kind !== 'number' || !input.readAny) return undefined
  const cast = castTo(surrogate, type)
  const isWhole = !['double', 'float', 'decimal'].includes(type.kind)
  return { kind: 'number', read: printable(readFilled, input.readAny, missing, isWhole ? Math.trunc(cast) : cast) }
}

function filled(column: ColumnData, length: number, missing: number, surrogate: number): ColumnData {
  const isMissing = missingRows(column, length, missing)
  switch (column.kind) {
    case 'f64': {
      const data = column.data.slice(0, length)
      for (let i = 0; i < length; i++) if (isMissing(i)) data[i] = surrogate
      return { kind: 'f64', data, valid: null }
    }
    case 'i32': {
      const data = column.data.slice(0, length)
      const whole = Math.trunc(surrogate)
      for (let i = 0; i < length; i++) if (isMissing(i)) data[i] = whole
      return { kind: 'i32', data, valid: null }
    }
    case 'i64': {
      const data = column.data.slice(0, length)
      const whole = BigInt(Math.trunc(surrogate))
      for (let i = 0; i < length; i++) if (isMissing(i)) data[i] = whole
      return { kind: 'i64', data, valid: null }
    }
    default:
      throw new TypeError(`a ${column.kind} column is not numeric`)
  }
}

/** What the values of a column that are not missing come to. */
interface Statistic extends Mergeable<Statistic> {
  insert(value: number): void
  /** undefined when there was no value. */
  readonly result: number | undefined
}

class Mean implements Statistic {
  #sum = 0
  #count = 0
  insert(value: number): void {
    this.#sum += value
    this.#count++
  }
  merge(other: Mean): this {
    this.#sum += other.#sum
    this.#count += other.#count
    return this
  }
  get result(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count
  }
}

class Median implements Statistic {
  readonly #summaries: QuantileSummaries
  constructor(relativeError: number) {
    this.#summaries = new QuantileSummaries(relativeError)
  }
  insert(value: number): void {
    this.#summaries.insert(value)
  }
  merge(other: Median): this {
    this.#summaries.merge(other.#summaries)
    return this
  }
  get result(): number | undefined {
    return this.#summaries.query([0.5])?.[0]
  }
}

/** The most frequent value, of several the smallest. */
class Mode implements Statistic {
  readonly #counts = new Map<number, number>()
  insert(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1)
  }
  merge(other: Mode): this {
    for (const [value, count] of other.#counts) this.#counts.set(value, (this.#counts.get(value) ?? 0) + count)
    return this
  }
  get result(): number | undefined {
    let [best, most]: [number | undefined, number] = [undefined, 0]
    for (const [value, count] of this.#counts) {
      if (count > most || (count === most && value < best!)) [best, most] = [value, count]
    }
    return best
  }
}

/**
 * Learns what to put in place of missing values: mean, median or mode of each column (Spark's `Imputer`).
 *
 * One column (`inputCol`, `outputCol`) or several (`inputCols`, `outputCols`), numeric. Null, NaN and `missingValue` do not count when it learns. The median is
 * a value of the column, by Spark's sketch with the error `relativeError`; of several most frequent values the mode is the smallest.
 *
 * **Errors**: DataError when a column has no other values, or their mean is NaN; SchemaError for a missing or not numeric column, or an
 * output column that exists. **Cost**: one pass; for the median memory for a sketch, for the mode for all distinct values. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, Imputer } from 'ridgeline'
 * const rides = createDataFrame([{ tip: 1 }, { tip: null }, { tip: 4 }])
 * const model = await new Imputer({ inputCol: 'tip', outputCol: 'tipFilled' }).fit(rides)
 * await model.transform(rides).show() // 1.0, 2.5, 4.0
 * ```
 */
export class Imputer extends estimator('org.apache.spark.ml.feature.Imputer', params, ImputerModel, rules) {
  override transformSchema(schema: StructType): StructType {
    return withFields(super.transformSchema(schema), outputFields(this, schema))
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<ImputerModel> {
    const columns = columnPairs(this).map(({ input }) => input)
    const missing = this.getMissingValue()
    const folds = columns.map(() => new PartitionFold<Statistic>(() => this.statistic()))
    for await (const batch of data.batches(columns, { signal: options.signal })) {
      for (const [k, fold] of folds.entries()) {
        const statistic = fold.of(batch.partition)
        const values = castToDoubles(batch.columns[k], batch.length)
        const isMissing = missingRows(batch.columns[k], batch.length, missing)
        for (let i = 0; i < batch.length; i++) {
          if (!isMissing(i) && !Number.isNaN(values[i])) statistic.insert(values[i])
        }
      }
    }
    const surrogates = folds.map((fold) => fold.result()?.result ?? Number.NaN)
    const empty = columns.filter((_, k) => Number.isNaN(surrogates[k]))
    if (empty.length > 0) throw this.noSurrogate(empty)
    return new ImputerModel({ columns, surrogates })
  }

  private statistic(): Statistic {
    const strategy = this.getStrategy()
    if (strategy === 'mean') return new Mean()
    return strategy === 'median' ? new Median(this.getRelativeError()) : new Mode()
  }

  private noSurrogate(columns: readonly string[]): DataError {
    return new DataError(
      `there is no ${this.getStrategy()} of ${columns.map((name) => `column "${name}"`).join(', ')}`,
      {
        stage: this.uid,
        column: columns[0],
        allowed: `Allowed: at least one value that is not null, NaN or ${javaDoubleText(this.getMissingValue())}`,
        hint: 'Leave the column out, or fill it with na.fill.',
      },
    )
  }
}
