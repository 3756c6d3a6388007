import type { ImpurityMeasure } from './impurity.js'
import { nodesInPreOrder } from './made-tree.js'
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
export const NO_SPLIT = -1
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
    const predictions = new Float64Array(count)
    for (let node = 0; node < count; node++) {
      const told = this.#told.get(node)
      predictions[node] =
        told === undefined ? measure.prediction(this.#stats, node * size) : measure.tell(this.#stats, node * size, told)
    }
    return nodesInPreOrder({
      children: this.#children.subarray(0, count),
      predictions,
      impurities: this.#impurity,
      rawCounts: this.#rawCount,
      stats: this.#stats,
      statsSize: size,
      splitOf: (node) => this.#splits[node] as Split,
    })
  }
}
