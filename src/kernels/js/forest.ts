import type { KernelMemory } from '../memory.js'
import { CATEGORICAL, FEATURES, FOREST, LEAF_RANGE, LEAF_SUMS, NODE_TASK, SPLIT } from '../records.js'
import { rowOf, timesOf } from './bags.js'
import { Rows } from './rows.js'
import { bestSplit } from './split.js'

type ForestRecord = ReturnType<typeof FOREST.read>
type NodeRecord = ReturnType<typeof NODE_TASK.read>

/** Rows that are put into records by one task. */
const RECORD_STEP = 4096

/** Twin of `writeRecords` in `assembly/forest-histogram.ts`. */
export function writeRecords(memory: KernelMemory, record: number, task: number): void {
  const { rows: address, records, recordBytes, headBytes } = FOREST.read(memory, record)
  const rows = new Rows(memory, address)
  const { u8, f64 } = memory
  const doubles = rows.weights ? 2 : 1
  for (let row = task * RECORD_STEP; row < Math.min((task + 1) * RECORD_STEP, rows.count); row++) {
    const to = records + row * recordBytes
    for (let i = 0; i < doubles; i++) f64[to / 8 + i] = f64[rows.pairs / 8 + 2 * row + i]
    u8.copyWithin(to + headBytes, rows.bins + row * rows.rowBytes, rows.bins + (row + 1) * rows.rowBytes)
  }
}

/** Twin of `growNode` in `assembly/forest.ts`. */
export function growNode(memory: KernelMemory, record: number, task: number, thread: number): void {
  const forest = FOREST.read(memory, record)
  const address = forest.tasks + task * NODE_TASK.bytes
  const node = NODE_TASK.read(memory, address)
  const rows = new Rows(memory, forest.rows)
  const cells = forest.cells + thread * forest.cellBytes
  const quads = Math.ceil(node.featureCount / 4)
  const list = cells + quads * rows.binCount * 64
  memory.f64.fill(0, cells / 8, list / 8)
  const chosen = Array.from(memory.u32.subarray(node.features / 4, node.features / 4 + node.featureCount))
  addRows(memory, forest, rows, node, chosen, cells)
  bestSplit(memory, cells, featuresOf(memory, forest, rows, chosen, list), node.split)
  const split = SPLIT.read(memory, node.split)
  node.middle = node.begin
  if (split.score >= 0) {
    split.feature = chosen[split.feature]
    memory.u32[(node.split + SPLIT.offsets.feature) / 4] = split.feature
    if (split.score > 0 && split.score >= forest.leastGain * split.scale * split.weight * split.weight) {
      divide(memory, forest, node, split)
      node.leftIsPure = Number(isPure(memory, rows, node.begin, node.middle))
      node.rightIsPure = Number(isPure(memory, rows, node.middle, node.end))
    }
  }
  NODE_TASK.write(memory, address, node)
}

/** Describes the features of a node to the search, by their places in its list. */
function featuresOf(
  memory: KernelMemory,
  { arity, leastWeight, ordersBySum }: ForestRecord,
  { binCount }: Rows,
  chosen: readonly number[],
  list: number,
): number {
  const quads = Math.ceil(chosen.length / 4)
  const least = list + 64
  const categorical = least + 32 * quads
  memory.f64.fill(Number.POSITIVE_INFINITY, least / 8, categorical / 8)
  let categoricalCount = 0
  chosen.forEach((feature, place) => {
    const count = memory.u32[arity / 4 + feature]
    if (count === 0) memory.f64[least / 8 + place] = leastWeight
    else if (count > 1) {
      CATEGORICAL.write(memory, categorical + CATEGORICAL.bytes * categoricalCount++, { feature: place, count })
    }
  })
  FEATURES.write(memory, list, { quads, binCount, least, categorical, categoricalCount, ordersBySum, leastWeight })
  return list
}

function addRows(
  { u8, u32, f64 }: KernelMemory,
  { records, recordBytes, headBytes }: ForestRecord,
  rows: Rows,
  { begin, end }: NodeRecord,
  chosen: readonly number[],
  cells: number,
): void {
  for (let at = begin / 4; at < end / 4; at++) {
    const record = records + rowOf(u32[at]) * recordBytes
    const times = timesOf(u32[at])
    const target = f64[record / 8] * times
    const weight = (rows.weights ? f64[record / 8 + 1] : 1) * times
    for (let place = 0; place < chosen.length; place++) {
      const cell = cells / 8 + rows.cellOf(place) + 8 * u8[record + headBytes + chosen[place]]
      f64[cell] += target
      f64[cell + 1] += weight
    }
  }
}

/** Divides the rows of a node stably. Twin of `assembly/forest-division.ts`. */
export function divide(
  { u8, u32 }: KernelMemory,
  { records, recordBytes, headBytes }: ForestRecord,
  node: NodeRecord,
  { feature, bin }: ReturnType<typeof SPLIT.read>,
): void {
  const set = node.split + SPLIT.offsets.categories0
  const byBin = bin !== 0xffffffff
  const goesLeft = (value: number): boolean =>
    byBin ? value <= bin : ((u8[set + (value >>> 3)] >>> (value & 7)) & 1) === 1
  const right: number[] = []
  let left = node.begin / 4
  for (let at = node.begin / 4; at < node.end / 4; at++) {
    const entry = u32[at]
    if (goesLeft(u8[records + rowOf(entry) * recordBytes + headBytes + feature])) u32[left++] = entry
    else right.push(entry)
  }
  node.middle = 4 * left
  for (const entry of right) u32[left++] = entry
}

function isPure({ u32, f64 }: KernelMemory, rows: Rows, begin: number, end: number): boolean {
  const targetAt = (at: number): number => f64[rows.targets / 8 + rowOf(u32[at])]
  for (let at = begin / 4; at < end / 4; at++) if (targetAt(at) !== targetAt(begin / 4)) return false
  return true
}

/** Twin of `sumRanges` in `assembly/forest-sums.ts`. */
export function sumRanges(memory: KernelMemory, record: number, task: number): void {
  const { rows: address, leaves, leafCount, step } = LEAF_SUMS.read(memory, record)
  const rows = new Rows(memory, address)
  const { u32, f64 } = memory
  for (let i = task * step; i < Math.min((task + 1) * step, leafCount); i++) {
    const leaf = LEAF_RANGE.read(memory, leaves + i * LEAF_RANGE.bytes)
    const sums = { count: 0, weight: 0, sum: 0, squares: 0 }
    for (let at = leaf.begin / 4; at < leaf.end / 4; at++) {
      const row = rowOf(u32[at])
      const times = timesOf(u32[at])
      const target = f64[rows.targets / 8 + row]
      const weight = rows.weights ? f64[rows.weights / 8 + row] * times : times
      const weighted = weight * target
      sums.count += times
      sums.weight += weight
      sums.sum += weighted
      sums.squares += weighted * target
    }
    LEAF_RANGE.write(memory, leaves + i * LEAF_RANGE.bytes, { ...leaf, ...sums })
  }
}
