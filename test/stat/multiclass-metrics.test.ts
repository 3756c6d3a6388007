import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../src/errors.js'
import { MulticlassMetrics } from '../../src/stat/multiclass-metrics.js'

interface Judged {
  readonly q: number
  readonly y: number
  readonly w: number
  readonly p: number
}
const column = (rows: readonly Judged[], of: (row: Judged) => number) => Float64Array.from(rows, of)
const metricsOf = (rows: readonly Judged[]) =>
  new MulticlassMetrics().add(
    column(rows, (r) => r.q),
    column(rows, (r) => r.y),
    column(rows, (r) => r.w),
    column(rows, (r) => r.p),
  )
const row = fc.record({
  q: fc.integer({ min: 0, max: 3 }),
  y: fc.integer({ min: 0, max: 2 }),
  w: fc.integer({ min: 1, max: 3 }),
  p: fc.double({ min: 0, max: 1, noNaN: true }),
})
const rows = fc.array(row, { minLength: 1, maxLength: 30 })

/** What depends on exact counts only, however the rows were added up. */
const counted = (m: MulticlassMetrics) => ({
  labels: m.labels,
  confusion: [...m.confusionMatrix.toArray()],
  byLabel: m.labels.map((l) => [m.recall(l), m.falsePositiveRate(l), m.precision(l), m.fMeasure(l, 2)]),
  averages: [m.accuracy, m.weightedRecall, m.weightedPrecision, m.weightedFMeasure(0.5), m.weightedFalsePositiveRate],
  hammingLoss: m.hammingLoss,
})
const close = (a: readonly number[], b: readonly number[]) => {
  expect(a).toHaveLength(b.length)
  for (const [i, value] of b.entries()) expect(a[i]).toBeCloseTo(value, 14)
}

