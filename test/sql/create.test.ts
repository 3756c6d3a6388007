import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError, ParseError, SchemaError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { localTable } from '../../src/sql/create.js'
import { parseDataType, parseSchema } from '../../src/sql/ddl.js'
import { createDataFrame } from '../../src/sql/session.js'
import { simpleString } from '../../src/sql/types.js'

const typesOf = (rows: object[]): Record<string, string> => Object.fromEntries(createDataFrame(rows).dtypes)

describe('inference', () => {
  test.each([
    [[1, -2_147_483_648], 'int'],
    [[1, 2 ** 31], 'bigint'],
    [[1, 2 ** 53], 'double'],
    [[1, 0.5], 'double'],
    [[1, Number.NaN], 'double'],
    [[-0], 'double'],
    [[1n], 'bigint'],
    [[1, 2n], 'bigint'],
    [['a', null], 'string'],
    [[true], 'boolean'],
    [[new Date(0)], 'timestamp'],
    [[Vectors.dense(1), Vectors.sparse(3, [1], [1])], 'vector'],
    [[[1, 2], []], 'array<double>'],
    [[['a'], []], 'array<string>'],
    [[Float64Array.of(1)], 'array<double>'],
    [[Uint8Array.of(1)], 'binary'],
    [[{ a: 1, b: { c: 'x' } }, { a: 0.5 }], 'struct<a:double,b:struct<c:string>>'],
    [[new Map([['a', 1]])], 'map<string,int>'],
  ])('%o is %s', (values, type) => {
    expect(typesOf(values.map((x) => ({ x })))).toEqual({ x: type })
  })

  test('columns are those of all rows, in order of first appearance', async () => {
    const df = createDataFrame([{ b: 1 }, { a: 'x', b: 2 }])
    expect(df.columns).toEqual(['b', 'a'])
    expect(await df.collect()).toEqual([
      { b: 1, a: null },
      { b: 2, a: 'x' },
    ])
  })

  test.each([
    [[{ x: 1 }, { x: 'a' }], /column "x" mixes types: "a" does not fit int \(row 1\)/],
    [[{ x: 1n }, { x: 0.5 }], /column "x" mixes types: 0.5 does not fit bigint \(row 1\)/],
    [[{ x: null }], /type of column "x" cannot be told.*Give a schema/],
    [[{ x: [] }], /type of column "x" cannot be told/],
    [[{ x: () => 1 }], /column "x" mixes types: .* does not fit any type/],
    [[], /empty list of rows.*Give a schema/],
  ])('%o is refused', (rows, message) => {
    expect(() => createDataFrame(rows)).toThrow(SchemaError)
    expect(() => createDataFrame(rows)).toThrow(message)
  })
})

