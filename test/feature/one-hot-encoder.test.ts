import { describe, expect, it } from 'vitest'
import { OneHotEncoder, OneHotEncoderModel } from '../../src/feature/one-hot-encoder.js'
import { StringIndexerModel } from '../../src/feature/string-indexer.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { AttributeGroup } from '../../src/sql/attributes.js'
import { createDataFrame } from '../../src/sql/session.js'
import { fieldOf } from '../../src/sql/types.js'

const columns = { inputCol: 'c', outputCol: 'v' } as const
const frame = (...values: (number | null)[]) => createDataFrame({ c: values }, 'c DOUBLE')

describe('OneHotEncoder', () => {
  it('sizes each of several columns', async () => {
    const data = createDataFrame([
      { a: 0, b: 4 },
      { a: 1, b: 0 },
    ])
    const model = await new OneHotEncoder({ inputCols: ['a', 'b', 'a'], outputCols: ['x', 'y', 'z'] }).fit(data)
    expect(model.categorySizes).toEqual([2, 5, 2])
    const [row] = await model.transform(data).select('x', 'y', 'z').collect()
    expect(Object.values(row).map(String)).toEqual(['(1,[0],[1.0])', '(4,[],[])', '(1,[0],[1.0])'])
  })

  it('names the slots after the labels of an indexer, without reading data', async () => {
    const indexed = StringIndexerModel.fromLabels(['FR', 'US'], 'city', 'c').transform(createDataFrame([{ city: '?' }]))
    const model = await new OneHotEncoder({ ...columns, handleInvalid: 'keep', dropLast: false }).fit(indexed)
    expect(model.categorySizes).toEqual([2])
    const group = AttributeGroup.fromStructField(fieldOf(model.transform(indexed).schema, 'v'))
    expect(group.names()).toEqual(['FR', 'US', 'invalidValues'])
  })

  it('refuses what is no index, with its row', async () => {
    for (const [value, text] of [
      [0.5, '0.5'],
      [-1, '-1.0'],
      [Number.NaN, 'NaN'],
      [2 ** 31, '2.147483648E9'],
    ] as const) {
      await expect(new OneHotEncoder(columns).fit(frame(0, value))).rejects.toMatchObject({
        details: { column: 'c', row: 1, received: text },
      })
    }
    await expect(new OneHotEncoder(columns).fit(frame(0, null))).rejects.toMatchObject({
      details: { row: 1, received: 'null' },
    })
  })

  it('refuses a text column, and a column that the metadata call continuous', async () => {
    await expect(new OneHotEncoder(columns).fit(createDataFrame([{ c: 'x' }]))).rejects.toThrow('has type string')
  })

  it('says before any data is read that dropping the only category leaves nothing', () => {
    const indexed = StringIndexerModel.fromLabels(['FR'], 'city', 'c').transform(createDataFrame([{ city: 'FR' }]))
    expect(() => new OneHotEncoder(columns).transformSchema(indexed.schema)).toThrow('has 1 category by its metadata')
    expect(new OneHotEncoder({ ...columns, dropLast: false }).transformSchema(indexed.schema).fields).toHaveLength(3)
  })
})

describe('OneHotEncoderModel', () => {
  const model = new OneHotEncoderModel({ categorySizes: [3] }).set(columns)

  it('takes integer columns, and gives null for null', async () => {
    const rows = await model.transform(createDataFrame({ c: [1, null, 2] }, 'c INT')).collect()
    expect(rows.map((row) => row.v)).toEqual([Vectors.sparse(2, [1], [1]), null, Vectors.sparse(2, [], [])])
  })

  it('refuses an index that fit has not seen', async () => {
    await expect(model.transform(frame(0, 3)).collect()).rejects.toThrow(
      'unseen value 3.0 in column "c" (row 1). Allowed: indices from 0 to 2.',
    )
  })

  it('refuses a column whose metadata tell another number of categories, and another number of columns', () => {
    const indexed = StringIndexerModel.fromLabels(['FR', 'US'], 'city', 'c').transform(
      createDataFrame([{ city: 'FR' }]),
    )
    expect(() => model.transform(indexed)).toThrow(
      'column "c" has 2 categories by its metadata. The model was fitted on 3.',
    )
    const two = new OneHotEncoderModel({ categorySizes: [3] }).set({ inputCols: ['c', 'c'], outputCols: ['v', 'w'] })
    expect(() => two.transform(frame(0))).toThrow('It was fitted on 1')
  })

  it('has the text of Spark', () => {
    expect(String(model)).toBe(`OneHotEncoderModel: uid=${model.uid}, dropLast=true, handleInvalid=error`)
  })
})
