import { CONSTANTS } from '../kernels/js/exponentials.js'
import { BOOST, LEAF, ROWS, SCORED } from '../kernels/records.js'
import { Room } from '../kernels/room.js'
import { plusSeed } from '../util/random/seed.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { drawBags } from './bagging.js'
import { featuresPerNode } from './feature-subsets.js'
import { variance } from './impurity.js'
import { type GrownTree, LevelGrower } from './level-grower.js'
import type { Loss } from './losses.js'
import type { TreeNodes } from './nodes.js'
import { countRows, expectedMilliseconds, leastGain, splitRules } from './packed-forest.js'
import { type PackedTargets, packTargets, unitsFor } from './packed-targets.js'
import type { TreeStrategy } from './strategy.js'
import type { PackedData } from './tree-data.js'

/** What boosting by kernels works on. */
export interface PackedBoosting {
  readonly data: PackedData
  /** Numbers, or classes -1 and 1. */
  readonly labels: Float64Array
  readonly loss: Loss
  readonly strategy: TreeStrategy
  readonly maxIter: number
  readonly stepSize: number
  readonly turns: TurnTaker
}

/** From the second tree on, a target is twice what is left of the label: the slope of the squared error. */
export const SLOPE = 2

/** Losses whose slopes kernels find from scores: their number there, and the most that a slope can be. */
const SCORED_LOSSES: Partial<Record<Loss['name'], { readonly loss: number; readonly steepest: number }>> = {
  logistic: { loss: 0, steepest: 4 },
  absolute: { loss: 1, steepest: 1 },
}

/**
 * Boosts trees as Spark does. When the splits of a tree are known, one pass over the rows divides its last level among the
 * leaves, finds the new targets, and counts the rows for the root of the next tree. For squared error, targets just lose what the
 * leaves tell; for other losses, scores are kept of which they are the slopes.
 */
export class PackedBooster {
  readonly #job: PackedBoosting
  readonly #targets: PackedTargets
  readonly #grower: LevelGrower
  readonly #record: number
  readonly #leaves: Room
  readonly #sums: Room
  /** Addresses of the weights of rows in the tree that grows and in the next one; 0: all weights are 1. */
  #weights: number
  #nextWeights: number
  /** Number of trees that are complete. */
  #trees = 0
  /** Sum of the sizes of targets. */
  #sizes: number
  #unitsPerOne: number
  /** Record, and scores and labels a row; null for squared error. */
  readonly #scored: { readonly record: number; readonly scores: number; readonly labels: number } | null

  private constructor(job: PackedBoosting, targets: PackedTargets) {
    const { packed, candidates, totalWeight, numRows } = job.data
    const { memory } = packed.engine
    this.#job = job
    this.#targets = targets
    this.#grower = new LevelGrower(packed, targets.record, candidates, splitRules(job.strategy, targets, totalWeight))
    this.#record = memory.allocate(BOOST.bytes)
    this.#leaves = new Room(memory)
    this.#sums = new Room(memory)
    this.#weights = targets.weights
    this.#nextWeights = isBagged(job.strategy) ? memory.allocate(8 * numRows) : targets.weights
    this.#sizes = targets.sizes
    this.#unitsPerOne = targets.unitsPerOne
    this.#scored = startScores(job, this.#record)
  }

  /** Whether it can boost such trees. */
  static serves({ weights, numFeatures }: PackedData, strategy: TreeStrategy, { name, descent }: Loss): boolean {
    if (descent || (name !== 'squared' && !SCORED_LOSSES[name])) return false
    if (featuresPerNode(strategy, 1, numFeatures) < numFeatures) return false
    return weights === null || (!isBagged(strategy) && strategy.minInstancesPerNode === 1)
  }

