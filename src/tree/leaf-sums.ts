import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import type { KernelMemory } from '../kernels/memory.js'
import { PREDICT, PREDICT_NODE, PREDICT_TREE } from '../kernels/records.js'
import type { VectorColumn } from '../sql/batch.js'
import { denseParts, leavesOf } from './leaves.js'
import { isLeaf, nodeCount, type TreeNodes, treeDepth } from './nodes.js'

/** What a tree tells of the rows that fall in each of its nodes. */
export interface LeafTable {
  readonly nodes: TreeNodes
  /** Numbers a node, node by node. */
  readonly values: Float64Array
  /** How many numbers; default 1. */
  readonly width?: number
  /** The first of the sums that they are added to; default 0. */
  readonly place?: number
}

/** Fewer rows, or rows times trees, are not worth a visit to the kernels. */
const FEW_ROWS = 64
const FEW_DESCENTS = 2 ** 14
/** Values that are copied to the kernels at once. */
const STAGED_VALUES = 2 ** 18
/** A tile of rows stays in the first cache, beside a tree. */
const TILE_BYTES = 16_384
const MAX_TILE_ROWS = 64
const GROUP = 8
const LANE_BYTES = 64
/** What a row costs in a tree, about. */
const MILLISECONDS_PER_DESCENT = 7e-6

/**
 * Sums over trees of what they tell of rows, for any number of rows: kernels send eight rows side by side down a tree, or plain
 * loops one after another. The sums are the same to the last bit, because each is added tree by tree.
 */
export class LeafSums {
  readonly #tables: readonly LeafTable[]
  readonly #width: number
  readonly #canPack: boolean
  #packed: PackedForest | undefined
  /** What was done so far, in milliseconds: work that goes on gets the help of threads. */
  #work = 0
  readonly #trees: readonly TreeNodes[]
  readonly #kernels: KernelOptions | undefined

  /** @param width number of sums a row. */
  constructor(tables: readonly LeafTable[], width = 1, kernels?: KernelOptions) {
    this.#tables = tables
    this.#trees = tables.map(({ nodes }) => nodes)
    this.#width = width
    this.#kernels = kernels
    this.#canPack = tables.every(({ nodes }) => !nodes.missingLeft && nodes.numCategories.every((count) => count < 0))
  }

