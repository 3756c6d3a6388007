import { Leaf } from './leaf'
import { growBlock, Level } from './level'
import { Rows } from './rows'

/*
 * Boosting for squared error without counting the rows of a root anew. Targets are whole numbers; a leaf takes a whole number off
 * the targets of its rows. So the histogram of the next root follows exactly from that of this one and from how many rows of each
 * leaf are in each bin. Of two leaves with one parent, only the smaller one is counted: for the others stands their parent.
 */

/** Rows of a tree whose splits are known, and what its leaves change. */
@unmanaged
export class Carry {
  rows: Rows
  /** Last level of the tree, whose rows are not divided yet. 0: all are. */
  level: usize
  /** Records {@link CarryParent}, one for each parent of that level. */
  parents: usize
  /** Records {@link Leaf}, one after another. */
  leaves: usize
  leafCount: u32
  blockCount: u32
  /** For sums of squared targets, before the change: leaf by leaf, a double a block. */
  squares: usize
  /**
   * For each thread: what the smaller leaves add to the sums of targets in the bins of the root, beyond what their sisters do.
   * A double a bin: quad by quad, bin by bin, feature by feature. Zero beforehand.
   */
  changes: usize
  changeBytes: u32
  threads: u32
  /** Cells of the root. */
  root: usize
  /** Records {@link Term}, one after another. */
  terms: usize
  termCount: u32
  /** Targets are multiplied by this, and then lose the `shift` of their leaf. */
  keep: f64
}

@unmanaged
export class CarryParent {
  /** Shift of the larger child less that of the smaller one. */
  difference: f64
  /** 1: the left child is the smaller one. */
  leftIsSmaller: u32
  unused: u32
}

/** Rows that lose the same: those of a leaf, or of a parent as if both children were the larger one. */
@unmanaged
export class Term {
  shift: f64
  cells: usize
  unused: u32
}

/** Task = block: divides the rows, changes the targets, and counts the smaller leaves. */
export function carryBlock(carry: Carry, block: u32, thread: u32): void {
  const rows = carry.rows
  if (carry.level) {
    const level = changetype<Level>(carry.level)
    growBlock(level, block, thread)
    if (carry.root) addChanges(carry, level, block, carry.changes + <usize>thread * carry.changeBytes)
  }
  for (let i: u32 = 0; i < carry.leafCount; i++) {
    const leaf = changetype<Leaf>(carry.leaves + <usize>i * offsetof<Leaf>())
    const squares = changeTargets(rows, block, leaf, carry.keep)
    store<f64>(carry.squares + (<usize>(i * carry.blockCount + block) << 3), squares)
  }
}

function addChanges(carry: Carry, level: Level, block: u32, changes: usize): void {
  let segments = level.children + <usize>block * level.childrenStep
  for (let i: u32 = 0; i < level.parentCount; i++, segments += 8) {
    const parent = changetype<CarryParent>(carry.parents + <usize>i * offsetof<CarryParent>())
    const segment = segments + (parent.leftIsSmaller ? 0 : 4)
    addList(carry.rows, block, load<u16>(segment), load<u16>(segment, 2), parent.difference, changes)
  }
}

@inline
function binOf(quad: usize, bin: u8): usize {
  return quad + ((<usize>bin) << 5)
}

/** Adds a number to one bin of each feature of a quad. */
@inline
function addToQuad(bin0: usize, bin1: usize, bin2: usize, bin3: usize, number: f64): void {
  store<f64>(bin0, load<f64>(bin0) + number)
  store<f64>(bin1, load<f64>(bin1, 8) + number, 8)
  store<f64>(bin2, load<f64>(bin2, 16) + number, 16)
  store<f64>(bin3, load<f64>(bin3, 24) + number, 24)
}

/** Adds the same number for each of the rows `order[begin]` to `order[end - 1]` of a block, two quads a step. */
function addList(rows: Rows, block: u32, begin: u32, end: u32, number: f64, changes: usize): void {
  const rowBytes = <usize>rows.rowBytes
  const quads = rows.rowBytes >> 2
  const quadBytes = <usize>rows.binCount << 5
  const bins = rows.binsOf(block)
  const order = rows.orderOf(block)
  for (let at = order + (begin << 1), last = order + (end << 1); at < last; at += 2) {
    let row = bins + <usize>load<u16>(at) * rowBytes
    let quad = changes
    for (let n = quads >> 1; n; --n) {
      addToQuad(
        binOf(quad, load<u8>(row)),
        binOf(quad, load<u8>(row, 1)),
        binOf(quad, load<u8>(row, 2)),
        binOf(quad, load<u8>(row, 3)),
        number,
      )
      quad += quadBytes
      addToQuad(
        binOf(quad, load<u8>(row, 4)),
        binOf(quad, load<u8>(row, 5)),
        binOf(quad, load<u8>(row, 6)),
        binOf(quad, load<u8>(row, 7)),
        number,
      )
      quad += quadBytes
      row += 8
    }
    if (quads & 1) {
      addToQuad(
        binOf(quad, load<u8>(row)),
        binOf(quad, load<u8>(row, 1)),
        binOf(quad, load<u8>(row, 2)),
        binOf(quad, load<u8>(row, 3)),
        number,
      )
    }
  }
}

/** New targets of a leaf. @returns the sum of the squares of the old ones. */
function changeTargets(rows: Rows, block: u32, leaf: Leaf, keep: f64): f64 {
  const segment = leaf.segments + <usize>block * leaf.step
  const targets = rows.targetsOf(block)
  const order = rows.orderOf(block)
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

/** Task = quad: the sums of targets in the bins of the next root. Leaves zeros in the changes. */
export function carryRoot(carry: Carry, quad: u32, thread: u32): void {
  const binCount = carry.rows.binCount
  const cells = <usize>quad * carry.rows.quadBytes()
  const changes = carry.changes + ((<usize>quad * binCount) << 5)
  for (let pair: usize = 0, pairs = <usize>binCount << 1; pair < pairs; pair++) {
    carryPair(carry, carry.root + cells + (pair << 5), cells + (pair << 5), changes + (pair << 4))
  }
}

/** Two neighbouring features at once. @param offset of their cells from the first cell of a node. */
@inline
function carryPair(carry: Carry, root: usize, offset: usize, change: usize): void {
  const first = v128.load(root)
  const second = v128.load(root, 16)
  let sum = f64x2.mul(v128.shuffle<f64>(first, second, 0, 2), f64x2.splat(carry.keep))
  for (let thread: u32 = 0; thread < carry.threads; thread++, change += carry.changeBytes) {
    sum = f64x2.add(sum, v128.load(change))
    v128.store(change, f64x2.splat(0))
  }
  let term = carry.terms
  for (const end = term + <usize>carry.termCount * offsetof<Term>(); term < end; term += offsetof<Term>()) {
    const cells = changetype<Term>(term).cells + offset
    const weight = v128.shuffle<f64>(v128.load(cells), v128.load(cells, 16), 1, 3)
    sum = f64x2.sub(sum, f64x2.mul(weight, f64x2.splat(changetype<Term>(term).shift)))
  }
  store<f64>(root, f64x2.extract_lane(sum, 0))
  store<f64>(root, f64x2.extract_lane(sum, 1), 16)
}
