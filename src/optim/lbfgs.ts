import { axpy } from '../linalg/blas.js'
import { innerProduct, norm } from './inner-product.js'
import { InverseHessian } from './inverse-hessian.js'
import type { DescentMethod } from './minimizer.js'
import { strongWolfe } from './strong-wolfe.js'
import { workCopy } from './work-vector.js'

const MAX_TRIALS = 10
/** A step that changes the value by less than this along the gradient counts as a failed search. */
const MIN_STEP = 1e-10

/** Settings of L-BFGS. */
export interface LbfgsOptions {
  /** Number of steps remembered. Default 10, as everywhere in Spark. */
  readonly memory?: number
}

/**
 * Limited-memory BFGS with a strong Wolfe line search, for `minimize`. Source: Liu and Nocedal, On the limited memory
 * BFGS method for large scale optimization (1989), doi:10.1007/BF01589116; Breeze's `LBFGS`.
 */
export function lbfgs(options: LbfgsOptions = {}): DescentMethod {
  const hessian = new InverseHessian(options.memory ?? 10)
  return {
    reset: () => hessian.reset(),
    learn: (step, change) => hessian.learn(step, change),
    direction: (at) => hessian.descend(at.gradient),
    move: (at, direction, t) => {
      const point = workCopy(at.point)
      axpy(t, direction, point)
      return point
    },
    *search(at, direction, iteration) {
      const origin = { t: 0, value: at.value, slope: innerProduct(at.gradient, direction) }
      const first = iteration === 0 ? 1 / norm(direction) : 1
      const t = yield* strongWolfe(origin, first, { maxTrials: MAX_TRIALS })
      return t === null || t * norm(at.gradient) < MIN_STEP ? null : t
    },
  }
}
