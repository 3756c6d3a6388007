import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import { isLeaf, nodeCount, type TreeNodes } from './nodes.js'

/** Weight of the training rows that reach a node: of all classes together, or the first of the sums for variance. */
function nodeWeight({ impurityStats, statsSize }: TreeNodes, node: number, isClassifier: boolean): number {
  const start = node * statsSize
  if (!isClassifier) return impurityStats[start]
  let weight = 0
  for (let k = 0; k < statsSize; k++) weight += impurityStats[start + k]
  return weight
}

/** Sum of a map's values. */
function total(values: ReadonlyMap<number, number>): number {
  let sum = 0
  for (const value of values.values()) sum += value
  return sum
}

/**
 * Importance of each feature: gain times weight of the rows, summed over the nodes that split on it, as shares of 1; a
 * sparse vector without the features that nothing splits on. Weights of trees do not count.
 *
 * @param perTree whether each tree's importances sum to 1 before they are added up, as in a forest.
 *
 * Source: `org.apache.spark.ml.tree.TreeEnsembleModel.featureImportances`; Hastie, Tibshirani, Friedman, The Elements of
 * Statistical Learning (2009), section 10.13, doi:10.1007/978-0-387-84858-7.
 */
export function featureImportances(
  trees: readonly TreeNodes[],
  numFeatures: number,
  options: { readonly isClassifier: boolean; readonly perTree: boolean },
): Vector {
  const sums = new Map<number, number>()
  for (const nodes of trees) {
    const own = new Map<number, number>()
    for (let node = 0; node < nodeCount(nodes); node++) {
      if (isLeaf(nodes, node)) continue
      const feature = nodes.feature[node]
      const gain = nodes.gain[node] * nodeWeight(nodes, node, options.isClassifier)
      own.set(feature, (own.get(feature) ?? 0) + gain)
    }
    const norm = options.perTree ? total(own) : 1
    if (norm === 0) continue
    for (const [feature, gain] of own) sums.set(feature, (sums.get(feature) ?? 0) + gain / norm)
  }
  const norm = total(sums) || 1
  const features = [...sums.keys()].sort((a, b) => a - b)
  return Vectors.sparse(
    numFeatures,
    features,
    features.map((feature) => (sums.get(feature) as number) / norm),
  )
}
