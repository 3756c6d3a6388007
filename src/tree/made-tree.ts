import type { Split } from './growing-tree.js'
import type { TreeNodes } from './nodes.js'

/** A tree that has grown: nodes in the order in which they were made, the root first, children in pairs. */
export interface MadeTree {
  /** First of the two children; 0: a leaf. */
  readonly children: Int32Array
  readonly predictions: Float64Array
  readonly impurities: Float64Array
  readonly rawCounts: Float64Array
  /** `statsSize` numbers a node. */
  readonly stats: Float64Array
  readonly statsSize: number
  /** The split of an inner node. */
  splitOf(node: number): Split
}

/** The tree in pre-order; two leaves that predict the same become one with their parent, and so on up. */
export function nodesInPreOrder({
  children: made,
  predictions: told,
  impurities,
  rawCounts,
  stats,
  statsSize,
  splitOf,
}: MadeTree): TreeNodes {
  const count = made.length
  const children = made.slice()
  const predictions = told.slice()
  // Number of nodes of each subtree. Children have higher numbers than their parents.
  const sizes = new Int32Array(count).fill(1)
  for (let node = count - 1; node >= 0; node--) {
    const left = children[node]
    if (left === 0) continue
    if (children[left] === 0 && children[left + 1] === 0 && predictions[left] === predictions[left + 1]) {
      children[node] = 0
      predictions[node] = predictions[left]
    } else {
      sizes[node] = 1 + sizes[left] + sizes[left + 1]
    }
  }
  const total = sizes[0]
  const nodes = {
    prediction: new Float64Array(total),
    impurity: new Float64Array(total),
    impurityStats: new Float64Array(total * statsSize),
    statsSize,
    rawCount: new Float64Array(total),
    gain: new Float64Array(total).fill(-1),
    leftChild: new Int32Array(total).fill(-1),
    rightChild: new Int32Array(total).fill(-1),
    feature: new Int32Array(total).fill(-1),
    threshold: new Float64Array(total).fill(Number.NaN),
    numCategories: new Int32Array(total).fill(-1),
    categoryOffsets: new Int32Array(total + 1),
  }
  // Place of each node; -1: it is none of the tree any more.
  const places = new Int32Array(count).fill(-1)
  const missingLeft = new Int32Array(total)
  const categories = new Map<number, Int32Array>()
  let learnsMissing = false
  places[0] = 0
  for (let node = 0; node < count; node++) {
    const id = places[node]
    if (id < 0) continue
    nodes.prediction[id] = predictions[node]
    nodes.impurity[id] = impurities[node]
    for (let i = 0; i < statsSize; i++) nodes.impurityStats[id * statsSize + i] = stats[node * statsSize + i]
    nodes.rawCount[id] = rawCounts[node]
    const left = children[node]
    if (left === 0) continue
    const split = splitOf(node)
    nodes.gain[id] = split.gain
    nodes.feature[id] = split.feature
    nodes.threshold[id] = split.threshold
    nodes.numCategories[id] = split.numCategories
    if (split.categories) categories.set(id, split.categories)
    if (split.missingLeft !== undefined) learnsMissing = true
    if (split.missingLeft) missingLeft[id] = 1
    nodes.leftChild[id] = id + 1
    nodes.rightChild[id] = id + 1 + sizes[left]
    places[left] = id + 1
    places[left + 1] = id + 1 + sizes[left]
  }
  return {
    ...nodes,
    categories: joinCategories(categories, nodes.categoryOffsets),
    ...(learnsMissing ? { missingLeft } : {}),
  }
}

/** Lists the categories of all nodes, and writes where those of each begin. */
function joinCategories(byNode: ReadonlyMap<number, Int32Array>, offsets: Int32Array): Int32Array {
  let length = 0
  if (byNode.size > 0) {
    for (let id = 0; id + 1 < offsets.length; id++) {
      length += byNode.get(id)?.length ?? 0
      offsets[id + 1] = length
    }
  }
  const categories = new Int32Array(length)
  for (const [id, own] of byNode) categories.set(own, offsets[id])
  return categories
}
