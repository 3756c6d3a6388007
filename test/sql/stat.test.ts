import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { col } from '../../src/sql/expression/functions.js'
import { createDataFrame, Session } from '../../src/sql/session.js'
import { QuantileSummaries } from '../../src/util/quantile-summaries.js'

// Values and schemas: frames/recorded.test.ts and the golden corpus compare them with Spark's.
const df = createDataFrame([
  { s: 'a', x: 1, d: new Date(0) },
  { s: 'b', x: 2, d: new Date(0) },
])

describe('quantiles', () => {
  test('are within the error in rank, whatever the parts', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(
        numbers,
        numbers,
        fc.constantFrom(0, 0.01, 0.1, 0.3),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b, error, p) => {
          const parts = [a, b].map((part) => {
            const summaries = new QuantileSummaries(error)
            for (const x of part) summaries.insert(x)
            return summaries
          })
          const [answer] = parts[0].merge(parts[1]).query([p])!
          const all = [...a, ...b]
          const below = all.filter((x) => x < answer).length
          const upTo = all.filter((x) => x <= answer).length
          // Each merge may add the error of its parts.
          const slack = Math.ceil(2 * error * all.length) + 1
          expect(below).toBeLessThanOrEqual(p * all.length + slack)
          expect(upTo).toBeGreaterThanOrEqual(p * all.length - slack)
        },
      ),
    )
  })

  test('of more numbers than are sorted in at a time', () => {
    const summaries = new QuantileSummaries(0.001)
    for (let i = 0; i < 200_000; i++) summaries.insert((i * 7919) % 200_000)
    const [low, middle] = summaries.query([0.1, 0.5])!
    expect(Math.abs(low - 20_000)).toBeLessThanOrEqual(200)
    expect(Math.abs(middle - 100_000)).toBeLessThanOrEqual(200)
  })
})

describe('what cannot be counted is refused', () => {
  test('columns and shares', async () => {
    await expect(df.stat.approxQuantile(['x', 'y'], [0.5], 0)).rejects.toThrow(SchemaError)
    await expect(df.approxQuantile('x', [0.5], Number.NaN)).rejects.toThrow(ParamError)
    await expect(df.stat.freqItems(['x'], 0)).rejects.toThrow(ParamError)
    await expect(df.stat.crosstab('x', 'nosuch')).rejects.toThrow(SchemaError)
    expect(() => df.stat.sampleBy('nosuch', { a: 1 }, 1)).toThrow(SchemaError)
    expect(() => df.cube(...Array.from({ length: 17 }, () => col('x')))).toThrow(ParamError)
    expect(() => df.groupingSets([['s']], 'x')).toThrow(SchemaError)
  })

  test('more values than can be columns', async () => {
    const many = new Session().range(10_001).withColumn('k', col('id').mod(2))
    await expect(many.stat.crosstab('k', 'id')).rejects.toThrow(DataError)
    await expect(many.groupBy('k').pivot('id')).rejects.toThrow(DataError)
  })
})

test('samples by value do not depend on what is read of them', async () => {
  const rows = createDataFrame({
    id: Int32Array.from({ length: 100 }, (_, i) => i),
    k: Int32Array.from({ length: 100 }, (_, i) => i % 3),
  })
  const sample = rows.stat.sampleBy(
    'k',
    new Map([
      [0, 0.5],
      [1, 1],
    ]),
    5,
  )
  expect(await sample.select('id').collect()).toEqual((await sample.collect()).map(({ id }) => ({ id })))
  expect(await sample.count()).toBe((await sample.collect()).length)
  expect(await sample.filter('k = 1').count()).toBe(33)
})
