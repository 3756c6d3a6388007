import type { DoubleSorter } from '../util/double-sorter.js'
import type { SampledValues } from './sampled-values.js'
import { doubleKeyOrder } from './scala-map-order.js'

/** What Spark forgives per value in a sum of weights. */
const TOLERANCE = 2 ** -52 * 100

/** The sampled values of a feature: the different ones but 0, ascending, and the weight of each. */
export interface ValueWeights {
  readonly values: Float64Array
  readonly weights: Float64Array
  /** Number of sampled rows that hold one of the values. */
  readonly count: number
  /** Whether sums of the weights are exact, so that their order does not matter: the weights are integers. */
  readonly exact: boolean
}

/**
 * Borders between the bins of a continuous feature: half-way between neighbouring values, all of them where there are few;
 * else those after which a bin holds about its share of the weight (Spark's `findSplitsForContinuousFeature`). There may
 * come out fewer than `maxSplits`. What the values leave over of the expected weight belongs to the value 0.
 *
 * @param expectedWeight weight of all rows times the fraction that was sampled.
 * @param maxSplits largest number of borders.
 */
export function thresholdsOf(sample: ValueWeights, expectedWeight: number, maxSplits: number): Float64Array {
  const { values, weights } = sample
  if (values.length === 0) return new Float64Array(0)
  const zeroWeight = expectedWeight - totalWeight(sample)
  const hasZero = zeroWeight > TOLERANCE * sample.count
  const length = values.length + (hasZero ? 1 : 0)
  const zeroAt = hasZero ? firstPositive(values) : length
  const value = (i: number): number => (i < zeroAt ? values[i] : i === zeroAt ? 0 : values[i - 1])
  if (length - 1 <= maxSplits) return Float64Array.from({ length: length - 1 }, (_, i) => (value(i) + value(i + 1)) / 2)
  const stride = expectedWeight / (maxSplits + 1)
  const found: number[] = []
  let target = stride
  let weight = 0
  for (let i = 0; i < length; i++) {
    const before = weight
    weight += i < zeroAt ? weights[i] : i === zeroAt ? zeroWeight : weights[i - 1]
    if (i === 0 || Math.abs(before - target) >= Math.abs(weight - target)) continue
    found.push((value(i - 1) + value(i)) / 2)
    target += stride
  }
  return Float64Array.from(found)
}

/** The sum in the order in which Spark's maps list their values: its last digits decide whether there are zeros. */
function totalWeight({ values, weights, exact }: ValueWeights): number {
  let total = 0
  if (exact) for (let i = 0; i < weights.length; i++) total += weights[i]
  else for (const i of doubleKeyOrder(values)) total += weights[i]
  return total
}

/** Place of the first value above 0 among ascending ones; their number, if there is none. */
function firstPositive(values: Float64Array): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] > 0) high = middle
    else low = middle + 1
  }
  return low
}

/** Unweighted values, which are sorted in place, as {@link ValueWeights}. */
export function countValues(sample: Float64Array, sorter: DoubleSorter): ValueWeights {
  sorter.sort(sample)
  const values = new Float64Array(sample.length)
  const weights = new Float64Array(sample.length)
  let distinct = 0
  for (let i = 0; i < sample.length; i++) {
    if (i === 0 || sample[i] !== sample[i - 1]) values[distinct++] = sample[i]
    weights[distinct - 1]++
  }
  return {
    values: values.slice(0, distinct),
    weights: weights.slice(0, distinct),
    count: sample.length,
    exact: true,
  }
}

/**
 * Weighted values as {@link ValueWeights}. The weights of a value are summed over the rows of each partition in order, then
 * over the partitions.
 *
 * @param weights weight of each row.
 * @param partitionStarts first row of each partition, then the number of rows.
 */
export function weighValues(
  { values: sample, rows }: SampledValues,
  weights: Float64Array,
  partitionStarts: Int32Array,
): ValueWeights {
  const order = Uint32Array.from(sample, (_, i) => i).sort((a, b) => sample[a] - sample[b] || a - b)
  const found = { values: new Float64Array(sample.length), weights: new Float64Array(sample.length) }
  let distinct = 0
  let exact = true
  for (let i = 0; i < order.length; ) {
    const value = sample[order[i]]
    let total = 0
    for (let p = 1; i < order.length && sample[order[i]] === value; p++) {
      let sum = 0
      for (; i < order.length && sample[order[i]] === value && rows[order[i]] < partitionStarts[p]; i++) {
        sum += weights[rows[order[i]]]
      }
      total += sum
    }
    found.values[distinct] = value
    found.weights[distinct++] = total
    exact &&= Number.isInteger(total)
  }
  return {
    values: found.values.slice(0, distinct),
    weights: found.weights.slice(0, distinct),
    count: sample.length,
    exact,
  }
}
