import { describe, expect, it } from 'vitest'
import { DataError, ParamError, SchemaError, UnsupportedError } from '../../src/errors.js'
import { StringIndexer, StringIndexerModel } from '../../src/feature/string-indexer.js'
import { createDataFrame } from '../../src/sql/session.js'

const cities = (...values: (string | null)[]) =>
  createDataFrame(
    values.map((city) => ({ city })),
    'city STRING',
  )
const single = { inputCol: 'city', outputCol: 'i' } as const
const indices = async (model: StringIndexerModel, ...values: (string | null)[]) =>
  (await model.transform(cities(...values)).collect()).map((row) => row.i)

describe('StringIndexer', () => {
  it('learns labels over partitions', async () => {
    const data = createDataFrame({ city: ['b', 'a', 'c', 'c', 'b', 'c'] }, 'city STRING', { numPartitions: 3 })
    const model = await new StringIndexer(single).fit(data)
    expect(model.labels).toEqual(['c', 'b', 'a'])
    expect(model.labelsArray).toEqual([['c', 'b', 'a']])
  })

  it('takes one column several times', async () => {
    const indexer = new StringIndexer({ inputCols: ['city', 'city'], outputCols: ['i', 'j'] })
    const rows = await (await indexer.fit(cities('b', 'a', 'b'))).transform(cities('a')).collect()
    expect(rows).toEqual([{ city: 'a', i: 1, j: 1 }])
  })

  it('learns nothing from no rows, and from nulls only', async () => {
    expect((await new StringIndexer(single).fit(cities())).labels).toEqual([])
    expect((await new StringIndexer(single).fit(cities(null, null))).labels).toEqual([])
  })

  it.each([
    [{ inputCol: 'city', inputCols: ['city'], outputCols: ['i'] }, 'both "inputCol" and "inputCols" are set'],
    [{ outputCol: 'i' }, 'parameter "inputCol" is not set'],
    [{ inputCols: ['city'] }, 'parameter "outputCols" is not set'],
    [{ inputCols: ['city'], outputCols: ['i', 'j'] }, '"inputCols" has 1 elements and "outputCols" has 2'],
    [{ inputCol: 'city', outputCols: ['i'] }, 'parameter "outputCols" does not go with "inputCol"'],
  ])('refuses %j', async (params, message) => {
    const fit = new StringIndexer(params).fit(cities('a'))
    await expect(fit).rejects.toThrow(ParamError)
    await expect(fit).rejects.toThrow(message)
  })

  it('refuses a missing column, naming the nearest, and columns that are neither numeric nor string', async () => {
    const missing = new StringIndexer({ inputCol: 'citty', outputCol: 'i' }).fit(cities('a'))
    await expect(missing).rejects.toThrow(SchemaError)
    await expect(missing).rejects.toThrow('Did you mean "city"?')
    const flags = createDataFrame([{ city: true }])
    await expect(new StringIndexer(single).fit(flags)).rejects.toThrow('has type boolean')
    const twice = new StringIndexer({ inputCols: ['city', 'city'], outputCols: ['i', 'i'] }).fit(cities('a'))
    await expect(twice).rejects.toThrow('output column "i" (outputCols) exists already')
  })

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(new StringIndexer(single).fit(cities('a'), { signal })).rejects.toThrow('enough')
  })
})

