import { isLeaf, type TreeNodes } from './nodes.js'

/** How an inner node divides rows: by a threshold, or by a list of categories. */
export type Split = (
  | { readonly featureIndex: number; readonly threshold: number }
  | {
      readonly featureIndex: number
      readonly numCategories: number
      /** Categories that go left, ascending. */
      readonly leftCategories: readonly number[]
      /** Categories that go right, ascending. */
      readonly rightCategories: readonly number[]
    }
) & {
  /** Whether missing values (NaN) go left; absent where the tree has not learned it. */
  readonly missingLeft?: boolean
}

/** One node of a fitted tree (Spark's `Node`), made when it is asked for: the tree itself is held as arrays. */
export class TreeNode {
  private readonly nodes: TreeNodes
  /** Number of the node in pre-order, which is its id in Spark's saved form. */
  readonly id: number

  constructor(nodes: TreeNodes, id: number) {
    this.nodes = nodes
    this.id = id
  }

  /** What the node predicts, or would predict if it were a leaf. */
  get prediction(): number {
    return this.nodes.prediction[this.id]
  }
  /** Impurity of the training rows that reach it. */
  get impurity(): number {
    return this.nodes.impurity[this.id]
  }
  /** Weighted rows of each class; or for variance sum of weights, of weight times label, of weight times squared label. */
  get impurityStats(): Float64Array {
    const { impurityStats, statsSize } = this.nodes
    return impurityStats.slice(this.id * statsSize, (this.id + 1) * statsSize)
  }
  /** Number of training rows that reach it, each as often as its bag holds it. */
  get rawCount(): number {
    return this.nodes.rawCount[this.id]
  }
  /** Information gain of the split; -1 at a leaf. */
  get gain(): number {
    return this.nodes.gain[this.id]
  }
  get isLeaf(): boolean {
    return isLeaf(this.nodes, this.id)
  }
  /** Where rows go that the split sends left; undefined at a leaf. */
  get leftChild(): TreeNode | undefined {
    return this.isLeaf ? undefined : new TreeNode(this.nodes, this.nodes.leftChild[this.id])
  }
  /** Where the other rows go; undefined at a leaf. */
  get rightChild(): TreeNode | undefined {
    return this.isLeaf ? undefined : new TreeNode(this.nodes, this.nodes.rightChild[this.id])
  }
  /** How rows are divided; undefined at a leaf. */
  get split(): Split | undefined {
    if (this.isLeaf) return undefined
    const { feature, threshold, numCategories, categoryOffsets, categories, missingLeft } = this.nodes
    const missing = missingLeft ? { missingLeft: missingLeft[this.id] === 1 } : {}
    const featureIndex = feature[this.id]
    const arity = numCategories[this.id]
    if (arity < 0) return { featureIndex, threshold: threshold[this.id], ...missing }
    const leftCategories = Array.from(categories.subarray(categoryOffsets[this.id], categoryOffsets[this.id + 1]))
    const all = Array.from({ length: arity }, (_, category) => category)
    const rightCategories = all.filter((category) => !leftCategories.includes(category))
    return { featureIndex, numCategories: arity, leftCategories, rightCategories, ...missing }
  }
}
