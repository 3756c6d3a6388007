import { DataError, ParamError } from '../errors.js'
import { shortText } from '../util/names.js'
import { countNonzeros, indexIn, toDoubles, toInts, toSize } from './arrays.js'
import { gemm, gemv, type MatrixEntries } from './blas.js'
import { doublesToJson, type JsonDouble } from './json-doubles.js'
import { denseBytes, sparseBytes } from './matrix-size.js'
import { denseText, sparseText } from './matrix-text.js'
import { DenseVector, SparseVector, Vector } from './vector.js'

interface MatrixJsonBase {
  readonly class: 'matrix'
  readonly numRows: number
  readonly numCols: number
  readonly values: readonly JsonDouble[]
  readonly isTransposed: boolean
}
/** Spark's JSON form of a matrix: type 1 is dense, type 0 is sparse. */
export type MatrixJson =
  | (MatrixJsonBase & { readonly type: 1 })
  | (MatrixJsonBase & {
      readonly type: 0
      readonly colPtrs: readonly number[]
      readonly rowIndices: readonly number[]
    })

/**
 * A local matrix of doubles, dense or sparse, stored by columns, or by rows when `isTransposed`. Immutable by contract:
 * nothing in the library writes into its arrays, which it shares with whoever made it and with its transpose.
 *
 * Source: `org.apache.spark.ml.linalg.Matrix`.
 */
export abstract class Matrix implements MatrixEntries {
  /** Number of rows. */
  abstract readonly numRows: number
  /** Number of columns. */
  abstract readonly numCols: number
  /** Whether the entries are stored row by row. */
  abstract readonly isTransposed: boolean
  /** The stored entries. */
  abstract readonly values: Float64Array
  /** Where each column (each row when transposed) starts in `rowIndices` and `values`; null for a dense matrix. */
  abstract readonly colPtrs: Int32Array | null
  /** Row (column when transposed) of each stored entry; null for a dense matrix. */
  abstract readonly rowIndices: Int32Array | null

  /**
   * Entry in row `i` and column `j`, both counted from 0.
   * @throws ParamError when one is out of range.
   */
  abstract get(i: number, j: number): number
  /**
   * The matrix with another value in row `i` and column `j` (Spark's `update` changes the matrix itself).
   * @throws ParamError when out of range, or for an entry that a sparse matrix does not store.
   */
  abstract update(i: number, j: number, value: number): Matrix
  /** The matrix with `f` applied to every stored entry. */
  abstract map(f: (value: number) => number): Matrix
  /** A matrix with arrays of its own and the same layout (Spark's `copy` loses `isTransposed`). */
  abstract copy(): Matrix
  /** The transpose, which shares the arrays. */
  abstract transpose(): Matrix
  /** Calls `f(row, column, value)` for every stored entry, in the order of storage. */
  abstract foreachActive(f: (i: number, j: number, value: number) => void): void
  /** The columns, from left to right, as vectors of the same kind. */
  abstract colIter(): IterableIterator<Vector>
  /** Spark's JSON form, read again by `Matrices.fromJSON`. */
  abstract toJSON(): MatrixJson
  /** Spark's text (Breeze's layout), cut to about that many lines and, for a dense matrix, characters a line. */
  abstract toString(maxLines?: number, maxLineWidth?: number): string

  /** The rows, from top to bottom, as vectors of the same kind. */
  rowIter(): IterableIterator<Vector> {
    return this.transpose().colIter()
  }

  /** All entries, column by column, in a new array. */
  toArray(): Float64Array {
    const all = new Float64Array(this.numRows * this.numCols)
    this.foreachActive((i, j, value) => {
      all[j * this.numRows + i] = value
    })
    return all
  }

  /** Number of stored entries, zeros among them. */
  numActives(): number {
    return this.values.length
  }

  /** Number of entries that are not 0 (one pass); NaN counts. */
  numNonzeros(): number {
    return countNonzeros(this.values)
  }

  /**
   * Product with a vector, or with a matrix; the result is dense, a matrix by columns.
   * @throws DataError when the sizes do not fit.
   */
  multiply(y: Vector): DenseVector
  multiply(y: Matrix): DenseMatrix
  multiply(y: Vector | Matrix): DenseVector | DenseMatrix {
    if (y instanceof Vector) {
      this.#requireInner(y.size)
      const product = new Float64Array(this.numRows)
      gemv(1, this, y, 0, product)
      return new DenseVector(product)
    }
    this.#requireInner(y.numRows)
    const product = new Float64Array(this.numRows * y.numCols)
    gemm(1, this, y.colIter(), 0, product)
    return new DenseMatrix(this.numRows, y.numCols, product)
  }

