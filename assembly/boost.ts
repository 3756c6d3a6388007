import { Leaf } from './leaf'
import { countBlock, growBlock, Level, Root } from './level'
import { Rows } from './rows'

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
  /** For sums of squared targets before the update: leaf by leaf, a double a block. */
  squares: usize
  blockCount: u32
  /** Targets are multiplied by this, and then lose the `shift` of their leaf. */
  keep: f64
}

/** Task = block: new targets for squared error, and the histograms of the next tree's root. */
export function boostSquared(boost: Boost, block: u32, thread: u32): void {
  if (boost.level) growBlock(changetype<Level>(boost.level), block, thread)
  for (let i: u32 = 0; i < boost.leafCount; i++) {
    const leaf = changetype<Leaf>(boost.leaves + <usize>i * offsetof<Leaf>())
    const squares = updateSquared(boost, leaf, block)
    store<f64>(boost.squares + (<usize>(i * boost.blockCount + block) << 3), squares)
  }
  if (boost.root) countBlock(changetype<Root>(boost.root), block, thread)
}

function updateSquared(boost: Boost, leaf: Leaf, block: u32): f64 {
  const segment = leaf.segments + <usize>block * leaf.step
  const targets = boost.rows.targetsOf(block)
  const order = boost.rows.orderOf(block)
  const keep = boost.keep
  const shift = leaf.shift
  let squares: f64 = 0
  for (let at = order + (<usize>load<u16>(segment) << 1), end = order + (<usize>load<u16>(segment, 2) << 1); at < end; at += 2) {
    const target = targets + (<usize>load<u16>(at) << 3)
    const value = load<f64>(target)
    squares += value * value
    store<f64>(target, value * keep - shift)
  }
  return squares
}
