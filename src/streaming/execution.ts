import { DataFrame } from '../sql/dataframe.js'
import type { Plan, PlanOf } from '../sql/plan.js'
import type { SourceBatch, StreamSource } from '../sql/stream-source.js'
import type { StreamingQueryStatus } from '../sql/streaming-query.js'
import type { Json } from '../sql/types.js'
import type { DeadLetter, DeadLetterSink } from './bad-records.js'
import type { BatchInput, BatchRunner } from './batch-runner.js'
import type { Checkpoint } from './checkpoint.js'
import { ProgressLog, type QueryIdentity, Stopwatch } from './progress.js'
import { pause, Signal } from './signal.js'
import type { StreamSink } from './sink.js'
import type { ModelBorder } from './watched-model.js'

/** Milliseconds that a source is waited for at a time, so that a query notices that it shall stop. */
const WAIT = 1000
/** The same where several sources take turns. */
const WAIT_IN_TURN = 20

/** When micro-batches start, in milliseconds; `availableNow`: until what is there is done. */
export type Pace = { readonly interval: number } | 'availableNow'

/** What a query works with. */
export interface QueryParts {
  readonly identity: QueryIdentity
  readonly frame: DataFrame
  readonly leaves: readonly PlanOf<'streamScan'>[]
  readonly sources: readonly StreamSource[]
  readonly sink: StreamSink
  readonly letters: DeadLetterSink | undefined
  readonly checkpoint: Checkpoint
  readonly runner: BatchRunner
  readonly models: ModelBorder
  readonly pace: Pace
}

/** Micro-batches one after the other: what a query does until it ends. */
export class Execution {
  readonly progress: ProgressLog
  private readonly parts: QueryParts
  private readonly ending = new AbortController()
  private readonly idle = new Signal()
  private state: StreamingQueryStatus = { message: 'Initializing', isDataAvailable: false, isTriggerActive: false }
  private batchId = 0
  private offsets: Json[]
  /** How often the sources had nothing. */
  private emptyLooks = 0
  /** How many wait for that, and what ends the look that is under way. */
  private draining = 0
  private looking = new AbortController()

  constructor(parts: QueryParts) {
    this.parts = parts
    this.progress = new ProgressLog(parts.identity)
    this.offsets = parts.sources.map(() => null)
  }

  get status(): StreamingQueryStatus {
    return this.state
  }

  /** Ends after the micro-batch that runs. */
  end(): void {
    this.ending.abort()
    this.looking.abort()
  }

  /** Waits until the sources had nothing, after all that is there now was done. */
  async drained(ended: Promise<void>): Promise<void> {
    // A look that is under way may have begun before rows came.
    const wanted = this.emptyLooks + 2
    let over = false
    void ended
      .catch(() => {})
      .then(() => {
        over = true
        this.idle.notify()
      })
    this.draining++
    this.looking.abort()
    while (this.emptyLooks < wanted && !over) await this.idle.wait(WAIT)
    this.draining--
  }

  /** Runs until the end. @throws what ends the query. */
  async run(): Promise<void> {
    const { sources, pace } = this.parts
    try {
      await this.recover()
      if (pace === 'availableNow') {
        for (const [k, source] of sources.entries()) await source.bound?.(this.offsets[k])
      }
      await this.loop()
    } catch (error) {
      // What ends the query counts, and not what fails because it ends.
      await this.close().catch(() => {})
      throw error
    }
    await this.close()
  }

