import type { LocalTable } from './batch.js'
import type { Session } from './session.js'
import type { Json, StructType } from './types.js'

/** A message or row of a source as it came, for a dead letter. */
export interface RawRecord {
  /** Where it lies, for people: `rides[2]@17`. */
  readonly place: string
  readonly topic?: string
  readonly partition?: number
  readonly offset?: string
  /** Milliseconds since 1970. */
  readonly timestamp?: number
  readonly key?: Uint8Array | null
  /** The bytes as they came. */
  readonly value: Uint8Array | null
  readonly headers?: readonly (readonly [string, Uint8Array | null])[]
}

/** Rows between two offsets of a source. Offsets are JSON, so that a checkpoint can keep them. */
export interface SourceBatch {
  readonly start: Json
  readonly end: Json
  /** The rows, with the columns of the source's schema. */
  readonly table: LocalTable
  /** A row as it came. */
  record(row: number): RawRecord
  /** When each row came into this process, on the clock of `performance.now()`; one number where all came at once. */
  readonly arrived: number | Float64Array
  /** Rows that the source itself refuses, with the reason. */
  readonly refused?: ReadonlyMap<number, string>
  /** Whether more rows were ready, which a bound of the source's own left for the next micro-batch. */
  readonly more?: boolean
}

/** How much of a source is read next. */
export interface ReadRequest {
  /** Offset after the rows that are known; null at the start. */
  readonly from: Json
  /** Milliseconds to wait for a first row. */
  readonly wait: number
  /** Number of the micro-batch that the rows are for. */
  readonly batchId: number
  readonly signal: AbortSignal
}

/** A source of a query while it runs. */
export interface StreamSource {
  /** For progress: `KafkaV2[Subscribe[rides]]`. */
  readonly description: string
  /** The next rows; undefined when none came within the wait. */
  next(request: ReadRequest): Promise<SourceBatch | undefined>
  /** The rows between two offsets that `next` told before the query stopped. @throws where they are gone. */
  replay(from: Json, to: Json, batchId: number): Promise<SourceBatch>
  /** Told when rows up to an offset are done with. */
  commit?(end: Json): Promise<void> | void
  /** Offset of the newest row that is known to exist, for progress. */
  latest?(): Json
  /** Numbers of rows that wait, by partition where there are some, for progress and metrics. */
  lag?(): ReadonlyMap<string, number>
  /** Fixes where "all that is there now" ends, for `availableNow`: `next` gives no rows after it. */
  bound?(from: Json): Promise<void>
  /** Whether there is nothing more to give before the bound; a `next` without rows tells so where this is not there. */
  exhausted?(): boolean
  stop(): Promise<void>
}

/** What a source is given when its query starts. */
export interface SourceContext {
  readonly session: Session
  /** Keeps files of this source in the checkpoint; names are those of the source. */
  readonly log: SourceLog
  /** `id` of the query, the same after a restart. */
  readonly queryId: string
}

/** Entries of a source by number of the micro-batch, in the checkpoint. */
export interface SourceLog {
  read(batchId: number): Promise<string | undefined>
  write(batchId: number, text: string): Promise<void>
  /** Numbers of all entries, ascending. */
  list(): Promise<readonly number[]>
  /** Lets entries go that are far before a micro-batch. */
  purge(last: number): Promise<void>
}

/** What makes a source: rows of a program, or anything that implements it. */
export interface StreamProvider {
  readonly name: string
  readonly schema: StructType
  open(context: SourceContext): Promise<StreamSource> | StreamSource
}

/** Where the rows of a streaming frame come from: a format by name, or a provider. */
export interface StreamOrigin {
  readonly format: string
  /** Options as they were given; their names are Spark's. */
  readonly options: ReadonlyMap<string, string>
  readonly provider?: StreamProvider
}
