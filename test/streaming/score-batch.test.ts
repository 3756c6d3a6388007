import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Bucketizer, createDataFrame, type DataFrame, read, StringIndexer } from '../../src/index.js'
import { type ScoreBatchOptions, scoreBatch } from '../../src/streaming/index.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-batch-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const model = new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 12, 24] })
const place = (name: string): string => join(folder, name)
const csv = (name: string, ids: readonly number[]): Promise<void> =>
  writeFile(place(name), `id,hour\n${ids.map((id) => `${id},${id % 24}\n`).join('')}`)
const files = async (): Promise<DataFrame> =>
  (await read.option('header', true).schema('id INT, hour DOUBLE').csv(place('rides*.csv'))) as DataFrame
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k)

/** The ids of all rows that were scored, and whether each has the bucket of its hour. */
async function scored(): Promise<number[]> {
  const rows = await (await read.parquet(place('scored'))).collect()
  for (const { id, part } of rows) expect(part).toBe(Number(Number(id) % 24 >= 12))
  return rows.map(({ id }) => Number(id)).sort((a, b) => a - b)
}

const run = async (more: Partial<ScoreBatchOptions> = {}) =>
  scoreBatch({ model, input: more.input ?? (await files()), output: place('scored'), modelVersion: '3', ...more })

describe('files', () => {
  it('are scored once each, with day and version; new and changed ones by the next run', async () => {
    await csv('rides1.csv', range(0, 10))
    await csv('rides2.csv', range(10, 30))
    const first = await run()
    expect(first).toMatchObject({ rows: 30, skipped: 0, watermark: null })
    expect(await scored()).toEqual(range(0, 30))
    const row = await (await read.parquet(place('scored'))).first()
    expect(row).toMatchObject({ model_version: '3' })
    expect(row?.prediction_date).toEqual(new Date(first.scored[0].time.slice(0, 10)))

    expect(await run()).toMatchObject({ rows: 0, skipped: 2, scored: [] })
    await csv('rides2.csv', range(10, 31))
    await csv('rides3.csv', range(31, 40))
    expect(await run({ modelVersion: '4' })).toMatchObject({ rows: 30, skipped: 1 })
    expect(await scored()).toEqual(range(0, 40))
    expect((await readdir(place('scored'))).filter((name) => name.startsWith('part-'))).toHaveLength(3)
  })

  it('go on where a run was stopped, and what it left is removed', async () => {
    for (const k of [1, 2, 3]) await csv(`rides${k}.csv`, range(10 * k, 10 * k + 10))
    const controller = new AbortController()
    const stopped = run({ signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) })
    await expect(stopped).rejects.toThrow('enough')
    expect(await scored()).toEqual(range(10, 20))
    // As a process leaves it that is killed after its file took its name, and before it was entered.
    const [part] = (await readdir(place('scored'))).filter((name) => name.startsWith('part-'))
    await writeFile(place('scored/part-00000001-0-0.parquet'), await readFile(place(`scored/${part}`)))
    expect(await run()).toMatchObject({ rows: 20, skipped: 1 })
    expect(await scored()).toEqual(range(10, 40))
    expect(await readdir(place('scored'))).toContain('_SUCCESS')
  })

  it('keep the columns that their folders tell', async () => {
    const rides = createDataFrame([
      { id: 1, hour: 1, day: 'mon' },
      { id: 13, hour: 13, day: 'tue' },
    ])
    await rides.write.partitionBy('day').parquet(place('rides'))
    await run({ input: await read.parquet(place('rides')), columns: ['day', 'part'], predictionDateCol: null })
    const rows = await (await read.parquet(place('scored'))).orderBy('day').collect()
    expect(rows).toEqual([
      { day: 'mon', part: 0, model_version: '3' },
      { day: 'tue', part: 1, model_version: '3' },
    ])
  })
})

describe('a table', () => {
  const table = (rows: readonly { id: number; seen: number }[]): DataFrame =>
    createDataFrame(rows.map(({ id, seen }) => ({ id, hour: id % 24, seen: new Date(seen * 1000) })))

  it('is scored in ranges of the watermark column, equal values together, and then what lies beyond', async () => {
    // Ten rows a second.
    const rows = range(0, 45).map((id) => ({ id, seen: Math.floor(id / 10) }))
    const options = { watermarkCol: 'seen', rowsPerPart: 15 }
    const first = await run({ input: table(rows), ...options })
    expect(first.scored.map((part) => part.rows)).toEqual([20, 20, 5])
    expect(await scored()).toEqual(range(0, 45))
    expect(await run({ input: table(rows), ...options })).toMatchObject({ rows: 0, skipped: 3 })
    const more = [...rows, ...range(45, 50).map((id) => ({ id, seen: 100 }))]
    const next = await run({ input: table(more), ...options })
    expect(next).toMatchObject({ rows: 5, skipped: 3, watermark: '1970-01-01 00:01:40' })
    expect(await scored()).toEqual(range(0, 50))
  })

  it('without a watermark column is one part, scored once', async () => {
    const input = table([{ id: 1, seen: 0 }])
    expect(await run({ input })).toMatchObject({ rows: 1, skipped: 0 })
    expect(await run({ input })).toMatchObject({ rows: 0, skipped: 1 })
    await expect(run({ input, watermarkCol: 'seen' })).rejects.toThrow(
      'holds scored table, and this input is ranges of seen',
    )
  })

  it('may hold no null in the watermark column', async () => {
    const input = createDataFrame([{ id: 1, hour: 1, at: 1.5 }]).selectExpr('*', 'CAST(null AS DOUBLE) AS mark')
    await expect(run({ input, watermarkCol: 'mark' })).rejects.toThrow('column "mark" holds null or NaN')
  })
})

describe('bad input is told before anything is written', () => {
  const input = createDataFrame([{ id: 1, hour: 1 }])
  it.each<[string, Partial<ScoreBatchOptions>, string]>([
    ['an unknown option', { watermark: 'id' } as Partial<ScoreBatchOptions>, 'Did you mean "watermarkCol"'],
    ['no transformer', { model: new StringIndexer() as never }, 'Allowed: a fitted model'],
    ['rows instead of a frame', { input: [{ id: 1 }] as never }, 'Allowed: a DataFrame'],
    ['another format', { format: 'xml' as never }, 'Allowed: parquet, csv, json'],
    ['no rows a part', { rowsPerPart: 0 }, 'a whole number of 1 or more'],
    ['a column that is not there', { watermarkCol: 'when' }, '"when" does not exist'],
    ['a column that is there already', { modelVersionCol: 'id' }, 'the column "id" is there already'],
  ])('%s', async (_, options, told) => {
    await expect(run({ input, ...options })).rejects.toThrow(told)
    expect(await readdir(folder)).toEqual([])
  })

  it('a folder of something else', async () => {
    await input.write.parquet(place('scored'))
    await expect(run({ input })).rejects.toThrow('holds files that no batch has written')
  })
})
