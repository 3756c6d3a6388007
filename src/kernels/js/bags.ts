import { PoissonDistribution } from '../../util/random/poisson.js'
import type { KernelMemory } from '../memory.js'
import { BAG_LIST, BAGS, PARTITION } from '../records.js'

/** An entry in the list of a tree is the number of a row, and in the upper bits how often it is there, less one. */
const MOST = 8
const ROW_BITS = 29
export const rowOf = (entry: number): number => entry & 0x1fffffff
export const timesOf = (entry: number): number => (entry >>> ROW_BITS) + 1

/** Twin of `drawBags` in `assembly/bags.ts`; the generators are kept by the addresses of their states. */
export function bagDrawer(memory: KernelMemory): (record: number, task: number) => void {
  const generators = new Map<number, PoissonDistribution>()
  return (record, task) => {
    const bags = BAGS.read(memory, record)
    const address = bags.partitions + task * PARTITION.bytes
    const partition = PARTITION.read(memory, address)
    const { state, seedHigh, seedLow, nextRow, endRow } = partition
    if (partition.isNew) {
      const seed = BigInt.asIntN(64, (BigInt(seedHigh) << 32n) | BigInt(seedLow))
      generators.set(state, new PoissonDistribution(bags.mean, seed))
    }
    const generator = generators.get(state) as PoissonDistribution
    const end = Math.min(nextRow + bags.step, endRow)
    for (let row = nextRow; row < end; row++) {
      for (let tree = 0; tree < bags.treeCount; tree++) {
        const draw = generator.sample()
        memory.u8[bags.counts + tree * bags.rowCount + row] = draw
        memory.u32[partition.entries / 4 + tree] += Math.ceil(draw / MOST)
      }
    }
    PARTITION.write(memory, address, { ...partition, nextRow: end, isNew: 0 })
  }
}

/** Twin of `listBag` in `assembly/bags.ts`. */
export function listBag(memory: KernelMemory, lists: number, task: number): void {
  const { counts, rowCount, entries } = BAG_LIST.read(memory, lists + task * BAG_LIST.bytes)
  const { u8, u32 } = memory
  let entry = entries / 4
  for (let row = 0; row < rowCount; row++) {
    for (let left = u8[counts + row]; left > 0; left -= MOST) {
      u32[entry++] = row | ((Math.min(left, MOST) - 1) << ROW_BITS)
    }
  }
}
