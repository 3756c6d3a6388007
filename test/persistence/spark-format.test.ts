import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LogisticRegressionModel } from '../../src/classification/logistic-regression.js'
import { PersistenceError, RidgelineError, UnsupportedError } from '../../src/errors.js'
import { Bucketizer } from '../../src/feature/bucketizer.js'
import { StandardScaler } from '../../src/feature/standard-scaler.js'
import { StringIndexer, type StringIndexerModel } from '../../src/feature/string-indexer.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { classLookup } from '../../src/persistence/classes.js'
import { load } from '../../src/persistence/load.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import { loadSpark } from '../../src/persistence/spark/load.js'
import { saveSpark } from '../../src/persistence/spark/save.js'
import { Pipeline, PipelineModel } from '../../src/pipeline/pipeline.js'
import { GBTRegressor } from '../../src/regression/gbt-regressor.js'
import { LinearRegression, LinearRegressionModel } from '../../src/regression/linear-regression.js'
import {
  type RandomForestRegressionModel,
  RandomForestRegressor,
} from '../../src/regression/random-forest-regressor.js'
import { createDataFrame } from '../../src/sql/session.js'
import { memoryStore } from '../helpers/memory-store.js'
import { Settings } from './toy.js'

type Files = Map<string, Uint8Array>

const text = (files: Files, path: string): string => new TextDecoder().decode(files.get(path))
const put = (files: Files, path: string, content: string): Files => files.set(path, new TextEncoder().encode(content))

async function saved(stage: Persistable): Promise<Files> {
  const files: Files = new Map()
  await saveSpark(memoryStore(files), 'm', stage)
  return files
}
const loaded = async (files: Files): Promise<Persistable> => loadSpark(memoryStore(files), 'm', classLookup())

const rides = createDataFrame([
  { city: 'FR', km: 7.5, price: 10.8 },
  { city: 'US', km: 12, price: 18.4 },
  { city: 'FR', km: 3, price: 6.2 },
  { city: 'DE', km: 16.2, price: 21.7 },
])
const squares = createDataFrame([1, 2, 3, 4, 5, 6].map((x) => ({ features: Vectors.dense(x, x % 2), label: x * x })))
const ridesModel = () =>
  new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIndex', handleInvalid: 'keep' }),
      new VectorAssembler({ inputCols: ['km', 'cityIndex'], outputCol: 'raw' }),
      new StandardScaler({ inputCol: 'raw', outputCol: 'features' }),
      new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
    ],
  }).fit(rides)

