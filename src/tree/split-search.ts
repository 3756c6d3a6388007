import type { ImpurityMeasure } from './impurity.js'
import type { TreeStrategy } from './strategy.js'

/** Limits of what a node may tell, and what the feature that is searched asks of its children. */
export interface Limits {
  readonly lower: number
  readonly upper: number
}

/** A value, or the limit that it passes. */
export const within = (value: number, { lower, upper }: Limits): number => Math.min(Math.max(value, lower), upper)

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
  readonly #bounded: boolean
  #limits: Limits = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }
  #direction = 0
  #missing = 0
  #parentKnown = false
  #tried = false
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
  /** Whether the best split sends rows left whose feature is missing. */
  missingLeft = false

  /** @param totalWeight weight of all rows of the training data. */
  constructor(measure: ImpurityMeasure, weighted: boolean, strategy: TreeStrategy, totalWeight: number) {
    this.#measure = measure
    this.#weighted = weighted
    this.#numClasses = strategy.numClasses
    this.#minInstances = strategy.minInstancesPerNode
    this.#minWeight = strategy.minWeightFractionPerNode * totalWeight
    this.#minInfoGain = strategy.minInfoGain
    this.#bounded = strategy.monotone !== undefined
    this.slots = measure.size + (weighted ? 1 : 0)
    this.parent = new Float64Array(this.slots)
    this.bestLeft = new Float64Array(this.slots)
    this.bestRight = new Float64Array(this.slots)
    this.#left = new Float64Array(this.slots)
    this.#right = new Float64Array(this.slots)
  }

  /**
   * Starts with another node.
   * @param known whether {@link parent} holds its statistics already.
   * @param limits of what it may tell; needed where predictions are to be monotone.
   */
  start(known: boolean, limits?: Limits): void {
    this.#parentKnown = known
    this.#tried = false
    if (limits) this.#limits = limits
    if (known) this.#parentImpurity = this.#impurityOf(this.parent)
    this.gain = REFUSED
    this.place = -1
    this.order = null
  }

  /** Whether any feature has a split, allowed or not. If so, {@link parent} holds the statistics of the node. */
  get searched(): boolean {
    return this.#tried
  }

  /** Number of rows of a set. */
  rawCount(stats: Float64Array, at = 0): number {
    return this.#weighted ? stats[at + this.slots - 1] : this.#measure.weight(stats, at)
  }

  /** Goes on with another feature. @param direction 1 or -1 where predictions are to rise or fall with it, else 0. */
  feature(direction: number): void {
    this.#direction = direction
    this.#missing = 0
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

  /**
   * As {@link continuous}, where the last bin holds the rows without a value: they go to either side, or alone to the right.
   * The splits between bins are numbered as they are without it, the last split has no border.
   */
  continuousOrMissing(place: number, bins: Float64Array, at: number, numBins: number): void {
    const { slots } = this
    const missing = at + (numBins - 1) * slots
    const present = missing - slots
    const total = new Float64Array(slots)
    const left = new Float64Array(slots)
    for (let i = at + slots; i < missing; i++) bins[i] += bins[i - slots]
    for (let s = 0; s < slots; s++) total[s] = bins[present + s] + bins[missing + s]
    this.#missing = this.rawCount(bins, missing)
    const all = this.rawCount(bins, present)
    let before = 0
    for (let split = 0; split < numBins - 2; split++) {
      const here = at + split * slots
      const count = this.rawCount(bins, here)
      if (count === before || count === all) continue
      before = count
      if (this.#tryOut(bins, here, total, 0)) this.#keep(place, split, null, false)
      if (this.#missing === 0) continue
      for (let s = 0; s < slots; s++) left[s] = bins[here + s] + bins[missing + s]
      if (this.#tryOut(left, 0, total, 0)) this.#keep(place, split, null, true)
    }
    if (this.#tryOut(bins, present, total, 0)) this.#keep(place, numBins - 2, null, false)
  }

  /**
   * Says that the last of the bins of categories holds the rows without a value.
   * @param at where the bins start; for unordered categories, where the splits do. @param totalAt as for {@link unordered}.
   */
  missingCategory(bins: Float64Array, at: number, numBins: number, totalAt: number): void {
    if (totalAt < 0) this.#missing = this.rawCount(bins, at + (numBins - 1) * this.slots)
    // The last split sends all categories left, but not the rows without one.
    else this.#missing = this.rawCount(bins, totalAt) - this.rawCount(bins, at + (numBins - 1) * this.slots)
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
    this.#tried = true
    for (let s = 0; s < this.slots; s++) {
      left[s] = lefts[leftAt + s]
      right[s] = totals[totalAt + s] - left[s]
    }
    if (!this.#parentKnown) {
      for (let s = 0; s < this.slots; s++) this.parent[s] = left[s] + right[s]
      this.#parentKnown = true
      this.#parentImpurity = this.#impurityOf(this.parent)
    }
    if (this.rawCount(left) < this.#minInstances || this.rawCount(right) < this.#minInstances) return false
    const leftWeight = this.#measure.weight(left, 0)
    const rightWeight = this.#measure.weight(right, 0)
    if (leftWeight < this.#minWeight || rightWeight < this.#minWeight) return false
    if (this.#direction !== 0 && (this.#told(right) - this.#told(left)) * this.#direction < 0) return false
    const weight = leftWeight + rightWeight
    const gain =
      this.#parentImpurity -
      (leftWeight / weight) * this.#impurityOf(left) -
      (rightWeight / weight) * this.#impurityOf(right)
    // Without weight the gain is not a number, which Spark takes for the highest.
    if (gain < this.#minInfoGain || gain <= this.gain || Number.isNaN(this.gain)) return false
    this.gain = gain
    return true
  }

  /** What rows of the node may tell, within its limits. */
  #told(stats: Float64Array): number {
    return within(this.#measure.value(stats, 0), this.#limits)
  }

  #impurityOf(stats: Float64Array): number {
    return this.#bounded ? this.#measure.impurityAt(stats, 0, this.#told(stats)) : this.#measure.impurity(stats, 0)
  }

  #keep(place: number, split: number, order: Int32Array | null, missingLeft = false): void {
    this.place = place
    this.split = split
    this.order = order
    this.bestLeft.set(this.#left)
    this.bestRight.set(this.#right)
    // Where no row of the node lacks the feature, those of later data go the way of most.
    const most = this.#measure.weight(this.#left, 0) >= this.#measure.weight(this.#right, 0)
    // Of categories, the missing one is the last.
    const learned = order ? order.indexOf(order.length - 1) <= split : missingLeft
    this.missingLeft = this.#missing === 0 ? most : learned
  }
}
