import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { F64Column } from '../../src/sql/batch.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { ActionOptions } from '../../src/sql/engine.js'
import { createDataFrame, read } from '../../src/sql/session.js'
import { DoubleType, StructField } from '../../src/sql/types.js'

const LONG = 2_000_000
/** Batches of rows in memory have 8,192 rows at most. */
const ALL_BATCHES = Math.floor(LONG / 8192)
const x = Float64Array.from({ length: LONG }, (_, i) => i)

let batches = 0

/** A frame in memory with one slow step: about a millisecond a batch, 250 batches, and it may remove rows. */
const slow = createDataFrame({ x }).withTransform({
  name: 'slow',
  inputs: ['x'],
  outputs: [StructField('y', DoubleType)],
  filters: true,
  run: ([column], length) => {
    batches++
    const end = performance.now() + 1
    while (performance.now() < end);
    return { columns: [{ kind: 'f64', data: (column as F64Column).data.slice(0, length), valid: null }] }
  },
})

const drain = async (rows: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of rows);
}

describe('a signal that is aborted after 40 ms', () => {
  const actions: Record<string, (frame: DataFrame, options: ActionOptions) => Promise<unknown>> = {
    collect: (frame, options) => frame.collect(options),
    toTable: (frame, options) => frame.toTable(options),
    count: (frame, options) => frame.count(options),
    toLocalIterator: (frame, options) => drain(frame.toLocalIterator(options)),
    batches: (frame, options) => drain(frame.batches(['y'], options)),
    take: (frame, options) => frame.take(LONG, options),
    'repartition and count': (frame, options) => frame.repartition(3).count(options),
  }
  test.each(Object.entries(actions))('ends %s of rows in memory', async (_name, action) => {
    const controller = new AbortController()
    const ended = expect(action(slow, { signal: controller.signal })).rejects.toThrow('enough')
    batches = 0
    setTimeout(() => controller.abort(new Error('enough')), 40)
    await ended
    // Work that did not give the event loop its turn would run to the end, however fast the machine.
    expect(batches).toBeLessThan(ALL_BATCHES)
  })
})

test('the event loop has its turns while rows in memory are read', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  await slow.count()
  clearInterval(timer)
  expect(turns).toBeGreaterThan(1)
})

test('small frames are read without a turn of the event loop', async () => {
  let turn = false
  setImmediate(() => {
    turn = true
  })
  await createDataFrame([{ x: 1 }, { x: 2 }]).collect()
  expect(turn).toBe(false)
})

describe('a signal that was aborted before', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
    await small.write.option('header', true).csv(join(folder, 'small'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const small = createDataFrame([{ x: 1 }, { x: 2 }])
  const signal = AbortSignal.abort(new Error('enough'))

  test.each<[string, () => Promise<unknown>]>([
    ['take', () => small.take(1, { signal })],
    ['first', () => small.first({ signal })],
    ['head', () => small.head(undefined, { signal })],
    ['head of several', () => small.head(2, { signal })],
    ['isEmpty', () => small.isEmpty({ signal })],
    ['show', () => small.show(20, true, false, { signal })],
    ['showString', () => small.showString({ signal })],
    ['toTable', () => small.toTable({ signal })],
    ['write.csv', () => small.write.csv(join(folder, 'never'), { signal })],
    ['write.json', () => small.write.json(join(folder, 'never'), { signal })],
    ['write.parquet', () => small.write.parquet(join(folder, 'never'), { signal })],
    ['read.csv', () => read.csv([join(folder, 'small')], { signal })],
    ['read.json', () => read.json([join(folder, 'small')], { signal })],
    ['read.parquet', () => read.parquet([join(folder, 'small')], { signal })],
  ])('ends %s with its reason, and nothing is written', async (_name, action) => {
    await expect(action()).rejects.toThrow('enough')
    expect(await readdir(folder)).toEqual(['small'])
  })

  test('paths in a list are read like paths one by one', async () => {
    const path = join(folder, 'small')
    const { signal: open } = new AbortController()
    const frame = await read.option('header', true).csv([path, path], { signal: open })
    expect(await frame.count()).toBe(4)
  })
})
