import { byGrid, Grid, search, SEARCH } from './bin'
import { append, falls, pick, pick2, pick4, pick8, pickSpare8, storeCodes } from './slices'

/** Rows of a block: as many as a mask has bits. */
const BLOCK: u32 = 128
/** Trees whose values are added in one pass over the rows. */
const GROUP: u32 = 4
/** Steps of a walk between two looks whether all rows have come to leaves. */
const ROUND: u32 = 8

/**
 * Rows that fall through trees, 128 at a time. A condition of a split is told of all of them at once: its mask has bit
 * `row >> 4` of byte `row & 15` set where the row goes right. Trees share their conditions, so that a level of a tree costs a
 * few operations on masks for all rows together.
 */
@unmanaged
export class Predict {
  /** Doubles, row by row; whole blocks of rows. */
  values: usize
  rowBytes: u32
  blockCount: u32
  /** Records {@link ConditionColumn}. */
  columns: usize
  columnCount: u32
  /** 16 bytes a condition, block by block. The first one of a block holds in no row. */
  masks: usize
  maskBytes: u32
  /** Records {@link TreeGroup}. */
  groups: usize
  groupCount: u32
  /** The result: `sumBytes` for each slot, in which there is a double a row. */
  sums: usize
  sumBytes: u32
  slots: u32
  /** 2944 bytes that a block writes and reads. */
  scratch: usize
}

/** Conditions of one feature. */
@unmanaged
export class ConditionColumn {
  /** Record {@link Grid} of at most 251 thresholds; the condition of a threshold holds above it. 0: sets of categories. */
  grid: usize
  /** Place of the feature within a row, in bytes. */
  value: u32
  /** Place of its first condition within the masks of a block, and number of conditions. */
  masks: u32
  count: u32
  /** Whether NaN is below all thresholds, instead of above. */
  missingLeft: u32
  /** Number of categories, at most 254. What is none of them is category `arity`, and NaN is category `arity + 1`. */
  arity: u32
  /** Bit sets of 32 bytes: categories that go right. */
  sets: usize
}

/** Up to four trees that tell something of the same slots. */
@unmanaged
export class TreeGroup {
  /** Records {@link MaskTree}. */
  trees: usize
  treeCount: u32
  slot: u32
  slotCount: u32
  /** Addresses of tables of doubles by leaf: four a slot, one for each tree, and a table of one 0 for each that lacks. */
  tables: usize
  /** Whether leaves are those that walks end in; else they are the codes of the last level. */
  walks: u32
}

/** A tree. */
@unmanaged
export class MaskTree {
  /** Levels that are taken by masks, at most 8, filled up to a complete tree. */
  levels: u32
  /** Places of masks, 32 bits each, level by level. */
  masks: usize
  /** Levels below. */
  steps: u32
  /** Where the walk of each code starts: addresses of nodes. */
  starts: usize
  /** Nodes of 8 bytes: place of a mask, and address of the left child, behind which lies the right one. A leaf is its own left child. */
  nodes: usize
  /** A number for each node: that of its leaf. */
  leaves: usize
}

/** Task 0: sums of what the trees tell of rows, slot by slot, in the order of the trees. */
export function predictRows(job: Predict, task: u32, thread: u32): void {
  for (let block: u32 = 0; block < job.blockCount; block++) {
    const values = job.values + <usize>block * (job.rowBytes * BLOCK)
    const masks = job.masks + <usize>block * job.maskBytes
    v128.store(masks, i8x16.splat(0))
    for (let i: u32 = 0; i < job.columnCount; i++) {
      const column = changetype<ConditionColumn>(job.columns + <usize>i * offsetof<ConditionColumn>())
      fillMasks(column, values, job.rowBytes, job.scratch, masks + column.masks)
    }
    const sums = job.sums + (<usize>block << 10)
    for (let slot: u32 = 0; slot < job.slots; slot++) memory.fill(sums + <usize>slot * job.sumBytes, 0, BLOCK << 3)
  }
  // A group stays in the cache while the blocks pass by.
  for (let i: u32 = 0; i < job.groupCount; i++) {
    const group = changetype<TreeGroup>(job.groups + <usize>i * offsetof<TreeGroup>())
    for (let block: u32 = 0; block < job.blockCount; block++) {
      const masks = job.masks + <usize>block * job.maskBytes
      addGroup(group, masks, job.sums + (<usize>block << 10), job.sumBytes, job.scratch)
    }
  }
}

