import type { KernelMemory } from '../memory.js'
import { CONDITION_COLUMN, GRID, MASK_TREE, PREDICT, TREE_GROUP } from '../records.js'

const BLOCK = 128
const GROUP = 4
const MASK_BYTES = 16

/** Twin of `predictRows` in `assembly/predict.ts`: one row after another. */
export function predictRows(memory: KernelMemory, record: number): void {
  const job = PREDICT.read(memory, record)
  for (let block = 0; block < job.blockCount; block++) {
    const masks = job.masks + block * job.maskBytes
    memory.u8.fill(0, masks, masks + job.maskBytes)
    for (let i = 0; i < job.columnCount; i++) {
      const column = CONDITION_COLUMN.read(memory, job.columns + i * CONDITION_COLUMN.bytes)
      fillMasks(memory, column, job.values + block * BLOCK * job.rowBytes, job.rowBytes, masks + column.masks)
    }
    const sums = job.sums / 8 + block * BLOCK
    for (let slot = 0; slot < job.slots; slot++) {
      const from = sums + (slot * job.sumBytes) / 8
      memory.f64.fill(0, from, from + BLOCK)
    }
    for (let i = 0; i < job.groupCount; i++) {
      addGroup(memory, job.groups + i * TREE_GROUP.bytes, masks, sums, job.sumBytes / 8)
    }
  }
}

function addGroup(memory: KernelMemory, record: number, masks: number, sums: number, slotStep: number): void {
  const { u8, u32, f64 } = memory
  const group = TREE_GROUP.read(memory, record)
  for (let j = 0; j < group.treeCount; j++) {
    const tree = MASK_TREE.read(memory, group.trees + j * MASK_TREE.bytes)
    for (let row = 0; row < BLOCK; row++) {
      const goesRight = (mask: number): number => (u8[masks + mask + (row & 15)] >> (row >> 4)) & 1
      const code = codeOf(u32, tree, goesRight)
      const leaf = group.walks ? walk(u32, tree, code, goesRight) : code
      for (let k = 0; k < group.slotCount; k++) {
        f64[sums + (group.slot + k) * slotStep + row] += f64[u32[group.tables / 4 + k * GROUP + j] / 8 + leaf]
      }
    }
  }
}

type Column = ReturnType<(typeof CONDITION_COLUMN)['read']>

function fillMasks(memory: KernelMemory, column: Column, values: number, rowBytes: number, masks: number): void {
  const { u8, u32, f64 } = memory
  const thresholds = column.grid > 0 ? GRID.read(memory, column.grid).thresholds / 8 : 0
  for (let row = 0; row < BLOCK; row++) {
    const value = f64[(values + row * rowBytes + column.value) / 8]
    const category = categoryOf(value, column.arity)
    for (let i = 0; i < column.count; i++) {
      const goesRight =
        column.grid > 0
          ? !(value <= f64[thresholds + i] || (column.missingLeft === 1 && Number.isNaN(value)))
          : ((u32[column.sets / 4 + i * 8 + (category >> 5)] >>> (category & 31)) & 1) === 1
      if (goesRight) u8[masks + i * MASK_BYTES + (row & 15)] |= 1 << (row >> 4)
    }
  }
}

function categoryOf(value: number, arity: number): number {
  if (Number.isNaN(value)) return arity + 1
  return value >= 0 && value < arity && Number.isInteger(value) ? value : arity
}

type Tree = ReturnType<(typeof MASK_TREE)['read']>

function codeOf(u32: Uint32Array, tree: Tree, goesRight: (mask: number) => number): number {
  let code = 0
  for (let level = 0; level < tree.levels; level++) {
    code = 2 * code + goesRight(u32[tree.masks / 4 + 2 ** level - 1 + code])
  }
  return code
}

function walk(u32: Uint32Array, tree: Tree, code: number, goesRight: (mask: number) => number): number {
  let node = u32[tree.starts / 4 + code]
  for (let i = 0; i < tree.steps; i++) node = u32[node / 4 + 1] + 8 * goesRight(u32[node / 4])
  return u32[tree.leaves / 4 + (node - tree.nodes) / 8]
}
