import { probabilisticClassifier } from '../param/shared.js'
import { state } from '../param/state.js'
import { classificationImpurities, classificationTree } from '../param/tree-params.js'
import { estimator, modelOver } from '../pipeline/define.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { VectorColumn } from '../sql/batch.js'
import type { DataFrame } from '../sql/dataframe.js'
import { printable, type VectorForm, type WriteNumbers } from '../sql/row-form.js'
import { fitTrees } from '../tree/fit-trees.js'
import { leavesOf } from '../tree/leaves.js'
import type { TreeNodes } from '../tree/nodes.js'
import { leafSums, rowTrees } from '../tree/row-trees.js'
import { treeLayout } from '../tree/spark-layout.js'
import { requireTree, treeOver, treeState } from '../tree/tree-model.js'
import { ProbabilisticClassificationModel } from './classification-model.js'
import { countClasses } from './count-classes.js'
import { type Softening, shareRows, sharesOf } from './decisions.js'

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
 * **Errors** DataError for a null or a vector of another length, and for probabilities in a leaf whose rows all had the
 * weight 0; ParamError for nodes that are no tree, and for another number of thresholds than classes.
 *
 * **Cost** one comparison a level for each row.
 *
 * **Differs from Spark** nothing.
 *
 * @example
 * ```ts
 * import { createDataFrame, DecisionTreeClassifier, Vectors } from 'ridgeline'
 * const data = createDataFrame([1, 2, 3, 4].map((x) => ({ features: Vectors.dense(x), label: x > 2 ? 1 : 0 })))
 * const model = await new DecisionTreeClassifier().fit(data)
 * console.log(model.predict(Vectors.dense(3)), model.predictProbability(Vectors.dense(3)).toString()) // 1 [0.0,1.0]
 * ```
 */
export class DecisionTreeClassificationModel extends modelOver(
  treeOver(ProbabilisticClassificationModel, true),
  'org.apache.spark.ml.classification.DecisionTreeClassificationModel',
  params,
  { ...treeState, numClasses: state.int('Number of classes.') },
) {
  static readonly sparkLayout = treeLayout('numFeatures', 'numClasses')

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
    const leaves = leavesOf([this.nodes], features, length)
    for (let row = 0; row < length; row++) {
      const from = leaves[row] * numClasses
      for (let k = 0; k < numClasses; k++) raw[row * numClasses + k] = impurityStats[from + k]
    }
    return raw
  }

  override rawToProbability(raw: Float64Array): void {
    shareRows(raw, this.softening(), this.numClasses, this.uid)
  }

  override rowScores(features: VectorForm): WriteNumbers {
    const { impurityStats } = this.nodes
    const { numClasses } = this
    return leafSums(rowTrees(features, [this.nodes]), numClasses, (_, node, k) => impurityStats[node * numClasses + k])
  }

  protected override softening(): Softening {
    return printable(sharesOf, this.numClasses)
  }

  override toString(): string {
    return `DecisionTreeClassificationModel: uid=${this.uid}, depth=${this.depth}, numNodes=${this.numNodes}, numClasses=${this.numClasses}, numFeatures=${this.numFeatures}`
  }
}

/**
 * Classification tree (Spark's `DecisionTreeClassifier`): the rows are split in two, again and again, where the impurity of
 * the classes falls most.
 *
 * **Objective** of a split, with weights `W`: `impurity − (W left / W) impurity left − (W right / W) impurity right`, the
 * gain, is largest. The impurity of shares `p` is `1 − Σ p²` (gini) or `− Σ p log₂ p` (entropy). Of equal splits the first
 * is taken: by feature, then by threshold.
 *
 * **Candidates** Each feature is cut into at most `maxBins` bins at half-way points between values: all of them, or quantiles
 * by weight, taken from a sample of `maxBins²`, at least 10,000, rows where there are more. A feature whose ML attribute is
 * nominal or binary is categorical, and takes as many bins as it has categories. Two classes: its categories are put in the
 * order of the weight of the second class, and cut there. More classes: all ways to divide them in two are tried where there
 * are few, up to `log₂(maxBins / 2 + 1) + 1` categories; else they are put in the order of their impurity.
 *
 * **Leaves** A node is not split at `maxDepth`, where no split has a gain above 0 and at least `minInfoGain`, or where a
 * child would have fewer than `minInstancesPerNode` rows or less than `minWeightFractionPerNode` of all weight. Two leaves
 * that predict the same class become one. `cacheNodeIds`, `checkpointInterval`, `maxMemoryInMB` change nothing here.
 *
 * **Labels** 0, 1, 2, …: as many classes as the ML attribute of the column says, else up to the largest label. A single
 * class gives one leaf.
 *
 * **Shapes** n rows × d features.
 *
 * **Null, NaN** A null, a label that is no class, a feature that is not finite, a weight that is negative or not finite, a
 * value that is no category of its feature is a DataError naming column and row.
 *
 * **Errors** ParamError when a feature has more categories than `maxBins`, or than there are rows, and for another number of
 * `thresholds` than classes; DataError without rows or features, and for vectors of different lengths.
 *
 * **Cost** n d additions a level; the rows and a bin of each value are in memory.
 *
 * **Differs from Spark** Up to 16,384 rows, sums are formed in Spark's order, partition after partition, so that equally good
 * splits are told apart as Spark does, for any number of partitions. With more rows, sums are exact, of numbers that are rounded
 * to about one part in 10^10: splits that divide the rows alike are equally good, and the first one is taken. A category that is
 * no whole number is refused.
 * Options that are off by default and not in Spark, see `docs/beyond-spark.md`: `maxLeaves` (growth leaf by leaf),
 * `monotoneConstraints`, `handleMissing` (NaN goes where it lowers the impurity most), `classWeight` ("balanced").
 *
 * **Reference** Breiman, Friedman, Olshen, Stone, Classification and regression trees (1984), doi:10.1201/9781315139470;
 * `org.apache.spark.ml.tree.impl.RandomForest`.
 *
 * @example
 * ```ts
 * import { createDataFrame, DecisionTreeClassifier, Vectors } from 'ridgeline'
 * const data = createDataFrame([
 *   { features: Vectors.dense(1, 5), label: 0 },
 *   { features: Vectors.dense(2, 3), label: 0 },
 *   { features: Vectors.dense(3, 4), label: 1 },
 *   { features: Vectors.dense(4, 2), label: 1 },
 * ])
 * const model = await new DecisionTreeClassifier().fit(data)
 * console.log(model.predict(Vectors.dense(3.5, 0)), model.rootNode.isLeaf) // 1 false
 * ```
 */
export class DecisionTreeClassifier extends estimator(
  'org.apache.spark.ml.classification.DecisionTreeClassifier',
  params,
  DecisionTreeClassificationModel,
) {
  /** Impurities that `impurity` names. */
  static readonly supportedImpurities = classificationImpurities

  protected override async train(data: DataFrame, options: FitOptions): Promise<DecisionTreeClassificationModel> {
    const { trees, numFeatures, numClasses } = await fitTrees(this, data, options, countClasses(this, data.schema))
    return new DecisionTreeClassificationModel({ nodes: trees[0], numFeatures, numClasses })
  }
}
