import type { KernelMemory } from '../memory.js'
import { COLUMN, FIND_THRESHOLDS, SAMPLE_ROWS } from '../records.js'

/** What Spark forgives per value in a sum of weights. */
const TOLERANCE = 2 ** -52 * 100

/** Different values but 0, ascending, and what they weigh. */
export interface WeighedValues {
  readonly values: Float64Array
  readonly weights: Float64Array
  /** Sum of the weights. */
  readonly total: number
  /** Number of rows that hold one of the values. */
  readonly count: number
}

/**
 * Borders between the bins of a continuous feature: half-way between neighbouring values, all of them where there are few;
 * else those after which a bin holds about its share of the weight (Spark's `findSplitsForContinuousFeature`). There may
 * come out fewer than `maxSplits`. What the values leave over of the expected weight belongs to the value 0.
 *
 * @param expectedWeight weight of all rows times the fraction that was sampled.
 * @param maxSplits largest number of borders.
 */
export function thresholdsOf(sample: WeighedValues, expectedWeight: number, maxSplits: number): Float64Array {
  const { values, weights, total, count } = sample
  if (values.length === 0) return new Float64Array(0)
  const zeroWeight = expectedWeight - total
  const hasZero = zeroWeight > TOLERANCE * count
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

/** Twin of `sampleRows` in `assembly/thresholds.ts`. */
export function sampleRows(memory: KernelMemory, record: number): void {
  const { values, rowCount, featureCount, flags, columns, columnCount } = SAMPLE_ROWS.read(memory, record)
  const { u8, f64 } = memory
  for (let c = 0; c < columnCount; c++) {
    const address = columns + c * COLUMN.bytes
    const column = COLUMN.read(memory, address)
    for (let row = 0; row < rowCount; row++) {
      if (flags && u8[flags + row] === 0) continue
      const value = f64[values / 8 + row * featureCount + column.feature]
      if (value !== 0) f64[column.values / 8 + column.length++] = value
    }
    COLUMN.write(memory, address, column)
  }
}

/** Twin of `findThresholds` in `assembly/thresholds.ts`. */
export function findThresholds(memory: KernelMemory, record: number, task: number): void {
  const { columns, most, expected } = FIND_THRESHOLDS.read(memory, record)
  const address = columns + task * COLUMN.bytes
  const column = COLUMN.read(memory, address)
  const { length } = column
  const viewOf = (at: number): Float64Array => memory.f64.subarray(at / 8, at / 8 + length)
  const values = viewOf(column.values).sort()
  const weights = viewOf(column.counts)
  let distinct = 0
  for (const value of values) {
    if (distinct > 0 && values[distinct - 1] === value) {
      weights[distinct - 1]++
    } else {
      values[distinct] = value
      weights[distinct++] = 1
    }
  }
  const sample = { values: values.subarray(0, distinct), weights: weights.subarray(0, distinct), total: length }
  const thresholds = thresholdsOf({ ...sample, count: length }, expected, most)
  memory.f64.set(thresholds, column.thresholds / 8)
  COLUMN.write(memory, address, { ...column, distinct, found: thresholds.length })
}
