import { probabilisticClassifier } from '../param/shared.js'
import { state } from '../param/state.js'
import { boostedClassification } from '../param/tree-params.js'
import { modelOver } from '../pipeline/define.js'
import type { DecisionTreeRegressionModel } from '../regression/decision-tree-regressor.js'
import type { VectorColumn } from '../sql/batch.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { weightedSums } from '../tree/weighted-sum.js'
import { ProbabilisticClassificationModel } from './classification-model.js'

const params = {
  ...probabilisticClassifier,
  ...boostedClassification('org.apache.spark.ml.classification.GBTClassifier'),
}

/**
 * Fitted boosted classification trees for two classes (Spark's `GBTClassificationModel`): the sum of the trees' predictions,
 * weighted by `treeWeights`, is the margin m of class 1, half its log-odds.
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
 */
export class GBTClassificationModel extends modelOver(
  ensembleOver<ProbabilisticClassificationModel, DecisionTreeRegressionModel>(ProbabilisticClassificationModel, {
    isClassifier: false,
    perTree: false,
  }),
  'org.apache.spark.ml.classification.GBTClassificationModel',
  params,
  { ...ensembleState<DecisionTreeRegressionModel>(), numClasses: state.int('Number of classes.') },
) {
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
    requireTrees(this.uid, state.trees, state.treeWeights)
  }

  /** Number of trees. */
  getNumTrees(): number {
    return this.trees.length
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    const margins = weightedSums(nodesOf(this.trees), this.treeWeights, features, length)
    const raw = new Float64Array(2 * length)
    for (let row = 0; row < length; row++) {
      raw[2 * row] = -margins[row]
      raw[2 * row + 1] = margins[row]
    }
    return raw
  }

  override rawToProbability(raw: Float64Array): void {
    for (let at = 0; at < raw.length; at += 2) {
      raw[at] = 1 / (1 + Math.exp(-2 * raw[at]))
      raw[at + 1] = 1 - raw[at]
    }
  }

  override toString(): string {
    return `GBTClassificationModel: uid = ${this.uid}, numTrees=${this.trees.length}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}
