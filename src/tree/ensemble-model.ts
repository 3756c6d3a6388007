import { ParamError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { stagesState, state } from '../param/state.js'
import type { PredictionModel } from '../pipeline/prediction-model.js'
import { rowNumbers } from '../scoring/slot-forms.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { RowForm, VectorForm } from '../sql/row-form.js'
import type { StructField, StructType } from '../sql/types.js'
import { ensembleText } from './debug-text.js'
import { featureImportances } from './importance.js'
import { leavesColumn, leavesField } from './leaf-columns.js'
import { leavesOf } from './leaves.js'
import { leafNumbers, nodeCount, type TreeNodes } from './nodes.js'
import { leafSums, rowTrees } from './row-trees.js'
import type { TreeMembers } from './tree-model.js'

/** State of an ensemble whose trees are models of class `T`. */
export const ensembleState = <T>() => ({
  trees: stagesState<T>('The fitted trees, in order.'),
  treeWeights: state.doubles('Weight of each tree.'),
  numFeatures: state.int('Number of features.'),
})

/** What every ensemble of trees has (Spark's `TreeEnsembleModel`). */
export interface EnsembleMembers<T> {
  /** The fitted trees, in order. */
  readonly trees: readonly T[]
  /** Weight of each tree. */
  readonly treeWeights: readonly number[]
  /** Number of nodes of all trees, leaves included. */
  readonly totalNumNodes: number
  /**
   * Importance of each feature: gain times weight of the rows, summed over the nodes that split on it, as shares of 1;
   * in a forest, each tree counts alike. Features that nothing splits on are left out of the sparse vector.
   */
  readonly featureImportances: Vector
  /** The trees as text, in Spark's words. */
  toDebugString(): string
  /**
   * Number of the leaf that a row falls in, counted from the left, in each tree.
   * @throws ParamError for anything but a vector; DataError when it has another length.
   */
  predictLeaf(features: Vector): Vector
}

/** The constructor signature that TypeScript requires of a mixin base. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Base<B> = abstract new (...args: any[]) => B

/**
 * A base class for ensembles of trees: the family's own, and on top what every ensemble has, with the column of leaves.
 * @param kind `isClassifier`: whether the trees tell classes; `perTree`: whether importances are shares within each tree.
 */
export function ensembleOver<B extends PredictionModel, T extends TreeMembers>(
  Family: Base<B>,
  kind: { readonly isClassifier: boolean; readonly perTree: boolean },
): Base<B & EnsembleMembers<T>> {
  abstract class EnsembleModel extends (Family as Base<PredictionModel>) implements EnsembleMembers<T> {
    declare readonly trees: readonly T[]
    declare readonly treeWeights: readonly number[]

    get totalNumNodes(): number {
      return this.trees.reduce((sum, { nodes }) => sum + nodeCount(nodes), 0)
    }
    get featureImportances(): Vector {
      return featureImportances(nodesOf(this.trees), this.numFeatures, kind)
    }
    toDebugString(): string {
      return ensembleText(this.toString(), nodesOf(this.trees), this.treeWeights)
    }
    predictLeaf(features: Vector): Vector {
      const trees = nodesOf(this.trees)
      const column = leavesColumn(trees, leavesOf(trees, this.row(features), 1), 1) as VectorColumn
      return Vectors.dense(column.values)
    }

    protected override outputs(schema: StructType): StructField[] {
      if (!this.makes('leafCol')) return super.outputs(schema)
      return [...super.outputs(schema), leavesField(this.getOrDefault('leafCol') as string, nodesOf(this.trees))]
    }
    protected override outputForms(features: VectorForm): RowForm[] | undefined {
      const forms = super.outputForms(features)
      if (!this.makes('leafCol')) return forms
      const trees = nodesOf(this.trees)
      const numbers = trees.map(leafNumbers)
      const write = leafSums(rowTrees(features, trees), 1, (t, node) => numbers[t][node], trees.length)
      return forms && [...forms, rowNumbers(trees.length, write).form]
    }
    protected override outputColumns(features: VectorColumn, length: number): ColumnData[] {
      const columns = super.outputColumns(features, length)
      if (!this.makes('leafCol')) return columns
      const trees = nodesOf(this.trees)
      columns.push(leavesColumn(trees, leavesOf(trees, features, length), length))
      return columns
    }
  }
  return EnsembleModel as unknown as Base<B & EnsembleMembers<T>>
}

/** Nodes of the trees of an ensemble. */
export const nodesOf = (trees: readonly { readonly nodes: TreeNodes }[]): TreeNodes[] => trees.map(({ nodes }) => nodes)

/** What an ensemble is made of. */
interface EnsembleState {
  readonly trees: readonly { readonly nodes: TreeNodes; readonly numFeatures: number }[]
  readonly treeWeights: readonly number[]
  readonly numFeatures: number
}

/**
 * Checks what an ensemble is made of: trees over the same features, each with its weight.
 * @param statsSize numbers that are kept of each node.
 * @param multiple what the number of trees is a multiple of.
 * @throws ParamError.
 */
export function requireTrees(
  stage: string,
  { trees, treeWeights, numFeatures }: EnsembleState,
  statsSize: number,
  multiple = 1,
): void {
  const refused = (param: string, allowed: string, received: string): ParamError =>
    new ParamError(`there are ${received}`, {
      stage,
      param,
      allowed: `Allowed: ${allowed}`,
      received,
      hint: 'Fit an estimator or load a saved model.',
    })
  if (trees.length === 0 || trees.length !== treeWeights.length || trees.length % multiple !== 0) {
    const least = multiple === 1 ? 'at least one tree' : `a multiple of ${multiple} trees`
    throw refused(
      'treeWeights',
      `${least}, and one weight a tree`,
      `${trees.length} trees, ${treeWeights.length} weights`,
    )
  }
  const fits = trees.every((tree) => tree.numFeatures === numFeatures && tree.nodes?.statsSize === statsSize)
  if (!fits)
    throw refused('trees', `trees over ${numFeatures} features, with ${statsSize} numbers a node`, 'other trees')
}
