import { setImmediate as nextTurn } from 'node:timers/promises'

/** Longest time in milliseconds that work on rows in memory keeps the event loop waiting, one step aside. */
const INTERVAL = 10

/**
 * Lets long work in this process share it: timers, requests and whatever aborts a signal get their turn between steps.
 *
 * For example, `const turns = new TurnTaker(signal)`, and in the loop `if (turns.due()) await turns.take()`.
 */
export class TurnTaker {
  private readonly signal: AbortSignal | undefined
  private last = performance.now()

  constructor(signal?: AbortSignal) {
    this.signal = signal
  }

  /** Whether the event loop has waited long enough; asking is cheap, so that a fast loop need not be asynchronous. */
  due(): boolean {
    return performance.now() - this.last >= INTERVAL
  }

  /** Gives the event loop one turn. @throws the signal's reason when it was aborted meanwhile. */
  async take(): Promise<void> {
    await nextTurn()
    this.last = performance.now()
    this.signal?.throwIfAborted()
  }
}
