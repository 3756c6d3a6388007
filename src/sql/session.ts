import '../util/disposable.js'
import { type InputColumns, type InputRows, type InputSchema, localTable } from './create.js'
import { DataFrame } from './dataframe.js'
import { DuckDB } from './local/duckdb.js'
import type { Runtime } from './local/execute.js'
import { wholeNumber } from './planner.js'
import { DataFrameReader } from './reader.js'
import { LongType, StructField, StructType } from './types.js'

/** Settings of a session. */
export interface SessionOptions {
  /**
   * Upper bound of the relational engine's memory, for example `'2GB'`; beyond it the engine spills to disk. It holds for each
   * of two engines: one with all threads, and one with a single thread for queries whose result could depend on their timing.
   */
  readonly memoryLimit?: string
  /** Folder for what the engine spills. */
  readonly tempDirectory?: string
  /** Logical partitions of frames made from JavaScript data; 2 by default, as on Spark's `local[2]`. */
  readonly defaultParallelism?: number
}

/** Number of logical partitions of a new frame. */
export interface CreateOptions {
  readonly numPartitions?: number
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
export class Session implements Runtime {
  readonly defaultParallelism: number
  private readonly options: SessionOptions
  private readonly engines = new Map<boolean, Promise<DuckDB>>()

  /** @throws ParamError when `defaultParallelism` is not a whole number of 1 or more. */
  constructor(options: SessionOptions = {}) {
    this.defaultParallelism = options.defaultParallelism ?? 2
    wholeNumber(this.defaultParallelism, 1, 'Session', 'defaultParallelism')
    this.options = options
  }

  /** Frame of JavaScript rows or columns, see the function {@link createDataFrame}. */
  createDataFrame(data: InputRows | InputColumns, schema?: InputSchema, options: CreateOptions = {}): DataFrame {
    const partitions = options.numPartitions ?? this.defaultParallelism
    wholeNumber(partitions, 1, 'createDataFrame', 'numPartitions')
    return DataFrame.fromTable(localTable(data, schema, partitions), this)
  }

  /** Frame with the longs from `start` (0 when only one number is given) up to `end`, in the column `id`. */
  range(end: number): DataFrame
  range(start: number, end: number, step?: number): DataFrame
  range(first: number, second?: number, step = 1): DataFrame {
    const [start, end] = second === undefined ? [0, first] : [first, second]
    wholeNumber(step, 1, 'range', 'step')
    const length = Math.max(0, Math.ceil((end - start) / step))
    const id = BigInt64Array.from({ length }, (_, i) => BigInt(start + i * step))
    return this.createDataFrame({ id }, StructType([StructField('id', LongType, false)]))
  }

  /** Reader of files: `await session.read.option('header', true).csv('rides.csv')`. */
  get read(): DataFrameReader {
    return new DataFrameReader(() => this)
  }

  /** The engine, started on first need. @throws EngineError when its package is not installed. */
  duckdb(serial: boolean): Promise<DuckDB> {
    let engine = this.engines.get(serial)
    if (!engine) {
      const { memoryLimit, tempDirectory } = this.options
      engine = DuckDB.open({ memoryLimit, tempDirectory, threads: serial ? 1 : undefined })
      this.engines.set(serial, engine)
      // A failed start, for example without the package, may succeed another time.
      engine.catch(() => this.engines.delete(serial))
    }
    return engine
  }

  /** Ends the relational engine and frees its memory. */
  async close(): Promise<void> {
    const engines = [...this.engines.values()]
    this.engines.clear()
    for (const engine of await Promise.allSettled(engines)) {
      if (engine.status === 'fulfilled') engine.value.close()
    }
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
 * Frame of JavaScript data, which is rows (objects, or arrays in the order of the schema) or columns by name.
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
export function createDataFrame(
  data: InputRows | InputColumns,
  schema?: InputSchema,
  options?: CreateOptions,
): DataFrame {
  return defaultSession().createDataFrame(data, schema, options)
}

/** Reader of files in the default session: `await read.parquet('rides.parquet')`. */
export const read: DataFrameReader = new DataFrameReader(defaultSession)
