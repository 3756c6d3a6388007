import type { KernelMemory } from '../kernels/memory.js'
import { CATEGORICAL, FEATURES, LEVEL, PARENT, ROOT, ROWS, SPLIT } from '../kernels/records.js'
import { Room } from '../kernels/room.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Candidates } from './candidates.js'
import type { PackedRows } from './packed-rows.js'
import { type PackedSplit, PackedTree, readSplit } from './packed-tree.js'

/** When nodes are split. */
export interface SplitRules {
  readonly maxDepth: number
  /** Least weight of a side, above 0, in units. */
  readonly leastWeight: number
  /** Categories are put in order by their sums, else by their means. */
  readonly ordersBySum: boolean
}

/** Where the rows of a leaf are: in each block a begin and an end in the order of rows, 16 bits each. */
export interface LeafRows {
  readonly node: number
  readonly segments: number
  /** Bytes a block. */
  readonly step: number
  /** Its histograms; 0: it was not counted. Valid until the next tree, if the grower keeps histograms. */
  readonly cells: number
}

/** A tree whose structure is known. */
export interface GrownTree {
  readonly tree: PackedTree
  readonly leaves: readonly LeafRows[]
  /** Record of the last level, whose rows are not divided yet: the pass over the leaves does it first. 0: all are divided. */
  readonly undivided: number
  /** Nodes of that level, in its order. */
  readonly lastParents: readonly ParentNode[]
}

/** A node that is split. */
export interface ParentNode {
  readonly node: number
  /** Its histograms, if the grower keeps them. */
  readonly cells: number
  readonly split: PackedSplit
}

/** A node that may be split. */
interface GrowingNode extends LeafRows {
  readonly level: number
}

/** Histograms of a level that are worked on block by block: they are to stay in a processor's second cache. */
const CACHED_BYTES = 3 * 2 ** 18
/** Histograms that are searched in less time than it takes to wake other threads. */
const SHORT_BYTES = 2 ** 18
/** Histograms of threads, at most. */
const THREAD_BYTES = 2 ** 26
/** Histograms of nodes that wait for their turn, about. */
const WAITING_BYTES = 2 ** 28
/** More bins than this do not stay in a processor's cache from level to level. */
const FAR_BYTES = 2 ** 23
const SET_BYTES = 32
const LEFT = 1
const RIGHT = 2

/**
 * Grows one tree after another level by level, every node from all features. Of two siblings, rows are counted for the smaller
 * one only; the histograms of the other are what is left of their parent's.
 */
export class LevelGrower {
  readonly #rows: PackedRows
  readonly #rules: SplitRules
  readonly #record: number
  readonly #level: number
  readonly #root: number
  readonly #features: number
  readonly #parents: Room
  readonly #splits: Room
  readonly #sets: Room
  readonly #threadCells: Room
  /** Where children's rows are, by the number of the call that divided them. */
  readonly #segments: Room[] = []
  #divisions = 0
  readonly #freeCells: number[] = []
  /** Histograms of the root that stay as they are while a tree grows; 0: they are not kept. */
  readonly #keptRoot: number
  /** Histograms that are kept until the next tree. */
  #kept: number[] = []

  /**
   * @param record the rows with their targets, see `PackedRows.record`.
   * @param keeps whether the histograms of the root, of the leaves and of the last parents are kept until the next tree.
   */
  constructor(rows: PackedRows, record: number, candidates: Candidates, rules: SplitRules, keeps = false) {
    const { memory } = rows.engine
    this.#rows = rows
    this.#rules = rules
    this.#record = record
    this.#level = memory.allocate(LEVEL.bytes)
    this.#root = memory.allocate(ROOT.bytes)
    this.#features = writeFeatures(memory, rows, candidates, rules)
    this.#parents = new Room(memory)
    this.#splits = new Room(memory)
    this.#sets = new Room(memory)
    this.#threadCells = new Room(memory)
    this.#keptRoot = keeps ? memory.allocate(rows.cellBytes) : 0
  }

  /** Histograms of the root, if they are kept. */
  get root(): number {
    return this.#keptRoot
  }

