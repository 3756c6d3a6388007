import { LEAF, MOMENTS } from '../kernels/records.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Candidates } from './candidates.js'
import { featuresPerNode } from './feature-subsets.js'
import type { GrowControl } from './forest.js'
import { ForestGrower, type NodeSums } from './forest-grower.js'
import { measureOf } from './impurity.js'
import { type GrownTree, type LeafRows, LevelGrower, type SplitRules } from './level-grower.js'
import type { TreeNodes } from './nodes.js'
import { packBags } from './packed-bags.js'
import type { PackedRows } from './packed-rows.js'
import { type PackedTargets, packTargets } from './packed-targets.js'
import type { PackedTree } from './packed-tree.js'
import { growInRounds } from './rounds.js'
import type { TreeStrategy } from './strategy.js'
import type { PackedData } from './tree-data.js'

/** The rules of a strategy. @param totalWeight weight of all rows. */
export function splitRules(
  { maxDepth, minInstancesPerNode, minWeightFractionPerNode, numClasses }: TreeStrategy,
  { unitsPerWeight, areCounts }: PackedTargets,
  totalWeight: number,
): SplitRules {
  const leastCount = areCounts ? minInstancesPerNode : 0
  return {
    maxDepth,
    leastWeight: Math.max(1, leastCount, minWeightFractionPerNode * totalWeight * unitsPerWeight),
    ordersBySum: numClasses === 2,
  }
}

/** Least reduction of the variance of targets in units. */
export function leastGain(
  { minInfoGain, impurity }: TreeStrategy,
  unitsPerOne: number,
  unitsPerWeight: number,
): number {
  // Gini of two classes is twice the variance of 0 and 1. Units are powers of two: their quotient is exact.
  const perVariance = impurity === 'gini' ? 2 : 1
  return (minInfoGain / perVariance) * (unitsPerOne / unitsPerWeight) ** 2
}

/** Bytes that kernels address, less some for histograms. */
const MAX_BYTES = 3.5 * 2 ** 30
/** For each row and tree, a draw and a part of the list of rows; for each row, what trees learn of it. */
const BYTES_PER_DRAW = 5
const BYTES_PER_ROW = 128

/** Whether so many trees fit in the memory of the kernels. */
export function fitsKernels({ packed, numRows }: PackedData, strategy: TreeStrategy, numTrees: number): boolean {
  const draws = growsByLevels(packed, strategy, numTrees) ? 0 : numTrees
  return packed.engine.memory.top + numRows * (draws * BYTES_PER_DRAW + BYTES_PER_ROW) <= MAX_BYTES
}

/** Whether trees are grown on all rows and all features. */
function growsByLevels({ numFeatures }: PackedRows, strategy: TreeStrategy, numTrees: number): boolean {
  const isWhole = !strategy.bootstrap && strategy.subsamplingRate === 1
  return isWhole && !countsClasses(strategy) && featuresPerNode(strategy, numTrees, numFeatures) === numFeatures
}

/** Grows trees by kernels, see `growForest`. */
export async function growPackedForest(
  data: PackedData,
  labels: Float64Array,
  strategy: TreeStrategy,
  numTrees: number,
  control: GrowControl,
): Promise<TreeNodes[]> {
  const { packed, weights } = data
  packed.engine.expect(numTrees * expectedMilliseconds(packed, strategy))
  const { memory } = packed.engine
  const { top } = memory
  const areClasses = strategy.numClasses > 0
  const isLevelWise = growsByLevels(packed, strategy, numTrees)
  const targets = await packTargets(packed, { labels, weights, areClasses, needsPairs: !isLevelWise }, control.turns)
  const grow = isLevelWise ? growByLevels : growByNodes
  const trees = await grow(data, targets, strategy, numTrees, control)
  memory.release(top)
  return trees
}

/** Whether kernels count each class; else trees learn numbers, or two classes as 0 and 1, for which Gini's index is a variance. */
const countsClasses = ({ numClasses, impurity }: TreeStrategy): boolean =>
  numClasses > 0 && (numClasses !== 2 || impurity === 'entropy')

/** Grows trees on all rows and all features. */
async function growByLevels(
  { packed, candidates, totalWeight }: PackedData,
  targets: PackedTargets,
  strategy: TreeStrategy,
  numTrees: number,
  { turns, onTree }: GrowControl,
): Promise<TreeNodes[]> {
  const { engine, numBlocks } = packed
  const grower = new LevelGrower(packed, targets.record, candidates, splitRules(strategy, targets, totalWeight))
  const least = leastGain(strategy, targets.unitsPerOne, targets.unitsPerWeight)
  const trees: TreeNodes[] = []
  while (trees.length < numTrees) {
    await engine.run('countBlock', grower.startTree(), numBlocks, turns)
    const grown = await grower.grow(least, turns)
    const sums = await sumLeaves(packed, targets, grown, turns)
    trees.push(finish(grown.tree, sums, targets, strategy, candidates))
    onTree?.(trees.length)
  }
  return trees
}

