import { describe, expect, it } from 'vitest'
import { ParamError } from '../../src/errors.js'
import type { InstanceBlock } from '../../src/optim/instances.js'
import { weightedLeastSquares } from '../../src/optim/weighted-least-squares.js'
import { WeightedMoments } from '../../src/optim/weighted-moments.js'
import { fitLinearIteratively } from '../../src/regression/iterative-linear-fit.js'
import { PartitionFold } from '../../src/util/partition-fold.js'
import { Corpus, type GoldenCase } from '../golden/corpus.js'
import type { Recorded, RecordedObject } from '../helpers/compare.js'
import { recordedBlocks, vectorElements } from '../helpers/instances.js'

const corpus = Corpus.open()
const cases = corpus
  .cases()
  .filter(({ class: name, id }) => name === 'LinearRegression' && id.startsWith('regression/'))
  .map((recorded) => ({ ...recorded, name: recorded.id.split('/')[2] }))

const defaults = {
  solver: 'auto',
  loss: 'squaredError' as 'squaredError' | 'huber',
  fitIntercept: true,
  regParam: 0,
  elasticNetParam: 0,
  standardization: true,
  epsilon: 1.35,
  maxIter: 100,
  tol: 1e-6,
}

async function normal(blocks: readonly InstanceBlock[], params: typeof defaults) {
  const fold = new PartitionFold(() => new WeightedMoments(blocks[0].features.size))
  for (const { features, labels, weights, partition } of blocks) fold.of(partition).add(features, labels, weights)
  const { solver: _, ...options } = params
  const found = await weightedLeastSquares(fold.result()!, {
    ...options,
    standardizeFeatures: params.standardization,
    standardizeLabel: true,
  })
  return { ...found, scale: 1 }
}

function fit({ params, input }: GoldenCase) {
  const all = { ...defaults, ...params }
  const blocks = recordedBlocks(corpus, input.dataset, input.partitions, params?.weightCol !== undefined)
  return all.loss === 'huber' || all.solver === 'l-bfgs' ? fitLinearIteratively(blocks, all) : normal(blocks, all)
}

/** Spark's sums are fused and vectorised, ours are not: about 1e-16 an operation, carried on through up to 42 iterations. */
const TOLERANCE = 1e-10
const near = (actual: number, expected: Recorded): void => {
  const difference = Math.abs(actual - (expected as number))
  expect(difference, `${actual}, Spark ${expected}`).toBeLessThanOrEqual(TOLERANCE * Math.abs(expected as number))
}

describe('every recorded fit of Spark', () => {
  it.each(cases.filter(({ error }) => !error))('$name: iteration for iteration', async (recorded) => {
    const model = recorded.model as RecordedObject
    const found = await fit(recorded)
    const history = (model.summary as RecordedObject).objectiveHistory as number[]
    expect(found.objectiveHistory).toHaveLength(history.length)
    history.forEach((value, i) => {
      near(found.objectiveHistory[i], value)
    })
    vectorElements(model.coefficients).forEach((value, j) => {
      near(found.coefficients[j], value)
    })
    near(found.intercept, model.intercept)
    near(found.scale, model.scale)
  })
  it.each(cases.filter(({ error, name }) => error && name.includes('constLabel')))(
    '$name: refused',
    async (recorded) => {
      await expect(fit(recorded)).rejects.toThrow(ParamError)
    },
  )
})

describe('fitLinearIteratively', () => {
  const options = { ...defaults, tol: 1e-12, maxIter: 1000 }
  const [block] = recordedBlocks(corpus, 'regDense', 1, true)

  it('agrees with the normal equations where nothing is penalised', async () => {
    const iterated = await fitLinearIteratively([block], options)
    const exact = await normal([block], options)
    exact.coefficients.forEach((value, j) => {
      // The gradient stops at 1e-8 of the scaled problem.
      expect(Math.abs(iterated.coefficients[j] / value - 1)).toBeLessThan(1e-6)
    })
  })
  it('takes a weight of two as the row twice, up to the sample deviation', async () => {
    const twice = { ...block, weights: new Float64Array(block.length).fill(2) }
    const once = { ...block, weights: null }
    const [a, b] = [await fitLinearIteratively([twice], options), await fitLinearIteratively([once, once], options)]
    a.coefficients.forEach((value, j) => {
      expect(Math.abs(b.coefficients[j] / value - 1)).toBeLessThan(1e-6)
    })
  })
  it('does not depend on how a partition is cut into blocks', async () => {
    const cut = (from: number, to: number): InstanceBlock => ({
      ...block,
      length: to - from,
      features: { ...block.features, values: block.features.values.subarray(from * 5, to * 5) },
      labels: block.labels.subarray(from, to),
      weights: block.weights!.subarray(from, to),
    })
    const whole = await fitLinearIteratively([block], options)
    const parts = await fitLinearIteratively([cut(0, 32), cut(32, 33), cut(33, block.length)], options)
    expect(parts.coefficients).toEqual(whole.coefficients)
  })
  it('resists outliers with the Huber loss', async () => {
    const x = Array.from({ length: 40 }, (_, i) => i / 10)
    const labels = Float64Array.from(x, (value, i) => 2 * value + 1 + (i % 2 ? 0.01 : -0.01) + (i === 39 ? 500 : 0))
    const line: InstanceBlock = {
      length: 40,
      partition: 0,
      features: { ...block.features, size: 1, values: Float64Array.from(x) },
      labels,
      weights: null,
    }
    const robust = await fitLinearIteratively([line], { ...options, loss: 'huber' })
    expect(robust.coefficients[0]).toBeCloseTo(2, 1)
    const plain = await fitLinearIteratively([line], options)
    expect(Math.abs(plain.coefficients[0] - 2)).toBeGreaterThan(10)
  })
  it('needs rows and weight', async () => {
    await expect(fitLinearIteratively([], options)).rejects.toThrow('no rows')
    const weightless = { ...block, weights: new Float64Array(block.length) }
    await expect(fitLinearIteratively([weightless], options)).rejects.toThrow('add up to 0')
  })
})