/** Bins of a feature, then its masks. */
function fillMasks(column: ConditionColumn, values: usize, rowBytes: u32, bins: usize, masks: usize): void {
  const value = values + column.value
  if (column.grid == 0) {
    categories(value, rowBytes, bins, column.arity)
    setMasks(bins, column.sets, masks, column.count)
    return
  }
  const grid = changetype<Grid>(column.grid)
  if (grid.steps == 1) grid1(grid, value, rowBytes, bins)
  else if (grid.steps == 2) grid2(grid, value, rowBytes, bins)
  else if (grid.steps < SEARCH) grid4(grid, value, rowBytes, bins)
  else search(grid, value, rowBytes, bins, BLOCK, true)
  if (column.missingLeft) missingLeft(value, rowBytes, bins)
  thresholdMasks(bins, masks, column.count)
}

function grid1(grid: Grid, values: usize, rowBytes: u32, bins: usize): void {
  byGrid(grid, values, rowBytes, bins, BLOCK, 1, true)
}

function grid2(grid: Grid, values: usize, rowBytes: u32, bins: usize): void {
  byGrid(grid, values, rowBytes, bins, BLOCK, 2, true)
}

function grid4(grid: Grid, values: usize, rowBytes: u32, bins: usize): void {
  byGrid(grid, values, rowBytes, bins, BLOCK, 4, true)
}

/** Puts NaN into the first bin. */
function missingLeft(value: usize, rowBytes: u32, bin: usize): void {
  for (const end = bin + BLOCK; bin < end; bin++) {
    const x = load<f64>(value)
    if (x != x) store<u8>(bin, 0)
    value += rowBytes
  }
}

function categories(value: usize, rowBytes: u32, bin: usize, arity: u32): void {
  for (const end = bin + BLOCK; bin < end; bin++) {
    const x = load<f64>(value)
    let category = arity
    if (x >= 0 && x < <f64>arity) {
      const whole = <u32>x
      if (<f64>whole == x) category = whole
    } else if (x != x) {
      category = arity + 1
    }
    store<u8>(bin, <u8>category)
    value += rowBytes
  }
}

/** Masks of the thresholds 0, 1 ... of a column: which bins are larger. Bytes are compared as signed numbers. */
function thresholdMasks(bins: usize, mask: usize, count: u32): void {
  const lowest = i8x16.splat(-128)
  const one = i8x16.splat(1)
  const x0 = v128.xor(v128.load(bins), lowest)
  const x1 = v128.xor(v128.load(bins, 16), lowest)
  const x2 = v128.xor(v128.load(bins, 32), lowest)
  const x3 = v128.xor(v128.load(bins, 48), lowest)
  const x4 = v128.xor(v128.load(bins, 64), lowest)
  const x5 = v128.xor(v128.load(bins, 80), lowest)
  const x6 = v128.xor(v128.load(bins, 96), lowest)
  const x7 = v128.xor(v128.load(bins, 112), lowest)
  let threshold = lowest
  for (const end = mask + (<usize>count << 4); mask < end; mask += 16) {
    let bits = append(i8x16.splat(0), i8x16.gt_s(x7, threshold))
    bits = append(bits, i8x16.gt_s(x6, threshold))
    bits = append(bits, i8x16.gt_s(x5, threshold))
    bits = append(bits, i8x16.gt_s(x4, threshold))
    bits = append(bits, i8x16.gt_s(x3, threshold))
    bits = append(bits, i8x16.gt_s(x2, threshold))
    bits = append(bits, i8x16.gt_s(x1, threshold))
    bits = append(bits, i8x16.gt_s(x0, threshold))
    v128.store(mask, bits)
    threshold = i8x16.add(threshold, one)
  }
}

