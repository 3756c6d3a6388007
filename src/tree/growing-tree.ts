import type { ImpurityMeasure } from './impurity.js'
import type { TreeNodes } from './nodes.js'

/** How a node is divided in two. */
export interface Split {
  readonly gain: number
  readonly feature: number
  /** Values up to it go left; NaN where categories decide. */
  readonly threshold: number
  /** Categories that go left, ascending; null where a threshold decides. */
  readonly categories: Int32Array | null
  /** Number of categories; -1 where a threshold decides. */
  readonly numCategories: number
  /** Whether rows go left whose feature is missing; absent where features may not be. */
  readonly missingLeft?: boolean
}

/** Impurity of a leaf of which no split was allowed; so Spark marks it. */
const NO_SPLIT = -1
const FIRST_CAPACITY = 64

/** A tree while it grows: nodes in the order in which they are made, the root first, children in pairs. */
export class GrowingTree {
  readonly #measure: ImpurityMeasure
  #count = 0
  #capacity = 0
  #stats = new Float64Array(0)
  #rawCount = new Float64Array(0)
  #impurity = new Float64Array(0)
  /** First of the two children; 0: a leaf. */
  #children = new Int32Array(0)
  readonly #splits: (Split | null)[] = []
  /** What nodes tell that may not tell the value of their own rows, by node. */
  readonly #told = new Map<number, number>()

  constructor(measure: ImpurityMeasure) {
    this.#measure = measure
    this.#add()
  }

  #add(): number {
    if (this.#count === this.#capacity) this.#grow()
    this.#splits.push(null)
    return this.#count++
  }

  /** Says what rows a node has. @param stats statistics; more numbers than the impurity has are left out. */
  describe(node: number, stats: Float64Array, rawCount: number): void {
    const { size } = this.#measure
    for (let i = 0; i < size; i++) this.#stats[node * size + i] = stats[i]
    this.#rawCount[node] = rawCount
    this.#impurity[node] = this.#measure.impurity(stats, 0)
  }

  /** Gives a node two children. @returns the number of the left one; the right one has the next. */
  split(node: number, split: Split): number {
    const left = this.#add()
    this.#add()
    this.#splits[node] = split
    this.#children[node] = left
    return left
  }

  /** Makes a node a leaf for good because no split of it is allowed. */
  refuse(node: number): void {
    this.#impurity[node] = NO_SPLIT
  }

  /** Makes a node tell another value than that of its rows. */
  tell(node: number, value: number): void {
    this.#told.set(node, value)
  }

  impurity(node: number): number {
    return this.#impurity[node]
  }

  /** Copies the statistics of a node to the start of `into`. */
  statsOf(node: number, into: Float64Array): void {
    const { size } = this.#measure
    for (let i = 0; i < size; i++) into[i] = this.#stats[node * size + i]
  }

  #grow(): void {
    this.#capacity = Math.max(FIRST_CAPACITY, 2 * this.#capacity)
    const grown = (old: Float64Array, size = 1) => {
      const array = new Float64Array(this.#capacity * size)
      array.set(old)
      return array
    }
    this.#stats = grown(this.#stats, this.#measure.size)
    this.#rawCount = grown(this.#rawCount)
    this.#impurity = grown(this.#impurity)
    const children = new Int32Array(this.#capacity)
    children.set(this.#children)
    this.#children = children
  }

  /** The tree as it is; two leaves that predict the same become one with their parent, and so on up. */
  finish(): TreeNodes {
    const count = this.#count
    const measure = this.#measure
    const { size } = measure
    const children = this.#children.slice(0, count)
    const predictions = new Float64Array(count)
    const sizes = new Int32Array(count).fill(1)
    // Children have higher numbers than their parents.
    for (let node = count - 1; node >= 0; node--) {
      const told = this.#told.get(node)
      predictions[node] =
        told === undefined ? measure.prediction(this.#stats, node * size) : measure.tell(this.#stats, node * size, told)
      const left = children[node]
      if (left === 0) continue
      if (children[left] === 0 && children[left + 1] === 0 && predictions[left] === predictions[left + 1]) {
        children[node] = 0
        predictions[node] = predictions[left]
      } else {
        sizes[node] = 1 + sizes[left] + sizes[left + 1]
      }
    }
    return this.#inPreOrder(children, predictions, sizes)
  }

  /** @param sizes number of nodes of each subtree. */
  #inPreOrder(children: Int32Array, predictions: Float64Array, sizes: Int32Array): TreeNodes {
    const total = sizes[0]
    const { size } = this.#measure
    const nodes = {
      prediction: new Float64Array(total),
      impurity: new Float64Array(total),
      impurityStats: new Float64Array(total * size),
      statsSize: size,
      rawCount: new Float64Array(total),
      gain: new Float64Array(total).fill(-1),
      leftChild: new Int32Array(total).fill(-1),
      rightChild: new Int32Array(total).fill(-1),
      feature: new Int32Array(total).fill(-1),
      threshold: new Float64Array(total).fill(Number.NaN),
      numCategories: new Int32Array(total).fill(-1),
      categoryOffsets: new Int32Array(total + 1),
    }
    const learnsMissing = this.#splits.some((split) => split?.missingLeft !== undefined)
    const missingLeft = new Int32Array(learnsMissing ? total : 0)
    const categories: number[] = []
    const put = (node: number, id: number): void => {
      nodes.prediction[id] = predictions[node]
      nodes.impurity[id] = this.#impurity[node]
      nodes.impurityStats.set(this.#stats.subarray(node * size, (node + 1) * size), id * size)
      nodes.rawCount[id] = this.#rawCount[node]
      const left = children[node]
      if (left === 0) {
        nodes.categoryOffsets[id + 1] = categories.length
        return
      }
      const split = this.#splits[node] as Split
      nodes.gain[id] = split.gain
      nodes.feature[id] = split.feature
      nodes.threshold[id] = split.threshold
      nodes.numCategories[id] = split.numCategories
      if (split.missingLeft) missingLeft[id] = 1
      if (split.categories) categories.push(...split.categories)
      nodes.categoryOffsets[id + 1] = categories.length
      nodes.leftChild[id] = id + 1
      nodes.rightChild[id] = id + 1 + sizes[left]
      put(left, nodes.leftChild[id])
      put(left + 1, nodes.rightChild[id])
    }
    put(0, 0)
    return { ...nodes, categories: Int32Array.from(categories), ...(learnsMissing ? { missingLeft } : {}) }
  }
}
