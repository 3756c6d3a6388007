import { ROWS, TARGETS } from '../kernels/records.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { PackedRows } from './packed-rows.js'

/**
 * Sums of whole numbers are exact below 2^53. Targets are scaled so that the sum of their sizes stays below 2^50, which leaves
 * room for rounding.
 */
const UNIT_BITS = 50
/** So that scaled numbers stay finite, however small the labels are. */
const MAX_SCALE_BITS = 1000

/** What trees learn, in the memory of the kernels. */
export interface PackedTargets {
  /** Record of the rows with these targets, for kernels. */
  readonly record: number
  /** Record for the kernels that change targets. */
  readonly job: number
  /** Targets are labels less this. */
  readonly center: number
  /** Targets and weights are counted in whole units. */
  readonly unitsPerOne: number
  readonly unitsPerWeight: number
  /** Addresses of a double a row; weights 0: all are 1. */
  readonly targets: number
  readonly weights: number
  /** Sums of the sizes of targets and of their squares, without weights. */
  readonly sizes: number
  readonly squares: number
  /** Whether weights are how often a row counts. */
  readonly areCounts: boolean
}

/** Power of two by which numbers are multiplied whose sizes sum up to `total`. */
export function unitsFor(total: number): number {
  return total > 0 ? 2 ** Math.min(MAX_SCALE_BITS, Math.floor(UNIT_BITS - Math.log2(total))) : 1
}

/** Labels, and how much each counts. */
export interface WeightedLabels {
  /** Numbers, or classes 0 and 1. */
  readonly labels: Float64Array
  /** One weight a row; null: all 1. */
  readonly weights: Float64Array | null
  readonly areClasses?: boolean
  /** Whether weights are how often a row counts; default: if there are none. */
  readonly areCounts?: boolean
  /** Whether rows must have pairs even where all weights are 1. */
  readonly needsPairs?: boolean
}

/** Puts labels into the memory of the kernels. */
export async function packTargets(
  rows: PackedRows,
  { labels, weights, areClasses = false, areCounts = weights === null, needsPairs = false }: WeightedLabels,
  turns: TurnTaker,
): Promise<PackedTargets> {
  const { engine, numRows, numBlocks, blockRows } = rows
  const { memory } = engine
  const hasPairs = needsPairs || weights !== null
  const fields = {
    targets: memory.allocate(8 * numRows),
    weights: weights ? memory.allocate(8 * numRows) : 0,
    pairs: hasPairs ? memory.allocate(16 * numRows) : 0,
    order: memory.allocate(2 * numBlocks * blockRows),
    spare: memory.allocate(engine.threads * 2 * blockRows),
  }
  const record = rows.record({ ...fields, unitsPerOne: 1 })
  const job = memory.allocate(TARGETS.bytes)
  const sums = memory.allocate(24 * numBlocks)
  memory.f64.set(labels, fields.targets / 8)
  if (weights) memory.f64.set(weights, fields.weights / 8)

  const common = { rows: record, sums, center: 0, unitsPerWeight: 1 }
  TARGETS.write(memory, job, common)
  await engine.run('sumLabels', job, numBlocks, turns)
  const [totalWeight, total] = sumOfBlocks()
  const center = areClasses || totalWeight === 0 ? 0 : total / totalWeight
  TARGETS.write(memory, job, { ...common, center })
  await engine.run('centerTargets', job, numBlocks, turns)
  const [sizes, weightedSizes, squares] = sumOfBlocks()
  const unitsPerWeight = weights && !weights.every(Number.isInteger) ? unitsFor(totalWeight) : 1
  const unitsPerOne = areClasses ? unitsPerWeight : unitsFor(weightedSizes)
  memory.f64[(record + ROWS.offsets.unitsPerOne) / 8] = unitsPerOne
  if (hasPairs) {
    TARGETS.write(memory, job, { ...common, unitsPerWeight })
    await engine.run('roundPairs', job, numBlocks, turns)
  }
  const { targets, weights: weightsAt } = fields
  return { record, job, center, unitsPerOne, unitsPerWeight, targets, weights: weightsAt, sizes, squares, areCounts }

  /** The three sums of all blocks, added in their order. */
  function sumOfBlocks(): [number, number, number] {
    const parts = memory.f64.subarray(sums / 8, sums / 8 + 3 * numBlocks)
    const totals: [number, number, number] = [0, 0, 0]
    for (let i = 0; i < parts.length; i++) totals[i % 3] += parts[i]
    return totals
  }
}
