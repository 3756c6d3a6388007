import { describe, expect, test } from 'vitest'
import { EngineError, SchemaError } from '../../src/errors.js'
import type { ArrowTable } from '../../src/sql/arrow.js'
import { createDataFrame } from '../../src/sql/session.js'

/** A column as `apache-arrow` shows it: `values` as they lie in memory, `get` as they are read. */
const vector = (values: readonly unknown[], raw: readonly unknown[] = values) => ({
  data: [
    { length: 1, values: raw.slice(0, 1) },
    { length: values.length - 1, values: raw.slice(1) },
  ],
  get: (row: number) => values[row],
  isValid: (row: number) => values[row] !== null,
})

const tableOf = (columns: readonly (readonly [name: string, type: object, vector: object])[], numRows: number) =>
  ({
    numRows,
    numCols: columns.length,
    schema: { fields: columns.map(([name, type]) => ({ name, type, nullable: true })) },
    getChildAt: (k: number) => columns[k][2],
    toArray: () => [],
  }) satisfies ArrowTable

const INT = (bitWidth: number, isSigned = true) => ({ typeId: 2, bitWidth, isSigned })
const UTF8 = { typeId: 5 }

// The real package is tested in test/interop/arrow.interop.ts.
describe('tables of Arrow by their shape', () => {
  test('each type as the type that Spark has for it', async () => {
    const ms = Date.UTC(2024, 1, 29, 1, 2, 3, 4)
    const table = tableOf(
      [
        ['i', INT(32), vector([1, null])],
        ['u', INT(16, false), vector([65535, 0])],
        ['l', INT(64), vector([2n ** 60n, null])],
        ['d', { typeId: 3, precision: 2 }, vector([0.5, Number.NaN])],
        ['f', { typeId: 3, precision: 1 }, vector([0.25, null])],
        ['s', { typeId: -1, dictionary: UTF8 }, vector(['x', null])],
        ['b', { typeId: 6 }, vector([true, false])],
        [
          'n',
          { typeId: 7, precision: 10, scale: 2 },
          vector([Uint32Array.of(4294967171, 4294967295, 4294967295, 4294967295), null]),
        ],
        ['day', { typeId: 8, unit: 0 }, vector([0, 0], [19782, -1])],
        ['ns', { typeId: 10, unit: 3, timezone: 'UTC' }, vector([0, 0], [BigInt(ms) * 1_000_000n, -1n])],
        ['sec', { typeId: 10, unit: 0 }, vector([0, 0], [1_700_000_000n, 0n])],
        ['a', { typeId: 12, children: [{ name: 'item', type: INT(32) }] }, vector([[1, null], null])],
        ['o', { typeId: 13, children: [{ name: 'p', type: UTF8 }] }, vector([{ p: 'q' }, null])],
        [
          'm',
          {
            typeId: 17,
            children: [
              {
                name: 'entries',
                type: {
                  typeId: 13,
                  children: [
                    { name: 'key', type: UTF8 },
                    { name: 'value', type: INT(8) },
                  ],
                },
              },
            ],
          },
          vector([[['k', 1]], null]),
        ],
      ],
      2,
    )
    const df = createDataFrame(table)
    expect(df.dtypes.map(([, type]) => type)).toEqual([
      'int',
      'int',
      'bigint',
      'double',
      'float',
      'string',
      'boolean',
      'decimal(10,2)',
      'date',
      'timestamp',
      'timestamp_ntz',
      'array<int>',
      'struct<p:string>',
      'map<string,tinyint>',
    ])
    expect(df.getNumPartitions()).toBe(2)
    const [first, second] = await df.collect()
    expect(first).toEqual({
      i: 1,
      u: 65535,
      l: 2n ** 60n,
      d: 0.5,
      f: 0.25,
      s: 'x',
      b: true,
      n: -1.25,
      day: new Date('2024-02-29'),
      ns: new Date(ms),
      sec: new Date(1_700_000_000_000),
      a: [1, null],
      o: { p: 'q' },
      m: new Map([['k', 1]]),
    })
    expect(second).toMatchObject({ i: null, d: Number.NaN, s: null, a: null, day: new Date('1969-12-31') })
    expect(await df.filter("o.p = 'q' AND ns > '2024-01-01'").count()).toBe(1)
  })

  test('names may be given; other types and unknown ones are refused', () => {
    const table = tableOf([['i', INT(32), vector([1, 2])]], 2)
    expect(createDataFrame(table, ['x']).dtypes).toEqual([['x', 'int']])
    expect(createDataFrame(table, 'x INT NOT NULL').schema.fields[0].nullable).toBe(false)
    expect(() => createDataFrame(table, 'x DOUBLE')).toThrow(SchemaError)
    expect(() => createDataFrame(table, ['x', 'y'])).toThrow(SchemaError)
    expect(() => createDataFrame(tableOf([['t', { typeId: 9 }, vector([1, 2])]], 2))).toThrow(/has a type of Arrow/)
  })
})

test('toArrow says what to install', async () => {
  const error = await createDataFrame([{ x: 1 }])
    .toArrow()
    .catch((raised: unknown) => raised)
  expect(error).toBeInstanceOf(EngineError)
  expect((error as Error).message).toMatch(/npm install apache-arrow/)
})