  /**
   * Makes room for the root of the next tree.
   * @returns record for the kernel `countBlock`, which has to run over all blocks before {@link grow}.
   */
  startTree(): number {
    const { memory } = this.#rows.engine
    const cells = this.#keptRoot || this.#takeCells()
    this.#clear(cells)
    ROOT.write(memory, this.#root, { rows: this.#record, cells, threadCells: this.#roomOfThreads(1) })
    return this.#root
  }

  /**
   * Grows the tree that was started last.
   * @param leastGain least reduction of the variance by a split, in units.
   */
  async grow(leastGain: number, turns: TurnTaker): Promise<GrownTree> {
    const { engine, numBlocks, cellBytes } = this.#rows
    const { maxDepth } = this.#rules
    this.#freeCells.push(...this.#kept.splice(0))
    const root = await this.#searchRoot(turns)
    const tree = new PackedTree(root.split)
    const leaves: LeafRows[] = []
    this.#divisions = 0
    let undivided = 0
    let lastParents: readonly ParentNode[] = []
    // Levels that wait; only parts of them where their histograms are large.
    const stack = [[root]]
    const most = Math.max(1, Math.floor(WAITING_BYTES / cellBytes / (maxDepth + 1)))
    for (let nodes = stack.pop(); nodes; nodes = stack.pop()) {
      if (nodes.length > most) stack.push(nodes.splice(most))
      const [parents, rest] = this.#chooseParents(nodes, tree, leastGain)
      leaves.push(...rest)
      this.#giveBack(rest)
      if (parents.length === 0) continue
      if (parents[0].level + 1 < maxDepth) {
        stack.push(await this.#growLevel(parents, tree, turns))
        continue
      }
      leaves.push(...this.#writeLevel(parents, tree, false))
      this.#giveBack(parents)
      if (stack.length > 0) {
        await engine.run('growBlock', this.#level, numBlocks, turns)
      } else {
        undivided = this.#level
        lastParents = parents
      }
    }
    if (leaves.length === 1) leaves[0] = { ...leaves[0], ...this.#listAll() }
    return { tree, leaves, undivided, lastParents }
  }

  /** Histograms of nodes that need none any more. */
  #giveBack(nodes: readonly GrowingNode[]): void {
    const free = this.#keptRoot ? this.#kept : this.#freeCells
    for (const { cells } of nodes) free.push(cells)
  }

  /** Finds the split of the root. */
  async #searchRoot(turns: TurnTaker): Promise<SearchedNode> {
    const { engine } = this.#rows
    const { memory } = engine
    const { cells } = ROOT.read(memory, this.#root)
    const split = this.#splits.of(2 * SPLIT.bytes)
    // The root is the counted child of nobody.
    PARENT.write(memory, this.#parents.of(PARENT.bytes), {
      ...{ segments: 0, step: 0, feature: 0, bin: 0, categories: 0 },
      ...{ counted: LEFT, cells, otherCells: 0, leftSplit: split, rightSplit: split },
    })
    this.#writeLevelRecord(1, 0)
    await engine.run('finishParent', this.#level, 1, turns)
    const own = this.#keptRoot ? this.#takeCells() : cells
    if (own !== cells) memory.f64.copyWithin(own / 8, cells / 8, (cells + this.#rows.cellBytes) / 8)
    return { node: 0, level: 0, segments: 0, step: 0, cells: own, split: readSplit(memory, split) }
  }

  /** Nodes that are to be split, and the others. */
  #chooseParents(
    nodes: readonly SearchedNode[],
    tree: PackedTree,
    leastGain: number,
  ): [SearchedNode[], SearchedNode[]] {
    const { maxDepth } = this.#rules
    const parents: SearchedNode[] = []
    const rest: SearchedNode[] = []
    for (const searched of nodes) {
      const { node, level, split } = searched
      const { score, scale, weight } = split
      const isAllowed = score >= 0 && score >= leastGain * scale * weight * weight
      if (!isAllowed) tree.refuse(node)
      if (isAllowed && score > 0 && level < maxDepth) parents.push(searched)
      else rest.push(searched)
    }
    return [parents, rest]
  }

  /** Divides the rows of nodes, counts those of their children, and finds the children's splits. */
  async #growLevel(parents: readonly SearchedNode[], tree: PackedTree, turns: TurnTaker): Promise<SearchedNode[]> {
    const { engine, cellBytes, numBlocks } = this.#rows
    const { memory, threads } = engine
    const bytes = parents.length * cellBytes
    const children = this.#writeLevel(parents, tree, true)
    // Many nodes are taken one by one, each by one thread; few are divided among the threads by blocks.
    const areFew = parents.length < 4 * threads && bytes * (threads - 1) <= THREAD_BYTES
    if (bytes <= CACHED_BYTES || areFew) {
      for (const [i, { split }] of parents.entries()) {
        this.#clear(children[2 * i + (isLeftSmaller(split) ? 0 : 1)].cells)
      }
      await engine.run('growBlock', this.#level, numBlocks, turns)
      if (bytes <= SHORT_BYTES) engine.runSync('finishParent', this.#level, parents.length)
      else await engine.run('finishParent', this.#level, parents.length, turns)
    } else {
      await engine.run('growParent', this.#level, parents.length, turns)
    }
    const splits = this.#splits.of(0)
    return children.map((child, i) => ({ ...child, split: readSplit(memory, splits + i * SPLIT.bytes) }))
  }

  /** Writes the records of nodes that are split. @returns the children, left and right by turns. */
  #writeLevel(parents: readonly SearchedNode[], tree: PackedTree, counts: boolean): GrowingNode[] {
    const { memory } = this.#rows.engine
    const step = 8 * parents.length
    const segments = this.#segmentsOf(step * this.#rows.numBlocks)
    const splits = this.#splits.of(2 * parents.length * SPLIT.bytes)
    const sets = this.#sets.of(parents.length * SET_BYTES)
    const records = this.#parents.of(parents.length * PARENT.bytes)
    const children: GrowingNode[] = []
    for (let i = 0; i < parents.length; i++) {
      const parent = parents[i]
      const { node, level, split } = parent
      if (split.categories) memory.u8.set(split.categories, sets + i * SET_BYTES)
      const leftIsSmaller = isLeftSmaller(split)
      const cells = counts ? this.#takeCells() : 0
      PARENT.write(memory, records + i * PARENT.bytes, {
        segments: parent.segments,
        step: parent.step,
        feature: split.feature,
        bin: split.bin,
        categories: split.categories ? sets + i * SET_BYTES : 0,
        counted: counts ? (leftIsSmaller ? LEFT : RIGHT) : 0,
        cells,
        otherCells: parent.cells,
        leftSplit: splits + 2 * i * SPLIT.bytes,
        rightSplit: splits + (2 * i + 1) * SPLIT.bytes,
      })
      const left = tree.split(node, split)
      const otherCells = counts ? parent.cells : 0
      const at = segments + 8 * i
      children.push(
        { node: left, level: level + 1, segments: at, step, cells: leftIsSmaller ? cells : otherCells },
        { node: left + 1, level: level + 1, segments: at + 4, step, cells: leftIsSmaller ? otherCells : cells },
      )
    }
    this.#writeLevelRecord(parents.length, segments)
    return children
  }

  #writeLevelRecord(parentCount: number, segments: number): void {
    const { engine, rowBytes, numRows } = this.#rows
    LEVEL.write(engine.memory, this.#level, {
      rows: this.#record,
      parents: this.#parents.of(0),
      parentCount,
      children: segments,
      childrenStep: 8 * parentCount,
      threadCells: this.#roomOfThreads(parentCount),
      threads: engine.threads,
      features: this.#features,
      readsAhead: Number(rowBytes * numRows > FAR_BYTES),
    })
  }

  #segmentsOf(bytes: number): number {
    const room = this.#segments[this.#divisions] ?? new Room(this.#rows.engine.memory)
    this.#segments[this.#divisions++] = room
    return room.of(bytes)
  }

  /** In doubles: byte by byte, shared memory is filled slowly. */
  #clear(cells: number): void {
    const { engine, cellBytes } = this.#rows
    engine.memory.f64.fill(0, cells / 8, (cells + cellBytes) / 8)
  }

  #takeCells(): number {
    return this.#freeCells.pop() ?? this.#rows.engine.memory.allocate(this.#rows.cellBytes)
  }

  /** Histograms of other threads than the main one. Kernels leave zeros there. */
  #roomOfThreads(parentCount: number): number {
    const { engine, cellBytes } = this.#rows
    const bytes = Math.min(THREAD_BYTES, (engine.threads - 1) * parentCount * cellBytes)
    return this.#threadCells.of(bytes, (address, size) => engine.memory.f64.fill(0, address / 8, (address + size) / 8))
  }

  /** Puts all rows in order, for a tree that is a single leaf. */
  #listAll(): Pick<LeafRows, 'segments' | 'step'> {
    const { engine, numBlocks, numRows, blockRows } = this.#rows
    const segments = this.#segmentsOf(4 * numBlocks)
    const { u16, u32 } = engine.memory
    const order = u32[(this.#record + ROWS.offsets.order) / 4] / 2
    for (let row = 0; row < numRows; row++) u16[order + row] = row % blockRows
    for (let block = 0; block < numBlocks; block++) {
      u16.set([0, Math.min(blockRows, numRows - block * blockRows)], segments / 2 + 2 * block)
    }
    return { segments, step: 4 }
  }
}

/** A node with the best split that it could have. */
interface SearchedNode extends GrowingNode {
  readonly split: PackedSplit
}

/** Which child of a split is counted itself. */
export const isLeftSmaller = ({ leftWeight, weight }: PackedSplit): boolean => leftWeight <= weight - leftWeight

/** Writes what kernels must know of the features. */
function writeFeatures(memory: KernelMemory, rows: PackedRows, { arity }: Candidates, rules: SplitRules): number {
  const least = memory.allocate(8 * rows.rowBytes)
  memory.f64.fill(Number.POSITIVE_INFINITY, least / 8, least / 8 + rows.rowBytes)
  const categorical = memory.allocate(CATEGORICAL.bytes * rows.numFeatures)
  let categoricalCount = 0
  arity.forEach((count, feature) => {
    if (count === 0) memory.f64[least / 8 + feature] = rules.leastWeight
    // A single category cannot be divided.
    else if (count > 1) {
      CATEGORICAL.write(memory, categorical + CATEGORICAL.bytes * categoricalCount++, { feature, count })
    }
  })
  const address = memory.allocate(FEATURES.bytes)
  FEATURES.write(memory, address, {
    quads: rows.rowBytes / 4,
    binCount: rows.binCount,
    least,
    categorical,
    categoricalCount,
    ordersBySum: Number(rules.ordersBySum),
    leastWeight: rules.leastWeight,
  })
  return address
}
