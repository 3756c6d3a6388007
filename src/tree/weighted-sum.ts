import type { VectorColumn } from '../sql/batch.js'
import { leavesOf } from './leaves.js'
import type { TreeNodes } from './nodes.js'

/**
 * Sum of the weighted predictions of trees for each of the first `length` rows, added tree by tree.
 * @param weights one a tree.
 */
export function weightedSums(
  trees: readonly TreeNodes[],
  weights: readonly number[],
  features: VectorColumn,
  length: number,
): Float64Array {
  const leaves = leavesOf(trees, features, length)
  const sums = new Float64Array(length)
  trees.forEach(({ prediction }, tree) => {
    const weight = weights[tree]
    const start = tree * length
    for (let row = 0; row < length; row++) sums[row] += weight * prediction[leaves[start + row]]
  })
  return sums
}
