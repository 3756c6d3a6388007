import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import {
  Bucketizer,
  CalendarFeatures,
  createDataFrame,
  type DataFrame,
  FeatureHasher,
  GBTRegressor,
  LinearRegression,
  Normalizer,
  OneHotEncoder,
  Pipeline,
  type PipelineModel,
  RandomForestRegressor,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
  VectorIndexer,
  Vectors,
} from 'ridgeline'
import { accepts, inputColumn, outputColumn } from 'ridgeline/param'
import { type PipelineStage, transformer } from 'ridgeline/pipeline'
import {
  type BatchTransform,
  DoubleType,
  type NumberForm,
  printable,
  type RowForm,
  StructField,
  StructType,
} from 'ridgeline/sql'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { importModule, type WrittenModule } from '../helpers/module.js'
import { expectNear } from '../helpers/near.js'
import { ROOT } from '../helpers/sources.js'

const cities = ['FR', 'US', 'DE', 'M"G</script>', 'FR', 'FR', 'US']
const rides = Array.from({ length: 60 }, (_, i) => ({
  city: cities[i % 7],
  km: ((i * 37) % 101) / 4,
  hour: (i * 5) % 24,
  night: i % 3 === 0,
  price: 3 + ((i * 37) % 101) / 3 + (i % 7) * 1.3 + ((i * 5) % 24) / 10,
}))
const schema = 'city STRING, km DOUBLE, hour INT, night BOOLEAN, price DOUBLE'
const frame: DataFrame = createDataFrame(rides, schema)

type Invalid = 'keep' | 'skip' | 'error'
const features = (handleInvalid: Invalid): PipelineStage[] => [
  new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid }),
  new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 6, 12, 18, 24], handleInvalid }),
  new OneHotEncoder({ inputCols: ['cityIdx', 'part'], outputCols: ['citySlots', 'partSlots'] }),
  new VectorAssembler({ inputCols: ['km', 'citySlots', 'night', 'partSlots'], outputCol: 'raw', handleInvalid }),
  new StandardScaler({ inputCol: 'raw', outputCol: 'features', withMean: true }),
]
const predictors: Readonly<Record<string, PipelineStage>> = {
  'linear regression': new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
  'a forest': new RandomForestRegressor({ labelCol: 'price', numTrees: 7, maxDepth: 4, seed: 3 }),
  'boosted trees': new GBTRegressor({ labelCol: 'price', maxIter: 6, maxDepth: 3, seed: 3 }),
}
const fit = (handleInvalid: Invalid, predictor = 'linear regression'): Promise<PipelineModel> =>
  new Pipeline({ stages: [...features(handleInvalid), predictors[predictor]] }).fit(frame)

/** The module of a source in a context that has the language and nothing else: no console, no Buffer, no atob. */
function runBare(code: string): WrittenModule {
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } })
  const exported = 'score, scoreBatch, inputs, outputs'
  return runInContext(`${code.replaceAll(/^export /gm, '')}\n;({ ${exported} })`, context) as WrittenModule
}

