import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { BinaryClassificationEvaluator } from '../../src/evaluation/binary-classification-evaluator.js'
import { VectorSizeHint } from '../../src/feature/vector-size-hint.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'

const SCHEMA = 'score DOUBLE, rawPrediction VECTOR, label INT, weight DOUBLE'
const rows = [0.9, 0.6, 0.4, 0.2].map((score, i) => ({
  score,
  // Sparse and dense vectors, some with a zero where the score is read.
  rawPrediction: i % 2 === 0 ? Vectors.dense(0.5 - score, score - 0.5) : Vectors.sparse(2, [1], [score - 0.5]),
  label: 1 - (i % 2),
  weight: i + 1,
}))
const data: DataFrame = createDataFrame(rows, SCHEMA)
const good = { score: 0.5, rawPrediction: Vectors.dense(0, 0), label: 1, weight: 1 }
const frameWith = (row: object) => createDataFrame([...rows, { ...good, ...row }], SCHEMA)
const evaluate = (params: object, frame = data) => new BinaryClassificationEvaluator(params).evaluate(frame)

describe('BinaryClassificationEvaluator', () => {
  // Pairs of a positive and a negative row: 3 of 4 in order; by weight, that of 0.4 below 0.6 is 3 * 2 of 4 * 6.
  test.each([
    [{}, 0.75],
    [{ rawPredictionCol: 'score' }, 0.75],
    [{ weightCol: 'weight' }, 1 - 6 / 24],
    [{ weightCol: '' }, 0.75],
    // Points (0, 1), (1/2, 1), (1/2, 1/2), (1, 2/3), (1, 1/2).
    [{ metricName: 'areaUnderPR' }, 0.5 + (0.5 * (1 / 2 + 2 / 3)) / 2],
    // Two bins of two scores, which are the diagonal.
    [{ numBins: 2 }, 0.5],
    [{ numBins: 0 }, 0.75],
  ])('%j', async (params, expected) => {
    expect(await evaluate(params)).toBeCloseTo(expected, 14)
  })

  test('gives curves and areas from one pass', async () => {
    const metrics = await new BinaryClassificationEvaluator().getMetrics(data)
    expect([metrics.areaUnderROC, await evaluate({})]).toEqual([0.75, 0.75])
    expect([...metrics.roc().x]).toEqual([0, 0, 0.5, 0.5, 1, 1])
    expect([...metrics.thresholds()]).toEqual(rows.map((row) => row.rawPrediction.get(1)))
  })

  test('down-samples each partition of the sorted scores on its own, as Spark', async () => {
    const many = Array.from({ length: 10 }, (_, i) => ({ ...good, score: i, label: i % 2 }))
    const thresholds = async (numPartitions: number) => {
      const evaluator = new BinaryClassificationEvaluator({ rawPredictionCol: 'score', numBins: 3 })
      return [...(await evaluator.getMetrics(createDataFrame(many, SCHEMA, { numPartitions }))).thresholds()]
    }
    expect(await thresholds(1)).toEqual([7, 4, 1, 0])
    expect(await thresholds(2)).toEqual([7, 5, 2, 0])
  })

  test('is larger for better models, and has the text of Spark', () => {
    const evaluator = new BinaryClassificationEvaluator({ numBins: 5 }, 'binEval')
    expect(evaluator.isLargerBetter()).toBe(true)
    expect(String(evaluator)).toBe('BinaryClassificationEvaluator: uid=binEval, metricName=areaUnderROC, numBins=5')
  })

  // Real Spark 4.0.1 gives the same numbers.
  test('with one class, and with NaN scores', async () => {
    const label = (value: number) => data.filter(`label = ${value}`)
    expect([await evaluate({}, label(1)), await evaluate({}, label(0))]).toEqual([1, 0])
    const areas = async (frame = frameWith({ rawPrediction: Vectors.dense(0, Number.NaN), label: 0 })) =>
      Promise.all(['areaUnderROC', 'areaUnderPR'].map((metricName) => evaluate({ metricName }, frame)))
    expect((await areas())[0]).toBeCloseTo(3 / 6, 14)
  })

  test.each([
    [{ rawPrediction: null }, 'rawPrediction'],
    [{ rawPrediction: Vectors.dense(1) }, 'length 1'],
    [{ label: null }, 'label'],
    [{ weight: -1 }, 'weight'],
    [{ weight: Number.NaN }, 'weight'],
    [{ weight: null }, 'weight'],
  ])('refuses the row %j', async (row, text) => {
    const failure = evaluate({ weightCol: 'weight' }, frameWith(row))
    await expect(failure).rejects.toThrow(DataError)
    await expect(failure).rejects.toThrow(text)
    await expect(failure).rejects.toMatchObject({ details: { row: 4 } })
  })

  test('refuses NaN labels, no rows, wrong columns and parameters', async () => {
    const doubles = createDataFrame([{ ...good, label: Number.NaN }], SCHEMA.replace('INT', 'DOUBLE'))
    await expect(evaluate({}, doubles)).rejects.toThrow(DataError)
    await expect(evaluate({}, data.filter('score > 1'))).rejects.toThrow('there is no row to evaluate')
    await expect(evaluate({}, data.drop('rawPrediction'))).rejects.toThrow(SchemaError)
    await expect(evaluate({ rawPredictionCol: 'label' })).rejects.toThrow(SchemaError)
    expect(() => new BinaryClassificationEvaluator({ numBins: -1 })).toThrow(ParamError)
    expect(() => new BinaryClassificationEvaluator({ metricName: 'auc' as 'areaUnderROC' })).toThrow(ParamError)
  })

  // Real Spark 4.0.1: "rawPredictionCol vectors must have length=2, but got 3".
  test('refuses scores of three classes where the schema tells, and reads entry 1 where it does not, as Spark', async () => {
    const three = createDataFrame([{ ...good, rawPrediction: Vectors.dense(0, 1, 2) }], SCHEMA)
    expect(await evaluate({}, three)).toBe(1)
    const failure = evaluate({}, new VectorSizeHint({ inputCol: 'rawPrediction', size: 3 }).transform(three))
    await expect(failure).rejects.toThrow(SchemaError)
    await expect(failure).rejects.toMatchObject({ details: { param: 'rawPredictionCol', column: 'rawPrediction' } })
  })

  test('stops when the signal aborts', async () => {
    const options = { signal: AbortSignal.abort(new Error('stop')) }
    await expect(new BinaryClassificationEvaluator().evaluate(data, options)).rejects.toThrow('stop')
  })
})
