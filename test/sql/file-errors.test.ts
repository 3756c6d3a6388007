import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { DataError, ParamError, PersistenceError, type RidgelineError, SchemaError } from '../../src/errors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { DuckDB } from '../../src/sql/local/duckdb.js'
import { engineError } from '../../src/sql/local/engine-error.js'
import { createDataFrame, read } from '../../src/sql/session.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
})

const at = (name: string): string => join(folder, name)
const file = async (name: string, text: string | Uint8Array): Promise<string> => {
  await writeFile(at(name), text)
  return at(name)
}
const failure = async (frame: Promise<DataFrame>): Promise<RidgelineError> => {
  const error = await frame.then((df) => df.collect()).catch((raised: unknown) => raised)
  expect(error).toBeInstanceOf(Error)
  return error as RidgelineError
}

const strict = read.option('mode', 'FAILFAST')
const header = read.option('header', true)

describe('what does not fit is told with its file and line', () => {
  test('csv: a cell, in the file and line where it stands first', async () => {
    const good = await file('good.csv', 'i,s\n1,x\n')
    const text = 'i,s\n1,"a\nb"\n\n2,"x, y"\nno,z\nno,z\n'
    const bad = await file('bad.csv', text)
    const reader = strict.options({ header: true, multiLine: true }).schema('i INT, s STRING')
    const error = await failure(reader.csv(good, bad))
    expect(error).toBeInstanceOf(DataError)
    expect(error.details).toMatchObject({ file: bad, line: 6, column: 'i', received: 'no' })
    expect(error.message).toContain(`the cell "no" of the column i is not of type int (${bad}, line 6).`)
    const zipped = await file('bad.csv.gz', gzipSync(text))
    expect((await failure(reader.csv(zipped))).details).toMatchObject({ file: zipped, line: 6 })
  })

  test('csv: a cell far inside a large file', async () => {
    const lines = Array.from({ length: 60_000 }, (_, k) => (k === 50_000 ? 'x,y' : `${k},city`))
    const path = await file('large.csv', `${lines.join('\n')}\n`)
    expect((await failure(strict.schema('i INT, s STRING').csv(path))).details).toMatchObject({
      file: path,
      line: 50_001,
    })
  })

  test.each([
    ['too many cells', 'i,s\n1,a\n2,b,c\n', {}, 3, /the line has 3 cells, 2 are expected: "2,b,c"/],
    ['too few cells in FAILFAST', 'i,s\n1,a\n2\n', { mode: 'FAILFAST' }, 3, /the line has 1 cells, 2 are expected/],
    ['a quote without an end', 'i,s\n1,a\n2,"b\n', {}, 3, /a quote has no end/],
    ['too many cells, backslash as escape', 'i,s\n1,a\n2,b,c\n', { escape: '\\' }, 3, /there are not 2 cells/],
  ])('csv: %s', async (_name, text, options, line, problem) => {
    const path = await file('ragged.csv', text)
    const error = await failure(header.options(options).csv(path))
    expect(error).toBeInstanceOf(DataError)
    expect(error.details).toMatchObject({ file: path, line })
    expect(error.message).toMatch(problem)
  })

  test('csv: a quote without an end where cells may hold line breaks, which the engine alone would lose', async () => {
    const reader = header.option('multiLine', true)
    const path = await file('open.csv', 'a,b\n"x\n""y""",2\n5" pipe,1\n3,"z"\n4,"w\n5,6\n')
    const error = await failure(reader.csv(path))
    expect(error).toBeInstanceOf(DataError)
    expect(error.details).toMatchObject({ file: path, line: 6 })
    // A quote inside a cell that begins without one is none.
    const inch = await file('inch.csv', 'a,b\n5" pipe,1\n')
    expect(await (await reader.csv(inch)).collect()).toEqual([{ a: '5" pipe', b: '1' }])
  })

  test('csv that is not UTF-8', async () => {
    const path = await file('latin.csv', Uint8Array.from([0x69, 0x0a, 0xe9, 0x0a]))
    const error = await failure(header.csv(path))
    expect(error.details).toMatchObject({ file: path, line: 2 })
    expect(error.message).toMatch(/not UTF-8.*option encoding/)
  })

  test('json: lines that are none, values of another type', async () => {
    const good = await file('good.json', '{"i":1}\n')
    const bad = await file('bad.json', '{"i":1}\n{"i":"x"}\n{bad\n')
    const error = await failure(strict.schema('i INT').json(good, bad))
    expect(error).toBeInstanceOf(DataError)
    expect(error.details).toMatchObject({ file: bad, line: 2, column: 'i' })
    const broken = await file('broken.json', '{"i":1}\n\n{bad\n')
    for (const reader of [strict, strict.schema('i INT')]) {
      const none = await failure(reader.json(broken))
      expect(none.details).toMatchObject({ file: broken, line: 3, received: '{bad' })
      expect(none.message).toMatch(/there is no JSON object/)
    }
    const nested = await file('nested.json', '{"o":{"a":1}}\n{"o":{"a":[1]}}\n')
    expect((await failure(strict.schema('o STRUCT<a: INT>').json(nested))).details).toMatchObject({
      line: 2,
      column: 'o',
    })
    const whole = await file('whole.json', '{\n"i":\n}')
    const error2 = await failure(strict.option('multiLine', true).schema('i INT').json(whole))
    expect(error2.details).toMatchObject({ file: whole })
  })

  test('parquet files that do not fit together, or the schema, and damaged ones', async () => {
    await createDataFrame([{ i: 1, s: 'x' }]).write.parquet(at('one'))
    await createDataFrame([{ i: 2, z: true }]).write.parquet(at('two'))
    await createDataFrame([{ i: 'a' }]).write.parquet(at('three'))
    // As in Spark the first file tells the schema, or with mergeSchema all; a column that a file has not is null.
    expect(await (await read.parquet(at('one'), at('two'))).collect()).toEqual([
      { i: 1, s: 'x' },
      { i: 2, s: null },
    ])
    const merged = await read.option('mergeSchema', true).parquet(at('one'), at('two'))
    expect(await merged.collect()).toEqual([
      { i: 1, s: 'x', z: null },
      { i: 2, s: null, z: true },
    ])
    expect(await (await read.schema('I INT, nosuch STRING').parquet(at('one'))).collect()).toEqual([
      { I: 1, nosuch: null },
    ])
    expect(await failure(read.parquet(at('one'), at('three')))).toBeInstanceOf(DataError)
    const types = await failure(read.option('mergeSchema', true).parquet(at('one'), at('three')))
    expect(types).toBeInstanceOf(SchemaError)
    expect(types.details).toMatchObject({ column: 'i', file: expect.stringContaining('three') })
    const [part] = (await readdir(at('one'))).filter((name) => name.startsWith('part-'))
    const bytes = await readFile(join(at('one'), part))
    const damaged = await failure(read.parquet(await file('damaged.parquet', Uint8Array.from(bytes).fill(0xff, 4, 30))))
    expect(damaged).toBeInstanceOf(PersistenceError)
    expect(damaged.details).toMatchObject({ file: at('damaged.parquet') })
  })

  test.each([
    [{ sep: '' }, 'sep'],
    [{ quote: "''" }, 'quote'],
    [{ comment: '//' }, 'comment'],
    [{ encoding: 'klingon' }, 'encoding'],
  ])('options that cannot be are refused: %j', async (options, param) => {
    const error = await failure(read.options(options).csv(at('good.csv')))
    expect(error).toBeInstanceOf(ParamError)
    expect(error.details.param).toBe(param)
  })

  test('character sets by the names of Java', async () => {
    const path = await file('latin1.csv', Uint8Array.from([0xe9, 0x0a]))
    expect(await (await read.option('charset', 'ISO-8859-1').csv(path)).collect()).toEqual([{ _c0: 'é' }])
  })

  test('json whose members differ by case alone', async () => {
    const df = await read.json(await file('case.json', '{"a":1,"A":"x"}\n'))
    expect(df.columns).toEqual(['A', 'a'])
    expect(await df.toDF('x', 'y').collect()).toEqual([{ x: 'x', y: 1 }])
    expect(() => df.select('a')).toThrow(/ambiguous/)
  })

  test('columns that share a name are not written', async () => {
    const { write } = createDataFrame([{ i: 1 }]).select('i', 'i')
    for (const format of ['csv', 'json', 'parquet']) {
      await expect(write.format(format).save(at('twice'))).rejects.toThrow(SchemaError)
    }
  })

  test('files of another kind, missing and empty ones', async () => {
    const text = await file('text.parquet', 'PAR1 no parquet')
    expect(await failure(read.parquet(text))).toBeInstanceOf(PersistenceError)
    expect((await failure(read.parquet(text))).details).toMatchObject({ file: text })
    const zip = await file('no.csv.gz', 'not gzip')
    expect((await failure(read.csv(zip))).details).toMatchObject({ file: zip })
    expect((await failure(read.format('json').load(at('missing.json')))).message).toMatch(/it does not exist/)
    expect((await failure(read.option('pathGlobFilter', '*.tsv').csv(at('good.csv')))).message).toMatch(
      /pathGlobFilter/,
    )
    const mixed = await file('mixed.txt', 'a\r\nb\nc\r\n')
    const ends = await failure(read.text(mixed))
    expect(ends.message).toMatch(/lines end in different ways/)
    expect(ends.details).toMatchObject({ file: mixed })
    expect(() => read.format('orc')).toThrow(ParamError)
    await mkdir(at('links'))
    await symlink(at('nowhere'), at('links/a.csv'))
    expect(await failure(read.csv(at('links')))).toBeInstanceOf(PersistenceError)
  })
})

