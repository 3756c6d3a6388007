import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { RegressionEvaluator } from '../../src/evaluation/regression-evaluator.js'
import { ParamMap } from '../../src/param/param.js'
import { Pipeline, type PipelineModel } from '../../src/pipeline/pipeline.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { CrossValidator, CrossValidatorModel } from '../../src/tuning/cross-validator.js'
import { ParamGridBuilder } from '../../src/tuning/param-grid-builder.js'
import type { ProgressEvent } from '../../src/util/progress.js'
import { MeanModel, MeanRegressor } from './mean-regressor.js'

const LABELS = [1, 4, 2, 8, 5, 7, 3, 9]
const FOLDS = [0, 1, 2, 0, 1, 2, 0, 0]
const SHIFTS = [1, 0, -1, 0.5]
const rows = LABELS.map((label, id) => ({ id, label, fold: FOLDS[id] }))
const data = createDataFrame(rows, 'id INT, label DOUBLE, fold INT')

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
/** Root mean squared error of every shift on every fold, by definition. */
const expectedMetrics = [0, 1, 2].map((fold) => {
  const level = mean(LABELS.filter((_, i) => FOLDS[i] !== fold))
  const validation = LABELS.filter((_, i) => FOLDS[i] === fold)
  return SHIFTS.map((shift) => Math.sqrt(mean(validation.map((y) => (y - level - shift) ** 2))))
})
/** A few operations on numbers near 1. */
const DIGITS = 13
const near = (x: number) => expect.closeTo(x, DIGITS)
const meansOf = (model: CrossValidatorModel) => model.subModels?.map((fold) => fold.map((m) => (m as MeanModel).mean))

function tuner(options: ConstructorParameters<typeof CrossValidator>[0] = {}) {
  const estimator = new MeanRegressor()
  const estimatorParamMaps = new ParamGridBuilder().addGrid(estimator.shift, SHIFTS).build()
  return {
    estimator,
    cv: new CrossValidator({
      estimator,
      estimatorParamMaps,
      evaluator: new RegressionEvaluator(),
      foldCol: 'fold',
      ...options,
    }),
  }
}
const idsOf = async (frame: DataFrame) => (await frame.collect()).map((row) => row.id)
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-cv-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('no error'),
    (error) => error,
  )

