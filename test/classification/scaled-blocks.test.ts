import { expect, it } from 'vitest'
import { scaledBlocks } from '../../src/classification/scaled-blocks.js'
import type { InstanceBlock } from '../../src/optim/instances.js'
import { type VectorRow, vectorColumn } from '../helpers/instances.js'

const block = (rows: readonly VectorRow[], partition = 0, weights: Float64Array | null = null): InstanceBlock => ({
  length: rows.length,
  partition,
  features: vectorColumn(rows),
  labels: Float64Array.from(rows, (_, i) => i % 2),
  weights,
})

it('scales rows and keeps partitions apart, whatever blocks they came in', () => {
  const scale = Float64Array.of(0.5, 0, 2)
  const weights = Float64Array.of(1, 3)
  const rows = [
    [2, 7, 1],
    [4, 7, 3],
  ]
  const found = scaledBlocks([block(rows), block(rows.slice(1)), block(rows, 1, weights)], scale)
  expect(found.map(({ length, partition }) => [length, partition])).toEqual([
    [3, 0],
    [2, 1],
  ])
  expect([...found[0].features.values]).toEqual([1, 0, 2, 2, 0, 6, 2, 0, 6])
  expect([...found[0].labels]).toEqual([0, 1, 0])
  expect(found[0].weights).toBeNull()
  expect(found[1].weights).toEqual(weights)
})

it('stores rows without their zeros where that takes less memory', () => {
  const wide: VectorRow = { size: 50, indices: [3, 40], values: [1, 2] }
  const [found] = scaledBlocks([block(Array.from({ length: 9 }, () => wide))], new Float64Array(50).fill(1))
  expect(found.features.offsets).not.toBeNull()
  expect([...found.features.values.subarray(0, 4)]).toEqual([1, 2, 1, 2])
  expect([...(found.features.indices ?? []).slice(0, 4)]).toEqual([3, 40, 3, 40])
})

it('closes a block at 1 MB, as Spark counts it', () => {
  const rows = Array.from({ length: 8000 }, (_, i) => Array.from({ length: 20 }, (_unused, j) => i + j + 1))
  const scale = new Float64Array(20).fill(1)
  // 20 features and a label of 8 bytes; with weights one more.
  const full = Math.ceil((2 ** 20 - 45) / (8 * 21))
  expect(scaledBlocks([block(rows)], scale).map(({ length }) => length)).toEqual([full, 8000 - full])
  const weighted = Math.ceil((2 ** 20 - 45) / (8 * 22))
  const weights = new Float64Array(8000).fill(2)
  expect(scaledBlocks([block(rows, 0, weights)], scale)[0].length).toBe(weighted)
})
