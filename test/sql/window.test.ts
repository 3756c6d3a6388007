import { describe, expect, test } from 'vitest'
import { ParamError, SchemaError } from '../../src/errors.js'
import { col, expr, sum } from '../../src/sql/expression/functions.js'
import { Window } from '../../src/sql/expression/window.js'
import { createDataFrame } from '../../src/sql/session.js'

// Values and schemas: frames/recorded.test.ts compares them with Spark's.
const df = createDataFrame([
  { id: 1, city: 'FR', price: 10 },
  { id: 2, city: 'DE', price: 20 },
  { id: 3, city: 'FR', price: 30 },
])

describe('windows', () => {
  test('frames that are none, and columns that are no functions, are refused', () => {
    const window = Window.orderBy('id')
    expect(() => window.rowsBetween(1, 0)).toThrow(ParamError)
    expect(() => window.rowsBetween(0.5, 1)).toThrow(/whole numbers/)
    expect(() => window.rangeBetween(Number.NaN, 1)).toThrow(ParamError)
    expect(() => col('id').over(window)).toThrow(ParamError)
    expect(() => df.select(expr('rank()'))).toThrow(SchemaError)
    expect(() => df.filter(sum('id').over(window).gt(1))).toThrow(/withColumn/)
  })

  test('several windows, unread ones among them; the rest of the plan goes on', async () => {
    const inCity = Window.partitionBy('city')
    const two = df
      .withColumn('n', expr('row_number()').over(inCity.orderBy(col('price').desc())))
      .withColumn('total', sum('price').over(inCity))
      .withColumn('share', col('price').divide(sum('price').over(inCity)))
    expect(two.getNumPartitions()).toBe(1)
    expect(await two.filter('n = 1').orderBy('id').select('id', 'share').collect()).toEqual([
      { id: 2, share: 1 },
      { id: 3, share: 0.75 },
    ])
    expect(await two.count()).toBe(3)
  })

  test('ranges by intervals', async () => {
    const minute = (n: number) => ({ ts: new Date(n * 60_000), x: n })
    const times = createDataFrame([0, 5, 9, 20].map(minute))
    const window = Window.orderBy('ts').rangeBetween(expr('INTERVAL -5 MINUTES'), Window.currentRow)
    const rows = await times.select(sum('x').over(window).alias('s')).collect()
    // 0; 0 + 5; 5 + 9; 20.
    expect(rows.map((row) => row.s)).toEqual([0, 5, 14, 20])
    expect(() => Window.orderBy('ts').rangeBetween(col('x'), 0)).toThrow(ParamError)
    expect(() => Window.orderBy('ts').rowsBetween(expr('INTERVAL 1 DAY') as never, 0)).toThrow(ParamError)
  })
})
