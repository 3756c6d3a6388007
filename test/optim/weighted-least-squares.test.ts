import { describe, expect, it } from 'vitest'
import { DataError, ParamError, UnsupportedError } from '../../src/errors.js'
import { weightedLeastSquares } from '../../src/optim/weighted-least-squares.js'
import { WeightedMoments } from '../../src/optim/weighted-moments.js'
import { SummarizerBuffer } from '../../src/sql/summarizer-buffer.js'
import { vectorColumn } from '../helpers/instances.js'

const plain = {
  fitIntercept: true,
  regParam: 0,
  elasticNetParam: 0,
  standardizeFeatures: true,
  standardizeLabel: true,
} as const

const momentsOf = (rows: readonly number[][], labels: readonly number[], weights?: readonly number[]) =>
  new WeightedMoments(rows[0].length).add(
    vectorColumn(rows),
    Float64Array.from(labels),
    weights ? Float64Array.from(weights) : null,
  )

/** 21 rows: blocks of four and a rest. */
const rows = Array.from({ length: 21 }, (_, i) => [Math.sin(i), (i % 5) - 1.5, i * i * 0.01])
const labels = rows.map(([a, b, c], i) => 1 + 2 * a - b + 0.5 * c + 0.1 * Math.cos(7 * i))
const weights = rows.map((_, i) => 0.5 + (i % 3))

describe('WeightedMoments', () => {
  const moments = momentsOf(rows, labels, weights)

  it.each([1, 2, 3])('forms every sum row by row, %d features', (size) => {
    const cut = rows.map((row) => row.slice(0, size))
    const sums = momentsOf(cut, labels, weights)
    const products = new Float64Array(sums.featureProducts.length)
    const labelProducts = new Float64Array(size + 1)
    cut.forEach((row, r) => {
      let p = 0
      for (let j = 0; j < size; j++) for (let i = 0; i <= j; i++) products[p++] += weights[r] * row[j] * row[i]
      for (let j = 0; j < size; j++) labelProducts[j] += weights[r] * labels[r] * row[j]
      labelProducts[size] += weights[r] * labels[r] * labels[r]
    })
    // Bit for bit: blocking must not change the order of additions.
    expect(sums.featureProducts).toEqual(products)
    expect(sums.labelProducts).toEqual(labelProducts)
    expect(sums.count).toBe(21)
    expect(sums.weightSum).toBe(weights.reduce((a, b) => a + b))
  })
  it('gives the same for sparse rows', () => {
    const sparse = rows.map((row) => ({ size: 3, indices: [0, 1, 2], values: row }))
    const same = new WeightedMoments(3).add(vectorColumn(sparse), Float64Array.from(labels), Float64Array.from(weights))
    expect(same.featureProducts).toEqual(moments.featureProducts)
    expect(same.labelProducts).toEqual(moments.labelProducts)
    expect(same.sums).toEqual(moments.sums)
  })
  it('adds and merges parts', () => {
    const first = momentsOf(rows.slice(0, 10), labels.slice(0, 10))
    const merged = first.merge(momentsOf(rows.slice(10), labels.slice(10)))
    const whole = momentsOf(rows, labels)
    expect(merged.count).toBe(21)
    // Sums formed in another order differ by rounding.
    merged.sums.forEach((sum, i) => {
      expect(sum).toBeCloseTo(whole.sums[i], 12)
    })
  })
  it('refuses vectors of another length, and too many features', () => {
    expect(() => moments.add(vectorColumn([[1]]), Float64Array.of(1), null)).toThrow(DataError)
    expect(() => moments.merge(new WeightedMoments(2))).toThrow(DataError)
    expect(() => new WeightedMoments(4097)).toThrow(UnsupportedError)
  })
})

