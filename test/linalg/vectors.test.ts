import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, ParamError, ParseError, PersistenceError } from '../../src/errors.js'
import { DenseVector, SparseVector, type Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { vectorData } from './spark-data.js'

const data = vectorData()
const vectors = data.vectors.map((c) => Vectors.fromJSON(c.vector))
const texts = data.vectors.map((c) => c.text)

// Sums may be grouped differently in Spark's BLAS: at most 200 terms here, each rounded to 2^-53 of its size.
const SUM = 1e-13
function expectClose(actual: number, expected: number | string, relative = SUM): void {
  const value = Number(expected)
  if (Number.isFinite(value))
    expect(Math.abs(actual - value)).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(value)))
  else expect(actual).toBe(value)
}

describe('vectors of Spark 4.0.1', () => {
  it.each(data.vectors.map((c, i) => ({ ...c, i })))('$text', (expected) => {
    const v = vectors[expected.i]
    expect(v.toString()).toBe(expected.text)
    expect(v.hashCode()).toBe(expected.hashCode)
    expect(v.argmax()).toBe(expected.argmax)
    expect(v.numActives()).toBe(expected.numActives)
    expect(v.numNonzeros()).toBe(expected.numNonzeros)
    expect(v.compressed().toString()).toBe(expected.compressed)
    expect(v.toSparse().toString()).toBe(expected.toSparse)
    expect(v.toDense().toString()).toBe(expected.toDense)
    expect(v.toJSON()).toEqual(JSON.parse(expected.json))
    expect(Object.keys(v.toJSON())).toEqual(Object.keys(JSON.parse(expected.json)))
    // pow of Java and of JavaScript differ in the last bit.
    for (const [p, norm] of Object.entries(expected.norms)) {
      expectClose(Vectors.norm(v, p === 'inf' ? Number.POSITIVE_INFINITY : Number(p)), norm)
    }
  })

  it.each(data.pairs.map((p) => ({ ...p, left: texts[p.a], right: texts[p.b] })))('$left with $right', (expected) => {
    const [a, b] = [vectors[expected.a], vectors[expected.b]]
    expect(a.equals(b)).toBe(expected.equals)
    // Products and squares of 1e300 overflow alike; the pairs are otherwise of moderate size.
    expectClose(a.dot(b), expected.dot)
    expectClose(Vectors.sqdist(a, b), expected.sqdist)
  })

  it('is compressed to sparse at the same sizes', () => {
    for (const { size, nnz, sparse } of data.compressedRule) {
      const v = new DenseVector(Array.from({ length: size }, (_, i) => (i < nnz ? 1 : 0)))
      expect(v.compressed() instanceof SparseVector, `${nnz} of ${size}`).toBe(sparse)
    }
  })
})

