import { describe, expect, it } from 'vitest'
import { type Boosted, boost } from '../../src/tree/boost.js'
import { absoluteError, type Loss, logLoss, squaredError } from '../../src/tree/losses.js'
import type { TreeStrategy } from '../../src/tree/strategy.js'
import type { TreeDataOptions } from '../../src/tree/tree-data.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { strategy } from './growing.js'
import { expectSameTree, type RandomRows, randomRows } from './packed.js'

interface Fit extends Boosted {
  readonly losses: number[]
}

async function fit({ blocks, arity }: RandomRows, tree: TreeStrategy, data: TreeDataOptions, loss: Loss): Promise<Fit> {
  const losses: number[] = []
  const boosted = await boost(
    { training: blocks, validation: null, arity },
    { tree, loss, maxIter: 8, stepSize: 0.3, validationTol: 0.01, patience: 1 },
    { turns: new TurnTaker(), data, onIteration: (_, mean) => losses.push(mean()) },
  )
  return { ...boosted, losses }
}

// Of nodes with few rows, several splits may cut off the same ones: which of them is taken is a matter of rounding.
const given = strategy({ maxDepth: 3 })
/** The same rows with labels -1 and 1. */
function signed(rows: RandomRows): RandomRows {
  const sign = (labels: Float64Array): Float64Array => labels.map((label) => (label > 0 ? 1 : -1))
  return { ...rows, blocks: rows.blocks.map((block) => ({ ...block, labels: sign(block.labels) })) }
}

const CASES: readonly (readonly [string, RandomRows, TreeStrategy, Loss?])[] = [
  ['numbers', randomRows(20_000, 7), given],
  [
    'few rows in a leaf, categories',
    randomRows(5000, 5, { categories: [7, 3] }),
    { ...given, minInstancesPerNode: 50 },
  ],
  ['weights', randomRows(5000, 5, { weights: (random) => random.nextDouble() + 0.1 }), given],
  ['bags', randomRows(5000, 5), { ...given, subsamplingRate: 0.6, minInstancesPerNode: 3 }],
  ['parts of the features', randomRows(5000, 6), { ...given, featureSubsetStrategy: '0.5', minInstancesPerNode: 40 }],
  ['stumps', randomRows(5000, 5), { ...given, maxDepth: 1 }],
  ['a single leaf', randomRows(5000, 3), { ...given, maxDepth: 0 }],
  ['more leaves than are worth carrying', randomRows(5000, 5), { ...given, maxDepth: 9, minInstancesPerNode: 100 }],
  ['logistic loss', signed(randomRows(20_001, 6)), given, logLoss],
  [
    'logistic loss with bags',
    signed(randomRows(5000, 5)),
    { ...given, subsamplingRate: 0.6, minInstancesPerNode: 3 },
    logLoss,
  ],
  ['absolute loss', randomRows(5001, 5), { ...given, minInstancesPerNode: 20 }, absoluteError],
  [
    'absolute loss with weights',
    randomRows(5000, 5, { weights: (random) => random.nextDouble() + 0.1 }),
    { ...given, maxDepth: 2 },
    absoluteError,
  ],
  ['a least gain', randomRows(5000, 5), { ...given, minInfoGain: 0.2 }],
]

describe('boosting of packed rows', () => {
  for (const [name, data, tree, loss = squaredError] of CASES) {
    it(`grows the trees of exact sums: ${name}`, async () => {
      const expected = await fit(data, tree, { exactRows: Number.POSITIVE_INFINITY }, loss)
      const actual = await fit(data, tree, { exactRows: 0 }, loss)
      expect(actual.weights).toEqual(expected.weights)
      actual.trees.forEach((nodes, i) => {
        expectSameTree(nodes, expected.trees[i])
      })
      actual.losses.forEach((loss, i) => {
        expect(loss).toBeCloseTo(expected.losses[i], 9)
      })
    })

    it(`is the same with plain kernels and with two threads: ${name}`, async () => {
      const trees = await fit(data, tree, { exactRows: 0, kernels: { threads: 1 } }, loss)
      expect(await fit(data, tree, { exactRows: 0, kernels: { backend: 'js' } }, loss)).toEqual(trees)
      expect(await fit(data, tree, { exactRows: 0, kernels: { threads: 2 } }, loss)).toEqual(trees)
    })
  }

  it('goes on exactly for many trees: the histograms that are carried on are those of the rows', async () => {
    const data = randomRows(20_000, 5)
    const tree = { ...given, minInstancesPerNode: 200 }
    const options = { tree, loss: squaredError, maxIter: 80, stepSize: 0.5, validationTol: 0.01, patience: 1 }
    const grow = async (exactRows: number): Promise<Boosted> =>
      boost({ training: data.blocks, validation: null, arity: data.arity }, options, {
        turns: new TurnTaker(),
        data: { exactRows },
      })
    const [actual, expected] = [await grow(0), await grow(Number.POSITIVE_INFINITY)]
    actual.trees.forEach((nodes, i) => {
      expectSameTree(nodes, expected.trees[i])
    })
  })

  it('stops when the caller aborts, and leaves the kernels to the next fit', async () => {
    const data = randomRows(30_000, 8)
    const controller = new AbortController()
    const reason = new Error('enough')
    const options = {
      tree: given,
      loss: squaredError,
      maxIter: 100_000,
      stepSize: 0.3,
      validationTol: 0.01,
      patience: 1,
    }
    const rows = { training: data.blocks, validation: null, arity: data.arity }
    for (const kernels of [undefined, { threads: 2 }]) {
      const fitting = boost(rows, options, {
        turns: new TurnTaker(controller.signal),
        data: { exactRows: 0, kernels },
        onIteration: (done) => {
          if (done === 5) controller.abort(reason)
        },
      })
      await expect(fitting).rejects.toBe(reason)
    }
    expect((await fit(data, given, { exactRows: 0 }, squaredError)).trees).toHaveLength(8)
  })
})
