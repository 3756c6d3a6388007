import type { KernelMemory } from '../memory.js'
import type { Rows } from './rows.js'

/** Writes the numbers of all rows of a block in their own order. */
export function listAll({ u16 }: KernelMemory, rows: Rows, block: number): void {
  const order = rows.order / 2 + rows.firstRow(block)
  for (let row = 0; row < rows.rowsIn(block); row++) u16[order + row] = row
}

/**
 * Divides rows `order[begin]` to `order[end - 1]` of a block stably by their bin of a feature. Twin of `assembly/partition.ts`.
 * @returns how many go left.
 */
export function divide(
  { u8, u16 }: KernelMemory,
  rows: Rows,
  block: number,
  begin: number,
  end: number,
  feature: number,
  goesLeft: (bin: number) => boolean,
): number {
  const column = rows.columnOf(block, feature)
  const order = u16.subarray(rows.order / 2 + rows.firstRow(block))
  const right: number[] = []
  let left = begin
  for (let i = begin; i < end; i++) {
    const row = order[i]
    if (goesLeft(u8[column + row])) order[left++] = row
    else right.push(row)
  }
  order.set(right, left)
  return left - begin
}