describe('text', () => {
  test('is written and read line by line, in folders and compressed', async () => {
    const lines = ['a', '', ' "b", c', 'é']
    const df = createDataFrame(
      lines.map((value, k) => ({ value, k: k % 2 })),
      'value STRING, k INT',
    )
    await df.select('value').write.text(at('text'))
    const back = await read.text(at('text'))
    expect(back.dtypes).toEqual([['value', 'string']])
    expect((await back.collect()).map((row) => row.value)).toEqual(lines)
    await df.write.partitionBy('k').option('compression', 'gzip').format('text').save(at('texts'))
    expect(await (await read.format('text').load(at('texts'))).filter('k = 1').collect()).toEqual([
      { value: '', k: 1 },
      { value: 'é', k: 1 },
    ])
    await createDataFrame([{ s: null }, { s: 'x' }], 's STRING').write.text(at('nulls'))
    const [part] = (await readdir(at('nulls'))).filter((name) => name.endsWith('.txt'))
    expect(await readFile(join(at('nulls'), part), 'utf8')).toBe('\nx\n')
    await expect(df.write.text(at('two'))).rejects.toThrow(SchemaError)
    await expect(df.select('k').write.text(at('two'))).rejects.toThrow(/not int/)
  })
})

describe('formats by name, and tables', () => {
  test('format, load, save, table', async () => {
    const df = createDataFrame([{ i: 1, s: 'x' }])
    await df.write.format('JSON').save(at('saved'))
    expect(await (await read.format('json').schema('i INT, s STRING').load(at('saved'))).collect()).toEqual(
      await df.collect(),
    )
    await df.write.mode('overwrite').save(at('saved'))
    expect(await (await read.load(at('saved'))).collect()).toEqual(await df.collect())
    df.createOrReplaceTempView('by_name')
    expect(await read.table('by_name').count()).toBe(1)
    await expect(df.write.saveAsTable('t')).rejects.toThrow(/createOrReplaceTempView\('t'\)/)
    expect(() => df.write.format('avro')).toThrow(/Known formats: csv, json, parquet, text/)
    expect(await (await read.csv([await file('one.csv', 'a\n'), at('one.csv')])).count()).toBe(2)
  })

  test.each([
    ['parquet', 'none', /^part-00000-[0-9a-f-]{36}\.parquet$/],
    ['parquet', 'GZIP', /\.gz\.parquet$/],
    ['json', 'uncompressed', /\.json$/],
    ['csv', 'zstd', /\.csv\.zst$/],
  ])('%s with the codec %s', async (format, codec, name) => {
    const df = createDataFrame([{ i: '1' }])
    await df.write.mode('overwrite').option('compression', codec).format(format).save(at('codec'))
    expect((await readdir(at('codec'))).filter((part) => part !== '_SUCCESS')).toEqual([expect.stringMatching(name)])
    expect(await (await read.format(format).load(at('codec'))).count()).toBe(1)
  })

  test('a codec that a format has not is refused', async () => {
    const { write } = createDataFrame([{ i: 1 }])
    const error = await write
      .option('compression', 'bzip2')
      .csv(at('bz'))
      .catch((raised: unknown) => raised)
    expect(error).toBeInstanceOf(ParamError)
    expect((error as Error).message).toMatch(/Known codecs: none, uncompressed, gzip, zstd/)
  })
})

