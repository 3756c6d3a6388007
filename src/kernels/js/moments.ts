import type { KernelMemory } from '../memory.js'
import { LEAF, MOMENTS } from '../records.js'
import { growBlock } from './level.js'
import { Rows } from './rows.js'

/** Twin of `sumLeaves` in `assembly/moments.ts`. */
export function sumLeaves(memory: KernelMemory, record: number, block: number, thread: number): void {
  const moments = MOMENTS.read(memory, record)
  if (moments.level) growBlock(memory, moments.level, block, thread)
  const rows = new Rows(memory, moments.rows)
  const { u16, f64 } = memory
  const first = rows.firstRow(block)
  for (let i = 0; i < moments.leafCount; i++) {
    const { segments, step } = LEAF.read(memory, moments.leaves + i * LEAF.bytes)
    const segment = (segments + block * step) / 2
    let weightSum = 0
    let sum = 0
    let squares = 0
    for (let at = u16[segment]; at < u16[segment + 1]; at++) {
      const row = first + u16[rows.order / 2 + first + at]
      const target = f64[rows.targets / 8 + row]
      const weight = rows.weights ? f64[rows.weights / 8 + row] : 1
      const weighted = weight * target
      weightSum += weight
      sum += weighted
      squares += weighted * target
    }
    f64.set([weightSum, sum, squares], moments.sums / 8 + (i * moments.blockCount + block) * 3)
  }
}
