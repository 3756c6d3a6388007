import type { InstanceBlock } from '../optim/instances.js'
import { PartitionFold } from '../util/partition-fold.js'
import { leavesOf } from './leaves.js'
import { type Loss, MeanLoss } from './losses.js'
import type { TreeNodes } from './nodes.js'

/** Losses after each iteration; mergeable by partition. */
class IterationLosses {
  readonly means: readonly MeanLoss[]

  constructor(iterations: number) {
    this.means = Array.from({ length: iterations }, () => new MeanLoss())
  }

  merge(other: IterationLosses): this {
    for (const [m, mean] of this.means.entries()) mean.merge(other.means[m])
    return this
  }
}

/**
 * Weighted mean loss of the trees of the first iteration, of the first two, and so on (Spark's `evaluateEachIteration`), from
 * one pass over the rows.
 * @param blocks rows, at least one, with labels as the loss takes them.
 */
export async function iterationLosses(
  blocks: AsyncIterable<InstanceBlock>,
  trees: readonly TreeNodes[],
  treeWeights: readonly number[],
  loss: Loss,
): Promise<number[]> {
  const { width } = loss
  const fold = new PartitionFold(() => new IterationLosses(trees.length / width))
  for await (const { features, length, labels, weights, partition } of blocks) {
    const { means } = fold.of(partition)
    const leaves = leavesOf(trees, features, length)
    const scores = new Float64Array(length * width)
    trees.forEach(({ prediction }, tree) => {
      const k = tree % width
      for (let row = 0; row < length; row++) {
        scores[row * width + k] += prediction[leaves[tree * length + row]] * treeWeights[tree]
      }
      if (k < width - 1) return
      const mean = means[(tree - k) / width]
      for (let row = 0; row < length; row++) {
        mean.add(loss.error(scores, row * width, labels[row]), weights ? weights[row] : 1)
      }
    })
  }
  return (fold.result() as IterationLosses).means.map(({ value }) => value)
}
