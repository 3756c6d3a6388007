import { dot } from '../linalg/blas.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import type { CostFunction } from './minimizer.js'
import type { RegressionPass } from './regression-pass.js'
import type { Standardization } from './standardization.js'

/** What the Huber loss is computed over. */
export interface HuberProblem {
  /** Sums Huber's loss. */
  readonly pass: RegressionPass
  readonly features: Standardization
  readonly fitIntercept: boolean
  readonly penalty: L2Penalty
}

/**
 * Weighted mean of Huber's concomitant loss `1/2 (sigma + H(residual / sigma) sigma)` plus an L2 penalty, as a function
 * of the coefficients of the standardised features, the intercept for centred features (where there is one) and
 * `sigma`, in this order. Source: Owen, A robust hybrid of lasso and ridge regression (2007),
 * doi:10.1090/conm/443/08555; Spark's `HuberBlockAggregator`.
 */
export function huberCost(problem: HuberProblem): CostFunction {
  const { pass, features, fitIntercept, penalty } = problem
  const { inverseStds, scaledMeans } = features
  const k = inverseStds.length
  return async (point, gradient, turns) => {
    const coefficients = inverseStds.map((inverse, j) => point[j] * inverse)
    const offset = fitIntercept ? point[k] - dot(scaledMeans, point) : 0
    const sums = await pass({ coefficients, offset, sigma: point[point.length - 1] }, gradient, turns)
    for (let j = 0; j < k; j++) {
      const centred = fitIntercept
        ? gradient[j] * inverseStds[j] - sums.multipliers * scaledMeans[j]
        : gradient[j] * inverseStds[j]
      gradient[j] = centred / sums.weight
    }
    if (fitIntercept) gradient[k] = sums.multipliers / sums.weight
    gradient[point.length - 1] = sums.sigma / sums.weight
    return sums.loss / sums.weight + addL2Penalty(penalty, point, gradient)
  }
}
