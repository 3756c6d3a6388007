import { describe, expect, it } from 'vitest'
import {
  createDataFrame,
  type DataFrame,
  LinearRegression,
  OneHotEncoder,
  Pipeline,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from '../../src/index.js'
import type { VectorColumn } from '../../src/sql/batch.js'
import { SummarizerBuffer } from '../../src/sql/summarizer-buffer.js'
import { partsOf } from '../../src/sql/vector-parts.js'

const ROWS = 6000
const rides = createDataFrame({
  city: Array.from({ length: ROWS }, (_, i) => ['FR', 'US', 'DE', 'MG'][((i * i) % 7) % 4]),
  km: Float64Array.from({ length: ROWS }, (_, i) => (i % 11 === 0 ? 0 : 3 + Math.sin(i) * 5)),
  hour: Int32Array.from({ length: ROWS }, (_, i) => i % 24),
  price: Float64Array.from({ length: ROWS }, (_, i) => 2 + Math.sin(i) * 6 + (i % 24) / 10 + ((i * i) % 7)),
})
const stages = (scaler: StandardScaler) => [
  new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
  new OneHotEncoder({ inputCol: 'cityIdx', outputCol: 'cityOhe' }),
  new VectorAssembler({ inputCols: ['km', 'cityOhe', 'hour'], outputCol: 'raw' }),
  scaler,
]
const scaler = (withMean: boolean) => new StandardScaler({ inputCol: 'raw', outputCol: 'features', withMean })

async function* columnsOf(data: DataFrame, name: string): AsyncGenerator<[VectorColumn, number]> {
  for await (const batch of data.batches([name])) yield [batch.columns[0] as VectorColumn, batch.length]
}

/** The same rows as a frame that knows nothing but their numbers. */
const plain = async (data: DataFrame) =>
  createDataFrame(await data.select('features', 'price').collect(), data.select('features', 'price').schema)

describe('vectors that are known by their parts', () => {
  it.each([true, false])('hold the same numbers as their entries, centred: %s', async (withMean) => {
    const model = await new Pipeline({ stages: stages(scaler(withMean)) }).fit(rides)
    for await (const [column, length] of columnsOf(model.transform(rides), 'features')) {
      const parts = partsOf(column)!
      expect(parts.map((part) => part.kind)).toEqual(['numbers', 'oneHot', 'numbers'])
      const byParts = new SummarizerBuffer(column.size).add(column, length)
      const byEntries = new SummarizerBuffer(column.size).add({ ...column }, length)
      expect(byParts.mean()).toEqual(byEntries.mean())
      expect(byParts.std()).toEqual(byEntries.std())
      expect([byParts.min(), byParts.max(), byParts.numNonZeros(), byParts.normL1(), byParts.normL2()]).toEqual([
        byEntries.min(),
        byEntries.max(),
        byEntries.numNonZeros(),
        byEntries.normL1(),
        byEntries.normL2(),
      ])
    }
  })

  it('lead to the regression that the numbers lead to', async () => {
    const prepared = (await new Pipeline({ stages: stages(scaler(true)) }).fit(rides)).transform(rides)
    const regression = new LinearRegression({ labelCol: 'price', regParam: 0.1 })
    const [byParts, byNumbers] = [await regression.fit(prepared), await regression.fit(await plain(prepared))]
    // Another order of 6000 additions.
    byNumbers.coefficients.toArray().forEach((coefficient, k) => {
      expect(byParts.coefficients.toArray()[k]).toBeCloseTo(coefficient, 10)
    })
    expect(byParts.summary.rootMeanSquaredError).toBeCloseTo(byNumbers.summary.rootMeanSquaredError, 10)
    const rows = await byParts.transform(prepared).select('features', 'prediction').limit(50).collect()
    for (const { features, prediction } of rows as { features: never; prediction: number }[]) {
      expect(byParts.predict(features)).toBeCloseTo(prediction, 12)
    }
  })

  it('stay known where rows are cut, and are not where numbers are changed', async () => {
    const model = await new Pipeline({ stages: stages(scaler(true)).slice(0, 3) }).fit(rides)
    for await (const [column] of columnsOf(model.transform(rides).limit(10), 'raw')) {
      expect(partsOf(column)?.map((part) => (part.kind === 'numbers' ? part.data : part.codes).length)).toEqual([
        10, 10, 10,
      ])
      expect(partsOf({ ...column })).toBeUndefined()
    }
  })
})

describe('SummarizerBuffer', () => {
  it('of very many numbers agrees with the sums one by one', () => {
    const n = 110_001
    const data = Float64Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : 100 + Math.sin(i)))
    const whole = new SummarizerBuffer(1)
    const single = new SummarizerBuffer(1)
    for (let at = 0; at < n; at += 1000) {
      const block = data.subarray(at, Math.min(n, at + 1000))
      whole.addColumns([block], block.length)
      single.addRows(block, block.length)
    }
    expect(whole.numNonZeros()).toEqual(single.numNonZeros())
    for (const name of ['mean', 'std', 'normL1', 'normL2', 'max', 'min'] as const) {
      // Rounding of 73,000 additions.
      const [found, expected] = [whole[name]()[0], single[name]()[0]]
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected))
    }
  })
})
