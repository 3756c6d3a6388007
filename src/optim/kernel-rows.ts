import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { FEATURE_SUMS, LEARN_ROWS } from '../kernels/records.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { InstanceBlock } from './instances.js'
import { type Standardization, standardization } from './standardization.js'

/** Kernels take so many rows at once. */
export const QUAD = 4
/** Least rows, and about so many values, of a task: what it finds is small beside what it reads, and it takes well below 10 ms. */
const TASK_ROWS = 64
const TASK_VALUES = 2 ** 16
/** Kernel memory ends at 4 GB; some room is left for what the tasks find. */
const MAX_BYTES = 3 * 2 ** 30
/** Time of a pass for one value of a row and one function, in milliseconds, and passes of a fit: about. */
const VALUE_TIME = 0.8e-6
const PASSES = 12

const wholeQuads = (rows: number): number => Math.ceil(rows / QUAD) * QUAD
/** Doubles of a row in kernel memory: registers hold two. */
const strideOf = (size: number): number => size + (size % 2)

/**
 * Dense rows in the memory of kernels, for passes that sum up a loss. Sums are formed task by task, and the tasks are added in order: they do not
 * depend on the number of threads. Dispose of them after the fit.
 */
export class KernelRows implements Disposable {
  readonly blocks: readonly InstanceBlock[]
  protected readonly engine: KernelEngine
  protected readonly size: number
  /** Doubles of a row. */
  protected readonly stride: number
  /** Number of rows, in whole quads. */
  readonly #count: number
  // Addresses.
  readonly #values: number
  readonly #labels: number
  readonly #weights: number

  /** @param blocks dense rows without nulls, for which `canHold` is true. */
  constructor(blocks: readonly InstanceBlock[], options?: KernelOptions) {
    this.blocks = blocks
    this.size = blocks[0].features.size
    this.stride = strideOf(this.size)
    this.#count = wholeQuads(blocks.reduce((sum, { length }) => sum + length, 0))
    this.engine = KernelEngine.acquire(options)
    const { memory } = this.engine
    this.#values = memory.allocate(8 * this.#count * this.stride)
    this.#labels = memory.allocate(8 * this.#count)
    this.#weights = memory.allocate(8 * this.#count)
    this.#fill()
  }

  /** Whether kernel memory has room for rows. */
  static canHold(count: number, size: number): boolean {
    return size > 0 && 8 * wholeQuads(count) * (strideOf(size) + 2) <= MAX_BYTES
  }

  #fill(): void {
    const { memory } = this.engine
    const { f64 } = memory
    const stride = this.stride
    let row = 0
    for (const { features, length, labels, weights } of this.blocks) {
      const at = this.#values / 8 + row * stride
      if (stride === this.size) memory.write(8 * at, features.values.subarray(0, length * stride))
      else copyRows(features.values, length, this.size, f64, at, stride)
      f64.set(labels, this.#labels / 8 + row)
      const own = this.#weights / 8 + row
      if (weights) f64.set(weights, own)
      else f64.fill(1, own, own + length)
      row += length
    }
    const missing = this.#count - row
    f64.fill(0, this.#values / 8 + row * stride, this.#values / 8 + (row + missing) * stride)
    f64.fill(0, this.#labels / 8 + row, this.#labels / 8 + row + missing)
    f64.fill(0, this.#weights / 8 + row, this.#weights / 8 + row + missing)
  }

  /** Weighted means and sample deviations of the features. At least one row must have weight. */
  async standardization(turns: TurnTaker): Promise<Standardization> {
    const engine = this.engine
    const { memory } = engine
    const stride = this.stride
    const { rows, taskRows, tasks } = this.tasks(1)
    const results = memory.allocate(16 * tasks * stride)
    const record = memory.allocate(FEATURE_SUMS.bytes)
    FEATURE_SUMS.write(memory, record, { rows, results })
    await engine.run('featureSums', record, tasks, turns)
    const { f64 } = memory
    const merged = new MergedMoments(this.size)
    for (let task = 0; task < tasks; task++) {
      const first = task * taskRows
      const end = Math.min(first + taskRows, this.#count)
      const weights = f64.subarray(this.#weights / 8 + first, this.#weights / 8 + end)
      const sums = results / 8 + 2 * task * stride
      merged.add(weights, f64, this.#values / 8 + first * stride, sums, sums + stride)
    }
    return merged.standardization()
  }

  [Symbol.dispose](): void {
    this.engine[Symbol.dispose]()
  }

  /** Lets threads start where the passes of a fit for so many functions are worth it. */
  protected expectPasses(sets: number): void {
    this.engine.expect(this.#count * this.stride * sets * VALUE_TIME * PASSES)
  }

  /** Cuts the rows into tasks for so many functions. */
  protected tasks(sets: number) {
    const { memory } = this.engine
    const taskRows = wholeQuads(Math.max(TASK_ROWS, QUAD * sets, TASK_VALUES / this.stride))
    const rows = memory.allocate(LEARN_ROWS.bytes)
    LEARN_ROWS.write(memory, rows, {
      values: this.#values,
      labels: this.#labels,
      weights: this.#weights,
      count: this.#count,
      stride: this.stride,
      taskRows,
    })
    return { rows, taskRows, tasks: Math.ceil(this.#count / taskRows) }
  }
}

/** Copies rows to places `stride` apart, with a 0 behind each. */
function copyRows(
  values: Float64Array,
  length: number,
  size: number,
  to: Float64Array,
  at: number,
  stride: number,
): void {
  for (let row = 0, from = 0, place = at; row < length; row++, from += size, place += stride) {
    for (let j = 0; j < size; j++) to[place + j] = values[from + j]
    to[place + size] = 0
  }
}

/** Sum of the weights of a block. */
export function weightOf({ length, weights }: InstanceBlock): number {
  if (!weights) return length
  let sum = 0
  for (let row = 0; row < length; row++) sum += weights[row]
  return sum
}

/** Weighted means and squared deviations, merged from runs of rows. Source: Chan, Golub and LeVeque (1979). */
class MergedMoments {
  readonly #means: Float64Array
  readonly #deviations: Float64Array
  #weight = 0
  #weightSquares = 0

  constructor(size: number) {
    this.#means = new Float64Array(size)
    this.#deviations = new Float64Array(size)
  }

  /** Adds rows by the sums, and sums of squares, of their distances to an origin: places in `f64`. */
  add(weights: Float64Array, f64: Float64Array, origin: number, sums: number, squares: number): void {
    let weight = 0
    for (const w of weights) {
      weight += w
      this.#weightSquares += w * w
    }
    if (weight === 0) return
    const total = this.#weight + weight
    for (let j = 0; j < this.#means.length; j++) {
      const shift = f64[sums + j] / weight
      const difference = f64[origin + j] + shift - this.#means[j]
      this.#means[j] += (difference * weight) / total
      this.#deviations[j] += f64[squares + j] - f64[sums + j] * shift
      this.#deviations[j] += (difference * difference * this.#weight * weight) / total
    }
    this.#weight = total
  }

  standardization(): Standardization {
    const denominator = this.#weight - this.#weightSquares / this.#weight
    const stds = this.#deviations.map((sum) => (denominator > 0 ? Math.sqrt(Math.max(sum / denominator, 0)) : 0))
    return standardization(this.#means, stds)
  }
}