describe('a module scores as the model does', () => {
  for (const predictor of Object.keys(predictors)) {
    it(`${predictor}, in Node and where there is nothing but the language`, async () => {
      const model = await fit('keep', predictor)
      const { code } = model.toModule()
      const score = model.scorer()
      const modules = [await importModule(code), runBare(code)]
      for (const module of modules) {
        for (const row of [...rides, { ...rides[0], city: 'ZZ' }, { ...rides[0], city: null }]) {
          expectNear({ ...module.score(row) }, score(row))
        }
        expectNear(
          module.scoreBatch(rides).map((row) => ({ ...row })),
          rides.map((row) => score(row)),
        )
      }
    })
  }

  it('with NaN and null where trees know what to do with them', async () => {
    const odd = rides.map((ride, i) => ({
      ...ride,
      km: [ride.km, null, Number.NaN][i % 3],
      night: i % 4 === 1 ? null : ride.night,
    }))
    const stages = features('keep').slice(0, -1)
    const featuresCol = 'raw'
    for (const [predictor, data] of [
      [new RandomForestRegressor({ featuresCol, labelCol: 'price', numTrees: 7, seed: 3 }), frame],
      [
        new GBTRegressor({ featuresCol, labelCol: 'price', maxIter: 6, seed: 3, handleMissing: 'learn' }),
        createDataFrame(odd, schema),
      ],
    ] as const) {
      const model = await new Pipeline({ stages: [...stages, predictor] }).fit(data)
      const { score } = await importModule(model.toModule().code)
      const scorer = model.scorer()
      const expected = await model.transform(createDataFrame(odd, schema)).select('prediction').collect()
      const overColumns = vi.spyOn(Object.getPrototypeOf(model.stages[4]), 'predictions')
      odd.forEach((row, i) => {
        expect(score(row)).toEqual(expected[i])
        expect(scorer(row)).toEqual(expected[i])
      })
      expect(overColumns).not.toHaveBeenCalled()
      overColumns.mockRestore()
    }
  })

  it('of vectors of which only the model tells the length', async () => {
    const data = createDataFrame([
      { features: Vectors.dense(1, 0), label: 3 },
      { features: Vectors.dense(2, 1), label: 4 },
      { features: Vectors.dense(3, 1), label: 6 },
    ])
    const model = await new LinearRegression({ regParam: 0.1 }).fit(data)
    const { code, types } = model.toModule()
    const { score, inputs } = await importModule(code)
    for (const features of [[1, 0], Float64Array.of(2, 1), [-1, 5]]) {
      expectNear(score({ features }), model.scorer()({ features }))
    }
    expect(inputs).toEqual([{ name: 'features', type: 'vector', size: 2 }])
    expect(types).toContain('readonly features: readonly number[] | Float64Array')
    expect(() => score({ features: [1] })).toThrow(/column "features" holds 1, not a list of 2 numbers/)
  })

  it('of vectors of which the other columns of an assembler tell the length', async () => {
    const rows = rides.map((ride) => ({ ...ride, place: Vectors.dense(ride.km, ride.hour / 24, 1 / (1 + ride.hour)) }))
    const stages = [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
      new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'citySlots' }),
      new VectorAssembler({ inputCols: ['place', 'citySlots', 'hour'], outputCol: 'raw' }),
      new Normalizer({ inputCol: 'raw', outputCol: 'features' }),
      new LinearRegression({ labelCol: 'price' }),
    ]
    const model = await new Pipeline({ stages }).fit(createDataFrame(rows))
    const { score, inputs } = await importModule(model.toModule().code)
    expect(inputs.find(({ name }) => name === 'place')).toEqual({ name: 'place', type: 'vector', size: 3 })
    const expected = await model.transform(createDataFrame(rows)).select('prediction').collect()
    rows.forEach(({ place, ...row }, i) => {
      expectNear(score({ ...row, place: Array.from(place.toArray()) }), expected[i])
    })
    expect(() => score({ ...rides[0], place: [1, 2] })).toThrow(/not a list of 3 numbers/)
  })

  it('gives the columns that are asked for', async () => {
    const model = await fit('keep')
    const outputCols = ['night', 'city', 'cityIdx', 'features', 'prediction']
    const { score, inputs, outputs } = await importModule(model.toModule({ outputCols }).code)
    const expected = model.scorer({ outputCols })
    for (const row of rides.slice(0, 9)) expectNear(score(row), expected(row))
    expect(outputs).toEqual([
      { name: 'night', type: 'boolean' },
      { name: 'city', type: 'string' },
      { name: 'cityIdx', type: 'double' },
      { name: 'features', type: 'vector', size: 9 },
      { name: 'prediction', type: 'double' },
    ])
    expect(inputs.map(({ name }) => name)).toEqual(['city', 'km', 'hour', 'night'])
    const float64 = await importModule(model.toModule({ outputCols: ['features'], vectors: 'float64' }).code)
    const [first, second] = float64.scoreBatch(rides)
    expect(first?.features).toBeInstanceOf(Float64Array)
    expect(first?.features).not.toEqual(second?.features)
  })

  it('with names that are no names of the language', async () => {
    for (const name of ['a"b\n*/ `\x24{1}` //', '__proto__', 'constructor', "it's </script>"]) {
      const columns = { inputCol: name, outputCol: `${name}!`, splits: [0, 1, 2] }
      const stage = new Bucketizer(columns, 'x\n*/ throw 1 //')
      const { code, types } = stage.toModule({ schema: StructType([StructField(name, DoubleType)]) })
      const module = await importModule(code)
      const row = Object.fromEntries([[name, 1.5]])
      expect(Object.entries(module.score(row) ?? {})).toEqual([[`${name}!`, 1]])
      expect(types).toContain(`readonly ${/^\w+$/.test(name) ? name : JSON.stringify(name)}: number`)
    }
  })

  it('is the same source each time', async () => {
    const model = await fit('error')
    const { code } = model.toModule()
    model.scorer()(rides[0])
    expect(model.toModule().code).toBe(code)
    expect(code).toContain(model.uid)
    expect(code).not.toMatch(/\beval\b|new Function|import|<\/script/)
  })
})

