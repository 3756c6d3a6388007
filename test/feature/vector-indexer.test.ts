import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { StringIndexer } from '../../src/feature/string-indexer.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { VectorIndexer, VectorIndexerModel } from '../../src/feature/vector-indexer.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { Pipeline } from '../../src/pipeline/pipeline.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf } from '../../src/sql/types.js'

const frame = (...vectors: (Vector | null)[]) =>
  createDataFrame(
    vectors.map((x) => [x]),
    'x VECTOR',
  )
const dense = (...values: number[]) => Vectors.dense(values)
const indexer = (params: object = {}) => new VectorIndexer({ inputCol: 'x', outputCol: 'i', ...params })
const fit = (data: DataFrame, params: object = {}) => indexer(params).fit(data)
const mapsOf = (model: VectorIndexerModel) =>
  Object.fromEntries([...model.categoryMaps].map(([feature, map]) => [feature, Object.fromEntries(map)]))
const column = async (data: DataFrame) => (await data.collect()).map((row) => String(row.i))
const attrs = (data: DataFrame) => (fieldOf(data.schema, 'i').metadata.ml_attr as { attrs: unknown }).attrs

describe('VectorIndexer', () => {
  test('takes features with few values as categories, 0 first', async () => {
    const data = frame(dense(-1, 0.1, 5), dense(3, 0.2, 5), dense(0, 0.3, 5))
    const model = await fit(data, { maxCategories: 2 })
    expect([model.numFeatures, mapsOf(model)]).toEqual([3, { 2: { 5: 0 } }])
    expect(mapsOf(await fit(data, { maxCategories: 3 }))).toEqual({
      0: { 0: 0, '-1': 1, 3: 2 },
      1: { 0.1: 0, 0.2: 1, 0.3: 2 },
      2: { 5: 0 },
    })
    expect(await column(model.transform(data))).toEqual(['[-1.0,0.1,0.0]', '[3.0,0.2,0.0]', '[0.0,0.3,0.0]'])
  })

  test('counts the zeros that sparse vectors leave out, and keeps them sparse', async () => {
    const data = frame(Vectors.sparse(3, [0, 2], [7, 1]), Vectors.sparse(3, [2], [1]), dense(7, 4, 2))
    const model = await fit(data)
    expect(mapsOf(model)).toEqual({ 0: { 0: 0, 7: 1 }, 1: { 0: 0, 4: 1 }, 2: { 1: 0, 2: 1 } })
    expect(await column(model.transform(data))).toEqual(['(3,[0,2],[1.0,0.0])', '(3,[2],[0.0])', '[1.0,1.0,1.0]'])
  })

  test('gives the same categories for dense and sparse rows, in any order and partitions', async () => {
    const row = fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 3, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), fc.array(fc.boolean()), async (rows, sparse) => {
        const vectors = rows.map((values, i) => (sparse[i] ? dense(...values).toSparse() : dense(...values)))
        const expected = Object.fromEntries(
          [0, 1, 2].flatMap((feature) => {
            const values = [...new Set(rows.map((r) => r[feature]))].sort((a, b) => a - b)
            const ordered = values.includes(0) ? [0, ...values.filter((v) => v !== 0)] : values
            return values.length > 4 ? [] : [[feature, Object.fromEntries(ordered.map((v, i) => [v, i]))]]
          }),
        )
        const data = frame(...vectors)
        const model = await fit(data, { maxCategories: 4 })
        expect(mapsOf(model)).toEqual(expected)
        expect(mapsOf(await fit(frame(...[...vectors].reverse()), { maxCategories: 4 }))).toEqual(expected)
        const indexed = (await model.transform(data).collect()).map((r) => [...(r.i as Vector).toArray()])
        expect(indexed).toEqual(rows.map((values) => values.map((v, j) => model.categoryMaps.get(j)?.get(v) ?? v)))
      }),
      { numRuns: 50 },
    )
  })

  const known = frame(dense(0.5, 1), dense(1.5, 2), dense(2.5, 1))
  const unseen = frame(dense(9, 1), dense(0, 3), dense(Number.NaN, 2))
  const handling = (handleInvalid: string) => fit(known, { maxCategories: 2, handleInvalid })

  test('refuses, skips or counts up unseen values; continuous features take any', async () => {
    await expect((await handling('error')).transform(unseen).collect()).rejects.toThrow(
      'column "x" holds 3 in feature 1 (row 1)',
    )
    expect(await column((await handling('skip')).transform(unseen))).toEqual(['[9.0,0.0]', '[NaN,1.0]'])
    expect(await column((await handling('keep')).transform(unseen))).toEqual(['[9.0,0.0]', '[0.0,2.0]', '[NaN,1.0]'])
  })

  // Real Spark 4.0.1 does all of this.
  test('takes NaN as a value in fit and as unseen in transform', async () => {
    const data = frame(dense(Number.NaN, 1), dense(2, 0), dense(Number.NaN, 1))
    const model = await fit(data, { handleInvalid: 'keep' })
    expect(mapsOf(model)).toEqual({ 0: { 2: 0, NaN: 1 }, 1: { 0: 0, 1: 1 } })
    expect(await column(model.transform(data))).toEqual(['[2.0,1.0]', '[0.0,0.0]', '[2.0,1.0]'])
    expect(attrs(model.transform(data))).toMatchObject({ binary: [{ vals: ['2.0', 'NaN'] }, { vals: ['0.0', '1.0'] }] })
    await expect((await fit(data)).transform(data).collect()).rejects.toThrow(DataError)
  })

  test('a zero that a sparse vector leaves out has index 0, seen or not; -0 is 0', async () => {
    const model = await fit(frame(dense(1, 0), dense(2, 5)))
    expect(await column(model.transform(frame(Vectors.sparse(2, [0], [1]), dense(2, -0))))).toEqual([
      '(2,[0],[0.0])',
      '[1.0,0.0]',
    ])
    await expect(model.transform(frame(dense(0, 0))).collect()).rejects.toThrow(DataError)
    expect(mapsOf(await fit(frame(dense(0), dense(-0), dense(1))))).toEqual({ 0: { 0: 0, 1: 1 } })
  })

  test('marks categorical slots, and keeps names and other attributes', async () => {
    const data = createDataFrame(
      Array.from({ length: 6 }, (_, i) => ({ a: i, b: 'xyz'[i % 3], d: i % 2 })),
      'a DOUBLE, b STRING, d DOUBLE',
    )
    const steps = new Pipeline({
      stages: [
        new StringIndexer({ inputCol: 'b', outputCol: 'c' }),
        new VectorAssembler({ inputCols: ['a', 'c', 'd'], outputCol: 'x' }),
      ],
    })
    const assembled = (await steps.fit(data)).transform(data)
    const a = { name: 'a', idx: 0 }
    const d = { vals: ['0.0', '1.0'], name: 'd', idx: 2 }
    const indexed = async (maxCategories: number) =>
      attrs((await fit(assembled, { maxCategories })).transform(assembled))
    expect(await indexed(2)).toEqual({
      nominal: [{ vals: ['x', 'y', 'z'], name: 'c', idx: 1 }],
      binary: [d],
      numeric: [a],
    })
    expect(await indexed(4)).toEqual({
      nominal: [{ ord: false, vals: ['0.0', '1.0', '2.0'], name: 'c', idx: 1 }],
      binary: [d],
      numeric: [a],
    })
  })

  test('has the text of Spark', async () => {
    const model = await new VectorIndexer({ inputCol: 'x', outputCol: 'i' }, 'vi').fit(known)
    expect(String(model)).toBe('VectorIndexerModel: uid=vi, numFeatures=2, handleInvalid=error')
  })

  test('refuses bad rows and columns with typed errors', async () => {
    await expect(fit(frame(dense(1), null))).rejects.toThrow(DataError)
    await expect(fit(frame(dense(1), dense(1, 2)))).rejects.toThrow(DataError)
    await expect(fit(frame())).rejects.toThrow('no rows')
    await expect(fit(createDataFrame([{ x: 1 }]))).rejects.toThrow(SchemaError)
    expect(() => indexer({ maxCategories: 1 })).toThrow(ParamError)
    const model = await handling('skip')
    await expect(model.transform(frame(null)).collect()).rejects.toThrow(DataError)
    await expect(model.transform(frame(dense(1, 2, 3))).collect()).rejects.toThrow(DataError)
    const three = new VectorAssembler({ inputCols: ['p', 'p', 'p'], outputCol: 'x' })
    expect(() => model.transform(three.transform(createDataFrame([{ p: 0.5 }])))).toThrow(
      '"x" has 3 features by its metadata',
    )
    expect(() => new VectorIndexerModel({ numFeatures: 1, categoryMaps: new Map([[1, new Map()]]) })).toThrow(
      ParamError,
    )
  })
})
