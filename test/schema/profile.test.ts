import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CrossValidator,
  createDataFrame,
  type DataFrame,
  expr,
  LinearRegression,
  type LinearRegressionModel,
  MinMaxScaler,
  ParamError,
  ParamGridBuilder,
  Pipeline,
  PipelineModel,
  RegressionEvaluator,
  read,
  StringIndexer,
  VectorAssembler,
  Vectors,
} from 'ridgeline'
import { afterAll, describe, expect, it } from 'vitest'
import { frame, rides, ridesModel } from './rides.js'

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-profile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const assemble = (...inputCols: string[]) =>
  new Pipeline({
    stages: [
      new VectorAssembler({ inputCols, outputCol: 'features', handleInvalid: 'skip' }),
      new LinearRegression({ labelCol: 'y', regParam: 1 }),
    ],
  })

/** What the schema of a model says of the columns of its fit. */
const seen = (model: { modelSchema(): { inputs: readonly object[] } }) => model.modelSchema().inputs

describe('a fit', () => {
  it('tells ranges and nulls of the columns that the model reads', async () => {
    const [city, km, hour] = (await ridesModel()).modelSchema().inputs
    expect(city).toMatchObject({ nullable: false, nulls: false })
    expect(city.range).toBeUndefined()
    expect(km).toMatchObject({ nullable: false, nulls: false, nans: false, range: { min: 0, max: 25 } })
    expect(hour).toMatchObject({ range: { min: 0, max: 23 } })
    expect(hour.nans).toBeUndefined()
  })

  it('is not slowed by it: a model looks when it is asked, and so does its copy', async () => {
    const model = await ridesModel()
    const isOpen = (one: object) => Object.getOwnPropertyDescriptor(one, 'inputProfile')?.get !== undefined
    model.scorer()
    const copy = model.copy()
    expect([isOpen(model), isOpen(copy)]).toEqual([true, true])
    expect(copy.modelSchema()).toEqual(model.modelSchema())
    expect([isOpen(model), isOpen(copy)]).toEqual([false, false])
  })

  it('passes over null and NaN, which it tells', async () => {
    const odd = createDataFrame(
      [
        { k: 'a', d: Number.NaN, l: 2n ** 60n, y: 1 },
        { k: null, d: 3.5, l: 3n, y: 2 },
        { k: 'b', d: -0.5, l: 4n, y: 3 },
        { k: 'a', d: 1, l: 4n, y: 3 },
        { k: 'a', d: null, l: 4n, y: 3 },
      ],
      'k STRING, d DOUBLE, l BIGINT, y DOUBLE',
    )
    const indexed = await new StringIndexer({ inputCols: ['k', 'd', 'l'], outputCols: ['a', 'b', 'c'] }).fit(odd)
    const [k, d, l] = indexed.modelSchema().inputs
    expect(k).toMatchObject({ nulls: true, nullable: true })
    expect(d).toMatchObject({ nulls: true, nans: true, range: { min: -0.5, max: 3.5 } })
    // A double does not hold the largest one.
    expect(l.range).toBeUndefined()
  })

  it('looks at every row of columns longer than a step', async () => {
    const n = 150_001
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i))
    x[n - 1] = 9
    x[70_000] = -7
    const y = Float64Array.from({ length: n }, (_, i) => i)
    const z = Array.from({ length: n }, (_, i) => (i === 100_003 ? null : i % 5))
    const model = await assemble('x', 'y', 'z').fit(createDataFrame({ x, y, z }))
    expect(seen(model)).toMatchObject([
      { name: 'x', range: { min: -7, max: 9 }, nulls: false },
      { name: 'y', range: { min: 0, max: n - 1 } },
      { name: 'z', range: { min: 0, max: 4 }, nulls: true },
    ])
  })

  it('tells the length of vectors, where they have one', async () => {
    const vectors = createDataFrame([{ v: Vectors.dense(1, 2) }, { v: Vectors.dense(3, 4) }])
    const scaler = new MinMaxScaler({ inputCol: 'v', outputCol: 'w' })
    expect(seen(await scaler.fit(vectors))).toMatchObject([{ size: 2 }])
    const indexed = await new StringIndexer({ inputCol: 'k', outputCol: 'i' }).fit(createDataFrame([{ k: 'a' }]))
    expect(seen(indexed)[0]).not.toHaveProperty('size')
  })

  const renamed = (data: DataFrame): DataFrame => data.select('km', 'price').withColumnRenamed('price', 'y')
  const base = frame as DataFrame

  it('knows columns in memory, renamed, cached or with other columns beside them, and no others unless it is told to', async () => {
    const known = { name: 'km', range: { min: 0, max: 25 }, nulls: false }
    const far = Math.min(...rides.map(({ km }) => km).filter((km) => km > 5))
    const cached = base.filter('km > 5').cache()
    expect(seen(await assemble('km').fit(renamed(base)))).toMatchObject([known])
    expect(seen(await assemble('km').fit(renamed(base).withColumn('more', expr('km * 2'))))).toMatchObject([known])
    expect(seen(await assemble('km').fit(renamed(cached)))).toMatchObject([{ range: { min: far, max: 25 } }])
    const filtered = renamed(base.filter('km > 5'))
    expect(seen(await assemble('km').fit(filtered))[0]).not.toHaveProperty('range')
    expect(seen(await assemble('km').fit(filtered, { profile: true }))).toMatchObject([
      { range: { min: far, max: 25 } },
    ])
    expect(seen(await assemble('km').fit(renamed(base), { profile: false }))[0]).not.toHaveProperty('range')
    await expect(assemble('km').fit(base, { profile: 'yes' as never })).rejects.toThrow(ParamError)
  })

  it('reads files for it where it is told to', async () => {
    const path = join(folder, 'rides.csv')
    writeFileSync(path, 'km,y\n1.5,2\n,3\n4.5,4\n')
    const csv = await read.option('header', true).option('inferSchema', true).csv(path)
    const model = await assemble('km').fit(csv.na.fill(0), { profile: true })
    expect(seen(model)).toMatchObject([{ name: 'km', range: { min: 0, max: 4.5 }, nulls: false }])
  })

  it('of a tuner tells its best model, too', async () => {
    const lr = new LinearRegression({ labelCol: 'price' })
    const estimator = new Pipeline({ stages: [new VectorAssembler({ inputCols: ['km'], outputCol: 'features' }), lr] })
    const estimatorParamMaps = new ParamGridBuilder().addGrid(lr.regParam, [0, 1]).build()
    const evaluator = new RegressionEvaluator({ labelCol: 'price' })
    const model = await new CrossValidator({ estimator, estimatorParamMaps, evaluator, numFolds: 2 }).fit(frame)
    const range = { min: 0, max: 25 }
    expect(seen(model)).toMatchObject([{ name: 'km', range }])
    expect(seen(model.bestModel)).toMatchObject([{ name: 'km', range }])
  })
})

