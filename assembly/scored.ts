import { Boost } from './boost'
import { expOf } from './exponentials'
import { Leaf } from './leaf'
import { countBlock, growBlock, Level, Root } from './level'
import { writePairs } from './targets'

/** Boosting for losses whose slope is found from the score of a row: the sum of what the trees so far tell. */
@unmanaged
export class Scored {
  boost: Boost
  /** A double a row: scores, and labels. */
  scores: usize
  labels: usize
  /** LOGISTIC or ABSOLUTE. */
  loss: u32
  /** The table of `exponentials.ts`. */
  table: usize
}

const LOGISTIC: u32 = 0

/** Task = block: new scores and targets, and the histograms of the next tree's root. The leaves' `shift` is added to scores. */
export function boostScored(scored: Scored, block: u32, thread: u32): void {
  const boost = scored.boost
  const rows = boost.rows
  if (boost.level) growBlock(changetype<Level>(boost.level), block, thread)
  for (let i: u32 = 0; i < boost.leafCount; i++) {
    const leaf = changetype<Leaf>(boost.leaves + <usize>i * offsetof<Leaf>())
    addShift(scored, leaf, block, boost.sums + (<usize>(i * boost.blockCount + block) << 4))
  }
  if (boost.root == 0) return
  const first = rows.firstRow(block) << 3
  const targets = rows.targetsOf(block)
  const count = rows.rowsIn(block)
  if (scored.loss == LOGISTIC) logistic(scored.scores + first, scored.labels + first, targets, count, scored.table)
  else absolute(scored.scores + first, scored.labels + first, targets, count)
  if (boost.nextWeights) writePairs(rows, block, boost.nextWeights + first, boost.unitsPerWeight)
  countBlock(changetype<Root>(boost.root), block, thread)
}

/** New scores of a leaf, and the sum of weight times squared target. */
function addShift(scored: Scored, leaf: Leaf, block: u32, sums: usize): void {
  const rows = scored.boost.rows
  const segment = leaf.segments + <usize>block * leaf.step
  const targets = rows.targetsOf(block)
  const weights = rows.weights ? rows.weightsOf(block) : 0
  const scores = scored.scores + (rows.firstRow(block) << 3)
  const order = rows.orderOf(block)
  const shift = leaf.shift
  let squares: f64 = 0
  for (let at = order + (<usize>load<u16>(segment) << 1), end = order + (<usize>load<u16>(segment, 2) << 1); at < end; at += 2) {
    const row = <usize>load<u16>(at) << 3
    const target = load<f64>(targets + row)
    squares += (weights ? load<f64>(weights + row) : 1) * target * target
    store<f64>(scores + row, load<f64>(scores + row) + shift)
  }
  store<f64>(sums, squares)
}

/**
 * Targets are 4 y / (1 + exp(2 y F)), for labels y of -1 and 1 and scores F, two rows a step. Of an odd last row, the second lane
 * is room that nobody reads.
 */
function logistic(score: usize, label: usize, target: usize, count: u32, table: usize): void {
  const one = f64x2.splat(1)
  for (const end = target + (<usize>count << 3); target < end; target += 16) {
    const y = v128.load(label)
    const margin = f64x2.mul(f64x2.mul(y, v128.load(score)), f64x2.splat(2))
    const power = expOf(f64x2.neg(f64x2.abs(margin)), table)
    const part = v128.bitselect(power, one, f64x2.gt(margin, f64x2.splat(0)))
    v128.store(target, f64x2.div(f64x2.mul(f64x2.mul(f64x2.splat(4), y), part), f64x2.add(one, power)))
    score += 16
    label += 16
  }
}

/** Targets are the signs of what is left. */
function absolute(score: usize, label: usize, target: usize, count: u32): void {
  for (const end = target + (<usize>count << 3); target < end; target += 8) {
    store<f64>(target, load<f64>(label) - load<f64>(score) < 0 ? -1 : 1)
    score += 8
    label += 8
  }
}
