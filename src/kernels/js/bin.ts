import type { KernelMemory } from '../memory.js'
import { BIN_ROWS, GRID } from '../records.js'

const CATEGORIES = 0

/** Twin of `binRows` in `assembly/bin.ts`: thresholds are counted without a grid, by halving. */
export function binRows(memory: KernelMemory, record: number): void {
  const { values, grids, bins, columns, featureCount, rowBytes, count, blockRows } = BIN_ROWS.read(memory, record)
  const { u8, f64 } = memory
  for (let feature = 0; feature < featureCount; feature++) {
    const grid = GRID.read(memory, grids + feature * GRID.bytes)
    const first = grid.thresholds / 8
    for (let row = 0; row < count; row++) {
      const value = f64[values / 8 + row * featureCount + feature]
      u8[columns + feature * blockRows + row] = grid.steps === CATEGORIES ? value : below(f64, first, value)
    }
  }
  for (let row = 0; row < count; row++) {
    for (let feature = 0; feature < rowBytes; feature++) {
      u8[bins + row * rowBytes + feature] = u8[columns + feature * blockRows + row]
    }
  }
}

/** How many of 256 ascending thresholds lie below a value. */
function below(f64: Float64Array, first: number, value: number): number {
  let count = 0
  for (let half = 128; half >= 1; half /= 2) if (f64[first + count + half - 1] < value) count += half
  return count
}
