import { regressionImpurities, regressionTree } from '../param/tree-params.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import type { ReadNumber, RowForm, VectorForm } from '../sql/row-form.js'
import type { StructField, StructType } from '../sql/types.js'
import { fitTrees } from '../tree/fit-trees.js'
import { leavesOf } from '../tree/leaves.js'
import { type TreeNodes, VARIANCE_STATS } from '../tree/nodes.js'
import { leafSum, rowTrees } from '../tree/row-trees.js'
import { treeLayout } from '../tree/spark-layout.js'
import { requireTree, treeOver, treeState } from '../tree/tree-model.js'
import { predictionField } from './prediction-field.js'
import { RegressionModel } from './regression-model.js'

const params = regressionTree('org.apache.spark.ml.regression.DecisionTreeRegressor')

/**
 * Fitted regression tree (Spark's `DecisionTreeRegressionModel`): a row falls through the splits into a leaf, which predicts
 * the mean label of its training rows. A value that is at most the threshold of a split goes left, as does a category that
 * the split lists.
 *
 * **Shapes** features: vectors of length `numFeatures`; prediction: double, in the units of the label; `varianceCol`: double,
 * the variance of the training labels in the leaf, in squared units; `leafCol`: double, the number of the leaf from the left.
 *
 * **Null, NaN** a null vector is a DataError. NaN is not at most any threshold and goes right. What is no category goes
 * where more than half of the categories of a split go, else right.
 *
 * **Errors** DataError for a null or a vector of another length; ParamError for nodes that are no tree.
 *
 * **Cost** one comparison a level for each row.
 *
 * **Differs from Spark** nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, DecisionTreeRegressor, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4].map((x) => ({ features: Vectors.dense(x), label: x > 2 ? 8 : 2 })))
 * const model = await new DecisionTreeRegressor().fit(data)
 * console.log(model.predict(Vectors.dense(2.9)), model.depth, model.numNodes) // 8 1 3
 * console.log(model.rootNode.split) // { featureIndex: 0, threshold: 2.5 }
 * ```
 */
export class DecisionTreeRegressionModel extends modelOver(
  treeOver(RegressionModel, false),
  'org.apache.spark.ml.regression.DecisionTreeRegressionModel',
  params,
  treeState,
) {
  static readonly sparkLayout = treeLayout('numFeatures')

  constructor(state: { readonly nodes: TreeNodes; readonly numFeatures: number }, uid?: string) {
    super(state, uid)
    requireTree(this.uid, state.nodes, state.numFeatures, VARIANCE_STATS)
  }

  override predictions(features: VectorColumn, length: number): Float64Array {
    return Float64Array.from(leavesOf([this.nodes], features, length), (leaf) => this.nodes.prediction[leaf])
  }

  protected override rowPrediction(features: VectorForm): ReadNumber | undefined {
    return leafSum(rowTrees(features, [this.nodes]), (_, node) => this.nodes.prediction[node])
  }

  protected override outputForms(features: VectorForm): RowForm[] | undefined {
    const forms = super.outputForms(features)
    if (!this.makes('varianceCol')) return forms
    const read = leafSum(rowTrees(features, [this.nodes]), (_, node) => this.variance(node))
    forms?.splice(this.makes('predictionCol') ? 1 : 0, 0, { kind: 'number', read })
    return forms
  }

  protected override outputs(schema: StructType): StructField[] {
    const fields = super.outputs(schema)
    const name = this.makes('varianceCol') ? this.getVarianceCol() : ''
    if (name !== '') fields.splice(this.makes('predictionCol') ? 1 : 0, 0, predictionField(name))
    return fields
  }

  protected override outputColumns(features: VectorColumn, length: number): ColumnData[] {
    const columns = super.outputColumns(features, length)
    if (!this.makes('varianceCol')) return columns
    const variances = Float64Array.from(leavesOf([this.nodes], features, length), (leaf) => this.variance(leaf))
    columns.splice(this.makes('predictionCol') ? 1 : 0, 0, { kind: 'f64', data: variances, valid: null })
    return columns
  }

  /** Of the training labels of a node, from its sums: the impurity itself is not known where no split was valid. */
  private variance(node: number): number {
    const [weight, sum, squares] = this.nodes.impurityStats.subarray(3 * node, 3 * node + 3)
    return weight === 0 ? 0 : (squares - (sum * sum) / weight) / weight
  }

  override toString(): string {
    return `DecisionTreeRegressionModel: uid=${this.uid}, depth=${this.depth}, numNodes=${this.numNodes}, numFeatures=${this.numFeatures}`
  }
}

