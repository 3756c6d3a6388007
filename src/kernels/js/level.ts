import type { KernelMemory } from '../memory.js'
import { LEVEL, PARENT, ROOT } from '../records.js'
import { addBlock, addList } from './histogram.js'
import { divide, listAll } from './partition.js'
import { Rows } from './rows.js'
import { bestSplit } from './split.js'

const LEFT = 1

type LevelRecord = ReturnType<typeof LEVEL.read>
type ParentRecord = ReturnType<typeof PARENT.read>

const parentOf = (memory: KernelMemory, level: LevelRecord, index: number): ParentRecord =>
  PARENT.read(memory, level.parents + index * PARENT.bytes)

const threadCells = (level: LevelRecord, rows: Rows, thread: number, parent: number): number =>
  level.threadCells + ((thread - 1) * level.parentCount + parent) * rows.cellBytes

function growParentIn(
  memory: KernelMemory,
  level: LevelRecord,
  rows: Rows,
  index: number,
  block: number,
  cells: number,
): void {
  const { u8, u16 } = memory
  const { segments, step, feature, bin, categories, counted } = parentOf(memory, level, index)
  let begin = 0
  let end = rows.rowsIn(block)
  if (segments) {
    const segment = (segments + block * step) / 2
    begin = u16[segment]
    end = u16[segment + 1]
  } else {
    listAll(memory, rows, block)
  }
  const goesLeft = categories
    ? (category: number) => ((u8[categories + (category >>> 3)] >>> (category & 7)) & 1) === 1
    : (value: number) => value <= bin
  const middle = begin + divide(memory, rows, block, begin, end, feature, goesLeft)
  u16.set([begin, middle, middle, end], (level.children + block * level.childrenStep + index * 8) / 2)
  if (counted) {
    if (counted === LEFT) addList(memory, rows, block, begin, middle, cells)
    else addList(memory, rows, block, middle, end, cells)
  }
}

/** Twin of `growBlock` in `assembly/level.ts`. */
export function growBlock(memory: KernelMemory, record: number, block: number, thread: number): void {
  const level = LEVEL.read(memory, record)
  const rows = new Rows(memory, level.rows)
  for (let index = 0; index < level.parentCount; index++) {
    const cells = thread ? threadCells(level, rows, thread, index) : parentOf(memory, level, index).cells
    growParentIn(memory, level, rows, index, block, cells)
  }
}

/** Twin of `growParent` in `assembly/level.ts`. */
export function growParent(memory: KernelMemory, record: number, index: number): void {
  const level = LEVEL.read(memory, record)
  const rows = new Rows(memory, level.rows)
  const parent = parentOf(memory, level, index)
  if (parent.counted) memory.u8.fill(0, parent.cells, parent.cells + rows.cellBytes)
  const blocks = Math.ceil(rows.count / rows.blockRows)
  for (let block = 0; block < blocks; block++) growParentIn(memory, level, rows, index, block, parent.cells)
  if (parent.counted) splitChildren(memory, level, rows, parent)
}

/** Twin of `finishParent` in `assembly/level.ts`. */
export function finishParent(memory: KernelMemory, record: number, index: number): void {
  const level = LEVEL.read(memory, record)
  const rows = new Rows(memory, level.rows)
  const parent = parentOf(memory, level, index)
  for (let other = 1; other < level.threads; other++) {
    const from = threadCells(level, rows, other, index) / 8
    for (let i = 0; i < rows.cellBytes / 8; i++) memory.f64[parent.cells / 8 + i] += memory.f64[from + i]
    memory.f64.fill(0, from, from + rows.cellBytes / 8)
  }
  splitChildren(memory, level, rows, parent)
}

function splitChildren(memory: KernelMemory, level: LevelRecord, rows: Rows, parent: ParentRecord): void {
  const { cells, otherCells, leftSplit, rightSplit } = parent
  const countedLeft = parent.counted === LEFT
  bestSplit(memory, cells, level.features, countedLeft ? leftSplit : rightSplit)
  if (!otherCells) return
  for (let i = 0; i < rows.cellBytes / 8; i++) memory.f64[otherCells / 8 + i] -= memory.f64[cells / 8 + i]
  bestSplit(memory, otherCells, level.features, countedLeft ? rightSplit : leftSplit)
}

/** Twin of `countBlock` in `assembly/level.ts`. */
export function countBlock(memory: KernelMemory, record: number, block: number, thread: number): void {
  const root = ROOT.read(memory, record)
  const rows = new Rows(memory, root.rows)
  addBlock(memory, rows, block, thread ? root.threadCells + (thread - 1) * rows.cellBytes : root.cells)
}
