import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDataFrame, type DataFrame, type Row, StringIndexer } from 'ridgeline'
import { functions as F, MemoryStream } from 'ridgeline/streaming'
import { describe, expect, it } from 'vitest'
import type { Plan, PlanOf } from '../../src/sql/plan.js'
import { defaultSession } from '../../src/sql/session.js'
import { BatchRunner } from '../../src/streaming/batch-runner.js'
import { streamLeaves } from '../../src/streaming/row-plan.js'
import { bytes, scratch } from './helper.js'

const folder = scratch()
const SCHEMA = 's STRING, d DOUBLE, f FLOAT, i INT, l BIGINT, b BOOLEAN, t TINYINT'

/** Texts that fit, and texts that do not, in all the ways that JSON has. */
const TEXTS = [
  '{"s":"a","d":1.5,"f":0.1,"i":3,"l":9007199254740993,"b":true,"t":-1}',
  '{"s":"ü \\"q\\" \\n","d":-0.0,"f":1e30,"i":-0,"l":-9223372036854775808,"b":false}',
  '{ "i" : 7 , "d" : 1 }',
  '{"i":7.0}',
  '{"i":1e2}',
  '{"i":2147483648,"d":1}',
  '{"i":"7","s":7}',
  '{"s":{"a":[1,2]},"d":"NaN","f":"-Infinity"}',
  '{"d":1e400,"s":null}',
  '{"t":128}',
  '{"b":"true"}',
  '{"d":true}',
  "{'s':'single'}",
  '{"s":"a"',
  '[]',
  '[{"i":1}]',
  '17',
  'null',
  'NaN',
  '{}',
  '{"i":1,"i":2}',
  '{"x":{"i":1},"i":2.0}',
  '',
  ' ',
  '{"S":"case"}',
  ...[
    1e7,
    9999999.5,
    0.001,
    0.00099,
    6.6e22,
    2e-3,
    1 / 3,
    1e21,
    123456789012345680000,
    5e-324,
    -1.7976931348623157e308,
  ].map((d) => JSON.stringify({ d })),
]

/** The rows of a frame as a query computes them. */
async function streamed(frame: DataFrame, rows: Row[]): Promise<{ rows: Row[]; bad: [number, string][] }> {
  const [leaf] = streamLeaves(frame.plan) as Set<PlanOf<'streamScan'>>
  const source = await leaf.origin.provider!.open(undefined as never)
  ;(leaf.origin.provider as MemoryStream).addData(rows)
  const batch = await source.next({ from: null, wait: 0, batchId: 0, signal: new AbortController().signal })
  const runner = new BatchRunner(defaultSession().engine, policy)
  const output = await runner.run(frame.plan as Plan, [{ leaf, batch: batch!, first: 0 }], new AbortController().signal)
  const { DataFrame } = await import('ridgeline')
  return {
    rows: await DataFrame.fromTable(output.table, defaultSession()).collect(),
    bad: output.bad.map(({ row, reason }) => [row, reason]),
  }
}
let policy: 'permissive' | 'skip' = 'permissive'

