import { describe, expect, test } from 'vitest'
import { ParamError, SchemaError } from '../../src/errors.js'
import { StandardScaler } from '../../src/feature/standard-scaler.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { ParamMap } from '../../src/param/param.js'
import { Pipeline } from '../../src/pipeline/pipeline.js'
import { LinearRegression, type LinearRegressionModel } from '../../src/regression/linear-regression.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { ParamGridBuilder } from '../../src/tuning/param-grid-builder.js'
import { type MeanModel, MeanRegressor } from '../tuning/mean-regressor.js'

const data = createDataFrame(
  Array.from({ length: 24 }, (_, i) => ({ a: Math.sin(i), b: i % 5, label: 3 * Math.sin(i) - (i % 5) + (i % 3) / 7 })),
)

/** A frame that counts how often its rows are read. */
function counted(frame: DataFrame): { frame: DataFrame; reads(): number } {
  let reads = 0
  const step = { name: 'counter', inputs: [], outputs: [], filters: true }
  const run = (_columns: unknown, _length: number, firstRow: number) => {
    if (firstRow === 0) reads++
    return { columns: [], keep: null }
  }
  return { frame: frame.withTransform({ ...step, run }), reads: () => reads }
}

function stages() {
  const assembler = new VectorAssembler({ inputCols: ['a', 'b'], outputCol: 'raw' })
  const scaler = new StandardScaler({ inputCol: 'raw', outputCol: 'features' })
  const mean = new MeanRegressor({ predictionCol: 'level' })
  const lr = new LinearRegression()
  return { assembler, scaler, mean, lr, pipeline: new Pipeline({ stages: [assembler, scaler, mean, lr] }) }
}

describe('fits of many maps', () => {
  test('come one by one, when they are asked for, as of single fits', async () => {
    const regressor = new MeanRegressor()
    let fits = 0
    regressor.onFit = () => {
      fits++
    }
    const maps = new ParamGridBuilder().addGrid(regressor.shift, [0, 5, 10]).build()
    const models = regressor.fitMultiple(data, maps)
    expect(fits).toBe(0)
    const found: MeanModel[] = []
    for await (const [index, model] of models) {
      expect([index, fits]).toEqual([found.length, found.length + 1])
      found.push(model)
    }
    const list = await regressor.fit(data, maps)
    for (const [i, map] of maps.entries()) {
      const alone = await regressor.fit(data, map)
      for (const model of [found[i], list[i]]) {
        expect(model.mean).toBe(alone.mean)
        expect(model).toMatchObject({ uid: regressor.uid, inputSchema: data.schema })
        expect(model.getShift()).toBe(maps[i].get(regressor.shift))
      }
    }
  })

  test('are checked, all of them, before any data is touched', async () => {
    const regressor = new MeanRegressor()
    const { frame, reads } = counted(data)
    const maps = [new ParamMap(), new ParamMap().put(regressor.labelCol, 'price')]
    await expect(regressor.fitMultiple(frame, maps).next()).rejects.toThrow(SchemaError)
    await expect(regressor.fit(frame, [{} as ParamMap])).rejects.toThrow(ParamError)
    expect(reads()).toBe(0)
    expect(await regressor.fit(frame, [])).toEqual([])
  })

  test('stop when they are told to', async () => {
    const regressor = new MeanRegressor()
    const controller = new AbortController()
    regressor.onFit = () => controller.abort(new Error('enough'))
    const fits = regressor.fit(data, [new ParamMap(), new ParamMap()], { signal: controller.signal })
    await expect(fits).rejects.toThrow('enough')
  })
})

