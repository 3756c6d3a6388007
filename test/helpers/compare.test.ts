import { describe, expect, it } from 'vitest'
import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { columnDifferences, differences, plain } from './compare.js'

const near = { tolerance: 1e-9, scale: 0 }

describe('differences', () => {
  it('compares a number relative to its own size', () => {
    expect(differences('x', 1000.0000001, 1000, near)).toEqual([])
    expect(differences('x', 1e-12, 2e-12, near)).toHaveLength(1)
    expect(differences('x', 1e-300, 0, near)).toHaveLength(1)
  })

  it('compares elements relative to the largest of their array', () => {
    expect(differences('x', [1, 1e-10], [1, 0], near)).toEqual([])
    expect(differences('x', [1, 1e-8], [1, 0], near)).toEqual(['x[1]: 1e-8, expected 0, off by 1e-8'])
  })

  it('does not take a sentinel for a size', () => {
    expect(differences('x', [Number.MAX_VALUE, 2], [Number.MAX_VALUE, 1], near)).toHaveLength(1)
  })

  it('knows NaN and infinities by their recorded names', () => {
    expect(differences('x', [Number.NaN, Number.NEGATIVE_INFINITY], ['NaN', '-Infinity'], near)).toEqual([])
    expect(differences('x', [1, Number.POSITIVE_INFINITY], ['NaN', '-Infinity'], near)).toHaveLength(2)
  })

  it('finds missing and additional elements, fields and types', () => {
    expect(differences('x', [1], [1, 2], near)).toEqual(['x: 1 elements, expected 2'])
    expect(differences('x', { a: 1 }, { b: 1 }, near)).toEqual(['x.b: is missing', 'x.a: is not in the recording'])
    expect(differences('x', null, 1, near)).toHaveLength(1)
    expect(differences('x', '1', 1, near)).toHaveLength(1)
    expect(differences('x', undefined, [], near)).toHaveLength(1)
  })
})

describe('plain form', () => {
  it('is what the generator records', () => {
    expect(plain(Vectors.dense([1, Number.NaN]))).toEqual({ type: 1, values: [1, 'NaN'] })
    expect(plain(Vectors.sparse(3, [1], [2]))).toEqual({ type: 0, size: 3, indices: [1], values: [2] })
    expect(plain([1n, 2n ** 60n, new Map([[1, 'a']]), undefined])).toEqual([1, String(2n ** 60n), { 1: 'a' }, null])
    const matrix = { type: 1, numRows: 2, numCols: 2, values: [1, 2, 3, 4], isTransposed: false }
    expect(plain(Matrices.dense(2, 2, [1, 2, 3, 4]))).toEqual(matrix)
    expect(plain(Matrices.dense(2, 2, [1, 2, 3, 4]).toDenseRowMajor())).toEqual(matrix)
  })
})

describe('columns', () => {
  it('compares a number on the scale of its column', () => {
    expect(columnDifferences('c', [100, 1e-8], [100, 0], 1e-9)).toEqual([])
    expect(columnDifferences('c', [1, 1e-8], [1, 0], 1e-9)).toEqual(['row 1 c: 1e-8, expected 0, off by 1e-8'])
  })

  it('compares each slot of vectors on its own scale', () => {
    const column = (small: number) => [100, 200].map((large) => plain(Vectors.dense([large, small])))
    expect(columnDifferences('v', column(1 + 1e-8), column(1) as never, 1e-9)).toHaveLength(2)
    expect(columnDifferences('v', column(1 + 1e-10), column(1) as never, 1e-9)).toEqual([])
  })

  it('tells dense from sparse vectors, and sizes', () => {
    const dense = [plain(Vectors.dense([1, 2]))]
    expect(columnDifferences('v', [plain(Vectors.sparse(2, [0, 1], [1, 2]))], dense as never, 1)).not.toEqual([])
    expect(columnDifferences('v', [plain(Vectors.dense([1]))], dense as never, 1)).not.toEqual([])
  })
})
