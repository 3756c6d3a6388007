import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../src/errors.js'
import { BinaryClassificationMetrics } from '../../src/stat/binary-classification-metrics.js'

interface Scored {
  readonly s: number
  readonly y: number
  readonly w: number
}
const column = (rows: readonly Scored[], of: (row: Scored) => number) => Float64Array.from(rows, of)
const metricsOf = (rows: readonly Scored[], numBins = 0, parts = 1) =>
  new BinaryClassificationMetrics(numBins, parts).add(
    column(rows, (r) => r.s),
    column(rows, (r) => r.y),
    column(rows, (r) => r.w),
  )
const points = ({ x, y }: { x: Float64Array; y: Float64Array }) => Array.from(x, (value, i) => [value, y[i]])

/** Few distinct scores, so that ties are frequent; weights that sum exactly. */
const row = fc.record({
  s: fc.integer({ min: -4, max: 4 }),
  y: fc.constantFrom(0, 1),
  w: fc.integer({ min: 1, max: 3 }),
})
const both = (rows: readonly Scored[]) => rows.some((r) => r.y === 1) && rows.some((r) => r.y === 0)
const rows = fc.array(row, { minLength: 2, maxLength: 40 }).filter(both)

/** Everything that the class answers; counts are exact here, so that order cannot matter. */
const everything = (m: BinaryClassificationMetrics) => ({
  curves: [m.roc(), m.pr(), m.fMeasureByThreshold(2), m.precisionByThreshold(), m.recallByThreshold()].map(points),
  areas: [m.areaUnderROC, m.areaUnderPR],
})

