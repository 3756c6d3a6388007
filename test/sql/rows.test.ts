import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { createDataFrame, Session } from '../../src/sql/session.js'

const session = new Session()

describe('rows that come one by one', () => {
  async function* numbers(n: number) {
    for (let i = 0; i < n; i++) yield { id: i, city: i % 3 === 0 ? null : `c${i % 7}` }
  }

  test('are a frame, with a schema or without', async () => {
    const typed = await session.fromAsync(numbers(20_000), 'id BIGINT, city STRING', { numPartitions: 3 })
    expect(typed.getNumPartitions()).toBe(3)
    expect(await typed.groupBy('city').count().count()).toBe(8)
    expect(await typed.agg({ id: 'sum' }).first()).toEqual({ 'sum(id)': 199_990_000 })
    const told = await session.fromAsync(numbers(5))
    expect(told.dtypes).toEqual([
      ['id', 'int'],
      ['city', 'string'],
    ])
    expect(await (await session.fromAsync([[1, 'a']], ['x', 'y'])).collect()).toEqual([{ x: 1, y: 'a' }])
    expect(await (await session.fromAsync(numbers(0), 'id INT')).count()).toBe(0)
  })

  test('that do not fit, sources that fail and signals end the reading', async () => {
    await expect(session.fromAsync(numbers(3), 'id BOOLEAN')).rejects.toThrow(DataError)
    await expect(session.fromAsync(numbers(0))).rejects.toThrow(SchemaError)
    await expect(session.fromAsync({} as never)).rejects.toThrow(ParamError)
    let closed = false
    async function* failing() {
      try {
        yield { id: 1 }
        throw new RangeError('the cursor broke')
      } finally {
        closed = true
      }
    }
    await expect(session.fromAsync(failing())).rejects.toThrow(RangeError)
    expect(closed).toBe(true)
    await expect(session.fromAsync(numbers(3), undefined, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/)
  })
})

describe('rows that go out', () => {
  const df = createDataFrame(
    [
      { i: 1, l: 2n, x: 0.5, s: 'a', d: new Date(0), n: null },
      { i: 3, l: 4n, x: Number.NaN, s: 'b', d: new Date(86_400_000), n: 5 },
    ],
    'i INT, l BIGINT, x DOUBLE, s STRING, d DATE, n INT',
  )

  test('as columns', async () => {
    expect(await df.toColumns()).toEqual({
      i: Int32Array.of(1, 3),
      l: BigInt64Array.of(2n, 4n),
      x: Float64Array.of(0.5, Number.NaN),
      s: ['a', 'b'],
      d: [new Date(0), new Date(86_400_000)],
      n: [null, 5],
    })
    const column = Float64Array.of(1, 2)
    const copy = (await createDataFrame({ column }).toColumns()).column as Float64Array
    copy[0] = 9
    expect(column[0]).toBe(1)
  })

  test('some at a time, and the last ones', async () => {
    const many = session.range(10)
    const seen: [number, number][] = []
    await many.foreachBatch(
      async (rows, index) => {
        await Promise.resolve()
        seen.push([index, rows.length])
      },
      { size: 4 },
    )
    expect(seen).toEqual([
      [0, 4],
      [1, 4],
      [2, 2],
    ])
    await expect(many.foreachBatch(() => Promise.reject(new RangeError('full')), { size: 4 })).rejects.toThrow(
      RangeError,
    )
    await expect(many.foreachBatch(() => {}, { size: 0 })).rejects.toThrow(ParamError)
    expect(await many.tail(2)).toEqual([{ id: 8 }, { id: 9 }])
    expect(await many.tail(0)).toEqual([])
    expect((await session.range(5000).tail(1500)).at(0)).toEqual({ id: 3500 })
  })
})
