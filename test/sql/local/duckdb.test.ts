import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataError, EngineError } from '../../../src/errors.js'
import { Vectors } from '../../../src/linalg/vectors.js'
import type { Batch, LocalTable } from '../../../src/sql/batch.js'
import { columnReader } from '../../../src/sql/column-reader.js'
import { localTable } from '../../../src/sql/create.js'
import { parseSchema } from '../../../src/sql/ddl.js'
import { DuckDB, type Kernel } from '../../../src/sql/local/duckdb.js'
import { DoubleType, LongType, StructField } from '../../../src/sql/types.js'

let engine: DuckDB
beforeAll(async () => {
  engine = await DuckDB.open({ threads: 2 })
})
afterAll(() => engine.close())

const collect = async (batches: AsyncIterable<Batch>): Promise<Batch[]> => {
  const all: Batch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}
const rows = (batches: readonly Batch[]): number => batches.reduce((sum, batch) => sum + batch.length, 0)
const id = [StructField('id', LongType)]

describe('what the adapter relies on', () => {
  test('streams of their own connections do not cut each other short', async () => {
    const sql = 'SELECT range AS id FROM range(200000)'
    const first = engine.stream(sql, id, undefined)
    await first.next()
    expect(rows(await collect(engine.stream(sql, id, undefined)))).toBe(200_000)
    expect(rows(await collect({ [Symbol.asyncIterator]: () => first }))).toBe(200_000 - 2048)
  })

  test('rows that were read stay as they are while the stream goes on', async () => {
    const batches = await collect(engine.stream('SELECT range AS id FROM range(100000)', id, undefined))
    let expected = 0n
    for (const batch of batches) {
      const { data } = batch.columns[0] as { data: BigInt64Array }
      for (const value of data) expect(value).toBe(expected++)
    }
  })

  test('a scan keeps the order of rows, filters included, with several threads', async () => {
    const table = localTable({ id: BigInt64Array.from({ length: 50_000 }, (_, i) => BigInt(i)) }, undefined, 3)
    const { sql, release } = engine.addTable(table)
    const query = `SELECT c0 AS id, partition FROM (SELECT * FROM ${sql}) WHERE c0 % 3 = 0`
    const batches = await collect(engine.stream(query, id, 'partition'))
    release()
    const values = batches.flatMap((batch) => [...(batch.columns[0] as { data: BigInt64Array }).data])
    expect(values).toEqual(Array.from({ length: 16_667 }, (_, i) => BigInt(3 * i)))
    expect([...new Set(batches.map((batch) => batch.partition))]).toEqual([0, 1, 2])
    // Partition p of 3 starts at floor(p * n / 3), as in Spark's parallelize.
    const firstOf1 = batches.find((batch) => batch.partition === 1)!
    expect((firstOf1.columns[0] as { data: BigInt64Array }).data[0]).toBe(16_668n)
  })

  test('a filter on an output runs the kernel once a row, and nulls reach it', async () => {
    let seen = 0
    let nulls = 0
    const kernel: Kernel = {
      inputs: [StructField('x', DoubleType)],
      outputs: [StructField('o0', DoubleType), StructField('o1', DoubleType)],
      run([x], length) {
        seen += length
        const { data, valid } = x as { data: Float64Array; valid: Uint8Array | null }
        for (let i = 0; i < length; i++) if (valid && !((valid[i >> 3] >> (i & 7)) & 1)) nulls++
        return [
          { kind: 'f64', data: data.map((v) => 2 * v), valid },
          { kind: 'f64', data: data.map((v) => 3 * v), valid },
        ]
      },
    }
    const { sql, release } = engine.addKernel(kernel)
    const input = 'SELECT CASE WHEN range % 10 <> 7 THEN range::DOUBLE END AS x FROM range(10000)'
    const query = `SELECT m.o0 AS a, m.o1 AS b FROM (SELECT *, ${sql} AS m FROM (${input})) WHERE m.o0 >= 100`
    const batches = await collect(
      engine.stream(query, [StructField('a', DoubleType), StructField('b', DoubleType)], undefined),
    )
    release()
    expect(seen).toBe(10_000)
    expect(nulls).toBe(1000)
    // 50, 51, … 9999 without the 995 that end in 7.
    expect(rows(batches)).toBe(9950 - 995)
    const [a, b] = batches[0].columns as readonly { data: Float64Array }[]
    expect([a.data[0], b.data[0]]).toEqual([100, 150])
  })

  test('an error of a kernel comes back as the object that was thrown', async () => {
    const problem = new DataError('no such label', { row: 3 })
    const { sql } = engine.addKernel({
      inputs: [StructField('x', DoubleType)],
      outputs: [StructField('o0', DoubleType)],
      run() {
        throw problem
      },
    })
    const query = `SELECT m.o0 AS y FROM (SELECT ${sql} AS m FROM (SELECT 1.0::DOUBLE AS x))`
    await expect(collect(engine.stream(query, [StructField('y', DoubleType)], undefined))).rejects.toBe(problem)
  })

  test('many streams at once end, with fewer running queries than streams', async () => {
    const counts = await Promise.all(
      Array.from({ length: 12 }, () =>
        collect(engine.stream('SELECT range AS id FROM range(20000)', id, undefined)).then(rows),
      ),
    )
    expect(counts).toEqual(new Array(12).fill(20_000))
  })

  test('a signal interrupts a query that runs', async () => {
    const controller = new AbortController()
    const endless = 'SELECT count(*)::BIGINT AS id FROM range(100000000000) a WHERE (range * 7919) % 13 = 5'
    const running = collect(engine.stream(endless, id, undefined, controller.signal))
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(running).rejects.toThrow('enough')
  })

  test('a consumer that stops early leaves the engine usable', async () => {
    for await (const batch of engine.stream('SELECT range AS id FROM range(1000000)', id, undefined)) {
      expect(batch.length).toBeGreaterThan(0)
      break
    }
    expect(rows(await collect(engine.stream('SELECT 1::BIGINT AS id', id, undefined)))).toBe(1)
  })

  test('a result of another type than the schema says is refused, not misread', async () => {
    const wrong = collect(engine.stream('SELECT 1::INTEGER AS id', id, undefined))
    await expect(wrong).rejects.toThrow(EngineError)
  })

  test('errors have the class of what they are about', async () => {
    await expect(engine.run('SELECT nothing')).rejects.toThrow(EngineError)
    await expect(engine.run("SELECT CAST('x' AS INTEGER)")).rejects.toThrow(DataError)
  })
})

