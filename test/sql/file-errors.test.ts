import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  DataError,
  ParamError,
  PersistenceError,
  type RidgelineError,
  SchemaError,
  UnsupportedError,
} from '../../src/errors.js'
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
    const quotes = await file('quotes.json', "{'i': 1}\n")
    await expect(read.json(quotes)).rejects.toThrow(UnsupportedError)
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
  })
})