describe('with a schema', () => {
  test.each([
    ['x INT', 1.5, /column "x" has type int and cannot hold 1.5 \(row 1\)/],
    ['x INT', 2 ** 31, /cannot hold 2147483648 \(row 1\)\. Give the column a wider type/],
    ['x BIGINT', 2n ** 63n, /cannot hold 9223372036854775808n/],
    ['x STRING', 1, /cannot hold 1/],
    ['x BOOLEAN', 1, /cannot hold 1/],
    ['x DOUBLE', '1', /cannot hold "1"/],
    ['x TIMESTAMP', new Date(Number.NaN), /cannot hold/],
    ['x VECTOR', [1, 2], /cannot hold \[1, 2\]/],
    ['x ARRAY<INT>', ['a'], /cannot hold \["a"\]/],
    ['x STRUCT<a: INT>', { a: 'b' }, /cannot hold/],
  ])('%s refuses %o', (schema, value, message) => {
    expect(() => createDataFrame([{ x: null }, { x: value }], schema)).toThrow(DataError)
    expect(() => createDataFrame([{ x: null }, { x: value }], schema)).toThrow(message)
  })

  test('NOT NULL, arrays of another length, missing columns and names that repeat are refused', () => {
    expect(() => createDataFrame([{ x: null }], 'x INT NOT NULL')).toThrow(/NOT NULL/)
    expect(() => createDataFrame([[1, 2]], 'x INT')).toThrow(/2 values for 1 columns/)
    expect(() => createDataFrame({ x: [1] }, 'x INT, y INT')).toThrow(/"y"/)
    expect(() => createDataFrame({ x: [1], y: [1, 2] })).toThrow(/"y" has 2 values/)
    expect(() => createDataFrame([[1, 2]], ['x', 'x'])).toThrow(/"x" appears twice/)
  })

  test('typed arrays are taken as they are', () => {
    const x = Float64Array.of(1, 2)
    const table = localTable(
      { x, i: Int32Array.of(1, 2), l: BigInt64Array.of(1n, 2n), f: Float32Array.of(0.1, 2) },
      undefined,
      1,
    )
    expect(table.schema.fields.map((field) => simpleString(field.dataType))).toEqual([
      'double',
      'int',
      'bigint',
      'float',
    ])
    expect((table.columns[0] as { data: Float64Array }).data).toBe(x)
  })

  test('rows lie in slices as Spark cuts them', () => {
    // parallelize(0 until 10, 4) holds 2, 3, 2 and 3 rows.
    expect(createDataFrame({ x: new Float64Array(10) }, undefined, { numPartitions: 4 }).plan).toMatchObject({
      table: { bounds: [0, 2, 5, 7, 10] },
    })
  })
})

describe('DDL', () => {
  test.each([
    'array<map<string,double>>',
    'struct<a:int,b:array<vector>>',
    'decimal(12,3)',
    'timestamp_ntz',
    'matrix',
    'tinyint',
  ])('%s', (text) => {
    expect(simpleString(parseDataType(text))).toBe(text)
  })

  test('names, nullability and comments', () => {
    const { fields } = parseSchema("`a ``b` BIGINT NOT NULL COMMENT 'the key', c: decimal")
    expect(fields).toMatchObject([
      { name: 'a `b', nullable: false, metadata: { comment: 'the key' } },
      { name: 'c', dataType: { precision: 10, scale: 0 } },
    ])
  })

  test.each(['', 'x', 'x FOO', 'x INT,', 'x ARRAY<INT', 'x INT y INT', 'x DECIMAL(a)', 'x constructor'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseSchema(text)).toThrow(ParseError)
      expect(() => parseSchema(text)).toThrow(/position \d+/)
    },
  )
})

test('collect gives back what createDataFrame took', async () => {
  const vector = fc.oneof(
    fc.array(fc.double(), { maxLength: 4 }).map((values) => Vectors.dense(values)),
    fc.constant(Vectors.sparse(6, [1, 4], [2, -3])),
  )
  const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null })
  const row = fc.record({
    i: nullable(fc.integer()),
    l: nullable(
      fc
        .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        .map((x) => (Number.isSafeInteger(Number(x)) ? Number(x) : x)),
    ),
    d: nullable(fc.double()),
    s: nullable(fc.string({ unit: 'binary' })),
    b: nullable(fc.boolean()),
    t: nullable(fc.date({ noInvalidDate: true })),
    v: nullable(vector),
    a: nullable(fc.array(nullable(fc.string()))),
    o: nullable(fc.record({ x: nullable(fc.double()) })),
  })
  const schema =
    'i INT, l BIGINT, d DOUBLE, s STRING, b BOOLEAN, t TIMESTAMP, v VECTOR, a ARRAY<STRING>, o STRUCT<x: DOUBLE>'
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), async (rows, numPartitions) => {
      const df = createDataFrame(rows, schema, { numPartitions })
      const expected = rows.map((r) => ({ ...r, o: r.o && { ...r.o } }))
      expect(await df.collect()).toEqual(expected)
      expect(await df.count()).toBe(rows.length)
    }),
    { numRuns: 100 },
  )
})
