import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../src/errors.js'
import { RegressionMetrics } from '../../src/stat/regression-metrics.js'

const doubles = (...values: number[]) => Float64Array.from(values)
/** Differences of sums of up to 90 squares of at most 1e4, taken in another order: about 1e-16 * 1e6. */
const EPSILON = 1e-9

const rows = fc.array(
  fc.record({
    p: fc.double({ min: -100, max: 100, noNaN: true }),
    y: fc.double({ min: 1, max: 100, noNaN: true }),
    w: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 2, maxLength: 30 },
)
type Rows = { p: number; y: number; w: number }[]
const metricsOf = (list: Rows, throughOrigin = false) =>
  new RegressionMetrics(throughOrigin).add(
    Float64Array.from(list, (r) => r.p),
    Float64Array.from(list, (r) => r.y),
    Float64Array.from(list, (r) => r.w),
  )
const values = (m: RegressionMetrics) => [
  m.meanSquaredError,
  m.rootMeanSquaredError,
  m.meanAbsoluteError,
  m.explainedVariance,
]
const near = (a: readonly number[], b: readonly number[]) =>
  expect(a.map((x, i) => Math.abs(x - b[i]) <= EPSILON * Math.max(1, Math.abs(b[i])))).not.toContain(false)

describe('RegressionMetrics', () => {
  test('agrees with the definitions on the example of scikit-learn', () => {
    // sklearn.metrics on y = [3, -0.5, 2, 7], p = [2.5, 0, 2, 8]: 0.375, 0.5, r2 0.9486081370449679
    const m = new RegressionMetrics().add(doubles(2.5, 0, 2, 8), doubles(3, -0.5, 2, 7))
    expect(m.meanSquaredError).toBeCloseTo(0.375, 14)
    expect(m.meanAbsoluteError).toBeCloseTo(0.5, 14)
    expect(m.r2).toBeCloseTo(0.9486081370449679, 13)
    expect(m.rootMeanSquaredError).toBe(Math.sqrt(m.meanSquaredError))
    expect(m.count).toBe(4)
  })

  test('of integer weights are those of repeated rows', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const repeated = list.flatMap(({ p, y, w }) => Array.from({ length: w }, () => ({ p, y, w: 1 })))
        near(values(metricsOf(list)), values(metricsOf(repeated)))
        near([metricsOf(list, true).r2], [metricsOf(repeated, true).r2])
      }),
    )
  })

  test('of two parts merged are those of all rows', () => {
    fc.assert(
      fc.property(rows, fc.nat(30), (list, cut) => {
        near(values(metricsOf(list.slice(0, cut)).merge(metricsOf(list.slice(cut)))), values(metricsOf(list)))
      }),
    )
  })

  test('are definitions computed row by row', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const total = list.reduce((sum, r) => sum + r.w, 0)
        const mean = list.reduce((sum, r) => sum + r.w * r.y, 0) / total
        const average = (term: (r: Rows[number]) => number) => list.reduce((sum, r) => sum + r.w * term(r), 0) / total
        const mse = average((r) => (r.y - r.p) ** 2)
        const mae = average((r) => Math.abs(r.y - r.p))
        near(values(metricsOf(list)), [mse, Math.sqrt(mse), mae, average((r) => (r.p - mean) ** 2)])
        near([metricsOf(list, true).r2], [1 - mse / average((r) => r.y ** 2)])
      }),
    )
  })

  test('rows of weight 0 count for nothing, and no row is an error', () => {
    const one = new RegressionMetrics().add(doubles(1, 99), doubles(2, 0), doubles(1, 0))
    expect([one.meanSquaredError, one.count]).toEqual([1, 1])
    expect(() => new RegressionMetrics().r2).toThrow(DataError)
    expect(() => new RegressionMetrics().add(doubles(1), doubles(1), doubles(0)).meanSquaredError).toThrow(DataError)
  })

  test('NaN spreads; constant labels have r2 -Infinity, or NaN for a perfect fit', () => {
    expect(new RegressionMetrics().add(doubles(1, Number.NaN), doubles(1, 1)).rootMeanSquaredError).toBeNaN()
    expect(new RegressionMetrics().add(doubles(1, 2), doubles(1, 1)).r2).toBe(Number.NEGATIVE_INFINITY)
    expect(new RegressionMetrics().add(doubles(1, 1), doubles(1, 1)).r2).toBeNaN()
  })
})
