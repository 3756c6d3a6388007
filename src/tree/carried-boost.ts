import { CARRY, CARRY_PARENT, LEAF, ROWS, TERM } from '../kernels/records.js'
import { Room } from '../kernels/room.js'
import { round } from '../kernels/round.js'
import { type GrownTree, LevelGrower, leftIsSmaller } from './level-grower.js'
import type { TreeNodes } from './nodes.js'
import { boostedNodes, type PackedBoosting, SLOPE } from './packed-boost.js'
import { expectedMilliseconds, leastGain, splitRules } from './packed-forest.js'
import { type PackedTargets, packTargets, unitsFor } from './packed-targets.js'
import type { TreeStrategy } from './strategy.js'
import type { PackedData } from './tree-data.js'

/** Rows between two looks at the clock. */
const STEP = 2 ** 16
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
  static serves({ weights, packed }: PackedData, { subsamplingRate, maxDepth }: TreeStrategy): boolean {
    if (weights !== null || subsamplingRate < 1) return false
    return 2 ** maxDepth * packed.binCount <= packed.numRows
  }

  static async start(job: PackedBoosting): Promise<CarriedBooster> {
    const { data, labels, strategy, maxIter, turns } = job
    const { engine, numRows, numBlocks } = data.packed
    engine.expect(maxIter * expectedMilliseconds(data.packed, strategy))
    const targets = await packTargets(data.packed, { labels, weights: null }, turns)
    const { f64 } = engine.memory
    const numbers = f64.subarray(targets.targets / 8, targets.targets / 8 + numRows)
    let squares = 0
    await eachStep((row) => {
      squares += numbers[row] * numbers[row]
    })
    // No tree makes the sum of squares larger, but the first one, which doubles the targets.
    const unitsPerOne = unitsFor(ROOM * SLOPE * Math.sqrt(numRows * squares))
    await eachStep((row) => {
      numbers[row] = round(numbers[row] * unitsPerOne)
    })
    f64[(targets.record + ROWS.offsets.unitsPerOne) / 8] = 1
    const booster = new CarriedBooster(job, targets, unitsPerOne)
    await engine.run('countBlock', booster.#grower.startTree(), numBlocks, turns)
    return booster

    async function eachStep(work: (row: number) => void): Promise<void> {
      for (let from = 0; from < numRows; from += STEP) {
        const to = Math.min(numRows, from + STEP)
        for (let row = from; row < to; row++) work(row)
        if (turns.due()) await turns.take()
      }
    }
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
    const factor = isFirst ? SLOPE : SLOPE * stepSize
    const shiftOf = (node: number): number =>
      tree.weights[node] > 0 ? round((factor * tree.sums[node]) / tree.weights[node]) : 0
    const parents = this.#parents.of(CARRY_PARENT.bytes * lastParents.length)
    const records = this.#leaves.of(LEAF.bytes * leaves.length)
    const terms = this.#terms.of(TERM.bytes * leaves.length)
    let termCount = 0
    lastParents.forEach(({ node, cells, split }, i) => {
      const isLeft = leftIsSmaller(split)
      const left = tree.children[node]
      const shift = shiftOf(isLeft ? left + 1 : left)
      CARRY_PARENT.write(memory, parents + i * CARRY_PARENT.bytes, {
        difference: shift - shiftOf(isLeft ? left : left + 1),
        leftIsSmaller: Number(isLeft),
        unused: 0,
      })
      TERM.write(memory, terms + termCount++ * TERM.bytes, { shift, cells, unused: 0 })
    })
    leaves.forEach(({ node, segments, step, cells }, i) => {
      const shift = shiftOf(node)
      LEAF.write(memory, records + i * LEAF.bytes, { segments, step, shift })
      if (cells) TERM.write(memory, terms + termCount++ * TERM.bytes, { shift, cells, unused: 0 })
    })
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
