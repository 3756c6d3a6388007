import { probabilisticClassifier } from '../param/shared.js'
import { state } from '../param/state.js'
import { classificationForest } from '../param/tree-params.js'
import { modelOver } from '../pipeline/define.js'
import type { VectorColumn } from '../sql/batch.js'
import { ensembleOver, ensembleState, nodesOf, requireTrees } from '../tree/ensemble-model.js'
import { leavesOf } from '../tree/leaves.js'
import { ProbabilisticClassificationModel } from './classification-model.js'
import type { DecisionTreeClassificationModel } from './decision-tree-classifier.js'
import { normalizeRows } from './decisions.js'

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
    requireTrees(this.uid, state.trees, state.treeWeights)
    // So that getNumTrees() tells the trees that there are, also where no estimator has set it.
    this.restoreDefaults({ numTrees: state.trees.length })
  }

  override rawScores(features: VectorColumn, length: number): Float64Array {
    const { numClasses } = this
    const trees = nodesOf(this.trees)
    const leaves = leavesOf(trees, features, length)
    const votes = new Float64Array(length * numClasses)
    trees.forEach(({ impurityStats }, tree) => {
      const shares = impurityStats.slice()
      normalizeRows(shares, numClasses)
      for (let row = 0; row < length; row++) {
        const from = leaves[tree * length + row] * numClasses
        for (let k = 0; k < numClasses; k++) votes[row * numClasses + k] += shares[from + k]
      }
    })
    return votes
  }

  override rawToProbability(raw: Float64Array): void {
    normalizeRows(raw, this.numClasses)
  }

  override toString(): string {
    return `RandomForestClassificationModel: uid=${this.uid}, numTrees=${this.trees.length}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}
