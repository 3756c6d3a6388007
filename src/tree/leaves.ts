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
  for (const { values, first, count } of denseParts(features, length, length)) {
    fillLeaves(trees, values, features.size, first, count, leaves, length)
  }
  return leaves
}

/** Rows in dense form. */
export interface DensePart {
  /** Row by row; valid until the next part. */
  readonly values: Float64Array
  readonly first: number
  readonly count: number
}

/**
 * The first `length` rows in dense form, in parts of at most `most` rows.
 *
 * Cost: nothing for dense rows; 128 KB, or one row, for sparse ones.
 */
export function* denseParts(features: VectorColumn, length: number, most: number): Generator<DensePart> {
  const width = features.size
  if (features.offsets === null) {
    for (let first = 0; first < length; first += most) {
      const count = Math.min(most, length - first)
      yield { values: features.values.subarray(first * width, (first + count) * width), first, count }
    }
    return
  }
  const step = Math.min(most, Math.max(1, Math.floor(SCRATCH / Math.max(1, width))))
  const scratch = new Float64Array(Math.min(step, length) * width)
  for (let first = 0; first < length; first += step) {
    const count = Math.min(step, length - first)
    scatter(features, first, count, scratch)
    yield { values: scratch.subarray(0, count * width), first, count }
    erase(features, first, count, scratch)
  }
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
