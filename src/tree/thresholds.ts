import type { WeighedValues } from '../kernels/js/thresholds.js'
import type { DoubleSorter } from '../util/double-sorter.js'
import { doubleKeyOrder } from '../util/scala-map-order.js'
import type { SampledValues } from './sampled-values.js'

/** Unweighted values, which are sorted in place, as `WeighedValues`. */
export function countValues(sample: Float64Array, sorter: DoubleSorter): WeighedValues {
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
    total: sample.length,
    count: sample.length,
  }
}

/**
 * Weighted values as `WeighedValues`. The weights of a value are summed over the rows of each partition in order, then
 * over the partitions.
 *
 * @param weights weight of each row.
 * @param partitionStarts first row of each partition, then the number of rows.
 */
export function weighValues(
  { values: sample, rows }: SampledValues,
  weights: Float64Array,
  partitionStarts: Int32Array,
): WeighedValues {
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
  const values = found.values.slice(0, distinct)
  const totals = found.weights.slice(0, distinct)
  return { values, weights: totals, total: sumOf(values, totals, exact), count: sample.length }
}

/**
 * The sum in the order in which Spark's maps list their values: its last digits decide whether there are zeros.
 * @param exact whether the weights are integers, so that the order does not matter.
 */
function sumOf(values: Float64Array, weights: Float64Array, exact: boolean): number {
  let total = 0
  if (exact) for (const weight of weights) total += weight
  else for (const i of doubleKeyOrder(values)) total += weights[i]
  return total
}