describe('rows that are not as most are', () => {
  const row = rides[0]
  /** What a module says of a row. */
  const answer = async (handleInvalid: Invalid, odd: object): Promise<unknown> => {
    const { score } = await importModule((await fit(handleInvalid)).toModule().code)
    try {
      return score(odd)
    } catch (error) {
      return error
    }
  }

  it('of which a property is missing, or of another type, are a TypeError', async () => {
    const { km, ...rest } = row
    expect(await answer('error', rest)).toMatchObject({
      name: 'TypeError',
      message: 'column "km" is missing',
      column: 'km',
    })
    expect(await answer('error', { ...row, km: '7.5' })).toMatchObject({
      name: 'TypeError',
      message: 'column "km" holds "7.5", not a number',
      column: 'km',
      value: '7.5',
    })
    expect(await answer('error', { ...row, hour: 0.5 })).toMatchObject({
      message: 'column "hour" holds 0.5, not a whole number of type integer',
    })
  })

  it('that a stage refuses are a RangeError that names it', async () => {
    const said = await answer('error', { ...row, city: 'ZZ' })
    expect(said).toMatchObject({ name: 'RangeError', column: 'city', value: 'ZZ' })
    expect(String(said)).toMatch(/^RangeError: column "city" holds "ZZ", for which StringIndexer_\w+ gives no result$/)
    expect(await answer('error', { ...row, hour: 25 })).toMatchObject({ name: 'RangeError', column: 'hour', value: 25 })
    expect(String(await answer('error', { ...row, km: null }))).toMatch(/column "km" holds null, for which VectorAss/)
    // The assembler keeps NaN, a linear model makes nothing of it.
    expect(await answer('keep', { ...row, km: Number.NaN })).toMatchObject({
      name: 'RangeError',
      message: expect.stringMatching(/column "km" holds NaN, for which LinearRegression_/),
      column: 'km',
    })
  })

  it('that a stage drops are null', async () => {
    expect(await answer('skip', { ...row, city: 'ZZ' })).toBeNull()
    expect(await answer('skip', { ...row, hour: null })).toBeNull()
    expect(await answer('skip', { ...row, km: Number.NaN })).toBeNull()
    // What is outside the splits is refused all the same.
    expect(await answer('skip', { ...row, hour: 25 })).toMatchObject({ name: 'RangeError', column: 'hour' })
  })

  it('that other stages drop are null, too', async () => {
    const data = createDataFrame([0, 1, 2, 5].map((x) => ({ x: Vectors.dense(x, x / 10), at: new Date(x * 1e7) })))
    const indexer = await new VectorIndexer({
      inputCol: 'x',
      outputCol: 'y',
      maxCategories: 4,
      handleInvalid: 'skip',
    }).fit(data)
    const indexed = await importModule(indexer.toModule().code)
    expect(indexed.score({ x: [5, 0.1] })).toEqual({ y: [3, 1] })
    expect(indexed.score({ x: [4, 0.1] })).toBeNull()
    expect(() => indexed.score({ x: null })).toThrow(RangeError)
    const calendar = new CalendarFeatures({ inputCol: 'at', outputCol: 'z', fields: ['hour'], handleInvalid: 'skip' })
    const dated = await importModule(calendar.toModule({ schema: 'at TIMESTAMP' }).code)
    expect(dated.score({ at: new Date(1e7) })).toEqual({ z: [2] })
    expect(dated.score({ at: null })).toBeNull()
    expect(() => dated.score({ at: 'today' })).toThrow(/column "at" holds "today", not a Date/)
  })

  it('are numbered in a batch', async () => {
    const { scoreBatch } = await importModule((await fit('error')).toModule().code)
    expect(() => scoreBatch([row, { ...row, city: 'ZZ' }])).toThrow(/^row 1: column "city" holds "ZZ"/)
  })
})

const columns = {
  inputCol: inputColumn({ accepts: accepts.numeric, doc: 'input column name' }),
  outputCol: outputColumn({ yields: DoubleType, doc: 'output column name' }),
} as const

/** A stage of somebody else, which adds 1. */
abstract class PlusOne extends transformer('example.PlusOne', columns) {
  override bind(): BatchTransform {
    return {
      name: this.uid,
      inputs: [this.getInputCol()],
      outputs: [StructField(this.getOutputCol(), DoubleType)],
      filters: false,
      run: ([column]) => ({
        columns: [{ kind: 'f64', data: (column as { data: Float64Array }).data.map((x) => x + 1), valid: null }],
      }),
      forms: ([input]) => this.outputForms(input as NumberForm),
    }
  }
  abstract outputForms(input: NumberForm): readonly RowForm[] | undefined
}
const sum =
  (read: NumberForm['read'], more: number): NumberForm['read'] =>
  (row) =>
    read(row) + more
