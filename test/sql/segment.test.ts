import { describe, expect, test } from 'vitest'
import { DataError } from '../../src/errors.js'
import type { ColumnData, DictColumn, F64Column } from '../../src/sql/batch.js'
import { buildColumn } from '../../src/sql/column-builder.js'
import { columnReader } from '../../src/sql/column-reader.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { avg, col, count } from '../../src/sql/expression/functions.js'
import { LocalEngine } from '../../src/sql/local/local-engine.js'
import type { BatchTransform } from '../../src/sql/plan.js'
import { createDataFrame, Session } from '../../src/sql/session.js'
import { DoubleType, StringType, StructField, VectorUDT } from '../../src/sql/types.js'

/** x -> 2x, counting the rows that it saw. */
const doubled = (input: string, output: string, seen = { rows: 0 }): BatchTransform => ({
  name: `doubled_${output}`,
  inputs: [input],
  outputs: [StructField(output, DoubleType)],
  filters: false,
  run([x], length) {
    seen.rows += length
    const { data, valid } = x as F64Column
    return { columns: [{ kind: 'f64', data: data.map((v) => 2 * v), valid }] }
  },
})

/** Removes rows where the string is not known, and gives its place in the list. */
const indexed = (labels: readonly string[]): BatchTransform => ({
  name: 'indexed',
  inputs: ['s'],
  outputs: [StructField('index', DoubleType)],
  filters: true,
  run([s], length) {
    const { codes, dictionary } = s as DictColumn
    const data = Float64Array.from({ length }, (_, i) => labels.indexOf(dictionary[codes[i]]))
    return { columns: [{ kind: 'f64', data, valid: null }], keep: Uint8Array.from(data, (v) => (v < 0 ? 0 : 1)) }
  },
})

/** Assembles two columns into a vector; nulls are refused by name of their row. */
const assembled = (a: string, b: string): BatchTransform => ({
  name: 'assembled',
  inputs: [a, b],
  outputs: [StructField('features', VectorUDT)],
  filters: false,
  run(columns, length, firstRow) {
    const values = new Float64Array(2 * length)
    columns.forEach((column, k) => {
      const { data, valid } = column as F64Column
      for (let i = 0; i < length; i++) {
        if (valid && !((valid[i >> 3] >> (i & 7)) & 1))
          throw new DataError('null', { row: firstRow + i, column: [a, b][k] })
        values[2 * i + k] = data[i]
      }
    })
    const features: ColumnData = {
      kind: 'vector',
      size: 2,
      sizes: null,
      offsets: null,
      indices: null,
      values,
      dense: null,
      valid: null,
    }
    return { columns: [features] }
  },
})

const n = 10_000
const local = createDataFrame({
  x: Float64Array.from({ length: n }, (_, i) => i),
  s: Array.from({ length: n }, (_, i) => ['FR', 'DE', 'a label of more than twelve bytes', 'ZZ'][i % 4]),
})
/** The same rows, but read through the engine. */
const engine = local.filter('true')
const labels = ['DE', 'FR', 'a label of more than twelve bytes']

