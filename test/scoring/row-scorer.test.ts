import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Bucketizer,
  createDataFrame,
  DataError,
  IndexToString,
  LogisticRegression,
  ParamError,
  Pipeline,
  type PipelineModel,
  SchemaError,
  SparseVector,
  SQLTransformer,
  StringIndexer,
  StringIndexerModel,
  UnsupportedError,
  VectorAssembler,
  Vectors,
} from 'ridgeline'
import { transformer } from 'ridgeline/pipeline'
import { loadScorer, type ScoredRow } from 'ridgeline/scoring'
import { type BatchTransform, DoubleType, StructField } from 'ridgeline/sql'
import { beforeAll, describe, expect, it } from 'vitest'
import { sources } from '../helpers/sources.js'

const trips = [
  { city: 'FR', km: 7.5, night: true, kind: 'long' },
  { city: 'US', km: 12, night: false, kind: 'long' },
  { city: 'FR', km: 1.5, night: true, kind: 'short' },
  { city: 'DE', km: 2.5, night: false, kind: 'short' },
]
const frame = createDataFrame(trips, 'city STRING, km DOUBLE, night BOOLEAN, kind STRING')
const stages = [
  new StringIndexer({ inputCol: 'kind', outputCol: 'label' }),
  new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
  new VectorAssembler({ inputCols: ['km', 'night', 'cityIdx'], outputCol: 'features', handleInvalid: 'skip' }),
  new LogisticRegression({ regParam: 0.1 }),
  new IndexToString({ inputCol: 'prediction', outputCol: 'guess', labels: ['long', 'short'] }),
]
const trip = { city: 'FR', km: 7.5, night: true }

let model: PipelineModel
beforeAll(async () => {
  model = await new Pipeline({ stages }).fit(frame)
})

