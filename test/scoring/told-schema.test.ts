import {
  Binarizer,
  createDataFrame,
  HashingTF,
  LinearRegression,
  OneHotEncoder,
  Pipeline,
  PipelineModel,
  RandomForestRegressor,
  StandardScaler,
  StringIndexer,
  Tokenizer,
  VectorAssembler,
  Vectors,
} from 'ridgeline'
import { expect, it } from 'vitest'

const rows = Array.from({ length: 12 }, (_, i) => ({
  city: ['FR', 'US', 'DE'][i % 3],
  zone: String(i % 2),
  km: 1 + i,
  hour: (i * 5) % 24,
  note: i % 2 === 0 ? 'late ride' : 'to the airport',
  wide: Vectors.dense(i, 1, i * i),
  price: 3 * i,
}))
const schema = 'city STRING, zone STRING, km DOUBLE, hour INT, note STRING, wide VECTOR, price DOUBLE'

/** The model as one that Spark has saved: it does not tell the schema. */
const forgotten = ({ stages }: PipelineModel): PipelineModel => new PipelineModel({ stages })

it('a model of Spark tells the types of the columns that its stages read', async () => {
  const stages = [
    new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
    new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'slots' }),
    new VectorAssembler({ inputCols: ['km', 'slots', 'hour'], outputCol: 'raw', handleInvalid: 'skip' }),
    new StandardScaler({ inputCol: 'raw', outputCol: 'features' }),
    new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
  ]
  const fitted = await new Pipeline({ stages }).fit(createDataFrame(rows, schema))
  const model = forgotten(fitted)
  expect(model.inputSchema).toBeUndefined()
  expect(model.modelSchema().inputs.map(({ name, type }) => [name, type.kind])).toEqual([
    ['city', 'string'],
    ['km', 'double'],
    ['hour', 'double'],
  ])
  const score = model.scorer()
  // The first row tells nothing of the columns that hold null.
  expect(score({ city: null, km: 2, hour: 3 })).toEqual(fitted.scorer()({ city: null, km: 2, hour: 3 }))
  expect(score({ city: 'US', km: null, hour: 3 })).toBeNull()
  expect(score(rows[4])).toEqual(fitted.scorer()(rows[4]))
  expect(() => score({ city: 'US', km: 2 })).toThrow('column "hour" is missing')
  expect(() => score({ city: 7, km: 2, hour: 3 })).toThrow('column "city" has type string and cannot hold 7')
  expect(model.scorer().batch({ city: [null, 'FR'], km: [1, 2], hour: [3, 4] }).prediction).toHaveLength(2)
  expect(model.toModule().code).toContain('export')
})

it('sizes of vectors come from the model', async () => {
  const forest = new RandomForestRegressor({ featuresCol: 'wide', labelCol: 'price', numTrees: 2, seed: 1 })
  const fitted = await new Pipeline({ stages: [forest] }).fit(createDataFrame(rows, schema))
  const model = forgotten(fitted)
  expect(model.scorer()({ wide: [1, 1, 1] })).toEqual(fitted.scorer()({ wide: [1, 1, 1] }))
  expect(model.toModule().code).toContain('export')
  expect(() => model.scorer()({ wide: [1, 1] })).toThrow()
})

it('words are strings', async () => {
  const stages = [
    new Tokenizer({ inputCol: 'note', outputCol: 'words' }),
    new HashingTF({ inputCol: 'words', outputCol: 'tf', numFeatures: 16 }),
    new LinearRegression({ featuresCol: 'tf', labelCol: 'price', regParam: 0.1 }),
  ]
  const fitted = await new Pipeline({ stages }).fit(createDataFrame(rows, schema))
  const model = forgotten(fitted)
  expect(model.modelSchema().inputs.map(({ name, type }) => [name, type.kind])).toEqual([['note', 'string']])
  expect(model.scorer()({ note: 'late' })).toEqual(fitted.scorer()({ note: 'late' }))
})

it('where stages leave a choice, the first row makes it', async () => {
  const indexer = new StringIndexer({ inputCol: 'zone', outputCol: 'index' })
  const assembler = new VectorAssembler({ inputCols: ['index', 'wide'], outputCol: 'features' })
  const fitted = await new Pipeline({ stages: [indexer, assembler] }).fit(createDataFrame(rows, schema))
  const model = forgotten(fitted)
  expect(() => model.modelSchema()).toThrow('the schema of the input is not known')
  // Labels that are numbers may be those of texts or of numbers, and what is assembled may be a vector.
  const row = { zone: '1', wide: [1, 2, 3] }
  expect(model.scorer()(row)).toEqual({ index: 1, features: [1, 1, 2, 3] })
  const far = new Binarizer({ inputCol: 'km', outputCol: 'far', threshold: 3 })
  expect(far.scorer()({ km: null })).toEqual({ far: 0 })
})
