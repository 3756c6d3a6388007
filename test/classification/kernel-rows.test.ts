import { describe, expect, it } from 'vitest'
import { type ClassRows, classRows } from '../../src/classification/class-rows.js'
import { ExactRows } from '../../src/classification/exact-rows.js'
import { ClassKernelRows } from '../../src/classification/kernel-rows.js'
import { LogisticRegression } from '../../src/classification/logistic-regression.js'
import { PlainRows } from '../../src/classification/plain-rows.js'
import type { KernelOptions } from '../../src/kernels/engine.js'
import { expOf, log1pOf, logOf } from '../../src/kernels/js/exponentials.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { ClassLoss } from '../../src/optim/class-losses.js'
import type { InstanceBlock } from '../../src/optim/instances.js'
import { createDataFrame } from '../../src/sql/session.js'
import { JavaRandom } from '../../src/util/random/java-random.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { vectorColumn } from '../helpers/instances.js'

const SETS = 3

/** Blocks of random dense rows in two partitions; the first feature is constant, the second far from zero. */
function randomBlocks(lengths: readonly number[], size: number, weighted: boolean): InstanceBlock[] {
  const random = new JavaRandom(size)
  return lengths.map((length, i) => ({
    length,
    partition: Math.floor(i / 2),
    features: vectorColumn(
      Array.from({ length }, () =>
        Array.from({ length: size }, (_, j) => (j === 0 ? 3 : random.nextGaussian() + (j === 1 ? 1e3 : 0))),
      ),
    ),
    labels: Float64Array.from({ length }, () => random.nextInt(SETS)),
    weights: weighted ? Float64Array.from({ length }, () => Math.max(0, random.nextDouble() - 0.2)) : null,
  }))
}

const binary = (blocks: readonly InstanceBlock[]): InstanceBlock[] =>
  blocks.map((block) => ({ ...block, labels: block.labels.map((label) => Math.min(label, 1)) }))

/** Everything that the rows answer, as one list of numbers. */
async function answers(rows: ClassRows, loss: ClassLoss, size: number): Promise<number[]> {
  using all = rows
  const sets = loss === 'softmax' ? SETS : 1
  const features = await all.standardization(new TurnTaker())
  const pass = all.pass(loss, { sets, features, fitIntercept: true, centred: true })
  const random = new JavaRandom(7)
  const point = Float64Array.from({ length: sets * (size + 1) }, () => random.nextGaussian())
  const gradient = new Float64Array(point.length)
  // The second pass finds what the first one found.
  await pass(point, gradient, new TurnTaker())
  const sums = await pass(point, gradient, new TurnTaker())
  return [...features.means, ...features.stds, sums.loss, sums.weight, ...gradient]
}

const cases = (['logistic', 'hinge', 'softmax'] as const).flatMap((loss) =>
  [
    { size: 1, weighted: false, lengths: [5] },
    { size: 4, weighted: true, lengths: [400, 3, 301] },
    { size: 7, weighted: true, lengths: [1, 700, 9] },
    { size: 20, weighted: false, lengths: [4096, 4096, 1000] },
  ].map((shape) => ({ loss, ...shape })),
)

describe.each(cases)('$loss loss of $lengths rows x $size, weighted $weighted', ({ loss, size, weighted, lengths }) => {
  const random = randomBlocks(lengths, size, weighted)
  const blocks = loss === 'softmax' ? random : binary(random)
  const byKernels = (options: KernelOptions) => answers(new ClassKernelRows(blocks, options), loss, size)

  it('is the same to the last bit in WebAssembly and JavaScript, on one thread and on two', async () => {
    const plain = await byKernels({ backend: 'js', threads: 1 })
    expect(await byKernels({ backend: 'wasm', threads: 1 })).toEqual(plain)
    expect(await byKernels({ backend: 'wasm', threads: 2 })).toEqual(plain)
    expect(await byKernels({})).toEqual(plain)
  })

  it('is that of the plain sums, up to rounding', async () => {
    const exact = await answers(new PlainRows(blocks), loss, size)
    const found = await byKernels({})
    found.forEach((value, i) => {
      const scale = Math.max(1, Math.abs(exact[i]), lengths.reduce((a, b) => a + b) / 10)
      expect(Math.abs(value - exact[i]) / scale).toBeLessThan(1e-10)
    })
  })

  it('knows that a constant feature does not vary', async () => {
    using rows = new ClassKernelRows(blocks)
    const { means, stds } = await rows.standardization(new TurnTaker())
    expect([means[0], stds[0]]).toEqual([3, 0])
  })
})

