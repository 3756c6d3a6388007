import { UnsupportedError } from '../errors.js'
import type { Transformer } from '../pipeline/transformer.js'
import type { DataFrame } from '../sql/dataframe.js'
import { DoubleType, StructField, StructType } from '../sql/types.js'
import type { BinaryClassificationMetrics, Curve } from '../stat/binary-classification-metrics.js'
import type { ClassificationStatistics } from './classification-statistics.js'

/** What a summary knows of its model and data. */
export interface SummaryParts {
  /** The model, with a name for every column that the summary needs. */
  readonly model: Transformer
  readonly data: DataFrame
  /** Names of columns of the predictions. */
  readonly columns: {
    readonly features: string
    readonly label: string
    readonly prediction: string
    /** Scores or probabilities, one a class. */
    readonly score: string
    /** The empty string: all rows count alike. */
    readonly weight: string
  }
  /** Read once, or computed when it is first asked for. */
  readonly statistics: () => ClassificationStatistics
}

/** What a training summary knows beside that. */
export interface TrainingSummaryParts extends SummaryParts {
  readonly objectiveHistory: readonly number[]
}

/**
 * How well the predictions of a classifier meet the labels of a frame (Spark's `ClassificationSummary`). Rows count by their
 * weight where the model has a weight column and the frame has it, too; else alike. What the measures mean is told by
 * `MulticlassMetrics`; arrays by label are in the order of `labels`, which are those that occur in the frame.
 *
 * **Null, NaN**: a null or NaN label, and a weight that is null, negative or not finite, are a DataError.
 *
 * **Differs from Spark**: `weightCol` is the empty string where rows count alike (there the text "weightCol").
 *
 * @example
 * ```ts
 * import { createDataFrame, LogisticRegression, Vectors } from 'ridgeline'
 * const rows = [0.1, 0.4, 0.6, 0.9].map((x, i) => ({ features: Vectors.dense(x), label: i % 2 }))
 * const model = await new LogisticRegression().fit(createDataFrame(rows))
 * console.log(model.summary.labels, model.summary.recallByLabel) // [ 0, 1 ] [ 0.5, 0.5 ]
 * const half = await model.evaluate(createDataFrame(rows.slice(0, 2)))
 * console.log(half.accuracy) // 0.5
 * ```
 */
export class ClassificationSummary {
  // Private at run time, too: the model holds its summary, and whoever walks the properties of a model shall not come
  // round in a circle.
  readonly #parts: SummaryParts

  /** Summaries come from `model.summary` and `model.evaluate(data)`. */
  constructor(parts: SummaryParts) {
    this.#parts = parts
  }

  /** The frame with the predictions of the model. */
  get predictions(): DataFrame {
    return this.#parts.model.transform(this.#parts.data)
  }
  /** Name of the column of predictions. */
  get predictionCol(): string {
    return this.#parts.columns.prediction
  }
  /** Name of the column of labels. */
  get labelCol(): string {
    return this.#parts.columns.label
  }
  /** Name of the column of feature vectors. */
  get featuresCol(): string {
    return this.#parts.columns.features
  }
  /** Name of the column of weights; empty where rows count alike. */
  get weightCol(): string {
    return this.#parts.columns.weight
  }
  /** Name of the column with the probability or raw score of each class. */
  get scoreCol(): string {
    return this.#parts.columns.score
  }

