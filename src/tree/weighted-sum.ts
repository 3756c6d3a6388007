import type { VectorColumn } from '../sql/batch.js'
import { leavesOf } from './leaves.js'
import type { TreeNodes } from './nodes.js'

/**
 * Sum of the weighted predictions of trees for each of the first `length` rows, added tree by tree.
 * @param weights one a tree.
 * @param width sums of a row: tree t belongs to sum `t mod width`. The sums stand row by row.
 */
export function weightedSums(
  trees: readonly TreeNodes[],
  weights: readonly number[],
  features: VectorColumn,
  length: number,
  width = 1,
): Float64Array {
  const leaves = leavesOf(trees, features, length)
  const sums = new Float64Array(length * width)
  trees.forEach(({ prediction }, tree) => {
    const weight = weights[tree]
    const start = tree * length
    const k = tree % width
    for (let row = 0; row < length; row++) sums[row * width + k] += weight * prediction[leaves[start + row]]
  })
  return sums
}
