import { axpy, scal } from '../linalg/blas.js'
import { innerProduct } from './inner-product.js'
import { workCopy } from './work-vector.js'

/**
 * Limited-memory approximation of the inverse Hessian from the last `memory` steps and changes of the gradient.
 * Source: Nocedal, Updating quasi-Newton matrices with limited storage (1980), doi:10.1090/S0025-5718-1980-0572855-7
 * (two-loop recursion).
 */
export class InverseHessian {
  readonly #memory: number
  // Newest first.
  #steps: Float64Array[] = []
  #changes: Float64Array[] = []

  constructor(memory: number) {
    this.#memory = memory
  }

  reset(): void {
    this.#steps = []
    this.#changes = []
  }

  learn(step: Float64Array, gradientChange: Float64Array): void {
    this.#steps = [step, ...this.#steps].slice(0, this.#memory)
    this.#changes = [gradientChange, ...this.#changes].slice(0, this.#memory)
  }

  /**
   * Minus the approximate inverse Hessian times `gradient`, or null where the latest step shows no positive curvature
   * or a NaN arises.
   */
  descend(gradient: Float64Array): Float64Array | null {
    const steps = this.#steps
    const changes = this.#changes
    const length = steps.length
    const direction = workCopy(gradient)
    let scale = 1
    if (length > 0) {
      const sy = innerProduct(steps[0], changes[0])
      if (!(sy >= 0)) return null
      scale = sy / innerProduct(changes[0], changes[0])
    }
    const alpha: number[] = []
    const rho: number[] = []
    for (let i = 0; i < length; i++) {
      rho[i] = innerProduct(steps[i], changes[i])
      alpha[i] = innerProduct(steps[i], direction) / rho[i]
      if (Number.isNaN(alpha[i])) return null
      axpy(-alpha[i], changes[i], direction)
    }
    scal(scale, direction)
    for (let i = length - 1; i >= 0; i--) {
      axpy(alpha[i] - innerProduct(changes[i], direction) / rho[i], steps[i], direction)
    }
    scal(-1, direction)
    return direction
  }
}
