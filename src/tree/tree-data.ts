import type { KernelOptions } from '../kernels/engine.js'
import type { InstanceBlock } from '../optim/instances.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { type Bins, binRows } from './bins.js'
import { type Candidates, findCandidates } from './candidates.js'
import { requireMonotone } from './monotone.js'
import { mostBins, PackedRows } from './packed-rows.js'
import { isSparkStrategy, type TreeStrategy } from './strategy.js'
import { type TreeRows, treeRows } from './tree-rows.js'

/** Up to this number of rows trees are grown with sums formed in Spark's order; beyond, with exact sums of rounded numbers. */
export const EXACT_ROWS = 16_384

/** Rows as trees see them; made once, grown from many times. Dispose of them when all trees are grown. */
export type TreeData = ExactData | PackedData

/** Rows for sums in Spark's order. */
export interface ExactData extends TreeRows, Disposable {
  readonly kind: 'exact'
  readonly candidates: Candidates
  /** `bins[row * numFeatures + feature]` */
  readonly bins: Bins
}

/** Rows in the memory of kernels. */
export interface PackedData extends TreeRows, Disposable {
  readonly kind: 'packed'
  readonly candidates: Candidates
  readonly packed: PackedRows
}

/** How rows are kept. */
export interface TreeDataOptions {
  /** More rows than this are packed. */
  readonly exactRows?: number
  readonly kernels?: KernelOptions
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
  { exactRows = EXACT_ROWS, kernels }: TreeDataOptions = {},
): Promise<TreeData> {
  requireMonotone(strategy, arity)
  const rows = treeRows(blocks)
  const candidates = await findCandidates(rows, arity, strategy, turns, kernels)
  if (rows.numRows > exactRows && isPackable(rows, candidates, strategy)) {
    const packed = await PackedRows.pack(rows, candidates, strategy, turns, kernels)
    return { ...rows, kind: 'packed', candidates, packed, [Symbol.dispose]: () => packed[Symbol.dispose]() }
  }
  return exactData(rows, candidates, strategy, turns)
}

/** Bins for sums in Spark's order. */
export async function exactData(
  rows: TreeRows,
  candidates: Candidates,
  strategy: TreeStrategy,
  turns: TurnTaker,
): Promise<ExactData> {
  const bins = await binRows(rows, candidates, strategy, turns)
  return { ...rows, kind: 'exact', candidates, bins, [Symbol.dispose]: () => {} }
}

/** Histograms of classes of a node that are larger are not worth a kernel. */
const MAX_CLASS_BYTES = 2 ** 26

/** Whether kernels can grow such trees. */
function isPackable(rows: TreeRows, candidates: Candidates, strategy: TreeStrategy): boolean {
  if (!isSparkStrategy(strategy)) return false
  // Rows with weights are not counted beside.
  if (rows.weights && strategy.minInstancesPerNode > 1) return false
  const classBytes = 8 * rows.numFeatures * mostBins(candidates) * strategy.numClasses
  return classBytes <= MAX_CLASS_BYTES && PackedRows.canHold(rows, candidates)
}
