import { CONSTANTS } from '../kernels/js/exponentials.js'
import { FOREST, NODE_TASK, SPLIT } from '../kernels/records.js'
import { Room } from '../kernels/room.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { type LeafSums, sumClassLeaves, sumNumberLeaves } from './leaf-sums.js'
import type { SplitRules } from './level-grower.js'
import type { RowList } from './packed-bags.js'
import { PackedTree, readSplit } from './packed-tree.js'
import type { NodeTask, RoundGrower } from './rounds.js'
import type { PackedData } from './tree-data.js'

/** What the grower works on. */
export interface ForestJob {
  readonly data: PackedData
  /** Record of the rows with their targets, see `PackedRows.record`. */
  readonly record: number
  /** Rows of each tree. */
  readonly lists: readonly RowList[]
  readonly rules: SplitRules
  /** For numbers, least reduction of the variance by a split, in units; for classes, least gain. */
  readonly leastGain: number
  /** What trees of classes go by; null: trees learn numbers, or two classes as 0 and 1. */
  readonly classes: { readonly count: number; readonly isEntropy: boolean } | null
  readonly turns: TurnTaker
}

/** Statistics of all nodes of a tree. */
export interface NodeSums {
  readonly rawCounts: Float64Array
  /** For numbers, sums of weights, of weight times target, of weight times squared target; for classes, the weight of each. */
  readonly sums: Float64Array
}

const LEAST_SPARE_BYTES = 4096
/** Half a cache line, so that a record lies in as few as can be. */
const HALF_LINE = 32
/** Nodes between two looks at the clock. */
const STEP = 1024
/** Rows that are put into records at once. */
const RECORD_STEP = 4096

/**
 * Grows all trees of a forest, the nodes of a round at once: each node counts its own rows by its own features, finds its split
 * and divides its rows.
 */
export class ForestGrower implements RoundGrower {
  readonly #job: ForestJob
  readonly #forest: number
  readonly #tasks: Room
  readonly #splits: Room
  readonly #features: Room
  readonly #trees: (PackedTree | undefined)[]
  /** For each tree the rows of each node: `begins[tree][node]` up to `ends[tree][node]`. */
  readonly #begins: number[][]
  readonly #ends: number[][]
  readonly #all: Int32Array

  private constructor(job: ForestJob) {
    const { memory } = job.data.packed.engine
    this.#job = job
    this.#forest = memory.allocate(FOREST.bytes)
    this.#tasks = new Room(memory)
    this.#splits = new Room(memory)
    this.#features = new Room(memory)
    this.#trees = job.lists.map(() => undefined)
    this.#begins = job.lists.map(({ begin }) => [begin])
    this.#ends = job.lists.map(({ end }) => [end])
    this.#all = Int32Array.from({ length: job.data.numFeatures }, (_, feature) => feature)
    this.#writeForest()
  }

