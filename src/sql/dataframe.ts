import { ParamError } from '../errors.js'
import { INSPECT } from '../util/inspect.js'
import { shortText } from '../util/names.js'
import { requireActionOptions } from './arguments.js'
import { type ArrowTable, arrowTable } from './arrow.js'
import type { Batch, LocalTable } from './batch.js'
import { type ColumnValues, columnValues } from './column-values.js'
import { DataStreamWriter } from './data-stream-writer.js'
import type { ActionOptions, Engine } from './engine.js'
import { FrameOperations } from './frame-operations.js'
import type { Plan } from './plan.js'
import { wholeNumber } from './planner.js'
import { type Row, requireDistinctNames, rowsOf } from './row.js'
import type { Session } from './session.js'
import { type ShowOptions, showText, treeText } from './show.js'
import { DataFrameStatFunctions } from './stat.js'
import type { RowOf } from './typed-rows.js'
import { DataFrameWriter } from './writer.js'

/**
 * A lazy, immutable table (Spark's `DataFrame`): a plan of how to compute its rows. Methods that give a frame return at once
 * and check names and types; actions (`collect`, `count`, `show`, `write` …) read the data and give promises.
 *
 * Rows lie in logical partitions, which decide nothing but random draws: `sample`, `randomSplit` and `kFold` give the rows
 * that Spark gives for the same partitions. What rearranges rows (`agg`, `join`, `orderBy`, `limit`) leaves one partition.
 *
 * `DataFrame<Ride>` knows its rows: a name that `Ride` does not have is an error when the program is compiled. Frames of objects know
 * theirs, and so do those that `select` with names, `filter`, `withColumn` and the like make of them; for others say it:
 * `const rides: DataFrame<Ride> = await read.parquet('rides')`. Nothing is checked when the program runs.
 *
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * const rides = createDataFrame([{ city: 'FR', price: 10 }, { city: 'DE', price: 30 }])
 * await rides.filter('price > 20').select('city').collect() // [{ city: 'DE' }]
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: a frame of which no row type is known fits wherever one is asked for
export class DataFrame<R = any> extends FrameOperations<R> {
  readonly session: Session

  /** Frames come from `createDataFrame`, `session.read` and from other frames. */
  constructor(plan: Plan, session: Session) {
    super(plan)
    this.session = session
  }

  /** Frame of rows that are in memory. */
  static fromTable(table: LocalTable, session: Session): DataFrame {
    return new DataFrame({ kind: 'localScan', schema: table.schema, table }, session)
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the rows of another plan are is up to the caller
  protected with(plan: Plan): DataFrame<any> {
    return plan === this.plan ? this : new DataFrame(plan, this.session)
  }

  protected get self(): DataFrame<R> {
    return this
  }

  private get engine(): Engine {
    return this.session.engine
  }

  /** Statistics: quantiles, correlation, counts of pairs, frequent values, samples by value. */
  get stat(): DataFrameStatFunctions<R> {
    return new DataFrameStatFunctions(this, (plan) => this.with(plan))
  }

  /** The same as `stat.approxQuantile` of one column. */
  approxQuantile(
    column: string,
    probabilities: readonly number[],
    relativeError: number,
    options?: ActionOptions,
  ): Promise<number[]> {
    return this.stat.approxQuantile(column, probabilities, relativeError, options)
  }

  /** The same as `stat.corr`. */
  corr(...args: Parameters<DataFrameStatFunctions<R>['corr']>): Promise<number> {
    return this.stat.corr(...args)
  }

  /** The same as `stat.cov`. */
  cov(...args: Parameters<DataFrameStatFunctions<R>['cov']>): Promise<number> {
    return this.stat.cov(...args)
  }

  /** The same as `stat.crosstab`. */
  crosstab(...args: Parameters<DataFrameStatFunctions<R>['crosstab']>): Promise<DataFrame> {
    return this.stat.crosstab(...args)
  }

  /** The same as `stat.freqItems`. */
  freqItems(...args: Parameters<DataFrameStatFunctions<R>['freqItems']>): Promise<DataFrame> {
    return this.stat.freqItems(...args)
  }

  /** The same as `stat.sampleBy`. */
  sampleBy(...args: Parameters<DataFrameStatFunctions<R>['sampleBy']>): DataFrame<R> {
    return this.stat.sampleBy(...args)
  }

  /** Gives this frame a name in its session's `sql`, where another one may have it. */
  createOrReplaceTempView(name: string): void {
    this.session.catalog.register(name, this.plan, true)
  }

  /** Gives this frame a name in its session's `sql`. @throws SchemaError when the name is taken. */
  createTempView(name: string): void {
    this.session.catalog.register(name, this.plan, false)
  }

  /** Number of logical partitions. */
  getNumPartitions(): number {
    return this.engine.partitionCount(this.plan)
  }

  /**
   * The rows in batches, in order of partitions; each batch belongs to one partition. The consumer sets the pace and may stop.
   * @param columns those that are wanted, in this order; others are not computed. All of them when not given.
   * @throws SchemaError (when iterated) for a missing column; what reading the data raises.
   */
  batches(columns?: readonly string[], options: ActionOptions = {}): AsyncIterable<Batch> {
    requireActionOptions(options, 'batches')
    return { [Symbol.asyncIterator]: () => this.engine.stream(this.plan, { ...options, columns }) }
  }

  /** All rows as columns in memory. */
  async toTable(options: ActionOptions = {}): Promise<LocalTable> {
    requireActionOptions(options, 'toTable')
    return this.engine.toTable(this.plan, options)
  }

  // Actions

  /** Number of rows. */
  async count(options: ActionOptions = {}): Promise<number> {
    requireActionOptions(options, 'count')
    return this.engine.count(this.plan, options)
  }

  /** All rows as objects, see {@link Row}. @throws SchemaError for columns that share a name. */
  async collect(options: ActionOptions = {}): Promise<RowOf<R>[]> {
    requireDistinctNames(this.schema)
    const rows: Row[] = []
    for await (const batch of this.batches(undefined, options)) {
      for (const row of rowsOf(this.schema, batch)) rows.push(row)
    }
    return rows as RowOf<R>[]
  }

  /** The rows one by one, read as they are asked for. @throws SchemaError for columns that share a name. */
  async *toLocalIterator(options: ActionOptions = {}): AsyncGenerator<RowOf<R>> {
    requireDistinctNames(this.schema)
    for await (const batch of this.batches(undefined, options)) yield* rowsOf(this.schema, batch) as Generator<RowOf<R>>
  }

  /**
   * All rows as columns by name: `Float64Array` for double, float and decimal, `Int32Array` for integers, `BigInt64Array` for long, and
   * lists of values as `collect` gives them for other types and for columns with null.
   * @throws SchemaError for columns that share a name.
   */
  async toColumns(options: ActionOptions = {}): Promise<Record<string, ColumnValues>> {
    requireDistinctNames(this.schema)
    const { columns, length } = await this.toTable(options)
    const fields = this.schema.fields
    return Object.fromEntries(fields.map(({ name, dataType }, k) => [name, columnValues(columns[k], dataType, length)]))
  }

  /**
   * All rows as a table of the optional package `apache-arrow`, one batch: vectors become lists of doubles, decimals doubles, timestamps
   * microseconds in UTC. `createDataFrame` takes such tables.
   * @param options `arrow` is the package, where ridgeline cannot find it by its name: `toArrow({ arrow: await import('apache-arrow') })`.
   * @throws EngineError where the package is missing; SchemaError for matrices.
   */
  async toArrow<T extends ArrowTable = ArrowTable>({
    arrow,
    ...options
  }: ActionOptions & { readonly arrow?: object } = {}): Promise<T> {
    return (await arrowTable(await this.toTable(options), arrow)) as T
  }

  /**
   * Gives the rows to a function, some at a time and in order; the next ones are read when it has done with them.
   * @param size most rows at a time.
   * @throws what the function raises, which ends the reading; SchemaError for columns that share a name.
   */
  async foreachBatch(
    each: (rows: RowOf<R>[], index: number) => void | Promise<void>,
    { size = 1024, ...options }: ActionOptions & { readonly size?: number } = {},
  ): Promise<void> {
    wholeNumber(size, 1, 'foreachBatch', 'size')
    let rows: RowOf<R>[] = []
    let index = 0
    for await (const row of this.toLocalIterator(options)) {
      if (rows.push(row) < size) continue
      await each(rows, index++)
      rows = []
    }
    if (rows.length > 0) await each(rows, index)
  }

  /** The last `n` rows, in order. */
  async tail(n: number, options: ActionOptions = {}): Promise<RowOf<R>[]> {
    wholeNumber(n, 0, 'tail', 'n')
    let rows: RowOf<R>[] = []
    for await (const row of this.toLocalIterator(options)) {
      if (rows.push(row) >= 2 * n + 1024) rows = rows.slice(rows.length - n)
    }
    return n === 0 ? [] : rows.slice(-n)
  }

  /** The first `n` rows. */
  async take(n: number, options: ActionOptions = {}): Promise<RowOf<R>[]> {
    return this.limit(n).collect(options)
  }

  /** The first row, or null when there is none; with a number, the first rows. */
  head(n?: undefined, options?: ActionOptions): Promise<RowOf<R> | null>
  head(n: number, options?: ActionOptions): Promise<RowOf<R>[]>
  async head(n?: number, options: ActionOptions = {}): Promise<RowOf<R> | null | RowOf<R>[]> {
    return n === undefined ? this.first(options) : this.take(n, options)
  }

  /** The first row, or null when there is none. */
  async first(options: ActionOptions = {}): Promise<RowOf<R> | null> {
    return (await this.take(1, options))[0] ?? null
  }

  /** Whether there are no rows. */
  async isEmpty(options: ActionOptions = {}): Promise<boolean> {
    return (await this.select().limit(1).count(options)) === 0
  }

  /** Prints the first rows as a table, exactly as Spark does. */
  async show(
    n = 20,
    truncate: boolean | number = true,
    vertical = false,
    { signal }: ActionOptions = {},
  ): Promise<void> {
    console.log(await this.showString({ n, truncate: truncate === true ? 20 : Number(truncate), vertical, signal }))
  }

  /** The text that `show` prints. */
  async showString(options: ShowOptions & ActionOptions = {}): Promise<string> {
    const { n = 20, truncate = 20, vertical = false, signal } = options
    if (!Number.isInteger(truncate)) {
      throw new ParamError(`truncate is ${shortText(truncate)}`, {
        stage: 'show',
        param: 'truncate',
        allowed: 'Allowed: a whole number',
      })
    }
    const table = await this.limit(n + 1).toTable({ signal })
    return showText(this.schema, table.columns, table.length, { n, truncate, vertical })
  }

  /** Names and types of the columns, as Spark writes a frame: `DataFrame[city: string, price: double]`. */
  override toString(): string {
    return `DataFrame[${this.dtypes.map((pair) => pair.join(': ')).join(', ')}]`
  }

  /** What `console.log` and a notebook print of a frame that is not shown: its columns. */
  [INSPECT](): string {
    return this.toString()
  }

  /** Prints the schema as a tree. */
  printSchema(): void {
    console.log(treeText(this.schema))
  }

  /** Prints how the rows are computed: the plan, and the SQL of the parts that the relational engine runs. */
  async explain(): Promise<void> {
    console.log(await this.engine.explain(this.plan))
  }

  /** Writer of this frame to files: `await df.write.mode('overwrite').parquet('rides')`. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this.plan, this.engine)
  }

  /** Starts a query over this stream: `await frame.writeStream.format('kafka').option('topic', 'prices').start()`. */
  get writeStream(): DataStreamWriter {
    return new DataStreamWriter({
      frame: this,
      format: 'parquet',
      options: new Map(),
      name: null,
      trigger: { processingTime: 0 },
      partitionBy: [],
    })
  }
}
