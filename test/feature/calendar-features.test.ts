import { describe, expect, test } from 'vitest'
import { DataError, ParamError } from '../../src/errors.js'
import { CalendarFeatures } from '../../src/feature/calendar-features.js'
import type { Vector } from '../../src/linalg/vector.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { DateType, DoubleType, StructField, StructType, TimestampType } from '../../src/sql/types.js'

const frame = (type: typeof DateType, ...values: readonly unknown[]): DataFrame =>
  createDataFrame(
    values.map((value) => [value]),
    StructType([StructField('t', type)]),
  )
async function features(data: DataFrame, params: object): Promise<number[][]> {
  const rows = await new CalendarFeatures({ inputCol: 't', outputCol: 'c', ...params }).transform(data).collect()
  return rows.map((row) => Array.from((row.c as Vector).toArray()))
}
/** Fields that are SQL functions of Spark, too: those of the engine here answer as Spark, see the recorded questions. */
const OF_DATES = ['year', 'quarter', 'month', 'dayofmonth', 'dayofyear', 'weekofyear', 'dayofweek', 'weekday']
const OF_TIMES = ['hour', 'minute', 'second']

describe('CalendarFeatures', () => {
  test('answers as the functions of SQL for days of every kind, and before 1970', async () => {
    const days = [
      '1969-12-31',
      '1970-01-01',
      '2000-02-29',
      '1900-02-28',
      '1900-03-01',
      '2021-01-03',
      '2020-12-31',
      '2026-11-26',
      '1582-10-20',
      '2400-12-31',
    ]
    const dates = [
      ...days,
      ...Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(1950, 0, 1 + i * 613)).toISOString().slice(0, 10)),
    ]
    const data = frame(DateType, ...dates.map((day) => new Date(day)))
    const expected = await data.selectExpr(...OF_DATES.map((name) => `${name}(t) AS ${name}`)).collect()
    expect(await features(data, { fields: OF_DATES })).toEqual(expected.map((row) => OF_DATES.map((name) => row[name])))
  })

  test('answers as the functions of SQL for times', async () => {
    const times = [
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00Z',
      '2026-11-26T08:30:15.250Z',
      '1901-05-05T16:00:01Z',
    ]
    const data = frame(TimestampType, ...times.map((time) => new Date(time)))
    const fields = [...OF_TIMES, ...OF_DATES]
    const expected = await data.selectExpr(...fields.map((name) => `${name}(t) AS ${name}`)).collect()
    expect(await features(data, { fields })).toEqual(expected.map((row) => fields.map((name) => row[name])))
  })

  test('tells weekends and peak hours', async () => {
    const data = frame(TimestampType, new Date('2026-11-28T08:59:59Z'), new Date('2026-11-27T09:00:00Z'))
    expect(await features(data, { fields: ['isweekend', 'ispeakhour'] })).toEqual([
      [1, 1],
      [0, 0],
    ])
    expect(await features(data, { fields: ['ispeakhour'], peakHours: [9] })).toEqual([[0], [1]])
  })

  test('reads hours of the day', async () => {
    expect(await features(frame(DoubleType, 7.75, 23.5, 0), { fields: ['ispeakhour', 'hour', 'minute'] })).toEqual([
      [1, 7, 45],
      [0, 23, 30],
      [0, 0, 0],
    ])
  })

  test('handles what is no time as it is told', async () => {
    const data = frame(DoubleType, 7, null, 24, Number.NaN, -1)
    await expect(features(data, {})).rejects.toThrow(ParamError)
    const fields = ['hour']
    await expect(features(data, { fields })).rejects.toThrow(DataError)
    expect(await features(data, { fields, handleInvalid: 'skip' })).toEqual([[7]])
    expect(await features(data, { fields, handleInvalid: 'keep' })).toEqual([[7], ...Array(4).fill([Number.NaN])])
  })

  test('refuses fields that a column does not have, before it reads rows', () => {
    const stage = new CalendarFeatures({ inputCol: 't', outputCol: 'c' })
    expect(() => stage.transform(frame(DateType))).toThrow(/is date, which has no hour/)
    expect(() => stage.transform(frame(DoubleType))).toThrow(/has no weekday\. Allowed: hour, minute, ispeakhour/)
    expect(() => stage.setFields(['hour', 'hour'])).toThrow(ParamError)
  })

  test('names its slots', () => {
    const { schema } = new CalendarFeatures({ inputCol: 't', outputCol: 'c' }).transform(frame(TimestampType))
    expect(schema.fields[1].metadata).toEqual({
      ml_attr: {
        num_attrs: 3,
        attrs: {
          binary: [{ name: 'ispeakhour', idx: 2 }],
          numeric: [
            { name: 'hour', idx: 0 },
            { name: 'weekday', idx: 1 },
          ],
        },
      },
    })
  })
})