  #requireInner(size: number): void {
    if (size === this.numCols) return
    throw new DataError(`a ${this.numRows} x ${this.numCols} matrix times something with ${size} rows`, {
      stage: 'Matrix.multiply',
      allowed: `The other factor has ${this.numCols} rows`,
      received: String(size),
    })
  }

  /** Dense form in the current layout. */
  toDense(): DenseMatrix {
    return this.isTransposed ? this.toDenseRowMajor() : this.toDenseColMajor()
  }

  /** Dense form, stored by columns. */
  toDenseColMajor(): DenseMatrix {
    return new DenseMatrix(this.numRows, this.numCols, this.toArray())
  }

  /** Dense form, stored by rows. */
  toDenseRowMajor(): DenseMatrix {
    return this.transpose().toDenseColMajor().transpose()
  }

  /** Sparse form without stored zeros, in the current layout. */
  toSparse(): SparseMatrix {
    return this.isTransposed ? this.toSparseRowMajor() : this.toSparseColMajor()
  }

  /** Sparse form without stored zeros, stored by columns (CSC). */
  toSparseColMajor(): SparseMatrix {
    return gatherColumns(this, false)
  }

  /** Sparse form without stored zeros, stored by rows (CSR). */
  toSparseRowMajor(): SparseMatrix {
    return this.transpose().toSparseColMajor().transpose()
  }

  /** Whichever of dense, sparse by columns and sparse by rows takes least memory; a dense one keeps its layout. */
  compressed(): Matrix {
    const nnz = this.numNonzeros()
    const byColumns = sparseBytes(nnz, this.numCols)
    const byRows = sparseBytes(nnz, this.numRows)
    if (denseBytes(this.numRows, this.numCols) <= Math.min(byColumns, byRows)) return this.toDense()
    return byColumns <= byRows ? this.toSparseColMajor() : this.toSparseRowMajor()
  }

  /** Dense or sparse by columns, whichever takes less memory. */
  compressedColMajor(): Matrix {
    const sparse = sparseBytes(this.numNonzeros(), this.numCols)
    return denseBytes(this.numRows, this.numCols) <= sparse ? this.toDenseColMajor() : this.toSparseColMajor()
  }

  /** Dense or sparse by rows, whichever takes less memory. */
  compressedRowMajor(): Matrix {
    const sparse = sparseBytes(this.numNonzeros(), this.numRows)
    return denseBytes(this.numRows, this.numCols) <= sparse ? this.toDenseRowMajor() : this.toSparseRowMajor()
  }

  /** Whether the other value is a matrix with the same shape and entries, in any layout. NaN equals nothing. */
  equals(other: unknown): boolean {
    if (!(other instanceof Matrix) || this.numRows !== other.numRows || this.numCols !== other.numCols) return false
    if (!this.colPtrs || !other.colPtrs) return sameNumbers(this.toArray(), other.toArray())
    const mine = this.toSparseColMajor()
    const theirs = other.toSparseColMajor()
    return (
      sameNumbers(mine.colPtrs, theirs.colPtrs) &&
      sameNumbers(mine.rowIndices, theirs.rowIndices) &&
      sameNumbers(mine.values, theirs.values)
    )
  }
}

/** A matrix that stores every entry. Source: `org.apache.spark.ml.linalg.DenseMatrix`. */
export class DenseMatrix extends Matrix {
  readonly numRows: number
  readonly numCols: number
  readonly values: Float64Array
  readonly isTransposed: boolean
  readonly colPtrs = null
  readonly rowIndices = null

  /**
   * @param values the entries, column by column, or row by row when `isTransposed`; a `Float64Array` is kept, not copied.
   * @throws ParamError when their number is not `numRows * numCols`.
   */
  constructor(numRows: number, numCols: number, values: ArrayLike<number>, isTransposed = false) {
    super()
    this.numRows = toSize(numRows, 'DenseMatrix', 'numRows')
    this.numCols = toSize(numCols, 'DenseMatrix', 'numCols')
    this.values = toDoubles(values, 'DenseMatrix')
    this.isTransposed = isTransposed
    if (values.length !== numRows * numCols) {
      throw new ParamError(`${values.length} values do not fill a ${numRows} x ${numCols} matrix`, {
        stage: 'DenseMatrix',
        param: 'values',
        allowed: `Exactly ${numRows * numCols} values`,
        received: String(values.length),
      })
    }
  }

