import { slotsWriter, type WriteSlots } from '../scoring/vector-forms.js'
import { printable, type ReadNumber, type VectorForm } from '../sql/row-form.js'
import { flatTree } from './flat-tree.js'
import type { TreeNodes } from './nodes.js'

/**
 * Reader of the sum of what trees tell of one row.
 * @param weights one a tree; null: all 1.
 * @returns undefined where splits are more than thresholds: categories, or NaN that goes left.
 */
export function treeSumReader(
  form: VectorForm,
  trees: readonly TreeNodes[],
  weights: readonly number[] | null,
): ReadNumber | undefined {
  const flat = trees.map(flatTree)
  if (flat.some(({ special }) => special)) return undefined
  const { slots, write } = slotsWriter(form)
  const sizes = Int32Array.from(flat, ({ left }) => left.length)
  const features: number[] = []
  const thresholds: number[] = []
  const leaves: number[] = []
  flat.forEach(({ numbers, feature, threshold, left }, t) => {
    for (let at = 0; at < left.length; at++) {
      const isLeaf = left[at] < at
      features.push(isLeaf ? -1 : feature[at])
      if (isLeaf) leaves.push((weights ? weights[t] : 1) * trees[t].prediction[numbers[at]])
      else thresholds.push(threshold[at])
    }
  })
  const nodes = [sizes, Int32Array.from(features), Float64Array.from(thresholds), Float64Array.from(leaves)] as const
  return printable(treeSum, slots, write, ...nodes)
}

/**
 * Sums what the trees of an ensemble tell of one row, in the order of the trees. The nodes of all trees lie in one array a field, laid out as in
 * `FlatTree`: a leaf has no threshold and is its own right child. Four trees are fallen through at a time: none waits for the memory or the
 * comparison of another one.
 * @param sizes number of nodes of each tree, which follow each other level by level.
 * @param features of each node; -1: a leaf.
 * @param thresholds of each node that is no leaf.
 * @param leaves what each leaf tells.
 */
const treeSum = (
  slots: Float64Array,
  write: WriteSlots,
  sizes: Int32Array,
  features: Int32Array,
  thresholds: Float64Array,
  leaves: Float64Array,
): ReadNumber => {
  const size = features.length
  const groups = Math.ceil(sizes.length / 4)
  /** Root of each tree, and of as many that tell 0 as the last few need. */
  const roots = new Int32Array(groups * 4).fill(size)
  /** Levels of the deepest tree of those that are fallen through at a time. */
  const depths = new Int32Array(groups)
  const feature = new Int32Array(size + 1)
  const threshold = new Float64Array(size + 1).fill(Number.NaN)
  const left = new Int32Array(size + 1).fill(size - 1)
  const value = new Float64Array(size + 1)
  let inner = 0
  let leaf = 0
  for (let t = 0, start = 0; t < sizes.length; start += sizes[t++]) {
    roots[t] = start
    let end = start + 1
    let depth = -1
    for (let at = start, level = start; at < start + sizes[t]; at++) {
      if (at === level) {
        depth++
        level = end
      }
      if (features[at] < 0) {
        left[at] = at - 1
        value[at] = leaves[leaf++]
      } else {
        feature[at] = features[at]
        threshold[at] = thresholds[inner++]
        left[at] = end
        end += 2
      }
    }
    depths[t >> 2] = Math.max(depths[t >> 2], depth)
  }
  return (row) => {
    if (!write(row)) return Number.NaN
    let sum = 0
    for (let group = 0, t = 0; group < groups; group++, t += 4) {
      let a = roots[t]
      let b = roots[t + 1]
      let c = roots[t + 2]
      let d = roots[t + 3]
      for (let level = depths[group]; level > 0; level--) {
        a = left[a] + 1 - Number(slots[feature[a]] <= threshold[a])
        b = left[b] + 1 - Number(slots[feature[b]] <= threshold[b])
        c = left[c] + 1 - Number(slots[feature[c]] <= threshold[c])
        d = left[d] + 1 - Number(slots[feature[d]] <= threshold[d])
      }
      // In the order of the trees.
      sum += value[a]
      sum += value[b]
      sum += value[c]
      sum += value[d]
    }
    return sum
  }
}