describe.each([
  ['in memory', local],
  ['from the engine', engine],
] as [string, DataFrame][])('segments over rows %s', (_, frame) => {
  const scored = frame
    .withTransform(indexed(labels))
    .withTransform(doubled('x', 'y'))
    .withTransform(assembled('x', 'y'))

  test('pull: rows come with the outputs, without those that were removed', async () => {
    const rows = await scored.collect()
    expect(rows).toHaveLength(0.75 * n)
    expect(rows[3]).toEqual({
      x: 4,
      s: 'FR',
      index: 1,
      y: 8,
      features: expect.objectContaining({ values: Float64Array.of(4, 8) }),
    })
    expect(await scored.count()).toBe(0.75 * n)
  })

  test('push: relational work over the outputs', async () => {
    const groups = await scored
      .filter('y >= 100')
      .groupBy('index')
      .agg(count('x').alias('n'), avg('y').alias('mean'))
      .orderBy('index')
      .collect()
    // Recomputed from the definition: x = 50 … n - 1 with x % 4 = 1 (DE), 0 (FR), 2 (the long one).
    const expected = [1, 0, 2].map((rest, index) => {
      const xs = Array.from({ length: n }, (_, i) => i).filter((i) => i >= 50 && i % 4 === rest)
      return { index, n: xs.length, mean: (2 * xs.reduce((sum, x) => sum + x, 0)) / xs.length }
    })
    expect(groups).toEqual(expected)
    const first = await scored.orderBy(col('x').desc()).select('features', 's').first()
    expect(first).toEqual({
      features: expect.objectContaining({ values: Float64Array.of(9998, 19_996) }),
      s: labels[2],
    })
  })

  test('partitions survive', async () => {
    const partitions = new Set<number>()
    for await (const batch of scored.batches(['features'])) partitions.add(batch.partition)
    expect([...partitions]).toEqual([0, 1])
  })

  test('batches have the named columns in order, and steps that nobody needs do not run', async () => {
    const seen = { rows: 0 }
    const unused = { rows: 0 }
    const df = frame.withTransform(doubled('x', 'y', seen)).withTransform(doubled('y', 'z', unused))
    let length = 0
    for await (const batch of df.batches(['y', 'x'])) {
      const [y, x] = batch.columns as readonly F64Column[]
      expect(y.data[0]).toBe(2 * x.data[0])
      length += batch.length
    }
    expect([length, seen.rows, unused.rows]).toEqual([n, n, 0])
    expect(await df.filter('y < 10').count()).toBe(5)
    expect([seen.rows, unused.rows]).toEqual([2 * n, 0])
    expect(await df.select('x').count()).toBe(n)
    expect(seen.rows).toBe(2 * n)
  })

  test('a step may replace its own input, and read what another replaced', async () => {
    const df = frame.withTransform(doubled('x', 'x')).withTransform(doubled('x', 'x')).withTransform(doubled('x', 'y'))
    expect(df.columns).toEqual(['x', 's', 'y'])
    expect(await df.limit(3).collect()).toMatchObject([
      { x: 0, y: 0 },
      { x: 4, y: 8 },
      { x: 8, y: 16 },
    ])
    expect(await df.filter('x = 8').collect()).toEqual([{ x: 8, s: labels[2], y: 16 }])
  })

  test('an error of a step is the error of the action, on both roads', async () => {
    const df = frame.selectExpr('CASE WHEN x <> 7 THEN x END AS x', 'x AS z').withTransform(assembled('x', 'z'))
    await expect(df.collect()).rejects.toThrow(/null \(row 7\)/)
    await expect(df.filter('z >= 0').collect()).rejects.toThrow(DataError)
  })

  test('a signal stops between batches', async () => {
    const controller = new AbortController()
    const run = async () => {
      for await (const batch of scored.batches(['x'], { signal: controller.signal })) {
        expect(batch.length).toBeGreaterThan(0)
        controller.abort(new Error('enough'))
      }
    }
    await expect(run()).rejects.toThrow('enough')
  })

  test('rows that a step removes do not come back when it removes all', async () => {
    const none = frame.withTransform(indexed([])).withTransform(assembled('x', 'index'))
    expect(await none.count()).toBe(0)
    expect(await none.filter('x > 1').collect()).toEqual([])
  })
})

test('string, nested and null outputs pass the engine', async () => {
  const texts: BatchTransform = {
    name: 'texts',
    inputs: ['x', 's'],
    outputs: [StructField('t', StringType)],
    filters: false,
    run([x, s], length) {
      const [number, text] = [columnReader(x, DoubleType), columnReader(s, StringType)]
      const values = Array.from({ length }, (_, i) => (Number(number(i)) % 2 === 0 ? null : `${text(i)}${number(i)}`))
      return { columns: [buildColumn(StringType, values, 't')] }
    },
  }
  const df = engine.withTransform(texts)
  expect(await df.filter('t IS NOT NULL').orderBy('x').select('t').limit(2).collect()).toEqual([
    { t: 'DE1' },
    { t: 'ZZ3' },
  ])
  expect(await df.filter('t IS NULL').count()).toBe(n / 2)
})

test('five rows in memory never start the engine', async () => {
  const engine = new LocalEngine()
  engine.duckdb = () => {
    throw new Error('the engine was asked for')
  }
  const session = new Session({ engine })
  const df = session.createDataFrame([1, 2, 3, 4, 5].map((x) => ({ x: x + 0.5 })))
  const [a, b] = df.withTransform(doubled('x', 'y')).select('y', 'x').union(df.select('x', 'x')).randomSplit([1, 1], 1)
  expect((await a.coalesce(1).limit(9).count()) + (await b.repartition(2).cache().count())).toBe(10)
})

test('explain tells which road each node takes', async () => {
  const df = engine.withTransform(doubled('x', 'y')).filter('y > 1').withTransform(doubled('y', 'z'))
  const text = await df.session.engine.explain(df.plan)
  expect(text).toMatch(
    /MlSegment \[doubled_z\] {2}<- pull\n.*Filter \(y > 1\) {2}<- sql\n.*MlSegment \[doubled_y\] {2}<- push\n/,
  )
  expect(text).toMatch(/== SQL 1 ==\nSELECT .*js_kernel\(x\).*js_table\(10000 rows\)/)
})
