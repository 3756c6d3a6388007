import type { VectorColumn } from '../sql/batch.js'
import { visitDense } from './dense-rows.js'
import { fall, flatTree } from './flat-tree.js'
import type { TreeNodes } from './nodes.js'

/**
 * The leaf that each row falls in, as the number of its node: `leaves[tree * length + row]`.
 * @param features a column of vectors of one length without nulls, of which the first `length` rows are taken.
 *
 * Cost: for each row and tree, one comparison a level; no memory beside the result but 128 KB, or one row, for sparse rows.
 */
export function leavesOf(trees: readonly TreeNodes[], features: VectorColumn, length: number): Int32Array {
  const leaves = new Int32Array(trees.length * length)
  const flat = trees.map(flatTree)
  visitDense(features, length, length, (values, start, first, count) => {
    flat.forEach((tree, t) => {
      fall(tree, values, start, features.size, count, leaves, t * length + first)
    })
  })
  return leaves
}
