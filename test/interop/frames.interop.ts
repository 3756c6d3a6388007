import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataFrame, read, StringIndexer, type Vector, VectorAssembler, Vectors } from 'ridgeline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askSpark } from './spark.js'

interface Answer {
  schema: { fields: { name: string; type: unknown; metadata: Record<string, unknown> }[] }
  rows: [id: number, prediction: number, vector: object | null][]
  mean: number[]
  show: string
  showFull: string
  showVertical: string
}

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-frames-'))
const ours = join(folder, 'ours')
const theirs = join(folder, 'theirs')
let spark: Answer

const rows = [
  { id: 1, city: 'FR', prediction: 1.5, v: Vectors.dense(1, 2) },
  { id: 2, city: 'DE', prediction: -0.25, v: Vectors.sparse(2, [1], [4]) },
  { id: 3, city: 'FR', prediction: 1e-300, v: null },
]

beforeAll(async () => {
  const indexed = await new StringIndexer({ inputCol: 'city', outputCol: 'idx' }).fit(createDataFrame(rows))
  const frame = indexed.transform(createDataFrame(rows))
  const assembled = new VectorAssembler({ inputCols: ['prediction', 'idx'], outputCol: 'features' }).transform(frame)
  await assembled.write.parquet(ours)
  spark = askSpark<Answer>('frames.py', [ours, theirs])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('parquet', () => {
  it('written here is read by Spark, vectors and attributes included', () => {
    expect(spark.rows).toEqual(rows.map(({ id, prediction, v }) => [id, prediction, v?.toJSON() ?? null]))
    expect(spark.mean).toEqual([0.5, 3])
    const field = (name: string) => spark.schema.fields.find((f) => f.name === name)
    expect(field('v')?.type).toMatchObject({ type: 'udt', class: 'org.apache.spark.ml.linalg.VectorUDT' })
    expect(field('idx')?.metadata).toEqual({ ml_attr: { type: 'nominal', name: 'idx', vals: ['FR', 'DE'] } })
    expect(field('features')?.metadata).toMatchObject({ ml_attr: { num_attrs: 2 } })
  })

  it('written by Spark is read here', async () => {
    const frame = await read.parquet(theirs)
    const read_ = await frame.orderBy('id').collect()
    expect(read_.map((r) => [r.id, r.i, r.d, r.s, r.b])).toEqual([
      [1, 7, 1.5, 'a', true],
      [2, null, null, null, null],
      [3, -4, Number.NaN, 'été', false],
      [4, 2147483647, Number.POSITIVE_INFINITY, '', true],
    ])
    expect(read_.map((r) => (r.v as Vector | null)?.toString() ?? null)).toEqual([
      '[1.0,0.0,NaN]',
      null,
      '(3,[1],[2.5])',
      '[0.0,0.0,0.0]',
    ])
    expect(frame.schema.fields.find((f) => f.name === 'v')?.metadata).toEqual({
      ml_attr: { attrs: { numeric: [{ idx: 0, name: 'x' }] }, num_attrs: 3 },
    })
  })
})

it('show() prints the table that Spark prints', async () => {
  const frame = (await read.parquet(theirs)).orderBy('id')
  expect(await frame.showString()).toBe(spark.show)
  expect(await frame.showString({ truncate: 0 })).toBe(spark.showFull)
  expect(await frame.showString({ n: 2, vertical: true })).toBe(spark.showVertical)
})
