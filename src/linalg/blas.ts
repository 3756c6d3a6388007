import { fusedMultiplyAdd } from '../util/fused-multiply-add.js'

/**
 * The few BLAS operations that Spark ML uses (`org.apache.spark.ml.linalg.BLAS`), as plain loops in a fixed order.
 *
 * Iterations amplify the last bit: where the sums of a solver pass through here (`dot` of dense operands, `spmv`), their order is that of the
 * Java BLAS which Spark runs on (dev.ludovic.netlib, with vector registers of eight doubles), so that the results are Spark's to the
 * bit. Other sums agree with Spark's to rounding. Nothing here checks sizes except where the check is free: callers own their shapes.
 *
 * Reference: Lawson et al., Basic Linear Algebra Subprograms for Fortran usage, https://doi.org/10.1145/355841.355847
 */

/**
 * Doubles in a vector register (AVX-512). Whole registers fuse multiplication and addition; the rest of an array does not. Spark on a
 * processor with narrower registers differs from this, and from itself elsewhere, in the last bit.
 */
export const LANES = 8
/** Columns that `spmv` takes at once. */
const COLUMNS = 4

/** Active entries of a vector; `indices` null means that all are. Every `Vector` is one. */
export interface ActiveEntries {
  readonly indices: Int32Array | null
  readonly values: Float64Array
}

/** What the loops read: plain doubles, or the active entries of a vector. */
export type Operand = Float64Array | ActiveEntries

/** What `gemv` and `gemm` read of a matrix; `colPtrs` and `rowIndices` are null for a dense one. Every `Matrix` is one. */
export interface MatrixEntries {
  readonly numRows: number
  readonly numCols: number
  readonly isTransposed: boolean
  readonly colPtrs: Int32Array | null
  readonly rowIndices: Int32Array | null
  readonly values: Float64Array
}

const indicesOf = (x: Operand): Int32Array | null => (x instanceof Float64Array ? null : x.indices)
const valuesOf = (x: Operand): Float64Array => (x instanceof Float64Array ? x : x.values)

/** `Σ x_i y_i`. Entries that a sparse operand does not hold count as absent: they hide a NaN of the other. */
export function dot(x: Operand, y: Operand): number {
  const xi = indicesOf(x)
  const yi = indicesOf(y)
  if (xi && yi) return sparseDot(xi, valuesOf(x), 0, xi.length, yi, valuesOf(y))
  if (yi) return dot(y, x)
  const xv = valuesOf(x)
  const yv = valuesOf(y)
  if (!xi) return denseDot(xv, yv, inRegisters(xv.length))
  let sum = 0
  for (let k = 0; k < xi.length; k++) sum += xv[k] * yv[xi[k]]
  return sum
}

/** Longer vectors are summed plainly: fusing is emulated and slow, and problems so wide are seldom singular to the last bit. */
const FUSED_SIZE = 512

/** How many of `n` entries fill whole registers. */
const inRegisters = (n: number): number => (n > FUSED_SIZE ? 0 : n - (n % LANES))

/**
 * Dot product of dense entries. The first `fused` (whole registers) are summed lane by lane, with fused products; then the lanes are added
 * in order, and last the entries that are left.
 */
function denseDot(x: Float64Array, y: Float64Array, fused: number): number {
  let sum = 0
  if (fused > 0) {
    const lanes = new Float64Array(LANES)
    for (let i = 0; i < fused; i++) lanes[i % LANES] = fusedMultiplyAdd(x[i], y[i], lanes[i % LANES])
    for (const lane of lanes) sum += lane
  }
  for (let i = fused; i < x.length; i++) sum += x[i] * y[i]
  return sum
}

/** Dot product of entries `from .. to` of one sparse vector with another, by merging their increasing indices. */
function sparseDot(
  xi: Int32Array,
  xv: Float64Array,
  from: number,
  to: number,
  yi: Int32Array,
  yv: Float64Array,
): number {
  let sum = 0
  let p = from
  let q = 0
  while (p < to && q < yi.length) {
    if (xi[p] === yi[q]) sum += xv[p++] * yv[q++]
    else if (xi[p] < yi[q]) p++
    else q++
  }
  return sum
}

/** `y += a x`, in place. */
export function axpy(a: number, x: Operand, y: Float64Array): void {
  const indices = indicesOf(x)
  const values = valuesOf(x)
  if (indices) for (let k = 0; k < indices.length; k++) y[indices[k]] += a * values[k]
  else for (let i = 0; i < values.length; i++) y[i] += a * values[i]
}

/** `x *= a`, in place. */
export function scal(a: number, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] *= a
}

/** `y *= beta`, where 0 clears: what an output held before must not survive as NaN. */
function scaleOutput(beta: number, y: Float64Array, length: number): void {
  if (beta === 0) y.fill(0, 0, length)
  else if (beta !== 1) for (let i = 0; i < length; i++) y[i] *= beta
}

/**
 * `u += alpha x xᵀ`, in place.
 * @param u upper triangle of a symmetric n x n matrix, packed by columns: (i, j) with i <= j lies at i + j (j + 1) / 2.
 */
