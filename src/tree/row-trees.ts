import { slotsWriter, type WriteSlots } from '../scoring/vector-forms.js'
import { once, printable, type ReadNumber, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { flatTree } from './flat-tree.js'
import type { TreeNodes } from './nodes.js'

/** Finds the leaf of each tree that a row falls into. Leaves are numbered through all trees, in each level by level. */
type FindLeaves = (slots: Float64Array, leaves: Int32Array) => void

/** The trees of a model over the vector of one row. */
export interface RowTrees {
  /** Leaves of each tree: tree, and number of the node in pre-order. */
  readonly leaves: readonly (readonly [tree: number, node: number])[]
  /** Finds the leaves of a row, once a row. @returns false where the batch must say. */
  readonly fall: WriteSlots
  /** The leaf of each tree, and room for as many as are found at a time. */
  readonly found: Int32Array
  /** Number of trees. */
  readonly count: number
}

/** What is made of a vector by the same trees is made once. */
const made = new WeakMap<VectorForm, { readonly first: TreeNodes; readonly trees: RowTrees }>()

/** The trees of a model over a vector. */
export function rowTrees(form: VectorForm, trees: readonly TreeNodes[]): RowTrees {
  const known = made.get(form)
  if (known?.first === trees[0] && known.trees.count === trees.length) return known.trees
  const fallen = fallenTrees(form, trees)
  made.set(form, { first: trees[0], trees: fallen })
  return fallen
}

const findOnce =
  (write: WriteSlots, slots: Float64Array, find: FindLeaves, leaves: Int32Array): WriteSlots =>
  (row) => {
    if (!write(row)) return false
    find(slots, leaves)
    return true
  }

function fallenTrees(form: VectorForm, trees: readonly TreeNodes[]): RowTrees {
  const flat = trees.map(flatTree)
  const leaves: (readonly [number, number])[] = []
  const features: number[] = []
  const thresholds: number[] = []
  const arities: number[] = []
  const missingLeft: number[] = []
  const sets: number[] = []
  flat.forEach(({ numbers, feature, threshold, left, special }, t) => {
    for (let at = 0; at < left.length; at++) {
      const isLeaf = left[at] < at
      features.push(isLeaf ? -1 : feature[at])
      if (isLeaf) {
        leaves.push([t, numbers[at]])
        continue
      }
      thresholds.push(threshold[at])
      const arity = special ? special.arity[at] : -1
      arities.push(arity)
      missingLeft.push(special ? special.missingLeft[at] : 0)
      if (special && arity >= 0) {
        const start = special.starts[at]
        sets.push(...special.sets.subarray(start, start + ((arity + 2 + 31) >> 5)))
      }
    }
  })
  const sizes = Int32Array.from(flat, ({ left }) => left.length)
  const nodes = [sizes, Int32Array.from(features), Float64Array.from(thresholds)] as const
  const find = flat.some(({ special }) => special)
    ? printable(findSpecially, ...nodes, Int32Array.from(arities), Uint8Array.from(missingLeft), Uint32Array.from(sets))
    : printable(findByThresholds, ...nodes)
  // NaN goes to a side of each split, as a number does.
  const { slots, write } = slotsWriter(form, true)
  const found = new Int32Array(trees.length + 3)
  return { leaves, found, count: trees.length, fall: once(printable(findOnce, write, slots, find, found)) }
}

/**
 * The nodes of all trees lie in one array a field, laid out as in `FlatTree`: a leaf has no threshold and is its own right child. Four trees are
 * fallen through at a time: none waits for the memory or the comparison of another one.
 * @param sizes number of nodes of each tree, which follow each other level by level.
 * @param features of each node; -1: a leaf.
 * @param thresholds of each node that is no leaf.
 */
const findByThresholds = (sizes: Int32Array, features: Int32Array, thresholds: Float64Array): FindLeaves => {
  const size = features.length
  const count = sizes.length
  const groups = Math.ceil(count / 4)
  // The last few trees are fallen through with as many of one leaf.
  const roots = new Int32Array(groups * 4).fill(size)
  // Levels of the deepest tree of those that are fallen through at a time.
  const depths = new Int32Array(groups)
  const feature = new Int32Array(size + 1)
  const threshold = new Float64Array(size + 1).fill(Number.NaN)
  const left = new Int32Array(size + 1).fill(size - 1)
  const leaf = new Int32Array(size + 1)
  let inner = 0
  let leaves = 0
  for (let t = 0, start = 0; t < count; start += sizes[t++]) {
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
        leaf[at] = leaves++
      } else {
        feature[at] = features[at]
        threshold[at] = thresholds[inner++]
        left[at] = end
        end += 2
      }
    }
    depths[t >> 2] = Math.max(depths[t >> 2], depth)
  }
  return (slots, found) => {
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
      found[t] = leaf[a]
      found[t + 1] = leaf[b]
      found[t + 2] = leaf[c]
      found[t + 3] = leaf[d]
    }
  }
}

