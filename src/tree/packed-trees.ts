import type { KernelMemory } from '../kernels/memory.js'
import { CONDITION_COLUMN, GRID, MASK_TREE, PREDICT, TREE_GROUP } from '../kernels/records.js'
import { type Conditions, conditionsOf, SET_WORDS } from './conditions.js'
import type { FlatTree } from './flat-tree.js'
import { GRID_TABLE_BYTES, writeGrid } from './grids.js'

/** Rows that a kernel takes at once. */
export const BLOCK_ROWS = 128
/** Most blocks of rows that are laid ready, and bytes of their values and masks: they are to stay in a processor's second cache. */
const STAGED_BLOCKS = 16
const STAGED_BYTES = 3 * 2 ** 18
/** What a block writes and reads. */
const SCRATCH_BYTES = 2944
const MASK_BYTES = 16
/** Levels that are taken by masks. */
const MASK_LEVELS = 8
const GROUP = 4
/** Larger models fall row by row. */
const MOST_BYTES = 2 ** 26
const MOST_CONDITIONS = 2 ** 16

/** What a tree tells: `width` numbers for each node, in pre-order, that are added to as many sums from `slot` on. */
export interface TreeTerm {
  readonly tree: FlatTree
  readonly values: Float64Array
  readonly width: number
  readonly slot: number
}

/** Trees as they lie in the memory of kernels, and where rows and sums lie there. */
export interface PackedTrees {
  /** The records, and their place in memory. */
  readonly image: Uint8Array
  readonly imageAt: number
  /** Address of the record of the kernel. */
  readonly record: number
  /** Rows: `stagedRows` of `features.length` doubles, these features. */
  readonly rows: number
  readonly stagedRows: number
  readonly features: Int32Array
  readonly sums: number
}

/** Nanoseconds for a row that falls through trees without kernels, about. */
export const fallingCost = (terms: readonly TreeTerm[]): number =>
  terms.reduce((sum, { tree, width }) => sum + tree.depth * (tree.special ? 8 : 2) + width, 0)

/**
 * Packs trees into a memory; null where the kernels cannot take them, or would not be faster.
 * @param vacant gives the memory, which may hold nothing else.
 * @param terms those of one slot after those of another one.
 */
export function packTrees(
  vacant: () => KernelMemory,
  terms: readonly TreeTerm[],
  slots: number,
  numFeatures: number,
  always = false,
): PackedTrees | null {
  const conditions = conditionsOf(terms.map(({ tree }) => tree))
  if (!conditions || conditions.count > MOST_CONDITIONS) return null
  const walks = terms.some(({ tree }) => tree.depth > MASK_LEVELS)
  const shapes = terms.map((term) => shapeOf(term, walks))
  const bytes = shapes.reduce((sum, shape) => sum + shape.bytes, 0)
  const features = stagedFeatures(conditions, numFeatures)
  if (bytes > MOST_BYTES) return null
  if (!always && packedCost(terms, conditions, features.length) >= fallingCost(terms)) return null

  const memory = vacant()
  memory.release()
  const maskBytes = MASK_BYTES * conditions.count
  const fitting = Math.floor(STAGED_BYTES / (8 * BLOCK_ROWS * features.length + maskBytes))
  const blockCount = Math.max(1, Math.min(STAGED_BLOCKS, fitting))
  const stagedRows = BLOCK_ROWS * blockCount
  const rows = memory.allocate(8 * stagedRows * features.length)
  const sumBytes = 8 * stagedRows
  const sums = memory.allocate(slots * sumBytes)
  const masks = memory.allocate(blockCount * maskBytes)
  const scratch = memory.allocate(SCRATCH_BYTES)
  const imageAt = memory.top
  const columns = writeColumns(memory, conditions, features)
  const groups = writeGroups(memory, terms, shapes, conditions, walks, bytes)
  const record = memory.allocate(PREDICT.bytes)
  PREDICT.write(memory, record, {
    ...{ values: rows, rowBytes: 8 * features.length, blockCount, masks, maskBytes, sums, sumBytes, slots, scratch },
    ...{ columns, columnCount: conditions.columns.length, groups: groups.at, groupCount: groups.count },
  })
  const image = memory.u8.slice(imageAt, memory.top)
  return { image, imageAt, record, rows, stagedRows, features, sums }
}

