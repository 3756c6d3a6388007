import { dot } from '../linalg/blas.js'
import type { InstanceBlock } from './instances.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import { type MarginLoss, sumOfMarginLosses } from './margin-losses.js'
import type { CostFunction } from './minimizer.js'
import type { Standardization } from './standardization.js'

/** What the Huber loss is computed over. */
export interface HuberProblem {
  readonly blocks: readonly InstanceBlock[]
  readonly features: Standardization
  readonly fitIntercept: boolean
  /** Residuals beyond `epsilon * sigma` count linearly; above 1. */
  readonly epsilon: number
  readonly penalty: L2Penalty
}

/**
 * Weighted mean of Huber's concomitant loss `1/2 (sigma + H(residual / sigma) sigma)` plus an L2 penalty, as a function
 * of the coefficients of the standardised features, the intercept for centred features (where there is one) and
 * `sigma`, in this order. Source: Owen, A robust hybrid of lasso and ridge regression (2007),
 * doi:10.1090/conm/443/08555; Spark's `HuberBlockAggregator`.
 */
export function huberCost(problem: HuberProblem): CostFunction {
  const { blocks, features, fitIntercept, epsilon, penalty } = problem
  const { inverseStds, scaledMeans } = features
  const k = inverseStds.length
  let sigma = 1
  let weightSum = 0
  let multiplierSum = 0
  let sigmaGradient = 0
  const loss: MarginLoss = ([margins], { labels, weights }, from, to) => {
    let sum = 0
    for (let row = from; row < to; row++) {
      const weight = weights ? weights[row] : 1
      const residual = labels[row] - margins[row - from]
      const size = Math.abs(residual)
      let multiplier: number
      if (size <= sigma * epsilon) {
        const scaled = residual / sigma
        sum += 0.5 * weight * (sigma + (residual * residual) / sigma)
        multiplier = -weight * scaled
        sigmaGradient += 0.5 * weight * (1 - scaled * scaled)
      } else {
        sum += 0.5 * weight * (sigma + 2 * epsilon * size - sigma * epsilon * epsilon)
        multiplier = residual >= 0 ? -weight * epsilon : weight * epsilon
        sigmaGradient += 0.5 * weight * (1 - epsilon * epsilon)
      }
      margins[row - from] = multiplier
      multiplierSum += multiplier
      weightSum += weight
    }
    return sum
  }
  return async (point, gradient, turns) => {
    sigma = point[point.length - 1]
    weightSum = 0
    multiplierSum = 0
    sigmaGradient = 0
    const coefficients = inverseStds.map((inverse, j) => point[j] * inverse)
    const offset = fitIntercept ? point[k] - dot(scaledMeans, point) : 0
    const lossSum = await sumOfMarginLosses(blocks, [{ coefficients, offset }], loss, [gradient], turns)
    for (let j = 0; j < k; j++) {
      const centred = fitIntercept
        ? gradient[j] * inverseStds[j] - multiplierSum * scaledMeans[j]
        : gradient[j] * inverseStds[j]
      gradient[j] = centred / weightSum
    }
    if (fitIntercept) gradient[k] = multiplierSum / weightSum
    gradient[point.length - 1] = sigmaGradient / weightSum
    return lossSum / weightSum + addL2Penalty(penalty, point, gradient)
  }
}
