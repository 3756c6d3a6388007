import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  CrossValidator,
  createDataFrame,
  LinearRegression,
  load,
  ParamGridBuilder,
  type PipelineModel,
  RegressionEvaluator,
  SQLTransformer,
  Vectors,
} from 'ridgeline'
import { beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/command.js'
import { version } from '../../src/version.js'
import { stageDifferences } from '../helpers/equal.js'
import { ridesModel, ridgeline, scratch } from './helper.js'

const at = scratch()
let model: PipelineModel
beforeAll(async () => {
  model = await ridesModel()
  await model.save(at('m.json'))
  await (await ridesModel(0.2)).save(at('other.json'))
})

describe('the command line', () => {
  it('prints the version, and help for each command', async () => {
    expect(await ridgeline(['--version'])).toEqual({ code: EXIT.fine, out: `${version}\n`, err: '' })
    const overall = await ridgeline(['--help'])
    expect([overall.code, overall.err]).toEqual([EXIT.fine, ''])
    for (const name of ['inspect', 'convert', 'score', 'diff']) {
      expect(overall.out).toContain(`  ${name} MODEL`)
      const { code, out } = await ridgeline([name, '--help'])
      expect([code, out]).toEqual([EXIT.fine, expect.stringContaining(`ridgeline ${name} MODEL`)])
      expect(await ridgeline(['help', name])).toMatchObject({ code: EXIT.fine, out })
    }
  })

  it.each([
    [[], /^$/],
    [['inspct', 'm'], /command "inspct" does not exist.*Did you mean "inspect"/],
    [['inspect'], /the argument MODEL is missing.*ridgeline inspect --help/],
    [['inspect', 'a', 'b'], /"b" is one too many/],
    [['inspect', 'a', '--jsn'], /option "--jsn" does not exist.*Did you mean "--json"/],
    [['inspect', 'a', '--json=yes'], /"--json" takes no value/],
    [['convert', 'a', 'b'], /option "--to FORMAT" is missing/],
    [['convert', 'a', 'b', '--to', 'sprk'], /--to is "sprk".*Did you mean "spark"/],
    [['convert', 'a', 'b', '--to'], /"--to" needs a value: --to FORMAT/],
    [['convert', 'a', 'b', '--to', 'json', '--to', 'json'], /"--to" is given twice/],
    [['score', 'm', '--input', '--output', 'x'], /"--input" needs a value/],
    [
      ['score', 'm', '--input', 'a.xls', '--output', 'b.csv'],
      /format of "a.xls" cannot be told.*[.]csv.*--input-format/,
    ],
    [['score', 'm', '--input', 'a.csv', '--output', 'b.csv', '--bad-rows', 'side'], /go together/],
    [
      [
        'score',
        'm',
        '--input',
        'a.csv',
        '--output',
        'b',
        '--output-format',
        'csv',
        '--bad-rows',
        'side',
        '--side',
        './b',
      ],
      /same file/,
    ],
    [['score', 'm', '--input', 'a.csv', '--output', 'b.csv', '--read-option', 'sep'], /Allowed: NAME=VALUE/],
    [['score', 'm', '--input', 'a.csv', '--output', 'b.csv', '--memory', 'much'], /Allowed: a size/],
    [['diff', 'a', 'b', '--tolerance', 'x'], /--tolerance is "x"/],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await ridgeline(argv)
    expect([code, err]).toEqual([EXIT.usage, expect.stringMatching(message)])
  })

  it('tells errors as JSON where results are JSON', async () => {
    const { code, out, err } = await ridgeline(['inspect', at('none.json'), '--json'])
    expect([code, out]).toEqual([EXIT.badInput, ''])
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'PERSISTENCE', message: expect.stringContaining('nothing is saved') },
    })
  })

  it('does nothing after it was interrupted', async () => {
    const { code } = await ridgeline(['inspect', at('m.json')], { signal: AbortSignal.abort() })
    expect(code).toBe(EXIT.interrupted)
  })
})