  /** The sums of each of the first `length` rows, row by row. */
  of(features: VectorColumn, length: number): Float64Array {
    const descents = length * this.#tables.length
    if (!this.#canPack || length < FEW_ROWS || descents < FEW_DESCENTS) return this.#plain(features, length)
    this.#work += descents * MILLISECONDS_PER_DESCENT
    if (this.#packed?.numFeatures !== features.size) this.#packed = new PackedForest(this.#tables, features.size)
    using engine = KernelEngine.acquire(this.#kernels)
    engine.expect(this.#work)
    const run = this.#packed.load(engine, this.#width, Math.min(length, Math.ceil(STAGED_VALUES / features.size)))
    const sums = new Float64Array(length * this.#width)
    for (const { values, first, count } of denseParts(features, length, run.mostRows)) {
      sums.set(run.sums(values, count), first * this.#width)
    }
    return sums
  }

  #plain(features: VectorColumn, length: number): Float64Array {
    const sums = new Float64Array(length * this.#width)
    const leaves = leavesOf(this.#trees, features, length)
    this.#tables.forEach(({ values, width = 1, place = 0 }, tree) => {
      for (let row = 0; row < length; row++) {
        const from = leaves[tree * length + row] * width
        const to = row * this.#width + place
        for (let k = 0; k < width; k++) sums[to + k] += values[from + k]
      }
    })
    return sums
  }
}

interface ForestRun {
  readonly mostRows: number
  /** The sums of dense rows; valid until the next call. */
  sums(values: Float64Array, count: number): Float64Array
}

/** Trees as the kernels want them: level by level, children in pairs, the right one first. */
class PackedForest {
  readonly numFeatures: number
  readonly #tables: readonly LeafTable[]
  readonly #nodes: Uint8Array
  readonly #values: Float64Array
  /** Number of the first node of each tree, and in the values the first number of each. */
  readonly #firstNodes: number[] = []
  readonly #firstValues: number[] = []
  readonly #depths: readonly number[]

  constructor(tables: readonly LeafTable[], numFeatures: number) {
    this.numFeatures = numFeatures
    this.#tables = tables
    this.#depths = tables.map(({ nodes }) => treeDepth(nodes))
    this.#nodes = new Uint8Array(PREDICT_NODE.bytes * tables.reduce((sum, { nodes }) => sum + nodeCount(nodes), 0))
    this.#values = new Float64Array(tables.reduce((sum, { values }) => sum + values.length, 0))
    let node = 0
    let value = 0
    for (const table of tables) {
      this.#firstNodes.push(node)
      this.#firstValues.push(value)
      this.#add(table, node * PREDICT_NODE.bytes, value)
      node += nodeCount(table.nodes)
      value += table.values.length
    }
  }

  #add({ nodes, values, width = 1 }: LeafTable, at: number, firstValue: number): void {
    const view = new DataView(this.#nodes.buffer)
    const order = [0]
    for (let i = 0; i < order.length; i++) {
      const node = order[i]
      const record = at + i * PREDICT_NODE.bytes
      const leaf = isLeaf(nodes, node)
      // A leaf leads to itself, by a comparison of zeros.
      const children = leaf ? i - 1 : order.length
      view.setFloat64(record, leaf ? 0 : nodes.threshold[node], true)
      view.setUint32(record + 8, LANE_BYTES * (leaf ? this.numFeatures : nodes.feature[node]), true)
      view.setUint32(record + 12, PREDICT_NODE.bytes * children, true)
      if (!leaf) order.push(nodes.rightChild[node], nodes.leftChild[node])
      this.#values.set(values.subarray(node * width, (node + 1) * width), firstValue + i * width)
    }
  }

  /** Copies the trees to the memory of the kernels, with room for so many rows. */
  load(engine: KernelEngine, width: number, mostRows: number): ForestRun {
    const { memory } = engine
    const { numFeatures } = this
    const rowBytes = 8 * (numFeatures + 1)
    const tileRows = Math.max(GROUP, Math.min(MAX_TILE_ROWS, Math.floor(TILE_BYTES / rowBytes / GROUP) * GROUP))
    const tileBytes = tileRows * rowBytes
    const record = memory.allocate(PREDICT.bytes)
    const trees = this.#loadTrees(memory)
    const values = memory.allocate(8 * mostRows * numFeatures)
    const sums = memory.allocate(8 * mostRows * width)
    const tiles = memory.allocate(engine.threads * tileBytes)
    return {
      mostRows,
      sums: (rows, rowCount) => {
        memory.f64.set(rows, values / 8)
        const result = memory.f64.subarray(sums / 8, sums / 8 + rowCount * width).fill(0)
        PREDICT.write(memory, record, {
          ...{ trees, treeCount: this.#tables.length, values, rowCount, featureCount: numFeatures },
          ...{ sums, width, tiles, tileBytes, tileRows },
        })
        engine.runSync('predictTile', record, Math.ceil(rowCount / tileRows))
        return result
      },
    }
  }

  #loadTrees(memory: KernelMemory): number {
    const trees = memory.allocate(PREDICT_TREE.bytes * this.#tables.length)
    const nodes = memory.allocate(this.#nodes.byteLength)
    const values = memory.allocate(8 * this.#values.length)
    memory.u8.set(this.#nodes, nodes)
    memory.f64.set(this.#values, values / 8)
    this.#tables.forEach(({ width = 1, place = 0 }, tree) => {
      PREDICT_TREE.write(memory, trees + tree * PREDICT_TREE.bytes, {
        nodes: nodes + this.#firstNodes[tree] * PREDICT_NODE.bytes,
        leafValues: values + 8 * this.#firstValues[tree],
        ...{ width, place, depth: this.#depths[tree] },
      })
    })
    return trees
  }
}
