import { backtracking } from './backtracking.js'
import { innerProduct, norm } from './inner-product.js'
import { InverseHessian } from './inverse-hessian.js'
import type { DescentMethod } from './minimizer.js'

/** Settings of OWL-QN. */
export interface OwlqnOptions {
  /** Weight of the absolute value of each coordinate, 0 or more; 0 leaves a coordinate free. */
  readonly l1: ArrayLike<number>
  /** Number of steps remembered. Default 10, as everywhere in Spark. */
  readonly memory?: number
}

/**
 * Gradient of `cost + l1 * |x|`, where the absolute value has a corner: the side of least slope, or 0 when the corner
 * is the minimum.
 */
function pseudoGradient(x: number, gradient: number, l1: number): number {
  if (l1 === 0) return gradient
  if (x !== 0) return gradient + Math.sign(x) * l1
  if (gradient - l1 > 0) return gradient - l1
  return Math.min(gradient + l1, 0)
}

/**
 * Orthant-wise limited-memory quasi-Newton for an L1 penalty, for `minimize`. Source: Andrew and Gao, Scalable training
 * of L1-regularized log-linear models (2007), doi:10.1145/1273496.1273501; Breeze's `OWLQN`.
 */
export function owlqn(options: OwlqnOptions): DescentMethod {
  const { l1, memory = 10 } = options
  const hessian = new InverseHessian(memory)
  return {
    reset: () => hessian.reset(),
    learn: (step, change) => hessian.learn(step, change),
    penalize: (point, value, gradient) => {
      let penalized = value
      for (let i = 0; i < point.length; i++) if (l1[i] !== 0) penalized += Math.abs(l1[i] * point[i])
      return { value: penalized, gradient: gradient.map((g, i) => pseudoGradient(point[i], g, l1[i])) }
    },
    direction: (at) => {
      const gradient = at.penalizedGradient
      return hessian.descend(gradient)?.map((d, i) => (d * gradient[i] < 0 ? d : 0)) ?? null
    },
    // A coordinate that would change its sign stops at zero.
    move: (at, direction, t) =>
      at.point.map((x, i) => {
        const moved = x + direction[i] * t
        const orthant = x !== 0 ? Math.sign(x) : Math.sign(-at.penalizedGradient[i])
        return Math.sign(moved) === orthant ? moved : moved * 0
      }),
    search: (at, direction, iteration) => {
      const origin = { t: 0, value: at.penalizedValue, slope: innerProduct(at.penalizedGradient, direction) }
      const first = iteration === 0 ? 0.5 / norm(at.gradient) : 1
      return backtracking(origin, first, at.value, iteration === 0 ? 0.1 : 0.5)
    },
  }
}
