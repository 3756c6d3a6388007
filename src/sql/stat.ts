import { DataError, ParamError, SchemaError } from '../errors.js'
import { compareText } from '../util/compare-text.js'
import { shortText } from '../util/names.js'
import { PartitionFold } from '../util/partition-fold.js'
import { QuantileSummaries } from '../util/quantile-summaries.js'
import type { Seed } from '../util/random/seed.js'
import { requireActionOptions, requireTexts } from './arguments.js'
import { isValid } from './batch.js'
import { columnReader } from './column-reader.js'
import type { DataFrame } from './dataframe.js'
import { castToDoubles } from './doubles.js'
import type { ActionOptions } from './engine.js'
import type { Column } from './expression/column.js'
import { coalesce, corr, count, covar_samp, lit } from './expression/functions.js'
import { FrequentItems } from './frequent-items.js'
import { columnOf, indexOfName } from './names.js'
import type { Plan } from './plan.js'
import { type StratumFractions, sampleBy } from './sampling.js'
import { ArrayType, isNumeric, LongType, StringType, StructField, StructType, simpleString } from './types.js'

/** Most values of the second column of a crosstab. */
const MAX_VALUES = 10_000

/**
 * Statistics of a frame, made by `df.stat` (Spark's `DataFrameStatFunctions`). All but `sampleBy` read the data at once and give
 * promises, also `crosstab` and `freqItems`, whose frames are small.
 *
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * const rides = createDataFrame([{ km: 1, price: 5 }, { km: 2, price: 9 }, { km: 4, price: 14 }])
 * await rides.stat.approxQuantile('price', [0.5], 0) // [9]
 * await rides.stat.corr('km', 'price') // 0.98…
 * ```
 */
export class DataFrameStatFunctions<R> {
  private readonly frame: DataFrame<R>
  private readonly wrap: (plan: Plan) => DataFrame<R>

  constructor(frame: DataFrame<R>, wrap: (plan: Plan) => DataFrame<R>) {
    this.frame = frame
    this.wrap = wrap
  }

  /**
   * Quantiles of numeric columns, null and NaN left out. Answers are values of the column, never between two, and those of Spark for the
   * same partitions.
   * @param probabilities numbers from 0 (smallest value) to 1 (largest).
   * @param relativeError bound of the error in rank, as a share of the rows: 0 is exact, and keeps all values in memory.
   * @returns a number for each probability (none for a column without values); a list of them for several columns.
   * @throws SchemaError for a column that is no number; ParamError for numbers out of range.
   */
  approxQuantile(
    column: string,
    probabilities: readonly number[],
    relativeError: number,
    options?: ActionOptions,
  ): Promise<number[]>
  approxQuantile(
    columns: readonly string[],
    probabilities: readonly number[],
    relativeError: number,
    options?: ActionOptions,
  ): Promise<number[][]>
  async approxQuantile(
    columns: string | readonly string[],
    probabilities: readonly number[],
    relativeError: number,
    options: ActionOptions = {},
  ): Promise<number[] | number[][]> {
    const stage = 'approxQuantile'
    requireActionOptions(options, stage)
    const names = (typeof columns === 'string' ? [columns] : columns).map((name) => this.numeric(name, stage).name)
    const wrong = probabilities.find((p) => !(p >= 0 && p <= 1))
    if (wrong !== undefined) throw outOfRange(stage, 'probabilities', wrong, '0 to 1')
    if (!(relativeError >= 0)) throw outOfRange(stage, 'relativeError', relativeError, '0 or more')
    const folds = names.map(() => new PartitionFold(() => new QuantileSummaries(relativeError)))
    for await (const batch of this.frame.batches(names, options)) {
      for (const [k, fold] of folds.entries()) {
        const summaries = fold.of(batch.partition)
        const { valid } = batch.columns[k]
        const values = castToDoubles(batch.columns[k], batch.length)
        for (let i = 0; i < batch.length; i++) {
          if (isValid(valid, i) && !Number.isNaN(values[i])) summaries.insert(values[i])
        }
      }
    }
    const answers = folds.map((fold) => fold.result()?.query(probabilities) ?? [])
    return typeof columns === 'string' ? answers[0] : answers
  }

  /** Pearson's correlation of two numeric columns; NaN where one is constant. @throws SchemaError. */
  async corr(first: string, second: string, options: ActionOptions = {}): Promise<number> {
    return this.pair(corr, 'corr', first, second, options)
  }

  /** Sample covariance of two numeric columns. @throws SchemaError. */
  async cov(first: string, second: string, options: ActionOptions = {}): Promise<number> {
    return this.pair(covar_samp, 'cov', first, second, options)
  }

