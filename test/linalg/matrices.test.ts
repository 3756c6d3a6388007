import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, ParamError, PersistenceError } from '../../src/errors.js'
import { Matrices } from '../../src/linalg/matrices.js'
import { DenseMatrix, type Matrix, SparseMatrix } from '../../src/linalg/matrix.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { matrixData } from './spark-data.js'

const data = matrixData()
const matrices = data.matrices.map((c) => Matrices.fromJSON(c.matrix))
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const CONVERSIONS = [
  'transpose',
  'toDense',
  'toDenseRowMajor',
  'toDenseColMajor',
  'toSparse',
  'toSparseRowMajor',
  'toSparseColMajor',
  'compressed',
  'compressedColMajor',
  'compressedRowMajor',
] as const

describe('matrices of Spark 4.0.1', () => {
  describe.each(data.matrices.map((expected, i) => ({ i, expected })))('$i', ({ i, expected }) => {
    const m = matrices[i]

    it('texts', () => {
      expect(m.toString()).toBe(expected.text)
      for (const { maxLines, maxLineWidth, text } of expected.texts) {
        expect(m.toString(maxLines, maxLineWidth), `${maxLines} x ${maxLineWidth}`).toBe(text)
      }
    })

    it('conversions', () => {
      for (const method of CONVERSIONS) {
        if (expected[method]) expect(json(m[method]()), method).toEqual(json(expected[method]))
      }
      if (expected.json) expect(m.toJSON()).toEqual(JSON.parse(expected.json))
    })

    it('entries', () => {
      expect(m.numNonzeros()).toBe(expected.numNonzeros)
      if (expected.numActives !== undefined) expect(m.numActives()).toBe(expected.numActives)
      if (expected.toArray) expect(Array.from(m.toArray())).toEqual(expected.toArray.map(Number))
      if (expected.cols) expect(json([...m.colIter()])).toEqual(json(expected.cols))
      if (expected.rows) expect(json([...m.rowIter()])).toEqual(json(expected.rows))
    })

    it('products', () => {
      for (const { by, product } of expected.multiply ?? []) {
        // Exact: the factors are small dyadic numbers, so every order of summation gives the same doubles.
        const actual =
          'class' in by ? m.multiply(Matrices.fromJSON(by)).toArray() : m.multiply(Vectors.fromJSON(by)).toArray()
        expect(Array.from(actual)).toEqual(Array.from(product.values, Number))
      }
    })
  })

  it('equality', () => {
    for (const { a, b, equals } of data.equals) expect(matrices[a].equals(matrices[b]), `${a} = ${b}`).toBe(equals)
  })

  it.each(data.concatenations)('$op of $of', ({ op, of, result }) => {
    expect(json(Matrices[op](of.map((k) => matrices[k])))).toEqual(json(result))
  })

  it('factories', () => {
    const f = data.factories
    expect(json(Matrices.eye(2))).toEqual(f.eye)
    expect(json(Matrices.speye(3))).toEqual(f.speye)
    expect(json(Matrices.zeros(2, 3))).toEqual(f.zeros)
    expect(json(Matrices.ones(2, 1))).toEqual(f.ones)
    expect(json(Matrices.diag(Vectors.sparse(3, [0, 2], [1, 2])))).toEqual(f.diag)
    expect(json(Matrices.spdiag(Vectors.dense(1, 0, 2)))).toEqual(f.spdiagDense)
    expect(json(Matrices.spdiag(Vectors.sparse(3, [0, 2], [1, 0])))).toEqual(f.spdiagSparse)
    expect(json(Matrices.fromCOO(3, 4, f.fromCOO.entries))).toEqual(f.fromCOO.result)
    for (const { vectors, result } of f.fromVectors) {
      expect(json(Matrices.fromVectors(vectors.map(Vectors.fromJSON)))).toEqual(result)
    }
  })
})

