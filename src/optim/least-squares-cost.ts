import { dot } from '../linalg/blas.js'
import type { InstanceBlock } from './instances.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import { type MarginLoss, sumOfMarginLosses } from './margin-losses.js'
import type { CostFunction } from './minimizer.js'
import type { Standardization } from './standardization.js'

/** What the squared loss is computed over. */
export interface LeastSquaresProblem {
  readonly blocks: readonly InstanceBlock[]
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
  const { blocks, features, labelMean, labelStd, fitIntercept, penalty } = problem
  const inverseLabelStd = 1 / labelStd
  let weightSum = 0
  const loss: MarginLoss = ([margins], { labels, weights }, from, to) => {
    let sum = 0
    for (let row = from; row < to; row++) {
      const weight = weights ? weights[row] : 1
      const residual = margins[row - from] - inverseLabelStd * labels[row]
      sum += (weight * residual * residual) / 2
      margins[row - from] = weight * residual
      weightSum += weight
    }
    return sum
  }
  return async (point, gradient, turns) => {
    weightSum = 0
    const coefficients = point.map((value, j) => value * features.inverseStds[j])
    const offset = fitIntercept ? labelMean / labelStd - dot(point, features.scaledMeans) : 0
    const lossSum = await sumOfMarginLosses(blocks, [{ coefficients, offset }], loss, [gradient], turns)
    for (let j = 0; j < gradient.length; j++) gradient[j] *= features.inverseStds[j] / weightSum
    return lossSum / weightSum + addL2Penalty(penalty, point, gradient)
  }
}
