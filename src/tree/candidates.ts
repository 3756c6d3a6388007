/** The ways a feature can be split, found once for all trees. */
export interface Candidates {
  /** Number of categories of each feature; 0: continuous. */
  readonly arity: Int32Array
  /**
   * Borders of the bins of each continuous feature, ascending: a value belongs to the first bin whose border it does not
   * exceed, else to the last one. Empty for a categorical feature, whose bins are its categories.
   */
  readonly thresholds: readonly Float64Array[]
  /**
   * 1 for a categorical feature whose categories have no order: every way to divide them in two is tried. Splits of such a
   * feature are numbered from 1 by bit pattern: category c goes left when bit c is set.
   */
  readonly unordered: Uint8Array
  /** Number of bins of each feature: categories, or borders + 1. */
  readonly numBins: Int32Array
}
