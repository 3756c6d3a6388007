import { probabilisticClassifier } from '../param/shared.js'
import { state } from '../param/state.js'
import { classificationTree } from '../param/tree-params.js'
import { modelOver } from '../pipeline/define.js'
import type { VectorColumn } from '../sql/batch.js'
import { leavesOf } from '../tree/leaves.js'
import type { TreeNodes } from '../tree/nodes.js'
import { requireTree, treeOver, treeState } from '../tree/tree-model.js'
import { ProbabilisticClassificationModel } from './classification-model.js'
import { normalizeRows } from './decisions.js'

const params = {
  ...probabilisticClassifier,
  ...classificationTree('org.apache.spark.ml.classification.DecisionTreeClassifier'),
}

/**
 * Fitted classification tree (Spark's `DecisionTreeClassificationModel`): a row falls through the splits into a leaf, whose
 * training rows tell how likely each class is. A value that is at most the threshold of a split goes left, as does a
 * category that the split lists.
 *
 * **Shapes** features: vectors of length `numFeatures`; rawPrediction: vector, the weight of the training rows of each class
 * in the leaf; probability: vector, these as shares of 1; prediction: double, the class of the largest, or by `thresholds`;
 * `leafCol`: double, the number of the leaf from the left.
 *
 * **Null, NaN** a null vector is a DataError. NaN is not at most any threshold and goes right. What is no category goes
 * where more than half of the categories of a split go, else right.
 *
 * **Errors** DataError for a null or a vector of another length; ParamError for nodes that are no tree, and for another
 * number of thresholds than classes.
 *
 * **Cost** one comparison a level for each row.
 *
 * **Differs from Spark** nothing.
 */
export class DecisionTreeClassificationModel extends modelOver(
  treeOver(ProbabilisticClassificationModel, true),
  'org.apache.spark.ml.classification.DecisionTreeClassificationModel',
  params,
  { ...treeState, numClasses: state.int('Number of classes.') },
) {
  constructor(
    state: { readonly nodes: TreeNodes; readonly numFeatures: number; readonly numClasses: number },
    uid?: string,
  ) {
    super(state, uid)
    requireTree(this.uid, state.nodes, state.numFeatures, state.numClasses)
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    const { numClasses } = this
    const { impurityStats } = this.nodes
    const raw = new Float64Array(length * numClasses)
    leavesOf([this.nodes], features, length).forEach((leaf, row) => {
      const start = leaf * numClasses
      raw.set(impurityStats.subarray(start, start + numClasses), row * numClasses)
    })
    return raw
  }

  override rawToProbability(raw: Float64Array): void {
    normalizeRows(raw, this.numClasses)
  }

  override toString(): string {
    return `DecisionTreeClassificationModel: uid=${this.uid}, depth=${this.depth}, numNodes=${this.numNodes}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}
