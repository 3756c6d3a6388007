import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { MulticlassClassificationEvaluator } from '../../src/evaluation/multiclass-classification-evaluator.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'

const SCHEMA = 'prediction DOUBLE, label INT, probability VECTOR, weight DOUBLE'
const rows = [
  { prediction: 0, label: 0, probability: Vectors.dense(0.8, 0.1, 0.1), weight: 1 },
  { prediction: 1, label: 1, probability: Vectors.dense(0.2, 0.5, 0.3), weight: 1 },
  { prediction: 1, label: 2, probability: Vectors.sparse(3, [1], [1]), weight: 2 },
  { prediction: 2, label: 2, probability: Vectors.dense(0.2, 0.2, 0.6), weight: 1 },
]
const data: DataFrame = createDataFrame(rows, SCHEMA)
const frameWith = (row: object) => createDataFrame([...rows, { ...rows[0], ...row }], SCHEMA)
const evaluate = (params: object, frame = data) => new MulticlassClassificationEvaluator(params).evaluate(frame)

describe('MulticlassClassificationEvaluator', () => {
  // The numbers of real Spark are in the golden cases.
  test.each([
    [{ metricName: 'accuracy' }, 3 / 4, true],
    [{ metricName: 'accuracy', weightCol: 'weight' }, 3 / 5, true],
    [{ metricName: 'hammingLoss' }, 1 / 4, false],
    [{ metricName: 'weightedRecall' }, 3 / 4, true],
    [{ metricName: 'weightedTruePositiveRate' }, 3 / 4, true],
    [{ metricName: 'weightedPrecision' }, (1 + 1 / 2 + 2) / 4, true],
    [{ metricName: 'weightedFalsePositiveRate' }, 1 / 3 / 4, false],
    [{}, (1 + 2 / 3 + (2 * 2) / 3) / 4, true],
    [{ metricName: 'weightedFMeasure', beta: 2 }, (1 + 2.5 / 3 + (2 * 2.5) / 4.5) / 4, true],
    [{ metricName: 'precisionByLabel', metricLabel: 1 }, 1 / 2, true],
    [{ metricName: 'recallByLabel', metricLabel: 2 }, 1 / 2, true],
    [{ metricName: 'truePositiveRateByLabel', metricLabel: 2 }, 1 / 2, true],
    [{ metricName: 'falsePositiveRateByLabel', metricLabel: 1 }, 1 / 3, false],
    [{ metricName: 'fMeasureByLabel', metricLabel: 2, beta: 2 }, 2.5 / 4.5, true],
    [{ metricName: 'logLoss', eps: 0.1 }, -(Math.log(0.8) + Math.log(0.5) + Math.log(0.1) + Math.log(0.6)) / 4, false],
  ])('%j', async (params, expected, larger) => {
    expect(await evaluate(params)).toBeCloseTo(expected, 14)
    expect(new MulticlassClassificationEvaluator(params as object).isLargerBetter()).toBe(larger)
  })

  test('gives all metrics from one pass, the log loss where there are probabilities', async () => {
    const evaluator = new MulticlassClassificationEvaluator()
    const metrics = await evaluator.getMetrics(data)
    expect(metrics.accuracy).toBe(0.75)
    expect(metrics.logLoss).toBe(await evaluate({ metricName: 'logLoss' }))
    expect([...metrics.confusionMatrix.toArray()]).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1])
    const without = await evaluator.getMetrics(data.drop('probability'))
    expect(without.accuracy).toBe(0.75)
    expect(() => without.logLoss).toThrow(DataError)
  })

  test('does not need probabilities for other metrics', async () => {
    expect(await evaluate({ metricName: 'accuracy' }, data.drop('probability'))).toBe(0.75)
    await expect(evaluate({ metricName: 'logLoss' }, data.drop('probability'))).rejects.toThrow(SchemaError)
    await expect(evaluate({ metricName: 'logLoss', probabilityCol: 'weight' })).rejects.toThrow(SchemaError)
  })

  // Real Spark 4.0.1 gives the same numbers.
  test('counts NaN predictions as wrong; one class has no false positive rate', async () => {
    const frame = createDataFrame(
      [
        { prediction: Number.NaN, label: 0 },
        { prediction: 0, label: 0 },
        { prediction: 1, label: 1 },
      ],
      'prediction DOUBLE, label INT',
    )
    expect(await evaluate({}, frame)).toBe(0.7777777777777777)
    expect(await evaluate({ metricName: 'weightedFalsePositiveRate' }, frame)).toBe(0)
    const one = frame.filter('label = 0')
    expect(await evaluate({ metricName: 'weightedFalsePositiveRate' }, one)).toBeNaN()
  })

  test.each([
    [{ prediction: null }, 'prediction'],
    [{ label: null }, 'label'],
    [{ weight: -1 }, 'weight'],
    [{ weight: Number.POSITIVE_INFINITY }, 'weight'],
    [{ probability: null }, 'probability'],
    [{ label: 3 }, 'at least 4 entries'],
    [{ label: -1 }, 'label -1'],
  ])('refuses the row %j', async (row, text) => {
    const failure = evaluate({ metricName: 'logLoss', weightCol: 'weight' }, frameWith(row))
    await expect(failure).rejects.toThrow(DataError)
    await expect(failure).rejects.toThrow(text)
    await expect(failure).rejects.toMatchObject({ details: { row: 4 } })
  })

  test('refuses labels that do not occur, no rows, wrong columns and parameters', async () => {
    const unseen = evaluate({ metricName: 'recallByLabel', metricLabel: 7 })
    await expect(unseen).rejects.toThrow('Labels that occur: 0, 1, 2')
    await expect(unseen).rejects.toMatchObject({ details: { param: 'metricLabel' } })
    await expect(evaluate({}, data.filter('label > 5'))).rejects.toThrow('there is no row to evaluate')
    await expect(
      evaluate({ weightCol: 'weight' }, data.selectExpr('prediction', 'label', '0 AS weight')),
    ).rejects.toThrow('there is no row to evaluate')
    await expect(evaluate({ predictionCol: 'label' })).rejects.toThrow(SchemaError)
    await expect(evaluate({ labelCol: 'probability' })).rejects.toThrow(SchemaError)
    for (const params of [{ eps: 0 }, { eps: 0.5 }, { beta: 0 }, { metricLabel: -1 }]) {
      expect(() => new MulticlassClassificationEvaluator(params)).toThrow(ParamError)
    }
  })

  test('has the text of Spark', () => {
    expect(String(new MulticlassClassificationEvaluator({}, 'mcEval'))).toBe(
      'MulticlassClassificationEvaluator: uid=mcEval, metricName=f1, metricLabel=0.0, beta=1.0, eps=1.0E-15',
    )
  })
})