describe('inspect', () => {
  it('tells stages, parameters, columns, size and version', async () => {
    const { code, out } = await ridgeline(['inspect', at('m.json')])
    expect(code).toBe(EXIT.fine)
    expect(out).toContain(`json, layout 1, written by Ridgeline ${version}, `)
    expect(out).toMatch(
      /^ {2}stages\[3\] LinearRegressionModel {2}LinearRegression_\w{12}\n {6}labelCol = "price"\n {6}regParam = 0.1\n/m,
    )
    expect(out).toMatch(
      /reads\n {2}city: string, 4 labels \(FR, DE, MG, US\), others: error\n {2}km: double, [\d.]+ to [\d.]+\n {2}hour: int, .*\nmakes\n {2}cityIdx: double\n/,
    )
    expect(out).toContain('  prediction: double\n')
  })

  it('tells the same as JSON', async () => {
    const { out } = await ridgeline(['inspect', at('m.json'), '--json'])
    expect(JSON.parse(out)).toMatchObject({
      format: 'json',
      writtenBy: `Ridgeline ${version}`,
      bytes: readFileSync(at('m.json')).length,
      class: 'PipelineModel',
      uid: model.uid,
      stages: [
        { class: 'StringIndexerModel' },
        { held: 'stages[1]' },
        {},
        { params: { labelCol: '"price"', regParam: '0.1' } },
      ],
      inputs: [
        { name: 'city', type: 'string' },
        { name: 'km', type: 'double' },
        { name: 'hour', type: 'int' },
      ],
      fittedOn: ['city', 'km', 'hour', 'price'],
    })
  })

  it('prints the schema of rows in each of its forms', async () => {
    const schema = model.modelSchema()
    for (const [form, expected] of Object.entries({
      'json-schema': schema.toJSONSchema(),
      openapi: schema.toOpenAPI(),
      mlflow: schema.toMlflowSignature(),
    })) {
      const { code, out } = await ridgeline(['inspect', at('m.json'), '--schema', form])
      expect([code, JSON.parse(out)]).toEqual([EXIT.fine, expected])
    }
    const { out } = await ridgeline(['inspect', at('m.json'), '--schema', 'typescript'])
    expect(out).toBe(schema.toTypeScript())
  })

  it('is told the types where the model does not know them', async () => {
    await new SQLTransformer({ statement: 'SELECT *, hour + 1 AS next FROM __THIS__' }).save(at('hours.json'))
    const asked = ['inspect', at('hours.json'), '--schema', 'typescript']
    expect(await ridgeline(asked)).toMatchObject({ code: EXIT.badInput, err: expect.stringContaining('not known') })
    const { out } = await ridgeline([...asked, '--types', 'hour INT'])
    expect(out).toContain('readonly hour: number | null')
    await new LinearRegression().save(at('lr.json'))
    const { code, err } = await ridgeline(['inspect', at('lr.json'), '--schema', 'mlflow'])
    expect([code, err]).toEqual([EXIT.badInput, expect.stringContaining('does not transform rows')])
  })

  it('tells what a search holds', async () => {
    const lr = new LinearRegression({ labelCol: 'y' })
    const cv = new CrossValidator({
      estimator: lr,
      evaluator: new RegressionEvaluator({ labelCol: 'y' }),
      estimatorParamMaps: new ParamGridBuilder().addGrid(lr.regParam, [0.1, 1]).build(),
      numFolds: 2,
    })
    const rows = Array.from({ length: 12 }, (_, i) => ({ features: Vectors.dense(i, i % 3), y: 2 * i + (i % 2) }))
    await (await cv.fit(createDataFrame(rows))).save(at('cv.json'))
    const { out } = await ridgeline(['inspect', at('cv.json')])
    expect(out).toMatch(/^CrossValidatorModel.*\n {4}numFolds = 2\n {4}estimatorParamMaps = 2 parameter maps\n/m)
    expect(out).toMatch(/^ {2}bestModel LinearRegressionModel/m)
    expect(out).toContain('reads\n  features: vector, 2 numbers\nmakes\n  prediction: double\n')
  })

  it.each([
    ['nothing', 'none'],
    ['a file of another kind', 'rides.csv'],
    ['a folder of other things', 'folder'],
  ])('refuses %s', async (_what, name) => {
    writeFileSync(at('rides.csv'), 'a,b\n1,2\n')
    mkdirSync(at('folder'), { recursive: true })
    const { code, out, err } = await ridgeline(['inspect', at(name)])
    expect([code, out]).toEqual([EXIT.badInput, ''])
    expect(err).toMatch(/^ridgeline: /)
  })
})

