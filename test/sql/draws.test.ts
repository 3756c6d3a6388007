import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ParamError, UnsupportedError } from '../../src/errors.js'
import { col, monotonically_increasing_id, rand, sum } from '../../src/sql/expression/functions.js'
import { createDataFrame } from '../../src/sql/session.js'
import { simpleString } from '../../src/sql/types.js'

interface Answer {
  readonly partitions: number
  readonly question?: string
  readonly filter?: string
  readonly orderBy?: number
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly values: readonly number[]
}

// What real Spark gave, see data/draws.py.
const answers = JSON.parse(readFileSync(new URL('data/draws.json', import.meta.url), 'utf8')) as Answer[]

const ids = (numPartitions: number) =>
  createDataFrame(
    Array.from({ length: 10 }, (_, id) => ({ id })),
    'id BIGINT',
    { numPartitions },
  )

describe('columns that depend on the place of a row are those of Spark', () => {
  test.each(answers.filter(({ question }) => question))('$question in $partitions partitions', async (answer) => {
    const frame = ids(answer.partitions).selectExpr(answer.question!)
    const [field] = frame.schema.fields
    expect([field.name, simpleString(field.dataType), field.nullable]).toEqual([
      answer.name,
      answer.type,
      answer.nullable,
    ])
    const values = (await frame.collect()).map((row) => row[field.name] as number)
    expect(values.length).toBe(10)
    for (const [k, value] of values.entries()) expect(value).toBeCloseTo(answer.values[k], 13)
  })

  test.each(answers.filter(({ filter }) => filter))('filter in $partitions partitions', async (answer) => {
    const frame = ids(answer.partitions).filter(answer.filter!)
    expect(frame.columns).toEqual(['id'])
    expect((await frame.collect()).map(({ id }) => id)).toEqual(answer.values)
  })

  test.each(answers.filter(({ orderBy }) => orderBy))('orderBy in $partitions partitions', async (answer) => {
    const frame = ids(answer.partitions).orderBy(rand(answer.orderBy))
    expect(frame.columns).toEqual(['id'])
    expect((await frame.collect()).map(({ id }) => id)).toEqual(answer.values)
  })
})

test('a draw is the same whatever of the frame is read, and after other steps', async () => {
  const frame = ids(2).withColumn('x', rand(5)).withColumn('y', rand(6)).withColumn('__draw0', col('id'))
  const all = await frame.collect()
  expect((await frame.select('y').collect()).map(({ y }) => y)).toEqual(all.map(({ y }) => y))
  expect(await frame.count()).toBe(10)
  const kept = await frame.filter('x > 0.5D').withColumn('z', rand(5)).collect()
  expect(kept).toEqual(kept.map((row) => expect.objectContaining({ x: all[Number(row.id)].x })))
  expect(await frame.agg(sum('x').alias('s')).first()).toEqual({
    s: expect.closeTo(
      all.reduce((s, { x }) => s + (x as number), 0),
      12,
    ),
  })
})

test('ids are unique over many batches', async () => {
  const many = createDataFrame({ x: new Float64Array(5000) }).select(monotonically_increasing_id().alias('id'))
  const found = (await many.collect()).map(({ id }) => id as number)
  expect(found.slice(0, 3)).toEqual([0, 1, 2])
  expect(new Set(found).size).toBe(5000)
  expect(found[2500]).toBe(2 ** 33)
})

test('without a seed draws differ', async () => {
  const [{ a, b }] = await ids(1).select(rand().alias('a'), rand().alias('b')).collect()
  expect(a).not.toBe(b)
})

test('what cannot be drawn says so', () => {
  expect(() => ids(1).selectExpr("rand('x')")).toThrow(ParamError)
  expect(() => ids(1).selectExpr('spark_partition_id(1)')).toThrow(ParamError)
  expect(() => ids(1).agg(sum(rand(5)))).toThrow(UnsupportedError)
})
