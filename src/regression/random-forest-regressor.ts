import { featureSubsetStrategies, regressionForest, regressionImpurities } from '../param/tree-params.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import { printable, type ReadNumber, type VectorForm } from '../sql/row-form.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { fitTrees } from '../tree/fit-trees.js'
import { VARIANCE_STATS } from '../tree/nodes.js'
import { leafSum, rowTrees } from '../tree/row-trees.js'
import { ensembleLayout } from '../tree/spark-layout.js'
import { TreeSums } from '../tree/tree-sums.js'
import { DecisionTreeRegressionModel } from './decision-tree-regressor.js'
import { RegressionModel } from './regression-model.js'

const params = regressionForest('org.apache.spark.ml.regression.RandomForestRegressor')

const quotient =
  (read: ReadNumber, divisor: number): ReadNumber =>
  (row) =>
    read(row) / divisor

/**
 * Fitted forest of regression trees (Spark's `RandomForestRegressionModel`): the prediction is the mean of the trees'.
 *
 * **Shapes** features: vectors of length `numFeatures`; prediction: double, in the units of the label; `leafCol`: vector with
 * the number of the leaf of each tree.
 *
 * **Null, NaN, errors** as of one tree, see `DecisionTreeRegressionModel`.
 *
 * **Cost** one comparison a level for each row and tree.
 *
 * **Differs from Spark** the trees are named after the forest, not at random.
 *
 * @example
 * ```ts
 * import { createDataFrame, RandomForestRegressor, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4].map((x) => ({ features: Vectors.dense(x), label: x > 2 ? 8 : 2 })))
 * const model = await new RandomForestRegressor({ numTrees: 3, seed: 1 }).fit(data)
 * console.log(model.trees.length, model.treeWeights) // 3 [ 1, 1, 1 ]
 * console.log(model.predictLeaf(Vectors.dense(4)).size) // 3
 * ```
 */
export class RandomForestRegressionModel extends modelOver(
  ensembleOver<RegressionModel, DecisionTreeRegressionModel>(RegressionModel, { isClassifier: false, perTree: true }),
  'org.apache.spark.ml.regression.RandomForestRegressionModel',
  params,
  ensembleState<DecisionTreeRegressionModel>(),
) {
  static readonly sparkLayout = ensembleLayout(['numFeatures'])

  /** Made when it is first asked for. */
  private sums: TreeSums | undefined

  constructor(
    state: {
      readonly trees: readonly DecisionTreeRegressionModel[]
      readonly treeWeights: readonly number[]
      readonly numFeatures: number
    },
    uid?: string,
  ) {
    super(state, uid)
    requireTrees(this.uid, state, VARIANCE_STATS)
    // So that getNumTrees() tells the trees that there are, also where no estimator has set it.
    this.restoreDefaults({ numTrees: state.trees.length })
  }

  override predictions(features: VectorColumn, length: number): Float64Array {
    this.sums ??= TreeSums.ofPredictions(nodesOf(this.trees), null)
    const sums = this.sums.of(features, length)
    for (let row = 0; row < length; row++) sums[row] /= this.trees.length
    return sums
  }

  protected override rowPrediction(features: VectorForm): ReadNumber {
    const nodes = nodesOf(this.trees)
    const sum = leafSum(rowTrees(features, nodes), (t, node) => nodes[t].prediction[node])
    return printable(quotient, sum, this.trees.length)
  }

  override toString(): string {
    return `RandomForestRegressionModel: uid=${this.uid}, numTrees=${this.trees.length}, numFeatures=${this.numFeatures}`
  }
}

/**
 * Random forest for regression (Spark's `RandomForestRegressor`): trees that are each grown on a bag of the rows, and choose
 * each split from a part of the features; the forest predicts their mean.
 *
 * **Objective, candidates, leaves** of each tree are those of `DecisionTreeRegressor`.
 *
 * **Draws** With `bootstrap` (default), the bag of a tree holds each row as often as a Poisson draw of mean
 * `subsamplingRate` says; without it, each row is in with that probability. `featureSubsetStrategy` says how many features
 * each node may choose from: `auto` takes a third, or all where there is one tree. `seed` decides both; the same seed on the
 * same partitions draws what Spark draws. An empty bag gives a tree that predicts 0.
 *
 * **Shapes** n rows × d features.
 *
 * **Null, NaN, errors** as of `DecisionTreeRegressor`.
 *
 * **Cost** for each tree, additions of rows in the bag × features of a node a level; in memory the rows, a bin of each
 * value, and two numbers for each row and tree.
 *
 * **Differs from Spark** as `DecisionTreeRegressor`. `maxMemoryInMB` limits no memory; it decides how many nodes draw their
 * features in one round, as in Spark.
 * Options that are off by default and not in Spark, see `docs/beyond-spark.md`: `maxLeaves` (growth leaf by leaf),
 * `monotoneConstraints`, `handleMissing` (NaN goes where it lowers the impurity most).
 *
 * **Reference** Breiman, Random forests (2001), doi:10.1023/A:1010933404324; `org.apache.spark.ml.tree.impl.RandomForest`.
 *
 * @example
 * ```ts
 * import { createDataFrame, RandomForestRegressor, Vectors } from 'ridgeline'
 * const data = createDataFrame(
 *   Array.from({ length: 40 }, (_, i) => ({ features: Vectors.dense(i, i % 4), label: i < 20 ? 1 : 5 })),
 * )
 * const model = await new RandomForestRegressor({ numTrees: 5, maxDepth: 2, seed: 42 }).fit(data)
 * console.log(model.predict(Vectors.dense(35, 0)) > model.predict(Vectors.dense(3, 0))) // true
 * ```
 */
export class RandomForestRegressor extends estimator(
  'org.apache.spark.ml.regression.RandomForestRegressor',
  params,
  RandomForestRegressionModel,
) {
  /** Impurities that `impurity` names. */
  static readonly supportedImpurities = regressionImpurities
  /** Subsets that `featureSubsetStrategy` names, beside numbers. */
  static readonly supportedFeatureSubsetStrategies = featureSubsetStrategies

  protected override async train(data: DataFrame, options: FitOptions): Promise<RandomForestRegressionModel> {
    const { trees, numFeatures } = await fitTrees(this, data, options)
    return new RandomForestRegressionModel({
      trees: trees.map((nodes, i) =>
        new DecisionTreeRegressionModel({ nodes, numFeatures }, `${this.uid}_${i}`).copyValuesFrom(this),
      ),
      treeWeights: trees.map(() => 1),
      numFeatures,
    })
  }
}
