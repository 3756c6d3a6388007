import type { Batch, LocalTable } from './batch.js'
import type { FileFormat, Plan } from './plan.js'
import type { StructType } from './types.js'

/** How an action that reads rows is stopped. */
export interface ActionOptions {
  /** Ends the action: its promise, or the next row, is rejected with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Which columns of a plan are read, and how reading is stopped. */
export interface StreamOptions extends ActionOptions {
  /** Names of the columns that are wanted, in this order; all of the schema when not given. */
  readonly columns?: readonly string[]
}

/** Files that a reader was asked for. */
export interface ReadRequest {
  readonly format: FileFormat
  /** Files, or folders of files. */
  readonly paths: readonly string[]
  /** Options as they were given; their names are Spark's. */
  readonly options: ReadonlyMap<string, string>
  /** Schema of the rows; when not given, the files tell. */
  readonly schema?: StructType
}

/** What to do when the path of a writer exists. */
export type SaveMode = 'error' | 'overwrite' | 'append' | 'ignore'

/** Where a writer puts the rows of a plan. */
export interface WriteRequest {
  readonly format: FileFormat
  readonly path: string
  /** Options as they were given; their names are Spark's. */
  readonly options: ReadonlyMap<string, string>
  readonly mode: SaveMode
  /** Columns whose values become names of folders, `column=value`, in this order. */
  readonly partitionBy?: readonly string[]
}

/**
 * Where plans run. Frames, readers and writers know this interface only, so that the same program runs inside this process or on a
 * cluster. Whatever an engine raises is one of the library's errors, or the reason of the signal.
 */
export interface Engine {
  /**
   * Rows of a plan in batches, in order of logical partitions. Only what the consumer pulls is computed; it may stop at any batch.
   * @throws SchemaError for a column that does not exist.
   */
  stream(plan: Plan, options?: StreamOptions): AsyncGenerator<Batch>
  /** All rows of a plan in memory. */
  toTable(plan: Plan, options?: ActionOptions): Promise<LocalTable>
  /** Number of rows of a plan. */
  count(plan: Plan, options?: ActionOptions): Promise<number>
  /** Number of logical partitions of a plan's rows. */
  partitionCount(plan: Plan): number
  /** How a plan would run, as text for a reader; nothing runs. */
  explain(plan: Plan): Promise<string>
  /**
   * Plan that reads files, with their schema.
   * @throws ParamError for an unknown option; PersistenceError for files that are missing or cannot be read.
   */
  scan(request: ReadRequest, options?: ActionOptions): Promise<Plan>
  /**
   * Writes the rows of a plan to files.
   * @throws ParamError for an unknown option; SchemaError when the format cannot hold the columns; PersistenceError when the path
   *   exists in mode `error`, or cannot be written.
   */
  write(plan: Plan, request: WriteRequest, options?: ActionOptions): Promise<void>
  /** Gives back what the engine holds; actions that run fail with an EngineError. An engine may start anew when it is used again. */
  close(): Promise<void>
}
