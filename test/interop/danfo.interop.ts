import {
  createDataFrame,
  LinearRegression,
  Pipeline,
  type PipelineModel,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { type DanfoDataFrame, type DanfoModule, fromDanfo, toDanfo } from 'ridgeline/interop/danfo'
import { beforeAll, describe, expect, it } from 'vitest'
import { installDanfo } from '../../scripts/danfo.mjs'

/** What these tests use of danfo beyond the shape of its frames. */
interface Danfo extends DanfoModule<DanfoFrame> {
  toDateTime(series: unknown): { year(): { values: number[] } }
}
interface DanfoFrame extends DanfoDataFrame {
  column(name: string): { mean(): number; isNa(): { values: boolean[] } }
  query(condition: unknown): DanfoFrame
  setIndex(options: { column: string }): DanfoFrame
  addColumn(name: string, values: unknown[]): DanfoFrame
  toString(): string
}

let dfd: Danfo
beforeAll(async () => {
  dfd = (await import(installDanfo())) as Danfo
})

const rides = () =>
  new dfd.DataFrame({
    city: ['FR', 'US', 'DE', 'FR'],
    km: [7.5, 12, 3, 16.2],
    hour: [9, 18, 23, 8],
    paid: [true, false, true, true],
    price: [10.8, 18.4, 6.2, 21.7],
  })

describe('danfojs-node', () => {
  it('gives frames', async () => {
    const frame = fromDanfo(rides())
    expect(frame.dtypes.map(([, type]) => type)).toEqual(['string', 'double', 'int', 'boolean', 'double'])
    expect((await frame.collect())[1]).toEqual({ city: 'US', km: 12, hour: 18, paid: false, price: 18.4 })
  })

  it('gives frames of its own operations: a query keeps the index, missing values are null or NaN', async () => {
    const all = rides()
    const late = all.query([false, true, true, false])
    expect(await fromDanfo(late, { index: 'row' }).select('row', 'city').collect()).toEqual([
      { row: 1, city: 'US' },
      { row: 2, city: 'DE' },
    ])
    const missing = new dfd.DataFrame([
      { a: 1, b: 'x' },
      { a: null, b: undefined },
      { a: Number.NaN, b: 'y' },
    ])
    expect(await fromDanfo(missing).collect()).toEqual([
      { a: 1, b: 'x' },
      { a: null, b: null },
      { a: Number.NaN, b: 'y' },
    ])
    expect(missing.dtypes).toEqual(['float32', 'string'])
    const named = new dfd.DataFrame({ id: ['p', 'q'], a: [1, 2] }).setIndex({ column: 'id' })
    expect(await fromDanfo(named, { index: 'key' }).select('key').collect()).toEqual([{ key: 'p' }, { key: 'q' }])
  })

  it('takes frames, which then compute in danfo', async () => {
    const rows = createDataFrame(
      [
        [1.5, 2, true, 'x', new Date(86_400_000), [1, 2]],
        [2.5, null, null, null, new Date(0), null],
      ],
      'd DOUBLE, i INT, b BOOLEAN, s STRING, t TIMESTAMP, a ARRAY<DOUBLE>',
    )
    const danfo = await toDanfo(rows, dfd)
    expect(danfo).toBeInstanceOf(dfd.DataFrame)
    expect(danfo.dtypes).toEqual(['float32', 'int32', 'boolean', 'string', 'datetime', 'string'])
    expect(danfo.column('d').mean()).toBe(2)
    expect(danfo.column('s').isNa().values).toEqual([false, true])
    expect(dfd.toDateTime(danfo.column('t')).year().values).toEqual([1970, 1970])
    expect(await fromDanfo(danfo).collect()).toEqual(await rows.collect())
  })

  it('takes and gives empty frames and indices', async () => {
    for (const options of [{ columns: ['a', 'b'], dtypes: ['int32', 'string'] }, {}]) {
      const empty = new dfd.DataFrame([], options)
      const back = await toDanfo(fromDanfo(empty), dfd)
      expect([back.columns, back.dtypes, back.shape]).toEqual([empty.columns, empty.dtypes, empty.shape])
    }
    const danfo = await toDanfo(
      createDataFrame([
        { id: 'p', a: 1 },
        { id: 'q', a: 2 },
      ]),
      dfd,
      { index: 'id' },
    )
    expect([danfo.index, danfo.columns]).toEqual([['p', 'q'], ['a']])
  })

  it('is fitted and transformed, and gets its predictions back', async () => {
    const pipeline = new Pipeline({
      stages: [
        new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
        new VectorAssembler({ inputCols: ['km', 'hour', 'cityIdx'], outputCol: 'features' }),
        new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
      ],
    })
    const model: PipelineModel = await pipeline.fit(rides())
    const expected = await pipeline.fit(createDataFrame(await fromDanfo(rides()).collect()))
    const scored = await toDanfo(model.transform(rides()), dfd)
    expect(scored.columns.slice(-2)).toEqual(['features', 'prediction'])
    const predictions = await expected.transform(fromDanfo(rides())).select('prediction').collect()
    expect(scored.values.map((row) => (row as unknown[]).at(-1))).toEqual(predictions.map((row) => row.prediction))
    expect(scored.toString()).toContain('prediction')
  })
})