describe('weightedLeastSquares', () => {
  it('finds an exact linear function, and its errors from the inverse', async () => {
    const exact = rows.map(([a, b, c]) => 3 - a + 2 * b + 0.25 * c)
    const { coefficients, intercept, inverseDiagonal, objectiveHistory } = await weightedLeastSquares(
      momentsOf(rows, exact, weights),
      plain,
    )
    // Condition of the normal equations times the rounding of doubles.
    ;[-1, 2, 0.25].forEach((value, j) => {
      expect(coefficients[j]).toBeCloseTo(value, 12)
    })
    expect(intercept).toBeCloseTo(3, 12)
    expect(inverseDiagonal).toHaveLength(4)
    expect(objectiveHistory).toEqual([0])
  })
  it('gives the textbook errors of a straight line', async () => {
    const x = [1, 2, 3, 4]
    const { inverseDiagonal } = await weightedLeastSquares(
      momentsOf(
        x.map((v) => [v]),
        [1, 3, 2, 5],
      ),
      plain,
    )
    // 1 / Sxx and 1/n + mean^2 / Sxx with Sxx = 5, mean 2.5.
    expect(inverseDiagonal![0]).toBeCloseTo(1 / 5, 13)
    expect(inverseDiagonal![1]).toBeCloseTo(1 / 4 + 6.25 / 5, 13)
  })
  it('does not penalise the intercept, and gives a constant feature nothing', async () => {
    const constant = rows.map((row) => [...row, 4])
    const ridge = await weightedLeastSquares(momentsOf(constant, labels), { ...plain, regParam: 1e6 })
    expect(ridge.coefficients[3]).toBe(0)
    ridge.coefficients.forEach((value) => {
      expect(Math.abs(value)).toBeLessThan(1e-4)
    })
    expect(ridge.intercept).toBeCloseTo(labels.reduce((a, b) => a + b) / labels.length, 4)
  })
  it('solves a singular problem by quasi-Newton, unless asked not to', async () => {
    const twice = rows.map(([a]) => [a, a])
    const moments = momentsOf(twice, labels)
    const found = await weightedLeastSquares(moments, plain)
    expect(found.inverseDiagonal).toBeNull()
    // By symmetry from a start at zero, both copies get the same weight.
    expect(found.coefficients[0]).toBeCloseTo(found.coefficients[1], 12)
    await expect(weightedLeastSquares(moments, { ...plain, solver: 'cholesky' })).rejects.toThrow(
      'not positive definite',
    )
  })
  it('takes Cholesky and quasi-Newton to the same place', async () => {
    const moments = momentsOf(rows, labels, weights)
    const options = { ...plain, regParam: 0.1, standardizeFeatures: false, standardizeLabel: false }
    const exact = await weightedLeastSquares(moments, options)
    const iterated = await weightedLeastSquares(moments, { ...options, solver: 'quasi-newton', tol: 1e-14 })
    exact.coefficients.forEach((value, j) => {
      // The gradient stops at 1e-8.
      expect(iterated.coefficients[j]).toBeCloseTo(value, 7)
    })
  })
  it('refuses what has no answer', async () => {
    await expect(weightedLeastSquares(new WeightedMoments(1), plain)).rejects.toThrow('no rows')
    await expect(weightedLeastSquares(momentsOf([[1]], [1], [0]), plain)).rejects.toThrow('add up to 0')
    const constantLabel = momentsOf([[1], [2]], [3, 3])
    await expect(weightedLeastSquares(constantLabel, { ...plain, fitIntercept: false, regParam: 1 })).rejects.toThrow(
      ParamError,
    )
    await expect(weightedLeastSquares(constantLabel, { ...plain, maxIter: 0 })).rejects.toThrow(ParamError)
  })
})

/**
 * The three folds of Spark's cross-validation of five taxi rides (Spark 4.0.1, Scala's default seed, 2 partitions): three rides or two for
 * four or five features, so the problem is singular and the road of the solver decides the answer.
 */
describe('rides, a singular problem', () => {
  const rides: Readonly<Record<number, readonly [string, number, number, number]>> = {
    1: ['FR', 7.5, 9, 10.8],
    2: ['US', 12, 18, 18.4],
    4: ['FR', 16.2, 8, 21.7],
    5: ['MG', 9.5, 12, 13.1],
  }
  const grid = [0, 0.01, 0.1].flatMap((regParam) =>
    [0, 0.5, 1].map((elasticNetParam) => ({ ...plain, regParam, elasticNetParam })),
  )
  const folds = [
    {
      // By partition; labels as StringIndexer orders them: by frequency, then by name.
      train: [[1, 2], [4]],
      test: [5],
      cities: ['FR', 'US'],
      rmse: [
        1.1738579897404637, 1.1738579897404637, 1.1738579897404637, 1.1800402639851928, 1.179306754328577,
        1.1899391121426728, 1.234473015198267, 1.233390872527222, 1.2183565438988246,
      ],
    },
    {
      train: [[2], [4, 5]],
      test: [1],
      cities: ['FR', 'MG', 'US'],
      rmse: [
        6.656093049844678, 6.656093049844678, 6.656093049844678, 6.657014397670803, 6.55452561036811, 6.269418710981103,
        6.665146460173865, 5.907644404481623, 4.127370188550302,
      ],
    },
    {
      train: [[1], [5]],
      test: [2, 4],
      cities: ['FR', 'MG'],
      rmse: [
        6.7024360336166, 6.7024360336166, 6.7024360336166, 6.705632786603818, 6.710438553508375, 6.715257124637896,
        6.733836290695848, 6.781971381382052, 6.8313863206892345,
      ],
    },
  ]
  it.each(folds)("gives Spark's RMSE on fold $test", async ({ train, test, cities, rmse }) => {
    const raw = (id: number): number[] => {
      const [city, distance, hour] = rides[id]
      return [distance, hour, ...cities.map((name) => (name === city ? 1 : 0))]
    }
    const size = 2 + cities.length
    const summary = new SummarizerBuffer(size)
    for (const ids of train) {
      summary.merge(new SummarizerBuffer(size).add(vectorColumn(ids.map(raw)), ids.length))
    }
    const mean = summary.mean()
    const scale = summary.std().map((std) => (std === 0 ? 0 : 1 / std))
    const features = (id: number): number[] => raw(id).map((value, j) => (value - mean[j]) * scale[j])
    const moments = new WeightedMoments(size)
    for (const ids of train)
      moments.merge(
        momentsOf(
          ids.map(features),
          ids.map((id) => rides[id][3]),
        ),
      )
    for (const [g, options] of grid.entries()) {
      const { coefficients, intercept } = await weightedLeastSquares(moments, options)
      const squares = test.map((id) => {
        const prediction = features(id).reduce((sum, value, j) => sum + value * coefficients[j], intercept)
        return (prediction - rides[id][3]) ** 2
      })
      const error = Math.sqrt(squares.reduce((a, b) => a + b) / test.length)
      // Spark's Java BLAS fuses multiplications with additions: 1e-16 an operation, magnified by up to 100 iterations.
      expect(Math.abs(error / rmse[g] - 1)).toBeLessThan(1e-11)
    }
  })
})
