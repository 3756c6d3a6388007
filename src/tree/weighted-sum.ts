import { LeafSums } from './leaf-sums.js'
import type { TreeNodes } from './nodes.js'

/**
 * Sums of the weighted predictions of trees.
 * @param weights one a tree.
 * @param width sums of a row: tree t belongs to sum `t mod width`.
 */
export const weightedSums = (trees: readonly TreeNodes[], weights: readonly number[], width = 1): LeafSums =>
  new LeafSums(
    trees.map((nodes, tree) => ({
      nodes,
      values: nodes.prediction.map((prediction) => weights[tree] * prediction),
      place: tree % width,
    })),
    width,
  )
