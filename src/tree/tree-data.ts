import type { InstanceBlock } from '../optim/instances.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { type Bins, binRows } from './bins.js'
import { type Candidates, findCandidates } from './candidates.js'
import type { TreeStrategy } from './strategy.js'
import { type TreeRows, treeRows } from './tree-rows.js'

/** Rows as trees see them; made once, grown from many times. */
export interface TreeData extends TreeRows {
  readonly candidates: Candidates
  /** `bins[row * numFeatures + feature]` */
  readonly bins: Bins
}

/**
 * Candidate splits and bins of rows.
 * @param blocks at least one row.
 * @param arity number of categories of each feature; 0: continuous.
 * @throws ParamError when a feature has more categories than bins; DataError naming row and feature for a value that is no
 *   category, and when there are no features.
 */
export async function treeData(
  blocks: readonly InstanceBlock[],
  arity: Int32Array,
  strategy: TreeStrategy,
  turns: TurnTaker,
): Promise<TreeData> {
  const rows = treeRows(blocks)
  const candidates = await findCandidates(rows, arity, strategy, turns)
  return { ...rows, candidates, bins: await binRows(rows, candidates, strategy, turns) }
}