describe("the metadata of Spark's format", () => {
  it('are read where PySpark has written a pipeline by itself, under its own name', async () => {
    const files = await saved(new Pipeline({ stages: [] }, 'p'))
    const line = text(files, 'm/metadata/part-00000')
    // As PySpark 4.0.1 writes a pipeline that holds the model of a CrossValidator.
    const python = line
      .replace('org.apache.spark.ml.Pipeline', 'pyspark.ml.pipeline.Pipeline')
      .replace('"stageUids":[]', '"stageUids":[],"language":"Python"')
    expect(python).not.toBe(line)
    expect(await loaded(put(files, 'm/metadata/part-00000', python))).toBeInstanceOf(Pipeline)
  })

  const metadataOf = async (stage: Persistable) => text(await saved(stage), 'm/metadata/part-00000')

  it('are one line with the keys that Spark needs', async () => {
    const line = await metadataOf(new LinearRegression({ regParam: 1 }, 'lr'))
    expect(line).toMatch(/^\{.*\}\n$/)
    expect(Object.keys(JSON.parse(line))).toEqual([
      'class',
      'timestamp',
      'sparkVersion',
      'uid',
      'paramMap',
      'defaultParamMap',
    ])
    expect(line).toContain('"class":"org.apache.spark.ml.regression.LinearRegression"')
  })

  it('write doubles with a point, which Spark insists on, integers without, and what is not finite as words', async () => {
    const line = await metadataOf(new LinearRegression({ regParam: 1, maxIter: 7, tol: 1e-7 }))
    expect(line).toContain('"regParam":1.0')
    expect(line).toContain('"maxIter":7')
    expect(line).toContain('"tol":1.0E-7')
    const splits = [Number.NEGATIVE_INFINITY, 0, 5, Number.POSITIVE_INFINITY]
    const buckets = await metadataOf(new Bucketizer({ splits }))
    expect(buckets).toContain('"splits":["-Inf",0.0,5.0,"Inf"]')
    expect((await loaded(await saved(new Bucketizer({ splits })))).get('splits')).toEqual(splits)
  })

  it('hold seeds of 64 bits', async () => {
    const seed = -6828149214035331512n
    const stage = new GBTRegressor({ seed })
    expect(await metadataOf(stage)).toContain('"seed":-6828149214035331512')
    expect((await loaded(await saved(stage))).get('seed')).toBe(seed)
  })

  it('leave out parameters that Spark does not have, and refuse those that are set', async () => {
    expect(await metadataOf(new GBTRegressor())).not.toContain('maxLeaves')
    await expect(saved(new GBTRegressor({ maxLeaves: 4 }))).rejects.toThrow(UnsupportedError)
  })

  it('are read in whatever file, in whatever order, and without what newer versions of Spark add', async () => {
    const files = await saved(new LinearRegression({ regParam: 0.5 }, 'lr'))
    const metadata = JSON.parse(text(files, 'm/metadata/part-00000'))
    files.clear()
    const { class: sparkClass, ...rest } = metadata
    put(files, 'm/metadata/_SUCCESS', '')
    put(files, 'm/metadata/.hidden.crc', 'x')
    const paramMap = { ...metadata.paramMap, pruneTree: true }
    put(
      files,
      'm/metadata/anything',
      `${JSON.stringify({ ...rest, paramMap, sparkVersion: '4.3.0', class: sparkClass })}\nmore`,
    )
    expect((await loaded(files)).explicitValues()).toEqual({ regParam: 0.5 })
    // One file in place of the folder, and no defaults, as before 2.4.
    const { defaultParamMap: _, ...old } = metadata
    const single = put(new Map(), 'm/metadata', JSON.stringify(old))
    expect((await loaded(single)).explicitValues()).toEqual({ regParam: 0.5 })
  })
})

