import type { KernelMemory } from '../memory.js'
import { GRAMIAN } from '../records.js'

/** Rows whose products are added at once; each sum is formed row by row all the same. */
const ROWS = 4

/** Twin of `addProducts` in `assembly/gramian.ts`. */
export function addProducts(memory: KernelMemory, record: number, task: number): void {
  const { values, labels, weights, results, count, size, taskRows } = GRAMIAN.read(memory, record)
  const { f64 } = memory
  const groups = (size + 3) >> 2
  const squareCells = groups * (groups + 1) * 8
  const width = groups * 4
  const squares = results / 8 + task * (squareCells + 2 * width + 6)
  const products = squares + squareCells
  const scalars = products + 2 * width
  f64.fill(0, squares, scalars + 6)
  const weighted = new Float64Array(ROWS * (size + 1))
  const begin = task * taskRows
  const end = Math.min(begin + taskRows, count)
  for (let first = begin; first < end; first += ROWS) {
    const rows = Math.min(ROWS, end - first)
    for (let r = 0; r < rows; r++) {
      const row = first + r
      const x = values / 8 + row * size
      const label = f64[labels / 8 + row]
      const weight = weights ? f64[weights / 8 + row] : 1
      const own = r * (size + 1)
      for (let j = 0; j < size; j++) weighted[own + j] = weight * f64[x + j]
      weighted[own + size] = weight * label
      for (let j = 0; j < size; j++) {
        f64[products + j] += weighted[own + size] * f64[x + j]
        f64[products + width + j] += weighted[own + j]
      }
      const lane = (row - begin) & 1
      f64[scalars + lane] += weighted[own + size] * label
      f64[scalars + 2 + lane] += weighted[own + size]
      f64[scalars + 4 + lane] += weight
    }
    addRows(f64, values / 8 + first * size, size, rows, weighted, squares)
  }
}

/** Adds the products of features of a few rows. */
function addRows(f64: Float64Array, x: number, size: number, rows: number, weighted: Float64Array, squares: number) {
  const groups = (size + 3) >> 2
  const step = size + 1
  for (let i = 0; i < size; i++) {
    const g = i >> 2
    // The square on the diagonal in the row of squares of feature i, and there the row of the feature.
    const own = squares + 16 * (g * groups - (g * (g - 1)) / 2) + 4 * (i & 3)
    const [w0, w1, w2, w3] = [weighted[i], weighted[step + i], weighted[2 * step + i], weighted[3 * step + i]]
    for (let j = i; j < size; j++) {
      const at = own + 16 * ((j >> 2) - g) + (j & 3)
      if (rows === ROWS) {
        const a = x + j
        f64[at] = f64[at] + w0 * f64[a] + w1 * f64[a + size] + w2 * f64[a + 2 * size] + w3 * f64[a + 3 * size]
      } else for (let r = 0; r < rows; r++) f64[at] += weighted[r * step + i] * f64[x + r * size + j]
    }
  }
}
