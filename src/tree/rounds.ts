import type { Seed } from '../util/random/seed.js'
import { intKeyOrder } from '../util/scala-map-order.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Candidates } from './candidates.js'
import { FeatureSubsets, featuresPerNode } from './feature-subsets.js'
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

/** How growth is watched. */
export interface GrowthWatch {
  readonly turns: TurnTaker
  /** Called with the number of trees that are complete. */
  onTree?(done: number): void
}

/** Nodes between two looks at the clock. */
const STEP = 256

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
  { turns, onTree }: GrowthWatch,
): Promise<void> {
  const numFeatures = candidates.numBins.length
  const subsets = new FeatureSubsets(seed, numFeatures, featuresPerNode(strategy, numTrees, numFeatures))
  const stack: Waiting[] = Array.from({ length: numTrees }, (_, tree) => ({ tree, node: 0, level: 0 }))
  const waiting = new Int32Array(numTrees).fill(1)
  let complete = 0
  while (stack.length > 0) {
    const tasks = inOrderOfTrees(await takeRound(stack, subsets, candidates, strategy, turns))
    const children = await grower.grow(tasks)
    for (let i = 0; i < tasks.length; i++) {
      const { tree, level } = tasks[i]
      waiting[tree]--
      for (let child = 2 * i; child < 2 * i + 2; child++) {
        const node = children[child]
        if (node < 0) continue
        stack.push({ tree, node, level: level + 1 })
        waiting[tree]++
      }
    }
    if (turns.due()) await turns.take()
    for (const tree of new Set(tasks.map((task) => task.tree))) {
      if (waiting[tree] > 0) continue
      grower.complete(tree)
      onTree?.(++complete)
    }
  }
}

async function takeRound(
  stack: Waiting[],
  subsets: FeatureSubsets,
  { numBins }: Candidates,
  { numClasses, maxMemoryInMB }: TreeStrategy,
  turns: TurnTaker,
): Promise<NodeTask[]> {
  const sizes = numClasses >= 2 ? numClasses : 3
  const allBins = numBins.reduce((sum, bins) => sum + bins, 0)
  const limit = maxMemoryInMB * 2 ** 20
  const tasks: NodeTask[] = []
  let used = 0
  while (stack.length > 0) {
    // A node that no longer fits has drawn all the same; it draws again in the next round.
    const features = subsets.next()
    let bins = features ? 0 : allBins
    if (features) for (let i = 0; i < features.length; i++) bins += numBins[features[i]]
    const bytes = 8 * sizes * bins
    if (used > 0 && used + bytes > limit) break
    const { tree, node, level } = stack.pop() as Waiting
    tasks.push({ tree, node, level, features })
    used += bytes
    if (tasks.length % STEP === 0 && turns.due()) await turns.take()
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
