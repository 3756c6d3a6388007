import { describe, expect, it } from 'vitest'
import type { KernelOptions } from '../../src/kernels/engine.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { InstanceBlock } from '../../src/optim/instances.js'
import { LinearRegression } from '../../src/regression/linear-regression.js'
import {
  RegressionKernelRows,
  RegressionPlainRows,
  type RegressionRows,
  regressionRows,
} from '../../src/regression/regression-rows.js'
import { createDataFrame } from '../../src/sql/session.js'
import { JavaRandom } from '../../src/util/random/java-random.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { vectorColumn } from '../helpers/instances.js'

/** Blocks of random dense rows; the first feature is constant, and some residuals are large. */
function randomBlocks(lengths: readonly number[], size: number, weighted: boolean): InstanceBlock[] {
  const random = new JavaRandom(size)
  return lengths.map((length, i) => ({
    length,
    partition: Math.floor(i / 2),
    features: vectorColumn(
      Array.from({ length }, () => Array.from({ length: size }, (_, j) => (j === 0 ? 3 : random.nextGaussian()))),
    ),
    labels: Float64Array.from({ length }, () => random.nextGaussian() ** 3),
    weights: weighted ? Float64Array.from({ length }, () => Math.max(0, random.nextDouble() - 0.2)) : null,
  }))
}

/** Everything that a pass finds, as one list of numbers. */
async function answers(rows: RegressionRows, loss: 'squared' | 'huber', size: number): Promise<number[]> {
  using all = rows
  const { means, stds } = await all.standardization(new TurnTaker())
  const pass = loss === 'squared' ? all.squared(0.7) : all.huber(1.35)
  const random = new JavaRandom(7)
  const coefficients = Float64Array.from({ length: size }, () => random.nextGaussian() / size)
  const gradient = new Float64Array(size + 2).fill(9)
  await pass({ coefficients, offset: 1, sigma: 2 }, gradient, new TurnTaker())
  // The second pass finds what it would have found as the first one.
  const sums = await pass({ coefficients, offset: 0.3, sigma: 0.8 }, gradient, new TurnTaker())
  return [...means, ...stds, sums.loss, sums.weight, sums.multipliers, sums.sigma, ...gradient]
}

const cases = (['squared', 'huber'] as const).flatMap((loss) =>
  [
    { size: 1, weighted: false, lengths: [5] },
    { size: 7, weighted: true, lengths: [1, 700, 9] },
    { size: 20, weighted: false, lengths: [4096, 4096, 1001] },
  ].map((shape) => ({ loss, ...shape })),
)

describe.each(cases)('$loss loss of $lengths rows x $size, weighted $weighted', ({ loss, size, weighted, lengths }) => {
  const blocks = randomBlocks(lengths, size, weighted)
  const byKernels = (options?: KernelOptions) => answers(new RegressionKernelRows(blocks, options), loss, size)

  it('is the same to the last bit in WebAssembly and JavaScript, on one thread and on two', async () => {
    const plain = await byKernels({ backend: 'js', threads: 1 })
    expect(await byKernels({ backend: 'wasm', threads: 1 })).toEqual(plain)
    expect(await byKernels({ backend: 'wasm', threads: 2 })).toEqual(plain)
    expect(await byKernels()).toEqual(plain)
  })

  it('is that of the sums in order, up to rounding', async () => {
    const exact = await answers(new RegressionPlainRows(blocks), loss, size)
    const scale = lengths.reduce((a, b) => a + b)
    ;(await byKernels()).forEach((value, i) => {
      expect(Math.abs(value - exact[i]) / scale).toBeLessThan(1e-13)
    })
  })
})

describe('a fit on many rows', () => {
  const random = new JavaRandom(2)
  const rows = Array.from({ length: 6000 }, (_, i) => {
    const x = [random.nextGaussian(), 2 * random.nextGaussian() + 5, random.nextDouble()]
    return { features: Vectors.dense(x), label: x[0] - 0.4 * x[1] + 2 + random.nextGaussian() ** (i % 9 ? 1 : 3) }
  })
  const settings = [
    { solver: 'l-bfgs', regParam: 0.01 },
    { solver: 'l-bfgs', regParam: 0.1, elasticNetParam: 0.5 },
    { loss: 'huber', regParam: 0.01 },
  ] as const

  it.each(settings)('takes the same way as one that sums in order: %o', async (params) => {
    const lr = new LinearRegression(params)
    const model = await lr.fit(createDataFrame(rows))
    // Sparse rows are summed in order.
    const inOrder = await lr.fit(createDataFrame(rows.map((row) => ({ ...row, features: row.features.toSparse() }))))
    const [found, expected] = [model, inOrder].map(({ summary }) => summary.objectiveHistory)
    expect(found).toHaveLength(expected.length)
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 11)
    })
    expect(model.scale).toBeCloseTo(inOrder.scale, 8)
    model.coefficients.toArray().forEach((value, i) => {
      expect(value).toBeCloseTo(inOrder.coefficients.toArray()[i], 8)
    })
  })
})

it('few rows and sparse ones are summed in order, many dense ones by kernels', () => {
  const kindOf = (blocks: readonly InstanceBlock[]) => {
    using rows = regressionRows(blocks)
    return rows.constructor
  }
  const dense = randomBlocks([4000, 4000], 2, false)
  const sparse = {
    ...dense[0],
    features: vectorColumn([...Array(4000)].map(() => ({ size: 2, indices: [], values: [] }))),
  }
  expect(kindOf(dense)).toBe(RegressionKernelRows)
  expect(kindOf(dense.slice(1))).toBe(RegressionPlainRows)
  expect(kindOf([dense[0], sparse])).toBe(RegressionPlainRows)
})
