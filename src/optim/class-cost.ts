import type { TurnTaker } from '../util/turn-taker.js'
import { addL2Penalty, type L2Penalty } from './l2-penalty.js'
import type { CostFunction } from './minimizer.js'
import type { Standardization } from './standardization.js'

/**
 * The space in which the linear functions of a classifier are found. A point holds their coefficients for standardised features (those of all
 * functions for one feature after the other) and then their intercepts, where there are any.
 */
export interface ClassSpace {
  /** Number of linear functions. */
  readonly sets: number
  readonly features: Standardization
  readonly fitIntercept: boolean
  /** Whether the intercepts belong to centred features; only with intercepts. */
  readonly centred: boolean
}

/** What a pass over all rows finds beside the gradient. */
export interface LossSums {
  /** Weighted sum of the losses. */
  readonly loss: number
  /** Sum of the weights. */
  readonly weight: number
}

/**
 * A pass over all rows: the weighted sum of a loss at a point of a space. Its gradient goes to `gradient`.
 * @throws the signal's reason when the caller aborts.
 */
export type LossPass = (point: Float64Array, gradient: Float64Array, turns: TurnTaker) => Promise<LossSums>

/** Weighted mean of a loss plus an L2 penalty. Source: Spark's `RDDLossFunction`. */
export function classCost(pass: LossPass, penalty: L2Penalty): CostFunction {
  return async (point, gradient, turns) => {
    const { loss, weight } = await pass(point, gradient, turns)
    const share = 1 / weight
    for (let i = 0; i < gradient.length; i++) gradient[i] *= share
    return loss / weight + addL2Penalty(penalty, point, gradient)
  }
}