describe('a saved model', () => {
  it.each(['json', 'spark'] as const)('keeps it in the format %s', async (format) => {
    const model = await ridesModel()
    const path = join(folder, `model-${format}`)
    await model.write().format(format).save(path)
    const loaded = await PipelineModel.load(path)
    expect(loaded.modelSchema()).toEqual(model.modelSchema())
  })

  it('keeps ranges that JSON has no numbers for', async () => {
    const wide = createDataFrame([
      { x: Number.POSITIVE_INFINITY, y: 1 },
      { x: -0, y: 2 },
    ])
    const model = await new StringIndexer({ inputCol: 'x', outputCol: 'i' }).fit(wide)
    const path = join(folder, 'wide.json')
    await model.save(path)
    const loaded = await (model.constructor as unknown as typeof LinearRegressionModel).load(path)
    expect(loaded.modelSchema().inputs[0].range).toEqual({ min: -0, max: Number.POSITIVE_INFINITY })
  })

  it('loads without it, as older versions wrote it, and not with nonsense in its place', async () => {
    const path = join(folder, 'old.json')
    await (await ridesModel()).save(path)
    const document = JSON.parse(readFileSync(path, 'utf8'))
    document.stage.inputProfile = undefined
    writeFileSync(path, JSON.stringify(document))
    const old = await PipelineModel.load(path, { verify: false })
    expect(old.modelSchema().inputs[1]).toEqual({ name: 'km', type: { kind: 'double' }, nullable: true })
    document.stage.inputProfile = [{ name: 'km' }]
    writeFileSync(path, JSON.stringify(document))
    await expect(PipelineModel.load(path, { verify: false })).rejects.toThrow('inputProfile is')
  })
})
