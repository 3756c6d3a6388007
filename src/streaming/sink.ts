import type { DataFrame } from '../sql/dataframe.js'
import type { DeadLetter } from './bad-records.js'
import type { BatchInput, BatchOutput, Inspect } from './batch-runner.js'

/** A micro-batch on its way to a sink. */
export interface SinkBatch extends BatchOutput {
  readonly batchId: number
  /** The rows as a frame. */
  readonly frame: DataFrame
  readonly inputs: readonly BatchInput[]
  readonly letters: readonly DeadLetter[]
}

/** Where a query puts its rows. */
export interface StreamSink {
  /** For progress: `MemorySink`. */
  readonly description: string
  /** Whether the sink keeps the offsets of the sources together with the rows, so that the checkpoint need not. */
  readonly keepsOffsets?: boolean
  /** Whether the sink puts dead letters where they belong together with the rows. */
  readonly takesLetters?: boolean
  /** Which rows it cannot take. */
  readonly inspect?: Inspect
  /** Writes a micro-batch; one that was written before, under the same number, is not written twice. */
  write(batch: SinkBatch): Promise<void>
  stop(): Promise<void>
}