/** Masks of sets of categories. */
function setMasks(bins: usize, set: usize, mask: usize, count: u32): void {
  const seven = i8x16.splat(7)
  const byteOf = i8x16.splat(31)
  const half = i8x16.splat(16)
  const bitOf = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128)
  for (const end = mask + (<usize>count << 4); mask < end; mask += 16) {
    const low = v128.load(set)
    const high = v128.load(set, 16)
    let bits = i8x16.splat(0)
    for (let at: usize = 112; <isize>at >= 0; at -= 16) {
      const x = v128.load(bins + at)
      const byte = v128.and(i16x8.shr_u(x, 3), byteOf)
      // Out of range means 0.
      const found = v128.or(i8x16.swizzle(low, byte), i8x16.swizzle(high, i8x16.sub(byte, half)))
      const bit = i8x16.swizzle(bitOf, v128.and(x, seven))
      bits = append(bits, i8x16.eq(v128.and(found, bit), bit))
    }
    v128.store(mask, bits)
    set += 32
  }
}

function addGroup(group: TreeGroup, masks: usize, sums: usize, sumBytes: u32, scratch: usize): void {
  const codes = scratch + BLOCK
  const numbers = codes + GROUP * BLOCK
  const spare = numbers + (GROUP * BLOCK << 2)
  for (let i: u32 = 0; i < group.treeCount; i++) {
    const tree = changetype<MaskTree>(group.trees + <usize>i * offsetof<MaskTree>())
    findCodes(tree, masks, codes + i * BLOCK, spare)
    if (group.walks) walk(tree, masks, codes + i * BLOCK, numbers + (i * BLOCK << 2))
  }
  if (group.treeCount < GROUP) {
    const from = group.treeCount * BLOCK
    memory.fill(codes + from, 0, GROUP * BLOCK - from)
    memory.fill(numbers + (from << 2), 0, (GROUP * BLOCK - from) << 2)
  }
  let tables = group.tables
  let to = sums + <usize>group.slot * sumBytes
  for (let k: u32 = 0; k < group.slotCount; k++) {
    if (group.walks) addByNumbers(tables, numbers, to)
    else addByCodes(tables, codes, to)
    tables += GROUP << 2
    to += sumBytes
  }
}

/** The way of each row through the levels, as a number whose lowest bit is the last level. */
function findCodes(tree: MaskTree, masks: usize, codes: usize, spare: usize): void {
  const levels = tree.levels
  let at = tree.masks
  let s0 = i8x16.splat(0)
  let s1 = s0
  let s2 = s0
  let s3 = s0
  let s4 = s0
  let s5 = s0
  let s6 = s0
  let s7 = s0
  if (levels > 0) s0 = falls(masks, at, 0)
  if (levels > 1) s1 = pick2(masks, at + 4, s0)
  if (levels > 2) s2 = pick4(masks, at + 12, s0, s1)
  if (levels > 3) s3 = pick8(masks, at + 28, s0, s1, s2)
  if (levels > 4) {
    at += 60
    s4 = pick(s0, pick8(masks, at, s1, s2, s3), pick8(masks, at + 32, s1, s2, s3))
  }
  if (levels > 5) {
    at += 64
    const left = pick(s1, pick8(masks, at, s2, s3, s4), pick8(masks, at + 32, s2, s3, s4))
    s5 = pick(s0, left, pick(s1, pick8(masks, at + 64, s2, s3, s4), pick8(masks, at + 96, s2, s3, s4)))
  }
  if (levels > 6) {
    at += 128
    for (let i: usize = 0; i < 8; i++) v128.store(spare + (i << 4), pick8(masks, at + (i << 5), s3, s4, s5))
    s6 = pickSpare8(spare, s0, s1, s2)
  }
  if (levels > 7) {
    at += 256
    for (let i: usize = 0; i < 16; i++) v128.store(spare + (i << 4), pick8(masks, at + (i << 5), s4, s5, s6))
    s7 = pick(s0, pickSpare8(spare, s1, s2, s3), pickSpare8(spare + 128, s1, s2, s3))
  }
  storeCodes(codes, 8 - levels, s7, s6, s5, s4, s3, s2, s1, s0)
}

