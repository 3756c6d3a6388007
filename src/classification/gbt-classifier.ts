import { ParamError } from '../errors.js'
import { type InstanceBlock, Instances } from '../optim/instances.js'
import { printableExp, softmax, softmaxOf } from '../optim/logistic-functions.js'
import { probabilisticClassifier } from '../param/shared.js'
import { state } from '../param/state.js'
import {
  boostedClassification,
  classificationLosses,
  featureSubsetStrategies,
  regressionImpurities,
} from '../param/tree-params.js'
import { patienceRule } from '../param/tree-rules.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import { DecisionTreeRegressionModel } from '../regression/decision-tree-regressor.js'
import type { VectorColumn } from '../sql/batch.js'
import type { ColumnOrigin } from '../sql/column-origin.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { printable, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { boostingRows, fitBoosted, readRows } from '../tree/boosted-fit.js'
import { softmaxLoss } from '../tree/descent.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { iterationLosses } from '../tree/iteration-losses.js'
import { type Loss, logLoss } from '../tree/losses.js'
import { VARIANCE_STATS } from '../tree/nodes.js'
import { leafSum, leafSums, rowTrees } from '../tree/row-trees.js'
import { ensembleLayout } from '../tree/spark-layout.js'
import { judgedColumnsOf } from '../tree/stage-columns.js'
import { TreeSums } from '../tree/tree-sums.js'
import { ProgressReporter } from '../util/progress.js'
import { ProbabilisticClassificationModel } from './classification-model.js'
import { countClasses } from './count-classes.js'
import type { Softening } from './decisions.js'
import { checkClassLabels } from './labels.js'
import { twoMargins } from './margins.js'

const params = {
  ...probabilisticClassifier,
  ...boostedClassification('org.apache.spark.ml.classification.GBTClassifier'),
}

const marginShares =
  (exp: (x: number) => number): Softening =>
  (scores, at) => {
    scores[at] = 1 / (1 + exp(-2 * scores[at]))
    scores[at + 1] = 1 - scores[at]
    return true
  }

/**
 * Fitted boosted classification trees for two classes (Spark's `GBTClassificationModel`): the sum of the trees' predictions,
 * weighted by `treeWeights`, is the margin m of class 1, half its log-odds. Of more classes (`multiclass`), each has such a sum
 * over trees of its own, and their softmax are the probabilities.
 *
 * **Shapes** features: vectors of length `numFeatures`; rawPrediction: vector (-m, m); probability: vector, of class 1
 * `1 / (1 + exp(-2m))`; prediction: double, 1 where m is above 0, or by `thresholds`; `leafCol`: vector with the number of the
 * leaf of each tree.
 *
 * **Null, NaN, errors** as of one tree, see `DecisionTreeClassificationModel`.
 *
 * **Cost** one comparison a level for each row and tree.
 *
 * **Differs from Spark** the trees are named after the model, not at random.
 *
 * @example
 * ```ts
 * import { createDataFrame, GBTClassifier, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4].map((x) => ({ features: Vectors.dense(x), label: x > 2 ? 1 : 0 })))
 * const model = await new GBTClassifier({ maxIter: 3, seed: 1 }).fit(data)
 * console.log(model.predictRaw(Vectors.dense(4)).get(1) > 1, model.getNumTrees()) // true 3
 * console.log(model.featureImportances.toString()) // (1,[0],[1.0])
 * ```
 */
