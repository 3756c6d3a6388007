import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createDataFrame, StructField, StructType, Vectors, VectorUDT } from 'ridgeline'
import { beforeAll, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../.interop/arrow', import.meta.url))
const module = join(folder, 'node_modules', 'apache-arrow', 'Arrow.node.mjs')

interface ArrowModule {
  tableToIPC(table: unknown, type?: string): Uint8Array
  tableFromIPC(bytes: Uint8Array): never
  tableFromArrays(columns: object): never
}

/** The real package, in a folder of its own. */
let arrow: ArrowModule
beforeAll(async () => {
  if (!existsSync(module)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private":true}')
    execFileSync('npm', ['install', '--no-audit', '--no-fund', 'apache-arrow@21'], { cwd: folder, stdio: 'inherit' })
  }
  arrow = (await import(pathToFileURL(module).href)) as ArrowModule
})

const schema = StructType([
  ...createDataFrame(
    [],
    'y TINYINT, h SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, b BOOLEAN, s STRING, bin BINARY, dt DATE, ts TIMESTAMP, a ARRAY<STRING>, m MAP<STRING, DOUBLE>, o STRUCT<p: INT, q: ARRAY<INT>>',
  ).schema.fields,
  StructField('v', VectorUDT),
])
const at = new Date('2024-02-29T01:02:03.004Z')
const rows = [
  [
    1,
    2,
    3,
    2n ** 60n,
    0.5,
    Number.NaN,
    true,
    'ä',
    Uint8Array.of(1, 2),
    new Date('2024-02-29'),
    at,
    ['x', null],
    new Map([['k', 1.5]]),
    { p: 1, q: [1, null] },
    Vectors.dense(1, 2),
  ],
  new Array(15).fill(null),
  [
    -1,
    -2,
    -3,
    -4,
    -0.5,
    -0,
    false,
    '',
    new Uint8Array(),
    new Date('1969-12-31'),
    new Date(-1),
    [],
    new Map(),
    { p: null, q: null },
    Vectors.sparse(3, [2], [7]),
  ],
]

it('a frame becomes a table of the real package, goes through its stream format, and comes back', async () => {
  const df = createDataFrame(rows, schema)
  const table = arrow.tableFromIPC(arrow.tableToIPC(await df.toArrow({ arrow }), 'stream'))
  const back = createDataFrame(table)
  const expected = df.dtypes.map(([name, type]) => [name, type === 'vector' ? 'array<double>' : type])
  expect(back.dtypes).toEqual(expected)
  const [first, nulls, last] = await df.collect()
  expect(await back.collect()).toEqual([{ ...first, v: [1, 2] }, nulls, { ...last, v: [0, 0, 7] }])
})

it('tables that others made are read: slices, dictionaries, rows of several batches', async () => {
  const table = arrow.tableFromArrays({ x: Float64Array.of(1, 2, 3, 4), s: ['a', 'b', 'a', null] }) as {
    slice(start: number, end: number): { concat(other: unknown): never }
  }
  const both = table.slice(1, 3).concat(table.slice(3, 4))
  const df = createDataFrame(both)
  expect(df.dtypes).toEqual([
    ['x', 'double'],
    ['s', 'string'],
  ])
  expect(await df.collect()).toEqual([
    { x: 2, s: 'b' },
    { x: 3, s: 'a' },
    { x: 4, s: null },
  ])
})

it('a frame without rows keeps its columns', async () => {
  const empty = createDataFrame([], 'a INT, b STRING')
  const table = await empty.toArrow({ arrow })
  expect(table.numRows).toBe(0)
  expect(createDataFrame(table).dtypes).toEqual(empty.dtypes)
})
