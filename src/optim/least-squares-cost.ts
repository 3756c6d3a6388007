import { dot } from '../linalg/blas.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import type { CostFunction } from './minimizer.js'
import type { RegressionPass } from './regression-pass.js'
import type { Standardization } from './standardization.js'

/** What the squared loss is computed over. */
export interface LeastSquaresProblem {
  /** Sums the squared loss of labels of unit deviation. */
  readonly pass: RegressionPass
  readonly features: Standardization
  readonly labelMean: number
  /** Standard deviation of the label, positive. */
  readonly labelStd: number
  readonly fitIntercept: boolean
  readonly penalty: L2Penalty
}

/**
 * Half the weighted mean squared error of standardised features and label, plus an L2 penalty, as a function of the
 * coefficients of the standardised features. The intercept is not a coordinate: with one, features and label are
 * centred through the margins. Source: Spark's `LeastSquaresBlockAggregator`.
 */
export function leastSquaresCost(problem: LeastSquaresProblem): CostFunction {
  const { pass, features, labelMean, labelStd, fitIntercept, penalty } = problem
  return async (point, gradient, turns) => {
    const coefficients = point.map((value, j) => value * features.inverseStds[j])
    const offset = fitIntercept ? labelMean / labelStd - dot(point, features.scaledMeans) : 0
    const { loss, weight } = await pass({ coefficients, offset, sigma: 1 }, gradient, turns)
    for (let j = 0; j < gradient.length; j++) gradient[j] *= features.inverseStds[j] / weight
    return loss / weight + addL2Penalty(penalty, point, gradient)
  }
}
