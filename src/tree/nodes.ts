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
}

/** Number of nodes. */
export const nodeCount = (nodes: TreeNodes): number => nodes.leftChild.length

/** Whether a node has no children. */
export const isLeaf = (nodes: TreeNodes, node: number): boolean => nodes.leftChild[node] < 0
