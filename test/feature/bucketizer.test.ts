import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bucketizer } from '../../src/feature/bucketizer.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf } from '../../src/sql/types.js'

const columns = { inputCol: 'x', outputCol: 'b', splits: [0, 1, 2] } as const
const frame = (...values: (number | null)[]) => createDataFrame({ x: values }, 'x DOUBLE')

describe('Bucketizer', () => {
  it.each([[[0, 1]], [[0, 1, 1]], [[0, 2, 1]], [[0, Number.NaN, 1]], [[Number.NaN, 0, 1]], ['x']])(
    'refuses the splits %j',
    (splits) => {
      expect(() => new Bucketizer({ splits: splits as number[] })).toThrow('at least 3 strictly increasing numbers')
      expect(() => new Bucketizer({ splitsArray: [splits as number[]] })).toThrow(
        'at least 3 strictly increasing numbers',
      )
    },
  )

  it('wants splits for each column', () => {
    expect(() => new Bucketizer({ inputCol: 'x', outputCol: 'b' }).transform(frame(1))).toThrow(
      'parameter "splits" is not set',
    )
    const two = new Bucketizer({ inputCols: ['x', 'x'], outputCols: ['b', 'c'], splitsArray: [[0, 1, 2]] })
    expect(() => two.transform(frame(1))).toThrow('"inputCols" has 2 elements and "splitsArray" has 1')
  })

  it('fails on NaN and outside the splits, and says where', async () => {
    const bucketizer = new Bucketizer(columns)
    await expect(bucketizer.transform(frame(1, Number.NaN)).collect()).rejects.toMatchObject({
      details: { row: 1, column: 'x', received: 'NaN', hint: 'Set handleInvalid to "keep" or "skip".' },
    })
    for (const handleInvalid of ['error', 'keep', 'skip'] as const) {
      await expect(new Bucketizer({ ...columns, handleInvalid }).transform(frame(1, 2.5)).collect()).rejects.toThrow(
        'column "x" holds 2.5, which is outside the splits (row 1). Allowed: 0.0 to 2.0.',
      )
    }
  })

  it('finds the bucket that a search from the left finds', async () => {
    const numbers = fc.uniqueArray(fc.double({ noNaN: true }), { minLength: 3, comparator: (a, b) => a === b })
    await fc.assert(
      fc.asyncProperty(numbers, fc.array(fc.double({ noNaN: true }), { minLength: 1 }), async (list, values) => {
        // Equal zeros of different sign are Java's business, tested against Spark.
        const inner = list.map((x) => x + 0).sort((a, b) => a - b)
        const splits = [...new Set([Number.NEGATIVE_INFINITY, ...inner, Number.POSITIVE_INFINITY])]
        const data = values.map((x) => x + 0)
        const rows = await new Bucketizer({ ...columns, splits }).transform(frame(...data)).collect()
        const expected = data.map((x) =>
          Math.max(
            0,
            Math.min(
              splits.length - 2,
              splits.findLastIndex((split) => split <= x),
            ),
          ),
        )
        expect(rows.map((row) => row.b)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('names the buckets in the metadata', () => {
    const { schema } = new Bucketizer(columns).transform(frame(1))
    expect(fieldOf(schema, 'b').metadata).toEqual({
      ml_attr: { ord: true, vals: ['0.0, 1.0', '1.0, 2.0'], type: 'nominal' },
    })
  })

  it('takes every numeric type and nothing else', async () => {
    for (const type of ['INT', 'BIGINT', 'FLOAT', 'DECIMAL(4,1)', 'TINYINT']) {
      const rows = await new Bucketizer(columns).transform(createDataFrame({ x: [2, 0, null] }, `x ${type}`)).collect()
      expect(rows.map((row) => row.b)).toEqual([1, 0, null])
    }
    expect(() => new Bucketizer(columns).transform(createDataFrame([{ x: true }]))).toThrow('has type boolean')
  })

  it('has the text of Spark', () => {
    const bucketizer = new Bucketizer({ inputCols: ['x'], outputCols: ['b'], splitsArray: [[0, 1, 2]] })
    expect(String(bucketizer)).toBe(`Bucketizer: uid=${bucketizer.uid}, numInputCols=1, numOutputCols=1`)
  })
})
