import type { InstanceBlock } from '../optim/instances.js'
import { plusSeed } from '../util/random/seed.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { CarriedBooster } from './carried-boost.js'
import type { Descent } from './descent.js'
import { growForest } from './forest.js'
import type { Loss } from './losses.js'
import type { TreeNodes } from './nodes.js'
import { PackedBooster } from './packed-boost.js'
import { Scores } from './scores.js'
import type { TreeStrategy } from './strategy.js'
import { type TreeData, type TreeDataOptions, treeData } from './tree-data.js'
import { labelsOf, treeRows } from './tree-rows.js'

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

/** Rows to learn from, and rows that only tell when to stop. Labels are as the loss takes them: of two classes -1 and 1. */
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

/** Fitted trees with their weights, iteration by iteration; where there are several scores, the trees of each in turn. */
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
  const validated = validation && new Scores(validation, weightsOf(validation), loss)
  const iterations: TreeNodes[][] = []
  let best = { error: Number.POSITIVE_INFINITY, iterations: maxIter }
  for (let m = 0; m < maxIter; m++) {
    const trees = await learner.grow()
    iterations.push(trees)
    control.onIteration?.(m + 1, () => learner.meanLoss())
    if (!validated) continue
    await validated.add(trees, weightOf(m, stepSize), turns)
    const error = validated.meanLoss()
    const fails = m > 0 && best.error - error < validationTol * Math.max(error, 0.01)
    if (fails && m + 1 - best.iterations >= patience) break
    if (m === 0 || (!fails && error < best.error)) best = { error, iterations: m + 1 }
  }
  const kept = iterations.slice(0, best.iterations)
  return { trees: kept.flat(), weights: kept.flatMap((trees, m) => trees.map(() => weightOf(m, stepSize))) }
}

const weightOf = (iteration: number, stepSize: number): number => (iteration === 0 ? 1 : stepSize)

const weightsOf = (blocks: readonly InstanceBlock[]): Float64Array | null => treeRows(blocks).weights

/** Grows the trees iteration by iteration, each on what those before have left to learn. */
interface Learner {
  /** The trees of the next iteration, one a score. */
  grow(): Promise<TreeNodes[]>
  /** Mean loss of the training rows. */
  meanLoss(): number
}

async function learnerOf(data: TreeData, strategy: BoostingStrategy, turns: TurnTaker): Promise<Learner> {
  const { loss, tree, maxIter, stepSize } = strategy
  if (data.kind === 'packed' && PackedBooster.serves(data, tree, loss)) {
    const labels = labelsOf(data.blocks)
    const Booster = CarriedBooster.serves(data, tree, loss) ? CarriedBooster : PackedBooster
    const booster = await Booster.start({ data, labels, loss, strategy: tree, maxIter, stepSize, turns })
    return { grow: async () => [await booster.grow()], meanLoss: () => booster.meanLoss() }
  }
  return new PlainLearner(data, strategy, turns)
}

/** A learner for all losses and rows. */
class PlainLearner implements Learner {
  readonly #data: TreeData
  readonly #strategy: BoostingStrategy
  readonly #turns: TurnTaker
  readonly #scores: Scores
  #iterations = 0

  constructor(data: TreeData, strategy: BoostingStrategy, turns: TurnTaker) {
    this.#data = data
    this.#strategy = strategy
    this.#turns = turns
    this.#scores = new Scores(data.blocks, data.weights, strategy.loss)
  }

  async grow(): Promise<TreeNodes[]> {
    const { loss, stepSize } = this.#strategy
    const m = this.#iterations++
    const trees = await (loss.descent ? this.#descend(m, loss.descent) : this.#fit(m))
    await this.#scores.add(trees, weightOf(m, stepSize), this.#turns)
    return trees
  }

  meanLoss(): number {
    return this.#scores.meanLoss()
  }

  /** Spark's way: the first tree is fitted to the labels, and leaves tell means. */
  #fit(m: number): Promise<TreeNodes[]> {
    return this.#growOn(m, m === 0 ? [this.#scores.labels] : this.#scores.residuals())
  }

  /** All trees are fitted to the slope. Those of the first iteration tell where scores start, too. */
  async #descend(m: number, descent: Descent): Promise<TreeNodes[]> {
    const scores = this.#scores
    const { loss, stepSize } = this.#strategy
    const starts = Array.from({ length: loss.width }, (_, k) => (m === 0 ? descent.start(scores, k) : 0))
    if (m === 0) scores.reset(starts)
    const trees: TreeNodes[] = []
    for (const [k, tree] of (await this.#growOn(m, scores.residuals())).entries()) {
      const value = (step: number): number => (m === 0 ? starts[k] + stepSize * step : step)
      trees.push(await scores.stepped(tree, k, descent, value, this.#turns))
    }
    if (m === 0) scores.reset(starts.map(() => 0))
    return trees
  }

  async #growOn(m: number, targets: readonly Float64Array[]): Promise<TreeNodes[]> {
    const { tree } = this.#strategy
    const control = { turns: this.#turns, seed: plusSeed(tree.seed, m) }
    const trees: TreeNodes[] = []
    for (const target of targets) trees.push(...(await growForest(this.#data, target, tree, 1, control)))
    return trees
  }
}
