import { BinaryClassificationMetrics } from '../stat/binary-classification-metrics.js'
import { MulticlassMetrics } from '../stat/multiclass-metrics.js'
import type { Mergeable } from '../util/partition-fold.js'

/** Thresholds that the curves of a summary keep, as in Spark. */
const NUM_BINS = 1000

/** Rows with what a classifier made of them. */
export interface JudgedRows {
  readonly predictions: Float64Array
  readonly labels: Float64Array
  /** One weight a row; null: all 1. */
  readonly weights: Float64Array | null
  /** Score of class 1; null unless there are two classes. */
  readonly scores: Float64Array | null
}

/** What a summary of a classifier is computed from, in one pass. */
export class ClassificationStatistics implements Mergeable<ClassificationStatistics> {
  readonly byClass = new MulticlassMetrics()
  readonly byScore: BinaryClassificationMetrics
  /** Whether all rows came with a score. */
  hasScores = true

  /** @param numPartitions of the frame, see `BinaryClassificationMetrics`. */
  constructor(numPartitions: number) {
    this.byScore = new BinaryClassificationMetrics(NUM_BINS, numPartitions)
  }

  /** Adds rows. @throws DataError for a NaN label, and for a weight that is negative or NaN. */
  add({ predictions, labels, weights, scores }: JudgedRows): this {
    this.byClass.add(predictions, labels, weights)
    if (scores) this.byScore.add(scores, labels, weights)
    else this.hasScores = false
    return this
  }

  merge(other: ClassificationStatistics): this {
    this.byClass.merge(other.byClass)
    this.byScore.merge(other.byScore)
    this.hasScores &&= other.hasScores
    return this
  }
}
