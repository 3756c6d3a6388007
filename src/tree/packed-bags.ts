import { BAG_LIST, BAGS, PARTITION } from '../kernels/records.js'
import { plusSeed, type Seed, seedWords } from '../util/random/seed.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { drawBags } from './bagging.js'
import type { TreeStrategy } from './strategy.js'
import type { PackedData } from './tree-data.js'

/** Entries of the rows of a tree, in the memory of the kernels: from one address up to another. */
export interface RowList {
  readonly begin: number
  readonly end: number
}

const STATE_BYTES = 10_048
/** An entry counts up to so many rows. */
const MOST = 8
/** Draws of a task. */
const STEP = 2 ** 16
const ENTRY_BYTES = 4

/** Lists the rows in the bag of each tree, see `drawBags`. */
export async function packBags(
  data: PackedData,
  strategy: TreeStrategy,
  numTrees: number,
  seed: Seed,
  turns: TurnTaker,
): Promise<RowList[]> {
  const { engine } = data.packed
  const { memory } = engine
  const { numRows } = data
  const counts = memory.allocate(numRows * numTrees)
  const sizes = strategy.bootstrap
    ? await drawWithReplacement(data, counts, strategy.subsamplingRate, numTrees, seed, turns)
    : await copyBags(data, counts, strategy, numTrees, seed, turns)
  // The kernel writes an entry more than it keeps.
  const lists = memory.allocate(BAG_LIST.bytes * numTrees)
  const all = memory.allocate(ENTRY_BYTES * (sizes.reduce((sum, size) => sum + size, 0) + numTrees))
  let begin = all
  const ranges = Array.from(sizes, (size, tree) => {
    BAG_LIST.write(memory, lists + tree * BAG_LIST.bytes, {
      counts: counts + tree * numRows,
      rowCount: numRows,
      entries: begin,
    })
    const range = { begin, end: begin + ENTRY_BYTES * size }
    begin = range.end + ENTRY_BYTES
    return range
  })
  await engine.run('listBag', lists, numTrees, turns)
  return ranges
}

/** @returns the number of entries of each tree. */
async function drawWithReplacement(
  { packed, numRows, partitions, partitionStarts }: PackedData,
  counts: number,
  mean: number,
  treeCount: number,
  seed: Seed,
  turns: TurnTaker,
): Promise<Float64Array> {
  const { engine } = packed
  const { memory } = engine
  const { length } = partitions
  const record = memory.allocate(BAGS.bytes)
  const records = memory.allocate(PARTITION.bytes * length)
  const states = memory.allocate(STATE_BYTES * length)
  const entries = memory.allocate(4 * treeCount * length)
  memory.u32.fill(0, entries / 4, entries / 4 + treeCount * length)
  let longest = 0
  partitions.forEach((partition, p) => {
    const { high, low } = seedWords(plusSeed(seed, partition + 1))
    const [nextRow, endRow] = partitionStarts.subarray(p, p + 2)
    PARTITION.write(memory, records + p * PARTITION.bytes, {
      ...{ nextRow, endRow, state: states + p * STATE_BYTES, entries: entries + 4 * p * treeCount },
      ...{ isNew: 1, seedHigh: high, seedLow: low },
    })
    longest = Math.max(longest, endRow - nextRow)
  })
  const step = Math.max(1, Math.floor(STEP / treeCount))
  BAGS.write(memory, record, {
    ...{ counts, rowCount: numRows, treeCount, partitions: records, step, mean, floor: Math.exp(-mean) },
    spare: memory.allocate(engine.threads * step * treeCount),
  })
  for (let row = 0; row < longest; row += step) await engine.run('drawBags', record, length, turns)
  const sizes = new Float64Array(treeCount)
  for (let i = 0; i < treeCount * length; i++) sizes[i % treeCount] += memory.u32[entries / 4 + i]
  return sizes
}

/** @returns the number of entries of each tree. */
async function copyBags(
  { packed, ...rows }: PackedData,
  counts: number,
  strategy: TreeStrategy,
  numTrees: number,
  seed: Seed,
  turns: TurnTaker,
): Promise<Float64Array> {
  const { u8 } = packed.engine.memory
  const { numRows } = rows
  const bags = await drawBags(rows, strategy, numTrees, seed, turns)
  if (!bags) u8.fill(1, counts, counts + numTrees * numRows)
  return Float64Array.from({ length: numTrees }, (_, tree) => {
    if (!bags) return numRows
    u8.set(bags[tree], counts + tree * numRows)
    return bags[tree].reduce((sum, count) => sum + Math.ceil(count / MOST), 0)
  })
}