describe('MulticlassMetrics', () => {
  const labels = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
  const predictions = [0, 1, 0, 1, 1, 2, 0, 2, 2, 1]
  const weights = [1, 2, 0.5, 1, 3, 1, 2, 1, 0.25, 4]
  const probabilities = [0.7, 0.2, 0.5, 0.8, 0.4, 0.3, 0.3, 1, 0.8, 0.1]
  const example = labels.map((y, i) => ({ y, q: predictions[i], w: weights[i], p: probabilities[i] }))

  // scikit-learn 1.9.1: confusion_matrix, precision_recall_fscore_support, accuracy_score, log_loss, hamming_loss.
  test('agrees with scikit-learn on weighted rows', () => {
    const m = metricsOf(example)
    // By columns: predicted 0, 1, 2.
    close([...m.confusionMatrix.toArray()], [1.5, 2, 0, 2, 4, 4, 0, 1, 1.25])
    close(
      [0, 1, 2].map((label) => m.precision(label)),
      [0.42857142857142855, 0.4, 0.5555555555555556],
    )
    close(
      [0, 1, 2].map((label) => m.recall(label)),
      [0.42857142857142855, 0.5714285714285714, 0.23809523809523808],
    )
    close(
      [0, 1, 2].map((label) => m.fMeasure(label)),
      [0.42857142857142855, 0.47058823529411764, 0.3333333333333333],
    )
    close(
      [0, 1, 2].map((label) => m.fMeasure(label, 2)),
      [0.42857142857142855, 0.5263157894736842, 0.26881720430107525],
    )
    close([m.weightedPrecision, m.weightedRecall], [0.4582010582010583, 0.42857142857142855])
    close([m.weightedFMeasure(0.5), m.accuracy], [0.4305622211557262, 0.42857142857142855])
    close([m.logLoss, m.hammingLoss], [1.2553768113527697, 0.5714285714285714])
    const plain = metricsOf(example.map((r) => ({ ...r, w: 1 })))
    close([plain.logLoss, plain.accuracy, plain.weightedPrecision], [0.8732368573081271, 0.6, 0.6])
    close([plain.falsePositiveRate(0), plain.falsePositiveRate(1)], [1 / 7, 2 / 6])
    expect([m.weightedTruePositiveRate, m.truePositiveRate(2)]).toEqual([m.weightedRecall, m.recall(2)])
  })

  test('of two parts merged, or of rows in another order, are those of all rows', () => {
    fc.assert(
      fc.property(rows, fc.nat(30), (list, cut) => {
        const all = counted(metricsOf(list))
        const part = metricsOf(list.slice(0, cut))
        // Reading in between must not freeze the sums.
        if (cut > 0) part.labels.map((label) => part.recall(label))
        const merged = part.merge(metricsOf(list.slice(cut)))
        expect(counted(merged)).toEqual(all)
        expect(counted(metricsOf([...list].reverse()))).toEqual(all)
        expect(merged.logLoss).toBeCloseTo(metricsOf(list).logLoss, 12)
      }),
    )
  })

  test('of integer weights are those of repeated rows, and no weights are weights of 1', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const repeated = list.flatMap((r) => Array.from({ length: r.w }, () => ({ ...r, w: 1 })))
        const unweighted = new MulticlassMetrics().add(
          column(repeated, (r) => r.q),
          column(repeated, (r) => r.y),
        )
        expect(counted(metricsOf(list))).toEqual(counted(metricsOf(repeated)))
        expect(counted(unweighted)).toEqual(counted(metricsOf(repeated)))
      }),
    )
  })

  test('accuracy is the weighted recall and what the Hamming loss leaves', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const m = metricsOf(list)
        close([m.weightedRecall, 1 - m.hammingLoss], [m.accuracy, m.accuracy])
      }),
    )
  })

  test('two classes have the ROC point of their predictions', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const two = list.map((r) => ({ ...r, y: r.y % 2, q: r.q % 2 }))
        const m = metricsOf([...two, { y: 0, q: 0, w: 1, p: 1 }, { y: 1, q: 1, w: 1, p: 1 }])
        close([m.falsePositiveRate(1)], [1 - m.recall(0)])
      }),
    )
  })

  test('eps clips probabilities', () => {
    const loss = (p: number, eps: number) =>
      new MulticlassMetrics(eps).add(Float64Array.of(0), Float64Array.of(0), null, Float64Array.of(p)).logLoss
    expect(loss(0, 0.01)).toBe(-Math.log(0.01))
    expect(loss(1, 0.01)).toBe(-Math.log1p(-0.01))
    expect(loss(0.5, 0.01)).toBe(-Math.log(0.5))
    expect(loss(Number.NaN, 0.01)).toBeNaN()
    for (const eps of [0, 0.5, Number.NaN]) expect(() => new MulticlassMetrics(eps)).toThrow(DataError)
  })

  test('rows of weight 0 count for nothing; a NaN prediction is wrong', () => {
    const m = metricsOf([
      { y: 1, q: 1, w: 1, p: 1 },
      { y: 1, q: Number.NaN, w: 1, p: 1 },
      { y: 5, q: 1, w: 0, p: 1 },
    ])
    expect([m.labels, m.accuracy, m.precision(1), m.weightSum]).toEqual([[1], 0.5, 1, 2])
    expect(m.falsePositiveRate(1)).toBeNaN()
  })

  test('refuses bad labels, weights and questions with typed errors', () => {
    const one = Float64Array.of(1)
    const empty = new MulticlassMetrics()
    expect(() => empty.add(one, Float64Array.of(Number.NaN))).toThrow(DataError)
    expect(() => empty.add(one, one, Float64Array.of(-1))).toThrow(DataError)
    expect(() => empty.accuracy).toThrow(DataError)
    expect(() => empty.logLoss).toThrow(DataError)
    empty.add(one, one)
    expect(() => empty.recall(2)).toThrow('no row has the label 2')
    expect(() => empty.logLoss).toThrow('probabilities of all rows')
  })
})
