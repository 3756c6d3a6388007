import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataError, ParamError, PersistenceError, SchemaError, UnsupportedError } from '../../src/errors.js'
import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame, read } from '../../src/sql/session.js'
import { DoubleType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
})
afterAll(() => rm(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)
const recorded = (name: string): string => fileURLToPath(new URL(`./data/${name}`, import.meta.url))
const textFile = async (name: string, text: string): Promise<string> => {
  await writeFile(at(name), text)
  return at(name)
}
const partText = async (name: string): Promise<string> => {
  const part = (await readdir(at(name))).find((file) => file.startsWith('part-'))
  return readFile(join(at(name), part!), 'utf8')
}
const ATTRIBUTES = {
  ml_attr: {
    attrs: {
      numeric: [
        { idx: 0, name: 'a' },
        { idx: 1, name: 'b' },
      ],
    },
    num_attrs: 2,
  },
}

describe('parquet', () => {
  test('written by Spark 4.0.1: vectors, metadata, INT96 timestamps, dates', async () => {
    const df = await read.parquet(recorded('spark-vectors.parquet'))
    expect(df.dtypes.map(([, type]) => type)).toEqual(['bigint', 'vector', 'string', 'timestamp', 'date'])
    expect(df.schema.fields[1].metadata).toEqual(ATTRIBUTES)
    expect(await df.collect()).toEqual([
      {
        id: 1,
        features: Vectors.dense(1, 2),
        s: 'x',
        t: new Date('2024-01-01T02:03:04.005Z'),
        d: new Date('2024-01-01'),
      },
      { id: 2, features: Vectors.sparse(2, [1], [3]), s: null, t: null, d: null },
      { id: 3, features: null, s: 'z', t: new Date('1960-01-01'), d: new Date('1960-01-01') },
    ])
    const matrices = await (await read.parquet(recorded('spark-matrices.parquet'))).collect()
    expect(matrices.map((row) => row.m)).toEqual([
      Matrices.dense(2, 2, [1, 2, 3, 4]),
      Matrices.sparse(2, 2, [0, 1, 2], [0, 1], [5, 6]),
    ])
  })

  test('written here comes back, types, metadata and forms of vectors included', async () => {
    const schema = StructType([
      ...createDataFrame([], 'i INT, l BIGINT, d DOUBLE, f FLOAT, b BOOLEAN, s STRING, t TIMESTAMP, a ARRAY<STRING>')
        .schema.fields,
      StructField('v', VectorUDT, true, ATTRIBUTES),
    ])
    const rows = [
      [1, 2n ** 60n, Number.NaN, 0.5, true, 'x', new Date(1234), ['p', null], Vectors.dense(1, 2)],
      [null, null, null, null, null, null, null, null, null],
      [-1, 5, -0, -1, false, '', new Date(0), [], Vectors.sparse(3, [2], [1])],
    ]
    const df = createDataFrame(rows, schema)
    await df.write.parquet(at('own.parquet'))
    const back = await read.parquet(at('own.parquet'))
    expect(back.schema).toEqual(schema)
    expect(await back.collect()).toEqual(await df.collect())
    expect((await readdir(at('own.parquet'))).sort()).toEqual([
      '_SUCCESS',
      expect.stringMatching(/^part-00000-.*\.snappy\.parquet$/),
    ])
  })

  test('a segment is written without being collected, and columns are read by need', async () => {
    const scored = (await read.parquet(recorded('spark-vectors.parquet'))).select('id').withTransform({
      name: 'first',
      inputs: ['id'],
      outputs: [StructField('y', DoubleType)],
      filters: true,
      run: ([id], length) => ({
        columns: [{ kind: 'f64', data: Float64Array.from((id as { data: BigInt64Array }).data, Number), valid: null }],
        keep: new Uint8Array(length).fill(1).fill(0, 0, 1),
      }),
    })
    await scored.write.parquet(at('scored.parquet'))
    expect(await (await read.parquet(at('scored.parquet'))).collect()).toEqual([
      { id: 2, y: 2 },
      { id: 3, y: 3 },
    ])
  })
})

describe('files without rows', () => {
  // What Spark 4.0.1 gives for the same files, whether or not the schema is inferred.
  test.each([
    ['nothing', '', true, []],
    ['nothing', '', false, []],
    ['blank lines', '\n\n', true, []],
    ['a header', 'a,b\n', true, ['a', 'b']],
  ])('csv with %s: %j, header %s', async (_name, text, header, columns) => {
    const path = await textFile('no-rows.csv', text)
    for (const inferSchema of [true, false]) {
      const df = await read.options({ header, inferSchema }).csv(path)
      expect(df.dtypes).toEqual(columns.map((name) => [name, 'string']))
      expect(await df.collect()).toEqual([])
      expect(await df.count()).toBe(0)
    }
  })

  test('csv with nothing has the columns of a given schema', async () => {
    const df = await read.schema('a INT').csv(await textFile('no-rows.csv', ''))
    expect(df.dtypes).toEqual([['a', 'int']])
    expect(await df.collect()).toEqual([])
  })

  test('a file that is missing, or was removed since, is named', async () => {
    await expect(read.csv(at('missing.csv'))).rejects.toThrow(PersistenceError)
    await expect(read.csv(at('missing.csv'))).rejects.toThrow(at('missing.csv'))
    const df = await read.csv(await textFile('removed.csv', '1,2\n'))
    await rm(at('removed.csv'))
    const failed = await df.collect().catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(PersistenceError)
    expect(failed).toMatchObject({ details: { hint: expect.any(String) } })
    expect((failed as Error).message).toContain(at('removed.csv'))
    expect((failed as Error).message).not.toContain('IO Error')
  })
})

describe('csv', () => {
  const TEXT = 'a,b,,a\n1,x,2.5,true\n2,"y, z",,false\n3,"say ""hi""",7,x\n\n4,short\n5,C:\\dir,b,c\n'
  // What Spark 4.0.1 reads from the same lines.
  const CELLS = [
    ['1', 'x', '2.5', 'true'],
    ['2', 'y, z', null, 'false'],
    ['3', 'say "hi"', '7', 'x'],
    ['4', 'short', null, null],
    ['5', 'C:\\dir', 'b', 'c'],
  ]
  const cells = async (df: DataFrame): Promise<unknown[][]> => (await df.collect()).map((row) => Object.values(row))

  test('headers, blank lines, short lines and quotes as Spark reads them with escape = "', async () => {
    const path = await textFile('cases.csv', TEXT)
    const df = await read.option('header', true).csv(path)
    expect(df.dtypes).toEqual([
      ['a0', 'string'],
      ['b', 'string'],
      ['_c2', 'string'],
      ['a3', 'string'],
    ])
    expect(await cells(df)).toEqual(CELLS)
    const plain = await read.csv(path)
    expect(plain.columns).toEqual(['_c0', '_c1', '_c2', '_c3'])
    expect(await cells(plain)).toEqual([['a', 'b', null, 'a'], ...CELLS])
  })

  test('lines that are too long, and quotes of another kind, are refused or dropped, never misread', async () => {
    const long = await textFile('long.csv', 'a,b\n1,2\n3,4,5\n')
    const reader = read.option('header', true)
    await expect((await reader.csv(long)).collect()).rejects.toThrow(DataError)
    expect(await cells(await reader.option('mode', 'DROPMALFORMED').csv(long))).toEqual([['1', '2']])
    const escaped = await textFile('escaped.csv', 'a,b\n"say \\"hi\\"",C:\\dir\n')
    await expect((await reader.csv(escaped)).collect()).rejects.toThrow(/escapes quotes by a backslash/)
    expect(await cells(await reader.option('escape', '\\').csv(escaped))).toEqual([['say "hi"', 'C:\\dir']])
  })

  // What Spark 4.0.1 reads from each line, and writes for the cells, by default.
  const ESCAPED: readonly [line: string, cells: unknown[]][] = [
    ['"say \\"hi\\"",C:\\dir', ['say "hi"', 'C:\\dir']],
    ['"a\\\\\\"b",x\\', ['a\\"b', 'x\\']],
    ['"a,\\\\b","q\\"\\\\"', ['a,\\b', 'q"\\']],
    ['\\,"\\""', ['\\', '"']],
    ['a,"a\\\\\\\\b,c"', ['a', 'a\\\\b,c']],
  ]
  // What Spark 4.0.1 reads from lines that others write.
  const FOREIGN: readonly [line: string, cells: unknown[]][] = [
    ['"C:\\dir",c', ['C:\\dir', 'c']],
    ['"x\\n",y', ['x\\n', 'y']],
    ['"a\\,b",', ['a\\,b', null]],
    ['"",x', [null, 'x']],
    ['only', ['only', null]],
    ['a\\"b, c ', ['a\\"b', ' c ']],
    ['"a" ,b', ['a', 'b']],
  ]

  test('escape = backslash, as Spark reads it; short and blank lines', async () => {
    const lines = [...ESCAPED, ...FOREIGN]
    const text = ['a,"b \\"c\\""', ...lines.map(([line]) => line), '', '  '].join('\n')
    const path = await textFile('backslash.csv', text)
    const reader = read.options({ header: true, escape: '\\' })
    const df = await reader.csv(path)
    expect(df.columns).toEqual(['a', 'b "c"'])
    expect(await cells(df)).toEqual(lines.map(([, expected]) => expected))
    expect(await df.count()).toBe(lines.length)
    expect(await (await reader.option('mode', 'DROPMALFORMED').csv(path)).count()).toBe(lines.length - 1)
  })

  test('escape = backslash, written as Spark writes it', async () => {
    const df = createDataFrame(
      ESCAPED.map(([, row]) => row),
      ['a', 'b'],
    )
    await df.write.option('escape', '\\').csv(at('backslash-out.csv'))
    expect(await partText('backslash-out.csv')).toBe(`${ESCAPED.map(([line]) => line).join('\n')}\n`)
    expect(await cells(await read.option('escape', '\\').csv(at('backslash-out.csv')))).toEqual(await cells(df))
  })

  test('escape = backslash: inferred types, other separators, files that are refused', async () => {
    const reader = read.options({ header: true, escape: '\\' })
    const path = await textFile('escaped-types.csv', 'a||b\n1||"x\\"||y"\n2.5||z\n')
    const typed = await reader.options({ sep: '||', inferSchema: true }).csv(path)
    expect(typed.dtypes.map(([, type]) => type)).toEqual(['double', 'string'])
    expect(await cells(typed)).toEqual([
      [1, 'x"||y'],
      [2.5, 'z'],
    ])
    for (const line of ['1,2,3', '"say ""hi""",x', '"open,x']) {
      const malformed = await textFile('malformed.csv', `a,b\n${line}\n`)
      await expect((await reader.csv(malformed)).count()).rejects.toThrow(DataError)
      expect(await (await reader.option('mode', 'DROPMALFORMED').csv(malformed)).count()).toBe(0)
    }
    const breaks = await reader.option('multiLine', true).csv(at('malformed.csv'))
    await expect(breaks.collect()).rejects.toThrow(UnsupportedError)
  })

  test('a schema: cells that do not fit are null, or an error in FAILFAST mode', async () => {
    const path = await textFile('typed.csv', 'a,d\n1,true\n1.5,yes\n 7 ,FALSE\n99999999999,\n')
    const reader = read.option('header', true).schema('a INT, d BOOLEAN')
    expect(await cells(await reader.csv(path))).toEqual([
      [1, true],
      [null, null],
      [7, false],
      [null, null],
    ])
    const strict = (await reader.option('mode', 'FAILFAST').csv(path)).collect()
    await expect(strict).rejects.toThrow(/the cell "1.5" of the column a is not of type int/)
  })

  test('inferred types', async () => {
    const text = [
      'i,l,d,day,t,b,s,none',
      '1,2147483648,1.0E10,2024-01-01,2024-01-01T01:02:03.000Z,true,x,',
      ',,NaN,,,,,',
      '-3,1,-0.5,1999-12-31,1999-12-31 23:59:59,FALSE,1,',
    ].join('\n')
    const df = await read.options({ header: true, inferSchema: true }).csv(await textFile('inferred.csv', text))
    expect(df.dtypes.map(([, type]) => type)).toEqual([
      'int',
      'bigint',
      'double',
      'date',
      'timestamp',
      'boolean',
      'string',
      'string',
    ])
    expect((await df.collect())[2]).toEqual({
      i: -3,
      l: 1,
      d: -0.5,
      day: new Date('1999-12-31'),
      t: new Date('1999-12-31T23:59:59Z'),
      b: false,
      s: '1',
      none: null,
    })
  })

  test('other separators, quotes and nulls; compressed; several files in order', async () => {
    const one = await textFile('one.csv', "a;'b;c'\n-;2\n")
    const two = at('two.csv.gz')
    await writeFile(two, gzipSync('3;4\n'))
    const df = await read.options({ sep: ';', quote: "'", nullValue: '-' }).csv(one, two)
    expect(await cells(df)).toEqual([
      ['a', 'b;c'],
      [null, '2'],
      ['3', '4'],
    ])
  })

  test.each([
    ['1_000', 'string'],
    ['0x10', 'string'],
    ['nan', 'string'],
    ['-Infinity', 'double'],
    ['+5', 'int'],
    ['1e3', 'double'],
    ['99999999999999999999', 'double'],
    ['2024-02-30', 'string'],
  ])('a cell %s is a %s', async (cell, type) => {
    const path = await textFile('cell.csv', `x\n${cell}\n`)
    expect((await read.options({ header: true, inferSchema: true }).csv(path)).dtypes).toEqual([['x', type]])
  })

  test('cells with line breaks need the option multiLine', async () => {
    const df = createDataFrame([['x\ny', 'a\\b', 'say "hi"']], ['s', 't', 'u'])
    await df.write.option('header', true).csv(at('breaks.csv'))
    const reader = read.option('header', true)
    await expect((await reader.csv(at('breaks.csv'))).collect()).rejects.toThrow(/Set the option multiLine/)
    expect(await (await reader.option('multiLine', true).csv(at('breaks.csv'))).collect()).toEqual(await df.collect())
  })

  test('numbers that are not finite are spelt as Spark spells them', async () => {
    const df = createDataFrame([
      { d: Number.NaN },
      { d: Number.POSITIVE_INFINITY },
      { d: -Infinity },
      { d: null },
      { d: 0.5 },
    ])
    await df.write.csv(at('numbers.csv'))
    expect(await partText('numbers.csv')).toBe('NaN\nInfinity\n-Infinity\n\n0.5\n')
    await df.write.json(at('numbers.json'))
    expect((await partText('numbers.json')).split('\n').slice(0, 3)).toEqual([
      '{"d":"NaN"}',
      '{"d":"Infinity"}',
      '{"d":"-Infinity"}',
    ])
    expect(await (await read.schema('d DOUBLE').json(at('numbers.json'))).collect()).toEqual(await df.collect())
  })

  test('a frame without rows keeps its header', async () => {
    await createDataFrame([], 'a INT, b STRING').write.option('header', true).csv(at('empty.csv'))
    const df = await read.option('header', true).csv(at('empty.csv'))
    expect(df.columns).toEqual(['a', 'b'])
    expect(await df.count()).toBe(0)
  })

  test('written as Spark writes it', async () => {
    const df = createDataFrame(
      [
        [1, 'with, comma', new Date('2024-01-01T02:03:04.005Z')],
        [2, null, null],
      ],
      'i INT, s STRING, t TIMESTAMP',
    )
    await df.write.option('header', true).csv(at('out.csv'))
    expect(await partText('out.csv')).toBe('i,s,t\n1,"with, comma",2024-01-01T02:03:04.005Z\n2,,\n')
    const vectors = createDataFrame([{ v: Vectors.dense(1) }])
    await expect(vectors.write.csv(at('vectors.csv'))).rejects.toThrow(SchemaError)
    expect(await readdir(folder)).not.toContain('vectors.csv')
  })
})

describe('json', () => {
  test('columns in alphabetical order with the types that Spark infers', async () => {
    const path = await textFile('rows.json', '{"s":"2024-01-01","i":1,"o":{"z":1.5,"y":[1]}}\n{"i":2}\n')
    const df = await read.json(path)
    expect(df.dtypes).toEqual([
      ['i', 'bigint'],
      ['o', 'struct<y:array<bigint>,z:double>'],
      ['s', 'string'],
    ])
    expect(await df.collect()).toEqual([
      { i: 1, o: { y: [1], z: 1.5 }, s: '2024-01-01' },
      { i: 2, o: null, s: null },
    ])
  })

  test('written rows come back under their schema', async () => {
    const df = createDataFrame([
      { i: 1, v: Vectors.sparse(3, [1], [2]), s: 'ä "x"' },
      { i: 2, v: null, s: null },
    ])
    await df.write.json(at('out.json'))
    expect(await (await read.schema('i INT, v VECTOR, s STRING').json(at('out.json'))).collect()).toEqual(
      await df.collect(),
    )
  })
})

describe('modes of writing', () => {
  const one = createDataFrame([{ x: 1 }])
  const two = createDataFrame([{ x: 2 }])
  const values = async (name: string): Promise<unknown[]> =>
    (await (await read.parquet(at(name))).orderBy('x').collect()).map((row) => row.x)

  test('error, ignore, append, overwrite', async () => {
    await one.write.parquet(at('modes'))
    await expect(two.write.parquet(at('modes'))).rejects.toThrow(/exists already.*overwrite/)
    await two.write.mode('ignore').parquet(at('modes'))
    expect(await values('modes')).toEqual([1])
    await two.write.mode('append').parquet(at('modes'))
    expect(await values('modes')).toEqual([1, 2])
    await two.write.mode('overwrite').parquet(at('modes'))
    expect(await values('modes')).toEqual([2])
    expect(() => one.write.mode('replace')).toThrow(ParamError)
  })

  test('a frame may replace the files that it reads', async () => {
    await one.union(two).write.parquet(at('self'))
    await (await read.parquet(at('self'))).filter('x > 1').write.mode('overwrite').parquet(at('self'))
    expect(await values('self')).toEqual([2])
  })

  test('a failure leaves what was there and nothing else', async () => {
    await one.write.parquet(at('kept'))
    const failing = two.withTransform({
      name: 'failing',
      inputs: ['x'],
      outputs: [StructField('y', DoubleType)],
      filters: false,
      run() {
        throw new DataError('bad row')
      },
    })
    for (const mode of ['overwrite', 'append']) {
      await expect(failing.write.mode(mode).parquet(at('kept'))).rejects.toThrow('bad row')
    }
    expect(await values('kept')).toEqual([1])
    expect((await readdir(at('kept'))).filter((name) => name.startsWith('.'))).toEqual([])
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

test('mistakes are typed errors', async () => {
  await expect(read.parquet(at('missing'))).rejects.toThrow(/does not exist/)
  await expect(read.parquet(at('missing'))).rejects.toThrow(PersistenceError)
  await expect(read.parquet(await textFile('text.parquet', 'not parquet'))).rejects.toThrow(PersistenceError)
  await expect(read.csv()).rejects.toThrow(ParamError)
  await expect(read.option('heder', true).csv(at('cases.csv'))).rejects.toThrow(
    /"heder" is not supported.*Did you mean "header"/,
  )
  await expect(read.option('header', 'maybe').csv(at('cases.csv'))).rejects.toThrow(/Allowed: true, false/)
})
