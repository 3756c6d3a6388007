import { DataError } from '../errors.js'
import { dot } from '../linalg/blas.js'
import { Vectors } from '../linalg/vectors.js'
import { classCost } from '../optim/class-cost.js'
import { weighClasses } from '../optim/class-weights.js'
import { Instances } from '../optim/instances.js'
import { type MinimizeOptions, minimize } from '../optim/minimizer.js'
import { owlqn } from '../optim/owlqn.js'
import { noFeatures } from '../optim/training-errors.js'
import { double } from '../param/row.js'
import * as shared from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { linearPredictions } from '../regression/linear-predictions.js'
import { dotReader } from '../scoring/vector-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { printable, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { ProgressReporter } from '../util/progress.js'
import { TurnTaker } from '../util/turn-taker.js'
import { countClasses } from './class-counts.js'
import { type ClassRows, classRows } from './class-rows.js'
import { classificationModel } from './classification-model.js'
import { type Decision, secondAbove } from './decisions.js'
import { declaredClasses } from './labels.js'
import {
  type LinearSVCSummary,
  type LinearSVCTrainingSummary,
  linearSVCTrainingSummary,
  summarizeLinearSVC,
} from './linear-svc-summary.js'
import { twoMargins } from './margins.js'
import { requireSummary } from './summarize.js'

const params = {
  ...shared.classifier,
  weightCol: shared.weightCol,
  classWeight: shared.classWeight,
  regParam: shared.regParam,
  fitIntercept: shared.fitIntercept,
  standardization: shared.standardization,
  maxIter: shared.maxIter(100),
  tol: shared.tol(1e-6),
  threshold: double({
    default: 0,
    doc: 'threshold in binary classification prediction applied to rawPrediction: class 1 is predicted above it; infinities predict one class',
  }),
  aggregationDepth: shared.aggregationDepth,
  maxBlockSizeInMB: shared.maxBlockSizeInMB,
} as const

/**
 * Fitted linear support vector machine (Spark's `LinearSVCModel`): margin `m = coefficients · features + intercept`, raw scores `[-m, m]`,
 * class 1 where `m` is above `threshold`.
 *
 * **Shapes** features: vectors of length `numFeatures`. Columns whose name is the empty string are not made.
 *
 * **Null, NaN**: a null vector is a DataError; NaN gives NaN scores and class 0, unless the coefficients are stored sparse and the feature
 * has none.
 *
 * **Errors**: DataError for a null or a vector of another length. **Cost**: one pass, nothing kept. **Differs from Spark**: nothing.
 *
 * @example
 * ```ts
 * import { LinearSVCModel, Vectors } from 'ridgeline'
 * const model = new LinearSVCModel({ coefficients: Vectors.dense(2, -1), intercept: 1 })
 * console.log(String(model.predictRaw(Vectors.dense(1, 1))), model.predict(Vectors.dense(0, 3))) // [-2.0,2.0] 0
 * ```
 */
