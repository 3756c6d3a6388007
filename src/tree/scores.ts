import type { InstanceBlock } from '../optim/instances.js'
import { PartitionFold } from '../util/partition-fold.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Descent, ScoredRows } from './descent.js'
import { leavesOf } from './leaves.js'
import { type Loss, MeanLoss } from './losses.js'
import { isLeaf, nodeCount, type TreeNodes } from './nodes.js'
import { labelsOf } from './tree-rows.js'

/** Rows with their scores: the sums of what the trees so far tell, one or more a row. */
export class Scores implements ScoredRows {
  readonly #blocks: readonly InstanceBlock[]
  readonly #loss: Loss
  readonly labels: Float64Array
  readonly weights: Float64Array | null
  readonly scores: Float64Array
  readonly #residuals: readonly Float64Array[]

  /** @param weights of all rows, in order; null: all 1. */
  constructor(blocks: readonly InstanceBlock[], weights: Float64Array | null, loss: Loss) {
    this.#blocks = blocks
    this.#loss = loss
    this.labels = labelsOf(blocks)
    this.weights = weights
    this.scores = new Float64Array(this.labels.length * loss.width)
    this.#residuals = Array.from({ length: loss.width }, () => new Float64Array(this.labels.length))
  }

  /** Gives all rows the same scores. */
  reset(values: readonly number[]): void {
    for (let at = 0; at < this.scores.length; at += values.length) this.scores.set(values, at)
  }

  /** Adds what the trees of an iteration tell, one a score. */
  async add(trees: readonly TreeNodes[], weight: number, turns: TurnTaker): Promise<void> {
    const { width } = this.#loss
    let row = 0
    for (const { features, length } of this.#blocks) {
      if (turns.due()) await turns.take()
      const leaves = leavesOf(trees, features, length)
      trees.forEach(({ prediction }, k) => {
        for (let i = 0; i < length; i++) {
          this.scores[(row + i) * width + k] += prediction[leaves[k * length + i]] * weight
        }
      })
      row += length
    }
  }

  /** What is left to be learned of each row, a list a score; the next call takes the arrays again. */
  residuals(): readonly Float64Array[] {
    const { width } = this.#loss
    this.#residuals.forEach((residuals, k) => {
      for (let row = 0; row < residuals.length; row++) {
        residuals[row] = this.#loss.residual(this.scores, row * width, this.labels[row], k)
      }
    })
    return this.#residuals
  }

  /** Weighted mean of the loss, summed as Spark does. */
  meanLoss(): number {
    const fold = new PartitionFold(() => new MeanLoss())
    let row = 0
    for (const { length, weights, partition } of this.#blocks) {
      const part = fold.of(partition)
      for (let i = 0; i < length; i++, row++) {
        const error = this.#loss.error(this.scores, row * this.#loss.width, this.labels[row])
        part.add(error, weights ? weights[i] : 1)
      }
    }
    return (fold.result() as MeanLoss).value
  }

  /**
   * A tree whose leaves go as far as the rows in them need.
   * @param value what a leaf tells, of how far its rows need to go.
   */
  async stepped(
    tree: TreeNodes,
    k: number,
    { step }: Descent,
    value: (step: number) => number,
    turns: TurnTaker,
  ): Promise<TreeNodes> {
    const { rows, starts } = this.#byLeaf(tree)
    const prediction = tree.prediction.slice()
    for (let node = 0; node < nodeCount(tree); node++) {
      if (!isLeaf(tree, node)) continue
      if (turns.due()) await turns.take()
      const members = rows.subarray(starts[node], starts[node + 1])
      prediction[node] = value(members.length > 0 ? step(this, members, k) : 0)
    }
    return { ...tree, prediction }
  }

  /** Rows by the leaf that they fall in: those of node n are `rows[starts[n] .. starts[n + 1])`. */
  #byLeaf(tree: TreeNodes): { readonly rows: Int32Array; readonly starts: Int32Array } {
    const leafOf = new Int32Array(this.labels.length)
    let first = 0
    for (const { features, length } of this.#blocks) {
      leafOf.set(leavesOf([tree], features, length), first)
      first += length
    }
    const starts = new Int32Array(nodeCount(tree) + 1)
    for (const leaf of leafOf) starts[leaf + 1]++
    for (let node = 0; node < nodeCount(tree); node++) starts[node + 1] += starts[node]
    const next = starts.slice()
    const rows = new Int32Array(leafOf.length)
    leafOf.forEach((leaf, row) => {
      rows[next[leaf]++] = row
    })
    return { rows, starts }
  }
}
