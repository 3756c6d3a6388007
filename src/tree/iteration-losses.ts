import type { InstanceBlock } from '../optim/instances.js'
import { PartitionFold } from '../util/partition-fold.js'
import { leavesOf } from './leaves.js'
import { type Loss, MeanLoss } from './losses.js'
import type { TreeNodes } from './nodes.js'

/** Losses after each tree; mergeable by partition. */
class IterationLosses {
  readonly means: readonly MeanLoss[]

  constructor(trees: number) {
    this.means = Array.from({ length: trees }, () => new MeanLoss())
  }

  merge(other: IterationLosses): this {
    for (const [tree, mean] of this.means.entries()) mean.merge(other.means[tree])
    return this
  }
}

/**
 * Weighted mean loss of the first tree, of the first two, and so on (Spark's `evaluateEachIteration`), from one pass over
 * the rows.
 * @param blocks rows, at least one; class labels are -1 and 1.
 */
export async function iterationLosses(
  blocks: AsyncIterable<InstanceBlock>,
  trees: readonly TreeNodes[],
  treeWeights: readonly number[],
  loss: Loss,
): Promise<number[]> {
  const fold = new PartitionFold(() => new IterationLosses(trees.length))
  for await (const { features, length, labels, weights, partition } of blocks) {
    const { means } = fold.of(partition)
    const leaves = leavesOf(trees, features, length)
    const sums = new Float64Array(length)
    trees.forEach(({ prediction }, tree) => {
      for (let row = 0; row < length; row++) {
        sums[row] += prediction[leaves[tree * length + row]] * treeWeights[tree]
        means[tree].add(loss.error(sums[row], labels[row]), weights ? weights[row] : 1)
      }
    })
  }
  return (fold.result() as IterationLosses).means.map(({ value }) => value)
}
