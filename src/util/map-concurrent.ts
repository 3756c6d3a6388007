/**
 * Runs a task for each item, at most `limit` at a time, and gives the results in the order of the items. When a task fails or
 * `signal` fires, no task is started any more, those under way are told through their own signal, and the promise is rejected with
 * the first error once all of them have ended: nothing goes on behind the caller's back.
 * For example, `mapConcurrent([1, 2, 3], 2, async (x) => x * x)` gives `[1, 4, 9]`.
 *
 * @param limit 1 or more.
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const failure = new AbortController()
  const stop = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal
  const results = new Array<R>(items.length)
  let next = 0
  const work = async (): Promise<void> => {
    try {
      while (next < items.length && !stop.aborted) {
        const index = next++
        results[index] = await task(items[index], index, stop)
      }
    } catch (error) {
      failure.abort(error)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work))
  stop.throwIfAborted()
  return results
}
