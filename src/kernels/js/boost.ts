import type { KernelMemory } from '../memory.js'
import { BOOST, LEAF } from '../records.js'
import { countBlock, growBlock } from './level.js'
import { Rows } from './rows.js'
import { writePairs } from './targets.js'

/** Twin of `boostSquared` in `assembly/boost.ts`. */
export function boostSquared(memory: KernelMemory, record: number, block: number, thread: number): void {
  const boost = BOOST.read(memory, record)
  const { leaves, leafCount, blockCount, sums, keep } = boost
  if (boost.level) growBlock(memory, boost.level, block, thread)
  const rows = new Rows(memory, boost.rows)
  for (let i = 0; i < leafCount; i++) {
    const { segments, step, shift } = LEAF.read(memory, leaves + i * LEAF.bytes)
    const segment = (segments + block * step) / 2
    const range = memory.u16.subarray(segment, segment + 2)
    memory.f64.set(updateSquared(memory, rows, block, range, keep, shift), sums / 8 + 2 * (i * blockCount + block))
  }
  if (!boost.root) return
  if (boost.nextWeights) writePairs(memory, rows, block, boost.nextWeights, boost.unitsPerWeight)
  countBlock(memory, boost.root, block, thread)
}

/** @returns the sum of weight times squared target before the update, and the sum of the targets' sizes after it. */
function updateSquared(
  { u16, f64 }: KernelMemory,
  rows: Rows,
  block: number,
  [begin, end]: Uint16Array,
  keep: number,
  shift: number,
): [number, number] {
  const first = rows.firstRow(block)
  let squares = 0
  let sizes = 0
  for (let i = begin; i < end; i++) {
    const row = first + u16[rows.order / 2 + first + i]
    const value = f64[rows.targets / 8 + row]
    squares += (rows.weights ? f64[rows.weights / 8 + row] : 1) * value * value
    const next = value * keep - shift
    sizes += Math.abs(next)
    f64[rows.targets / 8 + row] = next
  }
  return [squares, sizes]
}
