import { DataError, ParamError } from '../errors.js'
import { toSize } from './arrays.js'
import { doublesFromJson, malformed } from './json-doubles.js'
import { DenseMatrix, type Matrix, SparseMatrix } from './matrix.js'
import { denseBytes, sparseBytes } from './matrix-size.js'
import type { Vector } from './vector.js'

/** One entry of a matrix in coordinate form: row, column, value. */
export type MatrixEntry = readonly [i: number, j: number, value: number]

function filled(numRows: number, numCols: number, value: number): DenseMatrix {
  const rows = toSize(numRows, 'Matrices', 'numRows')
  const cols = toSize(numCols, 'Matrices', 'numCols')
  return new DenseMatrix(rows, cols, new Float64Array(rows * cols).fill(value))
}

function diag(vector: Vector): DenseMatrix {
  const n = vector.size
  const values = new Float64Array(n * n)
  vector.foreachActive((i, value) => {
    values[i * n + i] = value
  })
  return new DenseMatrix(n, n, values)
}

function spdiag(vector: Vector): SparseMatrix {
  const entries = Array.from(vector.nonZeroIterator(), ([i, value]): MatrixEntry => [i, i, value])
  return fromCOO(vector.size, vector.size, entries)
}

function speye(n: number): SparseMatrix {
  const size = toSize(n, 'Matrices', 'n')
  const starts = Int32Array.from({ length: size + 1 }, (_, j) => j)
  return new SparseMatrix(size, size, starts, starts.subarray(0, size), new Float64Array(size).fill(1))
}

function fromCOO(numRows: number, numCols: number, entries: Iterable<MatrixEntry>): SparseMatrix {
  const sorted = [...entries].sort((a, b) => a[1] - b[1] || a[0] - b[0])
  const starts = new Int32Array(toSize(numCols, 'Matrices', 'numCols') + 1)
  const rows: number[] = []
  const values: number[] = []
  for (let k = 0; k < sorted.length; ) {
    const [i, j] = sorted[k]
    if (!(i >= 0 && i < numRows && j >= 0 && j < numCols)) {
      throw new ParamError(`entry (${i}, ${j}) lies outside a ${numRows} x ${numCols} matrix`, {
        stage: 'Matrices.fromCOO',
        param: 'entries',
        allowed: `Rows 0 to ${numRows - 1}, columns 0 to ${numCols - 1}`,
      })
    }
    let sum = 0
    for (; k < sorted.length && sorted[k][0] === i && sorted[k][1] === j; k++) sum += sorted[k][2]
    if (sum === 0) continue
    rows.push(i)
    values.push(sum)
    starts[j + 1]++
  }
  for (let j = 0; j < numCols; j++) starts[j + 1] += starts[j]
  return new SparseMatrix(numRows, numCols, starts, rows, values)
}

function fromVectors(vectors: readonly Vector[]): Matrix {
  if (vectors.length === 0) {
    throw new ParamError('vectors is empty', {
      stage: 'Matrices.fromVectors',
      param: 'vectors',
      allowed: 'At least one vector',
    })
  }
  const numRows = vectors.length
  const numCols = vectors[0].size
  const other = vectors.findIndex((v) => v.size !== numCols)
  if (other >= 0) {
    throw new DataError(`vector ${other} has size ${vectors[other].size}`, {
      stage: 'Matrices.fromVectors',
      allowed: `All vectors have the size of the first, ${numCols}`,
    })
  }
  const nnz = vectors.reduce((sum, v) => sum + v.numNonzeros(), 0)
  if (denseBytes(numRows, numCols) < sparseBytes(nnz, numRows)) {
    const values = new Float64Array(numRows * numCols)
    for (let i = 0; i < numRows; i++) values.set(vectors[i].toArray(), i * numCols)
    return new DenseMatrix(numRows, numCols, values, true)
  }
  const starts = new Int32Array(numRows + 1)
  const columns = new Int32Array(nnz)
  const values = new Float64Array(nnz)
  for (let i = 0, at = 0; i < numRows; i++) {
    vectors[i].foreachNonZero((j, value) => {
      columns[at] = j
      values[at++] = value
    })
    starts[i + 1] = at
  }
  return new SparseMatrix(numRows, numCols, starts, columns, values, true)
}

