import { DataError } from '../errors.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { bidiagonalSvd } from './bidiagonal-svd.js'

/**
 * Singular values, descending, and left singular vectors of a square matrix, which is stored column by column.
 *
 * Vectors have the signs of LAPACK's DGESDD up to 25 rows; beyond, it takes another way whose signs may differ. Cost: O(n^3).
 *
 * Source: G. Golub, C. Van Loan, "Matrix Computations" (2013), section 5.4 and 8.6; LAPACK's DGEBD2, DLARFG.
 *
 * @throws DataError when the matrix holds NaN or infinite numbers, or the values are not found.
 */
export async function squareSvd(
  matrix: Float64Array,
  n: number,
  stage: string,
  turns: TurnTaker,
): Promise<{ values: Float64Array; left: Float64Array }> {
  if (!matrix.every(Number.isFinite)) {
    throw new DataError('a matrix with NaN or infinite numbers has no singular values', {
      stage,
      hint: 'Fill missing values first, for example with an Imputer.',
    })
  }
  const a = matrix.slice()
  const d = new Float64Array(n)
  const e = new Float64Array(Math.max(n - 1, 0))
  const factors = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    if (turns.due()) await turns.take()
    // A reflection of the rows makes zeros below the diagonal, one of the columns zeros right of the entry above it.
    const column = i * n + i
    const rows = reflection(a, column, 1, n - i)
    d[i] = rows.first
    factors[i] = rows.factor
    for (let j = i + 1; j < n; j++) reflect(a, column, 1, n - i, rows.factor, a, j * n + i, 1)
    if (i === n - 1) break
    const row = (i + 1) * n + i
    const columns = reflection(a, row, n, n - i - 1)
    e[i] = columns.first
    for (let k = i + 1; k < n; k++) reflect(a, row, n, n - i - 1, columns.factor, a, (i + 1) * n + k, n)
  }
  const left = new Float64Array(n * n)
  for (let j = 0; j < n; j++) left[j * n + j] = 1
  // The bidiagonal matrix's own vectors come first; the reflections are applied to them.
  if (!(await bidiagonalSvd(d, e, left, turns))) {
    throw new DataError('the singular values of the matrix were not found', {
      stage,
      hint: 'Scale the features first.',
    })
  }
  for (let i = n - 1; i >= 0; i--) {
    if (turns.due()) await turns.take()
    for (let j = 0; j < n; j++) reflect(a, i * n + i, 1, n - i, factors[i], left, j * n + i, 1)
  }
  return { values: d, left }
}

/**
 * The reflection that makes `(first, 0, …)` of the `length` entries from `at` on, which hold its vector afterwards; the first entry of that is 1, and is not
 * stored.
 */
function reflection(a: Float64Array, at: number, step: number, length: number): { first: number; factor: number } {
  const alpha = a[at]
  let norm = 0
  for (let k = 1; k < length; k++) norm = Math.hypot(norm, a[at + k * step])
  if (norm === 0) return { first: alpha, factor: 0 }
  const first = alpha < 0 || Object.is(alpha, -0) ? Math.hypot(alpha, norm) : -Math.hypot(alpha, norm)
  for (let k = 1; k < length; k++) a[at + k * step] /= alpha - first
  return { first, factor: (first - alpha) / first }
}

/** Applies a reflection to the entries from `to` on of another vector. */
function reflect(
  a: Float64Array,
  at: number,
  step: number,
  length: number,
  factor: number,
  x: Float64Array,
  to: number,
  stepTo: number,
): void {
  if (factor === 0) return
  let sum = x[to]
  for (let k = 1; k < length; k++) sum += a[at + k * step] * x[to + k * stepTo]
  sum *= factor
  x[to] -= sum
  for (let k = 1; k < length; k++) x[to + k * stepTo] -= a[at + k * step] * sum
}
