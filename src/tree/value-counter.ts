import '../util/disposable.js'
import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { COLUMN, COUNT_VALUES } from '../kernels/records.js'
import { Room } from '../kernels/room.js'
import { DoubleSorter } from '../util/double-sorter.js'
import type { TurnTaker } from '../util/turn-taker.js'
import { countValues, type ValueWeights } from './thresholds.js'

/** For fewer values, a memory of its own is not worth while. */
const FEW = 8192
/** The kernel counts digits in so many bytes. */
const COUNTER_BYTES = 49_152

/** Counts the different values of one feature after another. */
export class ValueCounter implements Disposable {
  readonly #options: KernelOptions | undefined
  readonly #sorter = new DoubleSorter()
  #engine: KernelEngine | undefined
  #room: Room | undefined

  constructor(options?: KernelOptions) {
    this.#options = options
  }

  [Symbol.dispose](): void {
    this.#engine?.[Symbol.dispose]()
  }

  /**
   * Values without weights as {@link ValueWeights}; the arrays are valid until the next call.
   * @param sample is sorted in place, perhaps.
   */
  async count(sample: Float64Array, turns: TurnTaker): Promise<ValueWeights> {
    const length = sample.length
    if (length < FEW) return countValues(sample, this.#sorter)
    this.#engine ??= KernelEngine.acquire(this.#options)
    const { memory } = this.#engine
    this.#room ??= new Room(memory)
    const column = this.#room.of(64 + 3 * 8 * length + COUNTER_BYTES)
    const record = column + COLUMN.bytes
    const values = column + 64
    const counts = values + 8 * length
    const spare = counts + 8 * length
    memory.f64.set(sample, values / 8)
    COLUMN.write(memory, column, { values, counts, length, distinct: 0 })
    COUNT_VALUES.write(memory, record, { columns: column, spare, spareBytes: 0 })
    await this.#engine.run('countValues', record, 1, turns)
    const { distinct } = COLUMN.read(memory, column)
    const viewOf = (address: number): Float64Array => memory.f64.subarray(address / 8, address / 8 + distinct)
    return { values: viewOf(values), weights: viewOf(counts), count: length, exact: true }
  }
}
