import type { Json } from './types.js'

/** When a query looks for new rows. Times are milliseconds, or texts such as `5 seconds`. */
export type Trigger =
  /** A micro-batch each so often; 0 (the default): as soon as there are rows and the one before is done. */
  | { readonly processingTime: number | string }
  /** All that is there now, in one micro-batch; then the query ends. */
  | { readonly once: true }
  /** All that is there now, in as many micro-batches as limits ask for; then the query ends. */
  | { readonly availableNow: true }

/** What a query is doing. */
export interface StreamingQueryStatus {
  readonly message: string
  readonly isDataAvailable: boolean
  readonly isTriggerActive: boolean
}

/** What a micro-batch read of one source. Offsets are those of the checkpoint. */
export interface SourceProgress {
  readonly description: string
  readonly startOffset: Json
  readonly endOffset: Json
  readonly latestOffset: Json
  readonly numInputRows: number
  readonly inputRowsPerSecond: number
  readonly processedRowsPerSecond: number
  /** Spark's names; `maxOffsetsBehindLatest` is the lag of the partition that is furthest behind. */
  readonly metrics: Readonly<Record<string, string>>
}

/** What a micro-batch did, under Spark's names; what Spark has not comes last. */
export interface StreamingQueryProgress {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  /** Start of the micro-batch by the clock of this machine. */
  readonly timestamp: string
  readonly batchId: number
  /** Milliseconds. */
  readonly batchDuration: number
  readonly numInputRows: number
  readonly inputRowsPerSecond: number
  readonly processedRowsPerSecond: number
  readonly durationMs: Readonly<Record<string, number>>
  readonly stateOperators: readonly never[]
  readonly sources: readonly SourceProgress[]
  readonly sink: { readonly description: string; readonly numOutputRows: number }
  /** Records that were refused in this micro-batch: dead letters, or counted and left out. */
  readonly numBadRecords: number
  /** Milliseconds from the arrival of a record in this process to the commit of its micro-batch; null without rows. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null
  /** Version of each watched model that scored the micro-batch. */
  readonly models: Readonly<Record<string, string>>
}

/** A query that runs until it is stopped or fails (Spark's `StreamingQuery`). */
export interface StreamingQuery {
  /** The same after a restart from its checkpoint. */
  readonly id: string
  /** New at every start. */
  readonly runId: string
  readonly name: string | null
  readonly isActive: boolean
  readonly status: StreamingQueryStatus
  /** The newest entry of `recentProgress`. */
  readonly lastProgress: StreamingQueryProgress | null
  /** The last hundred micro-batches. */
  readonly recentProgress: readonly StreamingQueryProgress[]
  /** Why the query ended; null while it runs, and when it was stopped. */
  exception(): Error | null
  /**
   * Waits for the end. @param timeoutMs longest wait. @returns whether the query has ended.
   * @throws the exception of a query that failed.
   */
  awaitTermination(timeoutMs?: number): Promise<boolean>
  /** Waits until all rows that are there are done; for tests. @throws the exception of a query that failed. */
  processAllAvailable(): Promise<void>
  /** Ends the query after the micro-batch that runs. */
  stop(): Promise<void>
  /** Prints the plan. */
  explain(): void
  /** Calls a function after every micro-batch. @returns a function that ends this. */
  onProgress(listener: (progress: StreamingQueryProgress) => void): () => void
}
