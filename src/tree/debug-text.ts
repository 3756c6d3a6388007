import { javaDoubleText } from '../util/java-text.js'
import { type Split, TreeNode } from './node-view.js'
import type { TreeNodes } from './nodes.js'

/** The two sides of a split, in the words of Spark's `toDebugString`, and with those for missing values that it lacks. */
function sides(split: Split): readonly [left: string, right: string] {
  const [left, right] = valueSides(split)
  if (split.missingLeft === undefined) return [left, right]
  return split.missingLeft ? [`${left} or missing`, right] : [left, `${right} or missing`]
}

function valueSides(split: Split): readonly [left: string, right: string] {
  const feature = `feature ${split.featureIndex}`
  if ('threshold' in split) {
    const threshold = javaDoubleText(split.threshold)
    return [`${feature} <= ${threshold}`, `${feature} > ${threshold}`]
  }
  const list = `{${split.leftCategories.map(javaDoubleText).join(',')}}`
  return [`${feature} in ${list}`, `${feature} not in ${list}`]
}

function appendNode(node: TreeNode, indent: number, lines: string[]): void {
  const margin = ' '.repeat(indent)
  const { split, leftChild, rightChild } = node
  if (!split || !leftChild || !rightChild) {
    lines.push(`${margin}Predict: ${javaDoubleText(node.prediction)}\n`)
    return
  }
  const [left, right] = sides(split)
  lines.push(`${margin}If (${left})\n`)
  appendNode(leftChild, indent + 1, lines)
  lines.push(`${margin}Else (${right})\n`)
  appendNode(rightChild, indent + 1, lines)
}

function nodesText(nodes: TreeNodes, indent: number): string {
  const lines: string[] = []
  appendNode(new TreeNode(nodes, 0), indent, lines)
  return lines.join('')
}

/** Spark's `toDebugString` of one tree. @param header text of the first line. */
export const treeText = (header: string, nodes: TreeNodes): string => `${header}\n${nodesText(nodes, 2)}`

/** Spark's `toDebugString` of an ensemble. @param weights one a tree. */
export const ensembleText = (header: string, trees: readonly TreeNodes[], weights: readonly number[]): string =>
  `${header}\n${trees
    .map((nodes, t) => `  Tree ${t} (weight ${javaDoubleText(weights[t])}):\n${nodesText(nodes, 4)}`)
    .join('')}`
