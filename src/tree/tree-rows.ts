import type { InstanceBlock } from '../optim/instances.js'

/** Rows that trees are grown from. */
export interface TreeRows {
  /** The rows themselves, in order. */
  readonly blocks: readonly InstanceBlock[]
  readonly numRows: number
  readonly numFeatures: number
  /** One weight a row; null: all 1. */
  readonly weights: Float64Array | null
  /** Sum of the weights: over the rows of each partition, then over the partitions. */
  readonly totalWeight: number
  /** For each logical partition that has rows, in order, the number of its first row; then the number of rows. */
  readonly partitionStarts: Int32Array
  /** Number of each of these partitions: it seeds the bag of its rows. */
  readonly partitions: Int32Array
}

/** Puts blocks of rows in line. */
export function treeRows(blocks: readonly InstanceBlock[]): TreeRows {
  const weighted = blocks.some((block) => block.weights !== null)
  const numRows = blocks.reduce((sum, block) => sum + block.length, 0)
  const weights = weighted ? new Float64Array(numRows) : null
  const starts: number[] = []
  const partitions: number[] = []
  const sums: number[] = []
  let row = 0
  for (const block of blocks) {
    if (block.partition !== partitions.at(-1)) {
      partitions.push(block.partition)
      starts.push(row)
      sums.push(0)
    }
    if (weights) {
      if (block.weights) weights.set(block.weights, row)
      else weights.fill(1, row, row + block.length)
      let sum = sums[sums.length - 1]
      for (let i = row; i < row + block.length; i++) sum += weights[i]
      sums[sums.length - 1] = sum
    }
    row += block.length
  }
  return {
    blocks,
    numRows,
    numFeatures: blocks[0].features.size,
    weights,
    totalWeight: weights ? sums.reduce((total, sum) => total + sum, 0) : numRows,
    partitionStarts: Int32Array.from([...starts, numRows]),
    partitions: Int32Array.from(partitions),
  }
}

/** The labels of all rows, in order. */
export function labelsOf(blocks: readonly InstanceBlock[]): Float64Array {
  const labels = new Float64Array(blocks.reduce((sum, block) => sum + block.length, 0))
  let row = 0
  for (const block of blocks) {
    labels.set(block.labels.subarray(0, block.length), row)
    row += block.length
  }
  return labels
}
