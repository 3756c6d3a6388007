import { ParamError, UnsupportedError } from '../errors.js'
import { DenseMatrix, type Matrix } from '../linalg/matrix.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { weighClasses } from '../optim/class-weights.js'
import { type InstanceBlock, Instances } from '../optim/instances.js'
import { softmax, softmaxOf } from '../optim/logistic-functions.js'
import { noFeatures } from '../optim/training-errors.js'
import { oneOfAnyCase } from '../param/row.js'
import * as shared from '../param/shared.js'
import { state } from '../param/state.js'
import { estimator } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { linearPredictions } from '../regression/linear-predictions.js'
import { sharedForm } from '../scoring/slot-forms.js'
import { dotReader } from '../scoring/vector-forms.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { printable, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { ProgressReporter } from '../util/progress.js'
import { TurnTaker } from '../util/turn-taker.js'
import { type ClassCounts, countClasses } from './class-counts.js'
import { classRows } from './class-rows.js'
import { probabilisticModel, requireThresholds } from './classification-model.js'
import { boundsOf, boundsRule, coefficientBounds } from './coefficient-bounds.js'
import { type Decision, type Softening, secondAbove } from './decisions.js'
import { declaredClasses } from './labels.js'
import { fitLogistic, type LinearFunctions, type LogisticFit } from './logistic-fit.js'
import {
  type BinaryLogisticRegressionTrainingSummary,
  type LogisticRegressionSummary,
  type LogisticRegressionTrainingSummary,
  logisticRegressionTrainingSummary,
  summarizeLogisticRegression,
} from './logistic-regression-summary.js'
import { classMargins, twoMargins } from './margins.js'
import { requireSummary } from './summarize.js'
import { binaryThresholds, consistentThresholds } from './thresholds.js'

const params = {
  ...shared.probabilisticClassifier,
  ...binaryThresholds,
  weightCol: shared.weightCol,
  classWeight: shared.classWeight,
  family: oneOfAnyCase(['auto', 'binomial', 'multinomial'], {
    default: 'auto',
    doc: 'the distribution of the label: binomial, multinomial, or auto, which is binomial for one or two classes; in upper or lower case',
  }),
  regParam: shared.regParam,
  elasticNetParam: shared.elasticNetParam,
  fitIntercept: shared.fitIntercept,
  standardization: shared.standardization,
  maxIter: shared.maxIter(100),
  tol: shared.tol(1e-6),
  ...coefficientBounds,
  aggregationDepth: shared.aggregationDepth,
  maxBlockSizeInMB: shared.maxBlockSizeInMB,
} as const

interface Learned {
  readonly numClasses: number
  readonly numFeatures: number
  readonly interceptVector: Vector
  readonly coefficientMatrix: Matrix
  readonly isMultinomial: boolean
}

/** One linear function of the features. */
interface ClassFunction {
  readonly coefficients: Float64Array
  readonly intercept: number
}

const logisticShares = (): Softening => (scores, at) => {
  scores[at] = 1 / (1 + Math.exp(-scores[at]))
  scores[at + 1] = 1 - scores[at]
  return true
}

/**
 * Fitted logistic regression (Spark's `LogisticRegressionModel`). `binomial`: the probability of class 1 is `1 / (1 + exp(-m))` with
 * `m = coefficients · features + intercept`, raw scores `[-m, m]`. `multinomial`: a linear function a class, whose values are the raw scores
 * and whose softmax gives the probabilities.
 *
 * **Shapes** features: vectors of length `numFeatures`; raw scores and probabilities: vectors with an entry a class. For two classes, class 1
 * is predicted where its probability is above `threshold`; else the class of the largest `probability / threshold`, or of the largest score
 * without `thresholds`. Columns whose name is the empty string are not made.
 *
 * **Null, NaN**: a null vector is a DataError; NaN gives NaN scores and class 0, unless the coefficients are stored sparse and the feature
 * has none.
 *
 * **Errors**: DataError for a null or a vector of another length; ParamError unless there is one threshold a class.
 *
 * **Cost**: one pass, a multiplication for each class and feature of a row.
 *
 * @example
 * ```ts
 * import { DenseMatrix, LogisticRegressionModel, Vectors } from 'ridgeline'
 * const model = new LogisticRegressionModel({
 *   numClasses: 2,
 *   numFeatures: 2,
 *   interceptVector: Vectors.dense(1),
 *   coefficientMatrix: new DenseMatrix(1, 2, [2, -1], true),
 *   isMultinomial: false,
 * })
 * console.log(String(model.predictRaw(Vectors.dense(0, 1))), model.predict(Vectors.dense(1, 1))) // [-0.0,0.0] 1
 * ```
 */