  #at(i: number, j: number): number {
    requireCell('DenseMatrix', this, i, j)
    return this.isTransposed ? i * this.numCols + j : j * this.numRows + i
  }

  get(i: number, j: number): number {
    return this.values[this.#at(i, j)]
  }

  update(i: number, j: number, value: number): DenseMatrix {
    return this.#with(this.values.with(this.#at(i, j), value))
  }

  map(f: (value: number) => number): DenseMatrix {
    return this.#with(this.values.map((x) => f(x)))
  }

  copy(): DenseMatrix {
    return this.#with(this.values.slice())
  }

  #with(values: Float64Array): DenseMatrix {
    return new DenseMatrix(this.numRows, this.numCols, values, this.isTransposed)
  }

  transpose(): DenseMatrix {
    return new DenseMatrix(this.numCols, this.numRows, this.values, !this.isTransposed)
  }

  override toDenseColMajor(): DenseMatrix {
    return this.isTransposed ? super.toDenseColMajor() : this
  }

  foreachActive(f: (i: number, j: number, value: number) => void): void {
    const { numRows, numCols, values, isTransposed } = this
    const [outer, inner] = isTransposed ? [numRows, numCols] : [numCols, numRows]
    for (let a = 0, k = 0; a < outer; a++) {
      for (let b = 0; b < inner; b++, k++) f(isTransposed ? a : b, isTransposed ? b : a, values[k])
    }
  }

  *colIter(): IterableIterator<DenseVector> {
    const { numRows, values } = this.toDenseColMajor()
    for (let j = 0; j < this.numCols; j++) yield new DenseVector(values.subarray(j * numRows, (j + 1) * numRows))
  }

  toString(maxLines = 80, maxLineWidth = 80): string {
    return denseText(this, maxLines, maxLineWidth)
  }

  toJSON(): MatrixJson {
    const { numRows, numCols, values, isTransposed } = this
    return { class: 'matrix', type: 1, numRows, numCols, values: doublesToJson(values), isTransposed }
  }
}

/**
 * A matrix that stores some entries: compressed columns (CSC), or compressed rows (CSR) when `isTransposed`.
 * Source: `org.apache.spark.ml.linalg.SparseMatrix`.
 */
export class SparseMatrix extends Matrix {
  readonly numRows: number
  readonly numCols: number
  readonly colPtrs: Int32Array
  readonly rowIndices: Int32Array
  readonly values: Float64Array
  readonly isTransposed: boolean

  /**
   * Typed arrays are kept, not copied.
   * @param colPtrs where each column starts, and the number of entries at the end.
   * @param rowIndices row of each entry, strictly increasing within a column.
   * @param isTransposed whether rows and columns change roles in the two arrays.
   * @throws ParamError when lengths do not fit, or an index is out of range or out of order.
   */
  constructor(
    numRows: number,
    numCols: number,
    colPtrs: ArrayLike<number>,
    rowIndices: ArrayLike<number>,
    values: ArrayLike<number>,
    isTransposed = false,
  ) {
    super()
    this.numRows = toSize(numRows, 'SparseMatrix', 'numRows')
    this.numCols = toSize(numCols, 'SparseMatrix', 'numCols')
    this.colPtrs = toInts(colPtrs, 'SparseMatrix', 'colPtrs')
    this.rowIndices = toInts(rowIndices, 'SparseMatrix', 'rowIndices')
    this.values = toDoubles(values, 'SparseMatrix')
    this.isTransposed = isTransposed
    requireCompressed(this)
  }

  #find(i: number, j: number): number {
    requireCell('SparseMatrix', this, i, j)
    const [major, minor] = this.isTransposed ? [i, j] : [j, i]
    return indexIn(this.rowIndices, minor, this.colPtrs[major], this.colPtrs[major + 1])
  }

  get(i: number, j: number): number {
    const at = this.#find(i, j)
    return at < 0 ? 0 : this.values[at]
  }

  update(i: number, j: number, value: number): SparseMatrix {
    const at = this.#find(i, j)
    if (at < 0) {
      throw new ParamError(`entry (${i}, ${j}) is not stored`, {
        stage: 'SparseMatrix.update',
        allowed: 'Only stored entries can be replaced',
        hint: 'Use toDense().update(i, j, value).',
      })
    }
    return this.#with(this.values.with(at, value))
  }

  map(f: (value: number) => number): SparseMatrix {
    return this.#with(this.values.map((x) => f(x)))
  }

  copy(): SparseMatrix {
    const { numRows, numCols, colPtrs, rowIndices, values, isTransposed } = this
    return new SparseMatrix(numRows, numCols, colPtrs.slice(), rowIndices.slice(), values.slice(), isTransposed)
  }

  #with(values: Float64Array): SparseMatrix {
    return new SparseMatrix(this.numRows, this.numCols, this.colPtrs, this.rowIndices, values, this.isTransposed)
  }

  transpose(): SparseMatrix {
    const { numRows, numCols, colPtrs, rowIndices, values, isTransposed } = this
    return new SparseMatrix(numCols, numRows, colPtrs, rowIndices, values, !isTransposed)
  }

  override toSparseColMajor(): SparseMatrix {
    const asWanted = !this.isTransposed && this.numNonzeros() === this.values.length
    return asWanted ? this : super.toSparseColMajor()
  }

  foreachActive(f: (i: number, j: number, value: number) => void): void {
    const { colPtrs, rowIndices, values, isTransposed } = this
    for (let major = 0; major + 1 < colPtrs.length; major++) {
      for (let k = colPtrs[major]; k < colPtrs[major + 1]; k++) {
        f(isTransposed ? major : rowIndices[k], isTransposed ? rowIndices[k] : major, values[k])
      }
    }
  }

  *colIter(): IterableIterator<SparseVector> {
    const { numRows, colPtrs, rowIndices, values } = this.isTransposed ? gatherColumns(this, true) : this
    for (let j = 0; j < this.numCols; j++) {
      const [from, to] = [colPtrs[j], colPtrs[j + 1]]
      yield new SparseVector(numRows, rowIndices.subarray(from, to), values.subarray(from, to))
    }
  }

  toString(maxLines = 77): string {
    return sparseText(this.isTransposed ? this.toSparseColMajor() : this, maxLines)
  }

  toJSON(): MatrixJson {
    const { numRows, numCols, isTransposed } = this
    const [colPtrs, rowIndices] = [Array.from(this.colPtrs), Array.from(this.rowIndices)]
    const values = doublesToJson(this.values)
    return { class: 'matrix', type: 0, numRows, numCols, colPtrs, rowIndices, values, isTransposed }
  }
}

