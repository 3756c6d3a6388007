import type { Params } from '../param/params.js'
import type { Seed } from '../util/random/seed.js'

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
  readonly seed: Seed
  /** Beyond Spark: most leaves of a tree, of which the best is split next. Absent: nodes are split level by level. */
  readonly maxLeaves?: number
  /** Beyond Spark: for each feature 1 where predictions may not fall with it, -1 where they may not rise, else 0. */
  readonly monotone?: readonly number[]
  /** Beyond Spark: whether features may be missing (NaN), and each split learns where such rows go. */
  readonly learnsMissing?: boolean
}

/** Whether trees grow as Spark grows them. */
export const isSparkStrategy = ({ maxLeaves, monotone, learnsMissing }: TreeStrategy): boolean =>
  maxLeaves === undefined && monotone === undefined && learnsMissing !== true

/**
 * The settings of a stage that learns trees. What a single tree has no parameter for is set so that it is grown from every
 * row once and may split on every feature.
 */
export function strategyOf(stage: Params, labels: Pick<TreeStrategy, 'impurity' | 'numClasses'>): TreeStrategy {
  const value = <T>(name: string): T => stage.getOrDefault(name) as T
  const given = <T>(name: string, otherwise: T): T => (stage.hasParam(name) ? value<T>(name) : otherwise)
  const option = <T>(name: string): T | undefined => stage.get(name) as T | undefined
  return {
    ...labels,
    stage: stage.uid,
    features: value('featuresCol'),
    maxDepth: value('maxDepth'),
    maxBins: value('maxBins'),
    minInstancesPerNode: value('minInstancesPerNode'),
    minWeightFractionPerNode: value('minWeightFractionPerNode'),
    minInfoGain: value('minInfoGain'),
    maxMemoryInMB: value('maxMemoryInMB'),
    seed: value('seed'),
    subsamplingRate: given('subsamplingRate', 1),
    bootstrap: given('bootstrap', false),
    featureSubsetStrategy: given('featureSubsetStrategy', 'all').toLowerCase(),
    maxLeaves: option('maxLeaves'),
    monotone: option('monotoneConstraints'),
    learnsMissing: option('handleMissing') === 'learn',
  }
}
