import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NotFittedError, SchemaError } from '../../src/errors.js'
import { CalendarFeatures } from '../../src/feature/calendar-features.js'
import { OneHotEncoder } from '../../src/feature/one-hot-encoder.js'
import { PCA } from '../../src/feature/pca.js'
import { StandardScaler } from '../../src/feature/standard-scaler.js'
import { StringIndexer } from '../../src/feature/string-indexer.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { VectorSlicer } from '../../src/feature/vector-slicer.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { Pipeline, PipelineModel, type PipelineStage } from '../../src/pipeline/pipeline.js'
import { LinearRegression } from '../../src/regression/linear-regression.js'
import { createDataFrame } from '../../src/sql/session.js'

const rides = createDataFrame([
  { city: 'Paris', km: 7.5, hour: 9, price: 10.8, raw: Vectors.dense(1, 2) },
  { city: 'Lyon', km: 12, hour: 18, price: 18.4, raw: Vectors.dense(2, 1) },
  { city: 'Paris', km: 3, hour: 23, price: 6.2, raw: Vectors.dense(0, 5) },
  { city: 'Brest', km: 16.2, hour: 8, price: 21.7, raw: Vectors.dense(1, 1) },
])
const assembled = [
  new StringIndexer({ inputCol: 'city', outputCol: 'cityIndex' }),
  new OneHotEncoder({ inputCol: 'cityIndex', outputCol: 'cityIs' }),
  new CalendarFeatures({ inputCol: 'hour', outputCol: 'when', fields: ['hour', 'ispeakhour'] }),
  new VectorAssembler({ inputCols: ['km', 'cityIs', 'when'], outputCol: 'assembled' }),
]
const fit = (...stages: PipelineStage[]) => new Pipeline({ stages }).fit(rides)
const NAMES = ['km', 'cityIs_Paris', 'cityIs_Brest', 'when_hour', 'when_ispeakhour']

test('names of slots are those of the attributes, and go through scalers', async () => {
  const scaler = new StandardScaler({ inputCol: 'assembled', outputCol: 'features' })
  const learner = new LinearRegression({ labelCol: 'price', regParam: 0.1 })
  const model = await fit(...assembled, scaler, learner)
  expect(model.getFeatureNamesOut()).toEqual(NAMES)
  expect(model.getFeatureNamesOut('cityIs')).toEqual(['Paris', 'Brest'])
  // As many as the learner has coefficients.
  expect(NAMES.length).toBe((model.stages.at(-1) as unknown as { coefficients: { size: number } }).coefficients.size)
})

test('names come from the loaded model, too, and from pipelines inside', async () => {
  const inner = new Pipeline({ stages: assembled })
  const model = await fit(inner, new StandardScaler({ inputCol: 'assembled', outputCol: 'scaled' }))
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-names-'))
  try {
    await model.save(join(folder, 'model.json'))
    const loaded = await PipelineModel.load(join(folder, 'model.json'))
    expect(loaded.getFeatureNamesOut()).toEqual(NAMES)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('slots without names are numbered; components and selections are not what they were made of', async () => {
  const components = await fit(...assembled, new PCA({ inputCol: 'assembled', outputCol: 'main', k: 2 }))
  expect(components.getFeatureNamesOut()).toEqual(['main_0', 'main_1'])
  const slices = await fit(
    ...assembled,
    new VectorSlicer({ inputCol: 'assembled', outputCol: 'some', indices: [4, 0] }),
  )
  expect(slices.getFeatureNamesOut()).toEqual(['when_ispeakhour', 'km'])
})

test('what has no names is refused', async () => {
  const model = await fit(assembled[0])
  expect(() => model.getFeatureNamesOut()).toThrow(/no stage makes vectors/)
  expect(() => model.getFeatureNamesOut('raw')).toThrow(/slots of column "raw" are not known/)
  expect(() => model.getFeatureNamesOut('rwa')).toThrow(/Did you mean "raw"/)
  expect(() => model.getFeatureNamesOut('km')).toThrow(SchemaError)
  expect(() => new PipelineModel({ stages: [] }).getFeatureNamesOut()).toThrow(NotFittedError)
})