describe('JSON of micro-batches', () => {
  const steps = (frame: DataFrame): DataFrame =>
    frame
      .select('id', F.from_json(F.col('value').cast('string'), SCHEMA).as('j'))
      .select('id', 'j.*')
      .select(
        'id',
        's',
        'd',
        'f',
        'i',
        'l',
        'b',
        't',
        F.to_json(F.struct('s', 'd', F.col('f').as('g'), 'i', 'l', 'b')).as('json'),
      )

  it('is what the engine gives', async () => {
    policy = 'permissive'
    const rows = TEXTS.map((text, id) => ({ id, value: bytes(text) }))
    rows.push({ id: 99, value: null as never })
    const stream = new MemoryStream('id INT, value BINARY')
    const expected = await steps(createDataFrame(rows, 'id INT, value BINARY')).orderBy('id').collect()
    expect((await streamed(steps(stream.toDF()), rows)).rows).toEqual(expected)
  })

  it('tells which texts do not fit, and why', async () => {
    policy = 'skip'
    const rows = TEXTS.map((text, id) => ({ id, value: bytes(text) }))
    rows.push({ id: rows.length, value: Uint8Array.of(0xff, 0x7b) })
    const { bad, rows: left } = await streamed(steps(new MemoryStream('id INT, value BINARY').toDF()), rows)
    const reasons = new Map(bad)
    expect([...reasons.keys()]).toEqual([3, 4, 5, 6, 9, 10, 11, 13, 14, 15, 16, 18, 21, 22, 23, TEXTS.length])
    expect(left.map(({ id }) => id)).toEqual(TEXTS.map((_, id) => id).filter((id) => !reasons.has(id)))
    expect(reasons.get(6)).toBe('field "i" is "\\"7\\"", not int')
    expect(reasons.get(13)).toMatch(/no JSON/)
    expect(reasons.get(16)).toMatch(/is no struct/)
    expect(reasons.get(TEXTS.length)).toMatch(/no UTF-8/)
  })

  it('looks through texts that only the engine reads', async () => {
    policy = 'skip'
    const frame = new MemoryStream('value STRING')
      .toDF()
      .select(F.from_json('value', 'day DATE, price DECIMAL(4,1)').as('j'))
      .select('j.*')
    const rows = ['{"day":"2024-02-01","price":1.5}', '{"day":"yesterday"}', '{"price":"x"}'].map((value) => ({
      value,
    }))
    expect(await streamed(frame, rows)).toEqual({
      rows: [{ day: new Date('2024-02-01'), price: 1.5 }],
      bad: [
        [1, 'field "day" is "\\"yesterday\\"", not date'],
        [2, 'field "price" is "\\"x\\"", not decimal(4,1)'],
      ],
    })
  })
})

describe('records that cannot be processed', () => {
  const cities = new StringIndexer({ inputCol: 'city', outputCol: 'index' })

  it('are kept with their reason and their bytes; the others go on', async () => {
    const model = await cities.fit(createDataFrame([{ city: 'FR' }, { city: 'DE' }]))
    const stream = new MemoryStream('value STRING')
    const parsed = stream.toDF().select(F.from_json('value', 'city STRING, km DOUBLE').as('j')).select('j.*')
    const query = await model
      .transform(parsed)
      .selectExpr('index', '100 / km AS speed')
      .writeStream.format('memory')
      .queryName('kept')
      .option('deadLetterPath', folder)
      .start()
    const texts = Array.from({ length: 50 }, (_, i) => `{"city":"FR","km":${i}}`)
    texts[20] = '{"city":"XX","km":1}'
    texts[21] = '{"city":"DE","km":"far"}'
    texts[40] = 'nonsense'
    stream.addData(texts.map((value) => ({ value })))
    await query.processAllAvailable()
    await query.stop()
    expect(await defaultSession().table('kept').count()).toBe(46)
    expect(query.lastProgress).toMatchObject({ numInputRows: 50, numBadRecords: 4, sink: { numOutputRows: 46 } })
    const letters = readFileSync(join(folder, `refused-${query.id}-b0.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(letters.map(({ place, reason, value }) => [place, reason, JSON.parse(atob(value)).value])).toEqual([
      ['row 0 of memory', expect.stringMatching(/zero/i), texts[0]],
      ['row 20 of memory', expect.stringContaining('XX'), texts[20]],
      ['row 21 of memory', 'field "km" is "\\"far\\"", not double', texts[21]],
      ['row 40 of memory', expect.stringContaining('no JSON'), 'nonsense'],
    ])
  })

  it('are counted where they are left out, and end the query where nothing else is said', async () => {
    const run = async (policy: Record<string, string>) => {
      const stream = new MemoryStream('value STRING')
      const frame = stream.toDF().select(F.from_json('value', 'x INT').as('j')).select('j.x')
      const query = await frame.writeStream
        .format('memory')
        .queryName('counted')
        .options(policy)
        .trigger({ availableNow: true })
        .start()
      stream.addData(['{"x":1}', '{"x":"a"}', '{"x":2}'].map((value) => ({ value })))
      await query.awaitTermination()
      return [await defaultSession().table('counted').collect(), query.lastProgress!.numBadRecords]
    }
    expect(await run({ badRecords: 'skip' })).toEqual([[{ x: 1 }, { x: 2 }], 1])
    expect(await run({ badRecords: 'permissive' })).toEqual([[{ x: 1 }, { x: null }, { x: 2 }], 0])
    await expect(run({})).rejects.toThrow(/record row 1 of memory.*field "x".*deadLetterTopic/)
  })
})
