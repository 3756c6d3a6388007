import '../util/disposable.js'
import { ParamError } from '../errors.js'
import { requireTexts } from './arguments.js'
import type { ArrowTable } from './arrow.js'
import { Catalog } from './catalog.js'
import { type InputColumns, type InputRows, type InputSchema, localTable, tableOfStream } from './create.js'
import type { DanfoDataFrame } from './danfo.js'
import { DataStreamReader } from './data-stream-reader.js'
import { DataFrame } from './dataframe.js'
import { DeferredEngine } from './deferred-engine.js'
import type { ActionOptions, Engine } from './engine.js'
import { parseQuery } from './expression/query.js'
import type { LocalEngineOptions } from './local/local-engine-options.js'
import { partitionCount } from './partition-count.js'
import { wholeNumber } from './planner.js'
import { queryPlan } from './query-plan.js'
import { DataFrameReader } from './reader.js'
import type { ColumnRows, ObjectRows } from './typed-rows.js'
import { LongType, StructField, StructType } from './types.js'

/** Settings of a session, and of the engine in this process that it starts unless another one is given. */
export interface SessionOptions extends LocalEngineOptions {
  /** Logical partitions of frames made from JavaScript data; 2 by default, as on Spark's `local[2]`. */
  readonly defaultParallelism?: number
  /** Runs the plans instead of an engine in this process, and has settings of its own; the session closes it. */
  readonly engine?: Engine
}

/** Number of logical partitions of a new frame. */
export interface CreateOptions {
  readonly numPartitions?: number
}

async function startLocal(options: LocalEngineOptions): Promise<Engine> {
  const { LocalEngine } = await import('./local/local-engine.js')
  return new LocalEngine(options)
}

/**
 * Where frames are made and their plans run (Spark's `SparkSession`). The relational engine starts on first need: frames of
 * JavaScript data that only pass ML stages never start it.
 *
 * Close a session to end its engine; frames of a closed session start it anew.
 *
 * @example
 * ```ts
 * import { Session } from 'ridgeline'
 * await using session = new Session({ memoryLimit: '2GB' })
 * await session.range(3).collect() // [{ id: 0 }, { id: 1 }, { id: 2 }]
 * ```
 */
export class Session {
  readonly defaultParallelism: number
  /** The temporary views of this session. */
  readonly catalog = new Catalog()
  /** Where the plans of this session's frames run. */
  readonly engine: Engine

  /** @throws ParamError when `defaultParallelism` is not a whole number of 1 or more, or settings of the local engine come with another one. */
  constructor(options: SessionOptions = {}) {
    this.defaultParallelism = options.defaultParallelism ?? 2
    wholeNumber(this.defaultParallelism, 1, 'Session', 'defaultParallelism')
    if (options.threads !== undefined) wholeNumber(options.threads, 1, 'Session', 'threads')
    const unused = (['memoryLimit', 'tempDirectory', 'threads'] as const).find((name) => options[name] !== undefined)
    if (options.engine && unused) {
      throw new ParamError(`${unused} is given together with an engine`, {
        stage: 'Session',
        param: unused,
        hint: 'Set up the engine itself',
      })
    }
    this.engine = options.engine ?? new DeferredEngine(partitionCount, () => startLocal(options))
  }

  /** Frame of JavaScript rows or columns, see the function {@link createDataFrame}. */
  createDataFrame<T extends object>(
    rows: readonly T[],
    schema?: InputSchema,
    options?: CreateOptions,
  ): DataFrame<ObjectRows<T>>
  createDataFrame<C extends InputColumns>(
    columns: C,
    schema?: InputSchema,
    options?: CreateOptions,
  ): DataFrame<ColumnRows<C>>
  createDataFrame(
    data: InputRows | InputColumns | ArrowTable | DanfoDataFrame,
    schema?: InputSchema,
    options?: CreateOptions,
  ): DataFrame
  createDataFrame(
    data: InputRows | InputColumns | ArrowTable | DanfoDataFrame,
    schema?: InputSchema,
    options: CreateOptions = {},
  ): DataFrame {
    const partitions = options.numPartitions ?? this.defaultParallelism
    wholeNumber(partitions, 1, 'createDataFrame', 'numPartitions')
    return DataFrame.fromTable(localTable(data, schema, partitions), this)
  }

  /**
   * Frame of rows that come one by one, from a database cursor or a stream, see {@link createDataFrame}. They are read at once and kept as
   * columns; with a schema the objects are let go on the way.
   * @throws what the source raises; SchemaError and DataError as `createDataFrame`; the reason of the signal.
   * @example
   * ```ts
   * import { Session } from 'ridgeline'
   * async function* rows() {
   *   yield { id: 1, city: 'FR' }
   * }
   * const rides = await new Session().fromAsync(rows(), 'id INT, city STRING')
   * ```
   */
  async fromAsync<T extends object>(
    rows: AsyncIterable<T> | Iterable<T>,
    schema?: InputSchema,
    { signal, ...options }: CreateOptions & ActionOptions = {},
  ): Promise<DataFrame<ObjectRows<T>>> {
    const partitions = options.numPartitions ?? this.defaultParallelism
    wholeNumber(partitions, 1, 'fromAsync', 'numPartitions')
    return DataFrame.fromTable(await tableOfStream(rows, schema, partitions, signal), this)
  }

  /** Frame with the longs from `start` (0 when only one number is given) up to `end`, in the column `id`. */
  range(end: number): DataFrame
  range(start: number, end: number, step?: number): DataFrame
  range(first: number, second?: number, step = 1): DataFrame {
    const [start, end] = second === undefined ? [0, first] : [first, second]
    wholeNumber(start, Number.MIN_SAFE_INTEGER, 'range', 'start')
    wholeNumber(end, Number.MIN_SAFE_INTEGER, 'range', 'end')
    wholeNumber(step, 1, 'range', 'step')
    const length = Math.max(0, Math.ceil((end - start) / step))
    const id = BigInt64Array.from({ length }, (_, i) => BigInt(start + i * step))
    return this.createDataFrame({ id }, StructType([StructField('id', LongType, false)]))
  }

