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
  if (sample.values.length === 0) return new Float64Array(0)
  const zeroWeight = expectedWeight - totalWeight(sample)
  const hasZero = zeroWeight > TOLERANCE * sample.count
  const { values, weights } = hasZero ? withZero(sample, zeroWeight) : sample
  if (values.length - 1 <= maxSplits) {
    return Float64Array.from({ length: values.length - 1 }, (_, i) => (values[i] + values[i + 1]) / 2)
  }
  const stride = expectedWeight / (maxSplits + 1)
  const found: number[] = []
  let target = stride
  let weight = weights[0]
  for (let i = 1; i < values.length; i++) {
    const before = weight
    weight += weights[i]
    if (Math.abs(before - target) >= Math.abs(weight - target)) continue
    found.push((values[i - 1] + values[i]) / 2)
    target += stride
  }
  return Float64Array.from(found)
}

/** The sum in the order in which Spark's maps list their values: its last digits decide whether there are zeros. */
function totalWeight({ values, weights, exact }: ValueWeights): number {
  let total = 0
  if (exact) for (const weight of weights) total += weight
  else for (const i of doubleKeyOrder(values)) total += weights[i]
  return total
}

function withZero({ values, weights }: ValueWeights, weight: number): Pick<ValueWeights, 'values' | 'weights'> {
  const at = values.findIndex((value) => value > 0)
  const place = at < 0 ? values.length : at
  const grown = { values: new Float64Array(values.length + 1), weights: new Float64Array(values.length + 1) }
  grown.values.set(values.subarray(0, place))
  grown.values.set(values.subarray(place), place + 1)
  grown.weights.set(weights.subarray(0, place))
  grown.weights[place] = weight
  grown.weights.set(weights.subarray(place), place + 1)
  return grown
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
