import { describe, expect, test } from 'vitest'
import { DataError, ParamError } from '../../src/errors.js'
import { RegressionEvaluator } from '../../src/evaluation/regression-evaluator.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { ParamGridBuilder } from '../../src/tuning/param-grid-builder.js'
import { TrainValidationSplit } from '../../src/tuning/train-validation-split.js'
import { type MeanModel, MeanRegressor } from './mean-regressor.js'

const data = createDataFrame({
  id: Int32Array.from({ length: 40 }, (_, i) => i),
  label: Float64Array.from({ length: 40 }, (_, i) => (i * 7) % 11),
})
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
/** A few operations on numbers near 1. */
const DIGITS = 13

function tuner(options: ConstructorParameters<typeof TrainValidationSplit>[0] = {}) {
  const estimator = new MeanRegressor()
  const estimatorParamMaps = new ParamGridBuilder().addGrid(estimator.shift, [2, 0.1]).build()
  return {
    estimator,
    tvs: new TrainValidationSplit({ estimator, estimatorParamMaps, evaluator: new RegressionEvaluator(), ...options }),
  }
}
const labelsOf = async (frame: DataFrame) => (await frame.collect()).map((row) => row.label as number)

describe('TrainValidationSplit', () => {
  test('measures on the second part of randomSplit and fits the best map on all rows', async () => {
    const { tvs } = tuner({ trainRatio: 0.6, seed: 3, collectSubModels: true })
    const model = await tvs.fit(data)
    const [training, validation] = await Promise.all(data.randomSplit([0.6, 0.4], 3).map(labelsOf))
    const metrics = [2, 0.1].map((shift) => Math.sqrt(mean(validation.map((y) => (y - mean(training) - shift) ** 2))))
    expect(model.validationMetrics).toEqual(metrics.map((metric) => expect.closeTo(metric, DIGITS)))
    const bestShift = metrics[0] < metrics[1] ? 2 : 0.1
    expect((model.bestModel as MeanModel).mean).toBeCloseTo(mean(await labelsOf(data)) + bestShift, DIGITS)
    expect(model.subModels?.map((m) => (m as MeanModel).mean - mean(training))).toEqual([
      expect.closeTo(2, DIGITS),
      expect.closeTo(0.1, DIGITS),
    ])
    expect(model.hasSubModels).toBe(true)
    expect(await model.transform(data).select('prediction').first()).toEqual({
      prediction: (model.bestModel as MeanModel).mean,
    })
  })

  test("has Scala's default seed and keeps no sub-models unless asked", async () => {
    const { tvs } = tuner()
    expect(tvs.getSeed()).toBe(-1772833110)
    expect((await tvs.fit(data)).subModels).toBeUndefined()
  })

  test('counts its fits', async () => {
    const done: string[] = []
    await tuner().tvs.fit(data, { onProgress: (event) => done.push(`${event.done}/${event.total}`) })
    expect(done).toEqual(['1/3', '2/3', '3/3'])
  })

  test.each([
    [1, 'validation'],
    [0, 'training'],
  ])('refuses an empty part: trainRatio %d', async (trainRatio, part) => {
    const { tvs } = tuner({ trainRatio })
    const error = await tvs.fit(data).catch((e) => e)
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toMatch(
      new RegExp(`^${tvs.uid}: the split has no ${part} rows.*Give more rows, or set another seed or trainRatio`),
    )
  })

  test('refuses a ratio outside [0, 1]', () => {
    expect(() => tuner({ trainRatio: 1.5 })).toThrow(ParamError)
  })
})