  static async start(job: PackedBoosting): Promise<PackedBooster> {
    const { data, labels, strategy, maxIter, turns } = job
    const { engine, numBlocks } = data.packed
    engine.expect(maxIter * expectedMilliseconds(data.packed, strategy))
    const weights = (await drawBag(job, 0)) ?? data.weights
    const targets = await packTargets(data.packed, { labels, weights, areCounts: data.weights === null }, turns)
    const booster = new PackedBooster(job, targets)
    await engine.run('countBlock', booster.#grower.startTree(), numBlocks, turns)
    return booster
  }

  /** Grows the next tree. */
  async grow(): Promise<TreeNodes> {
    const { data, maxIter, strategy, turns } = this.#job
    const { engine, numBlocks } = data.packed
    const { memory } = engine
    const { record: rows, center, unitsPerWeight } = this.#targets
    const unitsPerOne = this.#unitsPerOne
    const grown = await this.#grower.grow(leastGain(strategy, unitsPerOne, unitsPerWeight), turns)
    const isFirst = this.#trees === 0
    const isLast = ++this.#trees === maxIter
    const perUnit = unitsPerWeight / unitsPerOne
    const first = isFirst ? center : 0
    const means = Float64Array.from(grown.tree.sums, (sum, node) => meanOf(sum, grown.tree.weights[node]) * perUnit)
    const largest = this.#writeLeaves(grown, means, isFirst)
    const root = isLast ? 0 : await this.#startNext(isFirst, largest)
    BOOST.write(memory, this.#record, {
      ...{ rows, level: grown.undivided, leaves: this.#leaves.of(0), leafCount: grown.leaves.length, root },
      ...{ nextWeights: this.#nextWeights, sums: this.#sums.of(16 * grown.leaves.length * numBlocks) },
      ...{ blockCount: numBlocks, keep: isFirst ? SLOPE : 1, unitsPerWeight },
    })
    if (this.#scored) await engine.run('boostScored', this.#scored.record, numBlocks, turns)
    else await engine.run('boostSquared', this.#record, numBlocks, turns)
    const squares = this.#readSums(grown)
    this.#swapWeights()
    return boostedNodes(grown, { squares, unitsPerOne, unitsPerWeight, center: first }, data)
  }

  /** Weighted mean of the loss of all rows. */
  meanLoss(): number {
    const { data, labels, loss } = this.#job
    const { f64 } = data.packed.engine.memory
    const numbers = f64.subarray((this.#scored?.scores ?? this.#targets.targets) / 8)
    let sum = 0
    for (let row = 0; row < data.numRows; row++) {
      const error = this.#scored ? loss.error(numbers, row, labels[row]) : (numbers[row] / SLOPE) ** 2
      sum += error * (data.weights ? data.weights[row] : 1)
    }
    return sum / data.totalWeight
  }

  /** @returns the largest number that is taken off a target, or added to a score. */
  #writeLeaves({ leaves }: GrownTree, means: Float64Array, isFirst: boolean): number {
    const { memory } = this.#job.data.packed.engine
    const { stepSize } = this.#job
    const records = this.#leaves.of(LEAF.bytes * leaves.length)
    const factor = (this.#scored ? 1 : SLOPE) * (isFirst ? 1 : stepSize)
    const start = this.#scored && isFirst ? this.#targets.center : 0
    let largest = 0
    leaves.forEach(({ node, segments, step }, i) => {
      const shift = start + factor * means[node]
      LEAF.write(memory, records + i * LEAF.bytes, { segments, step, shift })
      largest = Math.max(largest, Math.abs(shift))
    })
    return largest
  }

  /** Gets ready to count the root of the next tree. @param largest the largest number that is taken off a target. */
  async #startNext(isFirst: boolean, largest: number): Promise<number> {
    const { data, loss } = this.#job
    const { packed, weights, numRows } = data
    const bag = await drawBag(this.#job, this.#trees)
    const { f64 } = packed.engine.memory
    if (bag) f64.set(bag, this.#nextWeights / 8)
    const heaviest = weights ? weights.reduce((most, weight) => Math.max(most, weight), 1) : 1
    const steepest = SCORED_LOSSES[loss.name]?.steepest
    const sizes = steepest ? steepest * numRows : (isFirst ? SLOPE : 1) * this.#sizes + largest * numRows
    this.#unitsPerOne = unitsFor(sizes * heaviest)
    f64[(this.#targets.record + ROWS.offsets.unitsPerOne) / 8] = this.#unitsPerOne
    return this.#grower.startTree()
  }

  #swapWeights(): void {
    const used = this.#weights
    this.#weights = this.#nextWeights
    this.#nextWeights = used
    const { u32 } = this.#job.data.packed.engine.memory
    u32[(this.#targets.record + ROWS.offsets.weights) / 4] = this.#weights
  }

  /** @returns for each node the sum of weight times squared target. */
  #readSums({ tree, leaves }: GrownTree): Float64Array {
    const { engine, numBlocks } = this.#job.data.packed
    const { f64 } = engine.memory
    const squares = new Float64Array(tree.count)
    this.#sizes = 0
    let at = this.#sums.of(0) / 8
    for (const { node } of leaves) {
      for (let block = 0; block < numBlocks; block++, at += 2) {
        squares[node] += f64[at]
        this.#sizes += f64[at + 1]
      }
    }
    tree.rollUp(squares, 1)
    return squares
  }
}

/** What is known of the targets of a tree. */
export interface BoostedSums {
  /** For each node the sum of weight times squared target. */
  readonly squares: Float64Array
  readonly unitsPerOne: number
  readonly unitsPerWeight: number
  /** What labels are more than targets. */
  readonly center: number
}

/** A finished tree. */
export function boostedNodes(
  { tree, leaves }: GrownTree,
  { squares, unitsPerOne, unitsPerWeight, center }: BoostedSums,
  { candidates, weights, packed }: PackedData,
): TreeNodes {
  const stats = new Float64Array(3 * tree.count)
  for (let node = 0; node < tree.count; node++) {
    const weight = tree.weights[node] / unitsPerWeight
    const sum = tree.sums[node] / unitsPerOne
    stats[3 * node] = weight
    stats[3 * node + 1] = sum + center * weight
    stats[3 * node + 2] = squares[node] + center * (2 * sum + center * weight)
  }
  const rawCounts = weights ? countRows(packed, tree, leaves) : Float64Array.from(tree.weights)
  return tree.finish(stats, rawCounts, variance, candidates)
}

const meanOf = (sum: number, weight: number): number => (weight > 0 ? sum / weight : 0)

/** Scores of 0, for losses that need them. @param boost record for the pass after each tree. */
function startScores({ data, labels: given, loss }: PackedBoosting, boost: number) {
  const scoredLoss = SCORED_LOSSES[loss.name]
  if (!scoredLoss) return null
  const { memory } = data.packed.engine
  // Two rows are taken at once.
  const bytes = 8 * (data.numRows + 1)
  const scores = memory.allocate(bytes)
  const labels = memory.allocate(bytes)
  const table = memory.allocate(8 * CONSTANTS.length)
  const record = memory.allocate(SCORED.bytes)
  memory.f64.fill(0, scores / 8, (scores + bytes) / 8)
  memory.f64.set(given, labels / 8)
  memory.f64.set(CONSTANTS, table / 8)
  SCORED.write(memory, record, { boost, scores, labels, loss: scoredLoss.loss, table })
  return { record, scores, labels }
}

const isBagged = ({ subsamplingRate }: TreeStrategy): boolean => subsamplingRate < 1

/** How often each row is in the bag of a tree; null: every row once. */
async function drawBag({ data, strategy, turns }: PackedBoosting, tree: number): Promise<Float64Array | null> {
  const bags = await drawBags(data, strategy, 1, plusSeed(strategy.seed, tree), turns)
  return bags && Float64Array.from(bags[0])
}
