import { describe, expect, test } from 'vitest'
import { ParamError } from '../../../src/errors.js'
import { reservoirSample, takeSample } from '../../../src/util/random/fixed-size.js'
import { FoldNumbers } from '../../../src/util/random/fold-numbers.js'
import {
  bernoulliSample,
  cellSample,
  partitionSeeds,
  poissonSample,
  sampledRows,
  splitBorders,
} from '../../../src/util/random/samplers.js'
import { partitionsOf, recorded } from '../data.js'

const IDS = Array.from({ length: 100 }, (_, id) => id)

type Counts = Uint8Array | Int32Array

/** The ids that a sampler takes from all partitions, in order. */
function taken(ids: readonly number[], partitions: number, sample: (length: number, partition: number) => Counts) {
  return partitionsOf(ids, partitions).flatMap((rows, partition) =>
    Array.from(sampledRows(sample(rows.length, partition)), (row) => rows[row]),
  )
}

interface SampleRecord {
  readonly what: string
  readonly partitions: number
  readonly seed: number
  readonly fraction: number
  readonly num: number
  readonly withReplacement: boolean
  readonly ids: number[]
}

describe('Dataset.sample', () => {
  test.each(recorded<SampleRecord[]>('sample'))(
    'withReplacement $withReplacement, fraction $fraction, $partitions partitions, seed $seed',
    ({ withReplacement, fraction, partitions, seed, ids }) => {
      const sample = (length: number, partition: number) =>
        withReplacement
          ? poissonSample(length, partition, fraction, seed)
          : cellSample(length, partition, 0, fraction, seed)
      expect(taken(IDS, partitions, sample)).toEqual(ids)
    },
  )
})

describe('RDD', () => {
  const cases = recorded<SampleRecord[]>('rdd-sample')

  test.each(cases.filter((record) => record.what === 'RDD.sample'))(
    'sample, withReplacement $withReplacement, fraction $fraction, $partitions partitions, seed $seed',
    ({ withReplacement, fraction, partitions, seed, ids }) => {
      const sample = (length: number, partition: number) =>
        withReplacement
          ? poissonSample(length, partition, fraction, seed, { gaps: true })
          : bernoulliSample(length, partition, fraction, seed)
      expect(taken(IDS, partitions, sample)).toEqual(ids)
    },
  )

  test.each(cases.filter((record) => record.what === 'RDD.takeSample'))(
    'takeSample of $num, withReplacement $withReplacement, $partitions partitions, seed $seed',
    ({ withReplacement, num, partitions, seed, ids }) => {
      const lengths = partitionsOf(IDS, partitions).map((rows) => rows.length)
      expect([...takeSample(lengths, withReplacement, num, seed)]).toEqual(ids)
    },
  )
})

interface SplitRecord {
  readonly dataset: string
  readonly partitions: number
  readonly weights: number[]
  readonly seed: number
  readonly splits: number[][]
}

describe('Dataset.randomSplit', () => {
  const { ids, cases } = recorded<{ ids: Record<string, number[]>; cases: SplitRecord[] }>('random-split')

  test.each(cases)('$dataset, weights $weights, $partitions partitions, seed $seed', (record) => {
    const borders = splitBorders(record.weights)
    // The first column is a unique id, so that sorting the partition by it is sorting it by all columns.
    const sorted = partitionsOf(ids[record.dataset], record.partitions).map((rows) => rows.toSorted((a, b) => a - b))
    const splits = record.weights.map((_, part) =>
      sorted.flatMap((rows, partition) => {
        const keep = cellSample(rows.length, partition, borders[part], borders[part + 1], record.seed)
        return rows.filter((_, row) => keep[row] === 1)
      }),
    )
    expect(splits).toEqual(record.splits)
  })
})

interface FoldRecord {
  readonly dataset: string
  readonly partitions: number
  readonly numFolds: number
  readonly seed: number
  readonly validation: number[][]
}

describe('MLUtils.kFold', () => {
  const { ids, cases } = recorded<{ ids: Record<string, number[]>; cases: FoldRecord[] }>('k-fold')

  test.each(cases)('$dataset, $numFolds folds, $partitions partitions, seed $seed', (record) => {
    const validation: number[][] = Array.from({ length: record.numFolds }, () => [])
    const numbers = new FoldNumbers(record.numFolds, record.seed)
    partitionsOf(ids[record.dataset], record.partitions).forEach((rows, partition) => {
      const folds = numbers.of(partition, record.partitions, 0, rows.length)
      rows.forEach((id, row) => {
        validation[folds[row]].push(id)
      })
    })
    expect(validation).toEqual(record.validation)
  })

  test('the borders are floats: 10,000 rows fall into the same cells as a comparison with each border gives', () => {
    const numFolds = 7
    const folds = new FoldNumbers(numFolds, 3).of(0, 1, 0, 10_000)
    const [seed] = partitionSeeds(3, 1)
    for (let fold = 0; fold < numFolds; fold++) {
      const lower = Math.fround(Math.fround(fold) / Math.fround(numFolds))
      const upper = Math.fround(Math.fround(fold + 1) / Math.fround(numFolds))
      const keep = cellSample(10_000, 0, lower, upper, seed)
      expect(Uint8Array.from(folds, (f) => (f === fold ? 1 : 0))).toEqual(keep)
    }
  })
})

