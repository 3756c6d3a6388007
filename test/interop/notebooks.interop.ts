import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { notebookNames, prepareNotebooks, runFolder, runNotebook, testNotebook } from '../../scripts/notebooks.mjs'
import { askSpark } from './spark.js'

const examples = new URL('../../examples/', import.meta.url)

describe('notebooks in tslab', () => {
  beforeAll(prepareNotebooks)

  it.each(notebookNames())('%s runs, and shows what is stored', (name) => {
    expect(testNotebook(name)).toEqual([])
  })

  it.each([
    ['an assert', "import assert from 'node:assert/strict'\nassert.equal(1, 2)", /AssertionError/],
    [
      'a type',
      "import { createDataFrame } from 'ridgeline'\ncreateDataFrame([{ a: 1 }]).select('b')",
      /not assignable/,
    ],
    ['an error', "import { createDataFrame } from 'ridgeline'\nawait createDataFrame([])", /SchemaError/],
  ])('fail where %s does', (name, source, message) => {
    const { cells, ...rest } = JSON.parse(readFileSync(new URL('notebooks/rides.ipynb', examples), 'utf8'))
    const cell = { id: 'bad', cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source }
    const file = `${name.replace(' ', '-')}.ipynb`
    writeFileSync(join(runFolder, file), JSON.stringify({ ...rest, cells: [cells[1], cell] }))
    expect(() => runNotebook(file)).toThrow(message)
  })
})

interface Answer {
  coefficients: number[]
  intercept: number
  rmse: number
  r2: number
  avgMetrics: number[]
}

it('the rides notebook asserts the numbers of real Spark', () => {
  const notebook = JSON.parse(readFileSync(new URL('notebooks/rides.ipynb', examples), 'utf8'))
  const code: string = notebook.cells.flatMap((cell: { source: string[] }) => cell.source).join('')
  const asserted = (code.match(/-?\d+\.\d{12,}/g) ?? []).map(Number)
  const csv = askSpark<Answer>('rides_csv.py', [fileURLToPath(new URL('data/rides.csv', examples))])
  const five = askSpark<{ avgMetrics: number[]; rmse: number }>('rides.py')
  const spark = [
    ...[...five.avgMetrics, five.rmse],
    ...[...csv.coefficients, csv.intercept, csv.rmse, csv.r2, ...csv.avgMetrics],
  ]
  // Spark's own last digits depend on the processor's vector width (see rides.interop.ts).
  const near = (a: number, b: number): boolean => Math.abs(a / b - 1) < 1e-9
  expect(spark.filter((number) => !asserted.some((other) => near(number, other)))).toEqual([])
  expect(asserted.filter((number) => !spark.some((other) => near(number, other)))).toEqual([])
})
