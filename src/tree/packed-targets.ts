import { round } from '../kernels/round.js'
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
  /** Targets are labels less this. */
  readonly center: number
  /** Targets and weights are counted in whole units. */
  readonly unitsPerOne: number
  readonly unitsPerWeight: number
  /** Addresses of a double a row; weights 0: all are 1. */
  readonly targets: number
  readonly weights: number
  /** Sum of the sizes of targets, without weights. */
  readonly sizes: number
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

/** Rows between two looks at the clock. */
const STEP = 2 ** 16

/** Puts labels into the memory of the kernels. */
export async function packTargets(
  rows: PackedRows,
  { labels, weights, areClasses = false, areCounts = weights === null, needsPairs = false }: WeightedLabels,
  turns: TurnTaker,
): Promise<PackedTargets> {
  const { engine, numRows, numBlocks, blockRows } = rows
  const { memory } = engine
  const targets = memory.allocate(8 * numRows)
  const weightsAt = weights ? memory.allocate(8 * numRows) : 0
  const hasPairs = needsPairs || weights !== null
  const pairs = hasPairs ? memory.allocate(16 * numRows) : 0
  const order = memory.allocate(2 * numBlocks * blockRows)
  const spare = memory.allocate(engine.threads * 2 * blockRows)
  const { f64 } = memory

  let sum = 0
  let totalWeight = 0
  await eachStep((from, to) => {
    for (let row = from; row < to; row++) {
      const weight = weights ? weights[row] : 1
      sum += weight * labels[row]
      totalWeight += weight
    }
  })
  const center = areClasses || totalWeight === 0 ? 0 : sum / totalWeight
  let sizes = 0
  let total = 0
  await eachStep((from, to) => {
    for (let row = from; row < to; row++) {
      const target = labels[row] - center
      f64[targets / 8 + row] = target
      sizes += Math.abs(target)
      total += Math.abs(target) * (weights ? weights[row] : 1)
    }
  })
  const unitsPerWeight = weights && !weights.every(Number.isInteger) ? unitsFor(totalWeight) : 1
  const unitsPerOne = areClasses ? unitsPerWeight : unitsFor(total)
  if (weights) f64.set(weights, weightsAt / 8)
  if (hasPairs) {
    await eachStep((from, to) => {
      for (let row = from; row < to; row++) {
        const weight = weights ? weights[row] : 1
        f64[pairs / 8 + 2 * row] = round(f64[targets / 8 + row] * weight * unitsPerOne)
        f64[pairs / 8 + 2 * row + 1] = round(weight * unitsPerWeight)
      }
    })
  }
  const record = rows.record({ targets, weights: weightsAt, pairs, order, spare, unitsPerOne })
  return { record, center, unitsPerOne, unitsPerWeight, targets, weights: weightsAt, sizes, areCounts }

  async function eachStep(work: (from: number, to: number) => void): Promise<void> {
    for (let from = 0; from < numRows; from += STEP) {
      work(from, Math.min(numRows, from + STEP))
      if (turns.due()) await turns.take()
    }
  }
}
