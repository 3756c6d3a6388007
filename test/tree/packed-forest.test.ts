import { describe, expect, it } from 'vitest'
import { growForest } from '../../src/tree/forest.js'
import type { TreeNodes } from '../../src/tree/nodes.js'
import type { TreeStrategy } from '../../src/tree/strategy.js'
import { type TreeDataOptions, treeData } from '../../src/tree/tree-data.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { strategy } from './growing.js'
import { expectSameTree, type RandomRows, randomRows } from './packed.js'

const TREES = 6

async function grow(
  { blocks, arity, labels }: RandomRows,
  given: TreeStrategy,
  options: TreeDataOptions,
): Promise<TreeNodes[]> {
  const turns = new TurnTaker()
  using data = await treeData(blocks, arity, given, turns, options)
  expect(data.kind).toBe(options.exactRows === 0 ? 'packed' : 'exact')
  return growForest(data, labels, given, TREES, { turns, seed: 7 })
}

// Few rows may be cut off in several equally good ways: nodes stay large.
const forest = strategy({ maxDepth: 5, bootstrap: true, featureSubsetStrategy: 'onethird', minInstancesPerNode: 40 })
const ones = { ...forest, minInstancesPerNode: 1, maxDepth: 2 }
const five = { impurity: 'gini', numClasses: 5 } as const
const whole = { bootstrap: false, featureSubsetStrategy: 'all' }
const gini = { impurity: 'gini', numClasses: 2 } as const
const CASES: readonly (readonly [string, RandomRows, TreeStrategy])[] = [
  ['numbers', randomRows(6000, 7), forest],
  ['many features a node', randomRows(6000, 20), { ...forest, featureSubsetStrategy: '0.7', maxBins: 100 }],
  ['one feature a node', randomRows(6000, 5), { ...forest, featureSubsetStrategy: '1' }],
  ['all features', randomRows(6000, 9), { ...forest, featureSubsetStrategy: 'all' }],
  ['parts of the rows', randomRows(6000, 7), { ...forest, bootstrap: false, subsamplingRate: 0.4 }],
  ['all rows', randomRows(6000, 7), { ...forest, bootstrap: false }],
  ['categories', randomRows(6000, 7, { categories: [9, 1, 20, 3] }), { ...forest, featureSubsetStrategy: 'all' }],
  ['categories among few features', randomRows(6000, 7, { categories: [9, 1, 20, 3] }), forest],
  ['weights', randomRows(6000, 7, { weights: (random) => random.nextDouble() + 0.1 }), ones],
  ['two classes', randomRows(6000, 7, { classes: 2, categories: [5] }), { ...forest, ...gini, minInfoGain: 0.001 }],
  ['five classes', randomRows(6000, 7, { classes: 5 }), { ...forest, ...five }],
  ['five classes by entropy', randomRows(6000, 7, { classes: 5 }), { ...forest, ...five, impurity: 'entropy' }],
  ['two classes by entropy', randomRows(6000, 7, { classes: 2 }), { ...forest, ...gini, impurity: 'entropy' }],
  ['classes and a least gain', randomRows(6000, 7, { classes: 4 }), { ...forest, ...five, minInfoGain: 0.004 }],
  [
    'classes with weights',
    randomRows(6000, 9, { classes: 3, weights: (random) => random.nextDouble() + 0.1 }),
    { ...ones, ...five, numClasses: 3 },
  ],
  [
    'categories without order',
    randomRows(6000, 7, { classes: 5, categories: [3, 4, 1, 2] }),
    { ...forest, ...five, featureSubsetStrategy: 'all' },
  ],
  [
    'categories in order of impurity',
    randomRows(6000, 7, { classes: 3, categories: [12, 20] }),
    { ...forest, ...five, numClasses: 3, impurity: 'entropy' },
  ],
  ['all rows of five classes', randomRows(6000, 9, { classes: 5 }), { ...forest, ...five, ...whole }],
  ['little memory', randomRows(6000, 7), { ...forest, maxMemoryInMB: 0 }],
]

describe('a forest of packed rows', () => {
  for (const [name, data, given] of CASES) {
    it(`has the trees of exact sums: ${name}`, async () => {
      const expected = await grow(data, given, { exactRows: Number.POSITIVE_INFINITY })
      const actual = await grow(data, given, { exactRows: 0 })
      actual.forEach((tree, i) => {
        expectSameTree(tree, expected[i])
      })
    })

    it(`is the same with plain kernels and with two threads: ${name}`, async () => {
      const trees = await grow(data, given, { exactRows: 0, kernels: { threads: 1 } })
      expect(await grow(data, given, { exactRows: 0, kernels: { backend: 'js' } })).toEqual(trees)
      expect(await grow(data, given, { exactRows: 0, kernels: { threads: 2 } })).toEqual(trees)
    })
  }

  it('splits no node of one label', async () => {
    const data = randomRows(3000, 3)
    const labels = data.labels.map((label) => (label > 0 ? 1 : 2))
    const given = strategy({ maxDepth: 20, bootstrap: true, featureSubsetStrategy: '2' })
    for (const { impurity, leftChild } of await grow({ ...data, labels }, given, { exactRows: 0 })) {
      expect(impurity.some((value, node) => leftChild[node] >= 0 && value < 1e-9)).toBe(false)
      expect(impurity.some((value) => value === 0)).toBe(true)
    }
  })
})
