import type { KernelMemory } from '../memory.js'
import { BOOST, LEAF } from '../records.js'
import { countBlock, growBlock } from './level.js'
import { Rows } from './rows.js'

/** Twin of `boostSquared` in `assembly/boost.ts`. */
export function boostSquared(memory: KernelMemory, record: number, block: number, thread: number): void {
  const boost = BOOST.read(memory, record)
  if (boost.level) growBlock(memory, boost.level, block, thread)
  const rows = new Rows(memory, boost.rows)
  for (let i = 0; i < boost.leafCount; i++) {
    const { segments, step, shift } = LEAF.read(memory, boost.leaves + i * LEAF.bytes)
    const segment = (segments + block * step) / 2
    const begin = memory.u16[segment]
    const end = memory.u16[segment + 1]
    memory.f64[boost.squares / 8 + i * boost.blockCount + block] = updateSquared(
      memory,
      rows,
      block,
      [begin, end],
      boost.keep,
      shift,
    )
  }
  if (boost.root) countBlock(memory, boost.root, block, thread)
}

function updateSquared(
  { u16, f64 }: KernelMemory,
  rows: Rows,
  block: number,
  [begin, end]: readonly [number, number],
  keep: number,
  shift: number,
): number {
  const order = rows.order / 2 + rows.firstRow(block)
  const targets = rows.targets / 8 + rows.firstRow(block)
  let squares = 0
  for (let i = begin; i < end; i++) {
    const target = targets + u16[order + i]
    const value = f64[target]
    squares += value * value
    f64[target] = value * keep - shift
  }
  return squares
}
