import type { KernelMemory } from '../memory.js'
import { round } from '../round.js'
import type { Rows } from './rows.js'

/** Adds all rows of a block. Twin of `assembly/histogram.ts`. */
export function addBlock(memory: KernelMemory, rows: Rows, block: number, cells: number): void {
  const { u8, f64 } = memory
  const first = rows.firstRow(block)
  for (let row = first; row < first + rows.rowsIn(block); row++) addRow(u8, f64, rows, row, cells / 8)
}

/** Adds rows `order[begin]` to `order[end - 1]` of a block. */
export function addList(
  memory: KernelMemory,
  rows: Rows,
  block: number,
  begin: number,
  end: number,
  cells: number,
): void {
  const { u8, u16, f64 } = memory
  const first = rows.firstRow(block)
  const order = rows.order / 2 + first
  for (let i = begin; i < end; i++) addRow(u8, f64, rows, first + u16[order + i], cells / 8)
}

/** @param cells index of the first cell as a double. */
function addRow(u8: Uint8Array, f64: Float64Array, rows: Rows, row: number, cells: number): void {
  const hasPairs = rows.pairs !== 0
  const target = hasPairs ? f64[rows.pairs / 8 + 2 * row] : round(f64[rows.targets / 8 + row] * rows.unitsPerOne)
  const weight = hasPairs ? f64[rows.pairs / 8 + 2 * row + 1] : 1
  const bins = rows.bins + row * rows.rowBytes
  for (let feature = 0; feature < rows.rowBytes; feature++) {
    const cell = cells + rows.cellOf(feature) + u8[bins + feature] * 8
    f64[cell] += target
    f64[cell + 1] += weight
  }
}