export class LinearSVCModel extends classificationModel('org.apache.spark.ml.classification.LinearSVCModel', params, {
  coefficients: state.vector('One weight a feature.'),
  intercept: state.double('Constant term of the margin.'),
}) {
  private readonly trainingSummary?: LinearSVCTrainingSummary

  /** Number of classes: 2. */
  get numClasses(): number {
    return 2
  }
  /** Number of features. */
  get numFeatures(): number {
    return this.coefficients.size
  }
  /** Whether the model knows its fit; a loaded one does not. */
  get hasSummary(): boolean {
    return this.trainingSummary !== undefined
  }
  /** How the fit went. @throws NotFittedError on a loaded model. */
  get summary(): LinearSVCTrainingSummary {
    return requireSummary(this.uid, this.trainingSummary)
  }

  /**
   * Summary of the model on any frame that has features and labels.
   * @throws SchemaError for a missing column; DataError for a null, or a label that is NaN.
   */
  evaluate(data: DataFrame, options: ActionOptions = {}): Promise<LinearSVCSummary> {
    return summarizeLinearSVC(this, data, options.signal)
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    const { coefficients, intercept } = this
    const margins = linearPredictions(
      features,
      length,
      coefficients.toArray(),
      intercept,
      coefficients.indices !== null,
    )
    const scores = new Float64Array(2 * length)
    for (let row = 0; row < length; row++) {
      scores[2 * row] = -margins[row]
      scores[2 * row + 1] = margins[row]
    }
    return scores
  }

  override rowScores(features: VectorForm): WriteNumbers {
    return printable(twoMargins, dotReader(features, this.coefficients.toArray(), this.intercept))
  }

  protected override rawDecision(): Decision {
    return printable(secondAbove, this.getThreshold())
  }

  override toString(): string {
    return `LinearSVCModel: uid=${this.uid}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}

/**
 * Linear support vector machine with an L2 penalty, for labels 0 and 1 (Spark's `LinearSVC`).
 *
 * **Objective**, with weights `w` that sum to `W`, `λ = regParam`, margin `m = x·β + β₀`:
 * `1/W Σ w max(0, 1 − (2y − 1) m) + λ/2 ‖β‖₂²`. With `standardization` (default) the penalty applies to the coefficients of features of unit
 * standard deviation. The intercept is not penalised. A constant feature has coefficient 0.
 *
 * **Solver** OWL-QN without an L1 penalty over standardised and, with an intercept, centred features; all rows stay in memory. The loss has
 * corners, so the iterations may stop a little above the minimum. `aggregationDepth` and `maxBlockSizeInMB` change nothing in one process.
 *
 * **Shapes** n rows × d features.
 *
 * **Null, NaN**: a null, a label other than 0 and 1, a feature that is not finite, a weight that is negative or not finite is a DataError
 * naming column and row.
 *
 * **Errors**: DataError without rows, features or weight, for vectors of different lengths, and when there are not two classes by the label
 * column or by the largest label.
 *
 * **Cost** 2 n d multiplications an evaluation; many dense rows are copied into the memory of kernels, which use all cores where a fit takes
 * longer than about 150 ms. The summary is computed when it is first asked for. An abort takes effect within milliseconds.
 *
 * **Differs from Spark**: sums have a fixed order, so the last digits do not vary from run to run (up to 4096 rows it is Spark's own order,
 * to the last bit). `classWeight` ("balanced") is not in Spark and off by default.
 *
 * **References**: Cortes and Vapnik (1995), doi:10.1007/BF00994018; Andrew and Gao (2007), doi:10.1145/1273496.1273501.
 *
 * @example
 * ```ts
 * import { createDataFrame, LinearSVC, Vectors } from 'ridgeline'
 * const data = createDataFrame([0, 1, 2, 3].map((x) => ({ features: Vectors.dense(x), label: x > 1 ? 1 : 0 })))
 * const model = await new LinearSVC({ regParam: 0.01 }).fit(data)
 * console.log(model.predict(Vectors.dense(0)), model.predict(Vectors.dense(3)), model.summary.accuracy) // 0 1 1
 * ```
 */
export class LinearSVC extends estimator('org.apache.spark.ml.classification.LinearSVC', params, LinearSVCModel) {
  protected override async train(data: DataFrame, { signal, onProgress }: FitOptions): Promise<LinearSVCModel> {
    const labelCol = this.getLabelCol()
    const weight = this.isDefined('weightCol') ? this.getWeightCol() : ''
    const columns = { stage: this.uid, features: this.getFeaturesCol(), label: labelCol, weight }
    const blocks = await new Instances(data, columns, signal).collect()
    if (blocks[0].features.size === 0) throw noFeatures(this.uid, columns.features)
    const declared = declaredClasses(data.schema, labelCol)
    const weighted = weighClasses(this, blocks)
    const { numClasses } = await countClasses(weighted, { stage: this.uid, labelCol, declared, signal })
    if (numClasses !== 2) throw this.notBinary(numClasses)
    using rows = classRows(weighted, 1)
    const maxIter = this.getMaxIter()
    const progress = new ProgressReporter(this.uid, maxIter, onProgress)
    const { coefficients, intercept, objectiveHistory } = await fitHinge(rows, {
      regParam: this.getRegParam(),
      fitIntercept: this.getFitIntercept(),
      standardization: this.getStandardization(),
      maxIter,
      tol: this.getTol(),
      signal,
      onIteration: (done, loss) => progress.report(done, { loss }),
    })
    const model = new LinearSVCModel({ coefficients: Vectors.dense(coefficients), intercept })
    // The summary asks the model with the parameters of this estimator.
    const judged = model.copyValuesFrom(this)
    return Object.assign(model, { trainingSummary: linearSVCTrainingSummary(judged, data, blocks, objectiveHistory) })
  }

  private notBinary(numClasses: number): DataError {
    const column = this.getLabelCol()
    return new DataError(`column "${column}" has ${numClasses} classes`, {
      stage: this.uid,
      column,
      allowed: 'Allowed: two classes, 0 and 1',
      received: `${numClasses} classes`,
      hint: 'OneVsRest makes a classifier of several classes of this one.',
    })
  }
}

interface HingeFitOptions extends MinimizeOptions {
  readonly regParam: number
  readonly fitIntercept: boolean
  readonly standardization: boolean
}

/** Minimises the hinge loss in the space of standardised features. Source: Spark's `LinearSVC.train`. */
async function fitHinge(rows: ClassRows, options: HingeFitOptions) {
  const { regParam, fitIntercept, standardization } = options
  const features = await rows.standardization(new TurnTaker(options.signal))
  const { stds, scaledMeans } = features
  const length = stds.length
  const penalty = { lambda: regParam, stds: standardization ? null : stds, length }
  const space = { sets: 1, features, fitIntercept, centred: fitIntercept }
  const cost = classCost(rows.pass('hinge', space), penalty)
  const start = new Float64Array(fitIntercept ? length + 1 : length)
  const { point, history } = await minimize(cost, start, owlqn({ l1: new Float64Array(start.length) }), options)
  return {
    coefficients: stds.map((std, j) => (std === 0 ? 0 : point[j] / std)),
    intercept: fitIntercept ? point[length] - dot(point.subarray(0, length), scaledMeans) : 0,
    objectiveHistory: history,
  }
}
