import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawBags } from '../../src/tree/bagging.js'
import { growForest } from '../../src/tree/forest.js'
import { leavesOf } from '../../src/tree/leaves.js'
import { isLeaf, nodeCount, type TreeNodes, treeDepth } from '../../src/tree/nodes.js'
import type { TreeStrategy } from '../../src/tree/strategy.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { vectorColumn } from '../helpers/instances.js'
import { dataOf, grow, growTree, type Rows, randomRows, strategy } from './growing.js'
import { type NaiveNode, naiveTree } from './naive-tree.js'

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const all = (nodes: TreeNodes): number[] => Array.from({ length: nodeCount(nodes) }, (_, node) => node)
const leaves = (nodes: TreeNodes): number[] => all(nodes).filter((node) => isLeaf(nodes, node))
const inner = (nodes: TreeNodes): number[] => all(nodes).filter((node) => !isLeaf(nodes, node))
/** Leaf of each row. */
const fallInto = (nodes: TreeNodes, { features }: Rows): number[] =>
  Array.from(leavesOf([nodes], vectorColumn(features), features.length))
/** Labels as two classes. */
const twoClasses = (rows: Rows): Rows => ({ ...rows, labels: rows.labels.map((y) => Number(y > 0.2)) })

function expectSame(nodes: TreeNodes, expected: NaiveNode, node = 0): void {
  expect(nodes.prediction[node]).toBeCloseTo(expected.prediction, 10)
  expect(nodes.rawCount[node]).toBe(expected.rows)
  if (expected.split === undefined) {
    expect(isLeaf(nodes, node)).toBe(true)
    return
  }
  expect(nodes.impurity[node]).toBeCloseTo(expected.impurity, 10)
  expect(nodes.feature[node]).toBe(expected.split.feature)
  expect(nodes.threshold[node]).toBe(expected.split.threshold)
  expect(nodes.gain[node]).toBeCloseTo(expected.split.gain, 10)
  expectSame(nodes, expected.split.left, nodes.leftChild[node])
  expectSame(nodes, expected.split.right, nodes.rightChild[node])
}

/** Far from the sizes at which two features divide a node alike, so that rounding decides nothing. */
const large: Partial<TreeStrategy> = { minInstancesPerNode: 8, maxDepth: 5, maxBins: 100 }

