import { Rows } from './rows'

/*
 * Dividing the rows of a node: those that go left stay in front, the others follow, both in their old order. In place: what goes
 * left never overtakes what is read; what goes right waits in `spare`. There are no branches, because a direction is a coin toss;
 * eight rows are packed at once.
 */

/** Where the pool has put it: for each set of eight lanes the shuffle that moves their 16-bit numbers to the front, in order. */
const FRONT_OF_EIGHT: usize = 1024

/** Stores those of eight numbers whose bits are set, side by side; what follows them is overwritten, too. */
@inline
function packEight(to: usize, numbers: v128, lanes: u32): void {
  v128.store(to, i8x16.swizzle(numbers, v128.load(FRONT_OF_EIGHT + (lanes << 4))))
}

/** Lists all rows of a block in their own order. */
export function listRun(rows: Rows, block: u32): void {
  const order = rows.orderOf(block)
  for (let row: u32 = 0, count = rows.rowsIn(block); row < count; row++) store<u16>(order + (row << 1), <u16>row)
}

/** Divides all rows of a block by a threshold: bins up to `last` go left. @returns how many do. */
export function divideRun(rows: Rows, block: u32, feature: u32, last: u32, thread: u32): u32 {
  const bins = rows.columnOf(block, feature)
  const order = rows.orderOf(block)
  const spare = rows.spareOf(thread)
  const count = rows.rowsIn(block)
  const lasts = i8x16.splat(<i8>last)
  let left = order
  let right = spare
  let row: u32 = 0
  let numbers = i16x8(0, 1, 2, 3, 4, 5, 6, 7)
  for (; row + 8 <= count; row += 8) {
    const goLeft = <u32>i8x16.bitmask(i8x16.le_u(v128.load64_zero(bins + row), lasts)) & 255
    packEight(left, numbers, goLeft)
    packEight(right, numbers, goLeft ^ 255)
    const bytes = <usize>popcnt(goLeft) << 1
    left += bytes
    right += 16 - bytes
    numbers = i16x8.add(numbers, i16x8.splat(8))
  }
  for (; row < count; row++) {
    const goesLeft = <usize>(<u32>load<u8>(bins + row) <= last) << 1
    store<u16>(left, <u16>row)
    store<u16>(right, <u16>row)
    left += goesLeft
    right += 2 - goesLeft
  }
  memory.copy(left, spare, right - spare)
  return <u32>((left - order) >> 1)
}

/** Divides rows `order[begin]` to `order[end - 1]`. @returns how many go left. */
export function divideList(rows: Rows, block: u32, begin: u32, end: u32, feature: u32, last: u32, thread: u32): u32 {
  const bins = rows.columnOf(block, feature)
  const order = rows.orderOf(block) + (begin << 1)
  const spare = rows.spareOf(thread)
  const lasts = i8x16.splat(<i8>last)
  let left = order
  let right = spare
  let at = order
  const stop = order + ((end - begin) << 1)
  for (; at + 16 <= stop; at += 16) {
    let eight = v128.load8_lane(bins + load<u16>(at), i64x2.splat(0), 0)
    eight = v128.load8_lane(bins + load<u16>(at, 2), eight, 1)
    eight = v128.load8_lane(bins + load<u16>(at, 4), eight, 2)
    eight = v128.load8_lane(bins + load<u16>(at, 6), eight, 3)
    eight = v128.load8_lane(bins + load<u16>(at, 8), eight, 4)
    eight = v128.load8_lane(bins + load<u16>(at, 10), eight, 5)
    eight = v128.load8_lane(bins + load<u16>(at, 12), eight, 6)
    eight = v128.load8_lane(bins + load<u16>(at, 14), eight, 7)
    const goLeft = <u32>i8x16.bitmask(i8x16.le_u(eight, lasts)) & 255
    const numbers = v128.load(at)
    packEight(left, numbers, goLeft)
    packEight(right, numbers, goLeft ^ 255)
    const bytes = <usize>popcnt(goLeft) << 1
    left += bytes
    right += 16 - bytes
  }
  for (; at < stop; at += 2) {
    const row = load<u16>(at)
    const goesLeft = <usize>(<u32>load<u8>(bins + row) <= last) << 1
    store<u16>(left, row)
    store<u16>(right, row)
    left += goesLeft
    right += 2 - goesLeft
  }
  memory.copy(left, spare, right - spare)
  return <u32>((left - order) >> 1)
}

/**
 * Divides rows `order[begin]` to `order[end - 1]` by a set of categories: 256 bits, those that are 1 go left.
 * @returns how many do.
 */
export function divideByCategories(
  rows: Rows,
  block: u32,
  begin: u32,
  end: u32,
  feature: u32,
  categories: usize,
  thread: u32,
): u32 {
  const bins = rows.columnOf(block, feature)
  const order = rows.orderOf(block) + (begin << 1)
  const spare = rows.spareOf(thread)
  let left = order
  let right = spare
  for (let at = order, stop = order + ((end - begin) << 1); at < stop; at += 2) {
    const row = load<u16>(at)
    const category = <usize>load<u8>(bins + row)
    const goesLeft = ((<usize>load<u8>(categories + (category >> 3)) >> (category & 7)) & 1) << 1
    store<u16>(left, row)
    store<u16>(right, row)
    left += goesLeft
    right += 2 - goesLeft
  }
  memory.copy(left, spare, right - spare)
  return <u32>((left - order) >> 1)
}
