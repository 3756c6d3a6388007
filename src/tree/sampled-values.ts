import type { InstanceBlock } from '../optim/instances.js'
import { isDenseRow, vectorStart } from '../sql/columns.js'
import { bernoulliSample } from '../util/random/samplers.js'
import type { Seed } from '../util/random/seed.js'
import { XORShiftRandom } from '../util/random/xorshift.js'
import type { TreeRows } from './tree-rows.js'

/** Values that are held at once, about. */
const HELD_VALUES = 2 ** 22

/**
 * The rows that candidate splits are taken from: Spark's `RDD.sample` without replacement.
 * @returns 1 for each sampled row; null: all rows.
 */
export function sampledRows(rows: TreeRows, fraction: number, seed: Seed): Uint8Array | null {
  if (fraction >= 1) return null
  const sampleSeed = new XORShiftRandom(seed).nextInt()
  const sampled = new Uint8Array(rows.numRows)
  rows.partitions.forEach((partition, p) => {
    const start = rows.partitionStarts[p]
    const length = rows.partitionStarts[p + 1] - start
    sampled.set(bernoulliSample(length, partition, fraction, sampleSeed), start)
  })
  return sampled
}

/** Values of one feature in the sampled rows, zeros left out, in the order of the rows. */
export interface SampledValues {
  readonly feature: number
  readonly values: Float64Array
  /** Row of each value; empty unless rows are asked for. */
  readonly rows: Int32Array
}

/**
 * The sampled values of each feature in turn. Rows are walked once for as many features as memory allows; the arrays are
 * valid until the next feature.
 */
export function* sampledValues(
  { blocks, numRows, numFeatures }: TreeRows,
  sampled: Uint8Array | null,
  withRows: boolean,
): Generator<SampledValues> {
  const height = sampled ? sampled.reduce((sum, keep) => sum + keep, 0) : numRows
  const width = Math.min(numFeatures, Math.max(1, Math.floor(HELD_VALUES / height)))
  const values = new Float64Array(width * height)
  const rows = new Int32Array(withRows ? width * height : 0)
  const counts = new Int32Array(width)
  for (let first = 0; first < numFeatures; first += width) {
    const last = Math.min(numFeatures, first + width)
    counts.fill(0)
    let base = 0
    for (const block of blocks) {
      gather(block, base, first, last)
      base += block.length
    }
    for (let f = first; f < last; f++) {
      const start = (f - first) * height
      const end = start + counts[f - first]
      yield { feature: f, values: values.subarray(start, end), rows: rows.subarray(start, withRows ? end : start) }
    }
  }

  function gather({ features, length }: InstanceBlock, base: number, first: number, last: number): void {
    for (let i = 0; i < length; i++) {
      if (sampled !== null && sampled[base + i] === 0) continue
      const start = vectorStart(features, i)
      if (isDenseRow(features, i)) {
        for (let f = first; f < last; f++) put(f - first, features.values[start + f], base + i)
      } else {
        const end = vectorStart(features, i + 1)
        const indices = features.indices as Int32Array
        for (let entry = start; entry < end; entry++) {
          const f = indices[entry]
          if (f >= first && f < last) put(f - first, features.values[entry], base + i)
        }
      }
    }
  }

  function put(column: number, value: number, row: number): void {
    if (value === 0) return
    const at = column * height + counts[column]++
    values[at] = value
    if (withRows) rows[at] = row
  }
}
