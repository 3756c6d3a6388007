import type { KernelMemory } from '../kernels/memory.js'
import { GRID } from '../kernels/records.js'

const GRID_CELLS = 1024
const GRID_STEPS = 4
const THRESHOLD_PLACES = 264
const SEARCH = 5
const CATEGORIES = 0
const LOW_BITS = 2 ** 52

/** Bytes of the table of a grid. */
export const GRID_TABLE_BYTES = 8 * THRESHOLD_PLACES + GRID_CELLS

/** Writes the record of a feature whose categories are its bins. */
export function writeCategories(memory: KernelMemory, record: number): void {
  GRID.write(memory, record, { low: 0, cellsPerOne: 0, thresholds: 0, steps: CATEGORIES })
}

/**
 * Writes how the kernels find the bin of a value, the number of thresholds below it.
 * @param record address of a record `GRID`; @param table of `GRID_TABLE_BYTES`. @param thresholds at most 255, ascending.
 */
export function writeGrid(memory: KernelMemory, record: number, table: number, thresholds: Float64Array): void {
  memory.f64.subarray(table / 8, table / 8 + THRESHOLD_PLACES).fill(Number.POSITIVE_INFINITY)
  memory.f64.set(thresholds, table / 8)
  const low = thresholds.length > 0 ? thresholds[0] : 0
  const range = thresholds.length > 0 ? thresholds[thresholds.length - 1] - low : 0
  const scale = (GRID_CELLS - 1) / range
  // Where thresholds are too close to each other for a grid over them, all come to its first cell.
  const cellsPerOne = Number.isFinite(scale) ? scale : 1
  const cells = memory.u8.subarray(table + 8 * THRESHOLD_PLACES, table + GRID_TABLE_BYTES)
  const most =
    Number.isFinite(low) && Number.isFinite(range) ? countBefore(thresholds, low, cellsPerOne, cells) : SEARCH
  GRID.write(memory, record, {
    ...{ low, cellsPerOne, thresholds: table },
    steps: most > GRID_STEPS ? SEARCH : Math.max(1, most),
  })
}

/**
 * Writes for each cell of a grid how many thresholds lie in cells before it.
 * @returns the most thresholds in one cell.
 */
function countBefore(thresholds: Float64Array, low: number, cellsPerOne: number, cells: Uint8Array): number {
  let most = 0
  let inCell = 0
  let cell = -1
  for (let i = 0; i < thresholds.length; i++) {
    const place = Math.max(0, Math.min(GRID_CELLS - 1, (thresholds[i] - low) * cellsPerOne))
    // Rounded as the kernel does. Cells ascend as thresholds do.
    const own = place + LOW_BITS - LOW_BITS
    if (own > cell) {
      cells.fill(i, cell + 1, own + 1)
      cell = own
      inCell = 0
    }
    most = Math.max(most, ++inCell)
  }
  cells.fill(thresholds.length, cell + 1)
  return most
}
