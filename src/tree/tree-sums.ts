import { wasmModule } from '../kernels/wasm.js'
import type { VectorColumn } from '../sql/batch.js'
import { visitDense } from './dense-rows.js'
import { fall, flatTree } from './flat-tree.js'
import { KernelSums } from './kernel-sums.js'
import type { TreeNodes } from './nodes.js'
import { fallingCost, type TreeTerm } from './packed-trees.js'

/** Rows that fall through one tree before they fall through the next one. */
const PIECE = 1024
/** Fewer rows leave most of a block of the kernels empty. */
const LEAST_ROWS = 32
/** Nanoseconds that packing takes for a node, about. */
const PACKING_COST = 300

/** Sums of what the trees of an ensemble tell of rows, always added in the order of the trees. */
export class TreeSums {
  readonly #terms: readonly TreeTerm[]
  readonly #slots: number
  readonly #fallingCost: number
  /** undefined: not tried yet; null: no use. */
  #kernels: KernelSums | null | undefined
  /** What falling has cost so far, in nanoseconds. */
  #spent = 0

  private constructor(terms: readonly TreeTerm[], slots: number) {
    this.#terms = terms
    this.#slots = slots
    this.#fallingCost = fallingCost(terms)
  }

  /** Sums of predictions. @param weights one a tree; null: all 1. @param slots sums of a row: tree t belongs to sum `t mod slots`. */
  static ofPredictions(trees: readonly TreeNodes[], weights: readonly number[] | null, slots = 1): TreeSums {
    const terms = trees.map((nodes, t) => ({
      tree: flatTree(nodes),
      values: weights ? nodes.prediction.map((value) => weights[t] * value) : nodes.prediction,
      width: 1,
      slot: t % slots,
    }))
    return new TreeSums(slots === 1 ? terms : terms.sort((a, b) => a.slot - b.slot), slots)
  }

  /** Sums of as many numbers as a node has. @param values one array a tree, node by node. */
  static ofRows(trees: readonly TreeNodes[], values: readonly Float64Array[], slots: number): TreeSums {
    return new TreeSums(
      trees.map((nodes, t) => ({ tree: flatTree(nodes), values: values[t], width: slots, slot: 0 })),
      slots,
    )
  }

  /**
   * The sums of the first `length` rows, row by row.
   * @param features a column of vectors of one length without nulls.
   */
  of(features: VectorColumn, length: number): Float64Array {
    const sums = new Float64Array(length * this.#slots)
    const kernels = length < LEAST_ROWS ? null : this.#kernelsFor(features.size, length)
    if (kernels) kernels.fill(features, length, sums)
    else this.#fill(features, length, sums)
    return sums
  }

  /** Kernels where they are faster, once enough rows have fallen that packing pays. */
  #kernelsFor(numFeatures: number, length: number): KernelSums | null {
    if (this.#kernels !== undefined) return this.#kernels
    this.#spent += length * this.#fallingCost
    const nodes = this.#terms.reduce((sum, { tree }) => sum + tree.left.length, 0)
    if (this.#spent < nodes * PACKING_COST) return null
    this.#kernels = wasmModule() && KernelSums.of(this.#terms, this.#slots, numFeatures)
    return this.#kernels
  }

  #fill(features: VectorColumn, length: number, sums: Float64Array): void {
    const slots = this.#slots
    const leaves = new Int32Array(Math.min(length, PIECE))
    visitDense(features, length, PIECE, (rows, start, first, count) => {
      for (const { tree, values, width, slot } of this.#terms) {
        fall(tree, rows, start, features.size, count, leaves, 0)
        for (let row = 0; row < count; row++) {
          const from = leaves[row] * width
          const to = (first + row) * slots + slot
          for (let k = 0; k < width; k++) sums[to + k] += values[from + k]
        }
      }
    })
  }
}
