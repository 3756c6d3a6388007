import { javaExp } from '../util/java-exp.js'
import { roundedLog } from '../util/rounded-log.js'
import { log1pExp, softmax } from './logistic-functions.js'
import type { MarginLoss } from './margin-losses.js'

/** Losses of linear functions whose labels are classes: two of one function for labels 0 and 1, and that of a function a class. */
export type ClassLoss = 'logistic' | 'hinge' | 'softmax'

/** Sums that a loss keeps beside its value. */
export interface WeightSums {
  /** Sum of the weights of the rows. */
  weight: number
  /** Sum of the multipliers of each function. */
  readonly multipliers: Float64Array
}

/**
 * A loss that adds to sums. Sources: Spark's `BinaryLogisticBlockAggregator`, `HingeBlockAggregator`,
 * `MultinomialLogisticBlockAggregator`.
 */
export const classLoss: Readonly<Record<ClassLoss, (sums: WeightSums) => MarginLoss>> = {
  /** `log(1 + exp(-margin)) + (1 - label) margin` */
  logistic:
    (sums) =>
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
          multiplier = weight * (1 / (1 + javaExp(-margin)) - label)
        }
        margins[row - from] = multiplier
        sums.multipliers[0] += multiplier
        sums.weight += weight
      }
      return sum
    },

  /** `max(0, 1 - (2 label - 1) margin)` */
  hinge:
    (sums) =>
    ([margins], { labels, weights }, from, to) => {
      let sum = 0
      for (let row = from; row < to; row++) {
        const weight = weights ? weights[row] : 1
        const sign = 2 * labels[row] - 1
        const loss = (1 - sign * margins[row - from]) * weight
        const multiplier = loss > 0 ? -sign * weight : 0
        if (loss > 0) sum += loss
        margins[row - from] = multiplier
        sums.multipliers[0] += multiplier
        sums.weight += weight
      }
      return sum
    },

  /** `-log(probability of the label)`, the probabilities being the softmax of the margins */
  softmax: (sums) => {
    const { multipliers } = sums
    const numClasses = multipliers.length
    const probabilities = new Float64Array(numClasses)
    return (margins, { labels, weights }, from, to) => {
      let sum = 0
      for (let row = from; row < to; row++) {
        const weight = weights ? weights[row] : 1
        sums.weight += weight
        if (weight === 0) {
          for (let k = 0; k < numClasses; k++) margins[k][row - from] = 0
          continue
        }
        for (let k = 0; k < numClasses; k++) probabilities[k] = margins[k][row - from]
        softmax(probabilities, 0, numClasses)
        for (let k = 0; k < numClasses; k++) {
          const multiplier = weight * (probabilities[k] - (labels[row] === k ? 1 : 0))
          margins[k][row - from] = multiplier
          multipliers[k] += multiplier
        }
        sum -= weight * roundedLog(probabilities[labels[row]])
      }
      return sum
    }
  },
}