/**
 * As `findByThresholds`, one tree at a time, where splits are more than thresholds.
 * @param arities categories of the feature of each node that is no leaf; -1: a threshold decides.
 * @param missingLeft 1 where a threshold sends NaN left.
 * @param sets bits of each node that splits categories: those that go right, then what is no category, then NaN.
 */
const findSpecially = (
  sizes: Int32Array,
  features: Int32Array,
  thresholds: Float64Array,
  arities: Int32Array,
  missingLeft: Uint8Array,
  sets: Uint32Array,
): FindLeaves => {
  const size = features.length
  /** Left child; of a leaf, what it is before all leaves. */
  const left = new Int32Array(size)
  const number = new Int32Array(size)
  const starts = new Int32Array(thresholds.length)
  let inner = 0
  let leaves = 0
  let words = 0
  for (let t = 0, start = 0; t < sizes.length; start += sizes[t++]) {
    let end = start + 1
    for (let at = start; at < start + sizes[t]; at++) {
      if (features[at] < 0) {
        number[at] = leaves++
        continue
      }
      left[at] = end
      end += 2
      starts[inner] = words
      if (arities[inner] >= 0) words += (arities[inner] + 2 + 31) >> 5
      number[at] = inner++
    }
  }
  const goesRight = (node: number, x: number): number => {
    const arity = arities[node]
    if (arity < 0) return x <= thresholds[node] || (missingLeft[node] === 1 && Number.isNaN(x)) ? 0 : 1
    let bit = arity
    if (x >= 0 && x < arity && Number.isInteger(x)) bit = x
    else if (Number.isNaN(x)) bit = arity + 1
    return (sets[starts[node] + (bit >> 5)] >>> (bit & 31)) & 1
  }
  return (slots, found) => {
    for (let t = 0, at = 0, root = 0; t < sizes.length; root += sizes[t++]) {
      at = root
      while (features[at] >= 0) at = left[at] + goesRight(number[at], slots[features[at]])
      found[t] = number[at]
    }
  }
}

/** What a leaf tells. @param k which of the numbers of the leaf. */
type Told = (tree: number, node: number, k: number) => number

const sumOfLeaves =
  (fall: WriteSlots, found: Int32Array, count: number, values: Float64Array): ReadNumber =>
  (row) => {
    if (!fall(row)) return Number.NaN
    let sum = 0
    for (let t = 0; t < count; t++) sum += values[found[t]]
    return sum
  }

/** The sum of what the leaves of a row tell, in the order of the trees. */
export const leafSum = ({ leaves, fall, found, count }: RowTrees, told: Told): ReadNumber =>
  printable(
    sumOfLeaves,
    fall,
    found,
    count,
    Float64Array.from(leaves, ([tree, node]) => told(tree, node, 0)),
  )

const sumsOfLeaves =
  (
    fall: WriteSlots,
    found: Int32Array,
    count: number,
    values: Float64Array,
    width: number,
    slots: number,
  ): WriteNumbers =>
  (row, into, at) => {
    if (!fall(row)) return false
    into.fill(0, at, at + width * slots)
    for (let t = 0; t < count; t++) {
      const from = found[t] * width
      const to = at + (t % slots) * width
      for (let k = 0; k < width; k++) into[to + k] += values[from + k]
    }
    return true
  }

/**
 * Sums of the numbers that the leaves of a row tell, in the order of the trees.
 * @param width numbers of a leaf. @param slots sums: tree t belongs to sum `t mod slots`.
 */
export function leafSums({ leaves, fall, found, count }: RowTrees, width: number, told: Told, slots = 1): WriteNumbers {
  const values = new Float64Array(leaves.length * width)
  leaves.forEach(([tree, node], leaf) => {
    for (let k = 0; k < width; k++) values[leaf * width + k] = told(tree, node, k)
  })
  return printable(sumsOfLeaves, fall, found, count, values, width, slots)
}