describe('linear regression', () => {
  test('reads its rows once for all maps of the same columns', async () => {
    const { assembler, lr } = stages()
    const { frame, reads } = counted(assembler.setOutputCol('features').transform(data))
    const maps = new ParamGridBuilder()
      .addGrid(lr.regParam, [0, 0.1, 1])
      .addGrid(lr.elasticNetParam, [0, 0.5])
      .addGrid(lr.fitIntercept)
      .build()
    const models = await lr.fit(frame, maps)
    expect(reads()).toBe(1)
    for (const [i, map] of maps.entries()) {
      const alone = await lr.fit(frame, map)
      expect(models[i].coefficients).toEqual(alone.coefficients)
      expect(models[i].intercept).toBe(alone.intercept)
      expect(models[i].summary.r2).toBe(alone.summary.r2)
      expect(models[i].summary.objectiveHistory).toEqual(alone.summary.objectiveHistory)
    }
  })

  test('reads them again for other columns, and knows its solvers apart', async () => {
    const { assembler, lr } = stages()
    const { frame, reads } = counted(assembler.setOutputCol('features').transform(data))
    const maps = [
      new ParamMap(),
      new ParamMap().put(lr.labelCol, 'b'),
      new ParamMap().put(lr.solver, 'l-bfgs'),
      new ParamMap().put(lr.loss, 'huber'),
    ]
    const models = await lr.fit(frame, maps)
    expect(reads()).toBe(2)
    for (const [i, map] of maps.entries()) {
      expect(models[i].coefficients).toEqual((await lr.fit(frame, map)).coefficients)
    }
  })
})

describe('a pipeline', () => {
  test('fits once what maps have in common at the beginning, whatever they touch later', async () => {
    const { mean, lr, pipeline } = stages()
    let fits = 0
    mean.onFit = () => {
      fits++
    }
    const maps = new ParamGridBuilder().addGrid(lr.regParam, [0, 0.1]).addGrid(mean.shift, [1, 2, 3]).build()
    const models = await pipeline.fit(data, maps)
    expect(fits).toBe(3)
    mean.onFit = undefined
    for (const [i, map] of maps.entries()) {
      const alone = await pipeline.fit(data, map)
      expect(models[i].stages.map(({ uid }) => uid)).toEqual(alone.stages.map(({ uid }) => uid))
      const [a, b] = [models[i], alone].map(({ stages: all }) => all[3] as LinearRegressionModel)
      expect(a.coefficients).toEqual(b.coefficients)
      expect(a.getRegParam()).toBe(b.getRegParam())
      expect(await models[i].transform(data).collect()).toEqual(await alone.transform(data).collect())
    }
    expect(models[0].stages[1]).toBe(models[1].stages[1])
  })

  test('fits other stages where a map replaces them', async () => {
    const { assembler, scaler, lr, pipeline } = stages()
    const unscaled = new VectorAssembler({ inputCols: ['a', 'b'], outputCol: 'features' })
    const maps = [
      new ParamMap(),
      new ParamMap().put(pipeline.stages, [unscaled, lr]),
      new ParamMap().put(pipeline.stages, [assembler, scaler]),
      new ParamMap().put(pipeline.stages, []),
    ]
    const models = await pipeline.fit(data, maps)
    expect(models.map(({ stages: all }) => all.length)).toEqual([4, 2, 2, 0])
    const alone = await new Pipeline({ stages: [unscaled, lr] }).fit(data)
    const [a, b] = [models[1], alone].map(({ stages: all }) => all[1] as LinearRegressionModel)
    expect(a.coefficients).toEqual(b.coefficients)
  })

  test('tells two fits of one estimator apart, which have one uid', async () => {
    const { assembler, scaler, lr } = stages()
    const raw = assembler.transform(data)
    const [one, other] = [await scaler.fit(raw), await scaler.fit(raw.limit(5))]
    const pipeline = new Pipeline({ stages: [one, lr] })
    const maps = [new ParamMap(), new ParamMap().put(pipeline.stages, [other, lr])]
    const [a, b] = await pipeline.fit(raw, maps)
    expect(a.stages[0]).toMatchObject({ mean: one.mean })
    expect(b.stages[0]).toMatchObject({ mean: other.mean })
    expect((b.stages[1] as LinearRegressionModel).coefficients).toEqual(
      (await lr.fit(other.transform(raw))).coefficients,
    )
  })
})
