import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { GRAMIAN } from '../kernels/records.js'
import { areNumbers, partsOf, writeNumberRows } from '../sql/vector-parts.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { InstanceBlock } from './instances.js'
import type { Moments } from './moments.js'

/** About so many values make a task: it takes a few milliseconds at most. */
const TASK_VALUES = 2 ** 15
const LEAST_TASK_ROWS = 16
/** Values of the rows that stay in the nearest cache. */
const BLOCK_VALUES = 2560
/** Bytes of rows that one thread gets at once: they stay in its second cache from their copy to their use. */
const CHUNK_BYTES = 2 ** 18
/** With several threads, rounds of so many tasks for each. */
const TASKS_PER_THREAD = 4
/** Room for rows and what tasks find, at most. */
const MAX_BYTES = 2 ** 29
/** Reading four features at once may reach beyond the last one. */
const SLACK = 64
/** Time of one product of two features, in milliseconds, about. */
const PRODUCT_TIME = 0.08e-6

const even = (x: number): number => 2 * Math.ceil(x / 2)

/** Places in kernel memory, and how many tasks there is room for. */
interface Places {
  readonly threads: number
  readonly tasks: number
  readonly record: number
  readonly values: number
  readonly labels: number
  readonly weights: number
  readonly scratch: number
  readonly results: number
}

/**
 * Moments of dense rows by kernels. The rows are copied to kernel memory run by run, so that memory does not grow with their number. Each
 * task adds up a run of rows one after the other, and what the runs add up to is added in their order: the result does not depend on
 * blocks, partitions, threads or what the kernels run in.
 */
export class KernelMoments implements Disposable {
  readonly #engine: KernelEngine
  readonly #size: number
  readonly #weighted: boolean
  readonly #taskRows: number
  readonly #blockRows: number
  /** Doubles that a task finds, see `assembly/gramian.ts`. */
  readonly #resultLength: number
  readonly #total: Float64Array
  #places: Places
  /** Rows that wait in kernel memory. */
  #waiting = 0
  #count = 0

  /** @param weighted whether the blocks have weights. */
  constructor(size: number, weighted: boolean, options?: KernelOptions) {
    const groups = Math.ceil(size / 4)
    this.#size = size
    this.#weighted = weighted
    this.#taskRows = even(Math.max(LEAST_TASK_ROWS, TASK_VALUES / size))
    this.#blockRows = even(Math.max(LEAST_TASK_ROWS, BLOCK_VALUES / size))
    this.#resultLength = 8 * groups * (groups + 1) + 8 * groups + 6
    this.#total = new Float64Array(this.#resultLength)
    this.#engine = KernelEngine.acquire(options)
    this.#places = this.#place()
  }

  /** Number of rows that were added. */
  get count(): number {
    return this.#count + this.#waiting
  }

  /** Whether all sums are finite, as they are unless a number is not finite or a sum overflows. Rows that wait do not count. */
  get isFinite(): boolean {
    const { sums, labelProducts, featureProducts, weightSum } = this.#moments()
    return (
      Number.isFinite(weightSum) && [sums, labelProducts, featureProducts].every((all) => all.every(Number.isFinite))
    )
  }

