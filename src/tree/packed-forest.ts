import { LEAF, MOMENTS } from '../kernels/records.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Candidates } from './candidates.js'
import { measureOf } from './impurity.js'
import { type GrownTree, LevelGrower, type SplitRules } from './level-grower.js'
import type { TreeNodes } from './nodes.js'
import type { PackedRows } from './packed-rows.js'
import { type PackedTargets, packTargets } from './packed-targets.js'
import type { TreeStrategy } from './strategy.js'

/** The rules of a strategy in units. @param totalWeight weight of all rows. */
export function splitRules(strategy: TreeStrategy, targets: PackedTargets, totalWeight: number): SplitRules {
  const { maxDepth, minInstancesPerNode, minWeightFractionPerNode, minInfoGain, impurity } = strategy
  const { unitsPerOne, unitsPerWeight, weighted } = targets
  const leastCount = weighted ? 0 : minInstancesPerNode
  // Units are powers of two.
  const gainUnits = (unitsPerOne / unitsPerWeight) ** 2
  // Gini of two classes is twice the variance of 0 and 1.
  const perVariance = impurity === 'gini' ? 2 : 1
  return {
    maxDepth,
    leastWeight: Math.max(1, leastCount, minWeightFractionPerNode * totalWeight * unitsPerWeight),
    leastGain: (minInfoGain / perVariance) * gainUnits,
    ordersBySum: strategy.numClasses === 2,
  }
}

/** Grows a tree from all rows and all features. */
export async function growPackedTree(
  rows: PackedRows,
  candidates: Candidates,
  labels: Float64Array,
  weights: Float64Array | null,
  totalWeight: number,
  strategy: TreeStrategy,
  turns: TurnTaker,
): Promise<TreeNodes> {
  const { engine, numRows, numFeatures, numBlocks } = rows
  engine.expect(numRows * numFeatures * strategy.maxDepth * NANOSECONDS_PER_VALUE * 1e-6)
  const { memory } = engine
  const top = memory.top
  const areClasses = strategy.numClasses > 0
  const targets = await packTargets(rows, { labels, weights, areClasses }, turns)
  const grower = new LevelGrower(rows, targets.record, candidates, splitRules(strategy, targets, totalWeight))
  await engine.run('countBlock', grower.startTree(), numBlocks, turns)
  const grown = await grower.grow(turns)
  const { stats, rawCounts } = await statistics(rows, targets, grown, areClasses, turns)
  memory.release(top)
  return grown.tree.finish(stats, rawCounts, measureOf(strategy.impurity, strategy.numClasses), candidates)
}

/** Time that a value of a row costs at a level, about. */
const NANOSECONDS_PER_VALUE = 0.5

/** Statistics and numbers of rows of all nodes. */
async function statistics(
  rows: PackedRows,
  { record, center }: PackedTargets,
  { tree, leaves, undivided }: GrownTree,
  areClasses: boolean,
  turns: TurnTaker,
): Promise<{ stats: Float64Array; rawCounts: Float64Array }> {
  const { engine, numBlocks } = rows
  const { memory } = engine
  const table = memory.allocate(LEAF.bytes * leaves.length)
  const sums = memory.allocate(24 * leaves.length * numBlocks)
  const moments = memory.allocate(MOMENTS.bytes)
  leaves.forEach(({ segments, step }, i) => {
    LEAF.write(memory, table + i * LEAF.bytes, { segments, step, shift: 0 })
  })
  MOMENTS.write(memory, moments, {
    ...{ rows: record, level: undivided, leaves: table, leafCount: leaves.length, sums, blockCount: numBlocks },
  })
  await engine.run('sumLeaves', moments, numBlocks, turns)
  const centered = new Float64Array(3 * tree.count)
  const rawCounts = new Float64Array(tree.count)
  const { f64, u16 } = memory
  leaves.forEach(({ node, segments, step }, i) => {
    for (let block = 0; block < numBlocks; block++) {
      const at = sums / 8 + 3 * (i * numBlocks + block)
      for (let k = 0; k < 3; k++) centered[3 * node + k] += f64[at + k]
      const segment = (segments + block * step) / 2
      rawCounts[node] += u16[segment + 1] - u16[segment]
    }
  })
  tree.rollUp(centered, 3)
  tree.rollUp(rawCounts, 1)
  return { stats: areClasses ? classStats(centered) : numberStats(centered, center), rawCounts }
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
