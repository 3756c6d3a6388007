import { describe, expect, it } from 'vitest'
import { IndexToString } from '../../src/feature/index-to-string.js'
import { StringIndexer } from '../../src/feature/string-indexer.js'
import { createDataFrame } from '../../src/sql/session.js'

const columns = { inputCol: 'i', outputCol: 'back' } as const
const frame = (...values: (number | null)[]) => createDataFrame({ i: values }, 'i DOUBLE')

describe('IndexToString', () => {
  it('is the reverse of StringIndexer, by the metadata', async () => {
    const data = createDataFrame([{ city: 'US' }, { city: 'FR' }, { city: 'FR' }])
    const indexed = (await new StringIndexer({ inputCol: 'city', outputCol: 'i' }).fit(data)).transform(data)
    const rows = await new IndexToString(columns).transform(indexed).collect()
    expect(rows.map((row) => row.back)).toEqual(['US', 'FR', 'FR'])
  })

  it('takes every numeric type, and labels that come twice', async () => {
    const back = new IndexToString({ ...columns, labels: ['a', 'b', 'a'] })
    for (const type of ['INT', 'BIGINT', 'FLOAT', 'DECIMAL(4,1)']) {
      const rows = await back.transform(createDataFrame({ i: [2, 1, null, 0] }, `i ${type}`)).collect()
      expect(rows.map((row) => row.back)).toEqual(['a', 'b', null, 'a'])
    }
  })

  it('refuses an index without a label, and NaN', async () => {
    const back = new IndexToString({ ...columns, labels: ['a'] })
    await expect(back.transform(frame(0, 1)).collect()).rejects.toMatchObject({
      details: { column: 'i', row: 1, received: '1.0' },
    })
    await expect(back.transform(frame(-1)).collect()).rejects.toThrow('unseen index -1.0 in column "i" (row 0)')
    await expect(back.transform(frame(Number.NaN)).collect()).rejects.toThrow('unseen index NaN')
  })

  it('needs labels, and a numeric column', () => {
    expect(() => new IndexToString(columns).transform(frame(0))).toThrow('the metadata of column "i" has no labels')
    expect(() => new IndexToString({ ...columns, labels: [] }).transform(frame(0))).toThrow('has no labels')
    const text = createDataFrame([{ i: 'x' }])
    expect(() => new IndexToString({ ...columns, labels: ['a'] }).transform(text)).toThrow('has type string')
  })
})
