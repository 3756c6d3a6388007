import { NotFittedError, ParamError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'
import { double, oneOf } from '../param/row.js'
import type { Rule } from '../param/rules.js'
import * as shared from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator } from '../pipeline/define.js'
import type { Estimator, FitOptions, FitVariant } from '../pipeline/estimator.js'
import { dotReader } from '../scoring/vector-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import type { ReadNumber, VectorForm } from '../sql/row-form.js'
import { linearPredictions } from './linear-predictions.js'
import type { LinearRegressionSummary, LinearRegressionTrainingSummary } from './linear-regression-summary.js'
import { regressionModel } from './regression-model.js'

const params = {
  ...shared.predictor,
  weightCol: shared.weightCol,
  regParam: shared.regParam,
  elasticNetParam: shared.elasticNetParam,
  fitIntercept: shared.fitIntercept,
  standardization: shared.standardization,
  maxIter: shared.maxIter(100),
  tol: shared.tol(1e-6),
  solver: oneOf(['auto', 'normal', 'l-bfgs'], {
    default: 'auto',
    doc: 'the solver algorithm for optimization: normal equations, l-bfgs, or auto, the first where there are at most 4096 features',
  }),
  loss: oneOf(['squaredError', 'huber'], { default: 'squaredError', doc: 'the loss function to be optimized' }),
  epsilon: double({
    default: 1.35,
    min: 1,
    open: 'left',
    expert: true,
    doc: 'the shape parameter to control the amount of robustness of the huber loss (> 1)',
  }),
  aggregationDepth: shared.aggregationDepth,
  maxBlockSizeInMB: shared.maxBlockSizeInMB,
} as const

/** The Huber loss has neither normal equations nor an L1 penalty. */
const huberRule: Rule = (stage) => {
  if (stage.getOrDefault('loss') !== 'huber') return
  if (stage.getOrDefault('solver') === 'normal') {
    throw new ParamError('"solver" is "normal" and "loss" is "huber"', {
      stage: stage.uid,
      param: 'solver',
      allowed: 'The huber loss needs "auto" or "l-bfgs"',
      received: '"normal"',
    })
  }
  if (stage.getOrDefault('elasticNetParam') !== 0) {
    throw new ParamError('"elasticNetParam" is not 0 and "loss" is "huber"', {
      stage: stage.uid,
      param: 'elasticNetParam',
      allowed: 'The huber loss has an L2 penalty only: 0',
      received: String(stage.getOrDefault('elasticNetParam')),
    })
  }
}

/**
 * Fitted linear regression: `prediction = coefficients · features + intercept` (Spark's `LinearRegressionModel`).
 *
 * **Shapes** features: vectors of length `numFeatures`; prediction: double, never null, in the units of the label.
 * **Null, NaN**: a null vector is a DataError; NaN gives NaN, unless the coefficients are stored sparse and the feature
 * has none.
 *
 * **Errors**: DataError for a null or a vector of another length.
 *
 * **Cost**: one pass, nothing kept.
 *
 * **Differs from Spark**: `copy` keeps `scale`, which Spark's forgets.
 *
 * @example
 * ```ts
 * import { LinearRegressionModel, Vectors } from 'ridgeline'
 * const model = new LinearRegressionModel({ coefficients: Vectors.dense(2, -1), intercept: 1, scale: 1 })
 * console.log(model.predict(Vectors.dense(3, 1))) // 6
 * ```
 */
export class LinearRegressionModel extends regressionModel(
  'org.apache.spark.ml.regression.LinearRegressionModel',
  params,
  {
    intercept: state.double('Constant term, in the units of the label.'),
    coefficients: state.vector('One weight a feature, in units of the label per unit of the feature.'),
    scale: {
      ...state.double('Scale of the residuals, in the units of the label, under the huber loss; else 1.'),
      // Before 2.3 there is no huber loss.
      sparkOlder: () => 1,
    },
  },
) {
  private readonly trainingSummary?: LinearRegressionTrainingSummary

  /** Number of features. */
  get numFeatures(): number {
    return this.coefficients.size
  }
  /** Whether the model knows its fit; a loaded one does not. */
  get hasSummary(): boolean {
    return this.trainingSummary !== undefined
  }
  /** How the fit went. @throws NotFittedError on a loaded model. */
  get summary(): LinearRegressionTrainingSummary {
    if (this.trainingSummary) return this.trainingSummary
    throw new NotFittedError('there is no training summary', {
      stage: this.uid,
      allowed: 'A model has one after fit, not after load',
      hint: 'Use evaluate(data).',
    })
  }
  /** Whether rows are weighted. */
  get hasWeightCol(): boolean {
    return this.isDefined('weightCol') && this.getWeightCol() !== ''
  }

  override predict(features: Vector): number {
    this.row(features)
    return features.dot(this.coefficients) + this.intercept
  }

  /**
   * Summary of the model on any frame that has features and labels.
   * @throws SchemaError for a missing column; DataError for a null, or when no row has weight.
   */
  async evaluate(data: DataFrame, options: ActionOptions = {}): Promise<LinearRegressionSummary> {
    const { summarize } = await import('./linear-regression-summary.js')
    return summarize(this, data, options.signal)
  }

  /** Predictions for the first `length` rows of a column of vectors of length `numFeatures` without nulls. */
  override predictions(features: VectorColumn, length: number): Float64Array {
    const stored = this.coefficients
    return linearPredictions(features, length, stored.toArray(), this.intercept, stored.indices !== null)
  }

  protected override rowPrediction(features: VectorForm): ReadNumber {
    return dotReader(features, this.coefficients.toArray(), this.intercept)
  }

  override toString(): string {
    return `LinearRegressionModel: uid=${this.uid}, numFeatures=${this.numFeatures}`
  }
}