describe('a tree', () => {
  it.each<[string, Partial<TreeStrategy>]>([
    ['variance', {}],
    ['gini', { numClasses: 2 }],
    ['entropy', { numClasses: 2, impurity: 'entropy' }],
    ['a least gain', { minInfoGain: 0.02 }],
    ['a least weight', { minWeightFractionPerNode: 0.2 }],
  ])('is the one that trying every split gives, %s', async (_, given) => {
    const settings = strategy({ ...large, ...given })
    await fc.assert(
      fc.asyncProperty(seeds, fc.boolean(), fc.integer({ min: 1, max: 3 }), async (seed, weighted, partitions) => {
        const random = randomRows(seed, 90, 3)
        const rows = { ...(settings.numClasses === 2 ? twoClasses(random) : random), partitions }
        // Without weights, many splits of two classes are equally good.
        const used = weighted || settings.numClasses === 2 ? rows : { ...rows, weights: undefined }
        expectSame(await growTree(used, settings), naiveTree(used, settings))
      }),
      { numRuns: 8 },
    )
  })

  it('knows the rows that fall in each leaf', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const rows = randomRows(seed, 60, 2)
        const nodes = await growTree(rows)
        const fallen = fallInto(nodes, rows)
        for (const leaf of leaves(nodes)) {
          const own = rows.labels.map((_, row) => row).filter((row) => fallen[row] === leaf)
          const weight = own.reduce((sum, row) => sum + rows.weights[row], 0)
          const labels = own.reduce((sum, row) => sum + rows.weights[row] * rows.labels[row], 0)
          expect(nodes.rawCount[leaf]).toBe(own.length)
          expect(nodes.impurityStats[3 * leaf]).toBeCloseTo(weight, 10)
          expect(nodes.prediction[leaf]).toBeCloseTo(labels / weight, 10)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('gives each child its part of the parent', async () => {
    const { labels, ...rows } = randomRows(3, 80, 3)
    const classes = labels.map((y) => (y > 1 ? 2 : Number(y > 0)))
    const nodes = await growTree({ ...rows, labels: classes }, { numClasses: 3, maxDepth: 6 })
    expect(inner(nodes).length).toBeGreaterThan(5)
    for (const node of inner(nodes)) {
      const [left, right] = [nodes.leftChild[node], nodes.rightChild[node]]
      expect(nodes.rawCount[left] + nodes.rawCount[right]).toBe(nodes.rawCount[node])
      for (let k = 0; k < 3; k++) {
        const sum = nodes.impurityStats[3 * left + k] + nodes.impurityStats[3 * right + k]
        expect(sum).toBeCloseTo(nodes.impurityStats[3 * node + k], 10)
      }
      expect(isLeaf(nodes, left) && isLeaf(nodes, right) && nodes.prediction[left] === nodes.prediction[right]).toBe(
        false,
      )
    }
  })

  it('keeps to its limits', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 0, max: 5 }), async (seed, maxDepth) => {
        const rows = randomRows(seed, 70, 2)
        const total = rows.weights.reduce((sum, weight) => sum + weight, 0)
        const nodes = await growTree(rows, {
          maxDepth,
          minInstancesPerNode: 3,
          minWeightFractionPerNode: 0.06,
          minInfoGain: 0.01,
          maxBins: 10,
        })
        expect(treeDepth(nodes)).toBeLessThanOrEqual(maxDepth)
        for (const node of inner(nodes)) expect(nodes.gain[node]).toBeGreaterThanOrEqual(0.01)
        for (const leaf of leaves(nodes).filter((node) => node > 0)) {
          expect(nodes.rawCount[leaf]).toBeGreaterThanOrEqual(3)
          expect(nodes.impurityStats[3 * leaf]).toBeGreaterThanOrEqual(0.06 * total - 1e-10)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('of neighbouring doubles, which have borders in common, is that of Spark 4.0.1', async () => {
    const rows = Array.from({ length: 14 }, (_, i) => i)
    const features = rows.map((i) => [1 + (i % 7) * Number.EPSILON])
    const nodes = await growTree({ features, labels: rows.map((i) => (i * 5) % 7) }, { maxDepth: 3 })
    expect(Array.from(nodes.prediction)).toEqual([3, 0, 3.5, 5, 3.2, 1, 4])
    expect(Array.from(nodes.rawCount)).toEqual([14, 2, 12, 2, 10, 2, 6])
    expect(inner(nodes).map((node) => nodes.threshold[node])).toEqual([1, 1 + 2 * 2 ** -52, 1 + 4 * 2 ** -52])
    expect(inner(nodes).map((node) => nodes.gain[node])).toEqual([
      1.5000000000000004, 0.4500000000000002, 0.9599999999999995,
    ])
  })

  it('counts the rows of a node anew where none of its features has a split, as Spark 4.0.1 does', async () => {
    const rows = Array.from({ length: 28 }, (_, i) => i)
    const features = rows.map((i) => [1 + (i % 7) * Number.EPSILON, 5])
    const given = { maxDepth: 4, featureSubsetStrategy: '1', seed: 1 }
    const nodes = await growTree({ features, labels: rows.map((i) => (i * 5) % 7) }, given)
    expect(Array.from(nodes.prediction)).toEqual([3, 0, 3.5, 5, 3.25])
    expect(Array.from(nodes.rawCount)).toEqual([28, 4, 24, 4, 16])
    expect(Array.from(nodes.impurity)).toEqual([4, 0, 2.9166666666666665, 0, -1])
  })

  it('takes weights of 1 for none', async () => {
    const { features, labels } = randomRows(5, 50, 3)
    const ones = labels.map(() => 1)
    const classes = labels.map((y) => (y > 1 ? 2 : Number(y > 0)))
    for (const partitions of [1, 3]) {
      const rows = { features, labels, partitions }
      expect(await growTree({ ...rows, weights: ones })).toEqual(await growTree(rows))
      const classified = { ...rows, labels: classes }
      expect(await growTree({ ...classified, weights: ones }, { numClasses: 3 })).toEqual(
        await growTree(classified, { numClasses: 3 }),
      )
    }
  })

  it('takes a weight of 2 for the row twice, but for the count of rows', async () => {
    const { features } = randomRows(7, 40, 3)
    const labels = features.map(([a, b]) => Math.round(4 * a + b))
    const weights = labels.map((_, row) => 1 + (row % 3 === 0 ? 1 : 0))
    const doubled = <T>(values: readonly T[]): T[] =>
      values.flatMap((value, row) => new Array(weights[row]).fill(value))
    const once = await growTree({ features, labels, weights }, { maxBins: 100 })
    const twice = await growTree({ features: doubled(features), labels: doubled(labels) }, { maxBins: 100 })
    expect({ ...once, rawCount: null }).toEqual({ ...twice, rawCount: null })
  })

  it('does not depend on the order of features, nor on those without values', async () => {
    const rows = randomRows(11, 120, 3)
    const nodes = await growTree(rows, large)
    const moved = await growTree({ ...rows, features: rows.features.map(([a, b, c]) => [c, 5, a, 0, b]) }, large)
    expect(moved.feature).toEqual(nodes.feature.map((f) => (f < 0 ? f : [2, 4, 0][f])))
    expect(moved.threshold).toEqual(nodes.threshold)
    // The sums of the root are those of its first feature.
    expect(moved.prediction[0]).toBeCloseTo(nodes.prediction[0], 12)
    expect(moved.prediction.subarray(1)).toEqual(nodes.prediction.subarray(1))
  })

  it('does not depend on partitions, but for the last digits', async () => {
    const rows = randomRows(13, 120, 3)
    const one = await growTree(rows, large)
    const five = await growTree({ ...rows, partitions: 5 }, large)
    expect(five.threshold).toEqual(one.threshold)
    expect(five.feature).toEqual(one.feature)
    one.prediction.forEach((prediction, node) => {
      expect(five.prediction[node]).toBeCloseTo(prediction, 12)
    })
  })

  it('does not depend on how many nodes are split in a round', async () => {
    const rows = randomRows(17, 120, 3)
    expect(await growTree(rows, { ...large, maxMemoryInMB: 0 })).toEqual(await growTree(rows, large))
  })

  it('is a leaf where there is nothing to split', async () => {
    const features = [[1], [2], [3]]
    const constantLabel = await growTree({ features, labels: [4, 4, 4] })
    expect([nodeCount(constantLabel), constantLabel.prediction[0], constantLabel.impurity[0]]).toEqual([1, 4, 0])
    const constantFeature = await growTree({ features: [[0], [0], [0]], labels: [1, 2, 3] })
    expect([nodeCount(constantFeature), constantFeature.prediction[0], constantFeature.impurity[0]]).toEqual([1, 2, -1])
    const oneRow = await growTree({ features: [[1]], labels: [5] })
    expect([nodeCount(oneRow), oneRow.prediction[0], oneRow.rawCount[0]]).toEqual([1, 5, 1])
    const oneClass = await growTree({ features, labels: [0, 0, 0] }, { numClasses: 1 })
    expect([nodeCount(oneClass), oneClass.prediction[0], oneClass.impurityStats[0]]).toEqual([1, 0, 3])
    const depth0 = await growTree({ features, labels: [1, 2, 3] }, { maxDepth: 0 })
    expect([nodeCount(depth0), depth0.prediction[0]]).toEqual([1, 2])
  })

  it('predicts 0 where no row has weight, as Spark', async () => {
    for (const given of [{}, { numClasses: 2 }]) {
      const nodes = await growTree({ features: [[1], [2], [3]], labels: [1, 0, 1], weights: [0, 0, 0] }, given)
      expect([nodeCount(nodes), nodes.prediction[0], nodes.impurity[0], nodes.rawCount[0]]).toEqual([1, 0, 0, 3])
    }
  })

  it('leaves rows without weight aside', async () => {
    const rows = randomRows(19, 60, 2)
    const kept = rows.labels.map((_, row) => row % 3 > 0)
    const weights = rows.labels.map((_, row) => Number(kept[row]))
    const some = <T>(values: readonly T[]): T[] => values.filter((_, row) => kept[row])
    const given = { maxBins: 100, maxDepth: 2 }
    const without = await growTree({ features: some(rows.features), labels: some(rows.labels) }, given)
    const withThem = await growTree({ ...rows, weights }, given)
    expect(withThem.prediction.map((y) => +y.toFixed(10))).toEqual(without.prediction.map((y) => +y.toFixed(10)))
    expect(withThem.impurityStats[0]).toBe(without.rawCount[0])
  })
})

describe('categorical features', () => {
  /** Gain of the best way of all to divide categories in two. */
  function bestGain(
    labels: readonly number[],
    categories: readonly number[],
    arity: number,
    impurity: Impurity,
  ): number {
    const from = (rows: readonly number[]): number => impurity(rows.map((row) => labels[row]))
    const rows = labels.map((_, row) => row)
    let best = 0
    for (let set = 1; set < 2 ** (arity - 1); set++) {
      const left = rows.filter((row) => (set >> categories[row]) & 1)
      const right = rows.filter((row) => !((set >> categories[row]) & 1))
      if (left.length === 0 || right.length === 0) continue
      best = Math.max(best, from(rows) - (left.length * from(left) + right.length * from(right)) / rows.length)
    }
    return best
  }
  type Impurity = (labels: readonly number[]) => number
  const variance: Impurity = (labels) => {
    const mean = labels.reduce((sum, y) => sum + y, 0) / labels.length
    return labels.reduce((sum, y) => sum + (y - mean) ** 2, 0) / labels.length
  }
  const gini: Impurity = (labels) =>
    1 - [0, 1, 2].reduce((sum, k) => sum + (labels.filter((y) => y === k).length / labels.length) ** 2, 0)

  const drawn = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 })), {
    minLength: 64,
    maxLength: 90,
  })

  it.each<[string, Partial<TreeStrategy>, Impurity]>([
    ['in the order of their means', {}, variance],
    ['in every way, for three classes', { numClasses: 3, maxBins: 64 }, gini],
  ])('are divided best, %s', async (_, given, impurity) => {
    await fc.assert(
      fc.asyncProperty(drawn, async (pairs) => {
        const categories = pairs.map(([category]) => category)
        const labels = pairs.map(([, label]) => label)
        const features = categories.map((category) => [category])
        const nodes = await growTree(
          { features, labels, arity: [6] },
          { ...given, maxDepth: 1, maxBins: 64, minInfoGain: 1e-9 },
        )
        const best = bestGain(labels, categories, 6, impurity)
        // Two leaves of the same class are one.
        if (nodeCount(nodes) === 1) return
        expect(nodes.gain[0]).toBeCloseTo(best, 10)
        const list = nodes.categories.subarray(nodes.categoryOffsets[0], nodes.categoryOffsets[1])
        const left = categories.filter((category) => list.includes(category)).length
        expect([nodes.rawCount[1], nodes.numCategories[0], Number.isNaN(nodes.threshold[0])]).toEqual([left, 6, true])
      }),
      { numRuns: 20 },
    )
  })

  it('are ordered by the weight of the second of two classes', async () => {
    const features = [[0], [0], [1], [1], [1], [2]]
    const nodes = await growTree({ features, labels: [1, 1, 0, 0, 0, 0], arity: [4] }, { numClasses: 2 })
    expect(nodeCount(nodes)).toBe(3)
    // Categories 1 and 2 have no row of the second class; 3 has no row at all and comes last.
    expect(Array.from(nodes.categories)).toEqual([1, 2])
    expect(nodes.numCategories[0]).toBe(4)
  })
})