describe('a full disk', () => {
  const one = createDataFrame([{ x: 1, k: 'a' }])
  const two = createDataFrame([{ x: 2, k: 'b' }])
  const values = async (): Promise<unknown[]> => (await (await read.parquet(at('kept'))).collect()).map((row) => row.x)

  /** The engine writes a part of the file and then has no space; the words are those of the real engine. */
  const fillDisk = (): void => {
    vi.spyOn(DuckDB.prototype, 'run').mockImplementation(async (sql) => {
      const path = /\) TO '([^']+)'/.exec(sql)![1]
      const target = path.endsWith('.parquet') ? path : join(path, 'half.parquet')
      await writeFile(target, 'PAR1 half')
      throw engineError(new Error(`IO Error: Could not write file "${target}": No space left on device`), sql)
    })
  }

  test('is a typed error; nothing is half written, what was there stays', async () => {
    await one.write.parquet(at('kept'))
    fillDisk()
    for (const mode of ['overwrite', 'append']) {
      for (const writer of [two.write.mode(mode), two.write.mode(mode).partitionBy('k')]) {
        const error = await writer.parquet(at('kept')).catch((raised: unknown) => raised)
        expect(error).toBeInstanceOf(PersistenceError)
        expect((error as Error).message).toMatch(/cannot write .*kept: the disk is full.*Free some space/)
      }
    }
    await expect(two.write.parquet(at('fresh'))).rejects.toThrow(PersistenceError)
    vi.restoreAllMocks()
    expect(await values()).toEqual([1])
    expect((await readdir(at('kept'))).filter((name) => !/^part-|_SUCCESS/.test(name))).toEqual([])
    expect((await readdir(folder)).filter((name) => /fresh|^\./.test(name))).toEqual([])
  })

  test('a path that cannot be a folder is a typed error', async () => {
    const path = await file('plain', 'x')
    const error = await two.write.parquet(join(path, 'below')).catch((raised: unknown) => raised)
    expect(error).toBeInstanceOf(PersistenceError)
    expect((error as Error).message).toMatch(/a part of the path is no folder/)
    await expect(two.write.parquet('')).rejects.toThrow(ParamError)
  })
})
