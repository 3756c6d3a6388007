import type { KernelMemory } from '../kernels/memory.js'
import { SPLIT } from '../kernels/records.js'
import type { Candidates } from './candidates.js'
import { NO_SPLIT, type Split } from './growing-tree.js'
import type { ImpurityMeasure } from './impurity.js'
import { nodesInPreOrder } from './made-tree.js'
import type { TreeNodes } from './nodes.js'

const NONE = 0xffffffff

/** The best split of a node, as a kernel found it; sums and weights are in units. */
export interface PackedSplit {
  /** `score / scale` is the reduction of the squared error times the weight of the node; 0: nothing is gained; -1: none is allowed. */
  readonly score: number
  readonly scale: number
  readonly leftSum: number
  readonly leftWeight: number
  readonly sum: number
  readonly weight: number
  readonly feature: number
  /** Last bin that goes left; -1: categories decide. */
  readonly bin: number
  /** 256 bits, those of categories that go left; null where a bin decides. */
  readonly categories: Uint8Array | null
}

/** Reads the record {@link SPLIT} at an address, field by field: forests have very many. */
export function readSplit({ f64, u32, u8 }: KernelMemory, address: number): PackedSplit {
  const at = address / 8
  const feature = u32[2 * at + 12]
  const bin = u32[2 * at + 13]
  const set = address + SPLIT.offsets.categories0
  return {
    score: f64[at],
    scale: f64[at + 1],
    leftSum: f64[at + 2],
    leftWeight: f64[at + 3],
    sum: f64[at + 4],
    weight: f64[at + 5],
    feature,
    bin: bin === NONE ? -1 : bin,
    categories: feature !== NONE && bin === NONE ? u8.slice(set, set + 32) : null,
  }
}

/** A tree that kernels grow: nodes in the order in which they are made, the root first, children in pairs. */
export class PackedTree {
  /** First child of each node; 0: none. */
  readonly children: number[] = [0]
  readonly splits: (PackedSplit | null)[] = [null]
  /** Sums of targets and of weights of each node, in units. */
  readonly sums: number[]
  readonly weights: number[]
  readonly #refused = new Set<number>()

  constructor(root: PackedSplit) {
    this.sums = [root.sum]
    this.weights = [root.weight]
  }

  get count(): number {
    return this.children.length
  }

  /** @returns the number of the left child; the right one has the next. */
  split(node: number, split: PackedSplit): number {
    const left = this.children.length
    this.children.push(0, 0)
    this.splits.push(null, null)
    this.sums.push(split.leftSum, split.sum - split.leftSum)
    this.weights.push(split.leftWeight, split.weight - split.leftWeight)
    this.children[node] = left
    this.splits[node] = split
    return left
  }

  /** Notes that no split of a node is allowed. */
  refuse(node: number): void {
    this.#refused.add(node)
  }

  /**
   * Adds up numbers of leaves over the inner nodes.
   * @param numbers `size` numbers a node; those of inner nodes are 0 beforehand.
   */
  rollUp(numbers: Float64Array, size: number): void {
    // Children have higher numbers than their parents.
    for (let node = this.count - 1; node >= 0; node--) {
      const left = this.children[node]
      if (left === 0) continue
      for (let i = 0; i < size; i++)
        numbers[node * size + i] = numbers[left * size + i] + numbers[(left + 1) * size + i]
    }
  }

  /** The finished tree. @param stats statistics of each node. @param rawCounts number of rows of each node. */
  finish(
    stats: Float64Array,
    rawCounts: Float64Array,
    measure: ImpurityMeasure,
    { thresholds, arity }: Candidates,
  ): TreeNodes {
    const { count } = this
    const { size } = measure
    const predictions = new Float64Array(count)
    const impurities = new Float64Array(count)
    for (let node = 0; node < count; node++) {
      predictions[node] = measure.prediction(stats, node * size)
      impurities[node] = measure.impurity(stats, node * size)
    }
    const splitOf = (node: number): Split => {
      const { feature, bin, categories } = this.splits[node] as PackedSplit
      return {
        gain: gainOf(measure, stats, impurities, node, this.children[node]),
        feature,
        threshold: categories ? Number.NaN : thresholds[feature][bin],
        categories: categories && categoriesOf(categories),
        numCategories: categories ? arity[feature] : -1,
      }
    }
    const made = { children: Int32Array.from(this.children), predictions, rawCounts, stats, statsSize: size, splitOf }
    return nodesInPreOrder({ ...made, impurities: this.#marked(impurities) })
  }

  /** Marks leaves of which no split was allowed. Nodes of one label are not even tried, except for the root. */
  #marked(impurities: Float64Array): Float64Array {
    const marked = impurities.slice()
    for (const node of this.#refused) {
      if (node === 0 || Math.abs(impurities[node]) >= Number.EPSILON) marked[node] = NO_SPLIT
    }
    return marked
  }
}

/** What a split reduces the impurity by; the formula is Spark's. */
function gainOf(
  measure: ImpurityMeasure,
  stats: Float64Array,
  impurities: Float64Array,
  node: number,
  left: number,
): number {
  const { size } = measure
  const leftWeight = measure.weight(stats, left * size)
  const rightWeight = measure.weight(stats, (left + 1) * size)
  const weight = leftWeight + rightWeight
  return impurities[node] - (leftWeight / weight) * impurities[left] - (rightWeight / weight) * impurities[left + 1]
}

function categoriesOf(set: Uint8Array): Int32Array {
  const categories: number[] = []
  for (let category = 0; category < 8 * set.length; category++) {
    if ((set[category >>> 3] >>> (category & 7)) & 1) categories.push(category)
  }
  return Int32Array.from(categories)
}
