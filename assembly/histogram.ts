import { round, Rows } from './rows'

/*
 * A cell holds two doubles: the sum of targets and the sum of weights of the rows that fall into one bin of one feature. Both
 * are whole numbers below 2^53: sums are exact, and their order does not matter.
 *
 * Features come in quads. The cells of a quad lie bin by bin, and there feature by feature: a shift turns a bin into an address,
 * and the feature is a constant offset of the load and of the store.
 */

/** log2 of the bytes of one bin of a quad. */
const BIN_SHIFT: u32 = 6

@inline
export function binOf(quad: usize, bin: u8): usize {
  return quad + ((<usize>bin) << BIN_SHIFT)
}

/** Adds a pair to one cell of each feature of a quad. */
@inline
export function addToQuad(bin0: usize, bin1: usize, bin2: usize, bin3: usize, pair: v128): void {
  v128.store(bin0, f64x2.add(v128.load(bin0), pair))
  v128.store(bin1, f64x2.add(v128.load(bin1, 16), pair), 16)
  v128.store(bin2, f64x2.add(v128.load(bin2, 32), pair), 32)
  v128.store(bin3, f64x2.add(v128.load(bin3, 48), pair), 48)
}

/** Adds one row to the cells of all its features, two quads a step. */
@inline
function addRow(bins: usize, quads: u32, cells: usize, quadBytes: usize, pair: v128): void {
  let quad = cells
  for (let n = quads >> 1; n; --n) {
    addToQuad(
      binOf(quad, load<u8>(bins)),
      binOf(quad, load<u8>(bins, 1)),
      binOf(quad, load<u8>(bins, 2)),
      binOf(quad, load<u8>(bins, 3)),
      pair,
    )
    quad += quadBytes
    addToQuad(
      binOf(quad, load<u8>(bins, 4)),
      binOf(quad, load<u8>(bins, 5)),
      binOf(quad, load<u8>(bins, 6)),
      binOf(quad, load<u8>(bins, 7)),
      pair,
    )
    quad += quadBytes
    bins += 8
  }
  if (quads & 1) {
    addToQuad(
      binOf(quad, load<u8>(bins)),
      binOf(quad, load<u8>(bins, 1)),
      binOf(quad, load<u8>(bins, 2)),
      binOf(quad, load<u8>(bins, 3)),
      pair,
    )
  }
}

/** What a row of weight 1 adds. */
@inline
function unitPair(target: f64, unitsPerOne: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(1), 0, round(target * unitsPerOne))
}

/** Adds all rows of a block. */
export function addBlock(rows: Rows, block: u32, cells: usize): void {
  if (rows.pairs) addRunOfPairs(rows, block, cells)
  else addRunOfUnits(rows, block, cells)
}

/** Adds rows `order[begin]` to `order[end - 1]` of a block. */
export function addList(rows: Rows, block: u32, begin: u32, end: u32, cells: usize): void {
  if (rows.pairs) addListOfPairs(rows, block, begin, end, cells)
  else addListOfUnits(rows, block, begin, end, cells)
}

function addRunOfUnits(rows: Rows, block: u32, cells: usize): void {
  const rowBytes = <usize>rows.rowBytes
  const quads = rows.rowBytes >> 2
  const quadBytes = <usize>rows.quadBytes()
  const unitsPerOne = rows.unitsPerOne
  let bins = rows.binsOf(block)
  let target = rows.targetsOf(block)
  for (const end = target + (<usize>rows.rowsIn(block) << 3); target < end; target += 8) {
    addRow(bins, quads, cells, quadBytes, unitPair(load<f64>(target), unitsPerOne))
    bins += rowBytes
  }
}

function addListOfUnits(rows: Rows, block: u32, begin: u32, end: u32, cells: usize): void {
  const rowBytes = <usize>rows.rowBytes
  const quads = rows.rowBytes >> 2
  const quadBytes = <usize>rows.quadBytes()
  const unitsPerOne = rows.unitsPerOne
  const bins = rows.binsOf(block)
  const targets = rows.targetsOf(block)
  const order = rows.orderOf(block)
  for (let at = order + (begin << 1), last = order + (end << 1); at < last; at += 2) {
    const row = <usize>load<u16>(at)
    addRow(bins + row * rowBytes, quads, cells, quadBytes, unitPair(load<f64>(targets + (row << 3)), unitsPerOne))
  }
}

function addRunOfPairs(rows: Rows, block: u32, cells: usize): void {
  const rowBytes = <usize>rows.rowBytes
  const quads = rows.rowBytes >> 2
  const quadBytes = <usize>rows.quadBytes()
  let bins = rows.binsOf(block)
  let pair = rows.pairsOf(block)
  for (const end = pair + (<usize>rows.rowsIn(block) << 4); pair < end; pair += 16) {
    addRow(bins, quads, cells, quadBytes, v128.load(pair))
    bins += rowBytes
  }
}

function addListOfPairs(rows: Rows, block: u32, begin: u32, end: u32, cells: usize): void {
  const rowBytes = <usize>rows.rowBytes
  const quads = rows.rowBytes >> 2
  const quadBytes = <usize>rows.quadBytes()
  const bins = rows.binsOf(block)
  const pairs = rows.pairsOf(block)
  const order = rows.orderOf(block)
  for (let at = order + (begin << 1), last = order + (end << 1); at < last; at += 2) {
    const row = <usize>load<u16>(at)
    addRow(bins + row * rowBytes, quads, cells, quadBytes, v128.load(pairs + (row << 4)))
  }
}
