import { RidgelineError } from '../errors.js'

/** A matrix that has to be positive definite is not, for example because two features are copies of each other. */
export class SingularMatrixError extends RidgelineError {
  override readonly code = 'SINGULAR_MATRIX'
  /** Order of the first leading minor that is not positive, from 1 (LAPACK's `info`). */
  readonly minor: number

  /** @param minor order of the first leading minor that is not positive. */
  constructor(minor: number) {
    super(`the matrix is not positive definite: its leading minor of order ${minor} is not positive`, {
      stage: 'cholesky',
      allowed: 'A symmetric positive definite matrix',
      hint: 'It may come from collinear or constant columns: remove them, or add regularization.',
    })
    this.minor = minor
  }
}

/**
 * Cholesky factor `U` of a symmetric positive definite `A = Uᵀ U` (LAPACK `dpptrf`, upper).
 *
 * Matrices are packed upper triangles by columns: (i, j) with i <= j lies at i + j (j + 1) / 2. `a` is not changed.
 * Reference: Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.
 * @throws SingularMatrixError when `A` is not positive definite or holds NaN.
 */
export function choleskyFactor(a: Float64Array, n: number): Float64Array {
  const u = a.slice(0, (n * (n + 1)) / 2)
  for (let j = 0, col = 0; j < n; col += ++j) {
    // LAPACK subtracts the sum of squares as a whole; on a nearly singular matrix the difference decides the pivot.
    let squares = 0
    for (let i = 0, row = 0; i < j; row += ++i) {
      let rest = u[col + i]
      for (let k = 0; k < i; k++) rest -= u[row + k] * u[col + k]
      const entry = rest / u[row + i]
      u[col + i] = entry
      squares += entry * entry
    }
    const square = u[col + j] - squares
    if (!(square > 0)) throw new SingularMatrixError(j + 1)
    u[col + j] = Math.sqrt(square)
  }
  return u
}

/** Solution `x` of `Uᵀ U x = b` for a factor made by `choleskyFactor` (LAPACK `dpptrs`); `b` is not changed. */
export function choleskySolve(u: Float64Array, b: Float64Array): Float64Array {
  const x = b.slice()
  const n = x.length
  for (let j = 0, col = 0; j < n; col += ++j) {
    let rest = x[j]
    for (let i = 0; i < j; i++) rest -= u[col + i] * x[i]
    x[j] = rest / u[col + j]
  }
  for (let j = n - 1; j >= 0; j--) {
    const col = (j * (j + 1)) / 2
    x[j] /= u[col + j]
    for (let i = 0; i < j; i++) x[i] -= u[col + i] * x[j]
  }
  return x
}

/** Packed upper triangle of `(Uᵀ U)⁻¹` for a factor made by `choleskyFactor` (LAPACK `dpptri`); `u` is not changed. */
export function choleskyInverse(u: Float64Array, n: number): Float64Array {
  const v = invertUpper(u, n)
  const inverse = new Float64Array(v.length)
  for (let j = 0, col = 0; j < n; col += ++j) {
    // A⁻¹ = V Vᵀ, so (i, j) sums over the columns k >= j, in which both rows have entries.
    for (let i = 0; i <= j; i++) {
      let sum = 0
      for (let k = j, at = col; k < n; at += ++k) sum += v[at + i] * v[at + j]
      inverse[col + i] = sum
    }
  }
  return inverse
}

/**
 * Inverse of a packed upper triangular matrix, column by column: the inverse of the columns before times the new one (LAPACK `dtptri`, in
 * its order of sums).
 */
function invertUpper(u: Float64Array, n: number): Float64Array {
  const v = u.slice(0, (n * (n + 1)) / 2)
  for (let j = 0, col = 0; j < n; col += ++j) {
    v[col + j] = 1 / u[col + j]
    for (let k = 0, at = 0; k < j; at += ++k) {
      for (let i = 0; i < k; i++) v[col + i] += u[col + k] * v[at + i]
      v[col + k] *= v[at + k]
    }
    for (let i = 0; i < j; i++) v[col + i] *= -v[col + j]
  }
  return v
}
