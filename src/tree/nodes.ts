/**
 * A fitted tree as parallel arrays, one entry a node, in pre-order: the root is 0, then its left subtree, then its right
 * one. These are the columns of Spark's saved node table, so that its ids are the indices here. Never changed once made.
 */
export interface TreeNodes {
  /** What a leaf predicts: mean label, or index of the most frequent class. Inner nodes have theirs, too. */
  readonly prediction: Float64Array
  readonly impurity: Float64Array
  /**
   * `statsSize` numbers a node, node by node: weighted rows of each class; or for variance sum of weights, of weight times
   * label, of weight times squared label.
   */
  readonly impurityStats: Float64Array
  readonly statsSize: number
  /** Number of rows, each as often as its bag holds it. */
  readonly rawCount: Float64Array
  /** Gain of the split; -1 at a leaf. */
  readonly gain: Float64Array
  /** -1 at a leaf. */
  readonly leftChild: Int32Array
  readonly rightChild: Int32Array
  /** Feature that is split on; -1 at a leaf. */
  readonly feature: Int32Array
  /** A value that is at most this goes left. NaN at a leaf and where categories decide. */
  readonly threshold: Float64Array
  /** Number of categories of the feature; -1 where a threshold decides, and at a leaf. */
  readonly numCategories: Int32Array
  /** Categories that go left, ascending: `categories[categoryOffsets[node] .. categoryOffsets[node + 1])`. */
  readonly categoryOffsets: Int32Array
  readonly categories: Int32Array
  /** Beyond Spark: 1 at a split that sends missing values (NaN) left. Absent: NaN is a value like others, see `goesLeft`. */
  readonly missingLeft?: Int32Array
}

/** Numbers that are kept of each node of a tree of numbers: sums of weights, of weighted labels and of their squares. */
export const VARIANCE_STATS = 3

/** Number of nodes. */
export const nodeCount = (nodes: TreeNodes): number => nodes.leftChild.length

/** Whether a node has no children. */
export const isLeaf = (nodes: TreeNodes, node: number): boolean => nodes.leftChild[node] < 0

/** Whether the split of an inner node sends a value of its feature left. */
export function goesLeft(nodes: TreeNodes, node: number, value: number): boolean {
  if (nodes.missingLeft && Number.isNaN(value)) return nodes.missingLeft[node] === 1
  const arity = nodes.numCategories[node]
  if (arity < 0) return value <= nodes.threshold[node]
  const from = nodes.categoryOffsets[node]
  const to = nodes.categoryOffsets[node + 1]
  for (let i = from; i < to; i++) if (nodes.categories[i] === value) return true
  // What is no category goes where more than half of the categories go, as in Spark.
  const isCategory = Number.isInteger(value) && value >= 0 && value < arity
  return !isCategory && to - from > arity >> 1
}

/** Edges on the longest way from the root to a leaf. */
export function treeDepth(nodes: TreeNodes): number {
  const depths = new Int32Array(nodeCount(nodes))
  let deepest = 0
  for (let node = 0; node < depths.length; node++) {
    if (isLeaf(nodes, node)) continue
    const below = depths[node] + 1
    depths[nodes.leftChild[node]] = below
    depths[nodes.rightChild[node]] = below
    deepest = Math.max(deepest, below)
  }
  return deepest
}

/** Number of each leaf, from the left; -1 for inner nodes. */
export function leafNumbers(nodes: TreeNodes): Int32Array {
  let leaves = 0
  return Int32Array.from(nodes.leftChild, (left) => (left < 0 ? leaves++ : -1))
}

/** Number of leaves: a node with children has two. */
export const leafCount = (nodes: TreeNodes): number => (nodeCount(nodes) + 1) / 2

/**
 * What is wrong with a table of nodes, in a few words; undefined where nothing is: the arrays are of one length, the nodes
 * a tree in pre-order, and features and categories within bounds.
 * @param numFeatures number of features that the tree may split on.
 * @param statsSize numbers that are kept of each node.
 */
export function nodesProblem(nodes: TreeNodes, numFeatures: number, statsSize: number): string | undefined {
  const count = nodes.leftChild?.length
  if (!(count > 0)) return 'there are no nodes'
  if (nodes.statsSize !== statsSize) return `statsSize is not ${statsSize}`
  const lengths: [keyof TreeNodes, number][] = [
    ...(['prediction', 'impurity', 'rawCount', 'gain', 'threshold'] as const).map((name) => [name, count] as const),
    ...(['rightChild', 'feature', 'numCategories'] as const).map((name) => [name, count] as const),
    ['impurityStats', count * nodes.statsSize],
    ['categoryOffsets', count + 1],
  ] as [keyof TreeNodes, number][]
  if (nodes.missingLeft) lengths.push(['missingLeft', count])
  const wrong = lengths.find(([name, length]) => (nodes[name] as Float64Array | undefined)?.length !== length)
  if (wrong) return `${wrong[0]} has not ${wrong[1]} elements`
  return shapeProblem(nodes, count) ?? splitProblem(nodes, count, numFeatures)
}

function shapeProblem(nodes: TreeNodes, count: number): string | undefined {
  const rights: number[] = []
  for (let node = 0; node < count; node++) {
    if (!isLeaf(nodes, node)) {
      if (nodes.leftChild[node] !== node + 1) return `the left child of node ${node} is not the next node`
      rights.push(nodes.rightChild[node])
    } else if (rights.pop() !== (node + 1 < count ? node + 1 : undefined)) {
      return `the subtree that ends with node ${node} is not where its parent says`
    }
  }
  return rights.length > 0 ? 'a right child is missing' : undefined
}

function splitProblem(nodes: TreeNodes, count: number, numFeatures: number): string | undefined {
  const { categoryOffsets: offsets, categories } = nodes
  if (offsets[0] !== 0 || offsets[count] !== categories?.length) return 'categoryOffsets do not cover the categories'
  for (let node = 0; node < count; node++) {
    if (offsets[node + 1] < offsets[node]) return 'categoryOffsets decrease'
    if (isLeaf(nodes, node)) continue
    const feature = nodes.feature[node]
    if (!(feature >= 0 && feature < numFeatures)) return `node ${node} splits on feature ${feature} of ${numFeatures}`
    for (let i = offsets[node]; i < offsets[node + 1]; i++) {
      if (!(categories[i] >= 0 && categories[i] < nodes.numCategories[node])) {
        return `node ${node} names category ${categories[i]} of ${nodes.numCategories[node]}`
      }
    }
  }
  return undefined
}
