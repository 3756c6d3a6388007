import { readFileSync } from 'node:fs'
import type { JsonDouble } from '../../src/linalg/json-doubles.js'
import type { MatrixJson } from '../../src/linalg/matrix.js'
import type { VectorJson } from '../../src/linalg/vector.js'

// Everything in ./data was computed by the JVM classes of Spark 4.0.1. NaN and infinities are text there.

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`./data/${name}.json`, import.meta.url), 'utf8'))

interface VectorCase {
  vector: VectorJson
  text: string
  hashCode: number
  argmax: number
  numActives: number
  numNonzeros: number
  norms: Record<string, JsonDouble>
  compressed: string
  toSparse: string
  toDense: string
  json: string
}
interface VectorData {
  vectors: VectorCase[]
  pairs: { a: number; b: number; dot: JsonDouble; sqdist: JsonDouble; equals: boolean }[]
  compressedRule: { size: number; nnz: number; sparse: boolean }[]
}
export const vectorData = (): VectorData => read('vectors')

interface MatrixCase extends Record<string, unknown> {
  matrix: MatrixJson
  text: string
  texts: { maxLines: number; maxLineWidth: number; text: string }[]
  numNonzeros: number
  compressed: MatrixJson
  // Left out for the big matrices.
  toArray?: JsonDouble[]
  numActives?: number
  cols?: VectorJson[]
  rows?: VectorJson[]
  multiply?: { by: VectorJson | MatrixJson; product: VectorJson | MatrixJson }[]
  json?: string
}
interface MatrixData {
  matrices: MatrixCase[]
  equals: { a: number; b: number; equals: boolean }[]
  concatenations: { op: 'horzcat' | 'vertcat'; of: number[]; result: MatrixJson }[]
  factories: Record<'eye' | 'speye' | 'zeros' | 'ones' | 'diag' | 'spdiagDense' | 'spdiagSparse', MatrixJson> & {
    fromCOO: { entries: [number, number, number][]; result: MatrixJson }
    fromVectors: { vectors: VectorJson[]; result: MatrixJson }[]
  }
}
export const matrixData = (): MatrixData => read('matrices')

interface BlasData {
  rankOne: { v: VectorJson; spr: number[]; syr: number[]; spmv: number[] }[]
  gemv: { matrix: number; x: VectorJson; y: number[] }[]
  cholesky: { packed: number[]; b: number[]; factor: number[]; solution: number[]; inverse: number[] }[]
  choleskyErrors: { packed: JsonDouble[]; error?: string }[]
}
export const blasData = (): BlasData => read('blas')

/** Sums of the Java BLAS with vector registers of eight doubles; `a` is a packed upper triangle. */
interface SumCase {
  x: number[]
  y: number[]
  a: number[]
  dot: number
  spmv: number[]
}
export const sumData = (): SumCase[] => read('sums')