describe('errors', () => {
  const csc = Matrices.sparse(2, 2, [0, 1, 1], [0], [1])
  it.each<[string, () => unknown]>([
    ['too few values', () => Matrices.dense(2, 2, [1])],
    ['a negative size', () => Matrices.zeros(-1, 2)],
    ['colPtrs too short', () => Matrices.sparse(2, 2, [0, 1], [0], [1])],
    ['colPtrs that fall', () => Matrices.sparse(2, 2, [0, 2, 1], [0], [1])],
    ['colPtrs that do not start at 0', () => Matrices.sparse(2, 2, [1, 1, 1], [0], [1])],
    ['a row twice', () => Matrices.sparse(2, 1, [0, 2], [1, 1], [1, 2])],
    ['a row too large', () => Matrices.sparse(2, 1, [0, 1], [2], [1])],
    ['an index without a value', () => Matrices.sparse(2, 1, [0, 1], [0], [])],
    ['a cell out of range', () => csc.get(2, 0)],
    ['a cell that is not stored', () => csc.update(1, 1, 5)],
    ['an entry outside', () => Matrices.fromCOO(2, 2, [[2, 0, 1]])],
    ['no vectors', () => Matrices.fromVectors([])],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(ParamError)
  })

  it('refuses sizes that do not fit', () => {
    expect(() => csc.multiply(Vectors.zeros(3))).toThrow(DataError)
    expect(() => csc.multiply(Matrices.eye(3))).toThrow(DataError)
    expect(() => Matrices.horzcat([csc, Matrices.eye(3)])).toThrow(DataError)
    expect(() => Matrices.vertcat([csc, Matrices.eye(3)])).toThrow(DataError)
    expect(() => Matrices.fromVectors([Vectors.zeros(1), Vectors.zeros(2)])).toThrow(DataError)
  })

  it.each([null, {}, { type: 1, numRows: 1, numCols: 1 }, { type: 1, numRows: 1, numCols: 1, isTransposed: false }])(
    'refuses the JSON %j',
    (value) => {
      expect(() => Matrices.fromJSON(value)).toThrow(PersistenceError)
    },
  )
})

it('map, update and copy leave the matrix alone and keep its layout', () => {
  for (const m of [
    new DenseMatrix(2, 2, [1, 2, 3, 4], true),
    new SparseMatrix(2, 2, [0, 1, 2], [1, 0], [2, 3], true),
  ]) {
    const before = Array.from(m.values)
    expect(m.map((x) => -x).get(0, 1)).toBe(-2)
    expect(m.update(0, 1, 9).get(0, 1)).toBe(9)
    expect(m.update(0, 1, 9).get(1, 0)).toBe(3)
    expect(m.copy()).toEqual(m)
    expect(m.copy().values).not.toBe(m.values)
    expect(Array.from(m.values)).toEqual(before)
  }
})

/** A matrix of small whole numbers in any of its four forms; products of such are exact. */
const matrixOf = (rows: number, cols: number): fc.Arbitrary<Matrix> =>
  fc
    .tuple(
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: rows * cols, maxLength: rows * cols }),
      fc.constantFrom('toDense', 'toDenseRowMajor', 'toSparse', 'toSparseRowMajor'),
    )
    .map(([values, form]) => new DenseMatrix(rows, cols, values)[form]())
const size = fc.integer({ min: 0, max: 4 })

describe('properties', () => {
  it('the product of any forms is the sum of the definition', () => {
    const triple = fc.tuple(size, size, size).chain(([m, k, n]) => fc.tuple(matrixOf(m, k), matrixOf(k, n)))
    fc.assert(
      fc.property(triple, ([a, b]) => {
        const c = a.multiply(b)
        for (let i = 0; i < a.numRows; i++) {
          for (let j = 0; j < b.numCols; j++) {
            let sum = 0
            for (let k = 0; k < a.numCols; k++) sum += a.get(i, k) * b.get(k, j)
            expect(c.get(i, j) === sum).toBe(true)
          }
        }
        expect(c.transpose().equals(b.transpose().multiply(a.transpose()))).toBe(true)
      }),
    )
  })

  it('a matrix times a sparse vector is the same as times the dense one', () => {
    const both = fc.tuple(size, size).chain(([m, n]) => fc.tuple(matrixOf(m, n), matrixOf(n, 1)))
    fc.assert(
      fc.property(both, ([a, column]) => {
        const x = Vectors.dense(column.toArray())
        expect(a.multiply(x.toSparse()).toSparse()).toEqual(a.multiply(x).toSparse())
      }),
    )
  })

  it('layouts, transposes and JSON keep the entries', () => {
    const matrix = fc.tuple(size, size).chain(([m, n]) => matrixOf(m, n))
    fc.assert(
      fc.property(matrix, (m) => {
        const copies = [
          m.transpose().transpose(),
          m.compressed(),
          m.toSparseRowMajor(),
          m.toDenseRowMajor(),
          m.copy(),
          Matrices.fromJSON(json(m)),
        ]
        for (const other of copies) expect(other.equals(m)).toBe(true)
        if (m.numRows > 0) expect(Matrices.fromVectors([...m.rowIter()] as Vector[]).equals(m)).toBe(true)
        if (m.numCols > 1) {
          const columns = [...m.colIter()].map((v) => new DenseMatrix(v.size, 1, v.toArray()))
          expect(Matrices.horzcat(columns).equals(m)).toBe(true)
        }
      }),
    )
  })
})