/** The stored entries in compressed columns: in either order of storage, the rows of one column come in order. */
function gatherColumns(m: Matrix, keepZeros: boolean): SparseMatrix {
  const starts = new Int32Array(m.numCols + 1)
  m.foreachActive((_, j, value) => {
    if (keepZeros || value !== 0) starts[j + 1]++
  })
  for (let j = 0; j < m.numCols; j++) starts[j + 1] += starts[j]
  const next = starts.slice()
  const rows = new Int32Array(starts[m.numCols])
  const values = new Float64Array(rows.length)
  m.foreachActive((i, j, value) => {
    if (!keepZeros && value === 0) return
    rows[next[j]] = i
    values[next[j]++] = value
  })
  return new SparseMatrix(m.numRows, m.numCols, starts, rows, values)
}

function sameNumbers(a: Float64Array | Int32Array, b: Float64Array | Int32Array): boolean {
  return a.length === b.length && a.every((x: number, i: number) => x === b[i])
}

function requireCell(owner: string, m: Matrix, i: number, j: number): void {
  const fits = Number.isInteger(i) && Number.isInteger(j) && i >= 0 && j >= 0 && i < m.numRows && j < m.numCols
  if (fits) return
  throw new ParamError(`cell (${shortText(i)}, ${shortText(j)}) is out of range`, {
    stage: owner,
    allowed: `Rows 0 to ${m.numRows - 1}, columns 0 to ${m.numCols - 1}`,
    received: `(${shortText(i)}, ${shortText(j)})`,
  })
}

function requireCompressed(m: SparseMatrix): void {
  const { colPtrs, rowIndices, values } = m
  const [majors, minors] = m.isTransposed ? [m.numRows, m.numCols] : [m.numCols, m.numRows]
  const fail = (param: string, problem: string, allowed: string): never => {
    throw new ParamError(problem, { stage: 'SparseMatrix', param, allowed })
  }
  if (rowIndices.length !== values.length) {
    fail('rowIndices', `there are ${rowIndices.length} rowIndices and ${values.length} values`, 'One value an index')
  }
  if (colPtrs.length !== majors + 1 || colPtrs[0] !== 0 || colPtrs[majors] !== values.length) {
    const allowed = `${majors + 1} numbers from 0 to the number of values, ${values.length}`
    fail('colPtrs', `colPtrs does not fit a ${m.numRows} x ${m.numCols} matrix`, allowed)
  }
  for (let major = 0; major < majors; major++) {
    if (colPtrs[major] > colPtrs[major + 1]) {
      fail('colPtrs', `colPtrs falls from ${colPtrs[major]} to ${colPtrs[major + 1]}`, 'Numbers that never fall')
    }
    let previous = -1
    for (let k = colPtrs[major]; k < colPtrs[major + 1]; k++) {
      if (rowIndices[k] <= previous || rowIndices[k] >= minors) {
        const allowed = `Strictly increasing whole numbers from 0 to ${minors - 1} for each start in colPtrs`
        fail('rowIndices', `entry ${k} of rowIndices is ${rowIndices[k]}`, allowed)
      }
      previous = rowIndices[k]
    }
  }
}