  /** Null counts as 0 here, as in Spark; the aggregates `corr` and `covar_samp` leave rows with null out. */
  private async pair(
    measure: (a: Column, b: Column) => Column,
    stage: string,
    first: string,
    second: string,
    options: ActionOptions,
  ): Promise<number> {
    const [a, b] = [first, second].map((name) =>
      coalesce(columnOf(this.numeric(name, stage).name).cast('double'), lit(0).cast('double')),
    )
    const row = await this.frame.select(measure(a, b).alias('value'), count(lit(1)).alias('rows')).first(options)
    // Nothing has a covariance of nothing, and no correlation.
    if (stage === 'cov' && Number(row?.rows) === 0) return 0
    return (row?.value as number | null) ?? Number.NaN
  }

  /**
   * How often each pair of values of two columns occurs: a row for each value of the first, in the column `first_second`, and a column for
   * each value of the second, in order of their texts. Null is the text `null`.
   * @throws SchemaError for an unknown column; DataError when the second column has more than 10,000 values.
   */
  async crosstab(first: string, second: string, options: ActionOptions = {}): Promise<DataFrame> {
    const stage = 'crosstab'
    requireTexts([first, second], stage, 'columns')
    const { schema, session } = this.frame
    const names = [first, second].map((name) => schema.fields[indexOfName(schema, name, stage)].name)
    const [a, b] = names.map((name) => coalesce(columnOf(name).cast('string'), lit('null')))
    const counted = this.frame.select(a.alias('a'), b.alias('b')).groupBy('a', 'b').count()
    const cells = (await counted.collect(options)) as { a: string; b: string; count: number }[]
    const columns = [...new Set(cells.map((cell) => cell.b))].sort(compareText)
    if (columns.length > MAX_VALUES) {
      throw new DataError(`column "${second}" has ${columns.length} values`, {
        stage,
        column: second,
        allowed: `Allowed: ${MAX_VALUES}, each of which is a column of the result`,
        hint: 'Put the column with more values first',
      })
    }
    const rows = new Map<string, Map<string, number>>()
    for (const cell of cells) {
      if (!rows.has(cell.a)) rows.set(cell.a, new Map())
      rows.get(cell.a)!.set(cell.b, cell.count)
    }
    return session.createDataFrame(
      [...rows].map(([value, counts]) => [value, ...columns.map((column) => counts.get(column) ?? 0)]),
      StructType([
        StructField(names.join('_'), StringType),
        ...columns.map((column) => StructField(column, LongType, false)),
      ]),
    )
  }

  /**
   * The values that more than a share of the rows have in each column, and perhaps others: one row of arrays, in columns such as
   * `city_freqItems`. Which others depends on the order of rows, the order of the values is not defined.
   * @param support the share, 0.0001 or more.
   * @throws SchemaError for an unknown column; ParamError for a share out of range.
   */
  async freqItems(columns: readonly string[], support = 0.01, options: ActionOptions = {}): Promise<DataFrame> {
    const stage = 'freqItems'
    requireTexts(columns, stage, 'columns')
    requireActionOptions(options, stage)
    if (!(support >= 1e-4 && support <= 1)) throw outOfRange(stage, 'support', support, '0.0001 to 1')
    const { schema, session } = this.frame
    const fields = columns.map((name) => schema.fields[indexOfName(schema, name, stage)])
    const folds = fields.map(() => new PartitionFold(() => new FrequentItems(support)))
    const names = fields.map((found) => found.name)
    for await (const batch of this.frame.batches(names, options)) {
      for (const [k, fold] of folds.entries()) {
        const items = fold.of(batch.partition)
        const read = columnReader(batch.columns[k], fields[k].dataType)
        for (let i = 0; i < batch.length; i++) items.add(read(i))
      }
    }
    return session.createDataFrame(
      [folds.map((fold) => fold.result()?.items ?? [])],
      StructType(fields.map(({ name, dataType }) => StructField(`${name}_freqItems`, ArrayType(dataType), false))),
    )
  }

  /**
   * A random sample in which each value of a column has a share of its own: `sampleBy('city', { FR: 0.1, DE: 1 }, 7)`. Values that are not
   * named are left out. The rows are Spark's for the same partitions and seed.
   * @param fractions a record for texts, a Map for numbers and booleans.
   * @throws SchemaError for an unknown column; ParamError for a share that is not between 0 and 1.
   */
  sampleBy(column: string, fractions: StratumFractions, seed: Seed): DataFrame<R> {
    return this.wrap(sampleBy(this.frame.plan, column, fractions, seed))
  }

  private numeric(name: string, stage: string): StructField {
    requireTexts([name], stage, 'columns')
    const found = this.frame.schema.fields[indexOfName(this.frame.schema, name, stage)]
    if (isNumeric(found.dataType)) return found
    throw new SchemaError(`column "${name}" has type ${simpleString(found.dataType)}`, {
      stage,
      column: name,
      allowed: 'Allowed: numbers',
      received: simpleString(found.dataType),
      hint: 'Cast it to double',
    })
  }
}

const outOfRange = (stage: string, param: string, value: unknown, allowed: string): ParamError =>
  new ParamError(`${param} is ${shortText(value)}`, {
    stage,
    param,
    allowed: `Allowed: ${allowed}`,
    received: shortText(value),
  })
