import { NotFittedError } from '../errors.js'
import type { ColumnOrigin } from '../sql/column-origin.js'
import type { DataFrame } from '../sql/dataframe.js'
import { doublesOf, weightsOf } from '../sql/doubles.js'
import { col } from '../sql/expression/functions.js'
import { RegressionMetrics } from '../stat/regression-metrics.js'
import { studentTCdf } from '../util/distributions.js'
import { PartitionFold } from '../util/partition-fold.js'
import type { LinearRegressionModel } from './linear-regression.js'

/**
 * What a summary is computed from, in one pass: measures of the errors, and the extremes and squares of the weighted
 * residuals.
 */
export class ResidualStatistics {
  readonly metrics: RegressionMetrics
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  /** Weighted sum of squared residuals. */
  squares = 0

  /** @param throughOrigin whether the model has no intercept. */
  constructor(throughOrigin: boolean) {
    this.metrics = new RegressionMetrics(throughOrigin)
  }

  /** Adds rows; `weights` null: all 1. */
  add(predictions: Float64Array, labels: Float64Array, weights: Float64Array | null): this {
    this.metrics.add(predictions, labels, weights)
    let { min, max, squares } = this
    for (let row = 0; row < labels.length; row++) {
      const residual = labels[row] - predictions[row]
      const weighted = weights ? residual * Math.sqrt(weights[row]) : residual
      if (weighted < min) min = weighted
      // As in Spark's `max`, NaN is above every number.
      if (weighted > max || Number.isNaN(weighted)) max = weighted
      squares += weights ? residual * residual * weights[row] : residual * residual
    }
    Object.assign(this, { min, max, squares })
    return this
  }

  merge(other: ResidualStatistics): this {
    this.metrics.merge(other.metrics)
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    this.squares += other.squares
    return this
  }
}

/** What a summary knows of its model and data. */
export interface LinearRegressionSummaryParts {
  readonly model: LinearRegressionModel
  readonly data: DataFrame
  /** Computes the measures, when they are first asked for. */
  readonly measure: () => ResidualStatistics
  /** Diagonal of `(X'WX)^-1`, the intercept's last; null unless Cholesky solved the normal equations. */
  readonly inverseDiagonal: Float64Array | null
}

/**
 * How well a linear regression model fits a frame (Spark's `LinearRegressionSummary`). Measures are weighted where the
 * model has a weight column.
 *
 * **Null, NaN**: a null in the label or weight column is a DataError, a NaN label makes the measures NaN.
 *
 * **Errors**: NotFittedError for the standard errors, t and p values of a model that was not fitted by the normal
 * equations, or on other data than its training data; DataError for a measure of no rows.
 *
 * **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, LinearRegression, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3].map((x) => ({ features: Vectors.dense(x), label: 2 * x + (x === 2 ? 1 : 0) })))
 * const model = await new LinearRegression().fit(data)
 * console.log((await model.evaluate(data)).meanAbsoluteError.toFixed(4)) // 0.4444
 * ```
 */
export class LinearRegressionSummary {
  // Private at run time, too: the model holds its summary, and whoever walks the properties of a model shall not come
  // round in a circle.
  readonly #parts: Omit<LinearRegressionSummaryParts, 'measure'>
  /** Let go of once it was called: it may hold rows. */
  #measure: (() => ResidualStatistics) | undefined
  #statistics: ResidualStatistics | undefined

  /** Summaries come from `model.summary` and `model.evaluate(data)`. */
  constructor({ measure, ...parts }: LinearRegressionSummaryParts) {
    this.#parts = parts
    this.#measure = measure
  }

  private get statistics(): ResidualStatistics {
    this.#statistics ??= this.#measure!()
    this.#measure = undefined
    return this.#statistics
  }

  /** The frame with the predictions of the model. */
  get predictions(): DataFrame {
    return this.#parts.model.transform(this.#parts.data)
  }
  /** Name of the column of predictions. */
  get predictionCol(): string {
    return this.#parts.model.getPredictionCol()
  }
  /** Name of the column of labels. */
  get labelCol(): string {
    return this.#parts.model.getLabelCol()
  }
  /** Name of the column of feature vectors. */
  get featuresCol(): string {
    return this.#parts.model.getFeaturesCol()
  }

