import { describe, expect, test } from 'vitest'
import { DataError, UnsupportedError } from '../../src/errors.js'
import * as f from '../../src/sql/expression/functions.js'
import { createDataFrame } from '../../src/sql/session.js'
import { murmur3String } from '../../src/util/murmur3.js'

// What single functions answer is compared with Spark in expression/recorded.test.ts; here they run in frames.

const N = 5000
const many = createDataFrame(
  Array.from({ length: N }, (_, i) => ({
    i,
    text: i % 7 === 0 ? null : `a text of more than twelve bytes ${i}`,
    list: Array.from({ length: i % 4 }, (_, k) => k + i),
  })),
  'i INT, text STRING, list ARRAY<INT>',
)

describe('functions that JavaScript computes', () => {
  test('see every row of every batch, nulls and long strings', async () => {
    const rows = await many
      .select('i', f.substring_index('text', ' ', 2).alias('start'), f.hash('text').alias('h'))
      .collect()
    expect(rows.length).toBe(N)
    for (const { i, start, h } of rows as { i: number; start: string | null; h: number }[]) {
      expect(start).toBe(i % 7 === 0 ? null : 'a text')
      // Standard murmur3 and Spark's differ only in a tail that is no whole word.
      if (i % 7 !== 0 && `a text of more than twelve bytes ${i}`.length % 4 === 0) {
        expect(h).toBe(murmur3String(`a text of more than twelve bytes ${i}`))
      } else if (i % 7 === 0) expect(h).toBe(42)
    }
  })

  test('stand in conditions, groups and orders', async () => {
    const frame = many.filter(f.pmod(f.hash('i'), 2).eq(0))
    const kept = await frame.count()
    expect(kept).toBeGreaterThan(N / 3)
    expect(kept).toBeLessThan((2 * N) / 3)
    const groups = await many.groupBy(f.soundex('text').alias('code')).count().orderBy('code').collect()
    expect(groups).toEqual([
      { code: null, count: Math.ceil(N / 7) },
      { code: 'A323', count: N - Math.ceil(N / 7) },
    ])
  })

  test('raise their own errors', async () => {
    const wide = createDataFrame([{ s: 'f'.repeat(17) }])
    const failure = wide.select(f.conv('s', 16, 10)).collect()
    await expect(failure).rejects.toThrow(DataError)
    await expect(failure).rejects.toThrow('more than 64 bits')
  })
})

describe('lambda functions', () => {
  test('see columns and nest', async () => {
    const rows = await many
      .select(
        'i',
        f.transform('list', (x) => x.minus(f.col('i'))).alias('from0'),
        f.aggregate('list', f.lit(0n), (sum, x) => sum.plus(x)).alias('sum'),
        f.exists('list', (x) => x.eq(f.col('i').plus(2))).alias('three'),
        f.transform('list', (x) => f.size(f.filter('list', (y) => y.leq(x)))).alias('ranks'),
      )
      .collect()
    for (const { i, from0, sum, three, ranks } of rows as Record<string, unknown>[]) {
      const n = (i as number) % 4
      expect(from0).toEqual([0, 1, 2].slice(0, n))
      expect(sum).toBe(n * (i as number) + (n * (n - 1)) / 2)
      expect(three).toBe(n === 3)
      expect(ranks).toEqual([1, 2, 3].slice(0, n))
    }
  })

  test('a column may have the name of a parameter', async () => {
    const frame = createDataFrame([{ x: [1, 2], y: 10 }])
    expect(await frame.selectExpr('transform(x, x -> x + y) AS z', 'array_distinct(x) AS d').collect()).toEqual([
      { z: [11, 12], d: [1, 2] },
    ])
  })
})

test('JSON goes to rows and back', async () => {
  const text = '{"id":1,"tags":["a","b"],"at":{"lat":1.5,"lon":null}}'
  const schema = 'id INT, tags ARRAY<STRING>, at STRUCT<lat: DOUBLE, lon: DOUBLE>'
  const frame = createDataFrame([{ text }, { text: 'broken' }, { text: null }], 'text STRING')
  const parsed = frame.select(f.from_json('text', schema).alias('v'))
  expect(await parsed.collect()).toEqual([
    { v: { id: 1, tags: ['a', 'b'], at: { lat: 1.5, lon: null } } },
    { v: { id: null, tags: null, at: null } },
    { v: null },
  ])
  expect(await parsed.select(f.to_json('v').alias('text')).first()).toEqual({
    text: '{"id":1,"tags":["a","b"],"at":{"lat":1.5}}',
  })
  expect(await parsed.select('v.at.lat').columns).toEqual(['lat'])
})

test('windows run in frames', async () => {
  const rows = await createDataFrame([
    { city: 'FR', price: 3 },
    { city: 'DE', price: 1 },
    { city: 'FR', price: 2 },
  ])
    .selectExpr(
      'city',
      'price',
      'row_number() OVER (PARTITION BY city ORDER BY price) AS n',
      'sum(price) OVER () AS total',
    )
    .orderBy('city', 'price')
    .collect()
  expect(rows).toEqual([
    { city: 'DE', price: 1, n: 1, total: 6 },
    { city: 'FR', price: 2, n: 1, total: 6 },
    { city: 'FR', price: 3, n: 2, total: 6 },
  ])
})

test('a time of the query is one for all rows', async () => {
  const [{ n }] = (await many.agg(f.count_distinct(f.current_timestamp()).alias('n')).collect()) as { n: number }[]
  expect(n).toBe(1)
  const [{ today }] = (await many.select(f.current_date().alias('today')).limit(1).collect()) as { today: Date }[]
  expect(Math.abs(today.getTime() - Date.now())).toBeLessThan(2 * 86_400_000)
})

test('what is not supported says so', async () => {
  expect(() => many.filter(f.date_format('text', 'YYYY').eq('2020'))).toThrow('Write yyyy instead of YYYY')
  expect(() => many.selectExpr('date_format(current_date(), text)')).toThrow(UnsupportedError)
  await expect(many.selectExpr("raise_error('no way')").collect()).rejects.toThrow(DataError)
})

test('array_sort by a function, shuffle', async () => {
  const df = createDataFrame([{ list: [3, 1, 2] }], 'list ARRAY<INT>')
  const down = f.array_sort('list', (x, y) => y.minus(x))
  expect(await df.select(down.alias('s')).first()).toEqual({ s: [3, 2, 1] })
  const shuffled = await df.select(f.sort_array(f.shuffle('list')).alias('s')).first()
  expect(shuffled).toEqual({ s: [1, 2, 3] })
})