/**
 * Regression tree (Spark's `DecisionTreeRegressor`): the rows are split in two, again and again, where the variance of the
 * label falls most.
 *
 * **Objective** of a split, with weights `W`: `variance − (W left / W) variance left − (W right / W) variance right`, the
 * gain, is largest. Of equal splits the first is taken: by feature, then by threshold.
 *
 * **Candidates** Each feature is cut into at most `maxBins` bins at half-way points between values: all of them, or quantiles
 * by weight, taken from a sample of `maxBins²`, at least 10,000, rows where there are more. A feature whose ML attribute is
 * nominal or binary is categorical: its categories are put in the order of their mean labels, and cut there. It takes as
 * many bins as it has categories.
 *
 * **Leaves** A node is not split at `maxDepth`, where no split has a gain above 0 and at least `minInfoGain`, or where a
 * child would have fewer than `minInstancesPerNode` rows or less than `minWeightFractionPerNode` of all weight. Two leaves
 * that predict the same become one. `cacheNodeIds`, `checkpointInterval`, `maxMemoryInMB` change nothing here.
 *
 * **Shapes** n rows × d features.
 *
 * **Null, NaN** A null, a label or feature that is not finite, a weight that is negative or not finite, a value that is no
 * category of its feature is a DataError naming column and row.
 *
 * **Errors** ParamError when a feature has more categories than `maxBins`, or than there are rows; DataError without rows or
 * features, and for vectors of different lengths.
 *
 * **Cost** n d additions a level; the rows and a bin of each value are in memory.
 *
 * **Differs from Spark** Up to 16,384 rows, sums are formed in Spark's order, partition after partition, so that equally good
 * splits are told apart as Spark does, for any number of partitions. With more rows, sums are exact, of numbers that are rounded
 * to about one part in 10^10: splits that divide the rows alike are equally good, and the first one is taken. A category that is
 * no whole number is refused.
 * Options that are off by default and not in Spark, see `docs/beyond-spark.md`: `maxLeaves` (growth leaf by leaf),
 * `monotoneConstraints`, `handleMissing` (NaN goes where it lowers the impurity most).
 *
 * **Reference** Breiman, Friedman, Olshen, Stone, Classification and regression trees (1984), doi:10.1201/9781315139470;
 * `org.apache.spark.ml.tree.impl.RandomForest`.
 *
 * @example
 * ```ts
 * import { createDataFrame, DecisionTreeRegressor, Vectors } from 'ridgeline'
 * const data = createDataFrame([
 *   { features: Vectors.dense(1, 5), label: 1 },
 *   { features: Vectors.dense(2, 3), label: 1 },
 *   { features: Vectors.dense(3, 4), label: 7 },
 *   { features: Vectors.dense(4, 2), label: 9 },
 * ])
 * const model = await new DecisionTreeRegressor({ maxDepth: 1 }).fit(data)
 * console.log(model.predict(Vectors.dense(3.5, 0))) // 8
 * console.log(model.featureImportances.toString()) // (2,[0],[1.0])
 * ```
 */
export class DecisionTreeRegressor extends estimator(
  'org.apache.spark.ml.regression.DecisionTreeRegressor',
  params,
  DecisionTreeRegressionModel,
) {
  /** Impurities that `impurity` names. */
  static readonly supportedImpurities = regressionImpurities

  protected override async train(data: DataFrame, options: FitOptions): Promise<DecisionTreeRegressionModel> {
    const { trees, numFeatures } = await fitTrees(this, data, options)
    return new DecisionTreeRegressionModel({ nodes: trees[0], numFeatures })
  }
}
