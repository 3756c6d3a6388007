import type { InstanceBlock } from '../optim/instances.js'
import type { Seed } from '../util/random/seed.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { TreeNodes } from './nodes.js'
import type { TreeStrategy } from './strategy.js'
import type { TreeData } from './tree-data.js'

/** Up to this number of rows, trees are grown by Spark's sums in Spark's order; beyond, by exact sums of rounded labels. */
export const EXACT_ROWS = 16_384

/** How growing is watched and stopped. */
export interface GrowControl {
  /** Gives the event loop its turn, and throws when the caller aborts. */
  readonly turns: TurnTaker
  /** Called when more trees are complete. */
  onTree?(done: number): void
}

/**
 * Candidate splits and bins of rows.
 * @param arity number of categories of each feature; 0: continuous.
 */
export async function treeData(
  _blocks: readonly InstanceBlock[],
  _arity: Int32Array,
  _strategy: TreeStrategy,
  _control: GrowControl,
): Promise<TreeData> {
  throw new Error('work in progress')
}

/**
 * Grows trees.
 * @param labels label of each row, in the order of the blocks: class indices, or numbers.
 * @param seed for bags and feature subsets; by default that of the strategy.
 */
export async function growForest(
  _data: TreeData,
  _labels: Float64Array,
  _strategy: TreeStrategy,
  _numTrees: number,
  _control: GrowControl,
  _seed?: Seed,
): Promise<TreeNodes[]> {
  throw new Error('work in progress')
}
