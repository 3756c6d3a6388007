import { backtracking } from './backtracking.js'
import { innerProduct, norm } from './inner-product.js'
import { InverseHessian } from './inverse-hessian.js'
import type { DescentMethod } from './minimizer.js'
import { workVector } from './work-vector.js'

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
      const pseudo = workVector(point.length)
      for (let i = 0; i < point.length; i++) pseudo[i] = pseudoGradient(point[i], gradient[i], l1[i])
      return { value: penalized, gradient: pseudo }
    },
    direction: (at) => {
      const gradient = at.penalizedGradient
      const direction = hessian.descend(gradient)
      if (direction === null) return null
      for (let i = 0; i < direction.length; i++) if (!(direction[i] * gradient[i] < 0)) direction[i] = 0
      return direction
    },
    // A coordinate that would change its sign stops at zero.
    move: ({ point, penalizedGradient }, direction, t) => {
      const next = workVector(point.length)
      for (let i = 0; i < point.length; i++) {
        const moved = point[i] + direction[i] * t
        const orthant = point[i] !== 0 ? Math.sign(point[i]) : Math.sign(-penalizedGradient[i])
        next[i] = Math.sign(moved) === orthant ? moved : moved * 0
      }
      return next
    },
    search: (at, direction, iteration) => {
      const origin = { t: 0, value: at.penalizedValue, slope: innerProduct(at.penalizedGradient, direction) }
      const first = iteration === 0 ? 0.5 / norm(at.gradient) : 1
      return backtracking(origin, first, at.value, iteration === 0 ? 0.1 : 0.5)
    },
  }
}
