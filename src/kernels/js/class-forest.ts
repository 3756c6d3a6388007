import type { KernelMemory } from '../memory.js'
import { CLASS_SUMS, FOREST, NODE_TASK, SPLIT } from '../records.js'
import { rowOf, timesOf } from './bags.js'
import { bestClassSplit } from './class-split.js'
import { divide } from './forest.js'
import { Rows } from './rows.js'

const RECORD_STEP = 4096

/** Twin of `writeClassRecords` in `assembly/class-histogram.ts`. */
export function writeClassRecords(memory: KernelMemory, record: number, task: number): void {
  const { rows: address, records, recordBytes, headBytes } = FOREST.read(memory, record)
  const rows = new Rows(memory, address)
  const { u8, u32, f64 } = memory
  for (let row = task * RECORD_STEP; row < Math.min((task + 1) * RECORD_STEP, rows.count); row++) {
    const to = records + row * recordBytes
    f64[to / 8] = f64[rows.pairs / 8 + 2 * row + 1]
    u32[to / 4 + 2] = 8 * f64[rows.targets / 8 + row]
    u8.copyWithin(to + headBytes, rows.bins + row * rows.rowBytes, rows.bins + (row + 1) * rows.rowBytes)
  }
}

/** Twin of `growClassNode` in `assembly/class-node.ts`. */
export function growClassNode(memory: KernelMemory, record: number, task: number, thread: number): void {
  const forest = FOREST.read(memory, record)
  const address = forest.tasks + task * NODE_TASK.bytes
  const node = NODE_TASK.read(memory, address)
  const rows = new Rows(memory, forest.rows)
  const { u8, u32, f64 } = memory
  const { classCount } = forest
  const cells = (forest.cells + thread * forest.cellBytes) / 8
  const featureDoubles = rows.binCount * classCount
  const chosen = Array.from(u32.subarray(node.features / 4, node.features / 4 + node.featureCount))
  f64.fill(0, cells, cells + chosen.length * featureDoubles)
  const classAt = (at: number): number => u32[(forest.records + rowOf(u32[at]) * forest.recordBytes) / 4 + 2] / 8
  for (let at = node.begin / 4; at < node.end / 4; at++) {
    const own = forest.records + rowOf(u32[at]) * forest.recordBytes
    const weight = f64[own / 8] * timesOf(u32[at])
    const cell = cells + classAt(at)
    for (let place = 0; place < chosen.length; place++) {
      const bin = u8[own + forest.headBytes + chosen[place]]
      f64[cell + place * featureDoubles + bin * classCount] += weight
    }
  }
  const binsOf = (place: number): Float64Array =>
    f64.subarray(cells + place * featureDoubles, cells + (place + 1) * featureDoubles)
  bestClassSplit(memory, forest, node.split, chosen, binsOf)
  const split = SPLIT.read(memory, node.split)
  node.middle = node.begin
  if (split.score > 0) {
    divide(memory, forest, node, split)
    const isPure = (begin: number, end: number): boolean => {
      for (let at = begin / 4; at < end / 4; at++) if (classAt(at) !== classAt(begin / 4)) return false
      return true
    }
    node.leftIsPure = Number(isPure(node.begin, node.middle))
    node.rightIsPure = Number(isPure(node.middle, node.end))
  }
  NODE_TASK.write(memory, address, node)
}

/** Twin of `sumClassRanges` in `assembly/class-node.ts`. */
export function sumClassRanges(memory: KernelMemory, record: number, task: number): void {
  const { rows: address, classCount, ranges, sums, leafCount, step } = CLASS_SUMS.read(memory, record)
  const rows = new Rows(memory, address)
  const { u32, f64 } = memory
  for (let i = task * step; i < Math.min((task + 1) * step, leafCount); i++) {
    const own = f64.subarray(sums / 8 + i * (classCount + 1)).subarray(0, classCount + 1)
    own.fill(0)
    for (let at = u32[ranges / 4 + 2 * i] / 4; at < u32[ranges / 4 + 2 * i + 1] / 4; at++) {
      const row = rowOf(u32[at])
      const times = timesOf(u32[at])
      own[0] += times
      own[1 + f64[rows.targets / 8 + row]] += rows.weights ? f64[rows.weights / 8 + row] * times : times
    }
  }
}