/** Grows trees on bags of rows, or nodes on parts of the features. */
async function growByNodes(
  data: PackedData,
  targets: PackedTargets,
  strategy: TreeStrategy,
  numTrees: number,
  { turns, seed = strategy.seed, onTree }: GrowControl,
): Promise<TreeNodes[]> {
  const { candidates, totalWeight } = data
  const byClasses = countsClasses(strategy)
  const grower = await ForestGrower.start({
    data,
    record: targets.record,
    lists: await packBags(data, strategy, numTrees, seed, turns),
    rules: splitRules(strategy, targets, totalWeight),
    leastGain: byClasses ? strategy.minInfoGain : leastGain(strategy, targets.unitsPerOne, targets.unitsPerWeight),
    classes: byClasses ? { count: strategy.numClasses, isEntropy: strategy.impurity === 'entropy' } : null,
    turns,
  })
  await growInRounds(grower, candidates, strategy, numTrees, seed, { turns, onTree })
  const sums = await grower.sums()
  const trees: TreeNodes[] = []
  for (const [t, tree] of grower.trees.entries()) {
    trees.push(finish(tree, sums[t], targets, strategy, candidates))
    if (turns.due()) await turns.take()
  }
  return trees
}

/** @param sums over targets. */
function finish(
  tree: PackedTree,
  { sums, rawCounts }: NodeSums,
  { center }: PackedTargets,
  strategy: TreeStrategy,
  candidates: Candidates,
): TreeNodes {
  const { impurity, numClasses } = strategy
  const measure = measureOf(impurity, numClasses)
  if (countsClasses(strategy)) return tree.finish(sums, rawCounts, measure, candidates)
  return tree.finish(numClasses > 0 ? classStats(sums) : numberStats(sums, center), rawCounts, measure, candidates)
}

/** Time that a value of a row costs a level, about. */
const NANOSECONDS_PER_VALUE = 0.17

/** How long a tree takes, about. */
export const expectedMilliseconds = ({ numRows, numFeatures }: PackedRows, { maxDepth }: TreeStrategy): number =>
  numRows * numFeatures * (maxDepth + 1) * NANOSECONDS_PER_VALUE * 1e-6

/** Statistics of all nodes. */
async function sumLeaves(
  rows: PackedRows,
  { record }: PackedTargets,
  { tree, leaves, undivided }: GrownTree,
  turns: TurnTaker,
): Promise<NodeSums> {
  const { engine, numBlocks } = rows
  const { memory } = engine
  const { top } = memory
  const table = memory.allocate(LEAF.bytes * leaves.length)
  const parts = memory.allocate(24 * leaves.length * numBlocks)
  const moments = memory.allocate(MOMENTS.bytes)
  leaves.forEach(({ segments, step }, i) => {
    LEAF.write(memory, table + i * LEAF.bytes, { segments, step, shift: 0 })
  })
  MOMENTS.write(memory, moments, {
    ...{ rows: record, level: undivided, leaves: table, leafCount: leaves.length, sums: parts, blockCount: numBlocks },
  })
  await engine.run('sumLeaves', moments, numBlocks, turns)
  const sums = new Float64Array(3 * tree.count)
  const { f64 } = memory
  let at = parts / 8
  for (const { node } of leaves) {
    for (let block = 0; block < numBlocks; block++, at += 3) {
      for (let k = 0; k < 3; k++) sums[3 * node + k] += f64[at + k]
    }
  }
  tree.rollUp(sums, 3)
  memory.release(top)
  return { sums, rawCounts: countRows(rows, tree, leaves) }
}

/** Number of rows of each node. */
export function countRows(
  { engine, numBlocks }: PackedRows,
  tree: PackedTree,
  leaves: readonly LeafRows[],
): Float64Array {
  const { u16 } = engine.memory
  const counts = new Float64Array(tree.count)
  for (const { node, segments, step } of leaves) {
    for (let block = 0; block < numBlocks; block++) {
      const segment = (segments + block * step) / 2
      counts[node] += u16[segment + 1] - u16[segment]
    }
  }
  tree.rollUp(counts, 1)
  return counts
}

/** Sums of weights, targets and squares, of labels that are 0 or 1, as weights of the two classes. */
function classStats(sums: Float64Array): Float64Array {
  const stats = new Float64Array((sums.length / 3) * 2)
  for (let node = 0; 3 * node < sums.length; node++) {
    stats[2 * node] = sums[3 * node] - sums[3 * node + 1]
    stats[2 * node + 1] = sums[3 * node + 1]
  }
  return stats
}

/** Sums over targets as sums over labels, which are more by `center`. */
function numberStats(sums: Float64Array, center: number): Float64Array {
  const stats = new Float64Array(sums.length)
  for (let at = 0; at < sums.length; at += 3) {
    const weight = sums[at]
    stats[at] = weight
    stats[at + 1] = sums[at + 1] + center * weight
    stats[at + 2] = sums[at + 2] + center * (2 * sums[at + 1] + center * weight)
  }
  return stats
}
