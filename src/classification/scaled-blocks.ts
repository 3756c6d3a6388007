import { denseBytes, sparseBytes } from '../linalg/matrix-size.js'
import type { InstanceBlock } from '../optim/instances.js'
import type { VectorColumn } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'

/** Spark fills a block until it takes so much. */
const BLOCK_BYTES = 2 ** 20
const HEADER = 12

/** One row: entries other than zero. */
interface Row {
  readonly indices: number[]
  readonly values: number[]
  readonly label: number
  readonly weight: number
}

/**
 * The blocks that Spark would make of rows: of one partition each, at most about 1 MB, features times `scale`, dense or sparse by what takes less
 * memory. Source: Spark's `InstanceBlock.blokifyWithMaxMemUsage`.
 */
export function scaledBlocks(blocks: readonly InstanceBlock[], scale: Float64Array): InstanceBlock[] {
  const size = scale.length
  const found: InstanceBlock[] = []
  let rows: Row[] = []
  let entries = 0
  let unweighted = true
  const close = (partition: number): void => {
    if (rows.length > 0) found.push(blockOf(rows, entries, size, partition))
    rows = []
    entries = 0
    unweighted = true
  }
  for (const [i, block] of blocks.entries()) {
    if (i > 0 && block.partition !== blocks[i - 1].partition) close(blocks[i - 1].partition)
    for (let row = 0; row < block.length; row++) {
      const next = scaledRow(block, row, scale)
      rows.push(next)
      entries += next.indices.length
      unweighted &&= next.weight === 1
      const matrix = Math.min(denseBytes(rows.length, size), sparseBytes(entries, rows.length))
      if (matrix + 8 * rows.length * (unweighted ? 1 : 2) + 2 * HEADER >= BLOCK_BYTES) close(block.partition)
    }
  }
  close(blocks[blocks.length - 1].partition)
  return found
}

function scaledRow({ features, labels, weights }: InstanceBlock, row: number, scale: Float64Array): Row {
  const { offsets, values } = features
  const start = offsets ? offsets[row] : row * scale.length
  const end = offsets ? offsets[row + 1] : start + scale.length
  const found: Row = { indices: [], values: [], label: labels[row], weight: weights ? weights[row] : 1 }
  for (let e = start; e < end; e++) {
    const index = features.indices ? features.indices[e] : e - start
    const value = values[e] * scale[index]
    if (value === 0) continue
    found.indices.push(index)
    found.values.push(value)
  }
  return found
}

function blockOf(rows: readonly Row[], entries: number, size: number, partition: number): InstanceBlock {
  const isDense = denseBytes(rows.length, size) < sparseBytes(entries, rows.length)
  return {
    features: isDense ? denseRows(rows, size) : sparseRows(rows, entries, size),
    length: rows.length,
    labels: Float64Array.from(rows, ({ label }) => label),
    weights: rows.some(({ weight }) => weight !== 1) ? Float64Array.from(rows, ({ weight }) => weight) : null,
    partition,
  }
}

function denseRows(rows: readonly Row[], size: number): VectorColumn {
  const values = new Float64Array(rows.length * size)
  rows.forEach((row, i) => {
    row.indices.forEach((index, e) => {
      values[i * size + index] = row.values[e]
    })
  })
  return denseVectors(values, size)
}

function sparseRows(rows: readonly Row[], entries: number, size: number): VectorColumn {
  const offsets = new Int32Array(rows.length + 1)
  const indices = new Int32Array(entries)
  const values = new Float64Array(entries)
  rows.forEach((row, i) => {
    indices.set(row.indices, offsets[i])
    values.set(row.values, offsets[i])
    offsets[i + 1] = offsets[i] + row.indices.length
  })
  return { ...denseVectors(values, size), offsets, indices }
}
