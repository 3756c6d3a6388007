import { regressionTree } from '../param/tree-params.js'
import { modelOver } from '../pipeline/define.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { StructField, StructType } from '../sql/types.js'
import { leavesOf } from '../tree/leaves.js'
import type { TreeNodes } from '../tree/nodes.js'
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
 */
export class DecisionTreeRegressionModel extends modelOver(
  treeOver(RegressionModel, false),
  'org.apache.spark.ml.regression.DecisionTreeRegressionModel',
  params,
  treeState,
) {
  constructor(state: { readonly nodes: TreeNodes; readonly numFeatures: number }, uid?: string) {
    super(state, uid)
    requireTree(this.uid, state.nodes, state.numFeatures, 3)
  }

  override predictions(features: VectorColumn, length: number): Float64Array {
    return Float64Array.from(leavesOf([this.nodes], features, length), (leaf) => this.nodes.prediction[leaf])
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
