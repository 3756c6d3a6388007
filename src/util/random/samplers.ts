import { ParamError } from '../../errors.js'
import { shortText } from '../names.js'
import { JavaRandom } from './java-random.js'
import { PoissonDistribution } from './poisson.js'
import { plusSeed, type Seed } from './seed.js'
import { XORShiftRandom } from './xorshift.js'

// Each function answers for the rows of one partition, and returns for each row how often it is taken.

/** Up to this fraction Spark draws the length of the gaps between sampled rows, not a number for each row. */
const MAX_GAP_FRACTION = 0.4

/** Keeps the logarithm of a uniform finite. */
const MIN_UNIFORM = 5e-11

/** What Spark forgives in borders and fractions that come out of a computation. */
const ROUNDING = 1e-6

function refuse(problem: string, param: string, allowed: string, received: unknown): never {
  throw new ParamError(problem, { param, allowed, received: shortText(received) })
}

function checkFraction(fraction: number, max: number): void {
  if (fraction >= -ROUNDING && fraction <= max + ROUNDING) return
  const range = max === 1 ? 'a number from 0 to 1' : 'a finite number, 0 or more'
  refuse(`fraction is ${shortText(fraction)}`, 'fraction', `Allowed: ${range}`, fraction)
}

/** The seeds that `RDD.sample` and `MLUtils.kFold` give to the partitions: one `nextLong` of `java.util.Random(seed)` each. */
export function partitionSeeds(seed: Seed, partitions: number): bigint[] {
  const random = new JavaRandom(seed)
  return Array.from({ length: partitions }, () => random.nextLong())
}

function partitionSeed(seed: Seed, partition: number): bigint {
  return partitionSeeds(seed, partition + 1)[partition]
}

/**
 * The borders between the parts of `randomSplit`: 0, then the running sums of the weights divided by their total.
 * For example, `splitBorders([3, 1])` is `[0, 0.75, 1]`.
 *
 * @returns `weights.length + 1` numbers; part i is the cell from border i to border i + 1.
 * @throws ParamError when there is no weight, one is negative or not finite, or their sum is 0.
 */
export function splitBorders(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!weights.every((weight) => weight >= 0) || !(total > 0 && total < Number.POSITIVE_INFINITY)) {
    refuse(
      `weights are ${shortText(weights)}`,
      'weights',
      'Allowed: finite numbers, 0 or more, with a sum above 0',
      weights,
    )
  }
  const borders = [0]
  for (const weight of weights) borders.push(borders[borders.length - 1] + weight / total)
  return borders
}

/**
 * Rows of a partition whose uniform number lies in [lower, upper): `Dataset.sample` without replacement (lower 0, upper the
 * fraction) and one part of `Dataset.randomSplit` (which sorts the partition first; that is the caller's work).
 *
 * @param length number of rows in the partition.
 * @param partition zero-based number of the partition; its generator is `XORShiftRandom(seed + partition)`.
 * @returns 1 for each row that is kept, else 0.
 * @throws ParamError unless 0 <= lower <= upper <= 1 (up to 1e-6), or when the seed is not a 64-bit integer.
 */
export function cellSample(length: number, partition: number, lower: number, upper: number, seed: Seed): Uint8Array {
  if (!(lower >= -ROUNDING && lower <= upper + ROUNDING && upper <= 1 + ROUNDING)) {
    const cell = [lower, upper]
    refuse(`the cell is ${shortText(cell)}`, 'lower, upper', 'Allowed: 0 <= lower <= upper <= 1', cell)
  }
  const keep = new Uint8Array(length)
  if (upper <= lower) return keep
  const random = new XORShiftRandom(plusSeed(seed, partition))
  for (let row = 0; row < length; row++) {
    const x = random.nextDouble()
    if (x >= lower && x < upper) keep[row] = 1
  }
  return keep
}

/**
 * `RDD.sample` without replacement: each row with probability `fraction`. Fractions up to 0.4 draw gaps.
 *
 * @returns 1 for each row that is kept, else 0.
 * @throws ParamError when the fraction is outside [0, 1] (by more than 1e-6), or the seed is not a 64-bit integer.
 */
export function bernoulliSample(length: number, partition: number, fraction: number, seed: Seed): Uint8Array {
  checkFraction(fraction, 1)
  const keep = new Uint8Array(length)
  if (fraction <= 0) return keep
  if (fraction >= 1) return keep.fill(1)
  const random = new XORShiftRandom(partitionSeed(seed, partition))
  if (fraction > MAX_GAP_FRACTION) {
    for (let row = 0; row < length; row++) keep[row] = random.nextDouble() <= fraction ? 1 : 0
  } else {
    const rate = Math.log1p(-fraction)
    for (let row = gap(random, rate); row < length; row += 1 + gap(random, rate)) keep[row] = 1
  }
  return keep
}

/** Number of rows to pass over before the next sampled one: geometric, where `rate` is the logarithm of passing over one. */
function gap(random: XORShiftRandom, rate: number): number {
  return Math.trunc(Math.log(Math.max(random.nextDouble(), MIN_UNIFORM)) / rate)
}

/** Settings of {@link poissonSample}. */
export interface PoissonSampleOptions {
  /** Draw gaps for fractions up to 0.4, as `RDD.sample` does; false (default) is `Dataset.sample`. */
  readonly gaps?: boolean
}

/**
 * Sampling with replacement: `Dataset.sample(true, fraction, seed)`, and `RDD.sample` with `{ gaps: true }`.
 *
 * @param fraction expected number of copies of a row.
 * @returns how often each row is taken.
 * @throws ParamError when the fraction is negative (by more than 1e-6) or not finite, or the seed is not a 64-bit integer.
 */
export function poissonSample(
  length: number,
  partition: number,
  fraction: number,
  seed: Seed,
  options: PoissonSampleOptions = {},
): Int32Array {
  checkFraction(fraction, Number.MAX_VALUE)
  const counts = new Int32Array(length)
  if (fraction <= 0) return counts
  const ownSeed = partitionSeed(seed, partition)
  if (options.gaps && fraction <= MAX_GAP_FRACTION) {
    const random = new XORShiftRandom(ownSeed)
    for (let row = gap(random, -fraction); row < length; row += 1 + gap(random, -fraction)) {
      counts[row] = positivePoisson(random, Math.exp(-fraction))
    }
  } else {
    const poisson = new PoissonDistribution(fraction, ownSeed)
    for (let row = 0; row < length; row++) counts[row] = poisson.sample()
  }
  return counts
}

/** A Poisson draw given that it is not 0; `zero` is the probability of 0. */
function positivePoisson(random: XORShiftRandom, zero: number): number {
  let product = zero + (1 - zero) * random.nextDouble()
  product *= random.nextDouble()
  let count = 1
  while (product > zero) {
    count++
    product *= random.nextDouble()
  }
  return count
}

/**
 * The row numbers of a sample: each row as often as its count says, ascending.
 * For example, `sampledRows(Int32Array.of(0, 2, 1))` is `[1, 1, 2]`.
 */
export function sampledRows(counts: Uint8Array | Int32Array): Int32Array {
  let total = 0
  for (const count of counts) total += count
  const rows = new Int32Array(total)
  let end = 0
  for (let row = 0; row < counts.length; row++) {
    rows.fill(row, end, end + counts[row])
    end += counts[row]
  }
  return rows
}
