import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, ParamError } from '../../src/errors.js'
import { binOf } from '../../src/tree/bins.js'
import { numSplits } from '../../src/tree/candidates.js'
import { type ExactData, treeData } from '../../src/tree/tree-data.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { type VectorRow, vectorColumn } from '../helpers/instances.js'
import { strategy } from './growing.js'

interface Given {
  readonly weights?: readonly number[]
  readonly maxBins?: number
  readonly numClasses?: number
  readonly arity?: readonly number[]
}

/** Candidates and bins of rows in one partition. */
async function dataOf(rows: readonly VectorRow[], { weights, arity, ...given }: Given = {}): Promise<ExactData> {
  const data = await treeData(
    [
      {
        length: rows.length,
        partition: 0,
        features: vectorColumn(rows),
        labels: new Float64Array(rows.length),
        weights: weights ? Float64Array.from(weights) : null,
      },
    ],
    Int32Array.from(arity ?? new Array(vectorColumn(rows).size).fill(0)),
    strategy(given),
    new TurnTaker(),
    { exactRows: Number.POSITIVE_INFINITY },
  )
  if (data.kind !== 'exact') throw new Error('rows are packed')
  return data
}
const column = (...values: readonly number[]): number[][] => values.map((value) => [value])
const thresholdsOf = async (rows: readonly VectorRow[], given?: Given): Promise<number[]> =>
  Array.from((await dataOf(rows, given)).candidates.thresholds[0])

describe('borders of a continuous feature', () => {
  it('lie half-way between neighbouring values where there are few', async () => {
    expect(await thresholdsOf(column(4, 1, 2, 1, -3))).toEqual([-1, 1.5, 3])
    expect(await thresholdsOf(column(4, 0, 2, 0, -3))).toEqual([-1.5, 1, 3])
    expect(await thresholdsOf(column(0, -0, 0))).toEqual([])
    expect(await thresholdsOf(column(5, 5))).toEqual([])
  })

  it('cut off about equal parts where there are more values than bins', async () => {
    const values = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1)
    expect(await thresholdsOf(column(...values), { maxBins: 4 })).toEqual([25.5, 50.5, 75.5])
  })

  it('weigh values', async () => {
    const values = [1, 2, 3, 4]
    expect(await thresholdsOf(column(...values), { maxBins: 2, weights: [1, 1, 1, 1] })).toEqual([2.5])
    expect(await thresholdsOf(column(...values), { maxBins: 2, weights: [1, 1, 1, 3] })).toEqual([3.5])
    expect(await thresholdsOf(column(...values), { maxBins: 2, weights: [5, 1, 1, 1] })).toEqual([1.5])
  })

  it('are the same for sparse and dense rows, and for twice the rows', async () => {
    const value = fc.constantFrom(0, 0, 1, 2, -1, 0.5)
    const rows = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 2, max: 6 }), async (dense, maxBins) => {
        const sparse = dense.map((row) => ({
          size: 2,
          indices: [0, 1].filter((f) => row[f] !== 0),
          values: row.filter((x) => x !== 0),
        }))
        const expected = await dataOf(dense, { maxBins })
        const actual = await dataOf(sparse, { maxBins })
        expect(actual.candidates).toEqual(expected.candidates)
        expect(actual.bins).toEqual(expected.bins)
        if (dense.length < maxBins) return
        const twice = await dataOf([...dense, ...dense], { maxBins })
        expect(twice.candidates).toEqual(expected.candidates)
        const weighted = await dataOf(dense, { maxBins, weights: dense.map(() => 2) })
        expect(weighted.candidates).toEqual(expected.candidates)
      }),
    )
  })

  it('come from a sample of 10,000 rows where there are more', async () => {
    const values = Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 30_011)
    const found = await thresholdsOf(column(...values), { maxBins: 10 })
    expect(found).toHaveLength(9)
    found.forEach((threshold, i) => {
      expect(Math.abs(threshold - 3000 * (i + 1))).toBeLessThan(600)
    })
    expect(found).not.toEqual(
      await thresholdsOf(column(...values), { maxBins: 10, weights: values.map((_, i) => i % 2) }),
    )
  })
})

describe('bins', () => {
  it('hold what is at most their border', () => {
    const thresholds = Float64Array.of(-1, 0.5, 7)
    expect([-2, -1, 0, 0.5, 0.6, 7, 8].map((value) => binOf(value, thresholds))).toEqual([0, 0, 1, 1, 2, 2, 3])
    expect(binOf(3, new Float64Array(0))).toBe(0)
  })

  it('of a feature without borders, and of zeros that sparse rows leave out', async () => {
    const { bins } = await dataOf([
      { size: 2, indices: [0], values: [-4] },
      { size: 2, indices: [], values: [] },
      { size: 2, indices: [0], values: [2] },
    ])
    expect(Array.from(bins)).toEqual([0, 0, 1, 0, 2, 0])
  })

  it('take wider arrays where they are many', async () => {
    const rows = column(...Array.from({ length: 300 }, (_, i) => i))
    const { bins } = await dataOf(rows, { maxBins: 300 })
    expect(bins).toBeInstanceOf(Uint16Array)
    expect(Array.from(bins)).toEqual(rows.map(([value]) => value))
  })
})

describe('categorical features', () => {
  const rows = column(0, 1, 2, 1, 0, 2, 1, 0, 2, 2)

  it('have a bin for each category', async () => {
    const { candidates, bins } = await dataOf(rows, { arity: [4], maxBins: 8 })
    expect(candidates.numBins[0]).toBe(4)
    expect(numSplits(candidates, 0)).toBe(3)
    expect(Array.from(bins)).toEqual(rows.map(([category]) => category))
  })

  it('are divided in every way where there are few, and more than two classes', async () => {
    const few = await dataOf(rows, { arity: [3], maxBins: 8, numClasses: 3 })
    expect([few.candidates.unordered[0], few.candidates.numBins[0], numSplits(few.candidates, 0)]).toEqual([1, 3, 3])
    const many = await dataOf(rows, { arity: [4], maxBins: 8, numClasses: 3 })
    expect([many.candidates.unordered[0], numSplits(many.candidates, 0)]).toEqual([0, 3])
    const two = await dataOf(rows, { arity: [3], maxBins: 8, numClasses: 2 })
    expect(two.candidates.unordered[0]).toBe(0)
  })

  it('must fit in the bins: by the parameter, and by the number of rows', async () => {
    const refused = async (given: Given): Promise<ParamError> => {
      const error = await dataOf(rows, given).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(ParamError)
      return error as ParamError
    }
    const few = await refused({ arity: [9], maxBins: 8 })
    expect(few.message).toContain('feature 0 has 9 categories')
    expect(few.details).toMatchObject({ param: 'maxBins', column: 'features', received: '8' })
    expect((await refused({ arity: [11], maxBins: 32 })).message).toContain('only 10 bins')
  })

  it.each([3, -1, 0.5])('hold no %s', async (value) => {
    const error = (await dataOf([...rows, [value]], { arity: [3] }).catch((e: unknown) => e)) as DataError
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toContain(`category ${value} of feature 0`)
    expect(error.details).toMatchObject({ row: 10, column: 'features' })
  })
})

it('vectors without elements are refused', async () => {
  await expect(dataOf([[], []])).rejects.toThrow(DataError)
})