describe("models in Spark's format", () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridgeline-spark-format-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('are saved into a folder, replaced as a whole, and loaded by their class or by load()', async () => {
    const path = join(folder, 'rides')
    const model = await ridesModel()
    await model.write().format('spark').save(path)
    await expect(model.write().format('spark').save(path)).rejects.toThrow(/exists already/)
    await model.write().overwrite().format('spark').save(path)
    expect((await readdir(folder)).sort()).toEqual(['rides'])
    const stages = model.stages.map(({ uid }, i) => `${i}_${uid}`)
    expect((await readdir(join(path, 'stages'))).sort()).toEqual(stages.sort())
    // pyspark asks for the language.
    expect(await readFile(join(path, 'metadata/part-00000'), 'utf8')).toContain('"language":"Python"')
    const again = await PipelineModel.load(path)
    expect(await again.transform(rides).collect()).toEqual(await model.transform(rides).collect())
    expect(await load(path)).toBeInstanceOf(PipelineModel)
    await expect(LinearRegressionModel.load(path)).rejects.toThrow(/holds a PipelineModel/)
  })

  it('leave what stood there whole when they cannot be written', async () => {
    const path = join(folder, 'kept')
    await new LinearRegression().write().format('spark').save(path)
    await expect(new GBTRegressor({ maxLeaves: 3 }).write().overwrite().format('spark').save(path)).rejects.toThrow(
      RidgelineError,
    )
    expect(await load(path)).toBeInstanceOf(LinearRegression)
    expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([])
  })

  it('are not written for a class that Spark does not have', async () => {
    await expect(saved(new Settings())).rejects.toThrow(/Spark does not have it/)
  })

  it('number the folders of many stages so that they sort', async () => {
    const stages = Array.from({ length: 11 }, (_, i) => new Bucketizer({ splits: [0, 1, 2] }, `b${i}`))
    const files = await saved(new Pipeline({ stages }))
    expect(files.has('m/stages/00_b0/metadata/part-00000')).toBe(true)
    expect(files.has('m/stages/10_b10/metadata/part-00000')).toBe(true)
    expect(((await loaded(files)) as Pipeline).getStages().map(({ uid }) => uid)).toEqual(stages.map(({ uid }) => uid))
  })

  it('of trees are read under the column names of Spark 4.1, and rows in any order', async () => {
    const model = await new RandomForestRegressor({ numTrees: 3, seed: 1 }).fit(squares)
    const files = await saved(model)
    const { readParquet, writeParquet } = await import('../../src/persistence/spark/parquet.js')
    const { DoubleType, IntegerType, StringType, StructField, StructType } = await import('../../src/sql/types.js')
    const path = 'm/treesMetadata/part-00000.snappy.parquet'
    const rows = await readParquet(files.get(path) as Uint8Array, path)
    const renamed = rows.reverse().map(({ treeID, metadata, weights }) => ({ _1: treeID, _2: metadata, _3: weights }))
    const schema = StructType([
      StructField('_1', IntegerType, false),
      StructField('_2', StringType),
      StructField('_3', DoubleType, false),
    ])
    files.set(path, await writeParquet(schema, renamed))
    const again = (await loaded(files)) as RandomForestRegressionModel
    expect(await again.transform(squares).collect()).toEqual(await model.transform(squares).collect())
  })

  it('of Spark before 3.0 and 2.3 are read: one list of labels, no scale', async () => {
    const { writeParquet } = await import('../../src/persistence/spark/parquet.js')
    const { ArrayType, DoubleType, StringType, StructField, StructType, VectorUDT } = await import(
      '../../src/sql/types.js'
    )
    const metadata = (name: string) =>
      JSON.stringify({
        class: `org.apache.spark.ml.${name}`,
        timestamp: 1,
        sparkVersion: '2.2.0',
        uid: 'u',
        paramMap: {},
      })
    const indexer = put(new Map(), 'm/metadata', metadata('feature.StringIndexerModel'))
    indexer.set(
      'm/data/p',
      await writeParquet(StructType([StructField('labels', ArrayType(StringType))]), [{ labels: ['a', 'b'] }]),
    )
    expect(((await loaded(indexer)) as StringIndexerModel).labels).toEqual(['a', 'b'])
    const linear = put(new Map(), 'm/metadata', metadata('regression.LinearRegressionModel'))
    const schema = StructType([StructField('intercept', DoubleType, false), StructField('coefficients', VectorUDT)])
    const coefficients = { type: 1, size: null, indices: null, values: [2, 3] }
    linear.set('m/data/p', await writeParquet(schema, [{ intercept: 1, coefficients }]))
    expect(((await loaded(linear)) as LinearRegressionModel).scale).toBe(1)
  })
})

