import { Leaf } from './leaf'
import { countBlock, growBlock, Level, Root } from './level'
import { Rows } from './rows'
import { writePairs } from './targets'

/** What happens to the rows when a tree of a boosted ensemble is complete. */
@unmanaged
export class Boost {
  rows: Rows
  /** Last level of the tree, whose rows are not divided yet. 0: all are. */
  level: usize
  /** Records {@link Leaf}, one after another. */
  leaves: usize
  leafCount: u32
  /** Counts rows for the next tree. 0: there is none. */
  root: usize
  /** Weights of rows in the next tree, a double a row, where rows have weights. */
  nextWeights: usize
  /**
   * For two doubles a block, leaf by leaf: the sum of weight times squared target before the update, and the sum of the sizes of
   * targets, without weights, after it.
   */
  sums: usize
  blockCount: u32
  /** Targets are multiplied by this, and then lose the `shift` of their leaf. */
  keep: f64
  /** Rounded weights are whole multiples of 1 / `unitsPerWeight`. */
  unitsPerWeight: f64
}

/** Task = block: new targets for squared error, and the histograms of the next tree's root. */
export function boostSquared(boost: Boost, block: u32, thread: u32): void {
  const rows = boost.rows
  if (boost.level) growBlock(changetype<Level>(boost.level), block, thread)
  for (let i: u32 = 0; i < boost.leafCount; i++) {
    const leaf = changetype<Leaf>(boost.leaves + <usize>i * offsetof<Leaf>())
    const sums = boost.sums + (<usize>(i * boost.blockCount + block) << 4)
    if (rows.weights) updateWeighted(boost, leaf, block, sums)
    else updateSquared(boost, leaf, block, sums)
  }
  if (boost.root == 0) return
  if (boost.nextWeights) {
    writePairs(rows, block, boost.nextWeights + (rows.firstRow(block) << 3), boost.unitsPerWeight)
  }
  countBlock(changetype<Root>(boost.root), block, thread)
}

/** New targets of a leaf. */
function updateSquared(boost: Boost, leaf: Leaf, block: u32, sums: usize): void {
  const segment = leaf.segments + <usize>block * leaf.step
  const targets = boost.rows.targetsOf(block)
  const order = boost.rows.orderOf(block)
  const keep = boost.keep
  const shift = leaf.shift
  let squares: f64 = 0
  let sizes: f64 = 0
  for (let at = order + (<usize>load<u16>(segment) << 1), end = order + (<usize>load<u16>(segment, 2) << 1); at < end; at += 2) {
    const target = targets + (<usize>load<u16>(at) << 3)
    const value = load<f64>(target)
    squares += value * value
    const next = value * keep - shift
    sizes += abs(next)
    store<f64>(target, next)
  }
  store<f64>(sums, squares)
  store<f64>(sums, sizes, 8)
}

/** The same where rows have weights. */
function updateWeighted(boost: Boost, leaf: Leaf, block: u32, sums: usize): void {
  const segment = leaf.segments + <usize>block * leaf.step
  const targets = boost.rows.targetsOf(block)
  const weights = boost.rows.weightsOf(block)
  const order = boost.rows.orderOf(block)
  const keep = boost.keep
  const shift = leaf.shift
  let squares: f64 = 0
  let sizes: f64 = 0
  for (let at = order + (<usize>load<u16>(segment) << 1), end = order + (<usize>load<u16>(segment, 2) << 1); at < end; at += 2) {
    const row = <usize>load<u16>(at) << 3
    const value = load<f64>(targets + row)
    squares += load<f64>(weights + row) * value * value
    const next = value * keep - shift
    sizes += abs(next)
    store<f64>(targets + row, next)
  }
  store<f64>(sums, squares)
  store<f64>(sums, sizes, 8)
}
