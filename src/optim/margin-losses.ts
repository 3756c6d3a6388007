import type { TurnTaker } from '../util/turn-taker.js'
import type { InstanceBlock } from './instances.js'
import { addMargins, addRows } from './row-products.js'

/** A linear function of the features, `offset + x'coefficients`, whose value at a row is its margin. */
export interface LinearFunction {
  readonly coefficients: Float64Array
  readonly offset: number
}

/**
 * Turns the margins of rows `from .. to` into multipliers `d loss / d margin`, in place (row `from` comes first), and returns the sum of
 * their losses; both with the weights of the rows.
 * @param margins one array for each linear function.
 */
export type MarginLoss = (margins: readonly Float64Array[], block: InstanceBlock, from: number, to: number) => number

/** Rows whose margins are kept at a time: they and their features stay in the processor's cache. */
const ROWS = 256

/**
 * Sum over all rows of a loss of their margins, and its gradients `sum multiplier * x`, in one pass. Rows are added in
 * order within a partition, then the partitions in order, as Spark adds them.
 * @param gradients one for each linear function: the first `coefficients.length` entries receive the gradient, the rest zeros.
 * @param turns taken between blocks.
 */
export async function sumOfMarginLosses(
  blocks: readonly InstanceBlock[],
  functions: readonly LinearFunction[],
  loss: MarginLoss,
  gradients: readonly Float64Array[],
  turns: TurnTaker,
): Promise<number> {
  const margins = functions.map(() => new Float64Array(ROWS))
  const partials = functions.map(({ coefficients }) => new Float64Array(coefficients.length))
  let partialLoss = 0
  let total = 0
  let partition = blocks[0]?.partition
  for (const gradient of gradients) gradient.fill(0)
  const mergePartition = (): void => {
    total += partialLoss
    partialLoss = 0
    for (let k = 0; k < partials.length; k++) {
      for (let j = 0; j < partials[k].length; j++) gradients[k][j] += partials[k][j]
      partials[k].fill(0)
    }
  }
  for (const block of blocks) {
    if (turns.due()) await turns.take()
    if (block.partition !== partition) mergePartition()
    partition = block.partition
    for (let from = 0; from < block.length; from += ROWS) {
      const to = Math.min(from + ROWS, block.length)
      for (let k = 0; k < functions.length; k++) {
        margins[k].fill(functions[k].offset, 0, to - from)
        addMargins(block.features, from, to, functions[k].coefficients, margins[k])
      }
      partialLoss += loss(margins, block, from, to)
      for (let k = 0; k < functions.length; k++) addRows(block.features, from, to, margins[k], partials[k])
    }
  }
  mergePartition()
  return total
}
