import type { InstanceBlock } from './instances.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import { softmax } from './logistic-functions.js'
import { type LinearFunction, type MarginLoss, sumOfMarginLosses } from './margin-losses.js'
import type { CostFunction } from './minimizer.js'
import type { Standardization } from './standardization.js'

/** What the softmax loss is computed over. */
export interface MultinomialProblem {
  readonly blocks: readonly InstanceBlock[]
  readonly features: Standardization
  readonly numClasses: number
  readonly fitIntercept: boolean
  /** Whether the intercepts of the point belong to centred features; only with intercepts. */
  readonly centred: boolean
  readonly penalty: L2Penalty
}

/**
 * Weighted mean of the softmax loss `-log(probability of the label)` plus an L2 penalty, as a function of the coefficients of the
 * standardised features, those of all classes for one feature after the other, and then of the intercepts (where there are any).
 * Source: Spark's `MultinomialLogisticBlockAggregator`.
 */
export function multinomialCost(problem: MultinomialProblem): CostFunction {
  const { blocks, features, numClasses, fitIntercept, centred, penalty } = problem
  const { inverseStds, scaledMeans } = features
  const numFeatures = inverseStds.length
  const multiplierSums = new Float64Array(numClasses)
  const gradients = Array.from(multiplierSums, () => new Float64Array(numFeatures))
  const probabilities = new Float64Array(numClasses)
  let weightSum = 0

  const loss: MarginLoss = (margins, { labels, weights }, from, to) => {
    let sum = 0
    for (let row = from; row < to; row++) {
      const weight = weights ? weights[row] : 1
      weightSum += weight
      if (weight === 0) {
        for (let k = 0; k < numClasses; k++) margins[k][row - from] = 0
        continue
      }
      for (let k = 0; k < numClasses; k++) probabilities[k] = margins[k][row - from]
      softmax(probabilities, 0, numClasses)
      for (let k = 0; k < numClasses; k++) {
        const multiplier = weight * (probabilities[k] - (labels[row] === k ? 1 : 0))
        margins[k][row - from] = multiplier
        multiplierSums[k] += multiplier
      }
      sum -= weight * Math.log(probabilities[labels[row]])
    }
    return sum
  }

  /** The linear function of each class, for the features as they are. */
  const functionsAt = (point: Float64Array): LinearFunction[] =>
    Array.from(multiplierSums, (_, k) => {
      let offset = fitIntercept ? point[numFeatures * numClasses + k] : 0
      const coefficients = new Float64Array(numFeatures)
      for (let j = 0; j < numFeatures; j++) {
        const scaled = point[j * numClasses + k]
        coefficients[j] = scaled * inverseStds[j]
        if (centred) offset -= scaled * scaledMeans[j]
      }
      return { coefficients, offset }
    })

  return async (point, gradient, turns) => {
    weightSum = 0
    multiplierSums.fill(0)
    const lossSum = await sumOfMarginLosses(blocks, functionsAt(point), loss, gradients, turns)
    const share = 1 / weightSum
    for (let k = 0; k < numClasses; k++) {
      for (let j = 0; j < numFeatures; j++) {
        const uncentred = gradients[k][j] * inverseStds[j]
        gradient[j * numClasses + k] = (centred ? uncentred - multiplierSums[k] * scaledMeans[j] : uncentred) * share
      }
      if (fitIntercept) gradient[numFeatures * numClasses + k] = multiplierSums[k] * share
    }
    return lossSum / weightSum + addL2Penalty(penalty, point, gradient)
  }
}
