import { describe, expect, test } from 'vitest'
import { ParamError, SchemaError } from '../../src/errors.js'
import { col, expr, lit } from '../../src/sql/expression/functions.js'
import { createDataFrame } from '../../src/sql/session.js'

// Values and schemas of joins: frames/recorded.test.ts compares them with Spark's.
const riders = createDataFrame([
  { id: 1, name: 'a' },
  { id: 2, name: 'b' },
])
const rides = createDataFrame([
  { id: 10, rider: 1, name: 'x' },
  { id: 11, rider: 2, name: 'y' },
])
const joined = riders.join(rides, riders.col('id').equalTo(rides.col('rider')))

describe('columns that share a name', () => {
  test('what is not read is not computed, and what is read stays right', async () => {
    expect(joined.columns).toEqual(['id', 'name', 'id', 'rider', 'name'])
    expect(await joined.count()).toBe(2)
    const names = joined.select(rides.col('name'), riders.col('id')).orderBy('id')
    expect(await names.collect()).toEqual([
      { name: 'x', id: 1 },
      { name: 'y', id: 2 },
    ])
    expect(await joined.filter(rides.col('id').gt(10)).select('rider').collect()).toEqual([{ rider: 2 }])
    const only = riders.join(rides, rides.col('id').gt(10)).select('rider')
    expect(await only.collect()).toEqual([{ rider: 2 }, { rider: 2 }])
  })

  test('through filters, sorts, renamings of others and further joins', async () => {
    const cheap = rides.filter('id = 10')
    const again = joined.join(cheap, cheap.col('rider').equalTo(riders.col('id'))).select(riders.col('name').alias('n'))
    expect(await again.collect()).toEqual([{ n: 'a' }])
    const sorted = joined.withColumn('rider', lit(0)).orderBy(rides.col('id').desc()).limit(1)
    expect(await sorted.select(riders.col('name')).collect()).toEqual([{ name: 'b' }])
  })

  test('names of frames', async () => {
    const both = riders.alias('a').join(rides.alias('b'), expr('a.id = b.rider'))
    expect(await both.filter("b.name = 'y'").select('a.name', col('B.ID').alias('ride')).collect()).toEqual([
      { name: 'b', ride: 11 },
    ])
    expect(both.select(col('a.id').plus(col('b.id'))).columns).toEqual(['(id + id)'])
    expect(() => both.select('c.id')).toThrow(SchemaError)
    expect(() => riders.alias(1 as never)).toThrow(ParamError)
  })

  test('a name alone, or a frame on both sides, is ambiguous', () => {
    expect(() => joined.select('id')).toThrow(/ambiguous/)
    expect(() => joined.select(riders.col('id'), 'name')).toThrow(/ambiguous/)
    expect(() => riders.join(riders, riders.col('id').gt(1))).toThrow(/alias\('a'\)/)
  })
})