class Printable extends PlusOne {
  override outputForms({ read }: NumberForm): readonly RowForm[] {
    return [{ kind: 'number', read: printable(sum, read, 1) }]
  }
}
class NotPrintable extends PlusOne {
  override outputForms({ read }: NumberForm): readonly RowForm[] {
    return [{ kind: 'number', read: (row) => read(row) + 1 }]
  }
}
class WithoutForm extends PlusOne {
  override outputForms(): undefined {
    return undefined
  }
}

it('holds stages of somebody else that print their forms', async () => {
  const stage = new Printable({ inputCol: 'x', outputCol: 'y' })
  const { score } = await importModule(stage.toModule({ schema: 'x DOUBLE' }).code)
  expect(score({ x: 2 })).toEqual({ y: 3 })
})

describe('what cannot be a module', () => {
  it('is a stage without a form, which the error names', async () => {
    const stages = [
      new Bucketizer({ inputCol: 'km', outputCol: 'band', splits: [0, 10, 30] }),
      new WithoutForm({ inputCol: 'band', outputCol: 'own' }),
    ]
    const model = await new Pipeline({ stages }).fit(frame)
    expect(() => model.toModule()).toThrow(
      /stage PlusOne_\w+, which makes column "own" of column "band", cannot be written .* score with model\.scorer/,
    )
    // Stages that nobody needs need no form.
    expect(model.toModule({ outputCols: ['band'] }).code).toContain('score')
  })

  it('is a stage whose form is no printable', () => {
    const stage = new NotPrintable({ inputCol: 'x', outputCol: 'y' })
    expect(() => stage.toModule({ schema: 'x DOUBLE' })).toThrow(
      /stage PlusOne_\w+, which makes column "y" of column "x", cannot be written/,
    )
  })

  it('is a column of a type that rows do not hold', () => {
    const stage = new Printable({ inputCol: 'x', outputCol: 'y' })
    expect(() => stage.toModule({ schema: 'x DOUBLE, raw BINARY', outputCols: ['raw'] })).toThrow(
      /column "raw" holds binary/,
    )
  })

  it('is a model of which nobody knows what it reads', () => {
    const stage = new Printable({ inputCol: 'x', outputCol: 'y' })
    // Of a text or of a number.
    const hashed = new FeatureHasher({ inputCols: ['x'], outputCol: 'y' })
    expect(() => hashed.toModule()).toThrow(/the schema of the input is not known/)
    expect(() => stage.toModule({ vectors: 'vector' as never })).toThrow(/vectors is "vector".*"array" or "float64"/)
  })
})

describe('the files of a module', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('are written beside each other, and replaced where that is meant', async () => {
    const written = (await fit('error')).toModule()
    const path = join(folder, 'price.js')
    await written.save(path)
    expect(await readFile(path, 'utf8')).toBe(written.code)
    expect(await readFile(join(folder, 'price.d.ts'), 'utf8')).toBe(written.types)
    await expect(written.save(path)).rejects.toThrow(/price\.js" exists already/)
    await written.save(path, { overwrite: true })
    await written.save(join(folder, 'price.mjs'))
    expect(await readFile(join(folder, 'price.d.mts'), 'utf8')).toBe(written.types)
    await expect(written.save(join(folder, 'price.json'))).rejects.toThrow(/ends with \.js or \.mjs/)
    await expect(written.save(join(path, 'price.js'))).rejects.toThrow(/cannot write/)
  })

  it('tell TypeScript what goes in and what comes out', async () => {
    const outputCols = ['features', 'city', 'night', 'prediction']
    await (await fit('skip')).toModule({ outputCols }).save(join(folder, 'skipping.js'))
    await (await fit('error')).toModule().save(join(folder, 'refusing.js'))
    const use = `
      import { inputs, type Row, score, scoreBatch } from './skipping.js'
      import { score as refusing } from './refusing.js'
      const row: Row = { city: null, km: 1, hour: 2, night: true }
      const prediction: number | undefined = score(row)?.prediction
      const features: number[] | undefined = scoreBatch([row])[0]?.features
      const sure: number = refusing({ ...row, city: 'FR' }).prediction
      const name: string = inputs[0].name
      // @ts-expect-error a row may be dropped
      score(row).prediction
      // @ts-expect-error km is no number
      score({ ...row, km: '1' })
      // @ts-expect-error hour is missing
      score({ city: 'FR', km: 1, night: true })
      // @ts-expect-error an unseen label is refused
      refusing({ ...row, city: 'ZZ' })
      export { features, name, prediction, sure }
    `
    await writeFile(join(folder, 'use.ts'), use)
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const flags = ['--strict', '--noEmit', '--types', '', '--module', 'esnext', '--target', 'es2022', '--lib', 'es2022']
    const result = await promisify(execFile)(process.execPath, [compiler, ...flags, 'use.ts'], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    )
    expect(result.stdout).toBe('')
  })
})
