import { axpy } from '../linalg/blas.js'
import { innerProduct } from './inner-product.js'

/** Below this part of its length a change of the gradient says nothing about the curvature along the step. */
const CURVATURE_EPSILON = 2.2e-16

/** Square matrices here are small (twice the memory): rows of plain numbers. */
type SmallMatrix = Float64Array[]

const zeros = (n: number): SmallMatrix => Array.from({ length: n }, () => new Float64Array(n))

/**
 * Solves `A X = B` by elimination with row exchanges; `a` and `b` are overwritten, `b` with the solution. Null when
 * `a` is singular.
 */
function solveInPlace(a: SmallMatrix, b: SmallMatrix): SmallMatrix | null {
  const n = a.length
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i][k]) > Math.abs(a[pivot][k])) pivot = i
    if (!(Math.abs(a[pivot][k]) > 0)) return null
    if (pivot !== k) {
      ;[a[k], a[pivot]] = [a[pivot], a[k]]
      ;[b[k], b[pivot]] = [b[pivot], b[k]]
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i][k] / a[k][k]
      if (factor === 0) continue
      for (let j = k; j < n; j++) a[i][j] -= factor * a[k][j]
      axpy(-factor, b[k], b[i])
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let i = k + 1; i < n; i++) axpy(-a[k][i], b[i], b[k])
    for (let j = 0; j < b[k].length; j++) b[k][j] /= a[k][k]
  }
  return b
}

/** Inverse of a small matrix, or null when it is singular; the argument is overwritten. */
function invert(a: SmallMatrix): SmallMatrix | null {
  const identity = zeros(a.length)
  for (let i = 0; i < a.length; i++) identity[i][i] = 1
  return solveInPlace(a, identity)
}

const times = (a: SmallMatrix, x: Float64Array): Float64Array => Float64Array.from(a, (row) => innerProduct(row, x))

/**
 * Compact form `theta * I - W M W'` of the limited-memory approximation of the Hessian, as the bounded method needs it.
 * Source: Byrd, Lu, Nocedal and Zhu, A limited memory algorithm for bound constrained optimization (1995),
 * doi:10.1137/0916069, section 3.
 */
export class CompactHessian {
  readonly #memory: number
  readonly #dimension: number
  // Oldest first.
  #steps: Float64Array[] = []
  #changes: Float64Array[] = []
  #theta = 1
  #wRows: Float64Array[] = []
  #m: SmallMatrix = []

  constructor(dimension: number, memory: number) {
    this.#dimension = dimension
    this.#memory = memory
    this.reset()
  }

  /** Scale of the identity part. */
  get theta(): number {
    return this.#theta
  }
  /** Number of columns of `W`: twice the number of steps remembered. */
  get rank(): number {
    return this.#m.length
  }

  reset(): void {
    this.#steps = []
    this.#changes = []
    this.#theta = 1
    this.#m = []
    this.#wRows = Array.from({ length: this.#dimension }, () => new Float64Array(0))
  }

  /** Row `i` of `W`. */
  w(i: number): Float64Array {
    return this.#wRows[i]
  }

  /** `M x`, where `x` has length `rank`. */
  m(x: Float64Array): Float64Array {
    return times(this.#m, x)
  }

  /** `W' x`, where `x` has one entry a coordinate. */
  wTransposed(x: Float64Array): Float64Array {
    const result = new Float64Array(this.rank)
    for (let i = 0; i < x.length; i++) axpy(x[i], this.#wRows[i], result)
    return result
  }

  /** `(I - M W'ZZ'W / theta)^-1 v` over the free coordinates `Z`, or null when the matrix is singular. */
  solveFree(free: readonly number[], v: Float64Array): Float64Array | null {
    const size = this.rank
    const gram = zeros(size)
    for (const i of free) {
      const row = this.#wRows[i]
      for (let a = 0; a < size; a++) axpy(row[a] / this.#theta, row, gram[a])
    }
    const system = zeros(size)
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) axpy(-this.#m[a][b], gram[b], system[a])
      system[a][a] += 1
    }
    const solution = solveInPlace(
      system,
      Array.from(v, (value) => Float64Array.of(value)),
    )
    return solution && Float64Array.from(solution, (row) => row[0])
  }

  /** Takes in one step; a step without usable curvature leaves everything as it was. */
  learn(step: Float64Array, change: Float64Array): void {
    const yy = innerProduct(change, change)
    const sy = innerProduct(step, change)
    if (!(CURVATURE_EPSILON * Math.sqrt(yy) < Math.abs(sy))) return
    const steps = [...this.#steps, step].slice(-this.#memory)
    const changes = [...this.#changes, change].slice(-this.#memory)
    const theta = yy / sy
    const k = steps.length
    const inverse = zeros(2 * k)
    for (let i = 0; i < k; i++) {
      inverse[i][i] = -innerProduct(steps[i], changes[i])
      for (let j = 0; j < k; j++) {
        if (i > j) inverse[k + i][j] = inverse[j][k + i] = innerProduct(steps[i], changes[j])
        inverse[k + i][k + j] = theta * innerProduct(steps[i], steps[j])
      }
    }
    const m = invert(inverse)
    if (m === null) return
    this.#steps = steps
    this.#changes = changes
    this.#theta = theta
    this.#m = m
    this.#wRows = Array.from({ length: this.#dimension }, (_, i) => {
      const row = new Float64Array(2 * k)
      for (let j = 0; j < k; j++) {
        row[j] = changes[j][i]
        row[k + j] = theta * steps[j][i]
      }
      return row
    })
  }
}