describe('a forest', () => {
  const settings = strategy({ bootstrap: true, maxDepth: 3 })

  it('grows each tree from its bag', async () => {
    const rows = { ...randomRows(23, 50, 2), partitions: 2 }
    const data = await dataOf(rows, settings)
    const turns = new TurnTaker()
    const trees = await growForest(data, Float64Array.from(rows.labels), settings, 4, { turns })
    const bags = await drawBags(data, settings, 4, settings.seed, turns)
    trees.forEach((nodes, tree) => {
      const bag = (bags as Uint8Array[])[tree]
      const fallen = fallInto(nodes, rows)
      for (const leaf of leaves(nodes)) {
        let count = 0
        let weight = 0
        bag.forEach((copies, row) => {
          if (fallen[row] !== leaf) return
          count += copies
          weight += copies * rows.weights[row]
        })
        expect(nodes.rawCount[leaf]).toBe(count)
        expect(nodes.impurityStats[3 * leaf]).toBeCloseTo(weight, 10)
      }
    })
  })

  it('grows the tree of each bag as if it were alone', async () => {
    const rows = randomRows(29, 60, 3)
    const { features, labels } = rows
    const data = await dataOf({ features, labels }, { ...settings, maxBins: 100 })
    const turns = new TurnTaker()
    const trees = await growForest(data, Float64Array.from(labels), settings, 3, { turns })
    const bags = (await drawBags(data, settings, 3, settings.seed, turns)) as Uint8Array[]
    for (const [tree, nodes] of trees.entries()) {
      const rows = labels.map((_, row) => row).flatMap((row) => new Array<number>(bags[tree][row]).fill(row))
      const alone = await growTree(
        { features: rows.map((row) => features[row]), labels: rows.map((row) => labels[row]) },
        { maxDepth: 3, maxBins: 100 },
      )
      // A tree of the forest has the borders of all rows to choose from.
      expect(alone.rawCount).toEqual(nodes.rawCount)
      nodes.prediction.forEach((prediction, node) => {
        expect(alone.prediction[node]).toBeCloseTo(prediction, 10)
      })
    }
  })

  it('repeats its draws with the same seed, and draws others with another one', async () => {
    const rows = randomRows(31, 40, 3)
    const given = { ...settings, featureSubsetStrategy: 'onethird' }
    const first = await grow(rows, given, 3)
    expect(await grow(rows, given, 3)).toEqual(first)
    expect(await grow(rows, { ...given, seed: 43 }, 3)).not.toEqual(first)
  })

  it('splits on the features that were drawn only', async () => {
    const rows = randomRows(37, 60, 6)
    const nodes = await grow(rows, { ...settings, featureSubsetStrategy: '1' }, 8)
    expect(new Set(nodes.flatMap((tree) => inner(tree).map((node) => tree.feature[node]))).size).toBeGreaterThan(3)
  })

  it('predicts 0 where the bag is empty', async () => {
    const trees = await grow({ features: [[1]], labels: [9] }, settings, 20)
    const empty = trees.filter((nodes) => nodes.rawCount[0] === 0)
    expect(empty.length).toBeGreaterThan(0)
    expect(empty.length).toBeLessThan(20)
    for (const nodes of empty) expect([nodes.prediction[0], nodes.impurityStats[0]]).toEqual([0, 0])
  })

  it('says when trees are complete', async () => {
    const rows = randomRows(41, 40, 2)
    const done: number[] = []
    const data = await dataOf(rows, settings)
    await growForest(data, Float64Array.from(rows.labels), settings, 5, {
      turns: new TurnTaker(),
      onTree: (count) => done.push(count),
    })
    expect(done).toEqual([1, 2, 3, 4, 5])
  })
})
