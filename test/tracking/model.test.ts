import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PersistenceError, UnsupportedError } from '../../src/errors.js'
import { CalendarFeatures } from '../../src/feature/calendar-features.js'
import { OneHotEncoder } from '../../src/feature/one-hot-encoder.js'
import { StringIndexer } from '../../src/feature/string-indexer.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { Pipeline } from '../../src/pipeline/pipeline.js'
import { LinearRegression } from '../../src/regression/linear-regression.js'
import { createDataFrame } from '../../src/sql/session.js'
import { getModelInfo, loadModel, MlflowClient, MlflowError, saveModel } from '../../src/tracking/index.js'
import { FakeS3 } from '../helpers/fake-s3.js'
import { ridesRows } from '../interop/rides.js'

const rides = createDataFrame(ridesRows)
const fitted = () =>
  new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
      new OneHotEncoder({ inputCols: ['cityIdx'], outputCols: ['cityOhe'] }),
      new VectorAssembler({ inputCols: ['distanceKm', 'hour', 'cityOhe'], outputCol: 'features' }),
      new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
    ],
  }).fit(rides)

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ridgeline-mlflow-')), 'model')
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))
const fileOf = (path: string) => readFile(join(folder, path), 'utf8')

describe('a model directory', () => {
  it('holds the model for Ridgeline and for Spark, and what MLflow says of it', async () => {
    const model = await fitted()
    await saveModel(model, folder, {
      inputExample: rides.select('city', 'distanceKm', 'hour').limit(2),
      metadata: { team: 'rides' },
    })
    const predictions = async (loaded: typeof model) =>
      (await loaded.transform(rides).select('prediction').collect()).map((row) => row.prediction)
    const expected = await predictions(model)
    for (const address of [folder, pathToFileURL(folder).href]) {
      expect(await predictions(await loadModel(address))).toEqual(expected)
    }
    const info = await getModelInfo(folder)
    expect(info).toMatchObject({ metadata: { team: 'rides' }, saved_input_example_info: { type: 'dataframe' } })
    expect(JSON.parse(info.signature?.inputs ?? '')).toMatchObject([
      { name: 'city', type: 'string' },
      { name: 'distanceKm', type: 'double' },
      // Spark's int, as pandas holds it.
      { name: 'hour', type: 'long' },
    ])
    const split = {
      columns: ['city', 'distanceKm', 'hour'],
      data: [
        ['FR', 7.5, 9],
        ['US', 12, 18],
      ],
    }
    expect(JSON.parse(await fileOf('input_example.json'))).toEqual(split)
    expect(JSON.parse(await fileOf('serving_input_example.json'))).toEqual({ dataframe_split: split })
    expect(await fileOf('requirements.txt')).toMatch(/^mlflow==.*\npyspark==4\.0\.1\n$/)

    // Without the flavor of Ridgeline it is what MLflow's Python would have written.
    const { ridgeline: _, ...flavors } = info.flavors
    await writeFile(join(folder, 'MLmodel'), JSON.stringify({ ...info, flavors }))
    expect(await predictions(await loadModel(folder))).toEqual(expected)
  })

  it('holds no form for Spark of what Spark does not have', async () => {
    const model = new CalendarFeatures({ inputCol: 'hour', outputCol: 'hours' })
    await saveModel(model, folder)
    expect((await readdir(folder)).sort()).toEqual(['MLmodel', 'model.json'])
    expect(Object.keys((await getModelInfo(folder)).flavors)).toEqual(['ridgeline'])
    expect(await loadModel(folder)).toBeInstanceOf(CalendarFeatures)
    // Saved again, it is another one as a whole.
    await saveModel(await fitted(), folder, { signature: null, pipRequirements: ['pyspark'] })
    expect((await getModelInfo(folder)).signature).toBeUndefined()
    expect(await fileOf('requirements.txt')).toBe('pyspark\n')
  })
})

it('a model directory in a bucket is written and loaded without a server of MLflow', async () => {
  const s3 = new FakeS3()
  const storage = { client: s3.client }
  await saveModel(await fitted(), folder)
  const client = new MlflowClient({ trackingUri: 'http://127.0.0.1:9', storage })
  const store = client.artifactStore('s3://models/1/run/artifacts')
  expect(await store.list('model')).toBeUndefined()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile()) await store.upload(file, `model/${file.slice(folder.length + 1)}`)
  }
  expect((await store.list('model'))?.map(({ name }) => name)).toContain('MLmodel')
  await store.download('model/MLmodel', join(folder, '..', 'copy'))
  expect(await readFile(join(folder, '..', 'copy'), 'utf8')).toBe(await fileOf('MLmodel'))
  const loaded = await loadModel('s3://models/1/run/artifacts/model', { storage })
  expect(await loaded.transform(rides).count()).toBe(5)
  await expect(loadModel('s3://models/1/none', { storage })).rejects.toMatchObject({
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
  })
})

describe('refused are', () => {
  it('what is no fitted model', async () => {
    await expect(saveModel(new LinearRegression() as never, folder)).rejects.toBeInstanceOf(UnsupportedError)
    await expect(saveModel(await fitted(), folder, { inputExample: [] })).rejects.toBeInstanceOf(MlflowError)
  })

  it('folders without a model, with one of another kind, or with a damaged one', async () => {
    await expect(loadModel(folder)).rejects.toMatchObject({ errorCode: 'RESOURCE_DOES_NOT_EXIST' })
    await mkdir(folder)
    const mlmodel = (text: string) => writeFile(join(folder, 'MLmodel'), text)
    await mlmodel('flavors:\n  sklearn:\n    pickled_model: model.pkl\n')
    await expect(loadModel(folder)).rejects.toThrow(/flavors sklearn.*mlflow\.spark\.log_model/)
    await mlmodel('artifact_path: model\n')
    await expect(loadModel(folder)).rejects.toThrow(/no flavors/)
    await mlmodel('flavors: [')
    await expect(loadModel(folder)).rejects.toBeInstanceOf(PersistenceError)
    await mlmodel('flavors:\n  spark:\n    model_data: ../elsewhere\n')
    await expect(loadModel(folder)).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' })
    await mlmodel('flavors:\n  spark:\n    model_data: sparkml\n')
    await expect(loadModel(folder)).rejects.toBeInstanceOf(PersistenceError)
    await expect(loadModel('gs://bucket/model')).rejects.toThrow(/cannot be reached/)
  })
})