describe('FoldNumbers', () => {
  const all = (numbers: ArrayLike<number>): number[] => Array.from(numbers)

  test('are the same however rows are asked for', () => {
    const [whole, pieces] = [new FoldNumbers(3, 42), new FoldNumbers(3, 42)]
    const found = [0, 1].map((partition) => all(whole.of(partition, 2, 0, 100)))
    expect(found[0]).not.toEqual(found[1])
    expect(all(pieces.of(1, 2, 0, 40))).toEqual(found[1].slice(0, 40))
    expect(all(pieces.of(0, 2, 30, 100))).toEqual(found[0].slice(30))
    expect(all(pieces.of(1, 2, 40, 100))).toEqual(found[1].slice(40))
    expect(all(pieces.of(1, 2, 0, 100))).toEqual(found[1])
  })

  test('of more folds than a byte tells', () => {
    const found = all(new FoldNumbers(1000, 7n).of(0, 1, 0, 20_000))
    expect(new Set(found).size).toBe(1000)
    expect(Math.max(...found)).toBe(999)
  })
})

interface ReservoirRecord {
  readonly n: number
  readonly k: number
  readonly seed: number
  readonly sample: number[]
}

test.each(recorded<ReservoirRecord[]>('reservoir-sample'))('reservoir of $k from $n, seed $seed', (record) => {
  expect([...reservoirSample(record.n, record.k, record.seed)]).toEqual(record.sample)
})

describe('edges', () => {
  test('an empty partition gives an empty sample', () => {
    expect(cellSample(0, 0, 0, 1, 1)).toHaveLength(0)
    expect(new FoldNumbers(2, 1).of(3, 4, 0, 0)).toHaveLength(0)
    expect(poissonSample(0, 1, 0.2, 1, { gaps: true })).toHaveLength(0)
  })

  test('fraction 0 keeps nothing and fraction 1 everything', () => {
    expect(sampledRows(bernoulliSample(9, 0, 0, 1))).toHaveLength(0)
    expect(sampledRows(bernoulliSample(9, 0, 1, 1))).toHaveLength(9)
    expect(sampledRows(cellSample(9, 0, 0, 0, 1))).toHaveLength(0)
    expect(sampledRows(cellSample(9, 0, 0, 1, 1))).toHaveLength(9)
    expect(sampledRows(poissonSample(9, 0, 0, 1))).toHaveLength(0)
  })

  test('the parts of a split are disjoint and complete', () => {
    const borders = splitBorders([1, 2, 3])
    const parts = [0, 1, 2].map((i) => sampledRows(cellSample(1000, 5, borders[i], borders[i + 1], 9)))
    expect(parts.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toEqual([...Array(1000).keys()])
  })

  test('takeSample takes everything when more is asked than there is, and nothing of nothing', () => {
    expect([...takeSample([2, 3], false, 9, 1)].sort()).toEqual([0, 1, 2, 3, 4])
    expect(takeSample([2, 3], true, 9, 1)).toHaveLength(9)
    expect(takeSample([0, 0], true, 9, 1)).toHaveLength(0)
    expect(takeSample([5], false, 0, 1)).toHaveLength(0)
  })

  test.each([
    ['fraction above 1', () => bernoulliSample(1, 0, 1.1, 1)],
    ['negative fraction', () => poissonSample(1, 0, -0.1, 1)],
    ['fraction NaN', () => poissonSample(1, 0, Number.NaN, 1)],
    ['cell upside down', () => cellSample(1, 0, 0.5, 0.4, 1)],
    ['cell beyond 1', () => cellSample(1, 0, 0.5, 1.4, 1)],
    ['no weights', () => splitBorders([])],
    ['negative weight', () => splitBorders([2, -1])],
    ['weights of 0', () => splitBorders([0, 0])],
    ['negative size', () => takeSample([1], false, -1, 1)],
    ['negative reservoir', () => reservoirSample(1, -1, 1)],
  ])('%s is refused', (_, call) => {
    expect(call).toThrow(ParamError)
  })
})
