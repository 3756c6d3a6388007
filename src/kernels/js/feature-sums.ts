import type { KernelMemory } from '../memory.js'
import { FEATURE_SUMS } from '../records.js'
import { LearnRows } from './learn-rows.js'

/** Twin of `featureSums` in `assembly/feature-sums.ts`. */
export function featureSums(memory: KernelMemory, record: number, task: number): void {
  const args = FEATURE_SUMS.read(memory, record)
  const rows = new LearnRows(memory, args.rows)
  const { f64 } = memory
  const { stride, values, weights } = rows
  const sums = args.results / 8 + 2 * task * stride
  const squares = sums + stride
  f64.fill(0, sums, squares + stride)
  const first = values + rows.begin(task) * stride
  for (let row = rows.begin(task), end = rows.end(task); row < end; row += 2) {
    const x = values + row * stride
    for (let j = 0; j < stride; j++) {
      const d0 = f64[x + j] - f64[first + j]
      const d1 = f64[x + stride + j] - f64[first + j]
      const e0 = d0 * f64[weights + row]
      const e1 = d1 * f64[weights + row + 1]
      f64[sums + j] += e0 + e1
      f64[squares + j] += e0 * d0 + e1 * d1
    }
  }
}
