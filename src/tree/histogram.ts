import type { Bins } from './bins.js'

// Loops that add rows to statistics, one row after the other, so that sums are rounded as Spark's.

/** Rows as the loops read them. */
export interface HistogramRows {
  readonly bins: Bins
  readonly numFeatures: number
  /** Whether labels are numbers; else they are classes. */
  readonly numbers: boolean
  readonly labels: Float64Array
  /** Weight of each row; null: 1, and no number of rows is kept beside the weights. */
  readonly weights: Float64Array | null
  /** Numbers a bin: the statistics of the impurity and, where rows are weighted, their number. */
  readonly slots: number
}

/** Rows of a node. */
export interface RowRange {
  /** Numbers of the rows are `rows[from .. to)`. */
  readonly rows: Int32Array
  readonly from: number
  readonly to: number
  /** How often each row is in the bag; null: once. */
  readonly counts: Uint8Array | null
}

/**
 * Adds rows to the bins of features: sums of weights, of weight times label, and of weight times squared label.
 * @param offsets where the bins of each of the features start in `into`.
 */
export function addNumbers(
  { bins, numFeatures, labels, weights, slots }: HistogramRows,
  { rows, from, to, counts }: RowRange,
  features: Int32Array,
  offsets: Int32Array,
  into: Float64Array,
): void {
  const width = features.length
  for (let i = from; i < to; i++) {
    const row = rows[i]
    const count = counts === null ? 1 : counts[row]
    const weight = weights === null ? count : count * weights[row]
    const sum = weight * labels[row]
    const squares = sum * labels[row]
    const base = row * numFeatures
    for (let j = 0; j < width; j++) {
      const at = offsets[j] + bins[base + features[j]] * slots
      into[at] += weight
      into[at + 1] += sum
      into[at + 2] += squares
      if (weights !== null) into[at + 3] += count
    }
  }
}

/** Adds rows to the bins of features: the weight of each class. */
export function addClasses(
  { bins, numFeatures, labels, weights, slots }: HistogramRows,
  { rows, from, to, counts }: RowRange,
  features: Int32Array,
  offsets: Int32Array,
  into: Float64Array,
): void {
  const width = features.length
  for (let i = from; i < to; i++) {
    const row = rows[i]
    const count = counts === null ? 1 : counts[row]
    const weight = weights === null ? count : count * weights[row]
    const label = labels[row]
    const base = row * numFeatures
    for (let j = 0; j < width; j++) {
      const at = offsets[j] + bins[base + features[j]] * slots
      into[at + label] += weight
      if (weights !== null) into[at + slots - 1] += count
    }
  }
}

/** Adds rows to one set of statistics, features aside. */
export function addTotal(data: HistogramRows, range: RowRange, into: Float64Array, at: number): void {
  for (let i = range.from; i < range.to; i++) addRow(data, range.rows[i], range.counts, into, at)
}

/** Adds rows to those splits of an unordered feature that send them left: in split s, category c when bit c of s + 1 is set. */
export function addSubsets(
  data: HistogramRows,
  range: RowRange,
  feature: number,
  numSplits: number,
  into: Float64Array,
  at: number,
): void {
  for (let i = range.from; i < range.to; i++) {
    const row = range.rows[i]
    const category = data.bins[row * data.numFeatures + feature]
    for (let split = 0; split < numSplits; split++) {
      if (((split + 1) >> category) & 1) addRow(data, row, range.counts, into, at + split * data.slots)
    }
  }
}

function addRow(
  { labels, weights, slots, numbers }: HistogramRows,
  row: number,
  counts: Uint8Array | null,
  into: Float64Array,
  at: number,
): void {
  const count = counts === null ? 1 : counts[row]
  const weight = weights === null ? count : count * weights[row]
  if (weights !== null) into[at + slots - 1] += count
  if (numbers) {
    const sum = weight * labels[row]
    into[at] += weight
    into[at + 1] += sum
    into[at + 2] += sum * labels[row]
  } else {
    into[at + labels[row]] += weight
  }
}
