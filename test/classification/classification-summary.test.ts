import { describe, expect, test } from 'vitest'
import { classificationModel, probabilisticModel } from '../../src/classification/classification-model.js'
import { BinaryClassificationSummary, ClassificationSummary } from '../../src/classification/classification-summary.js'
import { linearSVCTrainingSummary, summarizeLinearSVC } from '../../src/classification/linear-svc-summary.js'
import {
  BinaryLogisticRegressionSummary,
  BinaryLogisticRegressionTrainingSummary,
  LogisticRegressionSummary,
  LogisticRegressionTrainingSummary,
  logisticRegressionTrainingSummary,
  summarizeLogisticRegression,
} from '../../src/classification/logistic-regression-summary.js'
import {
  BinaryRandomForestClassificationTrainingSummary,
  randomForestTrainingSummary,
  summarizeRandomForest,
} from '../../src/classification/random-forest-classification-summary.js'
import { requireSummary } from '../../src/classification/summarize.js'
import { DataError, NotFittedError, SchemaError, UnsupportedError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { Instances } from '../../src/optim/instances.js'
import { doubleArray, outputColumn } from '../../src/param/row.js'
import * as shared from '../../src/param/shared.js'
import { state } from '../../src/param/state.js'
import type { VectorColumn } from '../../src/sql/batch.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { DoubleType, VectorUDT } from '../../src/sql/types.js'

const scoreColumn = (name: string) => outputColumn({ default: name, yields: VectorUDT, optional: true, doc: name })
const scored = {
  ...shared.predictor,
  predictionCol: outputColumn({ default: 'prediction', yields: DoubleType, optional: true, doc: 'prediction' }),
  weightCol: shared.weightCol,
  rawPredictionCol: scoreColumn('rawPrediction'),
}
const probable = {
  ...scored,
  probabilityCol: scoreColumn('probability'),
  thresholds: doubleArray({ doc: 'thresholds' }),
}
const learned = { numClasses: state.int('number of classes'), numFeatures: state.int('number of features') }
let scoredRows = 0
const features = ({ values, size }: VectorColumn, length: number): Float64Array => {
  scoredRows += length
  return values.slice(0, length * size)
}

/** Probabilities are the features. */
class Echo extends probabilisticModel('test.Echo', probable, learned) {
  override rawScores(column: VectorColumn, length: number) {
    return features(column, length)
  }
  override rawToProbability() {}
}
class Margin extends classificationModel('test.Margin', scored, learned) {
  override rawScores(column: VectorColumn, length: number) {
    return features(column, length)
  }
}
const echo = (numClasses = 2) => new Echo({ numClasses, numFeatures: numClasses })

const labels = [1, 1, 0, 1, 0, 0]
const positive = [0.9, 0.8, 0.7, 0.4, 0.3, 0.3]
const weights = [1, 2, 1, 1, 3, 1]
const rows = labels.map((label, i) => ({
  features: Vectors.dense(1 - positive[i], positive[i]),
  label,
  w: weights[i],
}))
const data = createDataFrame(rows)
const threeClasses = createDataFrame(
  [0, 1, 2, 2].map((label, i) => ({
    features: Vectors.dense(i === 3 ? [1, 0, 0] : [0, 1, 2].map((k) => +(k === label))),
    label,
  })),
)
const blocksOf = (frame: DataFrame, weight = '') =>
  new Instances(frame, { stage: 'test', features: 'features', label: 'label', weight }).collect()
const pairs = async (frame: DataFrame) => (await frame.collect()).map((row) => Object.values(row))

describe('summaries of classifiers', () => {
  test('measure by class and by score', async () => {
    const summary = (await summarizeLogisticRegression(echo(), data)).asBinary
    expect(summary).toBeInstanceOf(BinaryLogisticRegressionSummary)
    expect(summary.labels).toEqual([0, 1])
    expect(summary.accuracy).toBeCloseTo(4 / 6, 14)
    expect(summary.recallByLabel).toEqual([2 / 3, 2 / 3])
    expect(summary.truePositiveRateByLabel).toEqual(summary.recallByLabel)
    expect(summary.precisionByLabel).toEqual([2 / 3, 2 / 3])
    expect(summary.falsePositiveRateByLabel).toEqual([1 / 3, 1 / 3])
    expect(summary.fMeasureByLabel(2)).toEqual(summary.fMeasureByLabel().map(() => expect.closeTo(2 / 3, 14)))
    const averages = [summary.weightedRecall, summary.weightedPrecision, summary.weightedFMeasure(), summary.accuracy]
    expect(averages).toEqual(averages.map(() => expect.closeTo(2 / 3, 14)))
    expect([summary.weightedTruePositiveRate, summary.weightedFalsePositiveRate]).toEqual([2 / 3, 1 / 3])
    // Of 9 pairs, 8 are in order.
    expect(summary.areaUnderROC).toBeCloseTo(8 / 9, 14)
  })

  test('curves are frames with the names of Spark', async () => {
    const summary = (await summarizeLogisticRegression(echo(), data)).asBinary
    expect(await summary.roc.collect()).toHaveLength(7)
    expect((await summary.roc.collect()).at(1)).toEqual({ FPR: 0, TPR: 1 / 3 })
    expect((await summary.pr.collect())[0]).toEqual({ recall: 0, precision: 1 })
    expect(summary.fMeasureByThreshold.columns).toEqual(['threshold', 'F-Measure'])
    expect(await pairs(summary.precisionByThreshold)).toEqual([
      [0.9, 1],
      [0.8, 1],
      [0.7, 2 / 3],
      [0.4, 3 / 4],
      [0.3, 3 / 6],
    ])
    expect((await pairs(summary.recallByThreshold)).map(([, recall]) => recall)).toEqual([1 / 3, 2 / 3, 2 / 3, 1, 1])
    expect(summary.roc.schema.fields.map((field) => field.nullable)).toEqual([false, false])
  })

  test('have every member of Spark', async () => {
    const fitted = logisticRegressionTrainingSummary(echo(), data, await blocksOf(data), [1, 0.5])
    const members = `accuracy areaUnderROC fMeasureByLabel fMeasureByThreshold falsePositiveRateByLabel featuresCol labelCol labels
      objectiveHistory pr precisionByLabel precisionByThreshold predictionCol predictions probabilityCol recallByLabel
      recallByThreshold roc scoreCol totalIterations truePositiveRateByLabel weightCol weightedFMeasure
      weightedFalsePositiveRate weightedPrecision weightedRecall weightedTruePositiveRate`
    for (const name of members.split(/\s+/))
      expect((fitted as unknown as Record<string, unknown>)[name], name).toBeDefined()
  })

  test('rows count by their weight, where the frame has it', async () => {
    const weighted = echo().set({ weightCol: 'w' })
    const summary = await summarizeLogisticRegression(weighted, data)
    expect(summary.accuracy).toBeCloseTo(7 / 9, 14)
    // Pairs by weight: only the positive row of score 0.4 lies below the negative one of 0.7.
    expect(summary.asBinary.areaUnderROC).toBeCloseTo(1 - 1 / 20, 14)
    expect(summary.weightCol).toBe('w')
    const without = await summarizeLogisticRegression(weighted, data.drop('w'))
    expect([without.accuracy, without.weightCol]).toEqual([4 / 6, ''])
  })

  test('of a fit are those of its data, judged when they are asked for', async () => {
    for (const weightCol of ['', 'w']) {
      const model = echo().set({ weightCol })
      const blocks = await blocksOf(data, weightCol)
      scoredRows = 0
      const fitted = logisticRegressionTrainingSummary(model, data, blocks, [0.7, 0.5, 0.4])
      expect([fitted.objectiveHistory, fitted.totalIterations]).toEqual([[0.7, 0.5, 0.4], 2])
      expect(scoredRows).toBe(0)
      const read = await summarizeLogisticRegression(model, data)
      scoredRows = 0
      expect([fitted.accuracy, fitted.asBinary.areaUnderROC]).toEqual([read.accuracy, read.asBinary.areaUnderROC])
      expect(await pairs(fitted.asBinary.roc)).toEqual(await pairs(read.asBinary.roc))
      expect(scoredRows).toBe(rows.length)
      expect(fitted).toBeInstanceOf(BinaryLogisticRegressionTrainingSummary)
      expect(fitted).toBeInstanceOf(BinaryClassificationSummary)
    }
  })

  test('tell the columns of their predictions', async () => {
    const summary = await summarizeLogisticRegression(echo(), data)
    expect(summary.predictions.columns).toEqual([
      'features',
      'label',
      'w',
      'rawPrediction',
      'probability',
      'prediction',
    ])
    const { predictionCol, labelCol, featuresCol, scoreCol, probabilityCol } = summary
    expect([predictionCol, labelCol, featuresCol]).toEqual(['prediction', 'label', 'features'])
    expect([scoreCol, probabilityCol]).toEqual(['probability', 'probability'])
  })

  test('give a name to columns that the model does not make', async () => {
    const silent = echo().set({ probabilityCol: '', predictionCol: '', rawPredictionCol: '' })
    const summary = await summarizeLogisticRegression(silent, data)
    expect([summary.scoreCol, summary.predictionCol]).toEqual([`probability_${silent.uid}`, `prediction_${silent.uid}`])
    expect(summary.predictions.columns).toContain(summary.scoreCol)
    expect(summary.asBinary.areaUnderROC).toBeCloseTo(8 / 9, 14)
    const fitted = logisticRegressionTrainingSummary(silent, data, await blocksOf(data), [0])
    expect(fitted.accuracy).toBe(summary.accuracy)
  })

  test('of several classes have no curves', async () => {
    const summary = await summarizeLogisticRegression(echo(3), threeClasses)
    expect(summary).toBeInstanceOf(LogisticRegressionSummary)
    expect(summary).toBeInstanceOf(ClassificationSummary)
    expect([summary.labels, summary.accuracy]).toEqual([[0, 1, 2], 0.75])
    expect(() => summary.asBinary).toThrow(UnsupportedError)
    const fitted = logisticRegressionTrainingSummary(echo(3), threeClasses, await blocksOf(threeClasses), [1, 0])
    expect(fitted).toBeInstanceOf(LogisticRegressionTrainingSummary)
    expect(fitted.recallByLabel).toEqual([1, 1, 0.5])
  })

  test('of a forest have no objective, of a margin are drawn by it', async () => {
    const forest = randomForestTrainingSummary(echo(), data, await blocksOf(data))
    expect(forest).toBeInstanceOf(BinaryRandomForestClassificationTrainingSummary)
    expect([forest.objectiveHistory, forest.totalIterations]).toEqual([[0], 0])
    expect((await summarizeRandomForest(echo(), data)).asBinary.areaUnderROC).toBe(forest.asBinary.areaUnderROC)
    const margin = new Margin({ numClasses: 2, numFeatures: 2 })
    const fitted = linearSVCTrainingSummary(margin, data, await blocksOf(data), [1, 0.5])
    expect([fitted.scoreCol, fitted.totalIterations]).toEqual(['rawPrediction', 1])
    expect((await summarizeLinearSVC(margin, data)).areaUnderROC).toBe(fitted.areaUnderROC)
  })

  test('of a model of one class have measures, and no curves', async () => {
    const frame = createDataFrame([{ features: Vectors.dense(1), label: 0 }])
    const summary = await summarizeLogisticRegression(echo(1), frame)
    expect(summary.accuracy).toBe(1)
    expect(() => summary.asBinary.areaUnderROC).toThrow(UnsupportedError)
  })

  test('refuse bad rows and missing columns with typed errors', async () => {
    const SCHEMA = 'features VECTOR, label DOUBLE, w DOUBLE'
    const bad = (row: object) => createDataFrame([{ features: Vectors.dense(0, 1), label: 1, w: 1, ...row }], SCHEMA)
    for (const row of [{ label: null }, { label: Number.NaN }, { w: -1 }, { w: null }, { features: null }]) {
      await expect(summarizeLogisticRegression(echo().set({ weightCol: 'w' }), bad(row))).rejects.toThrow(DataError)
    }
    await expect(summarizeLogisticRegression(echo(), data.drop('label'))).rejects.toThrow(SchemaError)
    const empty = await summarizeLogisticRegression(echo(), data.filter('label > 5'))
    expect(() => empty.accuracy).toThrow(DataError)
    expect(() => requireSummary('uid', undefined)).toThrow(NotFittedError)
    expect(requireSummary('uid', 'summary')).toBe('summary')
  })

  test('stop when the signal aborts', async () => {
    await expect(summarizeLogisticRegression(echo(), data, AbortSignal.abort(new Error('stop')))).rejects.toThrow(
      'stop',
    )
  })
})
