import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ParamError, SchemaError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { avg, col, count, expr, lit } from '../../src/sql/expression/functions.js'
import type { Row } from '../../src/sql/row.js'
import { createDataFrame, fromAsync, Session } from '../../src/sql/session.js'

const rides = createDataFrame(
  [
    { city: 'FR', price: 10, n: 1 },
    { city: 'DE', price: 30, n: null },
    { city: null, price: Number.NaN, n: 3 },
    { city: 'FR', price: 20, n: 4 },
  ],
  'city STRING, price DOUBLE, n INT',
)
const sorted = (rows: Row[]): Row[] => rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

describe('columns', () => {
  test('select by name, expression, star and alias', async () => {
    const df = rides.select('n', col('price').multiply(2).alias('twice'), '*')
    expect(df.columns).toEqual(['n', 'twice', 'city', 'price', 'n'])
    expect(await rides.select(col('n').alias('m'), 'city').first()).toEqual({ m: 1, city: 'FR' })
    expect(await rides.selectExpr('price * 2 AS twice', 'upper(city)').first()).toEqual({
      twice: 20,
      'upper(city)': 'FR',
    })
  })

  test('withColumn adds, or takes the place of the column that has its name', async () => {
    const df = rides.withColumn('twice', col('price').plus(col('price'))).withColumn('city', lit('x'))
    expect(df.dtypes).toEqual([
      ['city', 'string'],
      ['price', 'double'],
      ['n', 'int'],
      ['twice', 'double'],
    ])
    expect(await df.first()).toEqual({ city: 'x', price: 10, n: 1, twice: 20 })
  })

  test('rename and drop; names that do not exist change nothing, as in Spark', () => {
    expect(rides.withColumnRenamed('n', 'm').columns).toEqual(['city', 'price', 'm'])
    expect(rides.withColumnRenamed('nothing', 'm').columns).toEqual(['city', 'price', 'n'])
    expect(rides.drop('city', 'nothing').columns).toEqual(['price', 'n'])
  })

  test('unknown names are refused with the nearest known one', () => {
    expect(() => rides.select('prize' as 'price')).toThrow(SchemaError)
    expect(() => rides.select('prize' as 'price')).toThrow(/price/)
    expect(() => rides.col('prize' as 'price')).toThrow(/Did you mean "price"/)
    expect(() => rides.filter('price')).toThrow(/boolean/)
    expect(() => rides.groupBy('city').agg(col('price'))).toThrow(/"price" is not an aggregate/)
  })
})

