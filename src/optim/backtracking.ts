import type { LineSearch, Trial } from './minimizer.js'

const SUFFICIENT_DECREASE = 1e-4
const CURVATURE = 0.9
const GROWTH = 2.1
const MAX_TRIALS = 20
const MIN_STEP = 1e-10
const MAX_STEP = 1e10

/**
 * Step length found by shrinking and growing a first guess until the strong Wolfe conditions hold; the last one tried
 * after 20 trials; null when the step leaves 1e-10 .. 1e10. Source: Breeze's `BacktrackingLineSearch`.
 * @param origin the trial at t = 0, penalty included.
 * @param first first step to try.
 * @param assumedValue value that the first trial is taken to have. Spark's orthant-wise search gives the value at the
 *   origin without its penalty, which lets the first step through where a penalty is large and shrinks it once where
 *   there is none.
 * @param shrink factor of a step that is too long.
 */
export function* backtracking(origin: Trial, first: number, assumedValue: number, shrink: number): LineSearch {
  let trial: Trial = { ...(yield first), value: assumedValue }
  for (let trials = 1; ; trials++) {
    let factor: number
    if (trial.value > origin.value + trial.t * origin.slope * SUFFICIENT_DECREASE) factor = shrink
    else if (trial.slope < CURVATURE * origin.slope) factor = GROWTH
    else if (trial.slope > -CURVATURE * origin.slope) factor = shrink
    else return trial.t
    const t = trial.t * factor
    if (t < MIN_STEP || t > MAX_STEP) return null
    if (trials === MAX_TRIALS) return trial.t
    trial = yield t
  }
}
