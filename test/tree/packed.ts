import { expect } from 'vitest'
import type { InstanceBlock } from '../../src/optim/instances.js'
import type { TreeNodes } from '../../src/tree/nodes.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'

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
  options: { categories?: readonly number[]; weights?: (random: XORShiftRandom) => number; classes?: number } = {},
): RandomRows {
  const { categories = [], classes = 0 } = options
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
    labels[row] = classes ? Math.max(0, Math.min(classes - 1, Math.floor(label - numFeatures / 4) + 1)) : label
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

/** The same structure, and numbers that are equal but for rounding. */
export function expectSameTree(actual: TreeNodes, expected: TreeNodes): void {
  for (const name of [
    'feature',
    'threshold',
    'leftChild',
    'rightChild',
    'categories',
    'categoryOffsets',
    'rawCount',
  ] as const) {
    expect([...actual[name]], name).toEqual([...expected[name]])
  }
  for (const name of ['prediction', 'impurity', 'impurityStats', 'gain'] as const) {
    // Sums of rounded numbers: what is lost grows with the number of rows.
    const size = (i: number): number =>
      name === 'impurityStats' ? expected.impurityStats[i - (i % expected.statsSize)] : 1
    const isWrong = (value: number, i: number): boolean =>
      !(Math.abs(actual[name][i] - value) <= 1e-9 * Math.max(size(i), Math.abs(value)))
    const wrong = expected[name].findIndex(isWrong)
    if (wrong >= 0) expect(actual[name][wrong], `${name} ${wrong}`).toBe(expected[name][wrong])
  }
}
