const MAX_SWEEPS = 60

/** Eigenvalues and eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  /** In ascending order. */
  readonly values: Float64Array
  /** Column j, `vectors[j * n .. (j + 1) * n)`, belongs to value j; of length 1. */
  readonly vectors: Float64Array
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, given whole by columns (or rows), by Jacobi's rotations, which find small eigenvalues
 * to full relative precision. Cost about 10 n³. The matrix is not changed; NaN gives NaN.
 * Reference: Golub and Van Loan, Matrix Computations, 4th ed., section 8.5.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice(0, n * n)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let sweep = 0; sweep < MAX_SWEEPS && rotateAll(a, v, n); sweep++);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i] - a[j * n + j])
  const vectors = new Float64Array(n * n)
  order.forEach((column, j) => {
    vectors.set(v.subarray(column * n, (column + 1) * n), j * n)
  })
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors }
}

/** One rotation for each element beside the diagonal. @returns whether there was one to make. */
function rotateAll(a: Float64Array, v: Float64Array, n: number): boolean {
  let rotated = false
  for (let p = 0; p < n - 1; p++) {
    for (let q = p + 1; q < n; q++) {
      const off = a[q * n + p]
      const [app, aqq] = [a[p * n + p], a[q * n + q]]
      if (!(Math.abs(off) > Number.EPSILON * 0.25 * Math.sqrt(Math.abs(app) * Math.abs(aqq)))) continue
      rotated = true
      const theta = (aqq - app) / (2 * off)
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1))
      const c = 1 / Math.hypot(t, 1)
      rotate(a, v, n, p, q, c, t * c)
      a[p * n + p] = app - t * off
      a[q * n + q] = aqq + t * off
      a[p * n + q] = 0
      a[q * n + p] = 0
    }
  }
  return rotated
}

/** Turns rows and columns p and q of `a`, and columns p and q of `v`. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const [vp, vq] = [v[p * n + i], v[q * n + i]]
    v[p * n + i] = c * vp - s * vq
    v[q * n + i] = s * vp + c * vq
    if (i === p || i === q) continue
    const [ap, aq] = [a[p * n + i], a[q * n + i]]
    a[p * n + i] = c * ap - s * aq
    a[q * n + i] = s * ap + c * aq
    a[i * n + p] = a[p * n + i]
    a[i * n + q] = a[q * n + i]
  }
}
