import type { InstanceBlock } from '../optim/instances.js'
import { PartitionFold } from '../util/partition-fold.js'
import { plusSeed } from '../util/random/seed.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { growForest } from './forest.js'
import { leavesOf } from './leaves.js'
import { type Loss, MeanLoss } from './losses.js'
import type { TreeNodes } from './nodes.js'
import type { TreeStrategy } from './strategy.js'
import { treeData } from './tree-data.js'

/** Settings of boosting, by Spark's names. */
export interface BoostingStrategy {
  /** How each tree grows: by variance, without bootstrap. */
  readonly tree: TreeStrategy
  readonly loss: Loss
  readonly maxIter: number
  readonly stepSize: number
  readonly validationTol: number
  /** Trees in a row that may fail to lower the loss on the validation rows by enough before learning stops. */
  readonly patience: number
}

/** Rows to learn from, and rows that only tell when to stop. Class labels are -1 and 1. */
export interface BoostingRows {
  readonly training: readonly InstanceBlock[]
  /** null: all iterations are done. */
  readonly validation: readonly InstanceBlock[] | null
  /** Number of categories of each feature; 0: continuous. */
  readonly arity: Int32Array
}

/** How boosting is watched and stopped. */
export interface BoostingControl {
  readonly turns: TurnTaker
  /** Called after each iteration. @param loss mean loss of the training rows; asked for only when it is wanted. */
  onIteration?(done: number, loss: () => number): void
}

/** Fitted trees with their weights. */
export interface Boosted {
  readonly trees: TreeNodes[]
  readonly weights: number[]
}

/**
 * Gradient boosting of regression trees. The first tree is fitted to the labels and counts fully; each later one is fitted
 * to the negative gradient of the loss and counts `stepSize`. Candidate splits are found once; tree m draws rows and
 * features with `seed + m`. With validation rows, a tree fails when their mean loss e has not fallen by
 * `validationTol * max(e, 0.01)` since the best tree so far; after `patience` such trees (Spark: one) learning stops, and the
 * trees up to the best one stay.
 *
 * Sources: `org.apache.spark.ml.tree.impl.GradientBoostedTrees`; Friedman, Stochastic gradient boosting (2002),
 * doi:10.1016/S0167-9473(01)00065-2.
 */
export async function boost(
  { training, validation, arity }: BoostingRows,
  strategy: BoostingStrategy,
  control: BoostingControl,
): Promise<Boosted> {
  const { loss, maxIter, stepSize, validationTol, patience } = strategy
  const { turns } = control
  const data = await treeData(training, arity, strategy.tree, turns)
  const learned = new Predictions(training)
  const validated = validation && new Predictions(validation)
  const trees: TreeNodes[] = []
  const weights: number[] = []
  let best = { error: Number.POSITIVE_INFINITY, trees: maxIter }
  for (let m = 0; m < maxIter; m++) {
    const targets = m === 0 ? learned.labels : learned.residuals(loss)
    const [tree] = await growForest(data, targets, strategy.tree, 1, { turns, seed: plusSeed(strategy.tree.seed, m) })
    const weight = m === 0 ? 1 : stepSize
    trees.push(tree)
    weights.push(weight)
    await learned.add(tree, weight, turns)
    control.onIteration?.(m + 1, () => learned.meanLoss(loss))
    if (!validated) continue
    await validated.add(tree, weight, turns)
    const error = validated.meanLoss(loss)
    const fails = m > 0 && best.error - error < validationTol * Math.max(error, 0.01)
    if (fails && m + 1 - best.trees >= patience) break
    if (m === 0 || (!fails && error < best.error)) best = { error, trees: m + 1 }
  }
  return { trees: trees.slice(0, best.trees), weights: weights.slice(0, best.trees) }
}

/** Rows with the sums of what the trees so far predict for them. */
class Predictions {
  readonly #blocks: readonly InstanceBlock[]
  /** Labels of all rows, in order. */
  readonly labels: Float64Array
  readonly #sums: Float64Array
  readonly #residuals: Float64Array

  constructor(blocks: readonly InstanceBlock[]) {
    const length = blocks.reduce((sum, block) => sum + block.length, 0)
    this.#blocks = blocks
    this.labels = new Float64Array(length)
    this.#sums = new Float64Array(length)
    this.#residuals = new Float64Array(length)
    let at = 0
    for (const block of blocks) {
      this.labels.set(block.labels, at)
      at += block.length
    }
  }

  /** Adds what a tree predicts. */
  async add(tree: TreeNodes, weight: number, turns: TurnTaker): Promise<void> {
    let at = 0
    for (const { features, length } of this.#blocks) {
      if (turns.due()) await turns.take()
      for (const leaf of leavesOf([tree], features, length)) this.#sums[at++] += tree.prediction[leaf] * weight
    }
  }

  /** What is left to be learned of each row, in an array that the next call takes again. */
  residuals(loss: Loss): Float64Array {
    const { labels } = this
    for (let row = 0; row < labels.length; row++) this.#residuals[row] = loss.residual(this.#sums[row], labels[row])
    return this.#residuals
  }

  /** Weighted mean of the loss, summed as Spark does. */
  meanLoss(loss: Loss): number {
    const fold = new PartitionFold(() => new MeanLoss())
    let at = 0
    for (const { length, labels, weights, partition } of this.#blocks) {
      const part = fold.of(partition)
      for (let row = 0; row < length; row++, at++) {
        part.add(loss.error(this.#sums[at], labels[row]), weights ? weights[row] : 1)
      }
    }
    return (fold.result() as MeanLoss).value
  }
}
