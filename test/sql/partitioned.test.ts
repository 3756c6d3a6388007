import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataError, ParamError, PersistenceError, SchemaError, UnsupportedError } from '../../src/errors.js'
import { createDataFrame, read } from '../../src/sql/session.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-'))
})
afterAll(() => rm(folder, { recursive: true }))

const at = (...names: string[]): string => join(folder, ...names)
const file = async (name: string, text: string): Promise<string> => {
  await mkdir(dirname(at(name)), { recursive: true })
  await writeFile(at(name), text)
  return at(name)
}

const rides = createDataFrame(
  [
    { id: 1, city: 'a/b c', year: 2024, day: new Date('2024-02-29'), price: 1.5 },
    { id: 2, city: null, year: 2023, day: null, price: Number.NaN },
    { id: 3, city: 'FR', year: 2024, day: new Date('2024-02-29'), price: 2 },
  ],
  'id INT, city STRING, year INT, day DATE, price DOUBLE',
)

describe('folders by values', () => {
  test('folders have the names that Spark 4.0.1 gives them', async () => {
    const values = ['é😀', 'a b', 'a:b/c=d%e', 'x"y\'z*?', '[k]{m}^~!@&()+,;<>|', '#\\', 't\tn\n']
    const names = [
      'é😀',
      'a b',
      'a%3Ab%2Fc%3Dd%25e',
      'x%22y%27z%2A%3F',
      '%5Bk%5D%7Bm}%5E~!@&()+,;<>|',
      '%23%5C',
      't%09n%0A',
    ]
    const path = at('names')
    await createDataFrame(values.map((s, id) => ({ id, s })))
      .write.partitionBy('s')
      .json(path)
    expect((await readdir(path)).sort()).toEqual(['_SUCCESS', ...names.map((name) => `s=${name}`)].sort())
    expect((await (await read.json(path)).orderBy('id').collect()).map(({ s }) => s)).toEqual(values)
  })

  test.each(['csv', 'parquet', 'json'] as const)('%s is written and read back', async (format) => {
    const path = at(`by-${format}`)
    await rides.write
      .partitionBy('Year', 'city')
      .option('compression', format === 'parquet' ? 'zstd' : 'gzip')
      [format](path)
    expect((await readdir(path)).sort()).toEqual(['_SUCCESS', 'year=2023', 'year=2024'])
    expect(await readdir(join(path, 'year=2023'))).toEqual(['city=__HIVE_DEFAULT_PARTITION__'])
    const [part] = await readdir(join(path, 'year=2024', 'city=FR'))
    expect(part).toMatch(/^part-00000-[0-9a-f-]{36}\.((csv|json)\.gz|zstd\.parquet)$/)
    const back = await read.schema('id INT, day DATE, price DOUBLE')[format](path)
    expect(back.dtypes.slice(3)).toEqual([
      ['year', 'int'],
      ['city', 'string'],
    ])
    expect(
      await back
        .orderBy('id')
        .select(...rides.columns)
        .collect(),
    ).toEqual(await rides.collect())
    expect(await back.filter("city = 'FR'").select('id').collect()).toEqual([{ id: 3 }])
  })

  test('append adds files to folders, overwrite leaves nothing of before', async () => {
    const path = at('append')
    const write = rides.write.partitionBy('year')
    await write.parquet(path)
    await write.mode('append').parquet(path)
    expect(await (await read.parquet(path)).count()).toBe(6)
    expect(await readdir(join(path, 'year=2024'))).toHaveLength(2)
    await rides.filter('year = 2024').write.partitionBy('year').mode('overwrite').parquet(path)
    expect((await readdir(path)).sort()).toEqual(['_SUCCESS', 'year=2024'])
  })

  test('types of values: the narrowest that fits all, or that of the schema', async () => {
    await file('types/i=1/d=2024-01-01/s=1/n=1.csv', 'x\n1\n')
    await file('types/i=3000000000/d=2024-01-02/s=x/n=1.csv', 'x\n2\n')
    const path = at('types')
    const header = read.option('header', true)
    await file('types/.hidden/i=1/x.csv', 'no')
    expect((await header.csv(path)).dtypes.slice(1)).toEqual([
      ['i', 'bigint'],
      ['d', 'date'],
      ['s', 'string'],
    ])
    const given = await header.schema('x INT, i STRING').csv(path)
    expect(given.dtypes.map(([, type]) => type)).toEqual(['int', 'string', 'date', 'string'])
    expect((await header.option('recursiveFileLookup', true).csv(path)).columns).toEqual(['x'])
  })

  test('what cannot be is refused', async () => {
    expect(() => rides.write.partitionBy(1 as never)).toThrow(ParamError)
    await expect(rides.write.partitionBy('nosuch').csv(at('no'))).rejects.toThrow(SchemaError)
    await expect(rides.select('id').write.partitionBy('id').csv(at('no'))).rejects.toThrow(/all columns/)
    const nested = createDataFrame([{ id: 1, a: [1] }])
    await expect(nested.write.partitionBy('a').parquet(at('no'))).rejects.toThrow(/cannot name folders/)
    await file('mixed/a=1/x.csv', '1\n')
    await file('mixed/b=1/x.csv', '1\n')
    await expect(read.csv(at('mixed'))).rejects.toThrow(/different columns/)
    expect((await readdir(folder)).filter((name) => name.startsWith('no') || name.includes('tmp'))).toEqual([])
  })
})

