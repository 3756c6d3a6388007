interface Attempt<T> {
  readonly result: Promise<T>
  readonly controller: AbortController
  waiting: number
  value?: T
}

/**
 * A result that is computed once for all who ask, and kept until `clear`. Who asks while it is computed waits for the same
 * computation. A failure is not kept. Each who waits may give up alone; the computation is aborted when all have.
 */
export class SharedResult<T> {
  private attempt: Attempt<T> | undefined

  /**
   * The result.
   * @param compute run when there is no result and nobody computes one; its signal is aborted when nobody waits any more.
   * @param signal ends the waiting of this caller, with the signal's reason.
   * @throws what `compute` raises.
   */
  async get(compute: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    this.attempt ??= this.start(compute)
    const { attempt } = this
    attempt.waiting++
    try {
      return await unlessAborted(attempt.result, signal)
    } catch (error) {
      if (--attempt.waiting === 0) {
        this.forget(attempt)
        attempt.controller.abort(error)
      }
      throw error
    }
  }

  /** The result where it is there; undefined where it has to be computed, or waited for. */
  get value(): T | undefined {
    return this.attempt?.value
  }

  /** Gives the result back; it is computed anew when it is asked for again. Who waits still gets it. */
  clear(): void {
    this.attempt = undefined
  }

  private start(compute: (signal: AbortSignal) => Promise<T>): Attempt<T> {
    const controller = new AbortController()
    const attempt: Attempt<T> = { result: compute(controller.signal), controller, waiting: 0 }
    attempt.result.then(
      (value) => {
        attempt.value = value
      },
      () => this.forget(attempt),
    )
    return attempt
  }

  private forget(attempt: Attempt<T>): void {
    if (this.attempt === attempt) this.attempt = undefined
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