/** From the codes of a tree to the numbers of its leaves. */
function walk(tree: MaskTree, masks: usize, codes: usize, numbers: usize): void {
  for (let lane: usize = 0; lane < 16; lane++) {
    walk4(tree, masks + lane, codes + lane, numbers + (lane << 2), 0)
    walk4(tree, masks + lane, codes + lane + 64, numbers + (lane << 2) + 256, 4)
  }
}

/** Four rows, which have neighbouring bits in the first byte of each mask. */
@inline
function walk4(tree: MaskTree, masks: usize, codes: usize, numbers: usize, bit: u32): void {
  let a = start(tree, codes)
  let b = start(tree, codes + 16)
  let c = start(tree, codes + 32)
  let d = start(tree, codes + 48)
  for (let left = tree.steps; left > 0; ) {
    const round = min(left, ROUND)
    for (let i: u32 = 0; i < round; i++) {
      a = child(a, masks, bit)
      b = child(b, masks, bit + 1)
      c = child(c, masks, bit + 2)
      d = child(d, masks, bit + 3)
    }
    left -= round
    if (isLeaf(a) && isLeaf(b) && isLeaf(c) && isLeaf(d)) break
  }
  store<u32>(numbers, number(tree, a))
  store<u32>(numbers, number(tree, b), 64)
  store<u32>(numbers, number(tree, c), 128)
  store<u32>(numbers, number(tree, d), 192)
}

@inline
function start(tree: MaskTree, code: usize): usize {
  return <usize>load<u32>(tree.starts + (<usize>load<u8>(code) << 2))
}

@inline
function child(node: usize, masks: usize, bit: u32): usize {
  const bits = <u32>load<u8>(masks + <usize>load<u32>(node))
  return <usize>(load<u32>(node, 4) + (((bits << 3) >> bit) & 8))
}

@inline
function isLeaf(node: usize): bool {
  return <usize>load<u32>(node, 4) == node
}

@inline
function number(tree: MaskTree, node: usize): u32 {
  return load<u32>(tree.leaves + ((node - tree.nodes) >> 1))
}

@inline
function byCode(table: usize, code: usize): f64 {
  return load<f64>(table + (<usize>load<u8>(code) << 3))
}

/** Adds what four trees tell of each row. */
function addByCodes(tables: usize, code: usize, sum: usize): void {
  const a = <usize>load<u32>(tables)
  const b = <usize>load<u32>(tables, 4)
  const c = <usize>load<u32>(tables, 8)
  const d = <usize>load<u32>(tables, 12)
  for (const end = code + BLOCK; code < end; code++) {
    const two = load<f64>(sum) + byCode(a, code) + byCode(b, code + BLOCK)
    store<f64>(sum, two + byCode(c, code + 2 * BLOCK) + byCode(d, code + 3 * BLOCK))
    sum += 8
  }
}

@inline
function byNumber(table: usize, number: usize): f64 {
  return load<f64>(table + (<usize>load<u32>(number) << 3))
}

function addByNumbers(tables: usize, number: usize, sum: usize): void {
  const a = <usize>load<u32>(tables)
  const b = <usize>load<u32>(tables, 4)
  const c = <usize>load<u32>(tables, 8)
  const d = <usize>load<u32>(tables, 12)
  for (const end = number + 4 * BLOCK; number < end; number += 4) {
    const two = load<f64>(sum) + byNumber(a, number) + byNumber(b, number + 4 * BLOCK)
    store<f64>(sum, two + byNumber(c, number + 8 * BLOCK) + byNumber(d, number + 12 * BLOCK))
    sum += 8
  }
}