export function spr(alpha: number, x: Operand, u: Float64Array): void {
  const indices = indicesOf(x)
  const values = valuesOf(x)
  for (let q = 0; q < values.length; q++) {
    const scaled = alpha * values[q]
    if (scaled === 0) continue
    const col = indices ? indices[q] : q
    const start = (col * (col + 1)) / 2
    if (indices) for (let p = 0; p <= q; p++) u[start + indices[p]] += scaled * values[p]
    else for (let p = 0; p <= q; p++) u[start + p] += scaled * values[p]
  }
}

/** `a += alpha x xᵀ`, in place, for a full symmetric n x n matrix in one array. */
export function syr(alpha: number, x: Operand, n: number, a: Float64Array): void {
  const indices = indicesOf(x)
  const values = valuesOf(x)
  for (let q = 0; q < values.length; q++) {
    const scaled = alpha * values[q]
    const start = (indices ? indices[q] : q) * n
    for (let p = 0; p < values.length; p++) a[start + (indices ? indices[p] : p)] += scaled * values[p]
  }
}

/**
 * `y = alpha A x + beta y`, in place of `y`, for a symmetric `A` given by its packed upper triangle (see `spr`). Takes four columns at
 * once while there are four, and fuses these in whole registers, as the BLAS of Spark.
 */
export function spmv(alpha: number, a: Float64Array, x: Float64Array, beta: number, y: Float64Array): void {
  const n = x.length
  const packed = (row: number, col: number): number => row + (col * (col + 1)) / 2
  scaleOutput(beta, y, n)
  for (let from = 0, width: number; from < n; from += width) {
    width = from + COLUMNS <= n ? COLUMNS : 1
    const to = from + width
    const fused = width === 1 || n > FUSED_SIZE ? 0 : inRegisters(from)
    for (let row = 0; row < fused; row++) {
      for (let col = to - 1; col >= from; col--) y[row] = fusedMultiplyAdd(alpha * x[col], a[packed(row, col)], y[row])
    }
    for (let row = fused; row < from; row++) {
      let products = 0
      for (let col = from; col < to; col++) products += alpha * x[col] * a[packed(row, col)]
      y[row] += products
    }
    const before = x.subarray(0, from)
    for (let col = from; col < to; col++) {
      let products = 0
      for (let row = from; row < to; row++) products += x[row] * a[row <= col ? packed(row, col) : packed(col, row)]
      y[col] += alpha * (denseDot(before, a.subarray(packed(0, col)), fused) + products)
    }
  }
}

/** All entries of a symmetric n x n matrix, row by row, of its packed upper triangle (see `spr`). */
export function symmetricMatrix(packed: Float64Array, n: number): Float64Array {
  const full = new Float64Array(n * n)
  for (let col = 0, p = 0; col < n; col++) {
    for (let row = 0; row <= col; row++, p++) {
      full[row * n + col] = packed[p]
      full[col * n + row] = packed[p]
    }
  }
  return full
}

/** `y = alpha A x + beta y`, in place of `y`, for any layout of `A` (m x n) and `x` (n). */
export function gemv(alpha: number, a: MatrixEntries, x: Operand, beta: number, y: Float64Array): void {
  scaleOutput(beta, y, a.numRows)
  if (alpha === 0) return
  if (a.isTransposed) addByRows(alpha, a, x, y)
  else addByColumns(alpha, a, x, y)
}

function addByColumns(alpha: number, a: MatrixEntries, x: Operand, y: Float64Array): void {
  const { numRows, numCols, colPtrs, rowIndices, values } = a
  const xi = indicesOf(x)
  const xv = valuesOf(x)
  const active = xi ? xi.length : numCols
  for (let k = 0; k < active; k++) {
    const col = xi ? xi[k] : k
    const scaled = alpha * xv[k]
    if (colPtrs && rowIndices) {
      for (let p = colPtrs[col]; p < colPtrs[col + 1]; p++) y[rowIndices[p]] += scaled * values[p]
    } else {
      const start = col * numRows
      for (let i = 0; i < numRows; i++) y[i] += scaled * values[start + i]
    }
  }
}

function addByRows(alpha: number, a: MatrixEntries, x: Operand, y: Float64Array): void {
  const { numRows, numCols, colPtrs, rowIndices, values } = a
  const xi = indicesOf(x)
  const xv = valuesOf(x)
  for (let i = 0; i < numRows; i++) {
    let sum = 0
    if (colPtrs && rowIndices) {
      const from = colPtrs[i]
      const to = colPtrs[i + 1]
      if (xi) sum = sparseDot(rowIndices, values, from, to, xi, xv)
      else for (let p = from; p < to; p++) sum += values[p] * xv[rowIndices[p]]
    } else {
      const start = i * numCols
      if (xi) for (let k = 0; k < xi.length; k++) sum += values[start + xi[k]] * xv[k]
      else for (let j = 0; j < numCols; j++) sum += values[start + j] * xv[j]
    }
    y[i] += alpha * sum
  }
}

/**
 * `C = alpha A B + beta C`, in place of `c`.
 * @param columns the columns of B (k x n), each of length k: `b.colIter()` of a matrix.
 * @param c m x n, column by column.
 */
export function gemm(alpha: number, a: MatrixEntries, columns: Iterable<Operand>, beta: number, c: Float64Array): void {
  let start = 0
  for (const column of columns) {
    gemv(alpha, a, column, beta, c.subarray(start, start + a.numRows))
    start += a.numRows
  }
}
