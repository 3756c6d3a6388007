import type { TurnTaker } from '../util/turn-taker.js'
import type { InstanceBlock } from './instances.js'
import { type LinearFunction, type MarginLoss, sumOfMarginLosses } from './margin-losses.js'

/** What a pass over all rows finds beside the gradient; all weighted. */
export interface RegressionSums {
  readonly loss: number
  /** Sum of the weights. */
  readonly weight: number
  /** Sum of the derivatives of the loss by the margins. */
  readonly multipliers: number
  /** Derivative by sigma. */
  readonly sigma: number
}

/** Where a loss is computed: a linear function, and the scale of its residuals, of which the squared loss knows nothing. */
export interface RegressionPoint extends LinearFunction {
  readonly sigma: number
}

/**
 * A pass over all rows: the weighted sum of a loss of a linear function of the features as they are. Its gradient goes to the first entries
 * of `gradient`, zeros to the others.
 * @throws the signal's reason when the caller aborts.
 */
export type RegressionPass = (
  point: RegressionPoint,
  gradient: Float64Array,
  turns: TurnTaker,
) => Promise<RegressionSums>

/** Half the squared difference of margin and `labelScale * label`, over rows as they come: partition by partition, then these in order. */
export function squaredPass(blocks: readonly InstanceBlock[], labelScale: number): RegressionPass {
  let weightSum = 0
  let multiplierSum = 0
  const loss: MarginLoss = ([margins], { labels, weights }, from, to) => {
    let sum = 0
    for (let row = from; row < to; row++) {
      const weight = weights ? weights[row] : 1
      const residual = margins[row - from] - labelScale * labels[row]
      sum += (weight * residual * residual) / 2
      margins[row - from] = weight * residual
      multiplierSum += weight * residual
      weightSum += weight
    }
    return sum
  }
  return async (point, gradient, turns) => {
    weightSum = 0
    multiplierSum = 0
    const lossSum = await sumOfMarginLosses(blocks, [point], loss, [gradient], turns)
    return { loss: lossSum, weight: weightSum, multipliers: multiplierSum, sigma: 0 }
  }
}

/** Half of Huber's loss with a scale, over rows as they come. Source: Spark's `HuberBlockAggregator`. */
export function huberPass(blocks: readonly InstanceBlock[], epsilon: number): RegressionPass {
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
    sigma = point.sigma
    weightSum = 0
    multiplierSum = 0
    sigmaGradient = 0
    const lossSum = await sumOfMarginLosses(blocks, [point], loss, [gradient], turns)
    return { loss: lossSum, weight: weightSum, multipliers: multiplierSum, sigma: sigmaGradient }
  }
}
