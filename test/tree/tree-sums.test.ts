import { describe, expect, it } from 'vitest'
import type { KernelOptions } from '../../src/kernels/engine.js'
import type { VectorColumn } from '../../src/sql/batch.js'
import { flatTree } from '../../src/tree/flat-tree.js'
import { KernelSums } from '../../src/tree/kernel-sums.js'
import { leavesOf } from '../../src/tree/leaves.js'
import type { TreeNodes } from '../../src/tree/nodes.js'
import type { TreeTerm } from '../../src/tree/packed-trees.js'
import { TreeSums } from '../../src/tree/tree-sums.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { bothForms, naiveLeaf, randomTree, randomValues, type TreeShape } from './random-trees.js'

const backends: KernelOptions[] = [
  { threads: 1, backend: 'wasm' },
  { threads: 1, backend: 'js' },
]
const few = [-Infinity, -1, -0.5, -0, 0, 0.25, 0.5, 1, 2.5, 1e300, Infinity]

/** Trees of a kind, and how many. */
const kinds: readonly (readonly [string, number, Partial<TreeShape>])[] = [
  ['a leaf', 1, { maxDepth: 0 }],
  ['stumps', 5, { maxDepth: 1, splitChance: 1 }],
  ...[2, 3, 4, 5, 6, 7, 8].map(
    (depth) => [`complete trees of depth ${depth}`, 6, { maxDepth: depth, splitChance: 1 }] as const,
  ),
  ['trees of any shape', 9, { maxDepth: 8, splitChance: 0.8 }],
  ['thresholds that meet values', 8, { maxDepth: 6, thresholds: few }],
  ['an infinite threshold', 3, { maxDepth: 1, thresholds: [Infinity, -Infinity] }],
  ['depth 9', 5, { maxDepth: 9, splitChance: 1 }],
  ['depth 12', 3, { maxDepth: 12, splitChance: 0.9 }],
  ['depth 20', 4, { maxDepth: 20, splitChance: 0.7 }],
  ['categories', 6, { maxDepth: 7, splitChance: 0.9, categories: { chance: 0.6, arity: [2, 3, 30, 40] } }],
  ['many categories', 6, { maxDepth: 10, splitChance: 0.8, categories: { chance: 0.8, arity: [254, 5] } }],
  ['missing values', 6, { maxDepth: 7, splitChance: 0.9, missing: true, thresholds: few }],
  [
    'missing values and categories',
    6,
    { maxDepth: 11, splitChance: 0.8, missing: true, categories: { chance: 0.5, arity: [4, 33] } },
  ],
  ['few of many features', 3, { maxDepth: 3, splitChance: 1, numFeatures: 60 }],
  ['one feature', 12, { maxDepth: 8, splitChance: 1, numFeatures: 1 }],
]

const grow = (seed: number, count: number, shape: Partial<TreeShape>): TreeNodes[] => {
  const random = new XORShiftRandom(seed)
  return Array.from({ length: count }, () =>
    randomTree(random, { numFeatures: 7, maxDepth: 5, splitChance: 0.9, ...shape }),
  )
}

const rowsOf = (values: Float64Array, size: number): Float64Array[] =>
  Array.from({ length: values.length / size }, (_, row) => values.subarray(row * size, (row + 1) * size))

function byKernels(
  terms: TreeTerm[],
  slots: number,
  features: VectorColumn,
  length: number,
  options: KernelOptions,
): Float64Array {
  const sums = new Float64Array(length * slots)
  const kernels = KernelSums.of(terms, slots, features.size, options)
  expect(kernels).not.toBeNull()
  kernels!.fill(features, length, sums)
  return sums
}

describe.each(kinds)('%s', (_, count, shape) => {
  const trees = grow(3, count, shape)
  const size = shape.numFeatures ?? 7
  const length = 1100
  const values = randomValues(new XORShiftRandom(5), length, size, shape.thresholds)
  const { dense, sparse } = bothForms(values, size)
  const rows = rowsOf(values, size)

  it('are fallen through as node by node', () => {
    const expected = trees.flatMap((nodes) => rows.map((row) => naiveLeaf(nodes, row)))
    expect([...leavesOf(trees, dense, length)]).toEqual(expected)
    expect([...leavesOf(trees, sparse, length)]).toEqual(expected)
    expect([...leavesOf(trees, dense, 3)]).toEqual(trees.flatMap((_, t) => expected.slice(t * length, t * length + 3)))
  })

  it('are summed by kernels to the same bits', () => {
    const terms = trees.map((nodes) => ({ tree: flatTree(nodes), values: nodes.prediction, width: 1, slot: 0 }))
    const expected = Float64Array.from(rows, (row) =>
      trees.reduce((sum, nodes) => sum + nodes.prediction[naiveLeaf(nodes, row)], 0),
    )
    const sums = TreeSums.ofPredictions(trees, null)
    for (const features of [dense, sparse]) {
      expect(sums.of(features, length)).toEqual(expected)
      for (const options of backends) expect(byKernels(terms, 1, features, length, options)).toEqual(expected)
    }
  })

  it('tell several sums', () => {
    const votes = rows.flatMap((row) =>
      [0, 1, 2].map((k) => trees.reduce((sum, nodes) => sum + nodes.impurityStats[naiveLeaf(nodes, row) * 3 + k], 0)),
    )
    const terms = trees.map((nodes) => ({ tree: flatTree(nodes), values: nodes.impurityStats, width: 3, slot: 0 }))
    expect([
      ...TreeSums.ofRows(
        trees,
        trees.map(({ impurityStats }) => impurityStats),
        3,
      ).of(dense, length),
    ]).toEqual(votes)
    const turns = rows.flatMap((row) =>
      [0, 1].map((k) =>
        trees.reduce((sum, nodes, t) => (t % 2 === k ? sum + nodes.prediction[naiveLeaf(nodes, row)] : sum), 0),
      ),
    )
    const inTurn = trees
      .map((nodes, t) => ({ tree: flatTree(nodes), values: nodes.prediction, width: 1, slot: t % 2 }))
      .sort((a, b) => a.slot - b.slot)
    expect([...TreeSums.ofPredictions(trees, null, 2).of(dense, length)]).toEqual(turns)
    for (const options of backends) {
      expect([...byKernels(terms, 3, dense, length, options)]).toEqual(votes)
      expect([...byKernels(inTurn, 2, sparse, length, options)]).toEqual(turns)
    }
  })
})
