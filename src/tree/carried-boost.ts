import { CARRY, CARRY_PARENT, LEAF, ROWS, TERM } from '../kernels/records.js'
import { Room } from '../kernels/room.js'
import { round } from '../kernels/round.js'
import { type GrownTree, isLeftSmaller, LevelGrower } from './level-grower.js'
import type { Loss } from './losses.js'
import type { TreeNodes } from './nodes.js'
import { boostedNodes, type PackedBoosting, SLOPE } from './packed-boost.js'
import { expectedMilliseconds, leastGain, splitRules } from './packed-forest.js'
import { type PackedTargets, packTargets, unitsFor } from './packed-targets.js'
import type { PackedTree } from './packed-tree.js'
import type { TreeStrategy } from './strategy.js'
import type { PackedData } from './tree-data.js'

/** Sums of numbers of several nodes stay this many times smaller than those of the targets of all rows may be. */
const ROOM = 4

/**
 * Boosts trees for squared error, of rows that all have weight 1 and are all in each tree. Targets are whole numbers of units, and
 * what a leaf takes off them is one, too: so the histogram of a root follows from that of the root before and from where the rows
 * of the leaves are. For that, only the smaller of two sister leaves is counted, which is less than half of the work.
 */
export class CarriedBooster {
  readonly #job: PackedBoosting
  readonly #targets: PackedTargets
  readonly #unitsPerOne: number
  readonly #grower: LevelGrower
  readonly #record: number
  readonly #changes: number
  readonly #parents: Room
  readonly #leaves: Room
  readonly #terms: Room
  readonly #squares: Room
  /** Number of trees that are complete. */
  #trees = 0

