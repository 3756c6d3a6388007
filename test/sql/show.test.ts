import { describe, expect, test } from 'vitest'
import { Vectors } from '../../src/linalg/vectors.js'
import { schemaFromJson, schemaToJson } from '../../src/sql/schema-json.js'
import { createDataFrame, defaultSession } from '../../src/sql/session.js'
import { treeText } from '../../src/sql/show.js'
import type { Json } from '../../src/sql/types.js'
import spark from './data/show.json' with { type: 'json' }

const date = (text: string): Date => new Date(`${text}Z`)
const struct = (x: number | null, y: { k: string; v: number }[]) => ({ x, y })

// The same frames as those that Spark 4.0.1 printed into data/show.json.
const frames = {
  numbers: createDataFrame(
    [
      [1, 2 ** 40, 1, 0.1, true],
      [-5, null, 1e10, 1e-5, null],
      [null, 7, Number.NaN, Number.POSITIVE_INFINITY, false],
      [3, 9007199254740993n, -0, 123456789.125, true],
    ],
    'i INT, l BIGINT, d DOUBLE, e DOUBLE, b BOOLEAN',
  ),
  texts: createDataFrame(
    [
      ['short'],
      ['a long string of more than twenty characters'],
      [null],
      [''],
      ['日本語テキスト'],
      ['tab\tline\nend'],
      ['ｆｕｌｌ'],
      ['exactly twenty chars'],
    ],
    's STRING',
  ),
  times: createDataFrame(
    [
      [date('2024-02-29T00:00:00'), date('2024-02-29T12:34:56.789')],
      [date('0001-01-01T00:00:00'), date('1970-01-01T00:00:00')],
      [null, null],
      [date('9999-12-31T00:00:00'), date('1969-12-31T23:59:59.5')],
    ],
    'd DATE, t TIMESTAMP',
  ),
  vectors: createDataFrame(
    [
      [Vectors.dense(1, 2.5), [1, null, 3.5]],
      [Vectors.sparse(5, [1, 3], [2, 4]), []],
      [null, null],
      [Vectors.dense(new Array(10).fill(0.1)), [1e300]],
    ],
    'features VECTOR, a ARRAY<DOUBLE>',
  ),
  nested: createDataFrame(
    [
      [struct(1, [{ k: 'k', v: 2 }]), new Map([['m', 1]]), Uint8Array.of(1, 255)],
      [null, null, null],
      [struct(null, []), new Map(), new Uint8Array(0)],
    ],
    's STRUCT<x: INT, y: ARRAY<STRUCT<k: STRING, v: DOUBLE>>>, m MAP<STRING, INT>, b BINARY',
  ),
  floats: createDataFrame(
    [
      [0.1, 1, 2],
      [Number.NaN, -128, 32767],
      [16777216, null, null],
    ],
    'f FLOAT, y TINYINT, h SMALLINT',
  ),
  many: defaultSession().range(25),
  empty: createDataFrame([], 'a INT, `a longer name` STRING'),
  wide_name: createDataFrame([[1]], '`a column name of more than twenty characters` INT'),
}

describe.each(Object.entries(frames))('%s as Spark prints it', (name, df) => {
  const expected = spark.frames[name as keyof typeof frames]
  test.each([
    ['plain', {}],
    ['full', { truncate: 0 }],
    ['vertical', { vertical: true }],
    ['two', { n: 2 }],
    ['one', { n: 1 }],
    ['cut3', { truncate: 3 }],
  ] as const)('%s', async (kind, options) => {
    expect(await df.showString(options)).toBe(expected[kind])
  })

  test('tree of the schema', () => {
    expect(treeText(df.schema)).toBe(expected.tree)
  })

  test('schema as JSON, both ways', () => {
    expect(schemaToJson(df.schema)).toEqual(expected.schema)
    expect(schemaToJson(schemaFromJson(expected.schema as unknown as Json))).toEqual(expected.schema)
  })
})
