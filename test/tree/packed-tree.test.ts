import { describe, expect, it } from 'vitest'
import type { KernelOptions } from '../../src/kernels/engine.js'
import { growForest } from '../../src/tree/forest.js'
import { nodeCount, type TreeNodes } from '../../src/tree/nodes.js'
import { growPackedTree } from '../../src/tree/packed-forest.js'
import type { TreeStrategy } from '../../src/tree/strategy.js'
import { treeData } from '../../src/tree/tree-data.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { pack, type RandomRows, randomRows, STRATEGY } from '../helpers/packed.js'

async function packedTree(data: RandomRows, strategy: TreeStrategy, options?: KernelOptions): Promise<TreeNodes> {
  const { packed, rows, candidates, turns } = await pack(data, strategy, options)
  using _ = packed
  return growPackedTree(packed, candidates, data.labels, data.weights, rows.totalWeight, strategy, turns)
}

async function exactTree({ blocks, arity, labels }: RandomRows, strategy: TreeStrategy): Promise<TreeNodes> {
  const turns = new TurnTaker()
  const [tree] = await growForest(await treeData(blocks, arity, strategy, turns), labels, strategy, 1, { turns })
  return tree
}

/** The same structure, and numbers that are equal but for rounding. */
function expectSameTree(actual: TreeNodes, expected: TreeNodes): void {
  expect([...actual.feature]).toEqual([...expected.feature])
  expect([...actual.threshold]).toEqual([...expected.threshold])
  expect([...actual.leftChild]).toEqual([...expected.leftChild])
  expect([...actual.rightChild]).toEqual([...expected.rightChild])
  expect([...actual.categories]).toEqual([...expected.categories])
  expect([...actual.categoryOffsets]).toEqual([...expected.categoryOffsets])
  expect([...actual.numCategories]).toEqual([...expected.numCategories])
  expect([...actual.rawCount]).toEqual([...expected.rawCount])
  for (const name of ['prediction', 'impurity', 'impurityStats', 'gain'] as const) {
    for (const [i, value] of expected[name].entries()) {
      expect(Math.abs(actual[name][i] - value), `${name} ${i}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)))
    }
  }
}

const gini = { ...STRATEGY, impurity: 'gini', numClasses: 2 } as const
const CASES: readonly (readonly [string, RandomRows, TreeStrategy])[] = [
  ['numbers', randomRows(5000, 6), STRATEGY],
  ['deep', randomRows(5000, 5), { ...STRATEGY, maxDepth: 10, minInstancesPerNode: 7 }],
  ['255 bins', randomRows(20_000, 9), { ...STRATEGY, maxBins: 255 }],
  ['least gain and weight', randomRows(5000, 6), { ...STRATEGY, minInfoGain: 0.05, minWeightFractionPerNode: 0.02 }],
  ['categories', randomRows(5000, 6, { categories: [3, 20, 1, 31] }), STRATEGY],
  ['weights', randomRows(5000, 6, { weights: (random) => random.nextDouble() + 0.1 }), STRATEGY],
  ['whole weights', randomRows(5000, 6, { categories: [9], weights: (random) => 1 + random.nextInt(4) }), STRATEGY],
  ['two classes', randomRows(5000, 6, { classes: true }), gini],
  [
    'two classes with weights and categories',
    randomRows(5000, 6, { categories: [12], classes: true, weights: (random) => random.nextDouble() + 0.1 }),
    { ...gini, minInfoGain: 0.001 },
  ],
  ['a leaf only', randomRows(3000, 4), { ...STRATEGY, minInfoGain: 100 }],
  ['no level', randomRows(3000, 4), { ...STRATEGY, maxDepth: 0 }],
]

describe('a tree of packed rows', () => {
  for (const [name, data, strategy] of CASES) {
    it(`is the tree of exact sums: ${name}`, async () => {
      const expected = await exactTree(data, strategy)
      if (strategy.maxDepth > 0 && strategy.minInfoGain < 1) expect(nodeCount(expected)).toBeGreaterThan(10)
      expectSameTree(await packedTree(data, strategy), expected)
    })

    it(`is the same with plain kernels and with two threads: ${name}`, async () => {
      const tree = await packedTree(data, strategy, { threads: 1 })
      expect(await packedTree(data, strategy, { backend: 'js' })).toEqual(tree)
      expect(await packedTree(data, strategy, { threads: 2 })).toEqual(tree)
    })
  }
})