  private async close(): Promise<void> {
    const { sources, sink, letters } = this.parts
    this.state = { message: 'Terminated', isDataAvailable: false, isTriggerActive: false }
    this.idle.notify()
    const ends = await Promise.allSettled([...sources.map((source) => source.stop()), sink.stop(), letters?.stop()])
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  private async loop(): Promise<void> {
    const { pace } = this.parts
    const { signal } = this.ending
    let next = performance.now()
    let more = false
    while (!signal.aborted) {
      const paced = pace !== 'availableNow' && pace.interval > 0
      if (paced) {
        this.state = { message: 'Waiting for next trigger', isDataAvailable: false, isTriggerActive: false }
        if (!more) await pause(next - performance.now(), signal)
        if (signal.aborted) return
        if (!more) next = Math.max(next + pace.interval, performance.now())
      } else {
        this.state = { message: 'Waiting for data to arrive', isDataAvailable: false, isTriggerActive: false }
      }
      const hurried = pace === 'availableNow' || this.draining > 0
      const found = await this.batch(paced ? 0 : hurried ? WAIT_IN_TURN : WAIT)
      more = found?.some((batch) => batch?.more) ?? false
      if (found) continue
      this.emptyLooks++
      this.idle.notify()
      const done = this.parts.sources.every((source) => source.exhausted?.() ?? true)
      if (pace === 'availableNow' && done) return
    }
  }

  /** Finishes what was begun before the query ended the last time. */
  private async recover(): Promise<void> {
    const { checkpoint, sink, sources } = this.parts
    if (sink.keepsOffsets) return
    const last = await checkpoint.offsets.last()
    if (last === undefined) return
    const ends = (await checkpoint.offsetsOf(last)) as Json[]
    const done = (await checkpoint.commits.last()) ?? -1
    this.batchId = last
    if (done < last) {
      const starts = (last > 0 ? await checkpoint.offsetsOf(last - 1) : undefined) ?? sources.map(() => null)
      const batches: (SourceBatch | undefined)[] = []
      for (const [k, source] of sources.entries()) {
        const moved = ends[k] !== null && JSON.stringify(ends[k]) !== JSON.stringify(starts[k])
        batches.push(moved ? await source.replay(starts[k], ends[k], last) : undefined)
      }
      this.offsets = starts
      await this.process(batches, new Stopwatch(), true)
      return
    }
    this.offsets = ends
    this.batchId = last + 1
  }

  /** Looks for rows and processes them. @returns undefined where there were none. */
  private async batch(wait: number): Promise<readonly (SourceBatch | undefined)[] | undefined> {
    const { sources } = this.parts
    this.looking = new AbortController()
    if (this.ending.signal.aborted) this.looking.abort()
    const { signal } = this.looking
    const watch = new Stopwatch()
    const asked = performance.now()
    const batches: (SourceBatch | undefined)[] = []
    for (const [k, source] of sources.entries()) {
      const patience = sources.length === 1 ? wait : Math.min(wait, WAIT_IN_TURN)
      const request = { from: this.offsets[k], wait: patience, batchId: this.batchId, signal }
      batches.push(await source.next(request))
    }
    if (batches.every((batch) => batch === undefined)) return undefined
    // The wait for a first row is no work.
    const working = sources.length === 1 && batches[0] ? arrivalOf(batches[0], asked) : asked
    watch.add('latestOffset', performance.now() - working)
    await this.process(batches, watch, false)
    return batches
  }

  private async process(
    batches: readonly (SourceBatch | undefined)[],
    watch: Stopwatch,
    again: boolean,
  ): Promise<void> {
    const { checkpoint, sink, letters, runner, models, sources, leaves, frame, identity } = this.parts
    const { batchId } = this
    const timestamp = new Date().toISOString()
    this.state = { message: 'Processing new data', isDataAvailable: true, isTriggerActive: true }
    const ends = this.offsets.map((offset, k) => batches[k]?.end ?? offset)
    if (!again && !sink.keepsOffsets) await watch.time('walCommit', () => checkpoint.writeIntent(batchId, ends))
    const plan = await watch.time('queryPlanning', () => models.next((plan: Plan) => runner.check(plan)))
    const inputs = numbered(leaves, batches)
    const output = await watch.time('addBatch', async () => {
      // A micro-batch that has begun is finished, so that nothing is written in part.
      const made = await runner.run(plan, inputs, new AbortController().signal)
      const refused = made.bad.map(({ row, reason }): DeadLetter => {
        const input = inputs.findLast(({ first }) => first <= row) as BatchInput
        return { record: input.batch.record(row - input.first), reason, batchId, queryId: identity.id }
      })
      if (letters && refused.length > 0 && !sink.takesLetters) await letters.write(batchId, refused)
      const rows = DataFrame.fromTable(made.table, frame.session)
      await sink.write({ ...made, batchId, frame: rows, inputs, letters: letters || sink.takesLetters ? refused : [] })
      return made
    })
    await watch.time('commitOffsets', async () => {
      if (!sink.keepsOffsets) await checkpoint.writeCommit(batchId)
      for (const [k, source] of sources.entries()) if (batches[k]) await source.commit?.(ends[k])
    })
    this.offsets = ends
    this.batchId++
    this.progress.add(
      {
        batchId,
        timestamp,
        batches,
        outputRows: output.table.length,
        badRecords: output.bad.length,
        sink: sink.description,
        watch,
        models: models.versions,
      },
      sources,
    )
  }
}

/** When the first row of a batch was there, no earlier than it was asked for. */
const arrivalOf = ({ arrived }: SourceBatch, asked: number): number =>
  Math.max(asked, typeof arrived === 'number' ? arrived : (arrived[0] ?? asked))

function numbered(
  leaves: readonly PlanOf<'streamScan'>[],
  batches: readonly (SourceBatch | undefined)[],
): readonly BatchInput[] {
  let first = 0
  return leaves.flatMap((leaf, k): BatchInput[] => {
    const batch = batches[k]
    if (!batch) return []
    const input = { leaf, batch, first }
    first += batch.table.length
    return [input]
  })
}
