import { boostedRegression } from '../param/tree-params.js'
import { modelOver } from '../pipeline/define.js'
import type { VectorColumn } from '../sql/batch.js'
import { fieldOf, type StructField, type StructType } from '../sql/types.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { weightedSums } from '../tree/weighted-sum.js'
import type { DecisionTreeRegressionModel } from './decision-tree-regressor.js'
import { RegressionModel } from './regression-model.js'

const params = boostedRegression('org.apache.spark.ml.regression.GBTRegressor')

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
 */
export class GBTRegressionModel extends modelOver(
  ensembleOver<RegressionModel, DecisionTreeRegressionModel>(RegressionModel, { isClassifier: false, perTree: false }),
  'org.apache.spark.ml.regression.GBTRegressionModel',
  params,
  ensembleState<DecisionTreeRegressionModel>(),
) {
  constructor(
    state: {
      readonly trees: readonly DecisionTreeRegressionModel[]
      readonly treeWeights: readonly number[]
      readonly numFeatures: number
    },
    uid?: string,
  ) {
    super(state, uid)
    requireTrees(this.uid, state.trees, state.treeWeights)
  }

  /** Number of trees. */
  getNumTrees(): number {
    return this.trees.length
  }

  override predictions(features: VectorColumn, length: number): Float64Array {
    return weightedSums(nodesOf(this.trees), this.treeWeights, features, length)
  }

  /** Spark marks the predictions with the metadata of the features. */
  protected override outputs(schema: StructType): StructField[] {
    const { metadata } = fieldOf(schema, this.getFeaturesCol(), this.uid)
    const predictionCol = this.makes('predictionCol') ? this.getPredictionCol() : undefined
    return super.outputs(schema).map((field) => (field.name === predictionCol ? { ...field, metadata } : field))
  }

  override toString(): string {
    return `GBTRegressionModel: uid=${this.uid}, numTrees=${this.trees.length}, numFeatures=${this.numFeatures}`
  }
}
