import { ROW_BITS, ROW_MASK } from './bags'
import { Rows } from './rows'

/** Statistics of the rows in the leaves of trees. */
@unmanaged
export class LeafSums {
  rows: Rows
  /** Records {@link LeafRange}, one after another. */
  leaves: usize
  leafCount: u32
  /** Leaves of a task. */
  step: u32
}

@unmanaged
export class LeafRange {
  /** Afterwards: number of rows, and sums of weights, of weight times target, of weight times squared target. */
  count: f64
  weight: f64
  sum: f64
  squares: f64
  /** Entries of its rows. */
  begin: usize
  end: usize
}

/** Task = so many leaves. */
export function sumRanges(sums: LeafSums, task: u32, thread: u32): void {
  const last = min((task + 1) * sums.step, sums.leafCount)
  for (let i = task * sums.step; i < last; i++) {
    sumRange(sums.rows, changetype<LeafRange>(sums.leaves + <usize>i * offsetof<LeafRange>()))
  }
}

function sumRange(rows: Rows, leaf: LeafRange): void {
  const targets = rows.targets
  const weights = rows.weights
  let count: f64 = 0
  let weightSum: f64 = 0
  let sum: f64 = 0
  let squares: f64 = 0
  for (let at = leaf.begin; at < leaf.end; at += 4) {
    const entry = load<u32>(at)
    const row = <usize>(entry & ROW_MASK) << 3
    const times = <f64>((entry >> ROW_BITS) + 1)
    const target = load<f64>(targets + row)
    const weight = weights ? load<f64>(weights + row) * times : times
    const weighted = weight * target
    count += times
    weightSum += weight
    sum += weighted
    squares += weighted * target
  }
  leaf.count = count
  leaf.weight = weightSum
  leaf.sum = sum
  leaf.squares = squares
}