describe('rows', () => {
  test('filter by column or text keeps the order of rows and their partitions', async () => {
    expect(await rides.filter('price < 25').select('n').collect()).toEqual([{ n: 1 }, { n: 4 }])
    expect(await rides.where(col('city').isNull()).count()).toBe(1)
    expect(rides.filter('n > 0').getNumPartitions()).toBe(2)
  })

  test('orderBy puts nulls first and NaN last, limit and head take the first rows', async () => {
    const names = async (df: DataFrame) => (await df.collect()).map((row) => row.n)
    expect(await names(rides.orderBy('city', 'price'))).toEqual([3, null, 1, 4])
    expect(await names(rides.orderBy(col('price').desc()))).toEqual([3, null, 4, 1])
    expect(await names(rides.orderBy(col('n').desc()).limit(2))).toEqual([4, 3])
    expect(await rides.head(2)).toEqual(await rides.take(2))
    expect(await rides.limit(0).first()).toBeNull()
    expect(await rides.isEmpty()).toBe(false)
    expect(await rides.filter('n > 100').isEmpty()).toBe(true)
    expect(() => rides.limit(-1)).toThrow(ParamError)
  })

  // Recorded from Spark 4.0.1, whose answers do not change from run to run for one partition.
  test.each([
    [4, [col('x')], [21, 39, 27, 15]],
    [5, [col('x').desc()], [2, 8, 14, 20, 26]],
    [3, [col('s'), col('x').desc()], [2, 14, 26]],
    [7, [col('s').asc_nulls_last()], [1, 5, 13, 9, 17, 21, 25]],
    [1, [col('x')], [3]],
    [10, [col('x')], [3, 9, 21, 15, 27, 33, 39, 10, 4, 16]],
  ])('the first %i of rows that are equal are those of Spark', async (count, order, expected) => {
    const rows = Array.from({ length: 40 }, (_, id) => ({
      id,
      x: (id * 7 + 3) % 6,
      s: ['b', 'a', null, 'c'][(id * 5) % 4],
    }))
    const frame = createDataFrame(rows).coalesce(1)
    const first = frame.orderBy(...order).limit(count)
    expect((await first.select('id').collect()).map(({ id }) => id)).toEqual(expected)
  })

  test('union matches by position, widens numbers and adds up partitions', async () => {
    const other = createDataFrame([['ES', 1, 2]], ['city', 'price', 'n'])
    const both = rides.union(other)
    expect(both.dtypes).toEqual(rides.dtypes)
    expect(both.getNumPartitions()).toBe(4)
    expect((await both.collect()).at(-1)).toEqual({ city: 'ES', price: 1, n: 2 })
    expect(await both.filter('price <= 10').count()).toBe(2)
    expect(() => rides.union(other.drop('n'))).toThrow(/3 and 2 columns/)
    expect(() => rides.union(other.select('city', lit(true), 'n'))).toThrow(SchemaError)
  })

  // Types of the columns of a union, from Spark 4.0.1.
  test.each([
    ['int', 'int', 'int'],
    ['bigint', 'int', 'bigint'],
    ['string', 'int', 'bigint'],
    ['bigint', 'string', 'bigint'],
    ['float', 'int', 'double'],
    ['float', 'float', 'float'],
    ['double', 'string', 'double'],
    ['boolean', 'string', 'boolean'],
    ['date', 'timestamp', 'timestamp'],
    ['decimal(10,2)', 'float', 'double'],
  ])('union of %s and %s is %s', async (left, right, type) => {
    const [a, b] = [left, right].map((t) =>
      createDataFrame([[1]], ['one']).select(expr(`CAST(NULL AS ${t})`).alias('x')),
    )
    expect(a.union(b).dtypes).toEqual([['x', type]])
    expect(await a.union(b).collect()).toEqual([{ x: null }, { x: null }])
  })

  test('coalesce groups neighbours, repartition deals rows in turn', async () => {
    const df = createDataFrame({ x: Int32Array.from({ length: 10 }, (_, i) => i) }, undefined, { numPartitions: 5 })
    const partitions = async (frame: DataFrame): Promise<number[][]> => {
      const found: number[][] = Array.from({ length: frame.getNumPartitions() }, () => [])
      for await (const batch of frame.batches(['x'])) {
        found[batch.partition].push(...(batch.columns[0] as { data: Int32Array }).data)
      }
      return found
    }
    const engine = df.filter('x >= 0')
    for (const frame of [df, engine]) {
      expect(await partitions(frame.coalesce(2))).toEqual([
        [0, 1, 2, 3],
        [4, 5, 6, 7, 8, 9],
      ])
      expect(await partitions(frame.repartition(3))).toEqual([
        [0, 3, 6, 9],
        [1, 4, 7],
        [2, 5, 8],
      ])
    }
    expect(df.coalesce(9).getNumPartitions()).toBe(5)
    expect(await partitions(engine.repartition(2).filter('x > 4').coalesce(1))).toEqual([[6, 8, 5, 7, 9]])
  })

  test('sortWithinPartitions', async () => {
    const df = createDataFrame([3, 1, 2, 9, 8].map((x) => ({ x })))
    const expected = [1, 3, 2, 8, 9].map((x) => ({ x }))
    expect(await df.sortWithinPartitions('x').collect()).toEqual(expected)
    expect(await df.filter('x > 0').sortWithinPartitions('x').collect()).toEqual(expected)
  })
})

