import type { Seed } from '../util/random/seed.js'
import type { Candidates } from './candidates.js'
import type { ExactGrower, FoundSplit } from './exact-grower.js'
import { FeatureSubsets, featuresPerNode } from './feature-subsets.js'
import type { GrowthWatch, NodeTask } from './rounds.js'
import type { TreeStrategy } from './strategy.js'

/** A leaf whose best split is known. */
interface Waiting {
  readonly task: NodeTask
  readonly found: FoundSplit
}

/**
 * Grows trees one after the other, leaf by leaf: the leaf is split next whose split lowers the impurity of all rows most, of
 * equal ones the first that was found, until there are `maxLeaves` (Friedman, Hastie and Tibshirani, Additive logistic
 * regression, 2000, section 8, doi:10.1214/aos/1016218223; "leaf-wise" in LightGBM). Nodes draw their features in the order in which they are made.
 */
export async function growBestFirst(
  grower: ExactGrower,
  candidates: Candidates,
  strategy: TreeStrategy,
  numTrees: number,
  seed: Seed,
  { onTree }: GrowthWatch,
): Promise<void> {
  const { maxLeaves = Number.POSITIVE_INFINITY } = strategy
  const numFeatures = candidates.numBins.length
  const subsets = new FeatureSubsets(seed, numFeatures, featuresPerNode(strategy, numTrees, numFeatures))
  for (let tree = 0; tree < numTrees; tree++) {
    const waiting: Waiting[] = []
    const look = async (node: number, level: number): Promise<void> => {
      const task = { tree, node, level, features: subsets.next() }
      const found = await grower.find(task)
      if (found) waiting.push({ task, found })
    }
    await look(0, 0)
    for (let leaves = 1; leaves < maxLeaves && waiting.length > 0; leaves++) {
      const { task, found } = takeBest(waiting)
      const children = grower.split(task, found)
      if (leaves + 1 === maxLeaves) break
      for (const child of children) if (child >= 0) await look(child, task.level + 1)
    }
    grower.complete(tree)
    onTree?.(tree + 1)
  }
}

function takeBest(waiting: Waiting[]): Waiting {
  let best = 0
  for (let i = 1; i < waiting.length; i++) {
    if (waiting[i].found.reduction > waiting[best].found.reduction) best = i
  }
  return waiting.splice(best, 1)[0]
}
