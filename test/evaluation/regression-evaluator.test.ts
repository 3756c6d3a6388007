import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { RegressionEvaluator } from '../../src/evaluation/regression-evaluator.js'
import { createDataFrame } from '../../src/sql/session.js'

const SCHEMA = 'prediction DOUBLE, label INT, weight DOUBLE'
const rows = [
  { prediction: 2.5, label: 3, weight: 1 },
  { prediction: 0, label: -1, weight: 2 },
  { prediction: 2, label: 2, weight: 0 },
  { prediction: 8, label: 7, weight: 1 },
]
const data = createDataFrame(rows, SCHEMA)
const frameWith = (row: object) => createDataFrame([...rows, { prediction: 1, label: 1, weight: 1, ...row }], SCHEMA)
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('no error'),
    (error) => error,
  )

describe('RegressionEvaluator', () => {
  // Squared errors 0.25, 1, 0, 1; absolute ones 0.5, 1, 0, 1. The numbers of real Spark are in the golden cases.
  test.each([
    ['mse', undefined, 2.25 / 4, false],
    ['mse', 'weight', 3.25 / 4, false],
    ['rmse', undefined, Math.sqrt(2.25 / 4), false],
    ['mae', undefined, 2.5 / 4, false],
    ['mae', 'weight', 3.5 / 4, false],
    ['r2', undefined, 1 - 2.25 / 32.75, true],
    ['var', undefined, (0.25 ** 2 + 2.75 ** 2 + 0.75 ** 2 + 5.25 ** 2) / 4, true],
  ] as const)('%s with weights %s', async (metricName, weightCol, expected, larger) => {
    const evaluator = new RegressionEvaluator({ metricName, weightCol })
    // A handful of operations on numbers below 100.
    expect(await evaluator.evaluate(data)).toBeCloseTo(expected, 12)
    expect(evaluator.isLargerBetter()).toBe(larger)
  })

  test('compares r2 with the model that predicts 0 through the origin', async () => {
    const evaluator = new RegressionEvaluator({ metricName: 'r2', throughOrigin: true })
    expect(await evaluator.evaluate(data)).toBeCloseTo(1 - 2.25 / 63, 12)
  })

  test('gives all metrics from one pass', async () => {
    const metrics = await new RegressionEvaluator({ weightCol: 'weight' }).getMetrics(data)
    expect(metrics.count).toBe(3)
    expect(metrics.meanSquaredError).toBeCloseTo(3.25 / 4, 12)
  })

  test('does not depend on partitions but for rounding', async () => {
    const one = await new RegressionEvaluator().evaluate(createDataFrame(rows, SCHEMA, { numPartitions: 1 }))
    const four = await new RegressionEvaluator().evaluate(createDataFrame(rows, SCHEMA, { numPartitions: 4 }))
    expect(four).toBeCloseTo(one, 14)
  })

  test('takes extra values, and weightCol "" for none', async () => {
    const evaluator = new RegressionEvaluator({ weightCol: 'weight' })
    const extra = evaluator.extractParamMap().put(evaluator.metricName, 'mae').put(evaluator.weightCol, '')
    expect(await evaluator.evaluate(data, extra)).toBeCloseTo(2.5 / 4, 12)
  })

  test('is NaN where a prediction is NaN', async () => {
    expect(await new RegressionEvaluator().evaluate(frameWith({ prediction: Number.NaN }))).toBeNaN()
  })

  test.each([
    [{ prediction: null }, /column "prediction" holds null \(row 4\)/],
    [{ label: null }, /column "label" holds null \(row 4\)/],
    [{ weight: null }, /column "weight" holds null \(row 4\)/],
    [{ weight: -1 }, /column "weight" holds -1 \(row 4\)\. Allowed: a finite weight of 0 or more/],
    [{ weight: Number.NaN }, /column "weight" holds NaN/],
    [{ weight: Number.POSITIVE_INFINITY }, /column "weight" holds Infinity/],
  ])('refuses the row %j', async (row, message) => {
    const error = await failure(new RegressionEvaluator({ weightCol: 'weight' }).evaluate(frameWith(row)))
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toMatch(message)
  })

  test('refuses a frame without rows', async () => {
    const error = await failure(new RegressionEvaluator().evaluate(createDataFrame([], SCHEMA)))
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toMatch(/RegressionEvaluator_\w+: there is no row to evaluate/)
  })

  test('refuses columns that are missing or of another type, before any data is read', async () => {
    const missing = await failure(new RegressionEvaluator({ labelCol: 'labels' }).evaluate(data))
    expect(missing).toBeInstanceOf(SchemaError)
    expect(missing.message).toMatch(/"labels" does not exist.*Did you mean "label"/)
    const wrong = await failure(new RegressionEvaluator({ predictionCol: 'label' }).getMetrics(data))
    expect(wrong).toBeInstanceOf(SchemaError)
    expect(wrong.message).toMatch(/column "label" \(predictionCol\) has type int\. Allowed: double or float/)
  })

  test('refuses an unknown metric', () => {
    // @ts-expect-error not a metric
    expect(() => new RegressionEvaluator({ metricName: 'rmsle' })).toThrow(ParamError)
  })

  test('prints its parameters as Spark does', () => {
    const evaluator = new RegressionEvaluator()
    expect(String(evaluator)).toBe(`RegressionEvaluator: uid=${evaluator.uid}, metricName=rmse, throughOrigin=false`)
  })
})