  /** Mean of `(prediction - mean label)^2`. */
  get explainedVariance(): number {
    return this.statistics.metrics.explainedVariance
  }
  /** Mean of `|label - prediction|`, in the units of the label. */
  get meanAbsoluteError(): number {
    return this.statistics.metrics.meanAbsoluteError
  }
  /** Mean of `(label - prediction)^2`. */
  get meanSquaredError(): number {
    return this.statistics.metrics.meanSquaredError
  }
  /** Square root of `meanSquaredError`, in the units of the label. */
  get rootMeanSquaredError(): number {
    return this.statistics.metrics.rootMeanSquaredError
  }
  /** Coefficient of determination; compared with 0 instead of the mean label where the model has no intercept. */
  get r2(): number {
    return this.statistics.metrics.r2
  }
  /** `r2` adjusted for the number of coefficients. */
  get r2adj(): number {
    const rows = this.numInstances - this.interceptCount
    return 1 - ((1 - this.r2) * rows) / (rows - this.#parts.model.numFeatures)
  }

  /** One column `residuals`: label less prediction. */
  get residuals(): DataFrame {
    return this.predictions.select(col(this.labelCol).minus(col(this.predictionCol)).as('residuals'))
  }
  /** Number of rows of positive weight. */
  get numInstances(): number {
    return this.statistics.metrics.count
  }
  /** Rows less coefficients, the intercept counted. */
  get degreesOfFreedom(): number {
    return this.numInstances - this.#parts.model.numFeatures - this.interceptCount
  }
  /** Smallest and largest residual times the square root of its weight. */
  get devianceResiduals(): readonly [min: number, max: number] {
    const { min, max } = this.statistics
    return [min, max]
  }

  /** Standard error of each coefficient, the intercept's last. @throws NotFittedError, see the class. */
  get coefficientStandardErrors(): readonly number[] {
    const diagonal = this.requireInverse('coefficientStandardErrors')
    const { metrics, squares } = this.statistics
    const weighted = this.#parts.model.hasWeightCol
    const variance = (weighted ? squares : metrics.meanSquaredError * this.numInstances) / this.degreesOfFreedom
    return Array.from(diagonal, (value) => Math.sqrt(value * variance))
  }
  /** Each coefficient, the intercept last, in units of its standard error. @throws NotFittedError, see the class. */
  get tValues(): readonly number[] {
    this.requireInverse('tValues')
    const { coefficients, intercept } = this.#parts.model
    const estimates = this.interceptCount ? [...coefficients.toArray(), intercept] : [...coefficients.toArray()]
    const errors = this.coefficientStandardErrors
    return estimates.map((estimate, i) => estimate / errors[i])
  }
  /** Two-sided p value of each coefficient, the intercept's last. @throws NotFittedError, see the class. */
  get pValues(): readonly number[] {
    this.requireInverse('pValues')
    return this.tValues.map((t) => 2 * (1 - studentTCdf(Math.abs(t), this.degreesOfFreedom)))
  }

  private get interceptCount(): 0 | 1 {
    return this.#parts.model.getFitIntercept() ? 1 : 0
  }

  private requireInverse(what: string): Float64Array {
    const { inverseDiagonal, model } = this.#parts
    if (inverseDiagonal) return inverseDiagonal
    throw new NotFittedError(`"${what}" is not available`, {
      stage: model.uid,
      allowed:
        'Only on the training summary of a fit by the normal equations without an L1 penalty, where they are not singular',
      hint: 'Set solver to "normal" and elasticNetParam to 0, and remove features that depend on each other.',
    })
  }
}

/**
 * Summary of a fit on its training data (Spark's `LinearRegressionTrainingSummary`).
 *
 * @example
 * ```ts
 * import { createDataFrame, LinearRegression, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3].map((x) => ({ features: Vectors.dense(x), label: x * x })))
 * const { summary } = await new LinearRegression({ solver: 'l-bfgs' }).fit(data)
 * console.log(summary.totalIterations, summary.objectiveHistory.length) // 2 3
 * ```
 */
export class LinearRegressionTrainingSummary extends LinearRegressionSummary {
  /** Penalised loss in the scaled space at the start and after each iteration; `[0]` where nothing was iterated. */
  readonly objectiveHistory: readonly number[]

  /** Summaries come from `model.summary`. */
  constructor(parts: LinearRegressionSummaryParts, objectiveHistory: readonly number[]) {
    super(parts)
    this.objectiveHistory = objectiveHistory
  }

  /** Number of iterations. */
  get totalIterations(): number {
    return this.objectiveHistory.length - 1
  }
}

/** Evaluates a model on a frame, in one pass. @throws SchemaError, DataError as `model.evaluate`. */
export async function summarize(
  model: LinearRegressionModel,
  data: DataFrame,
  signal?: AbortSignal,
): Promise<LinearRegressionSummary> {
  const columns = [model.getPredictionCol(), model.getLabelCol()]
  if (model.hasWeightCol) columns.push(model.getWeightCol())
  const fold = new PartitionFold(() => new ResidualStatistics(!model.getFitIntercept()))
  let firstRow = 0
  for await (const batch of model.transform(data).batches(columns, { signal })) {
    const values = (i: number, read: typeof doublesOf): Float64Array => {
      const origin: ColumnOrigin = { stage: model.uid, column: columns[i], firstRow }
      return read(batch.columns[i], batch.length, origin)
    }
    const weights = model.hasWeightCol ? values(2, weightsOf) : null
    fold.of(batch.partition).add(values(0, doublesOf), values(1, doublesOf), weights)
    firstRow += batch.length
  }
  const statistics = fold.result() ?? new ResidualStatistics(!model.getFitIntercept())
  return new LinearRegressionSummary({ model, data, measure: () => statistics, inverseDiagonal: null })
}
