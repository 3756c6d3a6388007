import type { LineSearch, Trial } from './minimizer.js'

const SUFFICIENT_DECREASE = 1e-4
const CURVATURE = 0.9
const GROWTH = 1.5

/** Limits of a strong Wolfe line search. */
export interface StrongWolfeOptions {
  /** Most trial steps before and most trial steps after a bracket was found. */
  readonly maxTrials: number
  /** Longest step allowed; it is taken when the value still falls there. Default: no limit. */
  readonly bound?: number
}

/** Minimum of the cubic through two trials (`left.t < right.t`), kept away from both ends by a tenth of the interval. */
function cubicMinimum(left: Trial, right: Trial): number {
  const width = right.t - left.t
  const d1 = left.slope + right.slope - (3 * (left.value - right.value)) / (left.t - right.t)
  const d2 = Math.sqrt(d1 * d1 - left.slope * right.slope)
  const t = right.t - (width * (right.slope + d2 - d1)) / (right.slope - left.slope + 2 * d2)
  if (t < left.t + 0.1 * width) return left.t + 0.1 * width
  if (t > left.t + 0.9 * width) return left.t + 0.9 * width
  return t
}

/**
 * Step length that satisfies the strong Wolfe conditions (1e-4, 0.9), or null when none is found.
 * Source: Nocedal and Wright, Numerical Optimization (2006), algorithms 3.5 and 3.6, doi:10.1007/978-0-387-40065-5;
 * Breeze's `StrongWolfeLineSearch`.
 * @param origin the trial at t = 0.
 * @param first first step to try, not above `bound`.
 */
export function* strongWolfe(origin: Trial, first: number, options: StrongWolfeOptions): LineSearch {
  const { maxTrials, bound = Number.POSITIVE_INFINITY } = options
  if (origin.slope > 0) return null
  const tooHigh = (trial: Trial): boolean => trial.value > origin.value + SUFFICIENT_DECREASE * trial.t * origin.slope
  const flatEnough = (trial: Trial): boolean => Math.abs(trial.slope) <= CURVATURE * Math.abs(origin.slope)

  function* zoom(start: Trial, end: Trial): LineSearch {
    let low = start
    let high = end
    for (let i = 0; i < maxTrials; i++) {
      const t = low.t > high.t ? cubicMinimum(high, low) : cubicMinimum(low, high)
      if (Number.isNaN(t)) return null
      const trial = yield t
      if (tooHigh(trial) || trial.value >= low.value) {
        high = trial
      } else {
        if (flatEnough(trial)) return trial.t
        if (trial.slope * (high.t - low.t) >= 0) high = low
        low = trial
      }
    }
    return null
  }

  let low = origin
  let t = first
  for (let i = 0; i < maxTrials; i++) {
    const trial = yield t
    if (!Number.isFinite(trial.value)) {
      t /= 2
      continue
    }
    if (tooHigh(trial) || (trial.value >= low.value && i > 0)) return yield* zoom(low, trial)
    if (flatEnough(trial)) return trial.t
    if (trial.slope >= 0) return yield* zoom(trial, low)
    if (t === bound) return bound
    low = trial
    t = Math.min(t * GROWTH, bound)
  }
  return null
}
