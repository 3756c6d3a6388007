import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EngineError } from '../../src/errors.js'
import { Session } from '../../src/sql/session.js'

const ROWS = 50_000

let folder: string
let rides: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
  rides = join(folder, 'rides')
  await using session = new Session()
  const x = Float64Array.from({ length: ROWS }, (_, i) => i)
  await session.createDataFrame({ x, key: Array.from(x, (i) => `k${i % 97}`) }).write.parquet(rides)
})
afterAll(() => rm(folder, { recursive: true }))

/** What an action ends with: nothing, or its error. */
const outcome = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => undefined,
    (error: unknown) => error,
  )

const EXPECTED = { code: 'ENGINE', details: { hint: expect.stringContaining('before you close it') } }

describe('closing a session', () => {
  // At various moments of the queries: while they connect, prepare, run and are read.
  test.each([0, 1, 5, 20, 50])('after %i ms, actions that run end with an EngineError or their result', async (ms) => {
    const session = new Session()
    const frame = await session.read.parquet(rides)
    const actions = Array.from({ length: 4 }, (_, i) => [
      frame.filter('x % 7 > 1').groupBy('key').sum('x').collect(),
      frame.orderBy('key', 'x').toTable(),
      frame.join(frame.select('key').limit(50), 'key').count(),
      frame.write.parquet(join(folder, `copy-${ms}-${i}`)),
      session.read.parquet(rides),
    ]).flat()
    const outcomes = Promise.all(actions.map(outcome))
    await new Promise((resolve) => setTimeout(resolve, ms))
    await session.close()
    for (const error of (await outcomes).filter((result) => result !== undefined)) {
      expect(error).toBeInstanceOf(EngineError)
      expect(error).toMatchObject(EXPECTED)
    }
    // The engine starts anew.
    expect(await frame.count()).toBe(ROWS)
    await session.close()
  })

  test('interrupts a query that would not end', async () => {
    const session = new Session()
    const frame = await session.read.parquet(rides)
    const keys = frame.select('key')
    const endless = outcome(keys.join(keys, 'key').join(keys, 'key').orderBy('key').count())
    await new Promise((resolve) => setTimeout(resolve, 50))
    await session.close()
    expect(await endless).toMatchObject(EXPECTED)
  })

  test('ends a stream that is read no further', async () => {
    const session = new Session()
    const rows = (await session.read.parquet(rides)).toLocalIterator()
    expect((await rows.next()).value).toEqual({ x: 0, key: 'k0' })
    await session.close()
    const rest = async (): Promise<void> => {
      for await (const _ of rows);
    }
    expect(await outcome(rest())).toMatchObject(EXPECTED)
  })

  test('twice, at once and before any use is nothing', async () => {
    const session = new Session()
    await session.close()
    await (await session.read.parquet(rides)).count()
    await Promise.all([session.close(), session.close()])
    await session.close()
  })
})
