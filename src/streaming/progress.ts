import type { SourceBatch } from '../sql/stream-source.js'
import type { SourceProgress, StreamingQueryProgress } from '../sql/streaming-query.js'

const KEPT = 100

/** What a query is, in every report. */
export interface QueryIdentity {
  readonly id: string
  readonly runId: string
  readonly name: string | null
}

/** Times of a micro-batch by Spark's names, on a clock that does not jump. */
export class Stopwatch {
  private readonly started = performance.now()
  private readonly parts: Record<string, number> = {}

  /** Runs a part, and adds its time under a name. */
  async time<T>(name: string, part: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await part()
    } finally {
      this.add(name, performance.now() - start)
    }
  }

  add(name: string, milliseconds: number): void {
    this.parts[name] = (this.parts[name] ?? 0) + milliseconds
  }

  /** Milliseconds of all parts, and of the whole. */
  result(): Record<string, number> {
    const all = { ...this.parts, triggerExecution: performance.now() - this.started }
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, Math.round(value * 1000) / 1000]))
  }
}

/** A micro-batch that is done. */
export interface DoneBatch {
  readonly batchId: number
  readonly timestamp: string
  /** What each source gave. */
  readonly batches: readonly (SourceBatch | undefined)[]
  readonly outputRows: number
  readonly badRecords: number
  readonly sink: string
  readonly watch: Stopwatch
  readonly models: Readonly<Record<string, string>>
}

/** The last reports of a query, and those who want to hear of new ones. */
export class ProgressLog {
  private readonly identity: QueryIdentity
  private readonly reports: StreamingQueryProgress[] = []
  private readonly listeners = new Set<(progress: StreamingQueryProgress) => void>()
  private before = performance.now()

  constructor(identity: QueryIdentity) {
    this.identity = identity
  }

  get recent(): readonly StreamingQueryProgress[] {
    return [...this.reports]
  }

  get last(): StreamingQueryProgress | null {
    return this.reports.at(-1) ?? null
  }

  listen(listener: (progress: StreamingQueryProgress) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Adds the report of a micro-batch. */
  add(done: DoneBatch, sources: readonly OpenSource[]): void {
    const { batchId, timestamp, batches, outputRows, badRecords, sink, watch, models } = done
    const now = performance.now()
    const between = (now - this.before) / 1000
    this.before = now
    const durationMs = watch.result()
    const seconds = durationMs.triggerExecution / 1000
    const rows = (
      n: number,
    ): Pick<SourceProgress, 'numInputRows' | 'inputRowsPerSecond' | 'processedRowsPerSecond'> => ({
      numInputRows: n,
      inputRowsPerSecond: n / between,
      processedRowsPerSecond: n / seconds,
    })
    const total = batches.reduce((sum, batch) => sum + (batch?.table.length ?? 0), 0)
    const progress: StreamingQueryProgress = {
      ...this.identity,
      timestamp,
      batchId,
      batchDuration: durationMs.triggerExecution,
      ...rows(total),
      durationMs,
      stateOperators: [],
      sources: sources.map((source, k) => {
        const batch = batches[k]
        return {
          description: source.description,
          startOffset: batch?.start ?? null,
          endOffset: batch?.end ?? null,
          latestOffset: source.latest?.() ?? null,
          ...rows(batch?.table.length ?? 0),
          metrics: lagMetrics(source.lag?.()),
        }
      }),
      sink: { description: sink, numOutputRows: outputRows },
      numBadRecords: badRecords,
      latencyMs: latencies(batches, now),
      models,
    }
    this.reports.push(progress)
    if (this.reports.length > KEPT) this.reports.shift()
    for (const listener of this.listeners) listener(progress)
  }
}

/** What progress asks of a source. */
export interface OpenSource {
  readonly description: string
  latest?(): SourceProgress['latestOffset']
  lag?(): ReadonlyMap<string, number>
}

function lagMetrics(lag: ReadonlyMap<string, number> | undefined): Record<string, string> {
  if (!lag || lag.size === 0) return {}
  const values = [...lag.values()]
  const sum = values.reduce((a, b) => a + b, 0)
  return {
    minOffsetsBehindLatest: String(Math.min(...values)),
    maxOffsetsBehindLatest: String(Math.max(...values)),
    avgOffsetsBehindLatest: String(sum / values.length),
  }
}

/** How long records were under way in this process. */
function latencies(batches: readonly (SourceBatch | undefined)[], now: number): StreamingQueryProgress['latencyMs'] {
  const all = batches.flatMap((batch) => {
    if (!batch || batch.table.length === 0) return []
    const { arrived } = batch
    return typeof arrived === 'number' ? [arrived] : Array.from(arrived)
  })
  if (all.length === 0) return null
  const times = Float64Array.from(all, (arrived) => now - arrived).sort()
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))]
  return { p50: at(0.5), p99: at(0.99), max: times[times.length - 1] }
}