  private constructor(job: PackedBoosting, targets: PackedTargets, unitsPerOne: number) {
    const { packed, candidates, totalWeight } = job.data
    const { memory, threads } = packed.engine
    const rules = splitRules(job.strategy, targets, totalWeight)
    this.#job = job
    this.#targets = targets
    this.#unitsPerOne = unitsPerOne
    this.#grower = new LevelGrower(packed, targets.record, candidates, rules, true)
    this.#record = memory.allocate(CARRY.bytes)
    const changeBytes = packed.cellBytes / 2
    this.#changes = memory.allocate(threads * changeBytes)
    memory.f64.fill(0, this.#changes / 8, (this.#changes + threads * changeBytes) / 8)
    this.#parents = new Room(memory)
    this.#leaves = new Room(memory)
    this.#terms = new Room(memory)
    this.#squares = new Room(memory)
  }

  /** Whether it can boost such trees, and whether the leaves are so few that it is worth while. */
  static serves({ weights, packed }: PackedData, { subsamplingRate, maxDepth }: TreeStrategy, loss: Loss): boolean {
    if (loss.name !== 'squared' || weights !== null || subsamplingRate < 1) return false
    return 2 ** maxDepth * packed.binCount <= packed.numRows
  }

  static async start(job: PackedBoosting): Promise<CarriedBooster> {
    const { data, labels, strategy, maxIter, turns } = job
    const { engine, numRows, numBlocks } = data.packed
    engine.expect(maxIter * expectedMilliseconds(data.packed, strategy))
    const targets = await packTargets(data.packed, { labels, weights: null }, turns)
    // No tree makes the sum of squares larger, but the first one, which doubles the targets.
    const unitsPerOne = unitsFor(ROOM * SLOPE * Math.sqrt(numRows * targets.squares))
    const units = (targets.record + ROWS.offsets.unitsPerOne) / 8
    engine.memory.f64[units] = unitsPerOne
    await engine.run('roundTargets', targets.job, numBlocks, turns)
    engine.memory.f64[units] = 1
    const booster = new CarriedBooster(job, targets, unitsPerOne)
    await engine.run('countBlock', booster.#grower.startTree(), numBlocks, turns)
    return booster
  }

  /** Grows the next tree. */
  async grow(): Promise<TreeNodes> {
    const { data, strategy, maxIter, turns } = this.#job
    const { engine, numBlocks, rowBytes } = data.packed
    const unitsPerOne = this.#unitsPerOne
    const grown = await this.#grower.grow(leastGain(strategy, unitsPerOne, 1), turns)
    const isFirst = this.#trees === 0
    const isLast = ++this.#trees === maxIter
    this.#writeRecords(grown, isFirst, isLast)
    await engine.run('carryBlock', this.#record, numBlocks, turns)
    if (!isLast) await engine.run('carryRoot', this.#record, rowBytes / 4, turns)
    const squares = this.#readSquares(grown)
    const center = isFirst ? this.#targets.center : 0
    return boostedNodes(grown, { squares, unitsPerOne, unitsPerWeight: 1, center }, data)
  }

  /** Mean loss of all rows. */
  meanLoss(): number {
    const { numRows, packed } = this.#job.data
    const targets = packed.engine.memory.f64.subarray(this.#targets.targets / 8)
    const units = SLOPE * this.#unitsPerOne
    let loss = 0
    for (let row = 0; row < numRows; row++) loss += (targets[row] / units) ** 2
    return loss / numRows
  }

  #writeRecords({ tree, leaves, undivided, lastParents }: GrownTree, isFirst: boolean, isLast: boolean): void {
    const { data, stepSize } = this.#job
    const { engine, numBlocks, cellBytes } = data.packed
    const { memory, threads } = engine
    const shifts = shiftsOf(tree, isFirst ? SLOPE : SLOPE * stepSize)
    const parents = this.#parents.of(CARRY_PARENT.bytes * lastParents.length)
    const records = this.#leaves.of(LEAF.bytes * leaves.length)
    const terms = this.#terms.of(TERM.bytes * leaves.length)
    let termCount = 0
    for (let i = 0; i < lastParents.length; i++) {
      const { node, cells, split } = lastParents[i]
      const left = tree.children[node]
      const leftIsSmaller = isLeftSmaller(split)
      const shift = shifts[leftIsSmaller ? left + 1 : left]
      const difference = shift - shifts[leftIsSmaller ? left : left + 1]
      const record = parents + i * CARRY_PARENT.bytes
      CARRY_PARENT.write(memory, record, { difference, leftIsSmaller: Number(leftIsSmaller), unused: 0 })
      TERM.write(memory, terms + termCount++ * TERM.bytes, { shift, cells, unused: 0 })
    }
    for (let i = 0; i < leaves.length; i++) {
      const { node, segments, step, cells } = leaves[i]
      const shift = shifts[node]
      LEAF.write(memory, records + i * LEAF.bytes, { segments, step, shift })
      if (cells) TERM.write(memory, terms + termCount++ * TERM.bytes, { shift, cells, unused: 0 })
    }
    CARRY.write(memory, this.#record, {
      ...{ rows: this.#targets.record, level: undivided, parents, leaves: records, leafCount: leaves.length },
      ...{ blockCount: numBlocks, squares: this.#squares.of(8 * leaves.length * numBlocks), threads },
      ...{ changes: this.#changes, changeBytes: cellBytes / 2, root: isLast ? 0 : this.#grower.root },
      ...{ terms, termCount, keep: isFirst ? SLOPE : 1 },
    })
  }

  /** @returns for each node the sum of squared targets. */
  #readSquares({ tree, leaves }: GrownTree): Float64Array {
    const { engine, numBlocks } = this.#job.data.packed
    const { f64 } = engine.memory
    const squares = new Float64Array(tree.count)
    let at = this.#squares.of(0) / 8
    for (const { node } of leaves) {
      for (let block = 0; block < numBlocks; block++) squares[node] += f64[at++]
      squares[node] /= this.#unitsPerOne ** 2
    }
    tree.rollUp(squares, 1)
    return squares
  }
}

/** What each node takes off the targets of its rows, if it is a leaf. */
function shiftsOf({ count, weights, sums }: PackedTree, factor: number): Float64Array {
  const shifts = new Float64Array(count)
  for (let node = 0; node < count; node++) {
    if (weights[node] > 0) shifts[node] = round((factor * sums[node]) / weights[node])
  }
  return shifts
}
