import { NotFittedError, ParamError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { Instances } from '../optim/instances.js'
import { optional, stagesState } from '../param/state.js'
import {
  boostedRegression,
  featureSubsetStrategies,
  regressionImpurities,
  regressionLosses,
} from '../param/tree-params.js'
import { intervalRule, patienceRule, quantileRule } from '../param/tree-rules.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { rowNumbers, sharedForm } from '../scoring/slot-forms.js'
import { AttributeGroup, NumericAttribute } from '../sql/attributes.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { printable, type ReadNumber, type RowForm, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { fieldOf, StructField, type StructType, VectorUDT } from '../sql/types.js'
import { boostingRows, fitBoosted, readRows } from '../tree/boosted-fit.js'
import { quantileLoss } from '../tree/descent.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { iterationLosses } from '../tree/iteration-losses.js'
import { absoluteError, type Loss, squaredError } from '../tree/losses.js'
import { type TreeNodes, VARIANCE_STATS } from '../tree/nodes.js'
import { leafSum, rowTrees } from '../tree/row-trees.js'
import { ensembleLayout } from '../tree/spark-layout.js'
import { judgedColumnsOf } from '../tree/stage-columns.js'
import { TreeSums } from '../tree/tree-sums.js'
import { ProgressReporter } from '../util/progress.js'
import { DecisionTreeRegressionModel } from './decision-tree-regressor.js'
import { RegressionModel } from './regression-model.js'

const params = boostedRegression('org.apache.spark.ml.regression.GBTRegressor')

/** What predicts one end of an interval. */
interface Ends {
  predictions(features: VectorColumn, length: number): Float64Array
}

/** Field of a column of intervals: a lower and an upper end. */
function intervalField(name: string): StructField {
  const slots = ['lower', 'upper'].map((end) => NumericAttribute({ name: end }))
  return StructField(name, VectorUDT, true, new AttributeGroup(name, slots).toMetadata())
}

const orderedEnds =
  (lower: ReadNumber, upper: ReadNumber): WriteNumbers =>
  (row, into, at) => {
    const a = lower(row)
    const b = upper(row)
    into[at] = Math.min(a, b)
    into[at + 1] = Math.max(a, b)
    return !Number.isNaN(a + b)
  }

/**
 * Fitted boosted regression trees (Spark's `GBTRegressionModel`): the prediction is the sum of the trees', weighted by
 * `treeWeights`.
 *
 * **Shapes** features: vectors of length `numFeatures`; prediction: double, in the units of the label; `leafCol`: vector with
 * the number of the leaf of each tree.
 *
 * **Null, NaN, errors** as of one tree, see `DecisionTreeRegressionModel`.
 *
 * **Cost** one comparison a level for each row and tree.
 *
 * **Differs from Spark** the trees are named after the model, not at random.
 *
 * @example
 * ```ts
 * import { createDataFrame, GBTRegressor, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4].map((x) => ({ features: Vectors.dense(x), label: x * x })))
 * const model = await new GBTRegressor({ maxIter: 3, seed: 1 }).fit(data)
 * console.log(model.getNumTrees(), model.treeWeights) // 3 [ 1, 0.1, 0.1 ]
 * console.log(model.toDebugString().split('\n')[2]) //     If (feature 0 <= 2.5)
 * ```
 */
export class GBTRegressionModel extends modelOver(
  ensembleOver<RegressionModel, DecisionTreeRegressionModel>(RegressionModel, { isClassifier: false, perTree: false }),
  'org.apache.spark.ml.regression.GBTRegressionModel',
  params,
  {
    ...ensembleState<DecisionTreeRegressionModel>(),
    interval: {
      ...optional(stagesState<Ends>('The models of the lower and of the upper end of the interval.')),
      beyondSpark: (ends: readonly Ends[] | undefined) =>
        ends === undefined ? undefined : 'models of the ends of an interval',
    },
  },
) {
  static readonly sparkLayout = ensembleLayout(['numFeatures'])

  /** Made when it is first asked for. */
  private sums: TreeSums | undefined

  constructor(
    state: {
      readonly trees: readonly DecisionTreeRegressionModel[]
      readonly treeWeights: readonly number[]
      readonly numFeatures: number
      readonly interval?: readonly Ends[]
    },
    uid?: string,
  ) {
    super(state, uid)
    requireTrees(this.uid, state, VARIANCE_STATS)
    const { interval } = state
    if (interval === undefined || (interval.length === 2 && interval.every((end) => end instanceof GBTRegressionModel)))
      return
    throw new ParamError('the interval has not two ends', {
      stage: this.uid,
      param: 'interval',
      allowed: 'Allowed: two models, of the lower and of the upper end',
      received: `${interval.length} values`,
    })
  }

  /** Number of trees. */
  getNumTrees(): number {
    return this.trees.length
  }

  /**
   * Weighted mean loss of the first tree alone, of the first two, and so on: where learning could have stopped.
   * @param data a frame with features and labels, and weights where `weightCol` is set.
   * @param lossType "squared" or "absolute"; by default what the model was fitted for, which may be a quantile.
   * @throws ParamError for another loss; SchemaError for a missing column; DataError for values that `fit` refuses.
   */
  async evaluateEachIteration(data: DataFrame, lossType?: string, options: ActionOptions = {}): Promise<number[]> {
    if (lossType !== undefined) this.lossType.check(lossType)
    const columns = judgedColumnsOf(this, data.schema)
    const rows = new Instances(data, columns, options.signal)
    return iterationLosses(rows, nodesOf(this.trees), this.treeWeights, lossOf(this, lossType))
  }

  /**
   * The interval that the label of a row falls in with the probability `intervalLevel`: its lower and its upper end.
   * @throws NotFittedError where the model was fitted without `intervalCol`; ParamError, DataError as `predict`.
   */
  predictInterval(features: Vector): Vector {
    return Vectors.dense(this.intervals(this.row(features), 1))
  }

  /** Ends of the intervals of rows, two numbers a row. The ends are models of their own, which may cross: then they are swapped. */
  private intervals(features: VectorColumn, length: number): Float64Array {
    const [lower, upper] = this.ends().map((end) => end.predictions(features, length))
    const ends = new Float64Array(2 * length)
    for (let row = 0; row < length; row++) {
      ends[2 * row] = Math.min(lower[row], upper[row])
      ends[2 * row + 1] = Math.max(lower[row], upper[row])
    }
    return ends
  }

  private ends(): readonly Ends[] {
    if (this.interval) return this.interval
    throw new NotFittedError('the model has learned no interval', {
      stage: this.uid,
      param: 'intervalCol',
      allowed: 'A model has one that was fitted with intervalCol and intervalLevel',
      hint: 'Fit again with both, or clear intervalCol.',
    })
  }

  override predictions(features: VectorColumn, length: number): Float64Array {
    this.sums ??= TreeSums.ofPredictions(nodesOf(this.trees), this.treeWeights)
    return this.sums.of(features, length)
  }

  protected override rowPrediction(features: VectorForm): ReadNumber {
    const nodes = nodesOf(this.trees)
    return leafSum(rowTrees(features, nodes), (t, node) => this.treeWeights[t] * nodes[t].prediction[node])
  }

  protected override outputForms(features: VectorForm): RowForm[] | undefined {
    const forms = super.outputForms(features)
    if (!this.makes('intervalCol')) return forms
    const shared = sharedForm(features)
    const ends = (this.ends() as readonly GBTRegressionModel[]).map((end) => end.rowPrediction(shared))
    const { form } = rowNumbers(2, printable(orderedEnds, ends[0], ends[1]))
    return forms && [...forms, form]
  }

  /** Spark marks the predictions with the metadata of the features. */
  protected override outputs(schema: StructType): StructField[] {
    const { metadata } = fieldOf(schema, this.getFeaturesCol(), this.uid)
    const predictionCol = this.makes('predictionCol') ? this.getPredictionCol() : undefined
    const fields = super.outputs(schema)
    const marked = fields.map((field) => (field.name === predictionCol ? { ...field, metadata } : field))
    return this.makes('intervalCol') && this.ends() ? [...marked, intervalField(this.getIntervalCol())] : marked
  }

  protected override outputColumns(features: VectorColumn, length: number): ColumnData[] {
    const columns = super.outputColumns(features, length)
    return this.makes('intervalCol') ? [...columns, denseVectors(this.intervals(features, length), 2)] : columns
  }

  override toString(): string {
    return `GBTRegressionModel: uid=${this.uid}, numTrees=${this.trees.length}, numFeatures=${this.numFeatures}`
  }
}

/** The loss that a stage minimizes, or the one that is named. */
function lossOf(stage: GBTRegressor | GBTRegressionModel, lossType?: string): Loss {
  if (lossType === undefined && stage.isSet('quantile')) return quantileLoss(stage.getQuantile())
  return (lossType ?? stage.getLossType()).toLowerCase() === 'absolute' ? absoluteError : squaredError
}

/**
 * Gradient-boosted regression trees (Spark's `GBTRegressor`).
 *
 * **Objective** with the loss `L`, `squared` (y - F)² or `absolute` |y - F|, and weights w: the trees T lower
 * `Σ w L(y, T₀(x) + stepSize (T₁(x) + T₂(x) + …))` step by step: T₀ is fitted to the labels, each later tree to the negative
 * gradient of the loss, both by least squares. Each tree grows as one of `DecisionTreeRegressor`.
 *
 * **Randomness** tree m draws rows (`subsamplingRate`, without replacement) and features (`featureSubsetStrategy`) by Spark's
 * generators with `seed + m`; candidate splits are drawn once, with `seed`, where there are more than max(maxBins², 10000) rows.
 *
 * **Validation** rows whose `validationIndicatorCol` is true are not learned from. Learning stops when their mean loss e
 * falls by less than `validationTol · max(e, 0.01)`; the trees up to the lowest loss are kept. Rows without an indicator are left out.
 *
 * **Shapes** features: vectors of one length, slots with a nominal or binary attribute are categorical; label: numeric.
 *
 * **Null, NaN** a null, a label or feature that is not finite, a weight that is negative or not finite is a DataError naming
 * column and row.
 *
 * **Errors** also DataError without rows to learn from or to validate, and for a value that is no category of its feature;
 * ParamError for more categories than `maxBins`; SchemaError for a nominal feature without a number of values.
 *
 * **Cost** for each tree and level, one addition a row and feature; a byte of memory for each row and feature, beside the rows.
 * An abort stops between steps of at most about 10 ms. Progress tells iterations, and the mean loss on the training rows.
 *
 * **Differs from Spark** `maxIter` 0 is refused at once. The trees are named after the model. More than 16,384 rows are summed
 * as by `DecisionTreeRegressor`. The loss of a leaf is not minimized anew (TreeBoost), as in Spark, but for quantiles.
 * Options that are off by default and not in Spark, see `docs/beyond-spark.md`: `maxLeaves` (growth leaf by leaf),
 * `monotoneConstraints`, `handleMissing` (NaN goes where it lowers the impurity most), `patience` (early stopping that waits),
 * `quantile`, `intervalCol` with `intervalLevel` (two more models, of the ends of an interval).
 *
 * **Reference** Friedman, Greedy function approximation (2001), doi:10.1214/aos/1013203451; Stochastic gradient boosting
 * (2002), doi:10.1016/S0167-9473(01)00065-2.
 *
 * @example
 * ```ts
 * import { createDataFrame, GBTRegressor, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4, 5, 6].map((x) => ({ features: Vectors.dense(x), label: x * x })))
 * const model = await new GBTRegressor({ maxIter: 30, maxDepth: 2, stepSize: 0.3, seed: 1 }).fit(data)
 * console.log(model.predict(Vectors.dense(4)).toFixed(1), model.trees.length) // 16.0 30
 * console.log((await model.evaluateEachIteration(data)).length) // 30
 * ```
 */
export class GBTRegressor extends estimator('org.apache.spark.ml.regression.GBTRegressor', params, GBTRegressionModel, [
  patienceRule,
  quantileRule,
  intervalRule,
]) {
  /** Impurities that `impurity` names. */
  static readonly supportedImpurities = regressionImpurities
  /** Losses that `lossType` names. */
  static readonly supportedLossTypes = regressionLosses
  /** Subsets that `featureSubsetStrategy` names, beside numbers. */
  static readonly supportedFeatureSubsetStrategies = featureSubsetStrategies

  protected override async train(data: DataFrame, { signal, onProgress }: FitOptions): Promise<GBTRegressionModel> {
    const rows = boostingRows(this, data.schema, await readRows(this, data, signal))
    const stages: readonly GBTRegressor[] = this.intervals() ? [this, ...this.ends()] : [this]
    const progress = new ProgressReporter(this.uid, stages.length * this.getMaxIter(), onProgress)
    const models: GBTRegressionModel[] = []
    for (const [i, stage] of stages.entries()) {
      const onIteration = (done: number, loss: () => number): void => {
        if (onProgress) progress.report(i * this.getMaxIter() + done, { loss: loss() })
      }
      const { trees, weights } = await fitBoosted(stage, rows, lossOf(stage), { signal, onIteration })
      models.push(stage.modelOf(trees, weights, rows.arity.length))
    }
    const [model, ...interval] = models
    if (interval.length === 0) return model
    const { trees, treeWeights, numFeatures } = model
    return new GBTRegressionModel({ trees, treeWeights, numFeatures, interval })
  }

  /** Whether an interval is asked for. */
  private intervals(): boolean {
    return this.isSet('intervalCol') && this.getIntervalCol() !== ''
  }

  /** Estimators of the two ends of the interval. */
  private ends(): GBTRegressor[] {
    const outside = (1 - this.getIntervalLevel()) / 2
    return [outside, 1 - outside].map((quantile, i) => {
      const end = new GBTRegressor({}, `${this.uid}_${i === 0 ? 'lower' : 'upper'}`).copyValuesFrom(this)
      return end.clear('intervalCol').clear('intervalLevel').clear('lossType').setQuantile(quantile)
    })
  }

  private modelOf(trees: readonly TreeNodes[], treeWeights: number[], numFeatures: number): GBTRegressionModel {
    const models = trees.map((nodes, m) =>
      new DecisionTreeRegressionModel({ nodes, numFeatures }, `${this.uid}_${m}`).copyValuesFrom(this),
    )
    return new GBTRegressionModel({ trees: models, treeWeights, numFeatures }, this.uid).copyValuesFrom(this)
  }
}
