/** How impure a set of labels is: two measures of classes, and the variance of numbers. */
export type Impurity = 'gini' | 'entropy' | 'variance'

/** Settings of a forest, or of one tree, by Spark's names. */
export interface TreeStrategy {
  /** `uid` of the stage that learns, for errors and progress. */
  readonly stage: string
  /** Name of the column of features, for errors. */
  readonly features: string
  readonly impurity: Impurity
  /** Number of classes of the label; 0 for numbers. */
  readonly numClasses: number
  readonly maxDepth: number
  readonly maxBins: number
  readonly minInstancesPerNode: number
  readonly minWeightFractionPerNode: number
  readonly minInfoGain: number
  /** Rows of a bag, as a share of all. */
  readonly subsamplingRate: number
  /** Whether bags are drawn with replacement. */
  readonly bootstrap: boolean
  /** "auto", "all", "onethird", "sqrt", "log2", a number of features, or a share of them; in lower case. */
  readonly featureSubsetStrategy: string
  readonly maxMemoryInMB: number
  readonly seed: number | bigint
}
