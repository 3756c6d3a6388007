import { setTimeout as sleep } from 'node:timers/promises'

/** How often, and after how long, a call is made again. */
export interface RetryPolicy {
  readonly maxRetries: number
  /** Seconds before the first repetition; each following one waits twice as long. */
  readonly backoffFactor: number
  /** Seconds, of which a random part is added to every wait, so that many clients do not come back at once. */
  readonly backoffJitter: number
  readonly respectRetryAfter: boolean
}

/** Answers after which the same call may well succeed. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
export const isTransient = (status: number): boolean => TRANSIENT.has(status)

/** Longest wait in seconds. */
const LONGEST = 120

/** Seconds to wait before repetition number `attempt`, from 0. */
function delayOf(policy: RetryPolicy, attempt: number, retryAfter: string | undefined): number {
  const asked = policy.respectRetryAfter ? secondsOf(retryAfter) : undefined
  const own = policy.backoffFactor * 2 ** attempt + Math.random() * policy.backoffJitter
  return Math.min(LONGEST, Math.max(own, asked ?? 0))
}

/** `Retry-After` is a number of seconds or a date. */
function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isFinite(seconds) ? seconds : undefined
}

/** @throws the signal's reason as soon as it is aborted. */
export async function waitBeforeRetry(
  policy: RetryPolicy,
  attempt: number,
  retryAfter: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await sleep(delayOf(policy, attempt, retryAfter) * 1000, undefined, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw error
  })
}
