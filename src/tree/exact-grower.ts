import type { TurnTaker } from '../util/turn-taker.js'
import type { GrowingTree, Split } from './growing-tree.js'
import type { RowRange } from './histogram.js'
import type { ImpurityMeasure } from './impurity.js'
import { NodeStatistics } from './node-statistics.js'
import type { NodeTask, RoundGrower } from './rounds.js'
import { SplitSearch } from './split-search.js'
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

/** Rows of a tree, node by node: those of node n are `rows[starts[n] .. ends[n])`, ascending. */
interface NodeRows {
  readonly rows: Int32Array
  readonly starts: number[]
  readonly ends: number[]
}

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
  readonly #goesLeft: Uint8Array

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
    const widest = candidates.numBins.reduce((most, count, f) => Math.max(most, count, candidates.arity[f]), 0)
    this.#goesLeft = new Uint8Array(widest)
  }

  async grow(tasks: readonly NodeTask[]): Promise<Int32Array> {
    const children = new Int32Array(2 * tasks.length).fill(-1)
    const { turns, data } = this.#job
    for (const [i, task] of tasks.entries()) {
      const { rows, starts, ends } = this.#nodeRows(task.tree)
      const counts = this.#job.bags?.[task.tree] ?? null
      const range = { rows, from: starts[task.node], to: ends[task.node], counts }
      await this.#statistics.sum(task.features, range, turns)
      this.#searchBest(task, data)
      this.#apply(task, range, children.subarray(2 * i, 2 * i + 2))
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
    const made = { rows, starts: [0], ends: [rows.length] }
    this.#rowsOf[tree] = made
    return made
  }

  #searchBest({ tree, node, level }: NodeTask, { candidates }: ExactData): void {
    const { sums, features, offsets, totalAt } = this.#statistics
    const { arity, unordered, numBins } = candidates
    const search = this.#search
    if (level > 0) this.#job.trees[tree].statsOf(node, search.parent)
    search.start(level > 0)
    features.forEach((f, place) => {
      const at = offsets[place]
      if (unordered[f]) search.unordered(place, sums, at, numBins[f], totalAt)
      else if (arity[f] > 0) search.ordered(place, sums, at, numBins[f])
      else search.continuous(place, sums, at, numBins[f])
    })
  }

  /** Splits the node in the tree as was found best, or leaves it. @param children filled with the children to be split. */
  #apply({ tree: t, node, level }: NodeTask, range: RowRange, children: Int32Array): void {
    const { maxDepth } = this.#job.strategy
    const { features, sums, totalAt } = this.#statistics
    const search = this.#search
    const tree = this.#job.trees[t]
    if (!search.searched) search.parent.set(sums.subarray(totalAt, totalAt + search.slots))
    if (level === 0 || !search.searched) tree.describe(node, search.parent, search.rawCount(search.parent))
    if (search.place < 0) tree.refuse(node)
    if (search.gain <= 0 || level === maxDepth) return

    const feature = features[search.place]
    const left = tree.split(node, this.#splitOn(feature))
    tree.describe(left, search.bestLeft, search.rawCount(search.bestLeft))
    tree.describe(left + 1, search.bestRight, search.rawCount(search.bestRight))
    const { starts, ends } = this.#nodeRows(t)
    starts.push(range.from, range.from)
    ends.push(range.to, range.to)
    if (level + 1 === maxDepth) return
    if (Math.abs(tree.impurity(left)) >= Number.EPSILON) children[0] = left
    if (Math.abs(tree.impurity(left + 1)) >= Number.EPSILON) children[1] = left + 1
    if (children[0] < 0 && children[1] < 0) return
    const middle = this.#divide(range, feature)
    ends[left] = middle
    starts[left + 1] = middle
  }

  /** The best split; also notes which bins go left. */
  #splitOn(feature: number): Split {
    const { thresholds, arity, unordered, numBins } = this.#job.data.candidates
    const { gain, split, order } = this.#search
    const goesLeft = this.#goesLeft
    if (arity[feature] === 0) {
      for (let bin = 0; bin < numBins[feature]; bin++) goesLeft[bin] = bin <= split ? 1 : 0
      return { gain, feature, threshold: thresholds[feature][split], categories: null, numCategories: -1 }
    }
    for (let c = 0; c < arity[feature]; c++) goesLeft[c] = unordered[feature] ? ((split + 1) >> c) & 1 : 0
    if (order) for (let i = 0; i <= split; i++) goesLeft[order[i]] = 1
    const categories: number[] = []
    for (let c = 0; c < arity[feature]; c++) if (goesLeft[c]) categories.push(c)
    return {
      gain,
      feature,
      threshold: Number.NaN,
      categories: Int32Array.from(categories),
      numCategories: arity[feature],
    }
  }

  /** Puts the rows that go left before the others, either in order. @returns where the others start. */
  #divide({ rows, from, to }: RowRange, feature: number): number {
    const { bins, numFeatures } = this.#job.data
    const scratch = this.#scratch
    const goesLeft = this.#goesLeft
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
