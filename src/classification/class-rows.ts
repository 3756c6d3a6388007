import type { KernelOptions } from '../kernels/engine.js'
import type { ClassSpace, LossPass } from '../optim/class-cost.js'
import type { ClassLoss } from '../optim/class-losses.js'
import type { InstanceBlock } from '../optim/instances.js'
import type { Standardization } from '../optim/standardization.js'
import '../util/disposable.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { ExactRows } from './exact-rows.js'
import { ClassKernelRows } from './kernel-rows.js'
import { PlainRows } from './plain-rows.js'

/** Rows in memory that a linear classifier learns from. */
export interface ClassRows extends Disposable {
  readonly blocks: readonly InstanceBlock[]
  /** Weighted means and sample deviations of the features. At least one row must have weight. */
  standardization(turns: TurnTaker): Promise<Standardization>
  /** Passes over all rows for a loss in a space. One pass runs at a time. */
  pass(loss: ClassLoss, space: ClassSpace): LossPass
}

/** Up to so many rows, and products a pass, are summed exactly as Spark does. */
const EXACT_ROWS = 4096
const EXACT_PRODUCTS = 2 ** 17

/**
 * Rows of checked blocks, at least one, in the form that is best for a loss of `sets` functions: few rows are summed in Spark's order to the
 * last bit; many dense ones by kernels, in an order that does not depend on the number of threads; others as they come. Dispose of them after
 * the fit.
 */
export function classRows(blocks: readonly InstanceBlock[], sets: number, kernels?: KernelOptions): ClassRows {
  const { size } = blocks[0].features
  const count = blocks.reduce((sum, { length }) => sum + length, 0)
  if (count <= EXACT_ROWS && count * size * sets <= EXACT_PRODUCTS) return new ExactRows(blocks)
  const areDense = blocks.every(({ features }) => features.offsets === null)
  return areDense && ClassKernelRows.canHold(count, size) ? new ClassKernelRows(blocks, kernels) : new PlainRows(blocks)
}
