import { roundedLog } from '../util/rounded-log.js'
import type { Impurity } from './strategy.js'

// Statistics of a set of rows are `size` numbers from an offset: for classes the weight of each; for numbers the sums of
// weights, of weight times label, and of weight times squared label. The formulas are Spark's, operation for operation,
// since differences in the last digit decide between splits that are as good as each other.

/** Measures of a set of rows, from its statistics. */
export interface ImpurityMeasure {
  /** Numbers in the statistics of a set. */
  readonly size: number
  weight(stats: Float64Array, at: number): number
  /** 0 for rows without weight. */
  impurity(stats: Float64Array, at: number): number
  /** Mean label, or the class of most weight, of equal ones the first; 0 for rows without weight. */
  prediction(stats: Float64Array, at: number): number
  /** What constraints bound: the mean label, or the share of the second of two classes. */
  value(stats: Float64Array, at: number): number
  /** Impurity of the rows where `value` is told of them: what is lost with it, which is least with their own value. */
  impurityAt(stats: Float64Array, at: number, value: number): number
  /** The prediction of rows of which `value` is told; of classes, the statistics are made to tell it. */
  tell(stats: Float64Array, at: number, value: number): number
}

/**
 * Variance of numbers, `(Σwy² − (Σwy)²/Σw) / Σw` (Spark's `Variance`).
 */
export const variance: ImpurityMeasure = {
  size: 3,
  weight: (stats, at) => stats[at],
  impurity: (stats, at) => varianceOf(stats[at], stats[at + 1], stats[at + 2]),
  prediction: meanOf,
  value: meanOf,
  impurityAt: (stats, at, value) =>
    varianceOf(stats[at], stats[at + 1], stats[at + 2]) + (meanOf(stats, at) - value) ** 2,
  tell: (_stats, _at, value) => value,
}

function meanOf(stats: Float64Array, at: number): number {
  return stats[at] === 0 ? 0 : stats[at + 1] / stats[at]
}

/** {@link variance} from the three sums. */
export function varianceOf(weight: number, sum: number, squares: number): number {
  return weight === 0 ? 0 : (squares - (sum * sum) / weight) / weight
}

/**
 * Impurity of classes: `gini` is `1 − Σp²` (Breiman, Friedman, Olshen and Stone 1984), `entropy` is `−Σ p log₂ p` (Spark's
 * `Gini`, `Entropy`).
 */
function ofClasses(
  numClasses: number,
  impurityOf: (stats: Float64Array, at: number, weight: number) => number,
  lossAt: (share: number, told: number) => number,
) {
  const weight = (stats: Float64Array, at: number): number => {
    let sum = 0
    for (let k = 0; k < numClasses; k++) sum += stats[at + k]
    return sum
  }
  const measure: ImpurityMeasure = {
    size: numClasses,
    weight,
    impurity: (stats, at) => {
      const total = weight(stats, at)
      return total === 0 ? 0 : impurityOf(stats, at, total)
    },
    prediction: (stats, at) => {
      if (weight(stats, at) === 0) return 0
      let best = 0
      for (let k = 1; k < numClasses; k++) if (stats[at + k] > stats[at + best]) best = k
      return best
    },
    value: share,
    impurityAt: (stats, at, value) => lossAt(share(stats, at), value),
    tell: (stats, at, value) => {
      const total = weight(stats, at)
      stats[at] = total * (1 - value)
      stats[at + 1] = total * value
      return measure.prediction(stats, at)
    },
  }
  return measure
}

/** Of two classes, the share of the second. */
function share(stats: Float64Array, at: number): number {
  const total = stats[at] + stats[at + 1]
  return total === 0 ? 0 : stats[at + 1] / total
}

const gini = (numClasses: number): ImpurityMeasure =>
  ofClasses(
    numClasses,
    (stats, at, weight) => {
      let impurity = 1
      for (let k = 0; k < numClasses; k++) {
        const share = stats[at + k] / weight
        impurity -= share * share
      }
      return impurity
    },
    // The mean square of what is off, over both classes.
    (share, told) => 2 * share * (1 - share) + 2 * (share - told) ** 2,
  )

const entropy = (numClasses: number): ImpurityMeasure =>
  ofClasses(
    numClasses,
    (stats, at, weight) => {
      let impurity = 0
      for (let k = 0; k < numClasses; k++) {
        if (stats[at + k] === 0) continue
        const share = stats[at + k] / weight
        impurity -= share * (roundedLog(share) / Math.LN2)
      }
      return impurity
    },
    (share, told) => crossEntropy(share, told) + crossEntropy(1 - share, 1 - told),
  )

const crossEntropy = (share: number, told: number): number => (share === 0 ? 0 : (-share * Math.log(told)) / Math.LN2)

/** The measure of a name. @param numClasses number of classes; 0 for numbers. */
export function measureOf(impurity: Impurity, numClasses: number): ImpurityMeasure {
  if (impurity === 'variance') return variance
  return impurity === 'gini' ? gini(numClasses) : entropy(numClasses)
}
