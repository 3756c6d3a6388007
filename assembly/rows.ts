/** The rows that trees are grown from, cut into blocks so small that what is known of one stays in the cache. */
@unmanaged
export class Rows {
  /** Bins row by row: `rowBytes` a row, one byte a feature. */
  bins: usize
  /** The same bins block by block, and there column by column: `blockRows` bytes a column. */
  columns: usize
  /** What trees learn: a double a row. */
  targets: usize
  /** Weights: a double a row. 0: all weights are 1. */
  weights: usize
  /** Rounded target times weight, and rounded weight: two whole numbers a row. 0: all weights are 1, and targets are rounded when read. */
  pairs: usize
  /** Numbers of rows within their block, 16 bits each, ordered so that the rows of a node lie together. */
  order: usize
  /** Room for the numbers of one block, a piece for each thread. */
  spare: usize
  count: u32
  blockRows: u32
  /** Number of features, in whole quads. */
  rowBytes: u32
  /** Most bins of a feature. */
  binCount: u32
  /** Rounded targets are whole multiples of 1 / `unitsPerOne`. */
  unitsPerOne: f64

  @inline firstRow(block: u32): usize {
    return <usize>block * this.blockRows
  }

  @inline rowsIn(block: u32): u32 {
    return min(this.count - block * this.blockRows, this.blockRows)
  }

  @inline binsOf(block: u32): usize {
    return this.bins + this.firstRow(block) * this.rowBytes
  }

  @inline columnOf(block: u32, feature: u32): usize {
    return this.columns + this.firstRow(block) * this.rowBytes + feature * this.blockRows
  }

  @inline targetsOf(block: u32): usize {
    return this.targets + (this.firstRow(block) << 3)
  }

  @inline weightsOf(block: u32): usize {
    return this.weights + (this.firstRow(block) << 3)
  }

  @inline pairsOf(block: u32): usize {
    return this.pairs + (this.firstRow(block) << 4)
  }

  @inline orderOf(block: u32): usize {
    return this.order + (this.firstRow(block) << 1)
  }

  @inline spareOf(thread: u32): usize {
    return this.spare + <usize>thread * (this.blockRows << 1)
  }

  /** Bytes of the cells of one quad. */
  @inline quadBytes(): u32 {
    return this.binCount << 6
  }

  /** Bytes of the cells of all features. */
  @inline cellBytes(): u32 {
    return (this.rowBytes >> 2) * this.quadBytes()
  }
}

/** The nearest whole number of a double below 2^51; halves go to the even one. Adding the number leaves no room for fractions. */
const ROUNDER: f64 = 6755399441055744

@inline
export function round(x: f64): f64 {
  return x + ROUNDER - ROUNDER
}