describe('BinaryClassificationMetrics', () => {
  const scores = [0.9, 0.8, 0.8, 0.7, 0.6, 0.55, 0.55, 0.4, 0.3, 0.2]
  const labels = [1, 1, 0, 1, 0, 1, 0, 0, 1, 0]
  const weights = [1, 2, 0.5, 1, 3, 1, 2, 1, 0.25, 4]
  const example = scores.map((s, i) => ({ s, y: labels[i], w: weights[i] }))
  const close = (a: Float64Array, b: readonly number[]) => {
    expect(a).toHaveLength(b.length)
    for (const [i, value] of b.entries()) expect(a[i]).toBeCloseTo(value, 14)
  }

  // scikit-learn 1.9.1: roc_curve(drop_intermediate=False), precision_recall_curve (reversed), roc_auc_score, auc.
  test('agrees with scikit-learn on weighted rows with ties', () => {
    const m = metricsOf(example)
    const recall = [4, 12, 16, 16, 20, 20, 21, 21].map((w) => w / 21)
    const precision = [1, 6 / 7, 8 / 9, 8 / 15, 10 / 21, 10 / 23, 21 / 47, 1 / 3]
    close(m.thresholds(), [0.9, 0.8, 0.7, 0.6, 0.55, 0.4, 0.3, 0.2])
    close(m.roc().x, [0, 0, 1 / 21, 1 / 21, 7 / 21, 11 / 21, 13 / 21, 13 / 21, 1, 1])
    close(m.roc().y, [0, ...recall, 1])
    close(m.pr().x, [0, ...recall])
    close(m.pr().y, [1, ...precision])
    close(m.precisionByThreshold().y, precision)
    close(m.recallByThreshold().y, recall)
    close(
      m.fMeasureByThreshold().y,
      precision.map((p, i) => (2 * p * recall[i]) / (p + recall[i])),
    )
    expect(m.areaUnderROC).toBeCloseTo(0.8707482993197277, 14)
    expect(m.areaUnderPR).toBeCloseTo(0.8276418142547387, 14)
    expect(metricsOf(example.map((r) => ({ ...r, w: 1 }))).areaUnderROC).toBeCloseTo(0.68, 14)
  })

  test('the area under the ROC curve is the Mann-Whitney statistic', () => {
    fc.assert(
      fc.property(rows, (list) => {
        let wins = 0
        let pairs = 0
        for (const p of list.filter((r) => r.y === 1)) {
          for (const n of list.filter((r) => r.y === 0)) {
            wins += p.w * n.w * (p.s > n.s ? 1 : p.s === n.s ? 0.5 : 0)
            pairs += p.w * n.w
          }
        }
        expect(metricsOf(list).areaUnderROC).toBeCloseTo(wins / pairs, 13)
      }),
    )
  })

  test('of two parts merged, or of rows in another order, are those of all rows', () => {
    fc.assert(
      fc.property(rows, fc.nat(40), fc.boolean(), (list, cut, bins) => {
        const numBins = bins ? 2 : 0
        const all = everything(metricsOf(list, numBins))
        const part = metricsOf(list.slice(0, cut), numBins)
        // Reading in between must not freeze the sums.
        if (cut > 0) part.thresholds()
        expect(everything(part.merge(metricsOf(list.slice(cut), numBins)))).toEqual(all)
        expect(everything(metricsOf([...list].reverse(), numBins))).toEqual(all)
      }),
    )
  })

  test('of integer weights are those of repeated rows, and no weights are weights of 1', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const repeated = list.flatMap((r) => Array.from({ length: r.w }, () => ({ ...r, w: 1 })))
        const unweighted = new BinaryClassificationMetrics(0).add(
          column(repeated, (r) => r.s),
          column(repeated, (r) => r.y),
        )
        expect(everything(metricsOf(list))).toEqual(everything(metricsOf(repeated)))
        expect(everything(unweighted)).toEqual(everything(metricsOf(repeated)))
      }),
    )
  })

  test('curves run from (0, 0) to (1, 1) without turning back, and recall ends at 1', () => {
    fc.assert(
      fc.property(rows, fc.nat(5), fc.integer({ min: 1, max: 4 }), (list, numBins, parts) => {
        const m = metricsOf(list, numBins, parts)
        const { x, y } = m.roc()
        expect([x[0], y[0], x.at(-1), y.at(-1), m.pr().x.at(-1)]).toEqual([0, 0, 1, 1, 1])
        for (let i = 1; i < x.length; i++) expect(x[i] >= x[i - 1] && y[i] >= y[i - 1]).toBe(true)
      }),
    )
  })

  test('down-sampled curves are points of the full curve; a bin has the score of its last row', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), (list, numBins, parts) => {
        const full = new Map(points(metricsOf(list).fMeasureByThreshold()) as [number, number][])
        for (const [threshold, value] of points(metricsOf(list, numBins, parts).fMeasureByThreshold())) {
          expect(full.get(threshold)).toBe(value)
        }
      }),
    )
    const ten = Array.from({ length: 10 }, (_, i) => ({ s: i, y: i % 2, w: 1 }))
    const thresholds = (numBins: number, parts: number) => [...metricsOf(ten, numBins, parts).thresholds()]
    expect(thresholds(3, 1)).toEqual([7, 4, 1, 0])
    // Two parts: 9 to 5 and 4 to 0, each with bins of its own.
    expect(thresholds(3, 2)).toEqual([7, 5, 2, 0])
    // Fewer than two scores a bin: nothing is dropped.
    expect(thresholds(6, 2)).toHaveLength(10)
    expect(thresholds(1, 1)).toEqual([0])
  })

  test('many rows are counted as they come', () => {
    const count = 70_000
    const scores = Float64Array.from({ length: count }, (_, i) => i % 7)
    const labels = Float64Array.from({ length: count }, (_, i) => i % 2)
    const m = new BinaryClassificationMetrics(0).add(scores, labels).add(scores, labels).add(scores, labels)
    expect([...m.thresholds()]).toEqual([6, 5, 4, 3, 2, 1, 0])
    expect(m.areaUnderROC).toBe(0.5)
  })

  // Real Spark 4.0.1: mllib BinaryClassificationMetrics on the same rows.
  test('with one class only, the other rate is 0', () => {
    const positive = metricsOf([
      { s: 0.9, y: 1, w: 1 },
      { s: 0.1, y: 1, w: 1 },
    ])
    expect([positive.areaUnderROC, positive.areaUnderPR]).toEqual([1, 1])
    const negative = metricsOf([
      { s: 0.9, y: 0, w: 1 },
      { s: 0.1, y: 0, w: 1 },
    ])
    expect([negative.areaUnderROC, negative.areaUnderPR]).toEqual([0, 0])
  })

  test('a NaN score is above all others; labels above 0.5 are positive', () => {
    const m = metricsOf([
      { s: Number.NaN, y: 1, w: 1 },
      { s: Number.POSITIVE_INFINITY, y: 0.5, w: 1 },
      { s: 0, y: 0.75, w: 1 },
      { s: -0, y: -1, w: 1 },
    ])
    expect([...m.thresholds()]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0])
    expect([...m.recallByThreshold().y]).toEqual([0.5, 0.5, 1])
  })

  test('refuses weights that are negative or NaN, and answers nothing without rows', () => {
    const one = Float64Array.of(1)
    expect(() => new BinaryClassificationMetrics().add(one, one, Float64Array.of(-1))).toThrow(DataError)
    expect(() => new BinaryClassificationMetrics().add(one, one, Float64Array.of(Number.NaN))).toThrow(DataError)
    expect(() => new BinaryClassificationMetrics().areaUnderROC).toThrow(DataError)
    expect(() => new BinaryClassificationMetrics().pr()).toThrow(DataError)
  })
})
