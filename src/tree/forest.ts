import type { Seed } from '../util/random/seed.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { drawBags } from './bagging.js'
import { growBestFirst } from './best-first.js'
import { ExactGrower } from './exact-grower.js'
import { GrowingTree } from './growing-tree.js'
import { measureOf } from './impurity.js'
import type { TreeNodes } from './nodes.js'
import { fitsKernels, growPackedForest } from './packed-forest.js'
import { growInRounds } from './rounds.js'
import type { TreeStrategy } from './strategy.js'
import { exactData, type TreeData } from './tree-data.js'

/** How growing is watched and stopped. */
export interface GrowControl {
  /** Gives the event loop its turn, and throws when the caller aborts. */
  readonly turns: TurnTaker
  /** For bags and feature subsets; by default the seed of the strategy. */
  readonly seed?: Seed
  /** Called with the number of trees that are complete. */
  onTree?(done: number): void
}

/**
 * Grows trees, each on its bag of the rows (Spark's `RandomForest`; Breiman 2001, doi:10.1023/A:1010933404324).
 *
 * @param data rows, candidate splits and bins; the same for any number of calls.
 * @param labels label of each row, in the order of the rows: numbers, or class indices from 0 below the number of classes.
 * @returns one tree a bag, as if each had been grown alone but for the order in which features are drawn.
 */
export async function growForest(
  data: TreeData,
  labels: Float64Array,
  strategy: TreeStrategy,
  numTrees: number,
  control: GrowControl,
): Promise<TreeNodes[]> {
  if (data.kind === 'packed' && fitsKernels(data, strategy, numTrees)) {
    return growPackedForest(data, labels, strategy, numTrees, control)
  }
  const { turns, seed = strategy.seed } = control
  const rows = data.kind === 'exact' ? data : await exactData(data, data.candidates, strategy, turns)
  const measure = measureOf(strategy.impurity, strategy.numClasses)
  const trees = Array.from({ length: numTrees }, () => new GrowingTree(measure))
  const bags = await drawBags(data, strategy, numTrees, seed, turns)
  const grower = new ExactGrower({ data: rows, labels, strategy, measure, bags, trees, turns })
  const grow = strategy.maxLeaves === undefined ? growInRounds : growBestFirst
  await grow(grower, data.candidates, strategy, numTrees, seed, control)
  return trees.map((tree) => tree.finish())
}
