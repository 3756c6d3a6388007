import { describe, expect, it } from 'vitest'
import { axpy, dot, gemv, scal, spmv, spr, syr } from '../../src/linalg/blas.js'
import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { blasData, matrixData, sumData } from './spark-data.js'

const data = blasData()

describe('BLAS of Spark 4.0.1', () => {
  // All inputs are small dyadic numbers, so results are exact in any order of summation.
  it.each(data.rankOne)('rank one updates by $v', ({ v, ...expected }) => {
    const x = Vectors.fromJSON(v)
    const n = x.size
    const u = Float64Array.from({ length: (n * (n + 1)) / 2 }, (_, k) => 0.5 * k)
    spr(0.5, x, u)
    expect(Array.from(u)).toEqual(expected.spr)

    const a = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0.25))
    syr(2, x, n, a)
    expect(Array.from(a)).toEqual(expected.syr)

    const y = new Float64Array(n).fill(1)
    spmv(
      0.5,
      u,
      Float64Array.from({ length: n }, (_, k) => k - 1),
      2,
      y,
    )
    expect(Array.from(y)).toEqual(expected.spmv)
  })

  const matrices = matrixData().matrices
  it.each(data.gemv)('gemv of matrix $matrix and $x', ({ matrix, x, y }) => {
    const m = Matrices.fromJSON(matrices[matrix].matrix)
    const actual = new Float64Array(m.numRows).fill(1)
    gemv(0.5, m, Vectors.fromJSON(x), -2, actual)
    expect(Array.from(actual)).toEqual(y)
  })
})

describe('sums of solvers', () => {
  // 13 and 18 numbers fill registers of eight and leave a rest; spmv of 18 also has single columns behind fused ones.
  it.each(sumData())('are those of the Java BLAS to the bit, case %#', ({ x, y, a, ...expected }) => {
    expect(dot(Float64Array.from(x), Float64Array.from(y))).toBe(expected.dot)
    const product = new Float64Array(x.length)
    spmv(1, Float64Array.from(a), Float64Array.from(x), 0, product)
    expect(Array.from(product)).toEqual(expected.spmv)
  })
})

describe('plain arrays', () => {
  it('are operands beside vectors', () => {
    const y = Float64Array.of(1, 2, 3)
    axpy(2, Vectors.sparse(3, [2], [5]), y)
    axpy(-1, Float64Array.of(1, 1, 1), y)
    expect(Array.from(y)).toEqual([0, 1, 12])
    scal(0.5, y)
    expect(dot(y, Vectors.sparse(3, [1, 2], [2, 1]))).toBe(7)
  })

  it('gemv with beta 0 does not read its output', () => {
    const y = Float64Array.of(Number.NaN, Number.NaN)
    gemv(1, Matrices.eye(2), Float64Array.of(3, 4), 0, y)
    expect(Array.from(y)).toEqual([3, 4])
  })
})
