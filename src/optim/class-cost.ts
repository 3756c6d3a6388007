import { dot } from '../linalg/blas.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import type { LinearFunction } from './margin-losses.js'
import type { CostFunction } from './minimizer.js'
import type { Standardization } from './standardization.js'

/** What a pass over all rows finds. */
export interface LossSums {
  /** Weighted sum of the losses. */
  readonly loss: number
  /** Sum of the weights. */
  readonly weight: number
  /** Sums of the weighted derivatives of the losses by the margins, one for each function. */
  readonly multipliers: Float64Array
}

/**
 * A pass over all rows: the sums of a loss of linear functions of the features as they are. The sums of derivative times features go to
 * `gradients`, one for each function.
 * @throws the signal's reason when the caller aborts.
 */
export type LossPass = (
  functions: readonly LinearFunction[],
  gradients: readonly Float64Array[],
  turns: TurnTaker,
) => Promise<LossSums>

/** The space in which the functions of a linear classifier are found. */
export interface ClassSpace {
  /** Number of linear functions. */
  readonly sets: number
  readonly features: Standardization
  readonly fitIntercept: boolean
  /** Whether the intercepts belong to centred features; only with intercepts. */
  readonly centred: boolean
  readonly penalty: L2Penalty
}

/**
 * Weighted mean of a loss plus an L2 penalty, as a function of the coefficients of the standardised features (those of all functions for one
 * feature after the other) and then of the intercepts, where there are any. Source: Spark's block aggregators and `RDDLossFunction`.
 */
export function classCost(space: ClassSpace, pass: LossPass): CostFunction {
  const { sets, features, fitIntercept, centred, penalty } = space
  const { inverseStds, scaledMeans } = features
  const numFeatures = inverseStds.length
  const gradients = Array.from({ length: sets }, () => new Float64Array(numFeatures))

  const functionAt = (point: Float64Array, k: number): LinearFunction => {
    const scaled = inverseStds.map((_, j) => point[j * sets + k])
    const intercept = fitIntercept ? point[numFeatures * sets + k] : 0
    return {
      coefficients: scaled.map((value, j) => value * inverseStds[j]),
      offset: centred ? intercept - dot(scaled, scaledMeans) : intercept,
    }
  }

  return async (point, gradient, turns) => {
    const functions = gradients.map((_, k) => functionAt(point, k))
    const { loss, weight, multipliers } = await pass(functions, gradients, turns)
    const share = 1 / weight
    for (let k = 0; k < sets; k++) {
      for (let j = 0; j < numFeatures; j++) {
        const uncentred = gradients[k][j] * inverseStds[j]
        gradient[j * sets + k] = (centred ? uncentred - multipliers[k] * scaledMeans[j] : uncentred) * share
      }
      if (fitIntercept) gradient[numFeatures * sets + k] = multipliers[k] * share
    }
    return loss / weight + addL2Penalty(penalty, point, gradient)
  }
}
