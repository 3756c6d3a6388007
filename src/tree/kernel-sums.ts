import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { PREDICT } from '../kernels/records.js'
import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'
import { BLOCK_ROWS, type PackedTrees, packTrees, type TreeTerm } from './packed-trees.js'

/** More memory than this is given back when the model in it is gone. */
const KEPT_BYTES = 2 ** 24

/** A kernel memory for predictions, apart from those of fits. It holds one model at a time. */
class Seat {
  readonly #options: KernelOptions
  #engine: KernelEngine | undefined
  #holder: WeakRef<KernelSums> | undefined
  readonly #gone = new FinalizationRegistry<undefined>(() => {
    if (!this.#holder?.deref()) this.#giveBack()
  })

  constructor(options: KernelOptions) {
    this.#options = options
  }

  /** An engine whose memory is free. */
  vacant(): KernelEngine {
    this.#holder = undefined
    this.#giveBack()
    this.#engine ??= KernelEngine.acquire(this.#options)
    return this.#engine
  }

  /** The engine that holds a model. */
  of(model: KernelSums, { image, imageAt }: PackedTrees): KernelEngine {
    if (this.#engine && this.#holder?.deref() === model) return this.#engine
    const engine = this.vacant()
    engine.memory.release()
    engine.memory.allocate(imageAt + image.length - engine.memory.top)
    engine.memory.u8.set(image, imageAt)
    this.#holder = new WeakRef(model)
    return engine
  }

  /** Gives memory back when a model that may hold it is gone. */
  watch(model: KernelSums): void {
    this.#gone.register(model, undefined)
  }

  #giveBack(): void {
    if (!this.#engine || this.#engine.memory.size <= KEPT_BYTES) return
    this.#engine[Symbol.dispose]()
    this.#engine = undefined
  }
}

/** All predictions are made on the thread that asks for them. */
const shared = new Seat({ threads: 1 })

/** Sums of what trees tell, by kernels. */
export class KernelSums {
  readonly #seat: Seat
  readonly #packed: PackedTrees
  readonly #slots: number
  /** Place of each feature in a staged row; -1: not there. */
  readonly #places: Int32Array

  private constructor(seat: Seat, packed: PackedTrees, slots: number, numFeatures: number) {
    this.#seat = seat
    this.#packed = packed
    this.#slots = slots
    seat.watch(this)
    this.#places = new Int32Array(numFeatures).fill(-1)
    packed.features.forEach((feature, place) => {
      this.#places[feature] = place
    })
  }

  /**
   * Packs trees; null where kernels cannot take them, would not be faster, or have no memory.
   * @param options for tests: a memory of its own, and kernels also where they are slower.
   */
  static of(
    terms: readonly TreeTerm[],
    slots: number,
    numFeatures: number,
    options?: KernelOptions,
  ): KernelSums | null {
    const seat = options ? new Seat(options) : shared
    try {
      const packed = packTrees(() => seat.vacant().memory, terms, slots, numFeatures, options !== undefined)
      return packed && new KernelSums(seat, packed, slots, numFeatures)
    } catch (error) {
      if (error instanceof RangeError) return null
      throw error
    }
  }

  /** Writes the sums of rows `0 .. length`, `slots` a row. */
  fill(features: VectorColumn, length: number, sums: Float64Array): void {
    const packed = this.#packed
    const { stagedRows, record } = packed
    const engine = this.#seat.of(this, packed)
    const { f64, u32 } = engine.memory
    const blockCount = (record + PREDICT.offsets.blockCount) / 4
    for (let first = 0; first < length; first += stagedRows) {
      const count = Math.min(stagedRows, length - first)
      this.#stage(features, first, count, f64)
      u32[blockCount] = Math.ceil(count / BLOCK_ROWS)
      engine.runSync('predictRows', record, 1)
      this.#read(f64, count, sums, first)
    }
  }

  #stage(column: VectorColumn, first: number, count: number, f64: Float64Array): void {
    const { features, rows } = this.#packed
    const { size, values, indices } = column
    const stride = features.length
    const places = this.#places
    const to = rows / 8
    if (column.offsets !== null) {
      f64.fill(0, to, to + count * stride)
      for (let row = 0; row < count; row++) {
        const start = vectorStart(column, first + row)
        const end = vectorStart(column, first + row + 1)
        for (let e = start; e < end; e++) {
          const place = places[indices ? indices[e] : e - start]
          if (place >= 0) f64[to + row * stride + place] = values[e]
        }
      }
    } else if (stride === size) {
      f64.set(values.subarray(first * size, (first + count) * size), to)
    } else {
      for (let row = 0; row < count; row++) {
        const from = (first + row) * size
        for (let i = 0; i < stride; i++) f64[to + row * stride + i] = values[from + features[i]]
      }
    }
  }

  #read(f64: Float64Array, count: number, sums: Float64Array, first: number): void {
    const { stagedRows } = this.#packed
    const from = this.#packed.sums / 8
    const slots = this.#slots
    if (slots === 1) {
      sums.set(f64.subarray(from, from + count), first)
      return
    }
    for (let slot = 0; slot < slots; slot++) {
      const own = from + slot * stagedRows
      for (let row = 0; row < count; row++) sums[(first + row) * slots + slot] = f64[own + row]
    }
  }
}