export class GBTClassificationModel extends modelOver(
  ensembleOver<ProbabilisticClassificationModel, DecisionTreeRegressionModel>(ProbabilisticClassificationModel, {
    isClassifier: false,
    perTree: false,
  }),
  'org.apache.spark.ml.classification.GBTClassificationModel',
  params,
  {
    ...ensembleState<DecisionTreeRegressionModel>(),
    numClasses: {
      ...state.int(
        'Number of classes. Of more than two, each iteration has a tree for each class, one after the other.',
      ),
      beyondSpark: (numClasses: number) => (numClasses > 2 ? `${numClasses} classes` : undefined),
    },
  },
) {
  static readonly sparkLayout = ensembleLayout(['numFeatures'], { numClasses: 2 })

  /** Made when it is first asked for. */
  private sums: TreeSums | undefined

  constructor(
    state: {
      readonly trees: readonly DecisionTreeRegressionModel[]
      readonly treeWeights: readonly number[]
      readonly numFeatures: number
      readonly numClasses: number
    },
    uid?: string,
  ) {
    super(state, uid)
    requireTrees(this.uid, state, VARIANCE_STATS, state.numClasses > 2 ? state.numClasses : 1)
  }

  /** Number of trees. */
  getNumTrees(): number {
    return this.trees.length
  }

  /**
   * Weighted mean loss of the first iteration alone, of the first two, and so on: where learning could have stopped.
   * @param data a frame with features and labels, and weights where `weightCol` is set.
   * @throws SchemaError for a missing column; DataError for values that `fit` refuses.
   */
  async evaluateEachIteration(data: DataFrame, options: ActionOptions = {}): Promise<number[]> {
    const columns = judgedColumnsOf(this, data.schema)
    const origin = { stage: this.uid, column: columns.label }
    const rows = labelled(new Instances(data, columns, options.signal), this.numClasses, origin)
    return iterationLosses(rows, nodesOf(this.trees), this.treeWeights, lossOf(this.numClasses))
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    const { numClasses } = this
    this.sums ??= TreeSums.ofPredictions(nodesOf(this.trees), this.treeWeights, numClasses > 2 ? numClasses : 1)
    const margins = this.sums.of(features, length)
    if (numClasses > 2) return margins
    const raw = new Float64Array(2 * length)
    for (let row = 0; row < length; row++) {
      raw[2 * row] = -margins[row]
      raw[2 * row + 1] = margins[row]
    }
    return raw
  }

  override rawToProbability(raw: Float64Array): void {
    const soften = this.softening()
    for (let at = 0; at < raw.length; at += this.numClasses) soften(raw, at)
  }

  override rowScores(features: VectorForm): WriteNumbers {
    const { numClasses, treeWeights } = this
    const nodes = nodesOf(this.trees)
    const told = (t: number, node: number): number => treeWeights[t] * nodes[t].prediction[node]
    const trees = rowTrees(features, nodes)
    return numClasses > 2 ? leafSums(trees, 1, told, numClasses) : printable(twoMargins, leafSum(trees, told))
  }

  protected override softening(): Softening {
    return this.numClasses > 2 ? printable(softmaxOf, softmax, this.numClasses) : printable(marginShares, printableExp)
  }

  override toString(): string {
    return `GBTClassificationModel: uid = ${this.uid}, numTrees=${this.trees.length}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}

/** Where class labels come from, for errors. */
type LabelColumn = Pick<ColumnOrigin, 'stage' | 'column'>

/** The loss for a number of classes. */
const lossOf = (numClasses: number): Loss => (numClasses > 2 ? softmaxLoss(numClasses) : logLoss)

/** Labels as the loss takes them: of two classes -1 and 1. @throws DataError for a label that is no class. */
function classLabels(labels: Float64Array, numClasses: number, origin: ColumnOrigin): Float64Array {
  checkClassLabels(labels, numClasses, origin)
  return numClasses > 2 ? labels : labels.map((label) => 2 * label - 1)
}

async function* labelled(
  rows: AsyncIterable<InstanceBlock> | Iterable<InstanceBlock>,
  numClasses: number,
  origin: LabelColumn,
): AsyncGenerator<InstanceBlock> {
  let firstRow = 0
  for await (const block of rows) {
    yield { ...block, labels: classLabels(block.labels, numClasses, { ...origin, firstRow }) }
    firstRow += block.length
  }
}

/**
 * Gradient-boosted trees for two classes (Spark's `GBTClassifier`), or with `multiclass` for more.
 *
 * **Objective** with the classes as y = -1 and 1 and weights w: the trees T lower
 * `Σ w · 2 log(1 + exp(-2 y m(x)))` with the margin `m = T₀(x) + stepSize (T₁(x) + T₂(x) + …)` step by step: T₀ is fitted to y, each
 * later tree to the negative gradient of the loss, both by least squares. Each tree grows as one of `DecisionTreeRegressor`.
 *
 * **Randomness** tree m draws rows (`subsamplingRate`, without replacement) and features (`featureSubsetStrategy`) by Spark's
 * generators with `seed + m`; candidate splits are drawn once, with `seed`, where there are more than max(maxBins², 10000) rows.
 *
 * **Validation** rows whose `validationIndicatorCol` is true are not learned from. Learning stops when their mean loss e
 * falls by less than `validationTol · max(e, 0.01)`; the trees up to the lowest loss are kept. Rows without an indicator are left out.
 *
 * **Shapes** features: vectors of one length, slots with a nominal or binary attribute are categorical; label: 0 or 1.
 *
 * **Null, NaN** a null, a label or feature that is not finite, a weight that is negative or not finite is a DataError naming
 * column and row.
 *
 * **Errors** also DataError for labels other than 0 and 1, without rows to learn from or to validate, and for a value that is
 * no category of its feature; ParamError for more categories than `maxBins`; SchemaError for a nominal feature without a
 * number of values.
 *
 * **Cost** for each tree and level, one addition a row and feature; a byte of memory for each row and feature, beside the rows.
 * An abort stops between steps of at most about 10 ms. Progress tells iterations, and the mean loss on the training rows.
 *
 * **Differs from Spark** `maxIter` 0 is refused at once. The trees are named after the model. More than 16,384 rows are summed
 * as by `DecisionTreeRegressor`. The loss of a leaf is not minimized anew (TreeBoost), as in Spark, but for several classes.
 * Options that are off by default and not in Spark, see `docs/beyond-spark.md`: `maxLeaves` (growth leaf by leaf),
 * `monotoneConstraints`, `handleMissing` (NaN goes where it lowers the impurity most), `patience` (early stopping that waits),
 * `classWeight` ("balanced"), `multiclass` (more than two classes, by the softmax loss).
 *
 * **Reference** Friedman, Greedy function approximation (2001), doi:10.1214/aos/1013203451; Stochastic gradient boosting
 * (2002), doi:10.1016/S0167-9473(01)00065-2.
 *
 * @example
 * ```ts
 * import { createDataFrame, GBTClassifier, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4].map((x) => ({ features: Vectors.dense(x), label: x > 2 ? 1 : 0 })))
 * const model = await new GBTClassifier({ maxIter: 10, maxDepth: 1, seed: 1 }).fit(data)
 * console.log(model.predict(Vectors.dense(3)), model.predictProbability(Vectors.dense(3)).get(1) > 0.9) // 1 true
 * ```
 */
export class GBTClassifier extends estimator(
  'org.apache.spark.ml.classification.GBTClassifier',
  params,
  GBTClassificationModel,
  [patienceRule],
) {
  /** Impurities that `impurity` names. */
  static readonly supportedImpurities = regressionImpurities
  /** Losses that `lossType` names. */
  static readonly supportedLossTypes = classificationLosses
  /** Subsets that `featureSubsetStrategy` names, beside numbers. */
  static readonly supportedFeatureSubsetStrategies = featureSubsetStrategies

  protected override async train(data: DataFrame, { signal, onProgress }: FitOptions): Promise<GBTClassificationModel> {
    const read = await readRows(this, data, signal)
    const numClasses = this.getMulticlass() ? Math.max(2, countClasses(this, data.schema)(read)) : 2
    if (numClasses > 2 && this.isSet('monotoneConstraints')) throw this.noOrder(numClasses)
    const blocks: InstanceBlock[] = []
    const origin = { stage: this.uid, column: this.getLabelCol() }
    for await (const block of labelled(read, numClasses, origin)) blocks.push(block)
    const rows = boostingRows(this, data.schema, blocks)
    const progress = new ProgressReporter(this.uid, this.getMaxIter(), onProgress)
    const onIteration = (done: number, loss: () => number): void => {
      if (onProgress) progress.report(done, { loss: loss() })
    }
    const { trees, weights } = await fitBoosted(this, rows, lossOf(numClasses), { signal, onIteration })
    const numFeatures = rows.arity.length
    return new GBTClassificationModel({
      trees: trees.map((nodes, m) =>
        new DecisionTreeRegressionModel({ nodes, numFeatures }, `${this.uid}_${m}`).copyValuesFrom(this),
      ),
      treeWeights: weights,
      numFeatures,
      numClasses,
    })
  }
  private noOrder(numClasses: number): ParamError {
    return new ParamError(`there are ${numClasses} classes, whose probabilities cannot all rise`, {
      stage: this.uid,
      param: 'monotoneConstraints',
      allowed: 'Allowed: two classes',
      received: `${numClasses} classes`,
      hint: 'Clear monotoneConstraints, or predict one class against the others.',
    })
  }
}
