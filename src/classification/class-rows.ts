import type { KernelOptions } from '../kernels/engine.js'
import type { LossPass } from '../optim/class-cost.js'
import type { ClassLoss } from '../optim/class-losses.js'
import type { InstanceBlock } from '../optim/instances.js'
import type { Standardization } from '../optim/standardization.js'
import '../util/disposable.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { ExactRows } from './exact-rows.js'
import { KernelRows } from './kernel-rows.js'

/** Rows in memory that a linear classifier learns from. */
export interface ClassRows extends Disposable {
  readonly blocks: readonly InstanceBlock[]
  /** Weighted means and sample deviations of the features. At least one row must have weight. */
  standardization(turns: TurnTaker): Promise<Standardization>
  /** Passes over all rows for a loss of `sets` functions. One pass runs at a time. */
  pass(loss: ClassLoss, sets: number): LossPass
}

/** Up to so many rows are summed in Spark's order, so that even what rounding decides is Spark's. */
const EXACT_ROWS = 16_384

/**
 * Rows of checked blocks, at least one, in the form that is best for their number: few rows, and sparse ones, are summed in Spark's order;
 * many dense ones by kernels, in an order that does not depend on the number of threads. Dispose of them after the fit.
 */
export function classRows(blocks: readonly InstanceBlock[], kernels?: KernelOptions): ClassRows {
  const count = blocks.reduce((sum, { length }) => sum + length, 0)
  const many = count > EXACT_ROWS && blocks.every(({ features }) => features.offsets === null)
  return many && KernelRows.canHold(count, blocks[0].features.size)
    ? new KernelRows(blocks, kernels)
    : new ExactRows(blocks)
}
