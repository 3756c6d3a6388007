import { addBlock, addList } from './histogram'
import { divideByCategories, divideList, divideRun, listRun } from './partition'
import { Rows } from './rows'
import { bestSplit, Features, Split } from './split'

/** One level of a tree whose nodes are split: parents divide their rows among two children each. */
@unmanaged
export class Level {
  rows: Rows
  /** Records {@link Parent}, one after another. */
  parents: usize
  parentCount: u32
  /** Where the rows of children are: begin and end within `order`, 16 bits each, child by child; `childrenStep` bytes a block. */
  children: usize
  childrenStep: u32
  /** Cells of threads 1 and up: thread by thread, parent by parent. Zero between two levels. */
  threadCells: usize
  threads: u32
  features: Features
  /** Not 0: rows are many and scattered over memory, so that reading a block through beforehand pays. */
  readsAhead: u32
}

@unmanaged
export class Parent {
  /** Where its rows are, as in `Level.children`, and bytes a block. 0: it has all rows, in their own order. */
  segments: usize
  step: u32
  /** The split: bins of `feature` up to `bin` go left, or those in the set `categories` if that is not 0. */
  feature: u32
  bin: u32
  categories: usize
  /** Which child is counted, the smaller one: 1 left, 2 right. 0: none. */
  counted: u32
  /** Cells of the counted child, zero beforehand. */
  cells: usize
  /** Cells of the parent, which become those of the other child. 0: there is no other child to be counted. */
  otherCells: usize
  /** Records {@link Split} for the children's best splits. */
  leftSplit: usize
  rightSplit: usize
}

const LEFT: u32 = 1
const RIGHT: u32 = 2

@inline
function parentOf(level: Level, index: u32): Parent {
  return changetype<Parent>(level.parents + <usize>index * offsetof<Parent>())
}

@inline
function threadCells(level: Level, thread: u32, parent: u32): usize {
  return level.threadCells + <usize>((thread - 1) * level.parentCount + parent) * level.rows.cellBytes()
}

/** Reads memory in order, so that what jumps around in it later finds it in the cache. */
function readAhead(from: usize, bytes: usize, spare: usize): void {
  let seen: u8 = 0
  for (const end = from + bytes; from < end; from += 64) seen ^= load<u8>(from)
  store<u8>(spare, seen)
}

/** Divides the rows that a parent has in a block, and adds those of the counted child to `cells`. */
function growParentIn(level: Level, index: u32, block: u32, cells: usize, thread: u32): void {
  const rows = level.rows
  const parent = parentOf(level, index)
  let begin: u32 = 0
  let end = rows.rowsIn(block)
  let left: u32
  if (parent.segments) {
    const segment = parent.segments + <usize>block * parent.step
    begin = load<u16>(segment)
    end = load<u16>(segment, 2)
  }
  if (parent.categories) {
    if (parent.segments == 0) listRun(rows, block)
    left = divideByCategories(rows, block, begin, end, parent.feature, parent.categories, thread)
  } else if (parent.segments) {
    left = divideList(rows, block, begin, end, parent.feature, parent.bin, thread)
  } else {
    left = divideRun(rows, block, parent.feature, parent.bin, thread)
  }
  const middle = begin + left
  const children = level.children + <usize>block * level.childrenStep + (<usize>index << 3)
  store<u16>(children, <u16>begin)
  store<u16>(children, <u16>middle, 2)
  store<u16>(children, <u16>middle, 4)
  store<u16>(children, <u16>end, 6)
  if (parent.counted == LEFT) addList(rows, block, begin, middle, cells)
  else if (parent.counted == RIGHT) addList(rows, block, middle, end, cells)
}

/** Task = block: all parents of the level in one block. {@link finishParent} follows when all blocks are done. */
export function growBlock(level: Level, block: u32, thread: u32): void {
  const rows = level.rows
  if (level.readsAhead) {
    const spare = rows.spareOf(thread)
    readAhead(rows.binsOf(block), <usize>rows.rowsIn(block) * rows.rowBytes, spare)
    if (rows.pairs) readAhead(rows.pairsOf(block), <usize>rows.rowsIn(block) << 4, spare)
    else readAhead(rows.targetsOf(block), <usize>rows.rowsIn(block) << 3, spare)
  }
  for (let index: u32 = 0; index < level.parentCount; index++) {
    growParentIn(level, index, block, thread ? threadCells(level, thread, index) : parentOf(level, index).cells, thread)
  }
}

/** Task = parent: one parent in all blocks, for levels whose cells are too many to be in the cache all at once. */
export function growParent(level: Level, index: u32, thread: u32): void {
  const rows = level.rows
  const parent = parentOf(level, index)
  if (parent.counted) memory.fill(parent.cells, 0, rows.cellBytes())
  const blocks = (rows.count + rows.blockRows - 1) / rows.blockRows
  for (let block: u32 = 0; block < blocks; block++) growParentIn(level, index, block, parent.cells, thread)
  if (parent.counted) splitChildren(level, parent, thread)
}

/** Task = parent: adds up what the threads counted, and finds the best splits of the children. */
export function finishParent(level: Level, index: u32, thread: u32): void {
  const parent = parentOf(level, index)
  for (let other: u32 = 1; other < level.threads; other++) {
    moveCells(threadCells(level, other, index), parent.cells, level.rows.cellBytes())
  }
  splitChildren(level, parent, thread)
}

/** Adds cells to others and leaves zeros. */
export function moveCells(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(to + i, f64x2.add(v128.load(to + i), v128.load(from + i)))
    v128.store(from + i, f64x2.splat(0))
  }
}

function splitChildren(level: Level, parent: Parent, thread: u32): void {
  const rows = level.rows
  const features = level.features
  const spare = rows.spareOf(thread)
  const countedLeft = parent.counted == LEFT
  const counted = changetype<Split>(countedLeft ? parent.leftSplit : parent.rightSplit)
  bestSplit(parent.cells, features, counted, spare)
  if (parent.otherCells == 0) return
  const bytes = <usize>rows.cellBytes()
  for (let i: usize = 0; i < bytes; i += 16) {
    const cell = parent.otherCells + i
    v128.store(cell, f64x2.sub(v128.load(cell), v128.load(parent.cells + i)))
  }
  const other = changetype<Split>(countedLeft ? parent.rightSplit : parent.leftSplit)
  bestSplit(parent.otherCells, features, other, spare)
}

/** The root of a tree, which has all rows. */
@unmanaged
export class Root {
  rows: Rows
  /** Zero beforehand. */
  cells: usize
  /** Cells of threads 1 and up. */
  threadCells: usize
}

/** Task = block: counts all rows. `finishParent` follows, with the root as the counted child of nobody. */
export function countBlock(root: Root, block: u32, thread: u32): void {
  addBlock(root.rows, block, thread ? root.threadCells + <usize>(thread - 1) * root.rows.cellBytes() : root.cells)
}
