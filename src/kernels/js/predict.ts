import type { KernelMemory } from '../memory.js'
import { PREDICT, PREDICT_NODE, PREDICT_TREE } from '../records.js'

const LANE_BYTES = 64

/** Twin of `predictTile` in `assembly/predict.ts`: row by row, without a tile. */
export function predictTile(memory: KernelMemory, record: number, task: number): void {
  const { trees, treeCount, values, rowCount, featureCount, sums, width, tileRows } = PREDICT.read(memory, record)
  const { f64, u32 } = memory
  const last = Math.min((task + 1) * tileRows, rowCount)
  for (let index = 0; index < treeCount; index++) {
    const tree = PREDICT_TREE.read(memory, trees + index * PREDICT_TREE.bytes)
    for (let row = task * tileRows; row < last; row++) {
      const first = values / 8 + row * featureCount
      let node = tree.nodes
      for (let step = 0; step < tree.depth; step++) {
        const feature = u32[node / 4 + 2] / LANE_BYTES
        const value = feature < featureCount ? f64[first + feature] : 0
        node = tree.nodes + u32[node / 4 + 3] + (value <= f64[node / 8] ? PREDICT_NODE.bytes : 0)
      }
      const from = tree.leafValues / 8 + ((node - tree.nodes) / PREDICT_NODE.bytes) * tree.width
      const to = sums / 8 + row * width + tree.place
      for (let k = 0; k < tree.width; k++) f64[to + k] += f64[from + k]
    }
  }
}
