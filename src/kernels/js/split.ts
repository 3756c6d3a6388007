import type { KernelMemory } from '../memory.js'
import { SPLIT } from '../records.js'
import type { Rows } from './rows.js'

const NONE = 0xffffffff

/**
 * Writes the split of a node that reduces the squared error most to address `best`. Twin of `assembly/split.ts`.
 * @param least a double a feature: least weight of a side, above 0; infinite where thresholds must not split.
 */
export function bestSplit(memory: KernelMemory, rows: Rows, cells: number, least: number, best: number): void {
  const { f64 } = memory
  const first = cells / 8
  let sum = 0
  let weight = 0
  for (let bin = 0; bin < rows.binCount; bin++) {
    sum += f64[first + 8 * bin]
    weight += f64[first + 8 * bin + 1]
  }
  const split = { score: 0, scale: 1, leftSum: 0, leftWeight: 0, sum, weight, feature: NONE, bin: NONE }
  for (let feature = 0; feature < rows.rowBytes; feature++) {
    const leastWeight = f64[least / 8 + feature]
    let cell = first + rows.cellOf(feature)
    let leftSum = 0
    let leftWeight = 0
    for (let bin = 0; bin < rows.binCount; bin++, cell += 8) {
      leftSum += f64[cell]
      leftWeight += f64[cell + 1]
      const rightWeight = weight - leftWeight
      if (leftWeight < leastWeight || rightWeight < leastWeight) continue
      const cross = leftSum * rightWeight - (sum - leftSum) * leftWeight
      const score = cross * cross
      const scale = leftWeight * rightWeight
      if (score * split.scale > split.score * scale) {
        Object.assign(split, { score, scale, leftSum, leftWeight, feature, bin })
      }
    }
  }
  SPLIT.write(memory, best, split)
}