  /** Adds the rows of a block of dense vectors. @throws the reason of the caller's signal. */
  async add({ features, length, labels, weights }: InstanceBlock, turns: TurnTaker): Promise<void> {
    const size = this.#size
    const known = partsOf(features)
    // Rows of numbers need not be made before they are copied.
    const parts = known && areNumbers(known) ? known : undefined
    for (let row = 0; row < length; ) {
      const { tasks, values, labels: labelsAt, weights: weightsAt } = this.#places
      const end = Math.min(length, row + tasks * this.#taskRows - this.#waiting)
      const { memory } = this.#engine
      const at = this.#waiting
      if (parts) writeNumberRows(parts, row, end, memory.f64, values / 8 + at * size)
      else memory.write(values + 8 * at * size, features.values.subarray(row * size, end * size))
      memory.write(labelsAt + 8 * at, labels.subarray(row, end))
      if (weights) memory.write(weightsAt + 8 * at, weights.subarray(row, end))
      this.#waiting += end - row
      row = end
      if (this.#waiting === tasks * this.#taskRows) await this.#flush(turns)
    }
  }

  /** The sums of all rows. */
  async result(turns: TurnTaker): Promise<Moments> {
    await this.#flush(turns)
    return this.#moments()
  }

  [Symbol.dispose](): void {
    this.#engine[Symbol.dispose]()
  }

  async #flush(turns: TurnTaker): Promise<void> {
    if (this.#waiting === 0) return
    const engine = this.#engine
    const { memory } = engine
    const { record, results, values, labels, scratch, ...places } = this.#places
    GRAMIAN.write(memory, record, {
      ...{ values, labels, scratch, results },
      weights: this.#weighted ? places.weights : 0,
      count: this.#waiting,
      size: this.#size,
      taskRows: this.#taskRows,
      blockRows: this.#blockRows,
    })
    const tasks = Math.ceil(this.#waiting / this.#taskRows)
    await engine.run('addProducts', record, tasks, turns)
    const { f64 } = memory
    const total = this.#total
    for (let at = results / 8, end = at + tasks * total.length; at < end; at += total.length) {
      for (let i = 0; i < total.length; i++) total[i] += f64[at + i]
    }
    this.#count += this.#waiting
    // How many rows will come is not known: what was done tells when threads are worth their start.
    engine.expect(this.#waiting * this.#size * (this.#size / 2 + 2) * PRODUCT_TIME)
    this.#waiting = 0
    if (engine.threads !== this.#places.threads) this.#places = this.#place()
  }

  #place(): Places {
    const engine = this.#engine
    const { memory, threads } = engine
    const rowBytes = 8 * (this.#size + 2)
    const taskBytes = this.#taskRows * rowBytes + 8 * this.#resultLength
    const wanted = threads > 1 ? TASKS_PER_THREAD * threads : Math.floor(CHUNK_BYTES / (this.#taskRows * rowBytes))
    const tasks = Math.max(1, Math.min(wanted, Math.floor(MAX_BYTES / taskBytes)))
    const rows = tasks * this.#taskRows
    memory.release()
    const record = memory.allocate(GRAMIAN.bytes)
    const values = memory.allocate(8 * rows * this.#size + SLACK)
    const labels = memory.allocate(8 * rows)
    const weights = memory.allocate(this.#weighted ? 8 * rows : 0)
    const scratchBytes = 8 * this.#blockRows * (this.#size + 1) + SLACK
    const scratch = memory.allocate(this.#weighted ? threads * scratchBytes : 0)
    const results = memory.allocate(8 * tasks * this.#resultLength)
    return { threads, tasks, record, values, labels, weights, scratch, results }
  }

  #moments(): Moments {
    const size = this.#size
    const total = this.#total
    const groups = Math.ceil(size / 4)
    const products = 8 * groups * (groups + 1)
    const scalars = products + 8 * groups
    const scalar = (k: number): number => total[scalars + 2 * k] + total[scalars + 2 * k + 1]
    const featureProducts = new Float64Array((size * (size + 1)) / 2)
    for (let j = 0, p = 0; j < size; j++) {
      for (let i = 0; i <= j; i++, p++) {
        const g = i >> 2
        const square = g * groups - (g * (g - 1)) / 2 + (j >> 2) - g
        featureProducts[p] = total[16 * square + 4 * (i & 3) + (j & 3)]
      }
    }
    return {
      numFeatures: size,
      inOrder: false,
      count: this.#count,
      weightSum: scalar(2),
      labelProducts: withLast(total.subarray(products, products + size), scalar(0)),
      sums: withLast(total.subarray(products + 4 * groups, products + 4 * groups + size), scalar(1)),
      featureProducts,
    }
  }
}

function withLast(values: Float64Array, last: number): Float64Array {
  const all = new Float64Array(values.length + 1)
  all.set(values)
  all[values.length] = last
  return all
}
