import type { ImpurityMeasure } from './impurity.js'
import type { TreeStrategy } from './strategy.js'

/** Gain of a split that is not allowed. */
const REFUSED = -Number.MAX_VALUE

/**
 * Searches the best split of one node at a time over histograms: statistics of `slots` numbers a bin, those of the impurity,
 * then, where rows have weights, the number of rows. Formulas, and the order in which sums are formed, are Spark's; the
 * first of the best splits wins.
 */
export class SplitSearch {
  /** Numbers a bin. */
  readonly slots: number
  readonly #measure: ImpurityMeasure
  readonly #weighted: boolean
  readonly #numClasses: number
  readonly #minInstances: number
  readonly #minWeight: number
  readonly #minInfoGain: number
  #parentKnown = false
  #parentImpurity = 0
  readonly #left: Float64Array
  readonly #right: Float64Array

  /** Statistics of the node. Unless they were given, they are those of the first split. */
  readonly parent: Float64Array
  /** Statistics of the children of the best split. */
  readonly bestLeft: Float64Array
  readonly bestRight: Float64Array
  /** Gain of the best split; far below 0 when none is allowed. */
  gain = REFUSED
  /** Place of the feature of the best split among those that were searched; -1: no split is allowed. */
  place = -1
  /** Number of the best split; for ordered categories, how many of {@link order} go left, less 1. */
  split = -1
  /** Categories of the best split by their centroids. */
  order: Int32Array | null = null

  /** @param totalWeight weight of all rows of the training data. */
  constructor(measure: ImpurityMeasure, weighted: boolean, strategy: TreeStrategy, totalWeight: number) {
    this.#measure = measure
    this.#weighted = weighted
    this.#numClasses = strategy.numClasses
    this.#minInstances = strategy.minInstancesPerNode
    this.#minWeight = strategy.minWeightFractionPerNode * totalWeight
    this.#minInfoGain = strategy.minInfoGain
    this.slots = measure.size + (weighted ? 1 : 0)
    this.parent = new Float64Array(this.slots)
    this.bestLeft = new Float64Array(this.slots)
    this.bestRight = new Float64Array(this.slots)
    this.#left = new Float64Array(this.slots)
    this.#right = new Float64Array(this.slots)
  }

  /** Starts with another node. @param known whether {@link parent} holds its statistics already. */
  start(known: boolean): void {
    this.#parentKnown = known
    if (known) this.#parentImpurity = this.#measure.impurity(this.parent, 0)
    this.gain = REFUSED
    this.place = -1
    this.order = null
  }

  /** Whether {@link parent} holds the statistics of the node: none of its features may have a split. */
  get searched(): boolean {
    return this.#parentKnown
  }

  /** Number of rows of a set. */
  rawCount(stats: Float64Array, at = 0): number {
    return this.#weighted ? stats[at + this.slots - 1] : this.#measure.weight(stats, at)
  }

  /** Searches the splits between bins that are in order; the bins become running sums. */
  continuous(place: number, bins: Float64Array, at: number, numBins: number): void {
    const { slots } = this
    const end = at + (numBins - 1) * slots
    for (let i = at + slots; i < end + slots; i++) bins[i] += bins[i - slots]
    let before = -1
    for (let split = 0; split < numBins - 1; split++) {
      const left = at + split * slots
      const count = this.rawCount(bins, left)
      // An empty bin makes no other split.
      if (count === before) continue
      before = count
      if (this.#tryOut(bins, left, bins, end)) this.#keep(place, split, null)
    }
  }

  /** Searches the splits that were counted one by one. @param totalAt where the statistics of the node start. */
  unordered(place: number, splits: Float64Array, at: number, numSplits: number, totalAt: number): void {
    for (let split = 0; split < numSplits; split++) {
      if (this.#tryOut(splits, at + split * this.slots, splits, totalAt)) this.#keep(place, split, null)
    }
  }

  /** Searches the splits of categories that are put in order first; the bins become running sums in that order. */
  ordered(place: number, bins: Float64Array, at: number, numBins: number): void {
    const { slots } = this
    const centroids = Float64Array.from({ length: numBins }, (_, c) => this.#centroid(bins, at + c * slots))
    const order = Int32Array.from(centroids, (_, c) => c).sort((a, b) => centroids[a] - centroids[b] || a - b)
    for (let i = 1; i < numBins; i++) {
      const to = at + order[i] * slots
      const from = at + order[i - 1] * slots
      for (let s = 0; s < slots; s++) bins[to + s] += bins[from + s]
    }
    const end = at + order[numBins - 1] * slots
    for (let split = 0; split < numBins - 1; split++) {
      if (this.#tryOut(bins, at + order[split] * slots, bins, end)) this.#keep(place, split, order)
    }
  }

  /** Numbers go by their mean, two classes by the weight of the second, more by their impurity; empty categories last. */
  #centroid(bins: Float64Array, at: number): number {
    if (this.#measure.weight(bins, at) === 0) return Number.MAX_VALUE
    if (this.#numClasses > 2) return this.#measure.impurity(bins, at)
    return this.#numClasses === 2 ? bins[at + 1] : this.#measure.prediction(bins, at)
  }

  /** Whether the split between `left` and the rest of `total` is better than all before. Sets {@link gain} if so. */
  #tryOut(lefts: Float64Array, leftAt: number, totals: Float64Array, totalAt: number): boolean {
    const left = this.#left
    const right = this.#right
    for (let s = 0; s < this.slots; s++) {
      left[s] = lefts[leftAt + s]
      right[s] = totals[totalAt + s] - left[s]
    }
    if (!this.#parentKnown) {
      for (let s = 0; s < this.slots; s++) this.parent[s] = left[s] + right[s]
      this.#parentKnown = true
      this.#parentImpurity = this.#measure.impurity(this.parent, 0)
    }
    if (this.rawCount(left) < this.#minInstances || this.rawCount(right) < this.#minInstances) return false
    const leftWeight = this.#measure.weight(left, 0)
    const rightWeight = this.#measure.weight(right, 0)
    if (leftWeight < this.#minWeight || rightWeight < this.#minWeight) return false
    const weight = leftWeight + rightWeight
    const gain =
      this.#parentImpurity -
      (leftWeight / weight) * this.#measure.impurity(left, 0) -
      (rightWeight / weight) * this.#measure.impurity(right, 0)
    // Without weight the gain is not a number, which Spark takes for the highest.
    if (gain < this.#minInfoGain || gain <= this.gain || Number.isNaN(this.gain)) return false
    this.gain = gain
    return true
  }

  #keep(place: number, split: number, order: Int32Array | null): void {
    this.place = place
    this.split = split
    this.order = order
    this.bestLeft.set(this.#left)
    this.bestRight.set(this.#right)
  }
}