/**
 * Linear regression with an elastic net penalty, or robust with the Huber loss (Spark's `LinearRegression`).
 *
 * **Objective**, with weights `w` that sum to `W`, `λ = regParam`, `α = elasticNetParam`:
 * `1/(2W) Σ w (x·β + β₀ − y)² + λ (α ‖β‖₁ + (1 − α)/2 ‖β‖₂²)`; with `loss = "huber"`, also over the scale `σ > 0`,
 * `1/(2W) Σ w (σ + H((y − x·β − β₀)/σ) σ) + λ/2 ‖β‖₂²`, where `H(z)` is `z²` up to `|z| = epsilon`, beyond it
 * `2 epsilon |z| − epsilon²`. With `standardization` (default) the penalty applies to the coefficients of features of
 * unit standard deviation. Under the squared loss the L2 part is divided by the standard deviation of the label. The
 * intercept is never penalised. A constant feature has coefficient 0.
 *
 * **Solvers** `normal`: normal equations from one streamed pass, solved by Cholesky factors; by quasi-Newton with an L1
 * penalty or where they are singular. `l-bfgs`: L-BFGS, OWL-QN with an L1 penalty, L-BFGS-B for the Huber loss, over rows
 * held in memory. `auto`: `normal` for the squared loss of up to 4096 features, else `l-bfgs`. The two standardise
 * differently, as in Spark: by population and by sample deviations. `maxIter` and `tol` limit the iterations of either.
 * `aggregationDepth` and `maxBlockSizeInMB` change nothing in one process.
 *
 * **Shapes** n rows × d features.
 *
 * **Null, NaN**: a null, a label or feature that is not finite, a weight that is negative or not finite is a DataError
 * naming column and row.
 *
 * **Errors**: ParamError for the Huber loss with `normal` or an L1 penalty, for `normal` with `maxIter` 0, and for a
 * penalty on a constant label without intercept; UnsupportedError for `normal` with more than 4096 features; DataError
 * without rows or weight, and for vectors of different lengths.
 *
 * **Sums** of up to 4096 rows with 131,072 numbers, and of sparse rows, are formed in Spark's order; of more, dense rows are summed by
 * kernels, task by task, whatever the partitions. The last digits may then differ from Spark's, and are the same for any number of threads.
 *
 * **Cost** normal: n d² / 2 multiplications, memory d² / 2 numbers, any n; maps of parameters that are fitted together share the pass.
 * l-bfgs: 2 n d multiplications an evaluation, the rows in memory, dense ones twice. The measures of the training summary take one more
 * pass. It is made when the first of them is read, over rows that are held till then, if these take at most 64 MB beyond what the frame
 * itself holds; else it is part of the fit. Long work is shared by worker threads. An abort takes effect between blocks of at most 8192
 * rows, which is at once unless there are hundreds of features; the factorisation of the normal equations, d³ / 6 multiplications, is not
 * broken off.
 *
 * **Differs from Spark**: partitions are always merged in order, so the last digits do not vary from run to run; many rows are summed in
 * another order.
 *
 * **References**: Andrew and Gao (2007), doi:10.1145/1273496.1273501; Byrd, Lu, Nocedal and Zhu (1995),
 * doi:10.1137/0916069; Owen, A robust hybrid of lasso and ridge regression (2007), doi:10.1090/conm/443/08555.
 *
 * @example
 * ```ts
 * import { createDataFrame, LinearRegression, Vectors } from 'ridgeline'
 * const data = createDataFrame([
 *   { features: Vectors.dense(1, 0), label: 3 },
 *   { features: Vectors.dense(2, 1), label: 4 },
 *   { features: Vectors.dense(3, 1), label: 6 },
 *   { features: Vectors.dense(4, 3), label: 6 },
 * ])
 * const model = await new LinearRegression({ regParam: 0 }).fit(data)
 * console.log(model.coefficients.toArray().map(Math.round), Math.round(model.intercept)) // [ 2, -1 ] 1
 * console.log(model.summary.r2.toFixed(6)) // 1.000000
 * ```
 */
export class LinearRegression extends estimator(
  'org.apache.spark.ml.regression.LinearRegression',
  params,
  LinearRegressionModel,
  [huberRule],
) {
  protected override train(data: DataFrame, options: FitOptions): Promise<LinearRegressionModel> {
    return this.trainer(data, [this], options)(0)
  }

  /** Variants that read the same columns are fitted to the same sums of the rows. The solvers are imported here, because who only scores does without. */
  protected override trainer(
    data: DataFrame,
    variants: readonly Estimator<LinearRegressionModel>[],
    options: FitOptions,
  ): FitVariant<LinearRegressionModel> {
    const fits = import('./linear-fit.js').then(({ linearFits }) => linearFits(data, options))
    return async (index) => (await fits)(variants[index] as LinearRegression)
  }
}
