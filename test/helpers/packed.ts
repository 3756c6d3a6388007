import type { KernelOptions } from '../../src/kernels/engine.js'
import type { InstanceBlock } from '../../src/optim/instances.js'
import { findCandidates } from '../../src/tree/candidates.js'
import { PackedRows } from '../../src/tree/packed-rows.js'
import type { TreeStrategy } from '../../src/tree/strategy.js'
import { type TreeRows, treeRows } from '../../src/tree/tree-rows.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { TurnTaker } from '../../src/util/turn-taker.js'

export const STRATEGY: TreeStrategy = {
  stage: 'tree_1',
  features: 'features',
  impurity: 'variance',
  numClasses: 0,
  maxDepth: 5,
  maxBins: 32,
  minInstancesPerNode: 1,
  minWeightFractionPerNode: 0,
  minInfoGain: 0,
  subsamplingRate: 1,
  bootstrap: false,
  featureSubsetStrategy: 'all',
  maxMemoryInMB: 256,
  seed: 42,
}

/** Random rows: the first `categories.length` features are categorical, the others continuous. */
export interface RandomRows {
  readonly blocks: InstanceBlock[]
  readonly labels: Float64Array
  readonly weights: Float64Array | null
  readonly arity: Int32Array
}

/** Rows whose label depends on all features a little, so that no two splits are equally good. */
export function randomRows(
  numRows: number,
  numFeatures: number,
  options: { categories?: readonly number[]; weights?: (random: XORShiftRandom) => number; classes?: boolean } = {},
): RandomRows {
  const { categories = [], classes = false } = options
  const random = new XORShiftRandom(7)
  const values = new Float64Array(numRows * numFeatures)
  const labels = new Float64Array(numRows)
  const weights = options.weights ? new Float64Array(numRows) : null
  for (let row = 0; row < numRows; row++) {
    let label = random.nextGaussian()
    for (let f = 0; f < numFeatures; f++) {
      const draw = random.nextDouble()
      const value = f < categories.length ? Math.floor(draw * categories[f]) : draw * draw * 10
      values[row * numFeatures + f] = value
      label += f < categories.length ? ((value * 7) % categories[f]) / 3 : Math.sin(value * (f + 1))
    }
    labels[row] = classes ? Number(label > numFeatures / 4) : label
    if (weights) weights[row] = options.weights!(random)
  }
  const arity = Int32Array.from({ length: numFeatures }, (_, f) => categories[f] ?? 0)
  // Blocks of several lengths, in two partitions.
  const blocks: InstanceBlock[] = []
  for (let from = 0, i = 0; from < numRows; i++) {
    const length = Math.min(numRows - from, 700 + 300 * (i % 3))
    blocks.push({
      length,
      partition: from < numRows / 2 ? 0 : 1,
      features: {
        kind: 'vector',
        size: numFeatures,
        sizes: null,
        offsets: null,
        indices: null,
        values: values.subarray(from * numFeatures, (from + length) * numFeatures),
        dense: null,
        valid: null,
      },
      labels: labels.subarray(from, from + length),
      weights: weights?.subarray(from, from + length) ?? null,
    })
    from += length
  }
  return { blocks, labels, weights, arity }
}

/** Rows in the memory of kernels, with what they were made of. */
export async function pack({ blocks, arity }: RandomRows, strategy: TreeStrategy, options?: KernelOptions) {
  const turns = new TurnTaker()
  const rows: TreeRows = treeRows(blocks)
  const candidates = await findCandidates(rows, arity, strategy, turns)
  const packed = await PackedRows.pack(rows, candidates, strategy, turns, options)
  return { packed, rows, candidates, turns }
}
