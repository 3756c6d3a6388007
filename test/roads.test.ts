import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { RidgelineError, UnsupportedError } from '../src/errors.js'
import { Vector } from '../src/linalg/vector.js'
import { Vectors } from '../src/linalg/vectors.js'
import { shortClassName } from '../src/param/params.js'
import { PipelineModel } from '../src/pipeline/pipeline.js'
import type { Transformer } from '../src/pipeline/transformer.js'
import type { DataFrame } from '../src/sql/dataframe.js'
import type { Row } from '../src/sql/row.js'
import { subjects } from './checks/cases.js'
import { asTransformer, instanceOf, isTransformer, type Subject } from './checks/subject.js'
import { buildStage } from './golden/classes.js'
import { Corpus } from './golden/corpus.js'
import { Frames } from './golden/frames.js'
import { plain } from './helpers/compare.js'
import { needsNoColumns } from './helpers/forms.js'
import { frameOf } from './helpers/frame.js'
import { importModule } from './helpers/module.js'
import { expectNear } from './helpers/near.js'
import { ROOT } from './helpers/sources.js'

/** One way from rows to predictions. All must give the same bits. */
type Road = (model: PipelineModel, rows: readonly Row[]) => Promise<readonly Row[]>

const corpus = new Frames(Corpus.open())
const { rows, schema } = corpus.dataset('rides')
const score = (model: Transformer, frame: DataFrame) => model.transform(frame).collect()