/** All features, or those that are asked for where they are few. */
function stagedFeatures({ columns }: Conditions, numFeatures: number): Int32Array {
  const asked = [...new Set(columns.map(({ feature }) => feature))].sort((a, b) => a - b)
  return Int32Array.from(2 * asked.length < numFeatures ? asked : Array(numFeatures).keys())
}

/** Nanoseconds for a row that kernels take, about. */
function packedCost(terms: readonly TreeTerm[], { columns }: Conditions, stride: number): number {
  let cost = 0.3 * stride
  for (const { arity, count } of columns) cost += arity < 0 ? 1.2 + 0.016 * count : 2.5 + 0.1 * count
  for (const { tree, width } of terms) {
    const levels = Math.min(tree.depth, MASK_LEVELS)
    cost += 0.2 + 0.0023 * 2 ** levels + 1.5 * (tree.depth - levels) + 0.3 * width
  }
  return cost
}

/** What a tree takes. */
interface Shape {
  readonly levels: number
  /** Entries of a table by leaf. */
  readonly entries: number
  readonly bytes: number
}

function shapeOf({ tree, width }: TreeTerm, walks: boolean): Shape {
  const nodes = tree.left.length
  const levels = Math.min(tree.depth, MASK_LEVELS)
  const codes = 2 ** levels
  const entries = walks ? (nodes + 1) / 2 : codes
  return { levels, entries, bytes: 8 * (width * entries + codes + (walks ? codes + 2 * nodes : 0)) }
}

function writeColumns(memory: KernelMemory, { columns }: Conditions, features: Int32Array): number {
  const at = memory.allocate(CONDITION_COLUMN.bytes * columns.length)
  columns.forEach(({ feature, first, count, missingLeft, thresholds, arity, sets }, i) => {
    let grid = 0
    let setsAt = 0
    if (arity < 0) {
      grid = memory.allocate(GRID.bytes)
      writeGrid(memory, grid, memory.allocate(GRID_TABLE_BYTES), thresholds)
    } else {
      setsAt = memory.allocate(4 * SET_WORDS * count)
      memory.u32.set(sets, setsAt / 4)
    }
    CONDITION_COLUMN.write(memory, at + CONDITION_COLUMN.bytes * i, {
      ...{ grid, value: 8 * features.indexOf(feature), masks: MASK_BYTES * first, count },
      ...{ missingLeft: Number(missingLeft), arity: Math.max(0, arity), sets: setsAt },
    })
  })
  return at
}

/** Trees, four by four, as far as they tell of the same slots. */
function writeGroups(
  memory: KernelMemory,
  terms: readonly TreeTerm[],
  shapes: readonly Shape[],
  { byNode }: Conditions,
  walks: boolean,
  bytes: number,
): { readonly at: number; readonly count: number } {
  const starts: number[] = []
  terms.forEach(({ slot }, t) => {
    const start = starts.at(-1)
    if (start === undefined || t - start === GROUP || terms[start].slot !== slot) starts.push(t)
  })
  const at = memory.allocate(TREE_GROUP.bytes * starts.length)
  const trees = memory.allocate(MASK_TREE.bytes * terms.length)
  const zero = memory.allocate(8)
  memory.f64[zero / 8] = 0
  const tables = starts.map((start) => memory.allocate(4 * GROUP * terms[start].width))
  const writer = new TreeWriter(memory, memory.allocate(bytes), walks)
  starts.forEach((start, g) => {
    const { slot, width } = terms[start]
    const end = starts[g + 1] ?? terms.length
    for (let i = 0; i < GROUP; i++) {
      const t = start + i
      const own = t < end ? writer.write(trees + MASK_TREE.bytes * t, terms[t], shapes[t], byNode[t]) : undefined
      for (let k = 0; k < width; k++) memory.u32[tables[g] / 4 + k * GROUP + i] = own?.[k] ?? zero
    }
    TREE_GROUP.write(memory, at + TREE_GROUP.bytes * g, {
      ...{ trees: trees + MASK_TREE.bytes * start, treeCount: end - start, slot, slotCount: width },
      ...{ tables: tables[g], walks: Number(walks) },
    })
  })
  return { at, count: starts.length }
}