function concatenate(matrices: readonly Matrix[], vertical: boolean): Matrix {
  if (matrices.length === 0) return new DenseMatrix(0, 0, [])
  if (matrices.length === 1) return matrices[0]
  const across = (m: Matrix): number => (vertical ? m.numCols : m.numRows)
  const along = (m: Matrix): number => (vertical ? m.numRows : m.numCols)
  const width = across(matrices[0])
  const total = matrices.reduce((sum, m) => sum + along(m), 0)
  const [numRows, numCols] = vertical ? [total, width] : [width, total]
  const entries: MatrixEntry[] = []
  const values = matrices.some((m) => m.colPtrs) ? null : new Float64Array(numRows * numCols)
  let offset = 0
  for (const [k, m] of matrices.entries()) {
    if (across(m) !== width) {
      const what = vertical ? 'columns' : 'rows'
      throw new DataError(`matrix ${k} has ${across(m)} ${what}`, {
        stage: vertical ? 'Matrices.vertcat' : 'Matrices.horzcat',
        allowed: `All matrices have as many ${what} as the first, ${width}`,
      })
    }
    m.foreachActive((i, j, value) => {
      const [row, col] = vertical ? [i + offset, j] : [i, j + offset]
      if (values) values[col * numRows + row] = value
      else if (value !== 0) entries.push([row, col, value])
    })
    offset += along(m)
  }
  return values ? new DenseMatrix(numRows, numCols, values) : fromCOO(numRows, numCols, entries)
}

function fromJSON(json: unknown): Matrix {
  const { type, numRows, numCols, colPtrs, rowIndices, values, isTransposed } = Object(json) as Record<string, unknown>
  const shaped = typeof numRows === 'number' && typeof numCols === 'number' && typeof isTransposed === 'boolean'
  if (shaped && type === 1) {
    return new DenseMatrix(numRows, numCols, doublesFromJson(values, 'Matrices.fromJSON'), isTransposed)
  }
  if (shaped && type === 0 && Array.isArray(colPtrs) && Array.isArray(rowIndices)) {
    const doubles = doublesFromJson(values, 'Matrices.fromJSON')
    return new SparseMatrix(numRows, numCols, colPtrs, rowIndices, doubles, isTransposed)
  }
  throw malformed(json, 'Matrices.fromJSON', 'a matrix, {"class":"matrix","type","numRows","numCols","values",…}')
}

/**
 * Makes matrices. Source: `org.apache.spark.ml.linalg.Matrices` and the companions of its two classes; the random ones
 * are left out.
 *
 * @example
 * ```ts
 * import { Matrices, Vectors } from 'ridgeline'
 * const a = Matrices.dense(2, 2, [1, 2, 3, 4]) // columns (1, 2) and (3, 4)
 * console.log(`${a.multiply(Vectors.dense(1, 1))}`) // [4.0,6.0]
 * console.log(a.multiply(Matrices.eye(2)).equals(a)) // true
 * ```
 */
export const Matrices = {
  /** A dense matrix of values that come column by column; a `Float64Array` is kept, not copied. */
  dense: (numRows: number, numCols: number, values: ArrayLike<number>): DenseMatrix =>
    new DenseMatrix(numRows, numCols, values),
  /** A sparse matrix in compressed columns; typed arrays are kept, not copied. */
  sparse: (
    numRows: number,
    numCols: number,
    colPtrs: ArrayLike<number>,
    rowIndices: ArrayLike<number>,
    values: ArrayLike<number>,
  ): SparseMatrix => new SparseMatrix(numRows, numCols, colPtrs, rowIndices, values),
  /** A dense matrix of zeros. */
  zeros: (numRows: number, numCols: number): DenseMatrix => filled(numRows, numCols, 0),
  /** A dense matrix of ones. */
  ones: (numRows: number, numCols: number): DenseMatrix => filled(numRows, numCols, 1),
  /** The dense identity matrix with `n` rows. */
  eye: (n: number): DenseMatrix => speye(n).toDense(),
  /** The sparse identity matrix with `n` rows. */
  speye,
  /** The dense square matrix with the vector on its diagonal. */
  diag,
  /** The sparse square matrix with the vector on its diagonal. */
  spdiag,
  /** A sparse matrix of entries in any order; entries of one cell are added, sums of 0 are not stored. */
  fromCOO,
  /** The matrix with the vectors as rows, stored by rows, dense or sparse, whichever takes less memory. */
  fromVectors,
  /** Matrices side by side. Sparse, without stored zeros, as soon as one is sparse; a single one comes back itself. */
  horzcat: (matrices: readonly Matrix[]): Matrix => concatenate(matrices, false),
  /** Matrices on top of each other; as `horzcat` otherwise. */
  vertcat: (matrices: readonly Matrix[]): Matrix => concatenate(matrices, true),
  /**
   * The matrix of a parsed JSON value as `toJSON` gives it.
   * @throws PersistenceError when it is not one.
   */
  fromJSON,
} as const