describe('CrossValidator', () => {
  test('averages the metric of every map over the folds and fits the best one on all rows', async () => {
    const { cv } = tuner()
    const model = await cv.fit(data)
    const columns = SHIFTS.map((_, i) => expectedMetrics.map((fold) => fold[i]))
    const std = (values: readonly number[]) => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)))
    expect(model.avgMetrics).toEqual(columns.map((column) => near(mean(column))))
    expect(model.stdMetrics).toEqual(columns.map((column) => near(std(column))))
    const best = model.avgMetrics.indexOf(Math.min(...model.avgMetrics))
    expect((model.bestModel as MeanModel).mean).toBeCloseTo(mean(LABELS) + SHIFTS[best], DIGITS)
    expect(model.uid).toBe(cv.uid)
    expect(model.parent).toBe(cv)
    expect(model.hasSubModels).toBe(false)
  })

  test('transforms as its best model does', async () => {
    const model = await tuner().cv.fit(data)
    const prediction = (model.bestModel as MeanModel).mean
    expect(await model.transform(data).select('id', 'prediction').collect()).toEqual(
      rows.map(({ id }) => ({ id, prediction })),
    )
    expect(model.transformSchema(data.schema)).toEqual(model.transform(data).schema)
    expect(tuner().cv.transformSchema(data.schema)).toEqual(model.transform(data).schema)
  })

  test('drops the column of fold numbers before fitting, and not for the last fit', async () => {
    const { cv, estimator } = tuner({ parallelism: 1 })
    const seen: string[] = []
    estimator.onFit = (frame) => void seen.push(frame.columns.join())
    await cv.fit(data)
    expect(seen).toEqual([...Array<string>(12).fill('id,label'), 'id,label,fold'])
  })

  test('draws the folds of Scala Spark, by its default seed', async () => {
    // golden tuning/CrossValidator/scala_rides5_train80_2parts_defaultSeed: foldIds.
    const recorded = [
      [1, 2, 4],
      [2, 4, 5],
      [1, 5],
    ]
    const rides = createDataFrame(
      [
        { id: 1, city: 'FR', distanceKm: 7.5, hour: 9, label: 10.8 },
        { id: 2, city: 'US', distanceKm: 12, hour: 18, label: 18.4 },
        { id: 3, city: 'DE', distanceKm: 3, hour: 23, label: 6.2 },
        { id: 4, city: 'FR', distanceKm: 16.2, hour: 8, label: 21.7 },
        { id: 5, city: 'MG', distanceKm: 9.5, hour: 12, label: 13.1 },
      ],
      undefined,
      { numPartitions: 2 },
    )
    const [train] = rides.randomSplit([0.8, 0.2], 42)
    const { cv, estimator } = tuner({ foldCol: '', estimatorParamMaps: [new ParamMap()] })
    const seen: unknown[][] = []
    estimator.onFit = async (frame) => void seen.push(await idsOf(frame))
    await cv.fit(train)
    expect(cv.getSeed()).toBe(-1191137437)
    expect(seen).toEqual([...recorded, [1, 2, 4, 5]])
  })

  test('gives the same results whatever the parallelism, which it keeps to', async () => {
    const fit = async (parallelism: number) => {
      const { cv, estimator } = tuner({ parallelism, collectSubModels: true })
      let running = 0
      let most = 0
      estimator.onFit = async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setTimeout(resolve, 1))
        running--
      }
      const model = await cv.fit(data)
      return {
        most,
        metrics: model.avgMetrics,
        means: model.subModels?.map((fold) => fold.map((m) => (m as MeanModel).mean)),
      }
    }
    const one = await fit(1)
    const three = await fit(3)
    expect([one.most, three.most]).toEqual([1, 3])
    expect({ ...three, most: 0 }).toEqual({ ...one, most: 0 })
  })

  test('keeps the models of every fold, in order, when asked', async () => {
    const model = await tuner({ collectSubModels: true }).cv.fit(data)
    const levels = [0, 1, 2].map((fold) => mean(LABELS.filter((_, i) => FOLDS[i] !== fold)))
    expect(model.hasSubModels).toBe(true)
    expect(meansOf(model)).toEqual(levels.map((level) => SHIFTS.map((shift) => near(level + shift))))
  })

  test('takes the largest metric where larger is better', async () => {
    const model = await tuner({ evaluator: new RegressionEvaluator({ metricName: 'r2' }) }).cv.fit(data)
    const best = model.avgMetrics.indexOf(Math.max(...model.avgMetrics))
    expect((model.bestModel as MeanModel).mean).toBeCloseTo(mean(LABELS) + SHIFTS[best], DIGITS)
  })

  test('tunes stages inside a pipeline', async () => {
    const inner = new MeanRegressor()
    const estimatorParamMaps = new ParamGridBuilder().addGrid(inner.shift, [100, 0]).build()
    const model = await tuner({ estimator: new Pipeline({ stages: [inner] }), estimatorParamMaps }).cv.fit(data)
    const [best] = (model.bestModel as PipelineModel).stages
    expect((best as MeanModel).mean).toBeCloseTo(mean(LABELS), DIGITS)
    expect((best as MeanModel).getShift()).toBe(0)
  })

  test('tunes which stages a pipeline has, with parameters of those stages, and saves that', async () => {
    const [low, high] = [new MeanRegressor(), new MeanRegressor({ shift: 50 })]
    const pipeline = new Pipeline()
    const estimatorParamMaps = [
      new ParamMap().put(pipeline.stages, [high]),
      new ParamMap().put(pipeline.stages, [low]).put(low.shift, 0.25),
    ]
    const { cv } = tuner({ estimator: pipeline, estimatorParamMaps })
    const best = (model: CrossValidatorModel) => ((model.bestModel as PipelineModel).stages[0] as MeanModel).mean
    expect(best(await cv.fit(data))).toEqual(near(mean(LABELS) + 0.25))
    await inFolder(async (folder) => {
      await cv.save(join(folder, 'cv.json'))
      const again = await CrossValidator.load(join(folder, 'cv.json'), { classes: [MeanRegressor] })
      expect(best(await again.fit(data))).toEqual(near(mean(LABELS) + 0.25))
    })
  })

  test('reports fits done of all fits', async () => {
    const { cv } = tuner()
    const events: ProgressEvent[] = []
    await cv.fit(data, { onProgress: (event) => events.push(event) })
    expect(events.map(({ done }) => done)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1))
    expect(new Set(events.map(({ stage, total }) => `${stage} ${total}`))).toEqual(new Set([`${cv.uid} 13`]))
  })

  test('stops between fits and inside them', async () => {
    const { cv, estimator } = tuner({ parallelism: 2 })
    const controller = new AbortController()
    const reason = new Error('enough')
    let fits = 0
    let told = 0
    estimator.onFit = (_, { signal }) => {
      fits++
      signal?.addEventListener('abort', () => told++)
      if (fits === 2) controller.abort(reason)
    }
    await expect(cv.fit(data, { signal: controller.signal })).rejects.toBe(reason)
    expect([fits, told]).toEqual([2, 2])
  })

  test('passes a failing fit on and stops', async () => {
    const { cv, estimator } = tuner()
    const error = new Error('broken')
    let fits = 0
    estimator.onFit = () => {
      if (++fits === 3) throw error
    }
    await expect(cv.fit(data)).rejects.toBe(error)
    expect(fits).toBe(3)
  })
})

