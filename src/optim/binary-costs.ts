import { dot } from '../linalg/blas.js'
import type { InstanceBlock } from './instances.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import { log1pExp } from './logistic-functions.js'
import { type MarginLoss, sumOfMarginLosses } from './margin-losses.js'
import type { CostFunction } from './minimizer.js'
import type { Standardization } from './standardization.js'

/** What a loss of labels 0 and 1 is computed over. */
export interface BinaryProblem {
  readonly blocks: readonly InstanceBlock[]
  readonly features: Standardization
  readonly fitIntercept: boolean
  /** Whether the intercept of the point belongs to centred features; only with an intercept. */
  readonly centred: boolean
  readonly penalty: L2Penalty
}

/** Sums that a loss keeps beside its value. */
interface Sums {
  weight: number
  multiplier: number
}

/**
 * Weighted mean of the logistic loss `log(1 + exp(-margin)) + (1 - label) margin` plus an L2 penalty, as a function of the coefficients of
 * the standardised features and the intercept (where there is one). Source: Spark's `BinaryLogisticBlockAggregator`.
 */
export const binomialCost = (problem: BinaryProblem): CostFunction => binaryCost(problem, logisticLoss)

/**
 * Weighted mean of the hinge loss `max(0, 1 - (2 label - 1) margin)` plus an L2 penalty, as a function of the same coordinates. Source:
 * Spark's `HingeBlockAggregator`.
 */
export const hingeCost = (problem: BinaryProblem): CostFunction => binaryCost(problem, hingeLoss)

const logisticLoss =
  (sums: Sums): MarginLoss =>
  ([margins], { labels, weights }, from, to) => {
    let sum = 0
    for (let row = from; row < to; row++) {
      const weight = weights ? weights[row] : 1
      const margin = margins[row - from]
      let multiplier = 0
      if (weight > 0) {
        const label = labels[row]
        const loss = log1pExp(-margin)
        sum += weight * (label > 0 ? loss : loss + margin)
        multiplier = weight * (1 / (1 + Math.exp(-margin)) - label)
      }
      margins[row - from] = multiplier
      sums.multiplier += multiplier
      sums.weight += weight
    }
    return sum
  }

const hingeLoss =
  (sums: Sums): MarginLoss =>
  ([margins], { labels, weights }, from, to) => {
    let sum = 0
    for (let row = from; row < to; row++) {
      const weight = weights ? weights[row] : 1
      const sign = 2 * labels[row] - 1
      const loss = (1 - sign * margins[row - from]) * weight
      const multiplier = loss > 0 ? -sign * weight : 0
      if (loss > 0) sum += loss
      margins[row - from] = multiplier
      sums.multiplier += multiplier
      sums.weight += weight
    }
    return sum
  }

function binaryCost(problem: BinaryProblem, lossOf: (sums: Sums) => MarginLoss): CostFunction {
  const { blocks, features, fitIntercept, centred, penalty } = problem
  const { inverseStds, scaledMeans } = features
  const k = inverseStds.length
  const sums: Sums = { weight: 0, multiplier: 0 }
  const loss = lossOf(sums)
  return async (point, gradient, turns) => {
    sums.weight = 0
    sums.multiplier = 0
    const coefficients = inverseStds.map((inverse, j) => point[j] * inverse)
    const shift = centred ? dot(point.subarray(0, k), scaledMeans) : 0
    const offset = fitIntercept ? point[k] - shift : 0
    const lossSum = await sumOfMarginLosses(blocks, [{ coefficients, offset }], loss, [gradient], turns)
    const share = 1 / sums.weight
    for (let j = 0; j < k; j++) {
      const uncentred = gradient[j] * inverseStds[j]
      gradient[j] = (centred ? uncentred - sums.multiplier * scaledMeans[j] : uncentred) * share
    }
    if (fitIntercept) gradient[k] = sums.multiplier * share
    return lossSum / sums.weight + addL2Penalty(penalty, point, gradient)
  }
}
