import { weighClasses } from '../optim/class-weights.js'
import { type InstanceBlock, Instances } from '../optim/instances.js'
import type { Params } from '../param/params.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { DataFrame } from '../sql/dataframe.js'
import { fieldOf } from '../sql/types.js'
import { ProgressReporter } from '../util/progress.js'
import { TurnTaker } from '../util/turn-taker.js'
import { categoricalArity } from './arity.js'
import { growForest } from './forest.js'
import type { TreeNodes } from './nodes.js'
import { instanceColumnsOf } from './stage-columns.js'
import { type Impurity, strategyOf } from './strategy.js'
import { treeData } from './tree-data.js'
import { labelsOf } from './tree-rows.js'

/** What `fit` of a tree or a forest finds. */
export interface FittedTrees {
  /** The rows that were learned from. */
  readonly blocks: readonly InstanceBlock[]
  readonly trees: TreeNodes[]
  readonly numFeatures: number
  /** 0 for numbers. */
  readonly numClasses: number
}

/**
 * Reads the rows that a stage was given and grows its tree, or its `numTrees` trees. Progress counts trees.
 * @param stage has the parameters of trees or of forests.
 * @param countClasses checks the labels and tells how many classes there are; without it labels are numbers.
 */
export async function fitTrees(
  stage: Params,
  data: DataFrame,
  { signal, onProgress }: FitOptions,
  countClasses: (blocks: readonly InstanceBlock[]) => number = () => 0,
): Promise<FittedTrees> {
  const value = <T>(name: string): T => stage.getOrDefault(name) as T
  const columns = instanceColumnsOf(stage)
  const blocks = await new Instances(data, columns, signal).collect()
  const numClasses = countClasses(blocks)
  const strategy = strategyOf(stage, { impurity: value<string>('impurity').toLowerCase() as Impurity, numClasses })
  const turns = new TurnTaker(signal)
  const numFeatures = blocks[0].features.size
  const arity = categoricalArity(fieldOf(data.schema, columns.features), numFeatures, stage.uid)
  using rows = await treeData(weighClasses(stage, blocks), arity, strategy, turns)
  const numTrees = stage.hasParam('numTrees') ? value<number>('numTrees') : 1
  const progress = new ProgressReporter(stage.uid, numTrees, onProgress)
  const onTree = (done: number): void => progress.report(done)
  const trees = await growForest(rows, labelsOf(blocks), strategy, numTrees, { turns, onTree })
  return { blocks, trees, numFeatures, numClasses }
}
