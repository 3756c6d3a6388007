import { RidgelineError } from '../errors.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { StreamingQuery, StreamingQueryProgress, StreamingQueryStatus } from '../sql/streaming-query.js'
import type { Execution } from './execution.js'
import type { QueryIdentity } from './progress.js'
import { Signal } from './signal.js'

/** Why a query ended (Spark's `StreamingQueryException`); `cause` is the error itself. */
export class StreamingQueryException extends RidgelineError {
  override readonly code = 'STREAMING_QUERY'

  constructor({ id, name }: QueryIdentity, cause: Error) {
    super(`the query ${name ?? id} has ended: ${cause.message}`, { stage: 'StreamingQuery', cause })
  }
}

/** A query that runs. @param identity of it, @param frame what it computes, @param execution what it does. */
export function runningQuery(identity: QueryIdentity, frame: DataFrame, execution: Execution): StreamingQuery {
  let active = true
  let failure: StreamingQueryException | null = null
  const over = new Signal()
  const ended = execution
    .run()
    .catch((error: unknown) => {
      const cause = error instanceof Error ? error : new RidgelineError(String(error))
      failure = new StreamingQueryException(identity, cause)
    })
    .finally(() => {
      active = false
      over.notify()
    })
  const rethrow = (): void => {
    if (failure) throw failure
  }
  return {
    ...identity,
    get isActive(): boolean {
      return active
    },
    get status(): StreamingQueryStatus {
      return execution.status
    },
    get lastProgress(): StreamingQueryProgress | null {
      return execution.progress.last
    },
    get recentProgress(): readonly StreamingQueryProgress[] {
      return execution.progress.recent
    },
    exception: () => failure,
    async awaitTermination(timeoutMs) {
      if (timeoutMs === undefined) await ended
      else if (active) await over.wait(timeoutMs)
      rethrow()
      return !active
    },
    async processAllAvailable() {
      await execution.drained(ended)
      rethrow()
    },
    async stop() {
      execution.end()
      await ended
    },
    explain: () => frame.explain(),
    onProgress: (listener) => execution.progress.listen(listener),
  }
}
