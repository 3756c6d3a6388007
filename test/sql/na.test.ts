import { describe, expect, test } from 'vitest'
import { ParamError, SchemaError } from '../../src/errors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'

// Values and schemas: frames/recorded.test.ts compares them with Spark's.
const df = createDataFrame([{ id: 1, s: 'a', 'unit price': null }], 'id INT, s STRING, `unit price` DOUBLE')

describe('missing values', () => {
  test('what cannot be done is refused, naming what can', () => {
    expect(() => df.na.drop('some' as never)).toThrow(ParamError)
    expect(() => df.na.drop('any', ['idd'])).toThrow(/Did you mean "id"/)
    expect(() => df.na.fill(null as never)).toThrow(ParamError)
    expect(() => df.na.fill({ id: [1] } as never)).toThrow(/value is \[1\]/)
    expect(() => df.na.replace('s', { a: 1 })).toThrow(ParamError)
    expect(() =>
      df.na.replace(
        '*',
        new Map<number | string, number>([
          [1, 2],
          ['a', 3],
        ]),
      ),
    ).toThrow(/numbers for numbers/)
    expect(() => df.na.replace('s', null as never)).toThrow(ParamError)
  })

  test('names of any characters, a single name, no name', async () => {
    expect(await df.na.fill(2, 'unit price').first()).toEqual({ id: 1, s: 'a', 'unit price': 2 })
    expect(await df.na.drop('any', []).count()).toBe(1)
    expect(await df.na.drop('any', 'UNIT PRICE').count()).toBe(0)
    expect(await df.na.replace('s', {}).first()).toEqual({ id: 1, s: 'a', 'unit price': null })
  })

  test('thousands of columns', async () => {
    const wide = createDataFrame({
      ...Object.fromEntries(Array.from({ length: 3000 }, (_, k) => [`c${k}`, [k, null]])),
    })
    expect(await wide.na.drop().count()).toBe(1)
    expect(await wide.na.drop(1).count()).toBe(1)
  })
})

describe('sets of rows', () => {
  const a = createDataFrame([{ x: 1, s: 'a' }])
  test('frames that do not fit are refused', () => {
    expect(() => a.unionByName(createDataFrame([{ x: 1, t: 'a' }]))).toThrow(SchemaError)
    expect(() => a.unionByName(a.toDF('x', 'X'))).toThrow(/appears twice/)
    expect(() => a.except(a.select('x'))).toThrow(/2 and 1 columns/)
    expect(() => a.intersect({} as never)).toThrow(ParamError)
    expect(() => a.unpivot(['x', 's'], null, 'name', 'value')).toThrow(/no column to unpivot/)
  })

  test('columns that are not read are not lost from what decides', async () => {
    const b = createDataFrame([
      { x: 1, s: 'a' },
      { x: 1, s: 'b' },
    ])
    expect(await b.except(a).select('x').collect()).toEqual([{ x: 1 }])
    expect(await b.distinct().count()).toBe(2)
    expect(await b.distinct().select('x').collect()).toEqual([{ x: 1 }, { x: 1 }])
    expect(await b.dropDuplicates(['x']).select('s').collect()).toEqual([{ s: 'a' }])
    expect(await b.unpivot(['x'], ['s'], 'n', 'v').select('v').collect()).toEqual([{ v: 'a' }, { v: 'b' }])
    expect(await b.offset(1).collect()).toEqual([{ x: 1, s: 'b' }])
  })

  test('transform chains own steps', async () => {
    const twice = (frame: DataFrame, name: string) => frame.withColumn('twice', frame.col(name).multiply(2))
    expect(await a.transform(twice, 'x').first()).toEqual({ x: 1, s: 'a', twice: 2 })
  })
})