  static async start(job: ForestJob): Promise<ForestGrower> {
    const grower = new ForestGrower(job)
    const { packed, numRows } = job.data
    const kernel = job.classes ? 'writeClassRecords' : 'writeRecords'
    await packed.engine.run(kernel, grower.#forest, Math.ceil(numRows / RECORD_STEP), job.turns)
    return grower
  }

  async grow(tasks: readonly NodeTask[]): Promise<Int32Array> {
    const { data, turns } = this.#job
    const { engine } = data.packed
    const { memory } = engine
    const records = await this.#writeTasks(tasks)
    if (turns.due()) await turns.take()
    memory.u32[(this.#forest + FOREST.offsets.tasks) / 4] = records
    await engine.run(this.#job.classes ? 'growClassNode' : 'growNode', this.#forest, tasks.length, turns)
    const children = new Int32Array(2 * tasks.length).fill(-1)
    const splits = this.#splits.of(0)
    for (let i = 0; i < tasks.length; i++) {
      this.#apply(tasks[i], records + i * NODE_TASK.bytes, splits + i * SPLIT.bytes, children, 2 * i)
      if (i % STEP === 0 && turns.due()) await turns.take()
    }
    return children
  }

  complete(): void {}

  /** Statistics of the nodes of each tree, once all are complete. */
  async sums(): Promise<NodeSums[]> {
    const { turns } = this.#job
    const leaves: RowList[] = []
    for (const [t, tree] of this.trees.entries()) {
      for (let node = 0; node < tree.count; node++) {
        if (tree.children[node] === 0) leaves.push({ begin: this.#begins[t][node], end: this.#ends[t][node] })
      }
      if (turns.due()) await turns.take()
    }
    const { size, counts, sums } = await this.#sumLeaves(leaves)
    const result: NodeSums[] = []
    let leaf = 0
    for (const tree of this.trees) {
      const rawCounts = new Float64Array(tree.count)
      const own = new Float64Array(size * tree.count)
      for (let node = 0; node < tree.count; node++) {
        if (tree.children[node] > 0) continue
        rawCounts[node] = counts[leaf]
        for (let i = 0; i < size; i++) own[node * size + i] = sums[leaf * size + i]
        leaf++
      }
      tree.rollUp(rawCounts, 1)
      tree.rollUp(own, size)
      result.push({ rawCounts, sums: own })
      if (turns.due()) await turns.take()
    }
    return result
  }

  /** Number of rows, and `size` sums, of each leaf. */
  #sumLeaves(leaves: readonly RowList[]): Promise<LeafSums> {
    const { data, record, classes, turns } = this.#job
    const { engine } = data.packed
    return classes
      ? sumClassLeaves(engine, record, classes.count, leaves, turns)
      : sumNumberLeaves(engine, record, leaves, turns)
  }

  get trees(): readonly PackedTree[] {
    return this.#trees as readonly PackedTree[]
  }

  #writeForest(): void {
    const { data, record, lists, rules, leastGain, classes } = this.#job
    const { engine, binCount } = data.packed
    const { memory, threads } = engine
    const { numFeatures, candidates } = data
    const places = Math.ceil(numFeatures / 4) * 4
    const classCount = classes?.count ?? 0
    // For numbers, beside the cells: a record of the features, and for each place its least weight and number of categories.
    const cellBytes = classes
      ? Math.ceil((8 * numFeatures * binCount * classCount) / 64) * 64
      : places * (16 * binCount + 16) + 64
    const longest = lists.reduce((most, { begin, end }) => Math.max(most, end - begin), 0)
    const spareBytes = Math.ceil(Math.max(LEAST_SPARE_BYTES + 24 * classCount, longest + 4) / 64) * 64
    const headBytes = classes || data.weights ? 16 : 8
    const recordBytes = Math.ceil((headBytes + data.packed.rowBytes) / HALF_LINE) * HALF_LINE
    const arity = memory.allocate(4 * numFeatures)
    const unordered = memory.allocate(numFeatures)
    const table = memory.allocate(8 * CONSTANTS.length)
    const records = memory.allocate(recordBytes * data.numRows)
    const cells = memory.allocate(threads * cellBytes)
    const spare = memory.allocate(threads * spareBytes)
    memory.u32.set(candidates.arity, arity / 4)
    memory.u8.set(candidates.unordered, unordered)
    memory.f64.set(CONSTANTS, table / 8)
    FOREST.write(memory, this.#forest, {
      ...{ rows: record, records, recordBytes, headBytes, tasks: 0, cells, cellBytes, spare, spareBytes },
      ...{ arity, unordered, table, classCount, isEntropy: Number(classes?.isEntropy ?? false) },
      ...{ ordersBySum: Number(rules.ordersBySum), leastWeight: rules.leastWeight, leastGain },
    })
  }

  /** Writes the records {@link NODE_TASK}, field by field: forests have very many. */
  async #writeTasks(tasks: readonly NodeTask[]): Promise<number> {
    const { turns } = this.#job
    const { memory } = this.#job.data.packed.engine
    let width = 0
    for (let i = 0; i < tasks.length; i++) width += (tasks[i].features ?? this.#all).length
    let features = this.#features.of(4 * width)
    let split = this.#splits.of(SPLIT.bytes * tasks.length)
    const records = this.#tasks.of(NODE_TASK.bytes * tasks.length)
    const { u32 } = memory
    for (let i = 0, at = records / 4; i < tasks.length; i++, at += NODE_TASK.bytes / 4) {
      const { tree, node, features: chosen } = tasks[i]
      const list = chosen ?? this.#all
      u32.set(list, features / 4)
      u32[at] = this.#begins[tree][node]
      u32[at + 1] = this.#ends[tree][node]
      u32[at + 2] = u32[at]
      u32[at + 3] = features
      u32[at + 4] = list.length
      u32[at + 5] = split
      u32[at + 6] = 0
      u32[at + 7] = 0
      features += 4 * list.length
      split += SPLIT.bytes
      if (i % STEP === 0 && turns.due()) await turns.take()
    }
    return records
  }

  /** Notes the split of a node. @param children where its children that are to be split are written, from place `at` on. */
  #apply({ tree: t, node, level }: NodeTask, task: number, address: number, children: Int32Array, at: number): void {
    const { data, rules, leastGain, classes } = this.#job
    const { memory } = data.packed.engine
    const split = readSplit(memory, address)
    const tree = this.#trees[t] ?? new PackedTree(split)
    this.#trees[t] = tree
    const { score, scale, weight } = split
    // Of splits of classes, the kernel has looked at the gain.
    if (score < 0 || (!classes && score < leastGain * scale * weight * weight)) {
      tree.refuse(node)
      return
    }
    if (score === 0 || level === rules.maxDepth) return
    const { u32 } = memory
    const middle = u32[(task + NODE_TASK.offsets.middle) / 4]
    const left = tree.split(node, split)
    this.#begins[t].push(u32[(task + NODE_TASK.offsets.begin) / 4], middle)
    this.#ends[t].push(middle, u32[(task + NODE_TASK.offsets.end) / 4])
    if (level + 1 === rules.maxDepth) return
    if (u32[(task + NODE_TASK.offsets.leftIsPure) / 4] === 0) children[at] = left
    if (u32[(task + NODE_TASK.offsets.rightIsPure) / 4] === 0) children[at + 1] = left + 1
  }
}