const roads: Readonly<Record<string, Road>> = {
  'several partitions': (model, input) => score(model, frameOf(input, schema, 4)),
  'one row at a time': async (model, input) =>
    (await Promise.all(input.map((row) => score(model, frameOf([row], schema))))).flat(),
  'stage by stage': async (model, input) => {
    const frame = model.stages.reduce((data, stage) => stage.transform(data), frameOf(input, schema))
    return frame.collect()
  },
  'a row scorer': async (model, input) => {
    const scorer = model.scorer<Row>({
      outputCols: model.transformSchema(schema).fields.map(({ name }) => name),
      vectors: 'vector',
    })
    return input.map((row) => scorer(row) as Row)
  },
  'a scorer of columns': async (model, input) => {
    const names = model.transformSchema(schema).fields.map(({ name }) => name)
    const columns = Object.fromEntries(schema.fields.map(({ name }) => [name, input.map((row) => row[name])]))
    const scored = model.scorer<Row>({ outputCols: names, vectors: 'vector' }).batch(columns)
    return input.map((_, i) => Object.fromEntries(names.map((name) => [name, scored[name][i]])))
  },
  'a copy of the model': (model, input) => score(model.copy(), frameOf(input, schema)),
  'saved as JSON and loaded': async (model, input) => {
    const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
    try {
      await model.save(join(folder, 'model.json'))
      return await score(await PipelineModel.load(join(folder, 'model.json')), frameOf(input, schema))
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

const assembled = [
  buildStage('StringIndexer', { inputCol: 'city', outputCol: 'cityIndex', handleInvalid: 'keep' }),
  buildStage('OneHotEncoder', { inputCols: ['cityIndex'], outputCols: ['citySlots'] }),
  buildStage('Bucketizer', { inputCol: 'hour', outputCol: 'part', splits: ['-Infinity', 6, 12, 18, 'Infinity'] }),
  buildStage('VectorAssembler', { inputCols: ['distanceKm', 'part', 'citySlots'], outputCol: 'raw' }),
  buildStage('StandardScaler', { inputCol: 'raw', outputCol: 'features', withMean: true }),
  buildStage('LinearRegression', { labelCol: 'price', regParam: 0.01, elasticNetParam: 0.5 }),
]

describe('every road gives the prediction of the batch', () => {
  let model: PipelineModel
  let expected: unknown
  beforeAll(async () => {
    const pipeline = buildStage('Pipeline', {}).set('stages', assembled)
    model = (await (pipeline as unknown as { fit(data: DataFrame): Promise<unknown> }).fit(
      frameOf(rows, schema),
    )) as PipelineModel
    expected = plain(await score(model, frameOf(rows, schema)))
  })

  for (const [name, road] of Object.entries(roads)) {
    it(name, async () => {
      expect(plain(await road(model, rows))).toEqual(expected)
    })
  }
})

/** What somebody gets for a row: the row that comes out, null where it is dropped, or class and message of the error. */
async function answerTo(work: () => Promise<Row | null | undefined>): Promise<Row | string | null> {
  try {
    return (await work()) ?? null
  } catch (error) {
    if (error instanceof RidgelineError) return `${error.name}: ${error.message}`
    throw error
  }
}

/** A list of numbers in which no zero has a sign: whether it has one depends on whether the zero is stored. */
const unsigned = (value: unknown): unknown =>
  Array.isArray(value) && typeof value[0] === 'number' ? value.map((x) => x + 0) : value

/** An answer with vectors as lists. */
const listed = (answer: Row | string | null): unknown =>
  answer === null || typeof answer === 'string'
    ? answer
    : Object.fromEntries(Object.entries(answer).map(([k, v]) => [k, inLists(v)]))

/** A value with vectors as lists, also those in arrays. */
const inLists = (value: unknown): unknown =>
  unsigned(value instanceof Vector ? Array.from(value.toArray()) : Array.isArray(value) ? value.map(inLists) : value)

/** The first rows of an example, and its first row with null, NaN and what no row had in each column. */
function oddRows({ example: { rows: good, schema: types } }: Subject): Row[] {
  const odd = types.fields.flatMap(({ name, dataType }): Row[] => {
    const value = good[0][name]
    const others: unknown[] = [null]
    if (dataType.kind === 'string') others.push('nobody has seen this')
    if (dataType.kind === 'double') others.push(Number.NaN, -1, 1e9, 0.5)
    if (dataType.kind === 'vector') {
      const { size } = value as { size: number }
      others.push(
        Vectors.dense(new Array(size).fill(Number.NaN)),
        Vectors.dense(new Array(size + 1).fill(1)),
        Vectors.sparse(size, [], []),
      )
    }
    return others.map((other) => ({ ...good[0], [name]: other }))
  })
  return [...good.slice(0, 4), ...odd]
}

describe('a row scorer answers as transform does', () => {
  for (const subject of subjects().filter(isTransformer)) {
    const name = shortClassName(subject.stageClass.sparkClass)
    it(name, async () => {
      const stage = asTransformer(await instanceOf(subject))
      const { schema: types, rows: good } = subject.example
      const sized = frameOf(good, types)
      const outputCols = stage.transform(sized).schema.fields.map((field) => field.name)
      const make = () => stage.scorer<Row>({ schema: types, outputCols, vectors: 'vector' })
      const scorer = make()
      const quick = stage.scorer<Row>({ schema: types, outputCols })
      for (const row of oddRows(subject)) {
        const expected = await answerTo(async () => (await stage.transform(frameOf([row], types)).collect())[0])
        expect(plain(await answerTo(async () => scorer(row)))).toEqual(plain(expected))
        // Without their form, vectors need no columns on the way.
        expect(plain(listed(await answerTo(async () => quick(row))))).toEqual(plain(listed(expected)))
      }
    })
  }
})

/** Transformers of which a row goes over columns, with the reason. */
const withoutForms: Readonly<Record<string, string>> = {}

describe('a row as most are needs no columns', () => {
  for (const subject of subjects().filter(isTransformer)) {
    const name = shortClassName(subject.stageClass.sparkClass)
    it(name, async () => {
      const stage = asTransformer(await instanceOf(subject))
      const { schema: types, rows: good } = subject.example
      const made = () => stage.transform(frameOf([], types)).schema.fields.map((field) => field.name)
      const byForms = () => good.every(needsNoColumns(stage, types, made()))
      expect(byForms()).toBe(withoutForms[name] === undefined)
    })
  }
})

/** Stages that a module holds at least. */
const inModules = new Set([
  'StringIndexerModel',
  'OneHotEncoderModel',
  'Bucketizer',
  'VectorAssembler',
  'StandardScalerModel',
  'LinearRegressionModel',
  'DecisionTreeRegressionModel',
  'RandomForestRegressionModel',
  'GBTRegressionModel',
])

describe('a module answers as transform does, or refuses', () => {
  const written = new Map<string, string>()
  for (const subject of subjects().filter(isTransformer)) {
    const name = shortClassName(subject.stageClass.sparkClass)
    it(name, async () => {
      const stage = asTransformer(await instanceOf(subject))
      const { schema: types, rows: good } = subject.example
      const made = stage.transform(frameOf(good, types)).schema.fields.map((field) => field.name)
      const outputCols = made.filter((column) => !types.fields.some((field) => field.name === column))
      const write = () => stage.toModule({ schema: types, outputCols: outputCols.length > 0 ? outputCols : made })
      let code: string
      try {
        code = write().code
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error
        expect(error.message).toContain(name === 'SQLTransformer' ? '(km * 2) AS twice' : stage.uid)
        expect(error.message).toMatch(/columns? "/)
        expect(inModules).not.toContain(name)
        return
      }
      written.set(name, code)
      const module = await importModule(code)
      const odd = oddRows(subject)
      for (const [i, row] of odd.entries()) {
        const expected = listed(
          await answerTo(async () => {
            const frame = stage.transform(frameOf([row], types))
            return (await frame.select(...module.outputs.map((output) => output.name)).collect())[0]
          }),
        )
        let scored: unknown
        try {
          scored = module.score(listed(row) as Row)
        } catch (error) {
          // A row as most are is never refused, nor is one that transform answers given another answer.
          expect(['RangeError', 'TypeError']).toContain((error as Error).name)
          if (i < Math.min(4, good.length) && typeof expected !== 'string') throw error
          continue
        }
        expectNear(plain(scored), plain(expected))
      }
    })
  }

  it('and names nothing but the language', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
    try {
      for (const [name, code] of written) await writeFile(join(folder, `${name}.js`), code)
      const files = [...written.keys()].map((name) => `${name}.js`)
      const flags = '--allowJs --checkJs --noEmit --strict false --module esnext --target es2022 --lib es2022 --types'
      const args = [join(ROOT, 'node_modules/typescript/bin/tsc'), ...flags.split(' '), '', ...files]
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(
        (error: { stdout: string }) => error,
      )
      // Plain JavaScript has no types to be right; names that do not exist are the question. Browsers and edge runtimes have TextEncoder.
      expect(
        stdout.split('\n').filter((line) => /Cannot find name|TS1\d\d\d:/.test(line) && !line.includes('TextEncoder')),
      ).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
