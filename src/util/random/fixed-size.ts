import { ParamError } from '../../errors.js'
import { shortText } from '../names.js'
import { JavaRandom } from './java-random.js'
import { bernoulliSample, poissonSample, sampledRows } from './samplers.js'
import type { Seed } from './seed.js'
import { XORShiftRandom } from './xorshift.js'

function checkSize(stage: string, param: string, size: number): void {
  if (Number.isInteger(size) && size >= 0 && size <= 0x7fffffff) return
  throw new ParamError(`${param} is ${shortText(size)}`, {
    stage,
    param,
    allowed: 'Allowed: an integer from 0 to 2^31 - 1',
    received: shortText(size),
  })
}

/**
 * A uniform sample without replacement of `size` out of `count` items in one pass, in reservoir order (Spark's
 * `SamplingUtils.reservoirSampleAndCount`; J. S. Vitter, "Random sampling with a reservoir", algorithm R,
 * https://doi.org/10.1145/3147.3165). All items when there are no more than `size`.
 * For example, `reservoirSample(6, 2, 42)` is `[0, 5]`.
 *
 * @returns zero-based numbers of the items.
 * @throws ParamError when a size is not an integer from 0 to 2^31 - 1, or the seed is not a 64-bit integer.
 */
export function reservoirSample(count: number, size: number, seed: Seed): Int32Array {
  checkSize('reservoirSample', 'count', count)
  checkSize('reservoirSample', 'size', size)
  const random = new XORShiftRandom(seed)
  const reservoir = Int32Array.from({ length: Math.min(count, size) }, (_, i) => i)
  for (let item = size; item < count; item++) {
    const slot = Math.floor(random.nextDouble() * (item + 1))
    if (slot < size) reservoir[slot] = item
  }
  return reservoir
}

/**
 * Exactly `size` rows in random order: Spark's `RDD.takeSample`. It samples a little more than needed, until there is enough,
 * shuffles and cuts. Without replacement, a size beyond the number of rows gives all rows, shuffled.
 *
 * @param lengths number of rows of each partition.
 * @returns numbers of the rows, counted through all partitions.
 * @throws ParamError when `size` is not an integer from 0 to 2^31 - 1, or the seed is not a 64-bit integer.
 */
export function takeSample(lengths: readonly number[], withReplacement: boolean, size: number, seed: Seed): Int32Array {
  checkSize('takeSample', 'size', size)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (size === 0 || total === 0) return new Int32Array(0)
  const random = new JavaRandom(seed)
  if (!withReplacement && size >= total) {
    return shuffle(
      Int32Array.from({ length: total }, (_, row) => row),
      random,
    )
  }
  const fraction = oversampling(size, total, withReplacement)
  for (;;) {
    const rows = sampleAll(lengths, withReplacement, fraction, random.nextInt())
    if (rows.length >= size) return shuffle(rows, random).slice(0, size)
  }
}

function sampleAll(lengths: readonly number[], withReplacement: boolean, fraction: number, seed: Seed): Int32Array {
  const taken: number[] = []
  let start = 0
  lengths.forEach((length, partition) => {
    const counts = withReplacement
      ? poissonSample(length, partition, fraction, seed, { gaps: true })
      : bernoulliSample(length, partition, fraction, seed)
    for (const row of sampledRows(counts)) taken.push(start + row)
    start += length
  })
  return Int32Array.from(taken)
}

/** The fraction that yields `size` of `total` rows or more in 99.99 % of all samples (Spark's `SamplingUtils`). */
function oversampling(size: number, total: number, withReplacement: boolean): number {
  if (withReplacement) {
    const deviations = size < 6 ? 12 : size < 16 ? 9 : 6
    return Math.max(size + deviations * Math.sqrt(size), 1e-10) / total
  }
  const fraction = size / total
  const gamma = -Math.log(1e-4) / total
  return Math.min(1, Math.max(1e-10, fraction + gamma + Math.sqrt(gamma * gamma + 2 * gamma * fraction)))
}

/** Fisher-Yates in place, from the end. */
function shuffle(rows: Int32Array, random: JavaRandom): Int32Array {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = random.nextInt(i + 1)
    const row = rows[i]
    rows[i] = rows[j]
    rows[j] = row
  }
  return rows
}
