import { describe, expect, it } from 'vitest'
import type { KernelOptions } from '../../src/kernels/engine.js'
import { growForest } from '../../src/tree/forest.js'
import { nodeCount, type TreeNodes } from '../../src/tree/nodes.js'
import type { TreeStrategy } from '../../src/tree/strategy.js'
import { treeData } from '../../src/tree/tree-data.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { strategy } from './growing.js'
import { expectSameTree, type RandomRows, randomRows } from './packed.js'

/** @param exactRows more rows than this are packed. */
async function grow(
  { blocks, arity, labels }: RandomRows,
  given: TreeStrategy,
  exactRows: number,
  kernels?: KernelOptions,
): Promise<TreeNodes> {
  const turns = new TurnTaker()
  using data = await treeData(blocks, arity, given, turns, { exactRows, kernels })
  expect(data.kind).toBe(exactRows === 0 ? 'packed' : 'exact')
  const [tree] = await growForest(data, labels, given, 1, { turns })
  return tree
}

const packedTree = (data: RandomRows, given: TreeStrategy, kernels?: KernelOptions): Promise<TreeNodes> =>
  grow(data, given, 0, kernels)

const exactTree = (data: RandomRows, given: TreeStrategy): Promise<TreeNodes> =>
  grow(data, given, Number.POSITIVE_INFINITY)

const STRATEGY = strategy({ maxDepth: 5 })
const gini = { ...STRATEGY, impurity: 'gini', numClasses: 2 } as const
const CASES: readonly (readonly [string, RandomRows, TreeStrategy])[] = [
  ['numbers', randomRows(5000, 6), STRATEGY],
  ['deep', randomRows(5000, 5), { ...STRATEGY, maxDepth: 10, minInstancesPerNode: 7 }],
  ['255 bins', randomRows(20_000, 9), { ...STRATEGY, maxBins: 255 }],
  ['least gain and weight', randomRows(5000, 6), { ...STRATEGY, minInfoGain: 0.05, minWeightFractionPerNode: 0.02 }],
  ['categories', randomRows(5000, 6, { categories: [3, 20, 1, 31] }), STRATEGY],
  ['weights', randomRows(5000, 6, { weights: (random) => random.nextDouble() + 0.1 }), STRATEGY],
  ['whole weights', randomRows(5000, 6, { categories: [9], weights: (random) => 1 + random.nextInt(4) }), STRATEGY],
  ['two classes', randomRows(5000, 6, { classes: 2 }), gini],
  [
    'two classes with weights and categories',
    randomRows(5000, 6, { categories: [12], classes: 2, weights: (random) => random.nextDouble() + 0.1 }),
    { ...gini, minInfoGain: 0.001 },
  ],
  ['a leaf only', randomRows(3000, 4), { ...STRATEGY, minInfoGain: 100 }],
  ['no level', randomRows(3000, 4), { ...STRATEGY, maxDepth: 0 }],
]

describe('a tree of packed rows', () => {
  for (const [name, data, given] of CASES) {
    it(`is the tree of exact sums: ${name}`, async () => {
      const expected = await exactTree(data, given)
      if (given.maxDepth > 0 && given.minInfoGain < 1) expect(nodeCount(expected)).toBeGreaterThan(10)
      expectSameTree(await packedTree(data, given), expected)
    })

    it(`is the same with plain kernels and with two threads: ${name}`, async () => {
      const tree = await packedTree(data, given, { threads: 1 })
      expect(await packedTree(data, given, { backend: 'js' })).toEqual(tree)
      expect(await packedTree(data, given, { threads: 2 })).toEqual(tree)
    })
  }
})
