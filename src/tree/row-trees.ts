import { slotsWriter } from '../scoring/vector-forms.js'
import type { ReadNumber, VectorForm } from '../sql/row-form.js'
import { flatTree } from './flat-tree.js'
import type { TreeNodes } from './nodes.js'

/** Trees that one row falls through at a time: none waits for the memory or the comparison of another one. */
const ABREAST = 4

/**
 * Sums of what the trees of an ensemble tell of one row, added in the order of the trees. The nodes of all trees lie in one array a field, laid out as
 * in `FlatTree`: a leaf has no threshold and is its own right child.
 */
export class RowTrees {
  readonly #count: number
  /** Root of each tree, and of as many that tell 0 as the last few need. */
  readonly #roots: Int32Array
  /** Levels of the deepest tree of those that are fallen through at a time. */
  readonly #depths: Int32Array
  readonly #feature: Int32Array
  readonly #threshold: Float64Array
  readonly #left: Int32Array
  readonly #value: Float64Array

  private constructor(trees: readonly TreeNodes[], weights: readonly number[] | null) {
    const flat = trees.map(flatTree)
    const size = flat.reduce((sum, tree) => sum + tree.left.length, 0)
    this.#count = Math.ceil(trees.length / ABREAST)
    this.#roots = new Int32Array(this.#count * ABREAST).fill(size)
    this.#depths = new Int32Array(this.#count)
    this.#feature = new Int32Array(size + 1)
    this.#threshold = new Float64Array(size + 1).fill(Number.NaN)
    this.#left = new Int32Array(size + 1).fill(size - 1)
    this.#value = new Float64Array(size + 1)
    let start = 0
    flat.forEach((tree, t) => {
      this.#roots[t] = start
      const group = Math.floor(t / ABREAST)
      this.#depths[group] = Math.max(this.#depths[group], tree.depth)
      this.#feature.set(tree.feature, start)
      this.#threshold.set(tree.threshold, start)
      for (let at = 0; at < tree.left.length; at++) {
        this.#left[start + at] = start + tree.left[at]
        const told = trees[t].prediction[tree.numbers[at]]
        this.#value[start + at] = weights ? weights[t] * told : told
      }
      start += tree.left.length
    })
  }

  /** @param weights one a tree; null: all 1. @returns undefined where splits are more than thresholds: categories, or NaN that goes left. */
  static of(trees: readonly TreeNodes[], weights: readonly number[] | null): RowTrees | undefined {
    return trees.some((nodes) => flatTree(nodes).special) ? undefined : new RowTrees(trees, weights)
  }

  /** @param x one number a feature. */
  sum(x: Float64Array): number {
    const roots = this.#roots
    const depths = this.#depths
    const feature = this.#feature
    const threshold = this.#threshold
    const left = this.#left
    const value = this.#value
    let sum = 0
    for (let group = 0, t = 0; group < this.#count; group++, t += ABREAST) {
      let a = roots[t]
      let b = roots[t + 1]
      let c = roots[t + 2]
      let d = roots[t + 3]
      for (let level = depths[group]; level > 0; level--) {
        a = left[a] + 1 - Number(x[feature[a]] <= threshold[a])
        b = left[b] + 1 - Number(x[feature[b]] <= threshold[b])
        c = left[c] + 1 - Number(x[feature[c]] <= threshold[c])
        d = left[d] + 1 - Number(x[feature[d]] <= threshold[d])
      }
      // In the order of the trees.
      sum += value[a]
      sum += value[b]
      sum += value[c]
      sum += value[d]
    }
    return sum
  }
}

/**
 * Reader of the sum of what trees tell of one row.
 * @param weights one a tree; null: all 1.
 * @returns undefined where splits are more than thresholds.
 */
export function treeSumReader(
  form: VectorForm,
  trees: readonly TreeNodes[],
  weights: readonly number[] | null,
): ReadNumber | undefined {
  const sums = RowTrees.of(trees, weights)
  if (!sums) return undefined
  const { slots, write } = slotsWriter(form)
  return (row) => (write(row) ? sums.sum(slots) : Number.NaN)
}