describe('CrossValidator refuses', () => {
  test('an empty fold, before any fit, and says which and what to do', async () => {
    const { cv, estimator } = tuner({ numFolds: 4 })
    let fits = 0
    estimator.onFit = () => void fits++
    const error = await failure(cv.fit(data))
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toBe(
      `${cv.uid}: fold 3 (of 0 to 3) has no validation rows (8 for training, 0 for validation). ` +
        'Give every fold from 0 to 3 rows in column "fold", or set numFolds to the number of folds.',
    )
    expect(fits).toBe(0)
  })

  test('an empty random fold', async () => {
    const two = createDataFrame([{ label: 1 }, { label: 2 }], 'label DOUBLE', { numPartitions: 1 })
    const error = await failure(tuner({ foldCol: '', seed: 1, numFolds: 5 }).cv.fit(two))
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toMatch(
      /fold \d \(of 0 to 4\) has no validation rows \(2 for training, 0 for validation\)\. Give more rows/,
    )
  })

  test.each([
    [3, /fold number 3 in column "fold" \(row 1\)\. Allowed: an integer from 0 to 2 \(numFolds is 3\)/],
    [-1, /fold number -1 /],
    [null, /fold number null /],
  ])('the fold number %s', async (fold, message) => {
    const bad = createDataFrame([rows[0], { ...rows[1], fold }, rows[2]], data.schema)
    const error = await failure(tuner().cv.fit(bad))
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toMatch(message)
  })

  test('a fold column that is missing or not int', async () => {
    expect(() => tuner({ foldCol: 'folds' }).cv.transformSchema(data.schema)).toThrow(
      /"folds" does not exist.*Did you mean "fold"/,
    )
    const error = await failure(tuner({ foldCol: 'label' }).cv.fit(data))
    expect(error).toBeInstanceOf(SchemaError)
    expect(error.message).toMatch(/column "label" \(foldCol\) has type double.*Allowed: int/)
  })

  test('parameters that are missing or invalid', async () => {
    const error = await failure(new CrossValidator().fit(data))
    expect(error).toBeInstanceOf(ParamError)
    expect(error.message).toMatch(/"estimatorParamMaps" is not set/)
    expect(() => tuner({ numFolds: 1 })).toThrow(ParamError)
    expect(() => tuner({ parallelism: 0 })).toThrow(ParamError)
    expect(() => tuner({ estimatorParamMaps: [] })).toThrow(/Allowed: an array of one or more ParamMaps/)
    // @ts-expect-error an evaluator is no estimator
    expect(() => tuner({ estimator: new RegressionEvaluator() })).toThrow(/Allowed: an estimator/)
  })

  test('a map for a stage that is not tuned', async () => {
    const other = new MeanRegressor()
    const { cv, estimator } = tuner({ estimatorParamMaps: new ParamGridBuilder().addGrid(other.shift, [1]).build() })
    expect(() => cv.transformSchema(data.schema)).toThrow(
      `map 0 sets "shift" of ${other.uid}, which is not tuned. Allowed: parameters of ${estimator.uid}.`,
    )
  })

  test('a schema that a candidate refuses, for every map', async () => {
    const { cv, estimator } = tuner({})
    cv.setEstimatorParamMaps([new ParamMap(), new ParamMap().put(estimator.labelCol, 'price')])
    expect(() => cv.transformSchema(data.schema)).toThrow(/column "price" does not exist/)
  })
})

describe('CrossValidator and its model', () => {
  test('copy their stages with the extra values that are theirs', async () => {
    const { cv, estimator } = tuner()
    const copy = cv.copy(new ParamMap().put(cv.numFolds, 5).put(estimator.shift, 9))
    expect([copy.uid, copy.getNumFolds(), (copy.getEstimator() as MeanRegressor).getShift()]).toEqual([cv.uid, 5, 9])
    expect([cv.getNumFolds(), estimator.getShift()]).toEqual([3, 0])
    const model = await cv.fit(data)
    const renamed = model.transform(data, new ParamMap().put((model.bestModel as MeanModel).predictionCol, 'p'))
    expect(renamed.columns).toEqual(['id', 'label', 'fold', 'p'])
    expect(model.transform(data).columns).toEqual(['id', 'label', 'fold', 'prediction'])
  })

  test('are equal after saving and loading, sub-models included', async () => {
    const classes = [MeanRegressor, MeanModel]
    await inFolder(async (folder) => {
      const { cv } = tuner({ collectSubModels: true, seed: 2n ** 60n })
      const model = await cv.fit(data)
      await cv.save(join(folder, 'cv.json'))
      await model.save(join(folder, 'model.json'))
      const tunerAgain = await CrossValidator.load(join(folder, 'cv.json'), { classes })
      const again = await CrossValidatorModel.load(join(folder, 'model.json'), { classes })
      expect(tunerAgain.getSeed()).toBe(2n ** 60n)
      expect(tunerAgain.getEstimatorParamMaps().map(String)).toEqual(cv.getEstimatorParamMaps().map(String))
      expect([...again.avgMetrics]).toEqual([...model.avgMetrics])
      expect([...(again.stdMetrics ?? [])]).toEqual([...(model.stdMetrics ?? [])])
      expect(meansOf(again)).toEqual(meansOf(model))
      expect(await again.transform(data).collect()).toEqual(await model.transform(data).collect())
      expect((await tunerAgain.fit(data)).avgMetrics).toEqual(model.avgMetrics)
    })
  })
})