describe('groups', () => {
  test('count, avg and agg', async () => {
    expect(sorted(await rides.groupBy('city').count().collect())).toEqual(
      sorted([
        { city: 'FR', count: 2 },
        { city: 'DE', count: 1 },
        { city: null, count: 1 },
      ]),
    )
    const df = rides.groupBy('city').agg(avg('price').alias('mean'), count('n'))
    expect(df.columns).toEqual(['city', 'mean', 'count(n)'])
    expect(await df.filter("city = 'FR'").collect()).toEqual([{ city: 'FR', mean: 15, 'count(n)': 2 }])
    expect(rides.groupBy('city').sum().columns).toEqual(['city', 'sum(price)', 'sum(n)'])
    expect(await rides.groupBy().max('n').collect()).toEqual([{ 'max(n)': 4 }])
  })

  test('aggregates of all rows', async () => {
    expect(await rides.agg({ n: 'sum', '*': 'count' }).collect()).toEqual([{ 'sum(n)': 8, 'count(1)': 4 }])
    expect(await rides.select(avg('n')).collect()).toEqual([{ 'avg(n)': 8 / 3 }])
    expect(await rides.filter('n > 100').agg(count('n')).count()).toBe(1)
  })
})

describe('joins', () => {
  const countries = createDataFrame([
    { city: 'FR', name: 'France' },
    { city: 'ES', name: 'Spain' },
    { city: null, name: 'nowhere' },
  ])
  const left = rides.select('city', 'n')
  // Expected rows follow from the definition of each kind; null equals nothing.
  test.each([
    [
      'inner',
      ['city', 'n', 'name'],
      [
        ['FR', 1, 'France'],
        ['FR', 4, 'France'],
      ],
    ],
    [
      'left',
      ['city', 'n', 'name'],
      [
        ['FR', 1, 'France'],
        ['DE', null, null],
        [null, 3, null],
        ['FR', 4, 'France'],
      ],
    ],
    [
      'right',
      ['city', 'n', 'name'],
      [
        ['FR', 1, 'France'],
        ['FR', 4, 'France'],
        ['ES', null, 'Spain'],
        [null, null, 'nowhere'],
      ],
    ],
    [
      'full',
      ['city', 'n', 'name'],
      [
        ['FR', 1, 'France'],
        ['FR', 4, 'France'],
        ['DE', null, null],
        [null, 3, null],
        ['ES', null, 'Spain'],
        [null, null, 'nowhere'],
      ],
    ],
    [
      'left_semi',
      ['city', 'n'],
      [
        ['FR', 1],
        ['FR', 4],
      ],
    ],
    [
      'left_anti',
      ['city', 'n'],
      [
        ['DE', null],
        [null, 3],
      ],
    ],
  ])('%s on a column', async (how, columns, expected) => {
    const df = left.join(countries, 'city', how)
    expect(df.columns).toEqual(columns)
    const rows = expected.map((values) => Object.fromEntries(columns.map((name, k) => [name, values[k]])))
    expect(sorted(await df.collect())).toEqual(sorted(rows))
  })

  test('on a condition and in all pairs', async () => {
    const renamed = countries.withColumnRenamed('city', 'code')
    const df = left.join(renamed, col('city').eq(col('code')).and(col('n').gt(1)))
    expect(await df.collect()).toEqual([{ city: 'FR', n: 4, code: 'FR', name: 'France' }])
    expect(await left.crossJoin(countries).count()).toBe(12)
    expect(await left.join(renamed, col('city').eq(col('code')), 'left_anti').count()).toBe(2)
    expect(await left.crossJoin(countries).select('n', 'name').count()).toBe(12)
  })

  test('mistakes are refused', () => {
    expect(() => left.join(countries, 'name')).toThrow(/"name" does not exist/)
    expect(() => left.join(countries, 'city', 'sideways')).toThrow(ParamError)
    expect(() => left.join(createDataFrame([{ city: 1 }]), 'city')).toThrow(/string on the left and int on the right/)
    expect(() => left.join(countries, col('city').eq(col('name')))).toThrow(SchemaError)
  })
})

