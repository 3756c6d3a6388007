import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'
import { goesLeft, type TreeNodes } from './nodes.js'

/** Numbers that are laid out densely at once where rows are sparse: small enough for a processor's cache. */
const SCRATCH = 16_384

/**
 * The leaf that each row falls in, as the number of its node: `leaves[tree * length + row]`.
 * @param features a column of vectors of one length without nulls, of which the first `length` rows are taken.
 *
 * Cost: for each row and tree, one comparison a level; no memory beside the result but 128 KB, or one row, for sparse rows.
 */
export function leavesOf(trees: readonly TreeNodes[], features: VectorColumn, length: number): Int32Array {
  const leaves = new Int32Array(trees.length * length)
  if (features.offsets === null) {
    fillLeaves(trees, features.values, features.size, 0, length, leaves, length)
    return leaves
  }
  const width = features.size
  const step = Math.max(1, Math.floor(SCRATCH / Math.max(1, width)))
  const scratch = new Float64Array(Math.min(step, length) * width)
  for (let first = 0; first < length; first += step) {
    const count = Math.min(step, length - first)
    scatter(features, first, count, scratch)
    fillLeaves(trees, scratch, width, first, count, leaves, length)
    erase(features, first, count, scratch)
  }
  return leaves
}

/** Leaves of `count` dense rows; the first of them is row `first` of `length`. */
function fillLeaves(
  trees: readonly TreeNodes[],
  values: Float64Array,
  width: number,
  first: number,
  count: number,
  leaves: Int32Array,
  length: number,
): void {
  for (let tree = 0; tree < trees.length; tree++) {
    const nodes = trees[tree]
    const { leftChild, rightChild, feature, threshold, numCategories, missingLeft } = nodes
    const start = tree * length + first
    for (let row = 0; row < count; row++) {
      const at = row * width
      let node = 0
      while (leftChild[node] >= 0) {
        const value = values[at + feature[node]]
        const plain = numCategories[node] < 0 && missingLeft === undefined
        const left = plain ? value <= threshold[node] : goesLeft(nodes, node, value)
        node = left ? leftChild[node] : rightChild[node]
      }
      leaves[start + row] = node
    }
  }
}

/** Lays sparse rows out as dense ones over zeros. */
function scatter(column: VectorColumn, first: number, count: number, dense: Float64Array): void {
  const { size, values, indices } = column
  for (let row = 0; row < count; row++) {
    const start = vectorStart(column, first + row)
    const end = vectorStart(column, first + row + 1)
    for (let e = start; e < end; e++) dense[row * size + (indices ? indices[e] : e - start)] = values[e]
  }
}

/** Puts zeros back where `scatter` has written. */
function erase(column: VectorColumn, first: number, count: number, dense: Float64Array): void {
  const { size, indices } = column
  for (let row = 0; row < count; row++) {
    const start = vectorStart(column, first + row)
    const end = vectorStart(column, first + row + 1)
    for (let e = start; e < end; e++) dense[row * size + (indices ? indices[e] : e - start)] = 0
  }
}