export class LogisticRegressionModel extends probabilisticModel(
  'org.apache.spark.ml.classification.LogisticRegressionModel',
  params,
  {
    numClasses: state.int('Number of classes.'),
    numFeatures: state.int('Number of features.'),
    interceptVector: state.vector('Intercepts: one of a binomial model, else one a class.'),
    coefficientMatrix: state.matrix('Coefficients, a row for each intercept, a column for each feature.'),
    isMultinomial: state.boolean('Whether there is a linear function for each class.'),
  },
  [consistentThresholds],
) {
  private readonly trainingSummary?: LogisticRegressionTrainingSummary
  private functions?: readonly ClassFunction[]

  /** @throws ParamError when the shapes of the learned values do not go together. */
  constructor(learned: Learned, uid?: string) {
    super(learned, uid)
    const { coefficientMatrix: matrix, interceptVector, numFeatures } = learned
    const sets = learned.isMultinomial ? learned.numClasses : 1
    if (matrix.numRows === sets && interceptVector.size === sets && matrix.numCols === numFeatures) return
    const received = `${matrix.numRows} x ${matrix.numCols} coefficients and ${interceptVector.size} intercepts`
    throw new ParamError(`the model has ${received}`, {
      stage: this.uid,
      param: 'coefficientMatrix',
      allowed: `Allowed: ${sets} x ${numFeatures} coefficients and ${sets} intercepts`,
      received,
      hint: 'A binomial model has one row of coefficients, a multinomial one a row for each class.',
    })
  }

  /** Coefficients of a binomial model. @throws UnsupportedError on a multinomial one. */
  get coefficients(): Vector {
    this.requireBinomial('coefficients', 'coefficientMatrix')
    return rowOf(this.coefficientMatrix)
  }
  /** Intercept of a binomial model. @throws UnsupportedError on a multinomial one. */
  get intercept(): number {
    this.requireBinomial('intercept', 'interceptVector')
    return this.interceptVector.get(0)
  }

  /** Whether the model knows its fit; a loaded one does not. */
  get hasSummary(): boolean {
    return this.trainingSummary !== undefined
  }
  /** How the fit went. @throws NotFittedError on a loaded model. */
  get summary(): LogisticRegressionTrainingSummary {
    return requireSummary(this.uid, this.trainingSummary)
  }
  /** The summary with the curves of two classes. @throws NotFittedError, UnsupportedError for more than two classes. */
  get binarySummary(): BinaryLogisticRegressionTrainingSummary {
    return this.summary.asBinary as BinaryLogisticRegressionTrainingSummary
  }

  /**
   * Summary of the model on any frame that has features and labels; with curves where there are at most two classes.
   * @throws SchemaError for a missing column; DataError for a null, or a label that is NaN.
   */
  evaluate(data: DataFrame, options: ActionOptions = {}): Promise<LogisticRegressionSummary> {
    return summarizeLogisticRegression(this, data, options.signal)
  }

  override get scoresPerRow(): number {
    return this.isMultinomial ? this.numClasses : 2
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    this.functions ??= functionsOf(this.coefficientMatrix, this.interceptVector)
    const { functions, scoresPerRow } = this
    const skipZeros = this.coefficientMatrix.colPtrs !== null
    const scores = new Float64Array(length * scoresPerRow)
    functions.forEach(({ coefficients, intercept }, k) => {
      const margins = linearPredictions(features, length, coefficients, intercept, skipZeros)
      if (this.isMultinomial)
        for (let row = 0, at = k; row < length; row++, at += scoresPerRow) scores[at] = margins[row]
      else
        for (let row = 0; row < length; row++) {
          scores[2 * row] = -margins[row]
          scores[2 * row + 1] = margins[row]
        }
    })
    return scores
  }

  override rowScores(features: VectorForm): WriteNumbers {
    this.functions ??= functionsOf(this.coefficientMatrix, this.interceptVector)
    const { functions, isMultinomial } = this
    const form = isMultinomial ? sharedForm(features) : features
    const reads = functions.map(({ coefficients, intercept }) => dotReader(form, coefficients, intercept))
    return isMultinomial ? printable(classMargins, reads) : printable(twoMargins, reads[0])
  }

  protected override softening(): Softening {
    return this.isMultinomial ? printable(softmaxOf, softmax, this.numClasses) : printable(logisticShares)
  }

  override rawToProbability(raw: Float64Array): void {
    const soften = this.softening()
    for (let at = 0; at < raw.length; at += this.scoresPerRow) soften(raw, at)
  }

  protected override rawDecision(): Decision | undefined {
    if (this.isMultinomial) return super.rawDecision()
    const threshold = this.getThreshold()
    return printable(secondAbove, Math.log(threshold / (1 - threshold)))
  }

  protected override probabilityDecision(): Decision {
    return this.isMultinomial ? super.probabilityDecision() : printable(secondAbove, this.getThreshold())
  }

  override toString(): string {
    return `LogisticRegressionModel: uid=${this.uid}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }

  private requireBinomial(name: string, instead: string): void {
    if (!this.isMultinomial) return
    throw new UnsupportedError(`a multinomial model has no "${name}"`, {
      stage: this.uid,
      allowed: 'A binomial model has them',
      hint: `Use ${instead}.`,
    })
  }
}

/** The only row of a matrix, in its form. */
function rowOf(matrix: Matrix): Vector {
  if (matrix.colPtrs === null) return Vectors.dense(matrix.toArray())
  const { rowIndices, values } = matrix.toSparseRowMajor()
  return Vectors.sparse(matrix.numCols, rowIndices, values)
}

function functionsOf(matrix: Matrix, intercepts: Vector): ClassFunction[] {
  const { numRows, numCols } = matrix
  const rows = matrix.toDenseRowMajor().values
  return Array.from({ length: numRows }, (_, k) => ({
    coefficients: rows.subarray(k * numCols, (k + 1) * numCols),
    intercept: intercepts.get(k),
  }))
}

/**
 * Logistic regression with an elastic net penalty or bounds, for two classes or more (Spark's `LogisticRegression`).
 *
 * **Objective**, with weights `w` that sum to `W`, `λ = regParam`, `α = elasticNetParam`, margin `m = x·β + β₀`:
 * `binomial` `1/W Σ w (log(1 + exp(-m)) + (1 − y) m) + λ (α ‖β‖₁ + (1 − α)/2 ‖β‖₂²)`; `multinomial`
 * `−1/W Σ w log softmax(m)_y + λ (α ‖β‖₁ + (1 − α)/2 ‖β‖₂²)` over the functions of all classes. With `standardization` (default) the penalty
 * applies to the coefficients of features of unit standard deviation. Intercepts are never penalised. A constant feature has coefficient 0.
 * What all classes have in common is taken off the intercepts, and without a penalty off the coefficients.
 *
 * **Solvers** L-BFGS; OWL-QN with an L1 penalty; L-BFGS-B within `lowerBoundsOn…`, `upperBoundsOn…`, which are in the units of the features.
 * All rows stay in memory. `maxIter` and `tol` limit the iterations. `aggregationDepth` and `maxBlockSizeInMB` change nothing in one process.
 * Where all rows have one label and there is an intercept, nothing is iterated and an intercept is infinite.
 *
 * **Shapes** n rows × d features, k classes: what the label column declares, else the largest label + 1. Labels are 0 to k − 1.
 *
 * **Null, NaN**: a null, a label that is no class, a feature that is not finite, a weight that is negative or not finite is a DataError
 * naming column and row.
 *
 * **Errors**: ParamError for `binomial` with more than two classes, bounds of another shape, in wrong order, with an L1 penalty or on
 * intercepts that are not fitted, `threshold` and `thresholds` that contradict each other, and another number of thresholds than classes;
 * DataError without rows, features or weight, and for vectors of different lengths.
 *
 * **Cost** 2 n d multiplications an evaluation (times k if multinomial) and an exponential a row (and class); many dense rows are copied into
 * the memory of kernels, which use all cores where a fit takes longer than about 150 ms. The summary is computed when it is first asked for.
 * An abort takes effect within milliseconds.
 *
 * **Differs from Spark**: partitions are always merged in order, so the last digits do not vary from run to run; an initial model of another
 * shape is refused (there it is ignored); where two classes are declared and all labels are 0, the model is certain of 0 (there, of 1).
 * `classWeight` ("balanced") is not in Spark and off by default.
 *
 * **References**: Andrew and Gao (2007), doi:10.1145/1273496.1273501; Byrd, Lu, Nocedal and Zhu (1995), doi:10.1137/0916069; Friedman, Hastie
 * and Tibshirani (2010), doi:10.18637/jss.v033.i01.
 *
 * @example
 * ```ts
 * import { createDataFrame, LogisticRegression, Vectors } from 'ridgeline'
 * const data = createDataFrame([0, 1, 2, 3, 4, 5].map((x) => ({ features: Vectors.dense(x), label: x === 2 || x > 3 ? 1 : 0 })))
 * const model = await new LogisticRegression({ regParam: 0.1 }).fit(data)
 * console.log(model.predict(Vectors.dense(5)), model.predictProbability(Vectors.dense(5)).get(1).toFixed(2)) // 1 0.76
 * console.log(model.summary.accuracy.toFixed(2), model.binarySummary.areaUnderROC.toFixed(2)) // 0.83 0.89
 * ```
 */
export class LogisticRegression extends estimator(
  'org.apache.spark.ml.classification.LogisticRegression',
  params,
  LogisticRegressionModel,
  [consistentThresholds, boundsRule],
) {
  private initialModel?: LogisticRegressionModel

  /**
   * Starts the next fits at a model instead of at zero. It is not saved.
   * @throws ParamError from `fit` when the model has another shape or another `fitIntercept`.
   */
  setInitialModel(model: LogisticRegressionModel): this {
    this.initialModel = model
    return this
  }

  protected override async train(data: DataFrame, options: FitOptions): Promise<LogisticRegressionModel> {
    const labelCol = this.getLabelCol()
    const { signal } = options
    const weight = this.isDefined('weightCol') ? this.getWeightCol() : ''
    const columns = { stage: this.uid, features: this.getFeaturesCol(), label: labelCol, weight }
    const blocks = await new Instances(data, columns, signal).collect()
    if (blocks[0].features.size === 0) throw noFeatures(this.uid, columns.features)
    const declared = declaredClasses(data.schema, labelCol)
    const weighted = weighClasses(this, blocks)
    const classes = await countClasses(weighted, { stage: this.uid, labelCol, declared, signal })
    const multinomial = this.isMultinomial(classes.numClasses)
    if (this.isSet('thresholds')) requireThresholds(this.uid, this.getThresholds(), classes.numClasses)
    const fit = await this.solve(weighted, classes, multinomial, options)
    const model = this.modelOf(fit, classes.numClasses, multinomial)
    // The summary asks the model with the parameters of this estimator.
    const judged = model.copyValuesFrom(this)
    const trainingSummary = logisticRegressionTrainingSummary(judged, data, blocks, fit.objectiveHistory)
    return Object.assign(model, { trainingSummary })
  }

  private isMultinomial(numClasses: number): boolean {
    const family = this.getFamily().toLowerCase()
    if (family !== 'binomial' || numClasses <= 2) return family === 'multinomial' || numClasses > 2
    throw new ParamError(`"family" is "binomial" and there are ${numClasses} classes`, {
      stage: this.uid,
      param: 'family',
      allowed: 'The binomial family has 1 or 2 classes',
      received: `${numClasses} classes`,
      hint: 'Set family to "auto" or "multinomial".',
    })
  }

  private async solve(
    blocks: readonly InstanceBlock[],
    classes: ClassCounts,
    multinomial: boolean,
    { signal, onProgress }: FitOptions,
  ): Promise<LogisticFit> {
    const numFeatures = blocks[0].features.size
    const sets = multinomial ? classes.numClasses : 1
    const bounds = boundsOf(this, sets, numFeatures)
    const fitIntercept = this.getFitIntercept()
    const isConstant = classes.histogram.filter((weight) => weight !== 0).length === 1
    if (isConstant && fitIntercept && !bounds) return constantFit(classes, numFeatures, multinomial)
    const start = this.initialModel && this.startAt(this.initialModel, sets, numFeatures)
    const maxIter = this.getMaxIter()
    const progress = new ProgressReporter(this.uid, maxIter, onProgress)
    using rows = classRows(blocks, sets)
    const features = await rows.standardization(new TurnTaker(signal))
    return await fitLogistic(rows, classes, features, {
      multinomial,
      fitIntercept,
      regParam: this.getRegParam(),
      elasticNetParam: this.getElasticNetParam(),
      standardization: this.getStandardization(),
      bounds,
      start,
      maxIter,
      tol: this.getTol(),
      signal,
      onIteration: (done, loss) => progress.report(done, { loss }),
    })
  }

  private startAt(model: LogisticRegressionModel, sets: number, numFeatures: number): LinearFunctions {
    const { numRows, numCols } = model.coefficientMatrix
    if (numRows !== sets || numCols !== numFeatures || model.getFitIntercept() !== this.getFitIntercept()) {
      throw new ParamError(`the initial model has ${numRows} x ${numCols} coefficients`, {
        stage: this.uid,
        param: 'initialModel',
        allowed: `Allowed: ${sets} x ${numFeatures} coefficients, and the same fitIntercept`,
        received: `${numRows} x ${numCols}, fitIntercept ${model.getFitIntercept()}`,
        hint: 'Give a model of the same family, features and classes.',
      })
    }
    return {
      coefficients: model.coefficientMatrix.toDenseRowMajor().values,
      intercepts: model.interceptVector.toArray(),
    }
  }

  private modelOf({ coefficients, intercepts }: LogisticFit, numClasses: number, isMultinomial: boolean) {
    const numFeatures = coefficients.length / intercepts.length
    const noIntercepts = isMultinomial && !this.getFitIntercept()
    return new LogisticRegressionModel({
      numClasses,
      numFeatures,
      interceptVector: noIntercepts ? Vectors.sparse(numClasses, [], []) : Vectors.dense(intercepts).compressed(),
      coefficientMatrix: new DenseMatrix(intercepts.length, numFeatures, coefficients, true).compressed(),
      isMultinomial,
    })
  }
}

/** All rows have one label: only an infinite intercept says so. */
function constantFit({ numClasses, histogram }: ClassCounts, numFeatures: number, multinomial: boolean): LogisticFit {
  const intercepts = new Float64Array(multinomial ? numClasses : 1)
  if (multinomial) intercepts[histogram.findIndex((weight) => weight !== 0)] = Number.POSITIVE_INFINITY
  else intercepts[0] = histogram[1] > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  return { coefficients: new Float64Array(intercepts.length * numFeatures), intercepts, objectiveHistory: [0] }
}
