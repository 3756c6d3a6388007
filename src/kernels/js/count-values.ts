import type { KernelMemory } from '../memory.js'
import { COLUMN, COUNT_VALUES } from '../records.js'

/** Twin of `countValues` in `assembly/count-values.ts`. */
export function countValues(memory: KernelMemory, record: number, task: number): void {
  const address = COUNT_VALUES.read(memory, record).columns + task * COLUMN.bytes
  const column = COLUMN.read(memory, address)
  const { f64 } = memory
  const values = f64.subarray(column.values / 8, column.values / 8 + column.length).sort()
  const counts = f64.subarray(column.counts / 8, column.counts / 8 + column.length)
  let distinct = 0
  for (const value of values) {
    if (distinct > 0 && values[distinct - 1] === value) {
      counts[distinct - 1]++
    } else {
      values[distinct] = value
      counts[distinct++] = 1
    }
  }
  COLUMN.write(memory, address, { ...column, distinct })
}
