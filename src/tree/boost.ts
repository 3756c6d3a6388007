import type { InstanceBlock } from '../optim/instances.js'
import { PartitionFold } from '../util/partition-fold.js'
import { plusSeed } from '../util/random/seed.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { growForest } from './forest.js'
import { leavesOf } from './leaves.js'
import { type Loss, MeanLoss } from './losses.js'
import type { TreeNodes } from './nodes.js'
import { PackedBooster } from './packed-boost.js'
import type { TreeStrategy } from './strategy.js'
import { type TreeData, type TreeDataOptions, treeData } from './tree-data.js'
import { labelsOf } from './tree-rows.js'

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
  /** How rows are kept. */
  readonly data?: TreeDataOptions
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
  using data = await treeData(training, arity, strategy.tree, turns, control.data)
  const learner = await learnerOf(data, strategy, turns)
  const validated = validation && new Predictions(validation)
  const trees: TreeNodes[] = []
  const weights: number[] = []
  let best = { error: Number.POSITIVE_INFINITY, trees: maxIter }
  for (let m = 0; m < maxIter; m++) {
    const tree = await learner.grow()
    const weight = weightOf(m, stepSize)
    trees.push(tree)
    weights.push(weight)
    control.onIteration?.(m + 1, () => learner.meanLoss())
    if (!validated) continue
    await validated.add(tree, weight, turns)
    const error = validated.meanLoss(loss)
    const fails = m > 0 && best.error - error < validationTol * Math.max(error, 0.01)
    if (fails && m + 1 - best.trees >= patience) break
    if (m === 0 || (!fails && error < best.error)) best = { error, trees: m + 1 }
  }
  return { trees: trees.slice(0, best.trees), weights: weights.slice(0, best.trees) }
}

const weightOf = (tree: number, stepSize: number): number => (tree === 0 ? 1 : stepSize)

/** Grows the trees one after another, each on what those before have left to learn. */
interface Learner {
  grow(): Promise<TreeNodes>
  /** Mean loss of the training rows. */
  meanLoss(): number
}

async function learnerOf(data: TreeData, strategy: BoostingStrategy, turns: TurnTaker): Promise<Learner> {
  const { loss, tree, maxIter, stepSize } = strategy
  if (data.kind === 'packed' && loss.name === 'squared' && PackedBooster.serves(data, tree)) {
    return PackedBooster.start({ data, labels: labelsOf(data.blocks), strategy: tree, maxIter, stepSize, turns })
  }
  return new PlainLearner(data, strategy, turns)
}

/** A learner for all losses and rows. */
class PlainLearner implements Learner {
  readonly #data: TreeData
  readonly #strategy: BoostingStrategy
  readonly #turns: TurnTaker
  readonly #predictions: Predictions
  #trees = 0

  constructor(data: TreeData, strategy: BoostingStrategy, turns: TurnTaker) {
    this.#data = data
    this.#strategy = strategy
    this.#turns = turns
    this.#predictions = new Predictions(data.blocks)
  }

  async grow(): Promise<TreeNodes> {
    const { loss, tree: strategy, stepSize } = this.#strategy
    const turns = this.#turns
    const m = this.#trees++
    const predictions = this.#predictions
    const targets = m === 0 ? predictions.labels : predictions.residuals(loss)
    const [tree] = await growForest(this.#data, targets, strategy, 1, { turns, seed: plusSeed(strategy.seed, m) })
    await predictions.add(tree, weightOf(m, stepSize), turns)
    return tree
  }

  meanLoss(): number {
    return this.#predictions.meanLoss(this.#strategy.loss)
  }
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
