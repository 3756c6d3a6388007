import { round, Rows } from './rows'

/** Labels of rows that become targets. */
@unmanaged
export class Targets {
  rows: Rows
  /** For the sums of a block, as each kernel says: three doubles a block. */
  sums: usize
  /** What is taken off labels. */
  center: f64
  /** Rounded weights are whole multiples of 1 / `unitsPerWeight`. */
  unitsPerWeight: f64
}

@inline
function weightOf(weights: usize, at: usize): f64 {
  return weights ? load<f64>(weights + at) : 1
}

@inline
function weightsIn(rows: Rows, block: u32): usize {
  return rows.weights ? rows.weightsOf(block) : 0
}

/** Task = block: sums of weights, and of weight times label. */
export function sumLabels(args: Targets, block: u32, thread: u32): void {
  const rows = args.rows
  const labels = rows.targetsOf(block)
  const weights = weightsIn(rows, block)
  let total: f64 = 0
  let sum: f64 = 0
  for (let at: usize = 0, end = <usize>rows.rowsIn(block) << 3; at < end; at += 8) {
    const weight = weightOf(weights, at)
    total += weight
    sum += weight * load<f64>(labels + at)
  }
  const sums = args.sums + <usize>block * 24
  store<f64>(sums, total)
  store<f64>(sums, sum, 8)
}

/** Task = block: takes the center off; sums of sizes, of sizes times weight, and of squares. */
export function centerTargets(args: Targets, block: u32, thread: u32): void {
  const rows = args.rows
  const targets = rows.targetsOf(block)
  const weights = weightsIn(rows, block)
  const center = args.center
  let sizes: f64 = 0
  let weighted: f64 = 0
  let squares: f64 = 0
  for (let at: usize = 0, end = <usize>rows.rowsIn(block) << 3; at < end; at += 8) {
    const target = load<f64>(targets + at) - center
    store<f64>(targets + at, target)
    sizes += abs(target)
    weighted += abs(target) * weightOf(weights, at)
    squares += target * target
  }
  const sums = args.sums + <usize>block * 24
  store<f64>(sums, sizes)
  store<f64>(sums, weighted, 8)
  store<f64>(sums, squares, 16)
}

/** Task = block: makes targets whole numbers of units. */
export function roundTargets(args: Targets, block: u32, thread: u32): void {
  const rows = args.rows
  const unitsPerOne = rows.unitsPerOne
  let target = rows.targetsOf(block)
  for (const end = target + (<usize>rows.rowsIn(block) << 3); target < end; target += 8) {
    store<f64>(target, round(load<f64>(target) * unitsPerOne))
  }
}

/** Task = block: rounds targets times weights, and weights, side by side. */
export function roundPairs(args: Targets, block: u32, thread: u32): void {
  writePairs(args.rows, block, weightsIn(args.rows, block), args.unitsPerWeight)
}

/** @param weights of the rows of the block; 0: all are 1. */
export function writePairs(rows: Rows, block: u32, weights: usize, unitsPerWeight: f64): void {
  const unitsPerOne = rows.unitsPerOne
  const targets = rows.targetsOf(block)
  const pairs = rows.pairsOf(block)
  for (let at: usize = 0, end = <usize>rows.rowsIn(block) << 3; at < end; at += 8) {
    const weight = weightOf(weights, at)
    const pair = pairs + (at << 1)
    store<f64>(pair, round(load<f64>(targets + at) * weight * unitsPerOne))
    store<f64>(pair, round(weight * unitsPerWeight), 8)
  }
}