describe('construction', () => {
  it('takes numbers, arrays, and pairs in any order', () => {
    expect(Vectors.dense(1, 2)).toEqual(Vectors.dense([1, 2]))
    expect(Vectors.dense().size).toBe(0)
    expect(Vectors.zeros(2).toString()).toBe('[0.0,0.0]')
    const pairs: [number, number][] = [
      [3, 2],
      [0, 1],
    ]
    expect(Vectors.sparse(4, pairs)).toEqual(Vectors.sparse(4, [0, 3], [1, 2]))
  })

  it('keeps typed arrays and copies on copy()', () => {
    const values = Float64Array.of(1, 2)
    expect(new DenseVector(values).values).toBe(values)
    expect(new DenseVector(values).copy().values).not.toBe(values)
  })

  it.each<[string, () => unknown]>([
    ['an index twice', () => Vectors.sparse(4, [1, 1], [1, 2])],
    ['a falling index', () => Vectors.sparse(4, [2, 1], [1, 2])],
    ['an index too large', () => Vectors.sparse(4, [4], [1])],
    ['a negative index', () => Vectors.sparse(4, [-1], [1])],
    ['half an index', () => Vectors.sparse(4, [0.5], [1])],
    ['a value too many', () => Vectors.sparse(4, [0], [1, 2])],
    ['a negative size', () => Vectors.sparse(-1, [], [])],
    ['null', () => Vectors.dense([1, null as unknown as number])],
    ['null for an array', () => Vectors.dense(null as unknown as number[])],
    ['undefined', () => Vectors.dense(undefined as unknown as number)],
    ['text', () => Vectors.dense(['1'] as unknown as number[])],
    ['get out of range', () => Vectors.dense(1).get(1)],
    ['get of a fraction', () => Vectors.sparse(2, [], []).get(0.5)],
    ['p below 1', () => Vectors.norm(Vectors.dense(1), 0.5)],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(ParamError)
  })

  it('says what is wrong', () => {
    expect(() => Vectors.sparse(4, [2, 1], [1, 2])).toThrowErrorMatchingInlineSnapshot(
      `[ParamError: SparseVector: index 1 follows 2, which is not smaller. Strictly increasing whole numbers from 0 to 3.]`,
    )
    expect(() => Vectors.dense(1).dot(Vectors.dense(1, 2))).toThrowErrorMatchingInlineSnapshot(
      `[DataError: Vector.dot: vectors have sizes 1 and 2. Both vectors have the same size.]`,
    )
    expect(() => Vectors.sqdist(Vectors.dense(1), Vectors.dense(1, 2))).toThrow(DataError)
  })

  it.each(['', '1,2', '[1,,2]', '[a]', '(3,[0],[1.0]', '(3,[0])'])('does not parse %j', (text) => {
    expect(() => Vectors.parse(text)).toThrow(ParseError)
  })

  it.each([null, 1, {}, { type: 2 }, { type: 1 }, { type: 1, values: [null] }, { type: 0, size: 1, values: [] }])(
    'refuses the JSON %j',
    (json) => {
      expect(() => Vectors.fromJSON(json)).toThrow(PersistenceError)
    },
  )
})

const entries = fc.array(fc.oneof(fc.constant(0), fc.double({ min: -1e6, max: 1e6, noNaN: true })), { maxLength: 12 })
/** Two vectors of one size. */
const pair = entries.chain((a) => {
  const b = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 })), {
    minLength: a.length,
    maxLength: a.length,
  })
  return b.map((values): [Vector, Vector] => [Vectors.dense(a), Vectors.dense(values)])
})

describe('properties', () => {
  it('dot and sqdist are symmetric and the same for dense and sparse', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const forms: [Vector, Vector][] = [
          [a, b],
          [b, a],
          [a.toSparse(), b],
          [a, b.toSparse()],
          [a.toSparse(), b.toSparse()],
        ]
        // Exact: leaving out products with 0 does not change a sum, and all forms add in order of index.
        for (const [x, y] of forms) {
          expect(x.dot(y) === a.dot(b)).toBe(true)
          expect(Vectors.sqdist(x, y)).toBe(Vectors.sqdist(a, b))
        }
      }),
    )
  })

  it('dense and sparse forms are equal, hash alike and have the same largest entry', () => {
    fc.assert(
      fc.property(entries, (values) => {
        const v = Vectors.dense(values)
        const sparse = v.toSparse()
        expect(sparse.equals(v) && v.equals(sparse)).toBe(true)
        expect(sparse.hashCode()).toBe(v.hashCode())
        expect(sparse.argmax()).toBe(v.argmax())
        expect(Array.from(values, (_, i) => sparse.get(i) + 0)).toEqual(values.map((x) => x + 0))
        expect([...v.nonZeroIterator()]).toEqual([...sparse.activeIterator()])
      }),
    )
  })

  it('JSON and text round trips', () => {
    const any = fc.array(fc.double(), { maxLength: 8 })
    fc.assert(
      fc.property(any, (values) => {
        for (const v of [Vectors.dense(values), Vectors.dense(values).toSparse()]) {
          const read = Vectors.fromJSON(JSON.parse(JSON.stringify(v)))
          // JSON.stringify writes -0 as 0.
          expect(read.toArray()).toEqual(v.toArray().map((x) => x + 0))
          expect(Vectors.parse(v.toString())).toEqual(v)
        }
      }),
    )
  })
})
