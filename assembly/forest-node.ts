import { Rows } from './rows'

/** Nodes of trees that are grown each from its own list of rows, and choose each from its own list of features. */
@unmanaged
export class Forest {
  rows: Rows
  /**
   * What is known of each row side by side, so that a row is in one cache line. For numbers: its rounded target, its rounded weight
   * if rows have weights, and its bins. For classes: its rounded weight, its class, and its bins. Bytes a row, and before the bins.
   */
  records: usize
  recordBytes: u32
  headBytes: u32
  /** Records {@link NodeTask}, one after another. */
  tasks: usize
  /** For each thread: cells of the features of one node, and room for their list. */
  cells: usize
  cellBytes: u32
  /** For each thread: room for the entries of a tree, and at least 4 KB. */
  spare: usize
  spareBytes: u32
  /** Number of categories of each feature, 32 bits each; 0: thresholds split it. */
  arity: usize
  /** Not 0: categories are put in order by their sums; else by their means. */
  ordersBySum: u32
  /** Number of classes; 0: trees learn numbers. */
  classCount: u32
  /** Not 0: impurity is entropy; else the Gini index. */
  isEntropy: u32
  /** For each feature a byte that is not 0 where every way to divide its categories is tried. */
  unordered: usize
  /** The table of `exponentials.ts`. */
  table: usize
  /** Least weight of a side, above 0, in units. */
  leastWeight: f64
  /** For numbers, least `score / (scale * weight * weight)`; for classes, least gain. */
  leastGain: f64
}

@unmanaged
export class NodeTask {
  /** Entries of its rows. Those that go left come first afterwards. */
  begin: usize
  end: usize
  /** Where those that go right begin, afterwards; `begin` where it is not split. */
  middle: usize
  /** Its features, 32 bits each. */
  features: usize
  featureCount: u32
  /** Record {@link Split}, with the number of a feature. */
  split: usize
  /** Afterwards: whether all rows of a child have the same target. */
  leftIsPure: u32
  rightIsPure: u32
}

@inline
export function featureAt(list: usize, place: u32): usize {
  return <usize>load<u32>(list + (<usize>place << 2))
}
