import { isLeaf, nodeCount, type TreeNodes } from '../../src/tree/nodes.js'
import type { Recorded, RecordedObject } from '../helpers/compare.js'
import { decodeNumber } from './decode.js'

/** A node as the generator records it: a row of Spark's saved table. */
interface RecordedNode {
  readonly id: number
  readonly prediction: Recorded
  readonly impurity: Recorded
  readonly impurityStats: Recorded[]
  readonly rawCount: number
  readonly gain: Recorded
  readonly left: number
  readonly right: number
  readonly split?: {
    readonly feature: number
    readonly categoriesOrThreshold: Recorded[]
    readonly numCategories: number
  }
  readonly tree?: number
}

/** A model that has trees: one, or several. */
interface TreeOwner {
  readonly nodes?: TreeNodes
  readonly trees?: readonly { readonly nodes: TreeNodes }[]
  readonly treeWeights?: readonly number[]
}

/** The nodes of a tree as they are recorded. */
function encodeNodes(nodes: TreeNodes, tree?: number): unknown[] {
  return Array.from({ length: nodeCount(nodes) }, (_, id) => {
    const { statsSize, categoryOffsets, categories } = nodes
    const list = Array.from(categories.subarray(categoryOffsets[id], categoryOffsets[id + 1]))
    const isThreshold = nodes.numCategories[id] < 0
    const split = {
      feature: nodes.feature[id],
      categoriesOrThreshold: isThreshold ? [nodes.threshold[id]] : list,
      numCategories: nodes.numCategories[id],
    }
    return {
      id,
      prediction: nodes.prediction[id],
      impurity: nodes.impurity[id],
      impurityStats: Array.from(nodes.impurityStats.subarray(id * statsSize, (id + 1) * statsSize)),
      rawCount: nodes.rawCount[id],
      gain: nodes.gain[id],
      left: nodes.leftChild[id],
      right: nodes.rightChild[id],
      ...(isLeaf(nodes, id) ? {} : { split }),
      ...(tree === undefined ? {} : { tree }),
    }
  })
}

/** What the generator records of a model with trees as `tree` or `ensemble`. */
export function encodeTrees({ nodes, trees, treeWeights }: TreeOwner): unknown {
  if (nodes) return { nodes: encodeNodes(nodes), trees: null }
  if (!trees || !treeWeights) throw new Error('there are no trees')
  return {
    nodes: trees.flatMap((tree, i) => encodeNodes(tree.nodes, i)),
    trees: trees.map((_, tree) => ({ tree, weight: treeWeights[tree] })),
  }
}

function decodeNodes(rows: readonly RecordedNode[]): TreeNodes {
  const doubles = (of: (node: RecordedNode) => Recorded): Float64Array =>
    Float64Array.from(rows, (node) => decodeNumber(of(node)))
  const ints = (of: (node: RecordedNode) => number): Int32Array => Int32Array.from(rows, of)
  const isCategorical = ({ split }: RecordedNode): boolean => (split?.numCategories ?? -1) >= 0
  const lists = rows.map((node) => (isCategorical(node) ? (node.split?.categoriesOrThreshold as number[]) : []))
  const offsets = new Int32Array(rows.length + 1)
  lists.forEach((list, i) => {
    offsets[i + 1] = offsets[i] + list.length
  })
  return {
    prediction: doubles((node) => node.prediction),
    impurity: doubles((node) => node.impurity),
    impurityStats: Float64Array.from(rows.flatMap((node) => node.impurityStats.map(decodeNumber))),
    statsSize: rows[0].impurityStats.length,
    rawCount: doubles((node) => node.rawCount),
    gain: doubles((node) => node.gain),
    leftChild: ints((node) => node.left),
    rightChild: ints((node) => node.right),
    feature: ints((node) => node.split?.feature ?? -1),
    threshold: doubles((node) => (node.split && !isCategorical(node) ? node.split.categoriesOrThreshold[0] : 'NaN')),
    numCategories: ints((node) => node.split?.numCategories ?? -1),
    categoryOffsets: offsets,
    categories: Int32Array.from(lists.flat()),
  }
}

/** The trees of a recorded `tree` or `ensemble`. */
export function decodeTrees(recorded: RecordedObject): { readonly trees: TreeNodes[]; readonly weights: number[] } {
  const nodes = recorded.nodes as unknown as RecordedNode[]
  const list = recorded.trees as { tree: number; weight: number }[] | null
  if (!list) return { trees: [decodeNodes(nodes)], weights: [1] }
  return {
    trees: list.map(({ tree }) => decodeNodes(nodes.filter((node) => node.tree === tree))),
    weights: list.map(({ weight }) => weight),
  }
}
