/** How the values of a feature become bins: how many of its thresholds lie below. */
@unmanaged
export class Grid {
  /** Value of the middle of the first cell, and cells per unit of value, of a grid of 1024 equal cells over the thresholds. */
  low: f64
  cellsPerOne: f64
  /** 264 doubles: thresholds, ascending, then infinities. Then a byte a cell: how many thresholds lie in the cells before. */
  thresholds: usize
  /** Most thresholds in one cell, if at most 4; SEARCH; or CATEGORIES. */
  steps: u32
}

/** Thresholds crowd in few cells of the grid: they are searched. */
export const SEARCH: u32 = 5
/** Values are categories, and categories are bins. */
const CATEGORIES: u32 = 0

/** Rows that get their bins. */
@unmanaged
export class BinRows {
  /** Values row by row, as many doubles a row as there are features; one row more than counted must be readable. */
  values: usize
  /** Records {@link Grid}, one a feature. */
  grids: usize
  /** Where the bins go: row by row, and column by column. */
  bins: usize
  columns: usize
  featureCount: u32
  rowBytes: u32
  count: u32
  /** Bytes of a column. */
  blockRows: u32
}

const THRESHOLD_BYTES: usize = 2112
const LAST_CELL: f64 = 1023
/** Adding this to a double leaves the nearest whole number in its low bits. */
const LOW_BITS: f64 = 4503599627370496
/** Rows whose values stay in the cache while their features are taken one after another. */
const CHUNK: u32 = 256

/** Task 0: all rows. */
export function binRows(args: BinRows, task: u32, thread: u32): void {
  const valueBytes = args.featureCount << 3
  for (let from: u32 = 0; from < args.count; from += CHUNK) {
    const count = min(args.count - from, CHUNK)
    for (let feature: u32 = 0; feature < args.featureCount; feature++) {
      const grid = changetype<Grid>(args.grids + <usize>feature * offsetof<Grid>())
      const values = args.values + <usize>from * valueBytes + (feature << 3)
      const column = args.columns + feature * args.blockRows + from
      if (grid.steps == CATEGORIES) categories(values, valueBytes, column, count)
      else if (grid.steps == 1) grid1(grid, values, valueBytes, column, count)
      else if (grid.steps == 2) grid2(grid, values, valueBytes, column, count)
      else if (grid.steps < SEARCH) grid4(grid, values, valueBytes, column, count)
      else searched(grid, values, valueBytes, column, count)
    }
    interleave(args.columns + from, args.blockRows, args.bins + <usize>from * args.rowBytes, args.rowBytes, count)
  }
}

/**
 * Bins of a column by the grid, two rows a step; `steps` and `last` are constant in each place of call.
 * @param last whether the bin of NaN is at least the number of thresholds; else it is any bin.
 */
@inline
export function byGrid(
  grid: Grid,
  value: usize,
  valueBytes: usize,
  column: usize,
  count: u32,
  steps: u32,
  last: bool,
): void {
  const low = f64x2.splat(grid.low)
  const cellsPerOne = f64x2.splat(grid.cellsPerOne)
  const thresholds = grid.thresholds
  const before = thresholds + THRESHOLD_BYTES
  for (const end = column + count; column < end; column += 2) {
    const first = load<f64>(value)
    const second = load<f64>(value + valueBytes)
    const position = f64x2.mul(f64x2.sub(f64x2.replace_lane(f64x2.splat(first), 1, second), low), cellsPerOne)
    const inside = f64x2.pmax(f64x2.splat(0), f64x2.pmin(f64x2.splat(LAST_CELL), position))
    const cell = f64x2.add(inside, f64x2.splat(LOW_BITS))
    store<u8>(column, atCell(thresholds, <usize>load<u8>(before + i32x4.extract_lane(cell, 0)), first, steps, last))
    store<u8>(column, atCell(thresholds, <usize>load<u8>(before + i32x4.extract_lane(cell, 2)), second, steps, last), 1)
    value += valueBytes << 1
  }
}

@inline
function atCell(thresholds: usize, bin: usize, value: f64, steps: u32, last: bool): u8 {
  const threshold = thresholds + (bin << 3)
  if (last) bin += steps
  bin += isAbove(value, load<f64>(threshold), last)
  if (steps > 1) bin += isAbove(value, load<f64>(threshold, 8), last)
  if (steps > 2) bin += isAbove(value, load<f64>(threshold, 16), last) + isAbove(value, load<f64>(threshold, 24), last)
  return <u8>bin
}

/** 1 for a value above a threshold, else 0; with `last`, one less, and NaN is above all. */
@inline
function isAbove(value: f64, threshold: f64, last: bool): usize {
  return last ? -<usize>(value <= threshold) : <usize>(threshold < value)
}

function grid1(grid: Grid, values: usize, valueBytes: usize, column: usize, count: u32): void {
  byGrid(grid, values, valueBytes, column, count, 1, false)
}

function grid2(grid: Grid, values: usize, valueBytes: usize, column: usize, count: u32): void {
  byGrid(grid, values, valueBytes, column, count, 2, false)
}

function grid4(grid: Grid, values: usize, valueBytes: usize, column: usize, count: u32): void {
  byGrid(grid, values, valueBytes, column, count, 4, false)
}

function searched(grid: Grid, values: usize, valueBytes: usize, column: usize, count: u32): void {
  search(grid, values, valueBytes, column, count, false)
}

/** Halves the range of 256 thresholds eight times, without branches. */
@inline
export function search(
  grid: Grid,
  value: usize,
  valueBytes: usize,
  column: usize,
  count: u32,
  last: bool,
): void {
  for (const end = column + count; column < end; column++) {
    const x = load<f64>(value)
    let below = grid.thresholds
    for (let half: usize = 1024; half >= 8; half >>= 1) below += (<usize>last + isAbove(x, load<f64>(below + half - 8), last)) * half
    store<u8>(column, <u8>((below - grid.thresholds) >> 3))
    value += valueBytes
  }
}

function categories(value: usize, valueBytes: usize, column: usize, count: u32): void {
  for (const end = column + count; column < end; column++) {
    store<u8>(column, <u8>load<f64>(value))
    value += valueBytes
  }
}

/** Copies bins from columns into rows, four columns a step. */
function interleave(column: usize, columnBytes: usize, row: usize, rowBytes: u32, count: u32): void {
  for (let done: u32 = 0; done < rowBytes; done += 4) {
    let to = row + done
    for (let i: usize = 0; i < <usize>count; i++) {
      const at = column + i
      store<u8>(to, load<u8>(at))
      store<u8>(to, load<u8>(at + columnBytes), 1)
      store<u8>(to, load<u8>(at + (columnBytes << 1)), 2)
      store<u8>(to, load<u8>(at + columnBytes * 3), 3)
      to += rowBytes
    }
    column += columnBytes << 2
  }
}
