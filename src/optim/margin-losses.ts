import type { TurnTaker } from '../util/turn-taker.js'
import type { InstanceBlock } from './instances.js'
import { addMargins, addRows } from './row-products.js'

/**
 * Turns the margins `offset + x'coefficients` of rows `from .. to` into multipliers `d loss / d margin`, in place (row
 * `from` comes first), and returns the sum of their losses; both with the weights of the rows.
 */
export type MarginLoss = (margins: Float64Array, block: InstanceBlock, from: number, to: number) => number

/** Rows whose margins are kept at a time: they and their features stay in the processor's cache. */
const ROWS = 256

/**
 * Sum over all rows of a loss of their margins, and its gradient `sum multiplier * x`, in one pass. Rows are added in
 * order within a partition, then the partitions in order, as Spark adds them.
 * @param offset starting value of each margin.
 * @param gradient the first `coefficients.length` entries receive the gradient, the rest zeros.
 * @param turns taken between blocks.
 */
export async function sumOfMarginLosses(
  blocks: readonly InstanceBlock[],
  coefficients: Float64Array,
  offset: number,
  loss: MarginLoss,
  gradient: Float64Array,
  turns: TurnTaker,
): Promise<number> {
  const margins = new Float64Array(ROWS)
  const partial = new Float64Array(coefficients.length)
  let partialLoss = 0
  let total = 0
  let partition = blocks[0]?.partition
  gradient.fill(0)
  const mergePartition = (): void => {
    total += partialLoss
    partialLoss = 0
    for (let j = 0; j < partial.length; j++) gradient[j] += partial[j]
    partial.fill(0)
  }
  for (const block of blocks) {
    if (turns.due()) await turns.take()
    if (block.partition !== partition) mergePartition()
    partition = block.partition
    for (let from = 0; from < block.length; from += ROWS) {
      const to = Math.min(from + ROWS, block.length)
      margins.fill(offset, 0, to - from)
      addMargins(block.features, from, to, coefficients, margins)
      partialLoss += loss(margins, block, from, to)
      addRows(block.features, from, to, margins, partial)
    }
  }
  mergePartition()
  return total
}