test('rows are objects, so columns that share a name are refused, not lost', async () => {
  const other = createDataFrame([{ city: 'FR', name: 'Mars' }])
  const renamed = other.withColumnRenamed('city', 'code')
  const twice = rides.join(renamed, col('city').eq(col('code'))).select('n', 'city', 'n')
  await expect(twice.collect()).rejects.toThrow(SchemaError)
  await expect(twice.collect()).rejects.toThrow('column "n" appears 2 times. Allowed: columns with names of their own')
  await expect(twice.toLocalIterator().next()).rejects.toThrow(SchemaError)
  expect(await twice.count()).toBe(2)
  expect(await twice.showString()).toContain('|  n|city|  n|')
  // Names that differ in case are two keys of an object.
  expect(await rides.select('city', col('n').alias('City')).first()).toEqual({ city: 'FR', City: 1 })
})

describe('cache and sessions', () => {
  test('a cache computes once, forgets on unpersist, and survives a failure', async () => {
    let runs = 0
    const counted = rides.withTransform({
      name: 'counter',
      inputs: ['n'],
      outputs: [{ ...rides.schema.fields[2], name: 'm' }],
      filters: false,
      run([n]) {
        if (++runs === 1) throw new Error('first')
        return { columns: [n] }
      },
    })
    const cached = counted.cache()
    await expect(cached.collect()).rejects.toThrow('first')
    runs = 1
    expect(await cached.filter('m > 3').count()).toBe(1)
    expect(await cached.count()).toBe(4)
    expect(runs).toBe(3) // Two batches, one a partition.
    cached.unpersist()
    await cached.collect()
    expect(runs).toBe(5)
  })

  test('concurrent actions share one computation; an aborted one leaves it to the others', async () => {
    let runs = 0
    const big = createDataFrame({ x: Float64Array.from({ length: 50_000 }, (_, i) => i) })
    const cached = big
      .withTransform({
        name: 'counter',
        inputs: ['x'],
        outputs: [{ ...big.schema.fields[0], name: 'y' }],
        filters: false,
        run([x]) {
          runs++
          return { columns: [x] }
        },
      })
      .repartition(3)
      .cache()
    const controller = new AbortController()
    const aborted = cached.collect({ signal: controller.signal })
    const shared = [cached.count(), cached.filter('y >= 25000').count(), cached.toTable()]
    controller.abort(new Error('stopped'))
    await expect(aborted).rejects.toThrow('stopped')
    const [all, upper] = await Promise.all(shared)
    expect([all, upper]).toEqual([50_000, 25_000])
    const batches = runs
    expect(await cached.count()).toBe(50_000)
    expect(runs).toBe(batches)
    cached.unpersist()
    await cached.count()
    expect(runs).toBe(2 * batches)
  })

  test('a cache whose only action was aborted is computed by the next', async () => {
    const cached = createDataFrame({ x: Float64Array.from({ length: 50_000 }, (_, i) => i) }).cache()
    const controller = new AbortController()
    const aborted = cached.filter('x > 0').count({ signal: controller.signal })
    controller.abort(new Error('stopped'))
    await expect(aborted).rejects.toThrow('stopped')
    expect(await cached.filter('x > 0').count()).toBe(49_999)
  })

  test('sessions are closed by using them', async () => {
    await using session = new Session({ memoryLimit: '200MB', defaultParallelism: 3 })
    expect(session.range(7).getNumPartitions()).toBe(3)
    expect(await session.range(2, 9, 3).filter('id > 2').collect()).toEqual([{ id: 5 }, { id: 8 }])
    await session.close()
    expect(await session.range(1).filter('id = 0').count()).toBe(1)
    expect(() => session.range(1.5)).toThrow('end is 1.5')
  })

  test('a signal ends an action', async () => {
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(rides.filter('n > 0').collect({ signal })).rejects.toThrow('stopped')
  })
})

