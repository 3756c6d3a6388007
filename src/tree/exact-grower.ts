import type { TurnTaker } from '../util/turn-taker.js'
import type { GrowingTree, Split } from './growing-tree.js'
import type { RowRange } from './histogram.js'
import type { ImpurityMeasure } from './impurity.js'
import { NodeStatistics } from './node-statistics.js'
import type { NodeTask, RoundGrower } from './rounds.js'
import { type Limits, SplitSearch, within } from './split-search.js'
import type { TreeStrategy } from './strategy.js'
import type { ExactData } from './tree-data.js'

/** What the grower works on. */
export interface ExactJob {
  readonly data: ExactData
  readonly labels: Float64Array
  readonly strategy: TreeStrategy
  readonly measure: ImpurityMeasure
  /** For each tree how often each row is in its bag; null: every row once. */
  readonly bags: readonly Uint8Array[] | null
  readonly trees: readonly GrowingTree[]
  readonly turns: TurnTaker
}

/** Rows of a tree, node by node: those of node n are `rows[starts[n] .. ends[n])`, ascending; and what each may tell. */
interface NodeRows {
  readonly rows: Int32Array
  readonly starts: number[]
  readonly ends: number[]
  readonly limits: Limits[]
}

/** The best split of a node, to be made now or later. */
export interface FoundSplit {
  readonly split: Split
  /** For each bin of the feature, 1 where its rows go left. */
  readonly goesLeft: Uint8Array
  /** Statistics of the children. */
  readonly left: Float64Array
  readonly right: Float64Array
  /** How much the split lowers the impurity of all rows: gain times weight. */
  readonly reduction: number
}

/** Nothing is ruled out. */
const NO_LIMITS: Limits = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }

/**
 * Grows trees with sums that are formed as Spark forms them, so that even splits that are equally good but for rounding are
 * told apart as Spark does.
 */
export class ExactGrower implements RoundGrower {
  readonly #job: ExactJob
  readonly #search: SplitSearch
  readonly #statistics: NodeStatistics
  readonly #rowsOf: (NodeRows | undefined)[]
  readonly #scratch: Int32Array