describe('convert', () => {
  it('writes a model that is equal', async () => {
    const { code, out } = await ridgeline(['convert', at('m.json'), at('copy.json'), '--to', 'json', '--json'])
    expect(code).toBe(EXIT.fine)
    expect(JSON.parse(out)).toMatchObject({ fromFormat: 'json', toFormat: 'json' })
    expect(stageDifferences(await load(at('copy.json')), model)).toEqual([])
  })

  it('goes to the format of Spark and back without a difference', async () => {
    const there = await ridgeline(['convert', at('m.json'), at('m.spark'), '--to', 'spark'])
    expect([there.code, there.err]).toEqual([EXIT.fine, ''])
    const { out } = await ridgeline(['inspect', at('m.spark')])
    expect(out).toMatch(/: spark, written by Spark 4[.]\d[.]\d, .*kB\n\nPipelineModel/)
    expect(out).toContain('reads\n  city: string, 4 labels')
    expect((await ridgeline(['convert', at('m.spark'), at('back.json'), '--to', 'json'])).code).toBe(EXIT.fine)
    const { code, out: found } = await ridgeline(['diff', at('m.json'), at('back.json')])
    expect([code, found]).toEqual([EXIT.fine, 'no difference\n'])
    writeFileSync(at('few.csv'), 'city,km,hour\nFR,7.5,9\nUS,12,far\n')
    for (const [name, target] of Object.entries({ 'm.json': 'json.csv', 'm.spark': 'spark.csv' })) {
      const files = [
        '--input',
        at('few.csv'),
        '--output',
        at(target),
        '--bad-rows',
        'skip',
        '--columns',
        'city,prediction',
      ]
      expect(await ridgeline(['score', at(name), ...files])).toMatchObject({ code: EXIT.fine, err: '' })
    }
    expect(readFileSync(at('spark.csv'), 'utf8')).toBe(readFileSync(at('json.csv'), 'utf8'))
  })

  it('writes a module, with its types beside it', async () => {
    const argv = ['convert', at('m.json'), at('m.mjs'), '--to', 'module']
    expect(await ridgeline(argv)).toMatchObject({ code: EXIT.fine, err: '' })
    const { score } = await import(/* @vite-ignore */ at('m.mjs'))
    const row = { city: 'FR', km: 7.5, hour: 9 }
    expect(score(row).prediction).toBeCloseTo(model.scorer()(row)?.prediction, 12)
    expect(readFileSync(at('m.d.mts'), 'utf8')).toContain('export declare function score(row: Row): Prediction')
    expect((await ridgeline(argv)).err).toMatch(/m[.]mjs" exists already.*add --overwrite/)
    const chosen = [...argv, '--overwrite', '--columns', 'cityIdx', '--schema', 'city STRING, km DOUBLE, hour INT']
    expect(await ridgeline(chosen)).toMatchObject({ code: EXIT.fine, err: '' })
    expect(readFileSync(at('m.d.mts'), 'utf8')).toContain('cityIdx: number')
    for (const wrong of [
      ['convert', at('m.json'), at('m.txt'), '--to', 'module'],
      ['convert', at('m.json'), at('n.json'), '--to', 'json', '--columns', 'a'],
    ]) {
      expect((await ridgeline(wrong)).code).toBe(EXIT.usage)
    }
  })

  it('replaces nothing unless it is asked for', async () => {
    writeFileSync(at('old.json'), 'old')
    const refused = await ridgeline(['convert', at('m.json'), at('old.json'), '--to', 'json'])
    expect([refused.code, refused.err]).toEqual([EXIT.failed, expect.stringContaining('add --overwrite')])
    expect(readFileSync(at('old.json'), 'utf8')).toBe('old')
    const { code } = await ridgeline(['convert', at('m.json'), at('old.json'), '--to', 'json', '--overwrite'])
    expect(code).toBe(EXIT.fine)
  })
})

describe('diff', () => {
  it('finds none in a model and its copy, or another fit of it', async () => {
    await (await ridesModel()).save(at('again.json'))
    const { code, out } = await ridgeline(['diff', at('m.json'), at('again.json')])
    expect([code, out]).toEqual([EXIT.fine, 'no difference\n'])
  })

  it('tells parameters and numbers that differ', async () => {
    const { code, out } = await ridgeline(['diff', at('m.json'), at('other.json')])
    expect(code).toBe(EXIT.failed)
    expect(out).toContain('PipelineModel.stages[3] LinearRegressionModel.regParam\n  - 0.1\n  + 0.2\n')
    expect(out).toMatch(
      /coefficients\n {2}- .*\n {2}[+] .*\n {4}5 of 5 numbers differ, by at most 0[.]\d+ \(relative 0[.]\d+\)/,
    )
    const { out: json } = await ridgeline(['diff', at('m.json'), at('other.json'), '--json'])
    const { equal, differences } = JSON.parse(json)
    expect(equal).toBe(false)
    expect(differences[0]).toMatchObject({ left: '0.1', right: '0.2', numbers: { count: 1, of: 1, relative: 0.5 } })
  })

  it('takes numbers that are near for equal', async () => {
    expect((await ridgeline(['diff', at('m.json'), at('other.json'), '--tolerance', '0.9'])).code).toBe(EXIT.fine)
  })

  it('tells other classes, and stages that one of them has not', async () => {
    await model.stages[3].save(at('last.json'))
    const classes = await ridgeline(['diff', at('m.json'), at('last.json')])
    expect([classes.code, classes.out]).toEqual([EXIT.failed, 'class\n  - PipelineModel\n  + LinearRegressionModel\n'])
    const { PipelineModel } = await import('ridgeline')
    await new PipelineModel({ stages: model.stages.slice(0, 3) }).save(at('short.json'))
    const { out } = await ridgeline(['diff', at('m.json'), at('short.json')])
    expect(out).toContain('PipelineModel.stages\n  - 4 stages\n  + 3 stages\n')
  })
})
