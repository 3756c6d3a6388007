import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/errors.js'
import { SummarizerBuffer } from '../../src/sql/summarizer-buffer.js'
import { PartitionFold } from '../../src/util/partition-fold.js'
import { Corpus, type GoldenCase } from '../golden/corpus.js'
import { decodeNumber } from '../golden/decode.js'
import type { Recorded, RecordedObject } from '../helpers/compare.js'
import { slices, vectorColumn, vectorElements, vectorRow } from '../helpers/instances.js'

const corpus = Corpus.open()
const cases = corpus
  .cases()
  .filter(({ class: name }) => name === 'Summarizer')
  .map((recorded) => ({ ...recorded, name: recorded.id.split('/')[2] }))

/** Statistics of the vectors of a recorded data set, with the column `weight` in the cases that are named `_w_`. */
function summarize({ input, id }: GoldenCase): SummarizerBuffer {
  const rows = corpus.rows(input.dataset)
  const column = Object.keys(rows[0]).find((name) => typeof rows[0][name] === 'object')!
  const vectors = vectorColumn(rows.map((row) => vectorRow(row[column])))
  const weight = (row: RecordedObject): number => (id.includes('_w_') ? decodeNumber(row.weight) : 1)
  const fold = new PartitionFold(() => new SummarizerBuffer(vectors.size))
  slices(rows.length, input.partitions).forEach(([from, to], partition) => {
    const part = vectorColumn(rows.slice(from, to).map((row) => vectorRow(row[column])))
    fold.of(partition).add(part, to - from, Float64Array.from(rows.slice(from, to), weight))
  })
  return fold.result()!
}

type Statistic = 'mean' | 'sum' | 'variance' | 'std' | 'numNonZeros' | 'max' | 'min' | 'normL1' | 'normL2'

it.each(cases)('gives the statistics of Spark, case $name', (recorded) => {
  const summary = summarize(recorded)
  const { count, ...statistics } = recorded.result as Record<string, Recorded>
  expect(summary.count).toBe(count)
  for (const [name, vector] of Object.entries(statistics)) {
    // The operations are Spark's in Spark's order: the values are equal to the last bit.
    expect([...summary[name as Statistic]()], name).toEqual(vectorElements(vector))
  }
})

describe('SummarizerBuffer', () => {
  it('leaves out rows of weight 0', () => {
    const summary = new SummarizerBuffer(1).addRows(Float64Array.of(1, 100, 3), 3, Float64Array.of(1, 0, 1))
    expect(summary.count).toBe(2)
    expect(summary.mean()[0]).toBe(2)
    expect(summary.max()[0]).toBe(3)
  })
  it('counts the zeros that sparse rows do not store', () => {
    const summary = new SummarizerBuffer(2).add(vectorColumn([{ size: 2, indices: [1], values: [-4] }, [0, 2]]), 2)
    expect([...summary.mean()]).toEqual([0, -1])
    expect([...summary.variance()]).toEqual([0, 18])
    expect([...summary.max()]).toEqual([0, 2])
    expect([...summary.numNonZeros()]).toEqual([0, 2])
  })
  it('has no variance with one row', () => {
    expect(new SummarizerBuffer(1).addRows(Float64Array.of(5), 1).variance()[0]).toBe(0)
  })
  it('merges an empty one as nothing', () => {
    const summary = new SummarizerBuffer(1).merge(new SummarizerBuffer(1).addRows(Float64Array.of(2, 4), 2))
    expect(summary.merge(new SummarizerBuffer(1)).std()[0]).toBe(Math.SQRT2)
  })
  it('refuses what it cannot summarise', () => {
    expect(() => new SummarizerBuffer(1).mean()).toThrow(DataError)
    expect(() => new SummarizerBuffer(1).addRows(Float64Array.of(1), 1, Float64Array.of(-1))).toThrow(DataError)
    expect(() => new SummarizerBuffer(2).add(vectorColumn([[1]]), 1)).toThrow(DataError)
    expect(() => new SummarizerBuffer(2).merge(new SummarizerBuffer(1))).toThrow(DataError)
  })
})