describe('values that cross the border and back', () => {
  const through = async (table: LocalTable): Promise<unknown[][]> => {
    const { sql, release } = engine.addTable(table)
    const select = table.schema.fields.map((field, k) => `c${k} AS "${field.name}"`).join(', ')
    const batches = await collect(engine.stream(`SELECT ${select} FROM ${sql}`, table.schema.fields, undefined))
    release()
    return table.schema.fields.map((field, k) =>
      batches.flatMap((batch) => {
        const read = columnReader(batch.columns[k], field.dataType)
        return Array.from({ length: batch.length }, (_, i) => read(i))
      }),
    )
  }

  test.each([
    ['double', 'DOUBLE', [1.5, null, Number.NaN, -0, Number.POSITIVE_INFINITY]],
    ['float', 'FLOAT', [1.5, null, Number.NaN]],
    ['byte', 'TINYINT', [-128, null, 127]],
    ['short', 'SMALLINT', [-32_768, null, 32_767]],
    ['integer', 'INT', [-2_147_483_648, null, 2_147_483_647]],
    ['long', 'BIGINT', [Number.MAX_SAFE_INTEGER, null, 2n ** 63n - 1n]],
    ['boolean', 'BOOLEAN', [true, null, false]],
    ['string', 'STRING', ['', null, 'short', 'a string beyond twelve bytes', 'naïve 日本 🙂', 'x'.repeat(5000)]],
    ['binary', 'BINARY', [Uint8Array.of(0, 255), null, new Uint8Array(0), new Uint8Array(40).fill(7)]],
    ['date', 'DATE', [new Date(0), null, new Date('1583-01-01'), new Date('9999-12-31')]],
    ['timestamp', 'TIMESTAMP', [new Date(0), null, new Date('2024-02-29T12:34:56.789Z'), new Date(-1)]],
    ['array', 'ARRAY<DOUBLE>', [[1, null, 3], null, []]],
    ['strings', 'ARRAY<STRING>', [['a', 'a string beyond twelve bytes'], null, [null]]],
    ['nested', 'ARRAY<ARRAY<INT>>', [[[1], [], null], null]],
    ['struct', 'STRUCT<a: INT, b: STRUCT<c: STRING>>', [{ a: 1, b: { c: 'x' } }, null, { a: null, b: null }]],
    ['map', 'MAP<STRING, INT>', [new Map([['a', 1]]), null, new Map(), new Map([['b', null]])]],
    ['dense', 'VECTOR', [Vectors.dense(1, 2), Vectors.dense(3, 4)]],
    [
      'mixed',
      'VECTOR',
      [Vectors.dense(1, 2), null, Vectors.sparse(5, [1, 4], [2, 3]), Vectors.sparse(3, [], []), Vectors.dense()],
    ],
    ['sparse', 'VECTOR', [Vectors.sparse(5, [1, 4], [2, 3]), Vectors.sparse(5, [0], [1])]],
    ['vectors', 'ARRAY<VECTOR>', [[Vectors.dense(1), Vectors.sparse(2, [1], [1])], null]],
  ])('%s', async (name, type, values) => {
    // Beyond one chunk, so that places within a column and within a chunk differ.
    const many = Array.from({ length: 5000 }, (_, i) => values[i % values.length])
    const [back] = await through(localTable({ [name]: many }, parseSchema(`\`${name}\` ${type}`), 2))
    expect(back).toEqual(many)
  })
})

test('an error far behind the first rows ends the stream, and is told', async () => {
  const engine = await DuckDB.open()
  try {
    for (const at of [3, 10_000, 99_999]) {
      const sql = `SELECT CASE WHEN range = ${at} THEN error('[BAD_ROW] row ${at}') ELSE range END AS x FROM range(100000)`
      const read = async (): Promise<void> => {
        for await (const _ of engine.stream(sql, [StructField('x', LongType)], undefined)) {
          // Only the end matters.
        }
      }
      await expect(read()).rejects.toThrow(`[BAD_ROW] row ${at}`)
    }
  } finally {
    await engine.close()
  }
})
