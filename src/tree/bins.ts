import type { InstanceBlock } from '../optim/instances.js'
import { valueError } from '../sql/column-origin.js'
import { isDenseRow, vectorStart } from '../sql/columns.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Candidates } from './candidates.js'
import type { TreeStrategy } from './strategy.js'
import type { TreeRows } from './tree-rows.js'

/** The bin of each feature of each row, row by row, in the narrowest array that holds the numbers. */
export type Bins = Uint8Array | Uint16Array | Int32Array

/** Values binned between two looks at the clock, about. */
const STEP = 2 ** 16

function emptyBins(length: number, numBins: number): Bins {
  if (numBins <= 2 ** 8) return new Uint8Array(length)
  return numBins <= 2 ** 16 ? new Uint16Array(length) : new Int32Array(length)
}

/**
 * The first border that a value does not exceed; the number of borders, if it exceeds all. Where neighbouring doubles have
 * the same point half-way between them, a border stands in the list more than once; a value that is equal to it belongs to
 * the one which halving the list finds first, as in Spark (Java's `Arrays.binarySearch`).
 */
export function binOf(value: number, thresholds: Float64Array): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high - 1) >> 1
    const border = thresholds[middle]
    if (border === value) return middle
    if (border < value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Bins of all rows: `bins[row * numFeatures + feature]`.
 * @throws DataError naming row and feature for a value that is no category of its feature.
 */
export async function binRows(
  { blocks, numRows, numFeatures }: TreeRows,
  { arity, thresholds, missing }: Candidates,
  strategy: TreeStrategy,
  turns: TurnTaker,
): Promise<Bins> {
  const widest = arity.reduce(
    (most, categories, f) => Math.max(most, Math.max(categories, thresholds[f].length + 1) + missing[f]),
    1,
  )
  const bins = emptyBins(numRows * numFeatures, widest)
  const binsOfZero = thresholds.map((borders, f) => (arity[f] > 0 ? 0 : binOf(0, borders)))
  const step = Math.max(1, Math.floor(STEP / numFeatures))
  let firstRow = 0
  for (const block of blocks) {
    for (let i = 0; i < block.length; i += step) {
      binPart(block, i, Math.min(block.length, i + step))
      if (turns.due()) await turns.take()
    }
    firstRow += block.length
  }
  return bins

  function binPart({ features }: InstanceBlock, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const at = (firstRow + i) * numFeatures
      const start = vectorStart(features, i)
      if (isDenseRow(features, i)) {
        for (let f = 0; f < numFeatures; f++) bins[at + f] = bin(features.values[start + f], f, firstRow + i)
      } else {
        bins.set(binsOfZero, at)
        const end = vectorStart(features, i + 1)
        const indices = features.indices as Int32Array
        for (let entry = start; entry < end; entry++) {
          bins[at + indices[entry]] = bin(features.values[entry], indices[entry], firstRow + i)
        }
      }
    }
  }

  function bin(value: number, feature: number, row: number): number {
    const categories = arity[feature]
    if (missing[feature] && Number.isNaN(value)) return categories || thresholds[feature].length + 1
    if (categories === 0) return binOf(value, thresholds[feature])
    if (value >= 0 && value < categories && Number.isInteger(value)) return value
    throw valueError(
      `category ${value} of feature ${feature}`,
      row,
      { stage: strategy.stage, column: strategy.features, firstRow: 0 },
      `categories 0 to ${categories - 1} in feature ${feature}`,
      'Its attribute in the metadata of the column says how many categories there are.',
    )
  }
}