describe('loading a folder refuses', () => {
  const metadata = 'm/metadata/part-00000'
  const refused = async (files: Files): Promise<Error> => {
    const error = await loaded(files).then(
      () => new Error('it was loaded'),
      (cause: Error) => cause,
    )
    expect(error).toBeInstanceOf(PersistenceError)
    return error
  }
  const changed = async (change: (metadata: Record<string, unknown>) => void): Promise<Files> => {
    const files = await saved(await ridesModel())
    const object = JSON.parse(text(files, metadata))
    change(object)
    return put(files, metadata, JSON.stringify(object))
  }

  it.each([
    ['no class', (m: Record<string, unknown>) => delete m.class],
    ['a uid that is a number', (m: Record<string, unknown>) => Object.assign(m, { uid: 3 })],
    ['no paramMap', (m: Record<string, unknown>) => Object.assign(m, { paramMap: [] })],
    ['no uids of stages', (m: Record<string, unknown>) => Object.assign(m, { paramMap: {} })],
    [
      'uids that lead elsewhere',
      (m: Record<string, unknown>) => Object.assign(m, { paramMap: { stageUids: ['../../x'] } }),
    ],
    [
      'a uid of a stage that is missing',
      (m: Record<string, unknown>) => Object.assign(m, { paramMap: { stageUids: ['none'] } }),
    ],
  ])('metadata with %s', async (_, change) => {
    await refused(await changed(change))
  })

  it('a stage of a class that is not known, and names it and its place', async () => {
    const files = await changed((m) => Object.assign(m, { class: 'com.example.Tuner' }))
    expect((await refused(files)).message).toMatch(
      /"m" holds a stage of class "com.example.Tuner".*classes: \[MyStage\]/,
    )
  })

  it('parameters of another type, or that are not allowed', async () => {
    const lr = await saved(new LinearRegression({ regParam: 0.5 }))
    const line = text(lr, metadata)
    expect((await refused(put(new Map(lr), metadata, line.replace('0.5', '"half"')))).message).toContain('regParam')
    expect((await refused(put(new Map(lr), metadata, line.replace('0.5', '-1.0')))).message).toContain('regParam')
  })

  it('a stage inside itself', async () => {
    const files = await saved(new Pipeline({ stages: [] }, 'p'))
    const store = memoryStore(files)
    const line = text(files, metadata).replace('"stageUids":[]', '"stageUids":["p"]')
    const endless = { ...store, list: async () => undefined, read: async () => new TextEncoder().encode(line) }
    await expect(loadSpark(endless, 'm', classLookup())).rejects.toThrow(/nested deeper than 100/)
  })

  it('learned values that do not fit together', async () => {
    const files = await saved(
      new LogisticRegressionModel({
        numClasses: 2,
        numFeatures: 1,
        interceptVector: Vectors.dense(0),
        coefficientMatrix: Matrices.dense(1, 1, [1]),
        isMultinomial: false,
      }),
    )
    const other = await saved(new LinearRegressionModel({ coefficients: Vectors.dense(1), intercept: 0, scale: 1 }))
    const [data] = [...files.keys()].filter((path) => path.endsWith('.parquet'))
    const [foreign] = [...other.keys()].filter((path) => path.endsWith('.parquet'))
    expect((await refused(new Map(files).set(data, other.get(foreign) as Uint8Array))).message).toContain('no column')
    const without = new Map(files)
    without.delete(data)
    without.delete('m/data/_SUCCESS')
    expect((await refused(without)).message).toContain('missing')
  })

  it('parquet files that end early or are changed, without harm', async () => {
    const forest = await new RandomForestRegressor({ numTrees: 2, maxDepth: 3, seed: 1 }).fit(squares)
    const models = [await saved(await ridesModel()), await saved(forest)]
    let state = 12345
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state % n
    }
    const data = models.flatMap((files) => [...files.keys()].map((path) => [files, path] as const))
    for (const [files, path] of data.filter(([, name]) => name.endsWith('.parquet'))) {
      const bytes = files.get(path) as Uint8Array
      for (let end = 0; end < bytes.length; end += 97) await refused(new Map(files).set(path, bytes.slice(0, end)))
      for (let round = 0; round < 60; round++) {
        const damaged = bytes.slice()
        for (let k = 0; k < 3; k++) damaged[random(damaged.length)] = random(256)
        // What is damaged without a trace is a number; everything else is told.
        await loaded(new Map(files).set(path, damaged)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(RidgelineError)
        })
      }
    }
  })
})