test('explain names the roads and shows the SQL', async () => {
  const log: string[] = []
  const original = console.log
  console.log = (text: string) => log.push(text)
  await rides.filter('n > 1').explain()
  console.log = original
  expect(log.join()).toMatch(
    /Filter \(n > 1\) {2}<- sql[\s\S]*LocalScan \[city, price, n\] \(4 rows, 2 partitions\)[\s\S]*SELECT/,
  )
})

test('rows that pass the engine stay as they are', async () => {
  const row = fc.record({
    i: fc.option(fc.integer(), { nil: null }),
    d: fc.option(fc.double(), { nil: null }),
    s: fc.option(fc.string({ unit: 'binary' }), { nil: null }),
    v: fc.option(
      fc.array(fc.double(), { maxLength: 3 }).map((x) => Vectors.dense(x)),
      { nil: null },
    ),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), fc.integer({ min: -5, max: 5 }), async (rows, threshold) => {
      const df = createDataFrame(rows, 'i INT, d DOUBLE, s STRING, v VECTOR')
      expect(await df.filter('true').collect()).toEqual(rows)
      const above = rows.filter((r) => r.i !== null && r.i > threshold)
      expect(await df.filter(col('i').gt(threshold)).collect()).toEqual(above)
      expect(await df.select('s').union(df.select('s')).count()).toBe(2 * rows.length)
    }),
    { numRuns: 30 },
  )
})

test('columns that differ in case only, or not at all, keep apart, but cannot be named, as in Spark', async () => {
  const df = createDataFrame([{ a: 1, A: 10 }])
  expect(await df.filter('true').collect()).toEqual([{ a: 1, A: 10 }])
  expect(() => df.select('a')).toThrow(/ambiguous/)
  const pairs = createDataFrame([{ a: 1 }]).crossJoin(createDataFrame([{ a: 2 }]))
  const { columns } = await pairs.toTable()
  expect(columns.map((column) => (column as { data: Int32Array }).data[0])).toEqual([1, 2])
})

test('what has two names in Spark has both', async () => {
  const df = createDataFrame([
    { id: 1, city: 'FR', price: 10 },
    { id: 2, city: 'DE', price: null },
    { id: 3, city: 'FR', price: 30 },
  ])
  expect(await df.dropDuplicates('city').count()).toBe(2)
  expect(await df.dropDuplicates('city', 'price').count()).toBe(3)
  expect((await df.toJSON().collect())[1]).toEqual({ value: '{"id":2,"city":"DE"}' })
  expect(await df.fillna(0, ['price']).collect()).toEqual(await df.na.fill(0, ['price']).collect())
  expect(await df.dropna().count()).toBe(2)
  expect(await df.corr('id', 'id')).toBe(1)
  expect(await df.cov('id', 'id')).toBe(await df.stat.cov('id', 'id'))
  expect(await (await df.crosstab('city', 'id')).collect()).toEqual(
    await (await df.stat.crosstab('city', 'id')).collect(),
  )
  expect(await (await df.freqItems(['city'])).count()).toBe(1)
  expect(await df.sampleBy('city', { FR: 1 }, 1).count()).toBe(2)
})

test('rows that come one by one have a function of their own', async () => {
  async function* rows() {
    yield { id: 1 }
  }
  expect(await (await fromAsync(rows())).collect()).toEqual([{ id: 1 }])
  expect(() => createDataFrame(rows() as never)).toThrow(/fromAsync/)
})

test('the nearest function is named first', () => {
  const df = createDataFrame([{ city: 'FR' }])
  expect(() => df.selectExpr('uper(city)')).toThrow(/function uper does not exist\. Did you mean "upper"\?/)
})
