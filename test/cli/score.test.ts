import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import {
  createDataFrame,
  Pipeline,
  type PipelineModel,
  type Row,
  read,
  SQLTransformer,
  VectorAssembler,
} from 'ridgeline'
import { beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/command.js'
import { ridesModel, ridgeline, scratch } from './helper.js'

const at = scratch()

/** Rows 2, 3, 4 and 5 are bad: an unseen city, no number, a null, too few cells. */
const CSV = `id,city,km,hour,note
1,FR,7.5,9,"a ""quoted"", cell"
2,US,12.0,18,
3,XX,3.0,23,unseen
4,FR,abc,8,no number
5,MG,,12,null
6,DE,4
7,DE,4.5,6,ok
`
const GOOD = CSV.split('\n')
  .filter((_, i) => [0, 1, 2, 7, 8].includes(i))
  .join('\n')

let model: PipelineModel
beforeAll(async () => {
  model = await ridesModel()
  await model.save(at('m.json'))
  writeFileSync(at('rides.csv'), CSV)
  writeFileSync(at('good.csv'), GOOD)
})

/** What the model itself predicts for the good rows. */
async function predictions(): Promise<unknown[]> {
  const rows = createDataFrame([
    { city: 'FR', km: 7.5, hour: 9 },
    { city: 'US', km: 12.0, hour: 18 },
    { city: 'DE', km: 4.5, hour: 6 },
  ])
  return (await model.transform(rows).select('prediction').collect()).map((row) => row.prediction)
}

const score = (input: string, output: string, ...more: string[]) =>
  ridgeline(['score', at('m.json'), '--input', at(input), '--output', at(output), ...more])

const linesOf = (name: string): Row[] =>
  readFileSync(at(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

/** Names in the scratch folder that no test asked for. */
const hidden = (): string[] => readdirSync(dirname(at('x'))).filter((name) => name.startsWith('.'))

describe('score', () => {
  it('adds the columns of the model to those of a csv file', async () => {
    const { code, out } = await score('good.csv', 'plain.csv')
    expect(code).toBe(EXIT.fine)
    expect(out).toMatch(/^scored 3 rows into .*plain.csv in .* left out: cityOhe, features\n$/)
    const written = await (await read.option('header', true).option('inferSchema', true).csv(at('plain.csv'))).collect()
    expect(written.map((row) => row.prediction)).toEqual(await predictions())
    expect(written[0]).toMatchObject({ id: 1, city: 'FR', note: 'a "quoted", cell', cityIdx: 0 })
    expect(hidden()).toEqual([])
  })

  it.each(['jsonl', 'parquet', 'tsv', 'csv.gz', 'json.gz'])('reads and writes %s', async (extension) => {
    const format = /json/.test(extension) ? 'json' : extension === 'parquet' ? 'parquet' : 'csv'
    const plain = await read.option('header', true).csv(at('good.csv'))
    const typed = plain.selectExpr(
      'CAST(id AS INT) id',
      'city',
      'CAST(km AS DOUBLE) km',
      'CAST(hour AS INT) hour',
      'note',
    )
    const writer = typed.write.mode('overwrite').format(format)
    const csv = format === 'csv' ? writer.options({ header: true, sep: extension === 'tsv' ? '\t' : ',' }) : writer
    await csv.save(at('folder'))
    const part = readdirSync(at('folder')).find((name) => name.startsWith('part-'))!
    const content = readFileSync(at(`folder/${part}`))
    writeFileSync(at(`in.${extension}`), extension.endsWith('.gz') ? gzipSync(content) : content)
    const { code, err } = await score(
      `in.${extension}`,
      `out.${extension}`,
      '--columns',
      'prediction,id',
      '--overwrite',
    )
    expect([code, err]).toEqual([EXIT.fine, ''])
    if (extension.endsWith('.gz')) expect(() => gunzipSync(readFileSync(at(`out.${extension}`)))).not.toThrow()
    const reader =
      format === 'csv' ? read.options({ header: true, inferSchema: true, sep: extension === 'tsv' ? '\t' : ',' }) : read
    const written = await reader.format(format).load(at(`out.${extension}`))
    const rows = (await written.collect()) as Row[]
    if (format !== 'json') expect(written.columns).toEqual(['prediction', 'id'])
    expect(rows.map((row) => row.prediction)).toEqual(await predictions())
    expect(rows.map((row) => row.id)).toEqual([1, 2, 7])
  })

  it('keeps vectors in json lines, in the form of Spark', async () => {
    expect((await score('good.csv', 'vectors.jsonl')).code).toBe(EXIT.fine)
    expect(linesOf('vectors.jsonl')[0].features).toEqual({ type: 1, values: [7.5, 9, 1, 0, 0] })
  })

  it('takes types that are given, and options of readers and writers', async () => {
    writeFileSync(at('semi.txt'), 'FR;7.5;9\nUS;12.0;18\nDE;4.5;6\n')
    const { code, err } = await score(
      'semi.txt',
      'semi.out',
      ...['--input-format', 'csv', '--output-format', 'csv', '--schema', 'city STRING, km DOUBLE, hour INT'],
      ...[
        '--read-option',
        'sep=;',
        '--read-option',
        'header=false',
        '--write-option',
        'sep=|',
        '--columns',
        'city,prediction',
      ],
    )
    expect([code, err]).toEqual([EXIT.fine, ''])
    expect(readFileSync(at('semi.out'), 'utf8')).toBe(
      ['city|prediction', ...(await predictions()).map((p, i) => `${['FR', 'US', 'DE'][i]}|${p}`), ''].join('\n'),
    )
  })

  it('finds types in the file where the model knows no schema', async () => {
    await new VectorAssembler({ inputCols: ['km', 'hour'], outputCol: 'v' }).save(at('assembler.json'))
    const { code, err } = await ridgeline([
      'score',
      at('assembler.json'),
      '--input',
      at('rides.csv'),
      '--output',
      at('v.jsonl'),
      '--bad-rows',
      'skip',
      '--json',
    ])
    // The cell "abc" makes the column one of texts, which the stage does not take: then it is read as doubles.
    expect([code, err]).toEqual([EXIT.fine, ''])
    expect(linesOf('v.jsonl').map((row) => row.id)).toEqual([1, 2, 3, 7])
  })

  it('says what it did as JSON', async () => {
    const { out } = await score('rides.csv', 'told.csv', '--bad-rows', 'skip', '--json', '--columns', 'id')
    expect(JSON.parse(out)).toMatchObject({ read: 7, scored: 3, bad: 4, columns: ['id'], leftOut: [] })
  })

  it('draws a bar on a terminal only', async () => {
    const argv = ['score', at('m.json'), '--input', at('good.csv'), '--output', at('bar.csv'), '--overwrite']
    expect((await ridgeline(argv)).err).toBe('')
    expect((await ridgeline(argv, { isTTY: true })).err).toMatch(/score █+ 3\/3 .* rows/)
  })

  it('runs models that look at whole frames', async () => {
    const statement = 'SELECT *, km - avg(km) OVER () AS off FROM __THIS__'
    const stages = [
      new SQLTransformer({ statement }),
      new VectorAssembler({ inputCols: ['off', 'hour'], outputCol: 'v' }),
    ]
    const frame = createDataFrame([{ km: 1, hour: 2 }], 'km DOUBLE, hour INT')
    await (await new Pipeline({ stages }).fit(frame)).save(at('sql.json'))
    writeFileSync(at('km.jsonl'), '{"km":1.0,"hour":1}\n{"km":2.0,"hour":2}\n{"km":6.0,"hour":3}\n')
    const argv = ['score', at('sql.json'), '--input', at('km.jsonl'), '--output', at('off.jsonl')]
    const { code, err, out } = await ridgeline([...argv, '--json'])
    expect([code, err]).toEqual([EXIT.fine, ''])
    expect(JSON.parse(out)).toMatchObject({ read: 3, scored: 3 })
    expect(linesOf('off.jsonl').map((row) => row.off)).toEqual([-2, -1, 3])
    const refused = await ridgeline([...argv, '--overwrite', '--bad-rows', 'skip'])
    expect(refused.code).toBe(EXIT.badInput)
    expect(refused.err).toContain('looks at the whole frame')
  })
})

describe('bad rows', () => {
  it('end the run by default, and nothing is written', async () => {
    const { code, err } = await score('rides.csv', 'never.csv')
    expect(code).toBe(EXIT.badInput)
    expect(err).toMatch(/^ridgeline: the line has 3 cells, 5 are expected.*line 7.*--bad-rows skip/)
    expect(readdirSync(dirname(at('x')))).not.toContain('never.csv')
    expect(hidden()).toEqual([])
  })

  it('that the model refuses end the run, too, with their number', async () => {
    writeFileSync(at('unseen.csv'), GOOD.replace('US', 'XX'))
    const { code, err } = await score('unseen.csv', 'never.csv')
    expect(code).toBe(EXIT.badInput)
    expect(err).toMatch(/unseen label "XX" in column "city" \(row 1\)/)
  })

  it('are left out', async () => {
    const { code, out } = await score('rides.csv', 'some.csv', '--bad-rows', 'skip')
    expect(code).toBe(EXIT.fine)
    expect(out).toContain('scored 3 rows')
    expect(out).toContain('4 bad rows left out')
  })

  it('go to a file, in order, with the reason', async () => {
    const { code } = await score('rides.csv', 'some.jsonl', '--bad-rows', 'side', '--side', at('side.jsonl'))
    expect(code).toBe(EXIT.fine)
    expect(linesOf('some.jsonl').map((row) => row.prediction)).toEqual(await predictions())
    expect(linesOf('side.jsonl')).toMatchObject([
      { row: 2, error: expect.stringContaining('unseen label "XX"'), values: { id: '3', city: 'XX', km: 3, hour: 23 } },
      { row: 3, error: 'the line does not fit the schema', record: '4,FR,abc,8,no number' },
      { row: 4, error: expect.stringContaining('holds null'), values: { km: null } },
      { row: 5, record: '6,DE,4' },
    ])
  })

  it('are found among many, whatever batch they are in', async () => {
    const line = (i: number): string =>
      `${i},${i % 1000 === 7 ? 'XX' : 'FR'},${i % 1700 === 9 ? 'x' : i / 10},${i % 24},n`
    writeFileSync(
      at('many.csv'),
      `id,city,km,hour,note\n${Array.from({ length: 10_000 }, (_, i) => line(i)).join('\n')}\n`,
    )
    const more = ['--bad-rows', 'side', '--side', at('many.bad'), '--columns', 'id,prediction']
    const { code, err } = await score('many.csv', 'many.jsonl', ...more)
    expect([code, err]).toEqual([EXIT.fine, ''])
    const expected = Array.from({ length: 10_000 }, (_, i) => i).filter((i) => i % 1000 === 7 || i % 1700 === 9)
    expect(linesOf('many.bad').map((row) => row.row)).toEqual(expected)
    const written = linesOf('many.jsonl')
    expect(written.map((row) => Number(row.id))).toEqual(
      Array.from({ length: 10_000 }, (_, i) => i).filter((i) => !expected.includes(i)),
    )
    const [{ km }] = await model
      .transform(createDataFrame([{ city: 'FR', km: 999.9, hour: 15 }]))
      .select('prediction')
      .collect()
      .then((rows) => rows.map((row) => ({ km: row.prediction })))
    expect(written.at(-1)?.prediction).toBe(km)
  })

  it('of json lines are those that are no JSON, or of other types', async () => {
    writeFileSync(at('bad.jsonl'), '{"city":"FR","km":1,"hour":2}\n{oops\n{"city":"FR","km":"far","hour":2}\n')
    const { code, err } = await score('bad.jsonl', 'bad.out.jsonl', '--bad-rows', 'side', '--side', at('bad.side'))
    expect([code, err]).toEqual([EXIT.fine, ''])
    expect(linesOf('bad.out.jsonl')).toHaveLength(1)
    expect(linesOf('bad.side').map((row) => row.record)).toEqual(['{oops', '{"city":"FR","km":"far","hour":2}'])
  })
})

describe('files', () => {
  it('are not replaced unless it is asked for', async () => {
    writeFileSync(at('there.csv'), 'old')
    const { code, err } = await score('good.csv', 'there.csv')
    expect([code, err]).toEqual([EXIT.failed, expect.stringContaining('add --overwrite')])
    expect(readFileSync(at('there.csv'), 'utf8')).toBe('old')
    expect((await score('good.csv', 'there.csv', '--overwrite')).code).toBe(EXIT.fine)
    expect((await score('good.csv', '.', '--overwrite', '--output-format', 'csv')).err).toContain('is a folder')
  })

  it('stay as they were when the run is interrupted', async () => {
    const line = '1,FR,7.5,9,a note that is somewhat longer than the others\n'
    writeFileSync(at('long.csv'), `id,city,km,hour,note\n${line.repeat(300_000)}`)
    writeFileSync(at('kept.csv'), 'old')
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 150)
    const side = ['--bad-rows', 'side', '--side', at('kept.side')]
    const argv = ['score', at('m.json'), '--input', at('long.csv'), '--output', at('kept.csv'), '--overwrite', ...side]
    const { code, err } = await ridgeline(argv, { signal: stop.signal })
    expect([code, err]).toEqual([EXIT.interrupted, 'ridgeline: interrupted; nothing was written\n'])
    expect(readFileSync(at('kept.csv'), 'utf8')).toBe('old')
    expect(readdirSync(dirname(at('x')))).not.toContain('kept.side')
    expect(hidden()).toEqual([])
  })

  it.each([
    [['--input', 'none.csv'], /none.csv: it does not exist/],
    [['--input', 'good.csv', '--columns', 'predicton'], /Did you mean "prediction"/],
    [['--input', 'good.csv', '--columns', 'features'], /features.*cannot be held by a csv file/],
    [['--input', 'other.csv'], /The model reads columns that the input has not: city[.]/],
  ])('that do not fit are refused: %j', async (more, message) => {
    writeFileSync(at('other.csv'), 'town,km,hour\nFR,1,2\n')
    const argv = more.map((text) => (text.endsWith('.csv') ? at(text) : text))
    const { code, err } = await ridgeline(['score', at('m.json'), '--output', at('no.csv'), ...argv])
    expect([code, err]).toEqual([EXIT.badInput, expect.stringMatching(message)])
  })

  it.each([
    [['--parts', '--overwrite'], /--parts and --overwrite do not go together/],
    [['--watermark', 'id'], /--watermark goes with --parts/],
  ])('options that do not fit together are refused: %j', async (more, message) => {
    const { code, err } = await ridgeline([
      'score',
      at('m.json'),
      '--input',
      at('good.csv'),
      '--output',
      at('no.csv'),
      ...more,
    ])
    expect([code, err]).toEqual([EXIT.usage, expect.stringMatching(message)])
  })

  it('part by part go on where they were', async () => {
    const run = async () => {
      const { code, out, err } = await ridgeline([
        'score',
        at('m.json'),
        '--input',
        at('good.csv'),
        '--output',
        at('parts'),
        '--parts',
        '--watermark',
        'id',
        '--json',
      ])
      expect([code, err]).toEqual([EXIT.fine, ''])
      return JSON.parse(out)
    }
    expect(await run()).toMatchObject({ parts: 1, rows: 3, watermark: '7' })
    expect(await run()).toMatchObject({ parts: 0, rows: 0, skipped: 1 })
    const rows = await (await read.parquet(at('parts'))).orderBy('id').collect()
    expect(rows.map((row) => row.prediction)).toEqual(await predictions())
  })

  it('of estimators are no models', async () => {
    const { LinearRegression } = await import('ridgeline')
    await new LinearRegression().save(at('estimator.json'))
    const { code, err } = await ridgeline([
      'score',
      at('estimator.json'),
      '--input',
      at('good.csv'),
      '--output',
      at('no.csv'),
    ])
    expect([code, err]).toEqual([EXIT.badInput, expect.stringContaining('Fit it first')])
  })
})
