import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import golden from './data/random.json' with { type: 'json' }

// Rows, splits, samples and folds recorded from Spark 4.0.1.
const frames = {
  ids100: golden.ids100.map((row) => ({ ...row, v: Vectors.dense(row.v.values) })),
  ids100shuffled: golden.ids100shuffled,
}
const frame = (name: string, numPartitions: number): DataFrame =>
  createDataFrame(frames[name as keyof typeof frames], undefined, { numPartitions })
const ids = async (df: DataFrame): Promise<unknown[]> => (await df.select('id').collect()).map((row) => row.id)

describe('random draws are those of Spark', () => {
  test.each(golden.randomSplit)('randomSplit $dataset $partitions $weights $seed', async (c) => {
    const parts = frame(c.dataset, c.partitions).randomSplit(c.weights, c.seed)
    expect(await Promise.all(parts.map(ids))).toEqual(c.splits)
  })

  test.each(golden.columnOrder)('randomSplit sorts by $columns on $partitions, seed $seed', async (c) => {
    const parts = frame('ids100', c.partitions)
      .select(...c.columns)
      .randomSplit([0.5, 0.5], c.seed)
    expect(await Promise.all(parts.map(ids))).toEqual(c.splits)
  })

  test.each(golden.sample)('sample $partitions $withReplacement $fraction $seed', async (c) => {
    expect(await ids(frame('ids100', c.partitions).sample(c.withReplacement, c.fraction, c.seed))).toEqual(c.ids)
  })

  test.each(golden.kFold)('kFold $dataset $partitions $numFolds $seed', async (c) => {
    const df = frame(c.dataset, c.partitions)
    const all = await ids(df)
    for (const [i, [training, validation]] of df.kFold(c.numFolds, c.seed).entries()) {
      expect(await ids(validation)).toEqual(c.validation[i])
      const held = new Set<unknown>(c.validation[i])
      expect(await ids(training)).toEqual(all.filter((id) => !held.has(id)))
    }
  })

  test('the engine sorts and keeps partitions as JavaScript does', async () => {
    const df = frame('ids100', 4)
    // A filter that keeps all rows sends them through the engine.
    const through = df.filter('id >= 0')
    expect(through.getNumPartitions()).toBe(4)
    for (const columns of [['id'], ['v', 'id'], ['s', 'x', 'id'], ['x', 'id']]) {
      const here = await Promise.all(
        df
          .select(...columns)
          .randomSplit([0.5, 0.5], 7)
          .map(ids),
      )
      const there = await Promise.all(
        through
          .select(...columns)
          .randomSplit([0.5, 0.5], 7)
          .map(ids),
      )
      expect(there).toEqual(here)
    }
    expect(await ids(through.sample(0.5, 42))).toEqual(await ids(df.sample(0.5, 42)))
  })
})

test('parts of a random split are disjoint and complete', async () => {
  const row = fc.record({ x: fc.double(), s: fc.option(fc.string(), { nil: null }) })
  const weights = fc
    .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 })
    .filter((w) => w.some((x) => x > 0))
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 40 }),
      weights,
      fc.integer(),
      fc.integer({ min: 1, max: 4 }),
      async (rows, w, seed, p) => {
        const df = createDataFrame(
          rows.map((r, id) => ({ ...r, id })),
          'x DOUBLE, s STRING, id INT',
          { numPartitions: p },
        )
        const parts = await Promise.all(df.randomSplit(w, seed).map(ids))
        expect(parts.flat().sort((a, b) => (a as number) - (b as number))).toEqual(rows.map((_, i) => i))
      },
    ),
    { numRuns: 30 },
  )
})
