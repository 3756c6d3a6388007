import { goesLeft, isLeaf, nodeCount, type TreeNodes } from './nodes.js'

/** Levels between two looks whether all rows have come to leaves. */
const ROUND = 8

/**
 * A tree laid out for fast falling: level by level, so that the children of a node stand side by side and the way to one of
 * them is a sum, not a branch. A leaf has no threshold (NaN) and is its own right child: rows that have come to it stay there.
 */
export interface FlatTree {
  readonly depth: number
  /** Number of each node in pre-order. */
  readonly numbers: Int32Array
  /** 0 at a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float64Array
  /** The left child, behind which stands the right one; at a leaf, the place before it. */
  readonly left: Int32Array
  /** Splits that are more than a threshold; null where there are none. */
  readonly special: SpecialSplits | null
}

/** Splits by categories, and those that send NaN left. */
export interface SpecialSplits {
  /** Number of categories of the feature; -1 where a threshold decides, and at a leaf. */
  readonly arity: Int32Array
  /** Where the set of a node starts in `sets`. */
  readonly starts: Int32Array
  /** Bits: categories that go right, then what is no category, then NaN. Each set starts in a word of its own. */
  readonly sets: Uint32Array
  /** 1 where a threshold sends NaN left; 0 elsewhere. */
  readonly missingLeft: Uint8Array
}

const made = new WeakMap<TreeNodes, FlatTree>()

/** The flat form of a tree; made once. */
export function flatTree(nodes: TreeNodes): FlatTree {
  let flat = made.get(nodes)
  if (!flat) {
    flat = flatten(nodes)
    made.set(nodes, flat)
  }
  return flat
}

function flatten(nodes: TreeNodes): FlatTree {
  const count = nodeCount(nodes)
  const numbers = new Int32Array(count)
  const feature = new Int32Array(count)
  const threshold = new Float64Array(count).fill(Number.NaN)
  const left = new Int32Array(count)
  let depth = -1
  let end = 1
  for (let at = 0, nextLevel = 0; at < count; at++) {
    if (at === nextLevel) {
      depth++
      nextLevel = end
    }
    const node = numbers[at]
    left[at] = at - 1
    if (isLeaf(nodes, node)) continue
    feature[at] = nodes.feature[node]
    threshold[at] = nodes.threshold[node]
    left[at] = end
    numbers[end++] = nodes.leftChild[node]
    numbers[end++] = nodes.rightChild[node]
  }
  return { depth, numbers, feature, threshold, left, special: specialSplits(nodes, numbers) }
}

function specialSplits(nodes: TreeNodes, numbers: Int32Array): SpecialSplits | null {
  if (nodes.categories.length === 0 && !nodes.missingLeft && !nodes.numCategories.some((arity) => arity >= 0))
    return null
  const arity = Int32Array.from(numbers, (node) => (isLeaf(nodes, node) ? -1 : nodes.numCategories[node]))
  const missingLeft = Uint8Array.from(numbers, (node, at) =>
    Number(!isLeaf(nodes, node) && arity[at] < 0 && nodes.missingLeft?.[node] === 1),
  )
  const starts = new Int32Array(numbers.length)
  let words = 0
  arity.forEach((categories, at) => {
    starts[at] = words
    if (categories >= 0) words += setWords(categories)
  })
  const sets = new Uint32Array(words)
  arity.forEach((categories, at) => {
    if (categories >= 0) fillSet(sets.subarray(starts[at], starts[at] + setWords(categories)), nodes, numbers[at])
  })
  return { arity, starts, sets, missingLeft }
}

/** Words of a set. */
export const setWords = (arity: number): number => (arity + 2 + 31) >> 5

function fillSet(set: Uint32Array, nodes: TreeNodes, node: number): void {
  const arity = nodes.numCategories[node]
  const clear = (bit: number): void => {
    set[bit >> 5] &= ~(1 << (bit & 31))
  }
  set.fill(0xffffffff)
  for (let i = nodes.categoryOffsets[node]; i < nodes.categoryOffsets[node + 1]; i++) clear(nodes.categories[i])
  if (goesLeft(nodes, node, -1)) clear(arity)
  if (goesLeft(nodes, node, Number.NaN)) clear(arity + 1)
}

/** Whether a row goes right (1) or left (0) at a node of a tree with special splits; 1 at a leaf. */
function step(
  { threshold }: FlatTree,
  { arity, starts, sets, missingLeft }: SpecialSplits,
  at: number,
  value: number,
): number {
  const categories = arity[at]
  if (categories < 0) return value <= threshold[at] || (missingLeft[at] === 1 && Number.isNaN(value)) ? 0 : 1
  let bit = categories
  if (value >= 0 && value < categories && Number.isInteger(value)) bit = value
  else if (Number.isNaN(value)) bit = categories + 1
  return (sets[starts[at] + (bit >> 5)] >>> (bit & 31)) & 1
}

/**
 * Lets dense rows fall through a tree.
 * @param values of `count` rows of `width` numbers, from `start` on.
 * @param leaves where the pre-order numbers of the leaves go, from `to` on.
 */
export function fall(
  tree: FlatTree,
  values: Float64Array,
  start: number,
  width: number,
  count: number,
  leaves: Int32Array,
  to: number,
): void {
  if (tree.special) fallSpecially(tree, tree.special, values, start, width, count, leaves, to)
  else fallByThresholds(tree, values, start, width, count, leaves, to)
}

function fallSpecially(
  tree: FlatTree,
  special: SpecialSplits,
  values: Float64Array,
  start: number,
  width: number,
  count: number,
  leaves: Int32Array,
  to: number,
): void {
  const { feature, left, numbers } = tree
  for (let row = 0, x = start; row < count; row++, x += width) {
    let at = 0
    while (left[at] >= at) at = left[at] + step(tree, special, at, values[x + feature[at]])
    leaves[to + row] = numbers[at]
  }
}

/** Four rows at once: none waits for the memory or the comparison of another one. */
function fallByThresholds(
  { depth, feature, threshold, left, numbers }: FlatTree,
  values: Float64Array,
  start: number,
  width: number,
  count: number,
  leaves: Int32Array,
  to: number,
): void {
  const fours = count & ~3
  for (let row = 0; row < fours; row += 4) {
    const x0 = start + row * width
    const x1 = x0 + width
    const x2 = x1 + width
    const x3 = x2 + width
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let level = 0; level < depth; ) {
      for (const end = Math.min(depth, level + ROUND); level < end; level++) {
        a = left[a] + 1 - Number(values[x0 + feature[a]] <= threshold[a])
        b = left[b] + 1 - Number(values[x1 + feature[b]] <= threshold[b])
        c = left[c] + 1 - Number(values[x2 + feature[c]] <= threshold[c])
        d = left[d] + 1 - Number(values[x3 + feature[d]] <= threshold[d])
      }
      if (left[a] < a && left[b] < b && left[c] < c && left[d] < d) break
    }
    leaves[to + row] = numbers[a]
    leaves[to + row + 1] = numbers[b]
    leaves[to + row + 2] = numbers[c]
    leaves[to + row + 3] = numbers[d]
  }
  for (let row = fours; row < count; row++) {
    const x = start + row * width
    let at = 0
    while (left[at] >= at) at = left[at] + 1 - Number(values[x + feature[at]] <= threshold[at])
    leaves[to + row] = numbers[at]
  }
}