describe('StringIndexerModel', () => {
  it('fails on what it does not know, and says what it knows', async () => {
    const model = StringIndexerModel.fromLabels(['FR', 'US'], 'city', 'i')
    await expect(indices(model, 'FR', 'ZZ')).rejects.toThrow(DataError)
    await expect(indices(model, 'FR', 'ZZ')).rejects.toMatchObject({
      message: `${model.uid}: unseen label "ZZ" in column "city" (row 1). Known labels: FR, US. Set handleInvalid to "keep" or "skip".`,
      details: { stage: model.uid, column: 'city', row: 1, received: 'ZZ' },
    })
    await expect(indices(model, '')).rejects.toThrow('unseen label ""')
    await expect(indices(model, null)).rejects.toThrow('null in column "city" (row 0)')
    const many = Array.from({ length: 12 }, (_, i) => `l${i}`)
    await expect(indices(StringIndexerModel.fromLabels(many, 'city', 'i'), 'x')).rejects.toThrow('l9 and 2 more.')
  })

  it('numbers the row in the frame, over batches', async () => {
    const model = StringIndexerModel.fromLabels(['a'], 'city', 'i')
    const data = createDataFrame({ city: ['a', 'a', 'a', 'b'] }, 'city STRING', { numPartitions: 2 })
    await expect(model.transform(data).collect()).rejects.toMatchObject({ details: { row: 3 } })
  })

  it('is bound when transform is called, whatever is set afterwards', async () => {
    const model = StringIndexerModel.fromLabels(['FR'], 'city', 'i', 'keep')
    const out = model.transform(cities('ZZ'))
    model.setHandleInvalid('error')
    expect(await out.collect()).toEqual([{ city: 'ZZ', i: 1 }])
  })

  it('keeps or skips what it does not know', async () => {
    const labels = ['FR', 'US']
    const keep = StringIndexerModel.fromLabels(labels, 'city', 'i', 'keep')
    expect(await indices(keep, 'US', 'ZZ', null, '', 'FR')).toEqual([1, 2, 2, 2, 0])
    const skip = StringIndexerModel.fromLabels(labels, 'city', 'i', 'skip')
    expect(await skip.transform(cities('US', 'ZZ', null, '', 'FR')).collect()).toEqual([
      { city: 'US', i: 1 },
      { city: 'FR', i: 0 },
    ])
  })

  it('drops a row that any of its columns drops', async () => {
    const model = StringIndexerModel.fromArraysOfLabels([['a'], ['x']], ['s', 't'], ['i', 'j'], 'skip')
    const data = createDataFrame([
      { s: 'a', t: '?' },
      { s: '?', t: 'x' },
      { s: 'a', t: 'x' },
    ])
    expect(await model.transform(data).collect()).toEqual([{ s: 'a', t: 'x', i: 0, j: 0 }])
  })

  it('writes the labels into the metadata', () => {
    const field = (mode: 'keep' | 'error') => {
      const { fields } = StringIndexerModel.fromLabels(['FR'], 'city', 'i', mode).transform(cities('FR')).schema
      return { metadata: fields[1].metadata, nullable: fields[1].nullable }
    }
    expect(field('error')).toEqual({
      metadata: { ml_attr: { vals: ['FR'], type: 'nominal', name: 'i' } },
      nullable: false,
    })
    expect(field('keep').metadata).toEqual({ ml_attr: { vals: ['FR', '__unknown'], type: 'nominal', name: 'i' } })
  })

  it('passes over a column that does not exist, but not where rows are to be skipped', async () => {
    const model = StringIndexerModel.fromArraysOfLabels([['FR'], ['x']], ['city', 'label'], ['i', 'j'])
    expect(await model.transform(cities('FR')).collect()).toEqual([{ city: 'FR', i: 0 }])
    const other = createDataFrame([{ other: 1 }])
    expect(await model.transform(other).collect()).toEqual([{ other: 1 }])
    expect(model.transformSchema(other.schema)).toEqual(other.schema)
    expect(() => model.copy({ handleInvalid: 'skip' }).transform(cities('FR'))).toThrow('column "label" does not exist')
  })

  it('refuses more columns than it has labels for, and has one list of labels only for one column', () => {
    const model = StringIndexerModel.fromArraysOfLabels([['FR'], ['x']], ['city', 'a', 'b'], ['i', 'j', 'k'])
    expect(() => model.transform(cities('FR'))).toThrow('The model has labels for 2')
    expect(() => model.labels).toThrow(UnsupportedError)
  })

  it('has the text of Spark', () => {
    const one = StringIndexerModel.fromLabels(['FR'], 'city', 'i')
    expect(String(one)).toBe(`StringIndexerModel: uid=${one.uid}, handleInvalid=error`)
    const two = StringIndexerModel.fromArraysOfLabels([[], []], ['a', 'b'], ['c', 'd'], 'keep').setStringOrderType(
      'alphabetAsc',
    )
    expect(String(two)).toBe(
      `StringIndexerModel: uid=${two.uid}, handleInvalid=keep, stringOrderType=alphabetAsc, numInputCols=2, numOutputCols=2`,
    )
  })
})
