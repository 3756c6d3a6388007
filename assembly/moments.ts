import { Leaf } from './leaf'
import { growBlock, Level } from './level'
import { Rows } from './rows'

/** Statistics of the rows in each leaf, in the units of the targets. */
@unmanaged
export class Moments {
  rows: Rows
  /** Last level of the tree, whose rows are not divided yet. 0: all are. */
  level: usize
  /** Records {@link Leaf}, one after another; their `shift` is not used. */
  leaves: usize
  leafCount: u32
  /** For three doubles a block, leaf by leaf: sums of weights, of weight times target, of weight times squared target. */
  sums: usize
  blockCount: u32
}

/** Task = block: sums in the order of rows, so that they do not depend on who adds. */
export function sumLeaves(moments: Moments, block: u32, thread: u32): void {
  if (moments.level) growBlock(changetype<Level>(moments.level), block, thread)
  for (let i: u32 = 0; i < moments.leafCount; i++) {
    const leaf = changetype<Leaf>(moments.leaves + <usize>i * offsetof<Leaf>())
    sumLeaf(moments.rows, leaf, block, moments.sums + <usize>(i * moments.blockCount + block) * 24)
  }
}

function sumLeaf(rows: Rows, leaf: Leaf, block: u32, sums: usize): void {
  const segment = leaf.segments + <usize>block * leaf.step
  const order = rows.orderOf(block)
  const targets = rows.targetsOf(block)
  const weights = rows.weights ? rows.weightsOf(block) : 0
  let weightSum: f64 = 0
  let sum: f64 = 0
  let squares: f64 = 0
  for (let at = order + (<usize>load<u16>(segment) << 1), end = order + (<usize>load<u16>(segment, 2) << 1); at < end; at += 2) {
    const row = <usize>load<u16>(at) << 3
    const target = load<f64>(targets + row)
    const weight = weights ? load<f64>(weights + row) : 1
    const weighted = weight * target
    weightSum += weight
    sum += weighted
    squares += weighted * target
  }
  store<f64>(sums, weightSum)
  store<f64>(sums, sum, 8)
  store<f64>(sums, squares, 16)
}
