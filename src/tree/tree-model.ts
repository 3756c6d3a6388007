import { ParamError } from '../errors.js'
import type { Vector } from '../linalg/vector.js'
import { arraysState, state } from '../param/state.js'
import type { PredictionModel } from '../pipeline/prediction-model.js'
import type { ColumnData, VectorColumn } from '../sql/batch.js'
import type { RowForm, VectorForm } from '../sql/row-form.js'
import type { StructField, StructType } from '../sql/types.js'
import { treeText } from './debug-text.js'
import { featureImportances } from './importance.js'
import { leafColumn, leafField } from './leaf-columns.js'
import { leavesOf } from './leaves.js'
import { TreeNode } from './node-view.js'
import { leafNumbers, nodeCount, nodesProblem, type TreeNodes, treeDepth } from './nodes.js'
import { leafSum, rowTrees } from './row-trees.js'

/** State of a model of one tree. */
export const treeState = {
  nodes: {
    ...arraysState<TreeNodes>("The nodes in pre-order, as parallel arrays: the columns of Spark's saved node table."),
    beyondSpark: ({ missingLeft }: TreeNodes) =>
      missingLeft ? 'splits that have learned where missing values go' : undefined,
  },
  numFeatures: state.int('Number of features.'),
}

/** What every model of one tree has (Spark's `DecisionTreeModel`). */
export interface TreeMembers {
  /** The nodes in pre-order, as parallel arrays. */
  readonly nodes: TreeNodes
  /** Root of the tree, from which all nodes can be reached. */
  readonly rootNode: TreeNode
  /** Number of nodes, leaves included. */
  readonly numNodes: number
  /** Edges on the longest way from the root to a leaf: 0 for one leaf. */
  readonly depth: number
  /**
   * Importance of each feature: gain times weight of the rows, summed over the nodes that split on it, as shares of 1.
   * Features that nothing splits on are left out of the sparse vector.
   */
  readonly featureImportances: Vector
  /** The tree as text, in Spark's words. */
  toDebugString(): string
  /**
   * Number of the leaf that a row falls in, counted from the left.
   * @throws ParamError for anything but a vector; DataError when it has another length.
   */
  predictLeaf(features: Vector): number
}

/** The constructor signature that TypeScript requires of a mixin base. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Base<B> = abstract new (...args: any[]) => B

/** A base class for models of one tree: the family's own, and on top what every tree has, with the column of leaves. */
export function treeOver<B extends PredictionModel>(Family: Base<B>, isClassifier: boolean): Base<B & TreeMembers> {
  abstract class TreeModel extends (Family as Base<PredictionModel>) implements TreeMembers {
    declare readonly nodes: TreeNodes

    get rootNode(): TreeNode {
      return new TreeNode(this.nodes, 0)
    }
    get numNodes(): number {
      return nodeCount(this.nodes)
    }
    get depth(): number {
      return treeDepth(this.nodes)
    }
    get featureImportances(): Vector {
      return featureImportances([this.nodes], this.numFeatures, { isClassifier, perTree: true })
    }
    toDebugString(): string {
      return treeText(this.toString(), this.nodes)
    }
    predictLeaf(features: Vector): number {
      return leafNumbers(this.nodes)[leavesOf([this.nodes], this.row(features), 1)[0]]
    }

    protected override outputs(schema: StructType): StructField[] {
      if (!this.makes('leafCol')) return super.outputs(schema)
      return [...super.outputs(schema), leafField(this.getOrDefault('leafCol') as string, this.nodes)]
    }
    protected override outputForms(features: VectorForm): RowForm[] | undefined {
      const forms = super.outputForms(features)
      if (!this.makes('leafCol')) return forms
      const numbers = leafNumbers(this.nodes)
      const read = leafSum(rowTrees(features, [this.nodes]), (_, node) => numbers[node])
      return forms && [...forms, { kind: 'number', read }]
    }
    protected override outputColumns(features: VectorColumn, length: number): ColumnData[] {
      const columns = super.outputColumns(features, length)
      if (this.makes('leafCol')) columns.push(leafColumn(this.nodes, leavesOf([this.nodes], features, length)))
      return columns
    }
  }
  return TreeModel as unknown as Base<B & TreeMembers>
}

/**
 * @param statsSize numbers that are kept of each node.
 * @throws ParamError when the nodes of a model are no tree.
 */
export function requireTree(stage: string, nodes: TreeNodes, numFeatures: number, statsSize: number): void {
  const problem = nodesProblem(nodes, numFeatures, statsSize)
  if (problem === undefined) return
  throw new ParamError(`the nodes are no tree: ${problem}`, {
    stage,
    param: 'nodes',
    allowed: 'Allowed: parallel arrays of nodes in pre-order',
    received: problem,
    hint: 'Fit an estimator or load a saved model.',
  })
}