describe('patterns of paths', () => {
  test('files that fit, in order', async () => {
    for (const name of ['2024-01', '2024-02', '2023-12']) await file(`glob/${name}.csv`, `${name}\n`)
    await file('glob/deep/2024-03.csv', '2024-03\n')
    const rows = async (...paths: string[]) => (await (await read.csv(...paths)).collect()).map((row) => row._c0)
    expect(await rows(at('glob/2024-*.csv'))).toEqual(['2024-01', '2024-02'])
    expect(await rows(at('glob/202[34]-?{1,2}.csv'))).toEqual(['2023-12', '2024-01', '2024-02'])
    expect(await rows(at('glob/*/*.csv'), at('glob/2023-12.csv'))).toEqual(['2024-03', '2023-12'])
    expect(await rows(at('gl*b/[!x]*-01.csv'))).toEqual(['2024-01'])
    await expect(read.csv(at('glob/2022-*.csv'))).rejects.toThrow(PersistenceError)
  })
})

describe('csv that does not fit', () => {
  test('goes into a column of corrupt records', async () => {
    const path = await file('bad.csv', '1,a,2024-01-01\nx,b,2024-01-02\n3,"c, ""d"""\n4,e,2024-01-04,more\n\n5,,\n')
    const df = await read.schema('i INT, s STRING, d DATE, _corrupt_record STRING').csv(path)
    const day = (text: string) => new Date(text)
    expect(await df.collect()).toEqual([
      { i: 1, s: 'a', d: day('2024-01-01'), _corrupt_record: null },
      { i: null, s: 'b', d: day('2024-01-02'), _corrupt_record: 'x,b,2024-01-02' },
      { i: 3, s: 'c, "d"', d: null, _corrupt_record: '3,"c, ""d"""' },
      { i: 4, s: 'e', d: day('2024-01-04'), _corrupt_record: '4,e,2024-01-04,more' },
      { i: 5, s: null, d: null, _corrupt_record: null },
    ])
    const named = read.option('columnNameOfCorruptRecord', 'bad').schema('i INT, bad STRING, s STRING, d DATE')
    expect(await (await named.csv(path)).filter('bad IS NOT NULL').count()).toBe(3)
    await expect((await named.option('multiLine', true).csv(path)).collect()).rejects.toThrow(UnsupportedError)
    const number = read.schema('i INT, s STRING, d DATE, _corrupt_record INT').csv(path)
    await expect(number.then((frame) => frame.collect())).rejects.toThrow(SchemaError)
  })

  test('is left out, or an error that names cell and column', async () => {
    const path = await file('cells.csv', '1,a\nx,b\n3,c\n')
    const schema = read.schema('i INT, s STRING')
    expect(await (await schema.option('mode', 'DROPMALFORMED').csv(path)).select('s').collect()).toEqual([
      { s: 'a' },
      { s: 'c' },
    ])
    const strict = (await schema.option('mode', 'FAILFAST').csv(path)).collect()
    await expect(strict).rejects.toThrow(DataError)
    await expect(strict).rejects.toThrow(/"x" of the column i is not of type int/)
  })
})

describe('patterns of dates and times', () => {
  test('are read, inferred and written', async () => {
    const path = await file('times.csv', '29/02/2024 13:05,Feb 3 2024\n01/03/2024 00:00,Mar 14 2024\n')
    const patterns = { timestampFormat: 'dd/MM/yyyy HH:mm', dateFormat: 'MMM d yyyy' }
    const df = await read.options({ inferSchema: true, ...patterns }).csv(path)
    expect(df.dtypes.map(([, type]) => type)).toEqual(['timestamp', 'date'])
    expect(await df.first()).toEqual({ _c0: new Date('2024-02-29T13:05:00Z'), _c1: new Date('2024-02-03') })
    await df.write.options({ timestampFormat: "yyyy-MM-dd'T'HH", dateFormat: 'yyyyMMdd' }).csv(at('times'))
    const [part] = (await readdir(at('times'))).filter((name) => name.startsWith('part'))
    expect(await readFile(at('times', part), 'utf8')).toBe('2024-02-29T13,20240203\n2024-03-01T00,20240314\n')
    await expect(
      read
        .option('timestampFormat', 'YYYY-ww')
        .schema('t TIMESTAMP')
        .csv(path)
        .then((f) => f.collect()),
    ).rejects.toThrow(ParamError)
  })
})