  /**
   * The rows of a SQL query over temporary views, in Spark's grammar and with its functions: `SELECT` with joins, subqueries in FROM and in
   * expressions (scalar, `IN`, `EXISTS`, tied to the query around them or not), `WITH`, `VALUES`, `LATERAL VIEW`, `PIVOT`, `UNPIVOT`, `UNION`,
   * `INTERSECT` and `EXCEPT`, `GROUP BY` with `ROLLUP`, `CUBE` and `GROUPING SETS`, windows, `ORDER BY`, `LIMIT` and `OFFSET`.
   * The frame is lazy; names and types are checked at once.
   * @param frames more tables by name, which come before the views.
   * @throws ParseError with the place; SchemaError for an unknown table or column, or a wrong type; UnsupportedError, which says what to
   *   write instead, for subqueries that no join can stand for and statements of other kinds.
   * @example
   * ```ts
   * import { createDataFrame, Session } from 'ridgeline'
   * const session = new Session()
   * session.createDataFrame([{ city: 'FR', price: 10 }]).createOrReplaceTempView('rides')
   * await session.sql('SELECT city, avg(price) AS mean FROM rides GROUP BY city').collect() // [{ city: 'FR', mean: 10 }]
   * ```
   */
  sql(query: string, frames: Readonly<Record<string, DataFrame>> = {}): DataFrame {
    requireTexts([query], 'sql', 'query')
    const given = new Map(Object.entries(frames).map(([name, frame]) => [name.toLowerCase(), frame.plan]))
    const plan = queryPlan(parseQuery(query), (name) => given.get(name.toLowerCase()) ?? this.catalog.plan(name))
    return new DataFrame(plan, this)
  }

  /** The frame of a temporary view. @throws SchemaError when there is none. */
  table(name: string): DataFrame {
    requireTexts([name], 'table', 'name')
    return new DataFrame(this.catalog.plan(name), this)
  }

  /** Reader of files: `await session.read.option('header', true).csv('rides.csv')`. */
  get read(): DataFrameReader {
    return new DataFrameReader(() => this)
  }

  /** Reader of streams: `session.readStream.format('kafka').option('subscribe', 'rides').load()`. */
  get readStream(): DataStreamReader {
    return new DataStreamReader(() => this)
  }

  /** Ends the engine and frees its memory. Actions that run at that time are interrupted, and fail with an EngineError. */
  close(): Promise<void> {
    return this.engine.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

let shared: Session | undefined

/** The session of the free functions `createDataFrame` and `read`, made when it is first asked for. */
export function defaultSession(): Session {
  shared ??= new Session()
  return shared
}

/**
 * Frame of JavaScript data, which is rows (objects, or arrays in the order of the schema) or columns by name, of a table of `apache-arrow`, or of a
 * danfo DataFrame (see `fromDanfo` of `ridgeline/interop/danfo`).
 *
 * Types are inferred unless a schema is given: whole numbers are integer or long, other numbers double, `bigint` long,
 * `Date` timestamp, `DenseVector` and `SparseVector` vector, `number[]` array<double>, plain objects struct; `null` and
 * `undefined` are null. Rows lie in `numPartitions` equal slices (2 by default).
 *
 * @throws SchemaError when a column mixes types or its type cannot be told; DataError when a value does not fit the schema.
 * @example
 * ```ts
 * import { createDataFrame } from 'ridgeline'
 * createDataFrame([{ city: 'FR', price: 10.5 }])
 * createDataFrame([[1, 'FR']], 'id BIGINT, city STRING')
 * createDataFrame({ x: Float64Array.of(1, 2), city: ['FR', 'DE'] })
 * ```
 */
export function createDataFrame<T extends object>(
  rows: readonly T[],
  schema?: InputSchema,
  options?: CreateOptions,
): DataFrame<ObjectRows<T>>
export function createDataFrame<C extends InputColumns>(
  columns: C,
  schema?: InputSchema,
  options?: CreateOptions,
): DataFrame<ColumnRows<C>>
export function createDataFrame(
  data: InputRows | InputColumns | ArrowTable | DanfoDataFrame,
  schema?: InputSchema,
  options?: CreateOptions,
): DataFrame
export function createDataFrame(
  data: InputRows | InputColumns | ArrowTable | DanfoDataFrame,
  schema?: InputSchema,
  options?: CreateOptions,
): DataFrame {
  return defaultSession().createDataFrame(data as InputRows, schema, options)
}

/**
 * Frame of rows that come one by one, in the default session, see {@link Session.fromAsync}.
 * @example
 * ```ts
 * import { fromAsync } from 'ridgeline'
 * async function* rows() {
 *   yield { id: 1, city: 'FR' }
 * }
 * const rides = await fromAsync(rows())
 * ```
 */
export const fromAsync = <T extends object>(
  rows: AsyncIterable<T> | Iterable<T>,
  schema?: InputSchema,
  options?: CreateOptions & ActionOptions,
): Promise<DataFrame<ObjectRows<T>>> => defaultSession().fromAsync(rows, schema, options)

/** Reader of files in the default session: `await read.parquet('rides.parquet')`. */
export const read: DataFrameReader = new DataFrameReader(defaultSession)

/** Reader of streams in the default session: `readStream.schema('id INT').json('rides')`. */
export const readStream: DataStreamReader = new DataStreamReader(defaultSession)
