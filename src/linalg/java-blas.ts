import { fusedMultiplyAdd } from '../util/fused-multiply-add.js'
import { LANES } from './blas.js'

/*
 * Matrix operations with every sum in the order of the Java BLAS that Spark runs on (dev.ludovic.netlib 3.0.3 with vector registers of eight
 * doubles): products are fused in whole registers, and in all of `gemm`; where a register is not full they are not. Emulated fusing takes about
 * 10 ns, so this serves problems that are small enough for their last bits to matter. Matrices are stored column by column.
 */

/** Columns that are taken at once. */
const COLUMNS = 4

const whole = (n: number, step: number): number => n - (n % step)

/** `y += a x` for the first `n` entries; `y` from `at` on. */
export function axpy(n: number, a: number, x: Float64Array, y: Float64Array, at = 0): void {
  const fused = whole(n, LANES)
  for (let i = 0; i < fused; i++) y[at + i] = fusedMultiplyAdd(a, x[i], y[at + i])
  for (let i = fused; i < n; i++) y[at + i] += a * x[i]
}

/** `y += alpha A x` for `A` with `m` rows and `n` columns. */
export function addColumns(
  m: number,
  n: number,
  alpha: number,
  a: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  const fused = whole(m, LANES)
  const quads = whole(n, COLUMNS)
  for (let col = 0; col < quads; col += COLUMNS) {
    const [x0, x1, x2, x3] = [alpha * x[col], alpha * x[col + 1], alpha * x[col + 2], alpha * x[col + 3]]
    const a0 = col * m
    const [a1, a2, a3] = [a0 + m, a0 + 2 * m, a0 + 3 * m]
    for (let i = 0; i < fused; i++) {
      const last = fusedMultiplyAdd(x2, a[a2 + i], fusedMultiplyAdd(x3, a[a3 + i], y[i]))
      y[i] = fusedMultiplyAdd(x0, a[a0 + i], fusedMultiplyAdd(x1, a[a1 + i], last))
    }
    for (let i = fused; i < m; i++) y[i] += x0 * a[a0 + i] + x1 * a[a1 + i] + x2 * a[a2 + i] + x3 * a[a3 + i]
  }
  for (let col = quads; col < n; col++) axpy(m, alpha * x[col], a.subarray(col * m), y)
}

/** `y += Aᵀ x` for `A` with `m` rows and `n` columns. */
export function addDots(m: number, n: number, a: Float64Array, x: Float64Array, y: Float64Array): void {
  const fused = whole(m, LANES)
  const lanes = new Float64Array(LANES)
  for (let col = 0, start = 0; col < n; col++, start += m) {
    let sum = 0
    if (fused > 0) {
      lanes.fill(0)
      for (let i = 0; i < fused; i++) lanes[i % LANES] = fusedMultiplyAdd(x[i], a[start + i], lanes[i % LANES])
      for (const lane of lanes) sum += lane
    }
    for (let i = fused; i < m; i++) sum += x[i] * a[start + i]
    y[col] += sum
  }
}

/** `A += alpha x yᵀ` for `A` with as many rows as `x` has entries, and as many columns as `y`. */
export function addOuterProduct(alpha: number, x: Float64Array, y: Float64Array, a: Float64Array): void {
  for (let col = 0; col < y.length; col++) axpy(x.length, alpha * y[col], x, a, col * x.length)
}

/** `C += Aᵀ Bᵀ` for `A` with `k` rows and `m` columns, and `B` with `n` rows and `k` columns. */
export function addTransposedProduct(
  [m, n, k]: readonly [number, number, number],
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
): void {
  for (let col = 0; col < n; col++) {
    for (let row = 0; row < m; row++) {
      let sum = 0
      for (let i = 0, at = row * k, bt = col; i < k; i++, at++, bt += n) sum = fusedMultiplyAdd(a[at], b[bt], sum)
      c[row + col * m] += sum
    }
  }
}
