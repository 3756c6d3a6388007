import { probabilisticClassifier } from '../param/shared.js'
import { state } from '../param/state.js'
import { classificationForest, classificationImpurities, featureSubsetStrategies } from '../param/tree-params.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ActionOptions } from '../sql/engine.js'
import { printable, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { fitTrees } from '../tree/fit-trees.js'
import { leafSums, rowTrees } from '../tree/row-trees.js'
import { ensembleLayout } from '../tree/spark-layout.js'
import { TreeSums } from '../tree/tree-sums.js'
import { ProbabilisticClassificationModel } from './classification-model.js'
import { countClasses } from './count-classes.js'
import { DecisionTreeClassificationModel } from './decision-tree-classifier.js'
import { type Softening, shareRows, sharesOf } from './decisions.js'
import {
  type BinaryRandomForestClassificationSummary,
  type BinaryRandomForestClassificationTrainingSummary,
  type RandomForestClassificationSummary,
  type RandomForestClassificationTrainingSummary,
  randomForestTrainingSummary,
  summarizeRandomForest,
} from './random-forest-classification-summary.js'
import { requireSummary } from './summarize.js'

const params = {
  ...probabilisticClassifier,
  ...classificationForest('org.apache.spark.ml.classification.RandomForestClassifier'),
}

/**
 * Fitted forest of classification trees (Spark's `RandomForestClassificationModel`): each tree votes with the shares of the
 * classes in the leaf that a row falls in.
 *
 * **Shapes** features: vectors of length `numFeatures`; rawPrediction: vector, the votes for each class, which sum to the
 * number of trees; probability: vector, these as shares of 1; prediction: double, the class of the largest, or by
 * `thresholds`; `leafCol`: vector with the number of the leaf of each tree.
 *
 * **Null, NaN, errors** as of one tree, see `DecisionTreeClassificationModel`.
 *
 * **Cost** one comparison a level for each row and tree.
 *
 * **Differs from Spark** the trees are named after the forest, not at random.
 *
 * @example
 * ```ts
 * import { createDataFrame, RandomForestClassifier, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4].map((x) => ({ features: Vectors.dense(x), label: x > 2 ? 1 : 0 })))
 * const model = await new RandomForestClassifier({ numTrees: 3, seed: 1 }).fit(data)
 * console.log(model.trees.length, model.numClasses) // 3 2
 * ```
 */
export class RandomForestClassificationModel extends modelOver(
  ensembleOver<ProbabilisticClassificationModel, DecisionTreeClassificationModel>(ProbabilisticClassificationModel, {
    isClassifier: true,
    perTree: true,
  }),
  'org.apache.spark.ml.classification.RandomForestClassificationModel',
  params,
  { ...ensembleState<DecisionTreeClassificationModel>(), numClasses: state.int('Number of classes.') },
) {
  static readonly sparkLayout = ensembleLayout(['numFeatures', 'numClasses'])

  private readonly trainingSummary?: RandomForestClassificationTrainingSummary

  /** Made when it is first asked for. */
  private sums: TreeSums | undefined

  constructor(
    state: {
      readonly trees: readonly DecisionTreeClassificationModel[]
      readonly treeWeights: readonly number[]
      readonly numFeatures: number
      readonly numClasses: number
    },
    uid?: string,
  ) {
    super(state, uid)
    requireTrees(this.uid, state, state.numClasses)
    // So that getNumTrees() tells the trees that there are, also where no estimator has set it.
    this.restoreDefaults({ numTrees: state.trees.length })
  }

  /** Whether the model knows its fit; a loaded one does not. */
  get hasSummary(): boolean {
    return this.trainingSummary !== undefined
  }
  /** How well the model fits its training data, with curves where there are at most two classes. @throws NotFittedError on a loaded model. */
  get summary(): RandomForestClassificationTrainingSummary {
    return requireSummary(this.uid, this.trainingSummary)
  }
  /** The summary with the curves of two classes. @throws NotFittedError; UnsupportedError for more than two classes. */
  get binarySummary(): BinaryRandomForestClassificationTrainingSummary {
    return this.summary.asBinary as BinaryRandomForestClassificationTrainingSummary
  }

  /**
   * Summary of the model on any frame that has features and labels; with curves where there are at most two classes.
   * @throws SchemaError for a missing column; DataError for a null or NaN label.
   */
  evaluate(
    data: DataFrame,
    options: ActionOptions = {},
  ): Promise<RandomForestClassificationSummary | BinaryRandomForestClassificationSummary> {
    return summarizeRandomForest(this, data, options.signal)
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    this.sums ??= this.votes()
    return this.sums.of(features, length)
  }

  /** Each tree tells the shares of the classes in a leaf. */
  private votes(): TreeSums {
    return TreeSums.ofRows(nodesOf(this.trees), this.shares(), this.numClasses)
  }

  /** Shares of the classes in each node of each tree; zeros stay. */
  private shares(): Float64Array[] {
    const share = sharesOf(this.numClasses)
    return this.trees.map(({ nodes }) => {
      const shares = nodes.impurityStats.slice()
      for (let at = 0; at < shares.length; at += this.numClasses) share(shares, at)
      return shares
    })
  }

  override rowScores(features: VectorForm): WriteNumbers {
    const shares = this.shares()
    const { numClasses } = this
    const trees = rowTrees(features, nodesOf(this.trees))
    return leafSums(trees, numClasses, (t, node, k) => shares[t][node * numClasses + k])
  }

  protected override softening(): Softening {
    return printable(sharesOf, this.numClasses)
  }

  override rawToProbability(raw: Float64Array): void {
    shareRows(raw, this.softening(), this.numClasses, this.uid)
  }

  override toString(): string {
    return `RandomForestClassificationModel: uid=${this.uid}, numTrees=${this.trees.length}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}

/**
 * Random forest for classification (Spark's `RandomForestClassifier`): trees that are each grown on a bag of the rows, and
 * choose each split from a part of the features; each votes with the shares of the classes in its leaf.
 *
 * **Objective, candidates, leaves, labels** of each tree are those of `DecisionTreeClassifier`.
 *
 * **Draws** With `bootstrap` (default), the bag of a tree holds each row as often as a Poisson draw of mean
 * `subsamplingRate` says; without it, each row is in with that probability. `featureSubsetStrategy` says how many features
 * each node may choose from: `auto` takes the square root of their number, or all where there is one tree. `seed` decides
 * both; the same seed on the same partitions draws what Spark draws. An empty bag gives a tree without votes.
 *
 * **Shapes** n rows × d features.
 *
 * **Null, NaN, errors** as of `DecisionTreeClassifier`.
 *
 * **Cost** for each tree, additions of rows in the bag × features of a node a level; in memory the rows, a bin of each
 * value, and two numbers for each row and tree.
 *
 * **Differs from Spark** as `DecisionTreeClassifier`. `maxMemoryInMB` limits no memory; it decides how many nodes draw their
 * features in one round, as in Spark.
 * Options that are off by default and not in Spark, see `docs/beyond-spark.md`: `maxLeaves` (growth leaf by leaf),
 * `monotoneConstraints`, `handleMissing` (NaN goes where it lowers the impurity most), `classWeight` ("balanced").
 *
 * **Reference** Breiman, Random forests (2001), doi:10.1023/A:1010933404324; `org.apache.spark.ml.tree.impl.RandomForest`.
 *
 * @example
 * ```ts
 * import { createDataFrame, RandomForestClassifier, Vectors } from 'ridgeline'
 * const data = createDataFrame(
 *   Array.from({ length: 40 }, (_, i) => ({ features: Vectors.dense(i, i % 4), label: i < 20 ? 0 : 1 })),
 * )
 * const model = await new RandomForestClassifier({ numTrees: 5, maxDepth: 2, seed: 42 }).fit(data)
 * console.log(model.predict(Vectors.dense(35, 0)), model.predict(Vectors.dense(3, 0))) // 1 0
 * ```
 */
export class RandomForestClassifier extends estimator(
  'org.apache.spark.ml.classification.RandomForestClassifier',
  params,
  RandomForestClassificationModel,
) {
  /** Impurities that `impurity` names. */
  static readonly supportedImpurities = classificationImpurities
  /** Subsets that `featureSubsetStrategy` names, beside numbers. */
  static readonly supportedFeatureSubsetStrategies = featureSubsetStrategies

  protected override async train(data: DataFrame, options: FitOptions): Promise<RandomForestClassificationModel> {
    const fit = await fitTrees(this, data, options, countClasses(this, data.schema))
    const { trees, numFeatures, numClasses, blocks } = fit
    const model = new RandomForestClassificationModel({
      trees: trees.map((nodes, i) =>
        new DecisionTreeClassificationModel({ nodes, numFeatures, numClasses }, `${this.uid}_${i}`).copyValuesFrom(
          this,
        ),
      ),
      treeWeights: trees.map(() => 1),
      numFeatures,
      numClasses,
    })
    // The summary asks the model with the parameters of this estimator.
    const trainingSummary = randomForestTrainingSummary(model.copyValuesFrom(this), data, blocks)
    return Object.assign(model, { trainingSummary })
  }
}