  /** Labels that occur, ascending. */
  get labels(): readonly number[] {
    return this.#byClass.labels
  }
  /** The same as `recallByLabel`. */
  get truePositiveRateByLabel(): readonly number[] {
    return this.recallByLabel
  }
  /** Part of the rows of other labels that were predicted to have each label. */
  get falsePositiveRateByLabel(): readonly number[] {
    return this.labels.map((label) => this.#byClass.falsePositiveRate(label))
  }
  /** Part of the rows predicted to have each label that have it. */
  get precisionByLabel(): readonly number[] {
    return this.labels.map((label) => this.#byClass.precision(label))
  }
  /** Part of the rows of each label that were predicted rightly. */
  get recallByLabel(): readonly number[] {
    return this.labels.map((label) => this.#byClass.recall(label))
  }
  /** Weighted harmonic mean of precision and recall of each label. @param beta how much more recall counts. */
  fMeasureByLabel(beta = 1): readonly number[] {
    return this.labels.map((label) => this.#byClass.fMeasure(label, beta))
  }
  /** Part of the rows that were predicted rightly. */
  get accuracy(): number {
    return this.#byClass.accuracy
  }
  /** The same as `weightedRecall`. */
  get weightedTruePositiveRate(): number {
    return this.weightedRecall
  }
  /** Average of `falsePositiveRateByLabel`, by the weight of each label. */
  get weightedFalsePositiveRate(): number {
    return this.#byClass.weightedFalsePositiveRate
  }
  /** Average of `recallByLabel`, by the weight of each label. */
  get weightedRecall(): number {
    return this.#byClass.weightedRecall
  }
  /** Average of `precisionByLabel`, by the weight of each label. */
  get weightedPrecision(): number {
    return this.#byClass.weightedPrecision
  }
  /** Average of `fMeasureByLabel`, by the weight of each label. @param beta how much more recall counts than precision. */
  weightedFMeasure(beta = 1): number {
    return this.#byClass.weightedFMeasure(beta)
  }

  /** This summary with the curves of a binary one. @throws UnsupportedError when there are more than two classes. */
  get asBinary(): BinaryClassificationSummary {
    if (this instanceof BinaryClassificationSummary) return this
    throw new UnsupportedError('a summary of more than two classes has no curves', {
      stage: this.#parts.model.uid,
      hint: 'Use the measures by label.',
    })
  }

  /** Measures of the scores of class 1. @throws UnsupportedError when the model has no such scores. */
  protected get scoreMetrics(): BinaryClassificationMetrics {
    const { hasScores, byScore } = this.#parts.statistics()
    if (hasScores) return byScore
    throw new UnsupportedError('the model knows one class and gives no score of class 1', {
      stage: this.#parts.model.uid,
      hint: 'Fit it on rows of two classes.',
    })
  }

  /** A curve as a frame of two columns. */
  protected curveFrame({ x, y }: Curve, xName: string, yName: string): DataFrame {
    const schema = StructType([xName, yName].map((name) => StructField(name, DoubleType, false)))
    return this.#parts.data.session.createDataFrame({ [xName]: x, [yName]: y }, schema, { numPartitions: 1 })
  }

  get #byClass() {
    return this.#parts.statistics().byClass
  }
}

/**
 * How well a classifier of two classes ranks the rows of a frame (Spark's `BinaryClassificationSummary`): curves and areas of
 * the score of class 1 beside the measures of all classifiers. Curves have at most about 1000 thresholds, see
 * `BinaryClassificationMetrics`; a label above 0.5 is positive.
 *
 * @example
 * ```ts
 * import { createDataFrame, LogisticRegression, Vectors } from 'ridgeline'
 * const rows = [0.1, 0.4, 0.6, 0.9].map((x, i) => ({ features: Vectors.dense(x), label: i % 2 }))
 * const { binarySummary } = await new LogisticRegression().fit(createDataFrame(rows))
 * console.log(binarySummary.areaUnderROC) // 0.75
 * await binarySummary.roc.show() // columns FPR and TPR: (0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1), (1, 1)
 * ```
 */
export class BinaryClassificationSummary extends ClassificationSummary {
  /** ROC curve: columns `FPR` and `TPR`, from (0, 0) to (1, 1). */
  get roc(): DataFrame {
    return this.curveFrame(this.scoreMetrics.roc(), 'FPR', 'TPR')
  }
  /** Area under the ROC curve. */
  get areaUnderROC(): number {
    return this.scoreMetrics.areaUnderROC
  }
  /** Columns `recall` and `precision`; the first row has recall 0 and the precision of the row after it. */
  get pr(): DataFrame {
    return this.curveFrame(this.scoreMetrics.pr(), 'recall', 'precision')
  }
  /** Columns `threshold`, descending, and `F-Measure`. */
  get fMeasureByThreshold(): DataFrame {
    return this.curveFrame(this.scoreMetrics.fMeasureByThreshold(), 'threshold', 'F-Measure')
  }
  /** Columns `threshold`, descending, and `precision`. */
  get precisionByThreshold(): DataFrame {
    return this.curveFrame(this.scoreMetrics.precisionByThreshold(), 'threshold', 'precision')
  }
  /** Columns `threshold`, descending, and `recall`. */
  get recallByThreshold(): DataFrame {
    return this.curveFrame(this.scoreMetrics.recallByThreshold(), 'threshold', 'recall')
  }
}

/** What a summary of a fit tells beside its measures (Spark's `TrainingSummary`). */
export interface TrainingSummary {
  /** Penalised loss at the start and after each iteration. */
  readonly objectiveHistory: readonly number[]
  /** Number of iterations. */
  readonly totalIterations: number
}

// biome-ignore lint/suspicious/noExplicitAny: the constructor signature that TypeScript requires of a mixin base
type SummaryClass = new (...args: any[]) => ClassificationSummary

/** The class of summaries of a fit, over the class of those on any frame. */
export function ofTraining<S extends SummaryClass>(
  Base: S,
): new (
  parts: TrainingSummaryParts,
) => InstanceType<S> & TrainingSummary {
  class OfTraining extends (Base as SummaryClass) implements TrainingSummary {
    readonly objectiveHistory: readonly number[]

    constructor(parts: TrainingSummaryParts) {
      super(parts)
      this.objectiveHistory = parts.objectiveHistory
    }

    get totalIterations(): number {
      return this.objectiveHistory.length - 1
    }
  }
  return OfTraining as unknown as new (
    parts: TrainingSummaryParts,
  ) => InstanceType<S> & TrainingSummary
}
