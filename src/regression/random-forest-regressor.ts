import { regressionForest } from '../param/tree-params.js'
import { modelOver } from '../pipeline/define.js'
import type { VectorColumn } from '../sql/batch.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { leavesOf } from '../tree/leaves.js'
import type { DecisionTreeRegressionModel } from './decision-tree-regressor.js'
import { RegressionModel } from './regression-model.js'

const params = regressionForest('org.apache.spark.ml.regression.RandomForestRegressor')

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
 */
export class RandomForestRegressionModel extends modelOver(
  ensembleOver<RegressionModel, DecisionTreeRegressionModel>(RegressionModel, { isClassifier: false, perTree: true }),
  'org.apache.spark.ml.regression.RandomForestRegressionModel',
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
    // So that getNumTrees() tells the trees that there are, also where no estimator has set it.
    this.restoreDefaults({ numTrees: state.trees.length })
  }

  override predictions(features: VectorColumn, length: number): Float64Array {
    const trees = nodesOf(this.trees)
    const leaves = leavesOf(trees, features, length)
    const sums = new Float64Array(length)
    trees.forEach(({ prediction }, tree) => {
      for (let row = 0; row < length; row++) sums[row] += prediction[leaves[tree * length + row]]
    })
    return sums.map((sum) => sum / trees.length)
  }

  override toString(): string {
    return `RandomForestRegressionModel: uid=${this.uid}, numTrees=${this.trees.length}, numFeatures=${this.numFeatures}`
  }
}
