/** Lets one part of a program wait for another. */
export class Signal {
  private waiting: (() => void)[] = []

  /** Wakes all that wait. */
  notify(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const wake of waiting) wake()
  }

  /** Waits until somebody notifies, the time is over, or the signal is aborted. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds <= 0 || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.waiting = this.waiting.filter((wake) => wake !== done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      signal?.addEventListener('abort', done)
      this.waiting.push(done)
    })
  }
}

/** Waits, shorter when the signal is aborted. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Signal().wait(milliseconds, signal)
