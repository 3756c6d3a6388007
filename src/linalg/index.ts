export { Matrices, type MatrixEntry } from './matrices.js'
export { DenseMatrix, Matrix, type MatrixJson, SparseMatrix } from './matrix.js'
export { DenseVector, SparseVector, Vector, type VectorJson } from './vector.js'
export { Vectors } from './vectors.js'
