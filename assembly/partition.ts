import { Rows } from './rows'

/*
 * Dividing the rows of a node: those that go left stay in front, the others follow, both in their old order. In place: what goes
 * left never overtakes what is read; what goes right waits in `spare`. There are no branches, because a direction is a coin toss.
 */

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
  let left = order
  let right = spare
  for (let row: u32 = 0, count = rows.rowsIn(block); row < count; row++) {
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
  let left = order
  let right = spare
  for (let at = order, stop = order + ((end - begin) << 1); at < stop; at += 2) {
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