describe('exponential and logarithm', () => {
  const random = new JavaRandom(1)
  const ULPS = 3 * Number.EPSILON
  it('are right to three units in the last place', () => {
    for (let i = 0; i < 20_000; i++) {
      const x = -40 * random.nextDouble() ** 3
      expect(Math.abs(expOf(x) / Math.exp(x) - 1)).toBeLessThan(ULPS)
      const e = random.nextDouble() ** 5
      expect(Math.abs(log1pOf(e) / Math.log1p(e) - 1)).toBeLessThan(ULPS)
      const large = 1 + 1000 * random.nextDouble() ** 4
      expect(Math.abs(logOf(large) - Math.log(large))).toBeLessThan(ULPS * Math.max(1, Math.log(large)))
    }
  })
  it('have their ends', () => {
    expect([expOf(0), log1pOf(0), logOf(1), logOf(2)]).toEqual([1, 0, 0, Math.LN2])
    expect(log1pOf(1)).toBeCloseTo(Math.LN2, 15)
    expect(expOf(Number.NEGATIVE_INFINITY)).toBeGreaterThan(0)
    expect(expOf(Number.NEGATIVE_INFINITY)).toBeLessThan(1e-300)
    expect(expOf(Number.NaN)).toBeNaN()
  })
})

describe('a fit on many rows', () => {
  const random = new JavaRandom(2)
  const rows = Array.from({ length: 6000 }, () => {
    const x = [random.nextGaussian(), 2 * random.nextGaussian() + 5, random.nextDouble()]
    const score = x[0] - 0.4 * x[1] + 2 + random.nextGaussian()
    return { features: Vectors.dense(x), label: score > 0.7 ? 2 : score > -0.5 ? 1 : 0, binary: score > 0 ? 1 : 0 }
  })
  const data = createDataFrame(rows)
  const settings = [
    { labelCol: 'binary', regParam: 0.01 },
    { labelCol: 'binary', regParam: 0.01, elasticNetParam: 1 },
    { labelCol: 'label', regParam: 0.02, elasticNetParam: 0.5 },
  ]

  it.each(settings)('takes the same way as one that sums in order: %o', async (params) => {
    const lr = new LogisticRegression(params)
    const model = await lr.fit(data)
    // Sparse rows are summed in order.
    const sparse = createDataFrame(rows.map((row) => ({ ...row, features: row.features.toSparse() })))
    const inOrder = await lr.fit(sparse)
    const [found, expected] = [model, inOrder].map(({ summary }) => summary.objectiveHistory)
    expect(found).toHaveLength(expected.length)
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 11)
    })
    const coefficients = inOrder.coefficientMatrix.toArray()
    model.coefficientMatrix.toArray().forEach((value, i) => {
      expect(value).toBeCloseTo(coefficients[i], 8)
    })
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const fit = new LogisticRegression({ tol: 0 }).fit(data, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(fit).rejects.toThrow('enough')
    expect((await new LogisticRegression({ maxIter: 1 }).fit(data)).numClasses).toBe(3)
  })
})

describe('the choice', () => {
  const kindOf = (blocks: readonly InstanceBlock[], sets = 1) => {
    using rows = classRows(blocks, sets)
    return rows.constructor
  }
  it('is made by number and form of the rows, and by the number of functions', () => {
    const empty = { size: 2, indices: [], values: [] }
    const dense = randomBlocks([4000, 4000], 2, false)
    const sparse = { ...dense[0], features: vectorColumn(Array.from({ length: 4000 }, () => empty)) }
    expect(kindOf(dense)).toBe(ClassKernelRows)
    expect(kindOf(dense.slice(1))).toBe(ExactRows)
    expect(kindOf(dense.slice(1), 100)).toBe(ClassKernelRows)
    expect(kindOf([dense[0], sparse])).toBe(PlainRows)
    expect(kindOf([sparse])).toBe(ExactRows)
    expect(ClassKernelRows.canHold(100, 0)).toBe(false)
    expect(ClassKernelRows.canHold(2 ** 27, 20)).toBe(false)
  })
})