  constructor(job: ExactJob) {
    const { data, labels, measure, strategy, trees } = job
    const { bins, numFeatures, weights, totalWeight, candidates, partitionStarts } = data
    this.#job = job
    this.#search = new SplitSearch(measure, weights !== null, strategy, totalWeight)
    const { slots } = this.#search
    const numbers = strategy.impurity === 'variance'
    this.#statistics = new NodeStatistics(
      { bins, numFeatures, numbers, labels, weights, slots },
      candidates,
      partitionStarts,
    )
    this.#rowsOf = trees.map(() => undefined)
    this.#scratch = new Int32Array(data.numRows)
  }

  async grow(tasks: readonly NodeTask[]): Promise<Int32Array> {
    const children = new Int32Array(2 * tasks.length).fill(-1)
    for (const [i, task] of tasks.entries()) {
      const found = await this.find(task)
      if (found) children.set(this.split(task, found), 2 * i)
    }
    return children
  }

  complete(tree: number): void {
    this.#rowsOf[tree] = undefined
  }

  #nodeRows(tree: number): NodeRows {
    const known = this.#rowsOf[tree]
    if (known) return known
    const rows = rowsInBag(this.#job.data.numRows, this.#job.bags?.[tree] ?? null)
    const made = { rows, starts: [0], ends: [rows.length], limits: [NO_LIMITS] }
    this.#rowsOf[tree] = made
    return made
  }

  #rangeOf({ tree, node }: NodeTask): RowRange {
    const { rows, starts, ends } = this.#nodeRows(tree)
    return { rows, from: starts[node], to: ends[node], counts: this.#job.bags?.[tree] ?? null }
  }

  /** The best split of a node; null where it is to stay a leaf. */
  async find(task: NodeTask): Promise<FoundSplit | null> {
    const { strategy, measure, turns } = this.#job
    await this.#statistics.sum(task.features, this.#rangeOf(task), turns)
    this.#searchBest(task)
    const search = this.#search
    const { features, sums, totalAt } = this.#statistics
    const tree = this.#job.trees[task.tree]
    if (!search.searched) search.parent.set(sums.subarray(totalAt, totalAt + search.slots))
    if (task.level === 0 || !search.searched) {
      tree.describe(task.node, search.parent, search.rawCount(search.parent))
    }
    if (search.place < 0) tree.refuse(task.node)
    if (search.gain <= 0 || task.level === strategy.maxDepth) return null
    return {
      ...this.#splitOn(features[search.place]),
      left: search.bestLeft.slice(),
      right: search.bestRight.slice(),
      reduction: search.gain * measure.weight(search.parent, 0),
    }
  }

  #searchBest({ tree, node, level }: NodeTask): void {
    const { sums, features, offsets, totalAt } = this.#statistics
    const { arity, unordered, missing, numBins } = this.#job.data.candidates
    const { monotone } = this.#job.strategy
    const search = this.#search
    if (level > 0) this.#job.trees[tree].statsOf(node, search.parent)
    search.start(level > 0, this.#nodeRows(tree).limits[node])
    features.forEach((f, place) => {
      const at = offsets[place]
      search.feature(monotone?.[f] ?? 0)
      if (missing[f] && arity[f] > 0) search.missingCategory(sums, at, numBins[f], unordered[f] ? totalAt : -1)
      if (unordered[f]) search.unordered(place, sums, at, numBins[f], totalAt)
      else if (arity[f] > 0) search.ordered(place, sums, at, numBins[f])
      else if (missing[f]) search.continuousOrMissing(place, sums, at, numBins[f])
      else search.continuous(place, sums, at, numBins[f])
    })
  }

  /**
   * Gives a node its two children.
   * @returns the children that are to be split in turn, each -1 where it is a leaf for good.
   */
  split(
    { tree: t, node, level }: NodeTask,
    { split, goesLeft, left, right }: FoundSplit,
  ): [left: number, right: number] {
    const { maxDepth } = this.#job.strategy
    const search = this.#search
    const tree = this.#job.trees[t]
    const children: [number, number] = [-1, -1]
    const range = this.#rangeOf({ tree: t, node, level, features: null })
    const first = tree.split(node, split)
    tree.describe(first, left, search.rawCount(left))
    tree.describe(first + 1, right, search.rawCount(right))
    const { starts, ends, limits } = this.#nodeRows(t)
    starts.push(range.from, range.from)
    ends.push(range.to, range.to)
    limits.push(...this.#childLimits(tree, first, limits[node], split.feature, left, right))
    if (level + 1 === maxDepth) return children
    if (Math.abs(tree.impurity(first)) >= Number.EPSILON) children[0] = first
    if (Math.abs(tree.impurity(first + 1)) >= Number.EPSILON) children[1] = first + 1
    if (children[0] < 0 && children[1] < 0) return children
    const middle = this.#divide(range, split.feature, goesLeft)
    ends[first] = middle
    starts[first + 1] = middle
    return children
  }

  /** What the children may tell: neither may pass the middle between them where predictions are to be monotone. */
  #childLimits(
    tree: GrowingTree,
    first: number,
    limits: Limits,
    feature: number,
    left: Float64Array,
    right: Float64Array,
  ): [Limits, Limits] {
    const { strategy, measure } = this.#job
    if (!strategy.monotone) return [NO_LIMITS, NO_LIMITS]
    const told = [left, right].map((stats) => within(measure.value(stats, 0), limits))
    ;[left, right].forEach((stats, side) => {
      if (told[side] !== measure.value(stats, 0)) tree.tell(first + side, told[side])
    })
    const direction = strategy.monotone[feature]
    if (direction === 0) return [limits, limits]
    const middle = (told[0] + told[1]) / 2
    const low = { lower: limits.lower, upper: middle }
    const high = { lower: middle, upper: limits.upper }
    return direction > 0 ? [low, high] : [high, low]
  }

  /** The best split, and which bins go left. */
  #splitOn(feature: number): Pick<FoundSplit, 'split' | 'goesLeft'> {
    const { thresholds, arity, unordered, missing, numBins } = this.#job.data.candidates
    const { gain, split, order, missingLeft } = this.#search
    const learned = this.#job.strategy.learnsMissing ? { missingLeft } : {}
    if (arity[feature] === 0) {
      // The last bin has no border: a split there sends all values left. Borders that are equal go the same way.
      const borderOf = (bin: number): number => thresholds[feature][bin] ?? Number.POSITIVE_INFINITY
      const threshold = borderOf(split)
      const goesLeft = Uint8Array.from({ length: numBins[feature] }, (_, bin) => Number(borderOf(bin) <= threshold))
      if (missing[feature]) goesLeft[numBins[feature] - 1] = Number(missingLeft)
      return { split: { gain, feature, threshold, categories: null, numCategories: -1, ...learned }, goesLeft }
    }
    const all = arity[feature] + missing[feature]
    const goesLeft = Uint8Array.from({ length: all }, (_, c) => (unordered[feature] ? ((split + 1) >> c) & 1 : 0))
    if (order) for (let i = 0; i <= split; i++) goesLeft[order[i]] = 1
    const categories: number[] = []
    for (let c = 0; c < arity[feature]; c++) if (goesLeft[c]) categories.push(c)
    return {
      split: {
        gain,
        feature,
        threshold: Number.NaN,
        categories: Int32Array.from(categories),
        numCategories: arity[feature],
        ...learned,
      },
      goesLeft,
    }
  }

  /** Puts the rows that go left before the others, either in order. @returns where the others start. */
  #divide({ rows, from, to }: RowRange, feature: number, goesLeft: Uint8Array): number {
    const { bins, numFeatures } = this.#job.data
    const scratch = this.#scratch
    let left = from
    let right = 0
    for (let i = from; i < to; i++) {
      const row = rows[i]
      if (goesLeft[bins[row * numFeatures + feature]]) rows[left++] = row
      else scratch[right++] = row
    }
    rows.set(scratch.subarray(0, right), left)
    return left
  }
}

function rowsInBag(numRows: number, counts: Uint8Array | null): Int32Array {
  if (counts === null) return Int32Array.from({ length: numRows }, (_, row) => row)
  let size = 0
  for (let row = 0; row < numRows; row++) if (counts[row] > 0) size++
  const rows = new Int32Array(size)
  let end = 0
  for (let row = 0; row < numRows; row++) if (counts[row] > 0) rows[end++] = row
  return rows
}
