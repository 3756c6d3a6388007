import { growForest } from '../../src/tree/forest.js'
import type { TreeNodes } from '../../src/tree/nodes.js'
import type { TreeStrategy } from '../../src/tree/strategy.js'
import { type TreeData, treeData } from '../../src/tree/tree-data.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { TurnTaker } from '../../src/util/turn-taker.js'
import { slices, vectorColumn } from '../helpers/instances.js'

/** Settings of a tree that grows as far as it can, but for what is given. */
export const strategy = (given: Partial<TreeStrategy> = {}): TreeStrategy => ({
  stage: 'tree',
  features: 'features',
  impurity: given.numClasses ? 'gini' : 'variance',
  numClasses: 0,
  maxDepth: 30,
  maxBins: 32,
  minInstancesPerNode: 1,
  minWeightFractionPerNode: 0,
  minInfoGain: 0,
  subsamplingRate: 1,
  bootstrap: false,
  featureSubsetStrategy: 'all',
  maxMemoryInMB: 256,
  seed: 42,
  ...given,
})

/** Rows to grow trees from. */
export interface Rows {
  readonly features: readonly (readonly number[])[]
  readonly labels: readonly number[]
  readonly weights?: readonly number[]
  readonly arity?: readonly number[]
  readonly partitions?: number
}

/** Rows, candidate splits and bins, sliced over partitions. */
export function dataOf({ features, weights, arity, partitions = 1 }: Rows, given: TreeStrategy): Promise<TreeData> {
  const blocks = slices(features.length, partitions).map(([from, to], partition) => ({
    length: to - from,
    partition,
    features: vectorColumn(features.slice(from, to)),
    labels: new Float64Array(to - from),
    weights: weights ? Float64Array.from(weights.slice(from, to)) : null,
  }))
  const categories = Int32Array.from(arity ?? features[0].map(() => 0))
  return treeData(blocks, categories, given, new TurnTaker())
}

/** Grows trees. */
export async function grow(rows: Rows, given: Partial<TreeStrategy> = {}, numTrees = 1): Promise<TreeNodes[]> {
  const settings = strategy(given)
  const data = await dataOf(rows, settings)
  return growForest(data, Float64Array.from(rows.labels), settings, numTrees, { turns: new TurnTaker() })
}

/** Grows one tree. */
export const growTree = async (rows: Rows, given?: Partial<TreeStrategy>): Promise<TreeNodes> =>
  (await grow(rows, given))[0]

/** Continuous features and labels without ties, drawn from a seed. */
export function randomRows(
  seed: number,
  length: number,
  width: number,
): Required<Pick<Rows, 'features' | 'weights'>> & Rows {
  const random = new XORShiftRandom(seed)
  const features = Array.from({ length }, () => Array.from({ length: width }, () => random.nextGaussian()))
  const labels = features.map((row) => Math.sin(2 * row[0]) + row[width - 1] + 0.3 * random.nextGaussian())
  return { features, labels, weights: features.map(() => 0.2 + random.nextDouble()) }
}
