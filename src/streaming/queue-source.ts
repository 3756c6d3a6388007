import { EngineError } from '../errors.js'
import { type InputRows, localTable } from '../sql/create.js'
import type { SourceBatch, StreamSource } from '../sql/stream-source.js'
import type { Json, StructType } from '../sql/types.js'
import { rowRecord } from './memory-stream.js'
import { Signal } from './signal.js'

const countOf = (offset: Json): number => (typeof offset === 'number' ? offset : 0)

/** Rows on their way from a producer to a query: a bounded queue whose rows are let go once they are done. */
export class RowQueue {
  private readonly capacity: number
  private rows: object[] = []
  /** Number of the first row that is kept, and of the next one to be read. */
  private first = 0
  private taken = 0
  private ended = false
  private failure: unknown
  private readonly added = new Signal()
  private readonly drained = new Signal()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Rows that wait. */
  get size(): number {
    return this.first + this.rows.length - this.taken
  }

  /** Number of the row that comes next. */
  get end(): number {
    return this.first + this.rows.length
  }

  get isFull(): boolean {
    return this.size >= this.capacity
  }

  push(rows: readonly object[]): void {
    for (const row of rows) this.rows.push(row)
    this.added.notify()
  }

  /** Waits until there is room. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.isFull && !signal.aborted) await this.drained.wait(1000, signal)
  }

  /** No more rows come. */
  finish(failure?: unknown): void {
    this.ended = true
    this.failure = failure
    this.added.notify()
  }

  /** The source of a query over this queue. @param replay what is done about rows of a micro-batch that was cut short by a crash. */
  source(
    description: string,
    schema: StructType,
    replay: 'again' | 'gone',
    hooks: { commit?(end: number): void; stop(): Promise<void> },
  ): StreamSource {
    let bound = Number.POSITIVE_INFINITY
    let origin: number | undefined
    const read = (start: number, rows: readonly object[], shift: number): SourceBatch => {
      const table = localTable(rows as InputRows, schema, 1)
      return {
        start: start + shift,
        end: start + rows.length + shift,
        table,
        arrived: performance.now(),
        record: (row) => rowRecord(table, row, `row ${start + row} of ${description}`),
      }
    }
    return {
      description,
      next: async ({ from, wait, signal }) => {
        // A restart counts on from the checkpoint.
        origin ??= countOf(from)
        if (this.size === 0 && !this.ended) await this.added.wait(wait, signal)
        if (this.size === 0 && this.failure !== undefined) throw this.failure
        const start = this.taken
        const end = Math.min(this.end, start + this.capacity, bound)
        if (end <= start) return undefined
        this.taken = end
        this.drained.notify()
        return read(start, this.rows.slice(start - this.first, end - this.first), origin)
      },
      replay: async (from, to) => {
        if (replay === 'again') return { ...read(0, [], 0), start: from, end: to }
        throw new EngineError(
          'rows of a micro-batch that was cut short are gone: their source cannot give them again',
          {
            stage: 'readStream',
            received: `rows ${countOf(from)} to ${countOf(to)} of ${description}`,
            hint: 'Start with another checkpointLocation, and let the program give the rows again',
          },
        )
      },
      commit: (end) => {
        const done = countOf(end) - (origin ?? 0)
        this.rows = this.rows.slice(done - this.first)
        this.first = done
        hooks.commit?.(done)
      },
      latest: () => this.end + (origin ?? 0),
      lag: () => new Map([['queue', this.size]]),
      // What a program still has to give is no part of "now" where others give it.
      bound: async () => {
        if (replay === 'again') bound = this.end
      },
      exhausted: () => (replay === 'again' ? this.taken >= bound : this.ended && this.size === 0),
      stop: () => hooks.stop(),
    }
  }
}
