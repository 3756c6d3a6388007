import './disposable.js'

/** What a long operation reports while it runs. */
export interface ProgressEvent {
  /** `uid` of the stage, or name of the operation. */
  readonly stage: string
  /** Units of work that are done, from 0 to `total`. */
  readonly done: number
  /** Units of work in all. */
  readonly total: number
  /** What is going on, in a few words. */
  readonly message?: string
  /** Loss, or objective, reached so far, where the learner knows it. */
  readonly loss?: number
  /** Seconds that the rest will take at the pace so far, where units take about equally long. */
  readonly secondsLeft?: number
}

/** Receives the progress of a fit, a search or a read. */
export type ProgressListener = (event: ProgressEvent) => void

/**
 * Tells a listener how far a learner is: units done, loss, and the time that the rest will take.
 * Without a listener it does nothing.
 */
export class ProgressReporter {
  private readonly stage: string
  private readonly total: number
  private readonly listener: ProgressListener | undefined
  private readonly started = performance.now()

  constructor(stage: string, total: number, listener: ProgressListener | undefined) {
    this.stage = stage
    this.total = total
    this.listener = listener
  }

  /** @param done units of work that are done, from 0 to the total. */
  report(done: number, details: Pick<ProgressEvent, 'loss' | 'message'> = {}): void {
    if (!this.listener) return
    const elapsed = (performance.now() - this.started) / 1000
    const left = done > 0 ? { secondsLeft: (elapsed / done) * (this.total - done) } : {}
    this.listener({ stage: this.stage, done, total: this.total, ...left, ...details })
  }
}

/** The part of a terminal stream that {@link ProgressBar} needs; `process.stderr` is one. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** Settings of {@link ProgressBar}. */
export interface ProgressBarOptions {
  /** Where to draw; default `process.stderr`, so that piped output stays clean. */
  readonly stream?: ProgressStream
  /** Milliseconds since any fixed moment; default `performance.now`. */
  readonly clock?: () => number
  /** Least time between two drawings, in milliseconds; default 100. */
  readonly interval?: number
}

const BAR_WIDTH = 24
const DEFAULT_COLUMNS = 80
const ERASE_LINE = '\r\u001b[2K'

/**
 * One line on a terminal with label, bar, count, elapsed and remaining time. It is redrawn at most once an interval, erased by
 * {@link ProgressBar.close}, and never drawn on a stream that is no terminal. Its `listener` fits wherever a {@link ProgressListener}
 * is asked for.
 *
 * @example
 * ```ts
 * import { ProgressBar } from 'ridgeline'
 * using bar = new ProgressBar()
 * bar.listener({ stage: 'CrossValidator', done: 3, total: 9, message: 'fold 2' })
 * ```
 */
export class ProgressBar implements Disposable {
  private readonly stream: ProgressStream
  private readonly clock: () => number
  private readonly interval: number
  private readonly started: number
  private drawn: number | undefined

  constructor(options: ProgressBarOptions = {}) {
    this.stream = options.stream ?? process.stderr
    this.clock = options.clock ?? (() => performance.now())
    this.interval = options.interval ?? 100
    this.started = this.clock()
  }

  /** Draws an event, unless one was drawn just before; the last event (`done` equal to `total`) is always drawn. */
  readonly listener: ProgressListener = (event) => {
    if (!this.stream.isTTY) return
    const now = this.clock()
    const isLast = event.done >= event.total
    if (this.drawn !== undefined && now - this.drawn < this.interval && !isLast) return
    this.drawn = now
    this.stream.write(ERASE_LINE + this.line(event, now - this.started))
  }

  /** Erases the line. Drawing may go on afterwards. */
  close(): void {
    if (this.drawn !== undefined) this.stream.write(ERASE_LINE)
    this.drawn = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  private line({ stage, done, total, message, loss }: ProgressEvent, elapsed: number): string {
    const share = total > 0 ? Math.min(1, done / total) : 0
    const filled = Math.round(share * BAR_WIDTH)
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
    const remaining = share > 0 ? ` < ${duration((elapsed / share) * (1 - share))}` : ''
    const reached = loss === undefined ? '' : ` loss ${loss.toPrecision(6)}`
    const text = `${stage} ${bar} ${done}/${total} ${duration(elapsed)}${remaining}${reached}${message ? ` ${message}` : ''}`
    // A line that wraps could not be erased.
    return text.slice(0, (this.stream.columns || DEFAULT_COLUMNS) - 1)
  }
}

/** Milliseconds as `0:07`, `12:30` or `1:02:03`. */
function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}