/** Writes trees one after another. */
class TreeWriter {
  readonly #u32: Uint32Array
  readonly #f64: Float64Array
  readonly #memory: KernelMemory
  readonly #walks: boolean
  #at: number

  constructor(memory: KernelMemory, at: number, walks: boolean) {
    this.#memory = memory
    this.#u32 = memory.u32
    this.#f64 = memory.f64
    this.#at = at
    this.#walks = walks
  }

  /** @returns addresses of the tables, one a number that the tree tells. */
  write(
    record: number,
    { tree, values, width }: TreeTerm,
    { levels, entries }: Shape,
    conditions: Int32Array,
  ): number[] {
    const masks = this.#take(4 * 2 ** levels)
    const last = this.#writeLevels(tree, levels, conditions, masks / 4)
    const walk = { starts: 0, nodes: 0, leaves: 0 }
    let leafNodes = last
    if (this.#walks) {
      walk.nodes = this.#take(8 * tree.left.length)
      walk.starts = this.#take(4 * last.length)
      walk.leaves = this.#take(4 * tree.left.length)
      last.forEach((node, code) => {
        this.#u32[walk.starts / 4 + code] = walk.nodes + 8 * node
      })
      leafNodes = this.#writeNodes(tree, conditions, walk.nodes, walk.leaves)
    }
    MASK_TREE.write(this.#memory, record, { levels, masks, steps: tree.depth - levels, ...walk })
    return Array.from({ length: width }, (_, k) => {
      const table = this.#take(8 * entries)
      for (let i = 0; i < entries; i++) this.#f64[table / 8 + i] = values[tree.numbers[leafNodes[i]] * width + k]
      return table
    })
  }

  #take(bytes: number): number {
    const at = this.#at
    this.#at += Math.ceil(bytes / 8) * 8
    return at
  }

  /** Masks of the complete tree of so many levels, in which a leaf stands for all below it. @returns the nodes below. */
  #writeLevels({ left }: FlatTree, levels: number, conditions: Int32Array, to: number): Int32Array {
    let nodes = Int32Array.of(0)
    for (let level = 0; level < levels; level++) {
      const below = new Int32Array(2 * nodes.length)
      for (let i = 0; i < nodes.length; i++) {
        const node = nodes[i]
        const isLeaf = left[node] < node
        this.#u32[to++] = MASK_BYTES * conditions[node]
        below[2 * i] = isLeaf ? node : left[node]
        below[2 * i + 1] = isLeaf ? node : left[node] + 1
      }
      nodes = below
    }
    return nodes
  }

  /** Nodes for walks. @returns the leaves, by their numbers. */
  #writeNodes({ left }: FlatTree, conditions: Int32Array, nodes: number, leaves: number): Int32Array {
    const found = new Int32Array((left.length + 1) / 2)
    for (let node = 0, count = 0; node < left.length; node++) {
      const isLeaf = left[node] < node
      this.#u32[nodes / 4 + 2 * node] = MASK_BYTES * conditions[node]
      this.#u32[nodes / 4 + 2 * node + 1] = nodes + 8 * (isLeaf ? node : left[node])
      if (!isLeaf) continue
      this.#u32[leaves / 4 + node] = count
      found[count++] = node
    }
    return found
  }
}
