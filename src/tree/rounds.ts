import type { Seed } from '../util/random/seed.js'
import type { Candidates } from './candidates.js'
import { FeatureSubsets, featuresPerNode } from './feature-subsets.js'
import { intKeyOrder } from './scala-map-order.js'
import type { TreeStrategy } from './strategy.js'

/** A node that is to be split, or to become a leaf. */
export interface NodeTask {
  readonly tree: number
  readonly node: number
  /** 0 at the root. */
  readonly level: number
  /** Features that may be split on; null: all. Their order decides between equal splits. */
  readonly features: Int32Array | null
}

/** What grows the nodes of one round. */
export interface RoundGrower {
  /**
   * Splits nodes or leaves them.
   * @returns for each task its left child if that is to be split itself, or -1; then likewise the right one.
   */
  grow(tasks: readonly NodeTask[]): Promise<Int32Array>
  /** Called when no node of a tree is left to be split. */
  complete(tree: number): void
}

/** Nodes to be split, as a stack of tree, node, level. */
interface Waiting {
  readonly tree: number
  readonly node: number
  readonly level: number
}

/**
 * Grows trees round by round, as Spark does: a round takes nodes from a stack while their statistics fit in
 * `maxMemoryInMB`; the children are put on the stack tree by tree, in the order of a Scala map, left before right. The order
 * matters because the nodes draw their features one after the other.
 */
export async function growInRounds(
  grower: RoundGrower,
  candidates: Candidates,
  strategy: TreeStrategy,
  numTrees: number,
  seed: Seed,
  onTree?: (done: number) => void,
): Promise<void> {
  const numFeatures = candidates.numBins.length
  const subsets = new FeatureSubsets(seed, numFeatures, featuresPerNode(strategy, numTrees, numFeatures))
  const stack: Waiting[] = Array.from({ length: numTrees }, (_, tree) => ({ tree, node: 0, level: 0 }))
  const waiting = new Int32Array(numTrees).fill(1)
  let complete = 0
  while (stack.length > 0) {
    const tasks = inOrderOfTrees(takeRound(stack, subsets, candidates, strategy))
    const children = await grower.grow(tasks)
    tasks.forEach(({ tree, level }, i) => {
      waiting[tree]--
      for (const node of [children[2 * i], children[2 * i + 1]]) {
        if (node < 0) continue
        stack.push({ tree, node, level: level + 1 })
        waiting[tree]++
      }
    })
    for (const tree of new Set(tasks.map((task) => task.tree))) {
      if (waiting[tree] > 0) continue
      grower.complete(tree)
      onTree?.(++complete)
    }
  }
}

function takeRound(
  stack: Waiting[],
  subsets: FeatureSubsets,
  { numBins }: Candidates,
  { numClasses, maxMemoryInMB }: TreeStrategy,
): NodeTask[] {
  const sizes = numClasses >= 2 ? numClasses : 3
  const allBins = numBins.reduce((sum, bins) => sum + bins, 0)
  const limit = maxMemoryInMB * 2 ** 20
  const tasks: NodeTask[] = []
  let used = 0
  while (stack.length > 0) {
    // A node that no longer fits has drawn all the same; it draws again in the next round.
    const features = subsets.next()
    const bins = features ? features.reduce((sum, f) => sum + numBins[f], 0) : allBins
    const bytes = 8 * sizes * bins
    if (used > 0 && used + bytes > limit) break
    tasks.push({ ...(stack.pop() as Waiting), features })
    used += bytes
  }
  return tasks
}

function inOrderOfTrees(tasks: readonly NodeTask[]): NodeTask[] {
  const byTree = new Map<number, NodeTask[]>()
  for (const task of tasks) {
    const own = byTree.get(task.tree)
    if (own) own.push(task)
    else byTree.set(task.tree, [task])
  }
  return intKeyOrder([...byTree.keys()]).flatMap((tree) => byTree.get(tree) as NodeTask[])
}
