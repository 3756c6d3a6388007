/**
 * Weighted sums that least squares needs: the Gram matrix of the rows `[features, label, 1]`, of width `numFeatures + 2`. Matrices are packed
 * by columns of their upper triangles.
 */
export interface Moments {
  readonly numFeatures: number
  /** Whether every sum was formed row by row, as Spark forms it: then what is computed from them is worth Spark's order, too. */
  readonly inOrder: boolean
  /** Number of rows, rows of weight 0 included. */
  readonly count: number
  /** Sum of the weights. */
  readonly weightSum: number
  /** Weighted sums of each feature times the label, then of the squared label. */
  readonly labelProducts: Float64Array
  /** Weighted sums of each feature, then of the label. */
  readonly sums: Float64Array
  /** Weighted sums of the products of two features. */
  readonly featureProducts: Float64Array
}

/** The sums of two parts of the rows together. */
export function mergedMoments(a: Moments, b: Moments): Moments {
  const added = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value + y[i])
  return {
    numFeatures: a.numFeatures,
    inOrder: false,
    count: a.count + b.count,
    weightSum: a.weightSum + b.weightSum,
    labelProducts: added(a.labelProducts, b.labelProducts),
    sums: added(a.sums, b.sums),
    featureProducts: added(a.featureProducts, b.featureProducts),
  }
}