describe('a scorer', () => {
  it('gives what the predictors make and the stages after them, from the columns that these read', async () => {
    const [{ rawPrediction, probability, prediction, guess }] = (await model.transform(frame).collect()) as ScoredRow[]
    const lists = { rawPrediction: [...rawPrediction.values], probability: [...probability.values] }
    // The label is not there, and something else is.
    expect(model.scorer()({ ...trip, tip: 2 })).toEqual({ ...lists, prediction, guess })
  })

  it('gives all new columns of a model without predictors', () => {
    const hours = new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 12, 24] })
    expect(hours.scorer({ schema: 'hour INT, minute INT' })({ hour: 13 })).toEqual({ part: 1 })
  })

  it('gives chosen columns, also those of the input, in their order', () => {
    const score = model.scorer<{ guess: string; km: number }>({ outputCols: ['guess', 'km'] })
    expect(Object.entries(score(trip) ?? {})).toEqual([
      ['guess', 'long'],
      ['km', 7.5],
    ])
    expect(() => model.scorer({ outputCols: ['predicted'] })).toThrow('Did you mean "prediction"?')
    expect(() => model.scorer({ outputCols: ['km', 'km'] })).toThrow('output column "km" is chosen twice')
  })

  it('runs only the stages that the chosen columns need', () => {
    let runs = 0
    class Counted extends transformer('example.Counted', {}) {
      override bind(): BatchTransform {
        const run: BatchTransform['run'] = ([column]) => {
          runs++
          return { columns: [column] }
        }
        return { name: this.uid, inputs: ['km'], outputs: [StructField('copy', DoubleType)], filters: false, run }
      }
    }
    const counted = new Counted()
    expect(counted.scorer({ schema: frame.schema, outputCols: ['city'] })({ city: 'FR' })).toEqual({ city: 'FR' })
    expect(runs).toBe(0)
    expect(counted.scorer({ schema: frame.schema })({ km: 2 })).toEqual({ copy: 2 })
    expect(runs).toBe(1)
  })

  it('gives null for a row that a stage drops', () => {
    expect(model.scorer()({ ...trip, km: null })).toBeNull()
    expect(model.scorer()({ ...trip, km: Number.NaN })).toBeNull()
  })

  it('takes lists of numbers as vectors, and gives vectors where they are asked for', () => {
    const { stages: fitted } = model
    const classifier = fitted[3]
    const dense = classifier.scorer()({ features: [7.5, 1, 0] })
    expect(classifier.scorer()({ features: Float64Array.of(7.5, 1, 0) })).toEqual(dense)
    expect(classifier.scorer()({ features: Vectors.dense(7.5, 1, 0) })).toEqual(dense)
    const assembler = new VectorAssembler({ inputCols: ['wide', 'km'], outputCol: 'all' })
    const row = { wide: Vectors.sparse(9, [3], [2]), km: 0 }
    expect(assembler.scorer()(row)).toEqual({ all: [0, 0, 0, 2, 0, 0, 0, 0, 0, 0] })
    expect(assembler.scorer({ vectors: 'vector' })(row)?.all).toEqual(
      new SparseVector(10, Int32Array.of(3), Float64Array.of(2)),
    )
  })

  it('goes by the types of the first row where the model knows none', () => {
    const byHand = StringIndexerModel.fromLabels(['FR', 'US'], 'city', 'cityIdx')
    const score = byHand.scorer()
    expect(score({ city: 'US', rank: null })).toEqual({ cityIdx: 1 })
    expect(() => score({ city: 3 })).toThrow('column "city" has type string and cannot hold 3')
    expect(() => byHand.scorer()({ city: null })).toThrow('null in column "city"')
    const numbered = StringIndexerModel.fromLabels(['1', '2'], 'zone', 'zoneIdx')
    expect(() => numbered.scorer()({ zone: null })).toThrow(SchemaError)
    expect(numbered.scorer()({ zone: '2' })).toEqual({ zoneIdx: 1 })
    expect(byHand.scorer({ schema: 'city STRING' }).batch({ city: ['US', 'FR'] })).toEqual({
      cityIdx: Float64Array.of(1, 0),
    })
  })

  it('can be loaded from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
    try {
      const path = join(folder, 'trips.json')
      await model.save(path)
      const score = await loadScorer(path, { outputCols: ['prediction', 'probability'] })
      expect(score(trip)).toEqual(model.scorer({ outputCols: ['prediction', 'probability'] })(trip))
      await new Pipeline({ stages }).write().overwrite().save(path)
      await expect(loadScorer(path)).rejects.toThrow(UnsupportedError)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('a scorer of columns', () => {
  it('gives typed arrays of numbers, and lists of all else', () => {
    const scored = model
      .scorer()
      .batch({ city: ['FR', 'US'], km: Float64Array.of(7.5, 12), night: [true, false], tip: [0] })
    const rows = [model.scorer()(trip), model.scorer()({ city: 'US', km: 12, night: false })]
    expect(scored.prediction).toBeInstanceOf(Float64Array)
    expect(scored.prediction).toEqual(Float64Array.from(rows, (row) => row?.prediction))
    expect(scored.probability).toEqual(rows.map((row) => row?.probability))
  })

  it('gives null for rows that are dropped', () => {
    const score = model.scorer({ outputCols: ['guess', 'km'] })
    const columns = { city: ['FR', 'FR', 'FR'], km: [null, 7.5, Number.NaN], night: [true, true, true] }
    expect(score.batch(columns)).toEqual({ guess: [null, 'long', null], km: [null, 7.5, null] })
  })

  it('refuses columns that are missing, of other lengths or no lists', () => {
    const score = model.scorer()
    expect(() => score.batch({ city: ['FR'], km: [1] })).toThrow('column "night" is missing')
    expect(() => score.batch({ city: ['FR'], km: [1, 2], night: [true] })).toThrow('column "km" has 2 values')
    expect(() => score.batch({ city: 'FR', km: [1], night: [true] } as never)).toThrow('column "city" is "FR"')
    expect(() => score.batch([] as never)).toThrow(SchemaError)
  })
})

describe('what a scorer refuses', () => {
  const error = (work: () => unknown): unknown => {
    try {
      return work()
    } catch (e) {
      return e
    }
  }

  it('a column that is missing, and says which are read', () => {
    const found = error(() => model.scorer()({ city: 'FR', kilometers: 7.5, night: true })) as SchemaError
    expect(found).toBeInstanceOf(SchemaError)
    expect(found.details.column).toBe('km')
    expect(found.message).toContain('column "km" is missing. The model reads city, km, night.')
    expect(error(() => model.scorer()({ ...trip, km: undefined }))).toBeInstanceOf(SchemaError)
  })

  it('a value of another type', () => {
    const found = error(() => model.scorer()({ ...trip, km: '7.5' })) as DataError
    expect(found).toBeInstanceOf(DataError)
    expect(found.message).toContain('column "km" has type double and cannot hold "7.5"')
    expect(error(() => model.scorer()({ ...trip, night: 1 }))).toBeInstanceOf(DataError)
    expect(error(() => model.scorer()({ ...trip, city: 7 }))).toBeInstanceOf(DataError)
  })

  it('what is no row', () => {
    for (const row of [null, undefined, 7, 'FR', [trip]])
      expect(() => model.scorer()(row as never)).toThrow(SchemaError)
  })

  it('options of a wrong kind', () => {
    const wrong = [
      null,
      { outputCol: ['km'] },
      { outputCols: [] },
      { outputCols: 'km' },
      { schema: 7 },
      { vectors: 'list' },
    ]
    for (const options of wrong) expect(() => model.scorer(options as never)).toThrow(ParamError)
  })

  it('SQL that only the engine knows, unless its columns are not needed', () => {
    const coded = new SQLTransformer({ statement: 'SELECT *, hex(city) AS coded FROM __THIS__' })
    expect(() => coded.scorer({ schema: frame.schema })).toThrow(UnsupportedError)
    expect(() => coded.scorer({ schema: frame.schema })).toThrow(
      'column "coded" is computed by the SQL expression hex(city) AS coded, where only the relational engine knows the function hex(string)',
    )
    expect(coded.scorer({ schema: frame.schema, outputCols: ['km'] })({ km: 3 })).toEqual({ km: 3 })
    const far = new SQLTransformer({ statement: "SELECT km AS far FROM __THIS__ WHERE hex(city) = 'A'" })
    expect(() => far.scorer({ schema: frame.schema })).toThrow('keeps rows by the SQL condition (hex(city) = A)')
    const sum = new SQLTransformer({ statement: 'SELECT sum(km) AS all FROM __THIS__' })
    expect(() => sum.scorer({ schema: frame.schema })).toThrow('the model groups rows')
  })
})

it('ridgeline/scoring loads no other package', () => {
  const byPath = new Map(sources().map((source) => [source.path, source]))
  const reached = new Set(['scoring/index.ts'])
  for (const path of reached) {
    for (const { target, typeOnly, dynamic } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly && !dynamic) reached.add(target)
    }
  }
  expect(reached.size).toBeGreaterThan(20)
  const PACKAGE = /^(?:import|export)\s+(?!type\b)[^'"]*from\s+['"](?!node:|\.)([^'"]+)['"]/gm
  // Examples in comments import the package itself.
  const code = (path: string): string => (byPath.get(path)?.text ?? '').replace(/\/\*[\s\S]*?\*\//g, '')
  const packages = [...reached].flatMap((path) =>
    [...code(path).matchAll(PACKAGE)].map(([, name]) => `${path}: ${name}`),
  )
  expect(packages).toEqual([])
})
