import { describe, expect, it } from 'vitest'
import { GBTClassifier } from '../../src/classification/gbt-classifier.js'
import { DataError, ParamError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'

const rowsOf = (label: (i: number) => number, n = 40) =>
  Array.from({ length: n }, (_, i) => ({ features: Vectors.dense(i, i % 5), label: label(i) }))
const frame = createDataFrame(rowsOf((i) => Number(i % 5 > 1 && i > 10)))
const settings = { maxIter: 5, maxDepth: 2, seed: 1 }

describe('GBTClassifier', () => {
  it('tells margins, probabilities and classes that fit together', async () => {
    const model = await new GBTClassifier(settings).fit(frame)
    for (const row of await model.transform(frame).collect()) {
      const { rawPrediction, probability, prediction } = row as Record<string, ReturnType<typeof Vectors.dense>>
      const margin = rawPrediction.get(1)
      expect(rawPrediction.get(0)).toBe(-margin)
      expect(probability.get(1)).toBeCloseTo(1 / (1 + Math.exp(-2 * margin)), 14)
      expect(prediction).toBe(margin > 0 ? 1 : 0)
    }
    const losses = await model.evaluateEachIteration(frame)
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
  })

  it.each([2, 0.5, -1])('refuses the label %d, naming its row', async (label) => {
    const fit = new GBTClassifier(settings).fit(createDataFrame(rowsOf((i) => (i === 9 ? label : 0))))
    await expect(fit).rejects.toThrow(DataError)
    await expect(fit).rejects.toMatchObject({ details: { column: 'label', row: 9 } })
  })

  it('learns a single class as it is', async () => {
    const model = await new GBTClassifier(settings).fit(createDataFrame(rowsOf(() => 0)))
    expect(model.numClasses).toBe(2)
    expect(model.predict(Vectors.dense(1, 1))).toBe(0)
    expect(model.predictRaw(Vectors.dense(1, 1)).get(0)).toBeGreaterThan(1)
    expect(model.predictProbability(Vectors.dense(1, 1)).get(0)).toBeGreaterThan(0.85)
  })

  it('decides by thresholds, and refuses others than two', async () => {
    const model = await new GBTClassifier({ ...settings, thresholds: [0, 1] }).fit(frame)
    const predicted = await model.transform(frame).collect()
    expect(predicted.every(({ prediction }) => prediction === 0)).toBe(true)
    expect(() => model.copy().setThresholds([1, 1, 1]).transformSchema(frame.schema)).toThrow(ParamError)
  })

  it('weights rows', async () => {
    const rows = rowsOf((i) => Number(i > 20))
    const weighted = createDataFrame(rows.map((row, i) => ({ ...row, w: i % 2 })))
    const half = createDataFrame(rows.filter((_, i) => i % 2 === 1))
    const model = await new GBTClassifier({ ...settings, weightCol: 'w' }).fit(weighted)
    const expected = await new GBTClassifier(settings).fit(half)
    const point = Vectors.dense(31, 1)
    expect(model.predictRaw(point).get(1)).toBeCloseTo(expected.predictRaw(point).get(1), 12)
    expect(await model.evaluateEachIteration(weighted)).toEqual(await expected.evaluateEachIteration(half))
  })
})
