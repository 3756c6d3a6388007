import '../util/disposable.js'
import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { BIN_ROWS, GRID, ROWS } from '../kernels/records.js'
import { valueError } from '../sql/column-origin.js'
import { isDenseRow, vectorStart } from '../sql/columns.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Candidates } from './candidates.js'
import { GRID_TABLE_BYTES, writeCategories, writeGrid } from './grids.js'
import type { TreeStrategy } from './strategy.js'
import type { TreeRows } from './tree-rows.js'

/** Most bins of a feature that a byte can name. */
const PACKED_BINS = 256
/** What is kept of a row beside its bins, about: target, weight, both rounded, place in the order of rows. */
const BYTES_PER_ROW = 8 + 8 + 16 + 2
/** Kernels address 4 GB; histograms need their share. */
const MAX_BYTES = 3 * 2 ** 30
/** Rows of a block are numbered within 14 bits: forests keep more in the same 16. */
const BLOCK_ROWS = 2 ** 14
const LEAST_BLOCK_ROWS = 2 ** 11
/** The bins of a block are to stay in a processor's second cache. */
const BLOCK_BYTES = 2 ** 19
/** Values that are binned at once: they are to stay in that cache, too. */
const STAGED_VALUES = 2 ** 15

/**
 * Rows in the memory of the kernels: a byte for the bin of each value, stored twice. The values themselves are not kept.
 * Dispose of it when all trees are grown.
 */
export class PackedRows implements Disposable {
  readonly engine: KernelEngine
  readonly numRows: number
  readonly numFeatures: number
  /** Number of features, in whole quads. */
  readonly rowBytes: number
  /** Most bins of a feature. */
  readonly binCount: number
  readonly blockRows: number
  readonly bins: number
  readonly columns: number

  private constructor(engine: KernelEngine, { numRows, numFeatures }: TreeRows, { numBins }: Candidates) {
    this.engine = engine
    this.numRows = numRows
    this.numFeatures = numFeatures
    this.rowBytes = Math.ceil(numFeatures / 4) * 4
    this.binCount = numBins.reduce((most, bins) => Math.max(most, bins), 2)
    const fitting = 2 ** Math.floor(Math.log2(BLOCK_BYTES / this.rowBytes))
    this.blockRows = Math.max(LEAST_BLOCK_ROWS, Math.min(BLOCK_ROWS, fitting))
    const bytes = this.numBlocks * this.blockRows * this.rowBytes
    this.bins = engine.memory.allocate(bytes)
    this.columns = engine.memory.allocate(bytes)
  }

  /** Whether the kernels can hold such rows. */
  static canHold({ numRows, numFeatures }: TreeRows, { numBins, unordered }: Candidates): boolean {
    const bytes = numRows * (2 * (numFeatures + 3) + BYTES_PER_ROW)
    return bytes <= MAX_BYTES && numBins.every((bins) => bins <= PACKED_BINS) && !unordered.includes(1)
  }

  /**
   * @throws DataError naming row and feature for a value that is no category of its feature.
   */
  static async pack(
    rows: TreeRows,
    candidates: Candidates,
    strategy: TreeStrategy,
    turns: TurnTaker,
    options?: KernelOptions,
  ): Promise<PackedRows> {
    const engine = KernelEngine.acquire(options)
    try {
      const packed = new PackedRows(engine, rows, candidates)
      await packed.#fill(rows, candidates, strategy, turns)
      return packed
    } catch (error) {
      engine[Symbol.dispose]()
      throw error
    }
  }

  get numBlocks(): number {
    return Math.ceil(this.numRows / this.blockRows)
  }

  /** Bytes of the histograms of a node. */
  get cellBytes(): number {
    return (this.rowBytes / 4) * this.binCount * 64
  }

  [Symbol.dispose](): void {
    this.engine[Symbol.dispose]()
  }

  async #fill(rows: TreeRows, candidates: Candidates, strategy: TreeStrategy, turns: TurnTaker): Promise<void> {
    const { memory } = this.engine
    const { numFeatures, rowBytes, blockRows } = this
    const top = memory.top
    const grids = this.#grids(candidates)
    // Bins come in pairs of rows: one row more is read.
    const staged = Math.min(blockRows, Math.max(2, Math.floor(STAGED_VALUES / numFeatures) & ~1))
    const values = memory.allocate((staged + 1) * numFeatures * 8)
    const record = memory.allocate(BIN_ROWS.bytes)
    const source = new RowReader(rows, candidates.arity, strategy)
    for (let block = 0; block < this.numBlocks; block++) {
      const columns = this.columns + block * blockRows * rowBytes
      memory.u8.fill(0, columns + blockRows * numFeatures, columns + blockRows * rowBytes)
      const end = Math.min(this.numRows, (block + 1) * blockRows)
      for (let row = block * blockRows; row < end; row += staged) {
        const count = Math.min(staged, end - row)
        source.read(count, memory.f64.subarray(values / 8, values / 8 + count * numFeatures))
        BIN_ROWS.write(memory, record, {
          ...{ values, grids, rowBytes, count, blockRows, featureCount: numFeatures },
          bins: this.bins + row * rowBytes,
          columns: columns + (row - block * blockRows),
        })
        await this.engine.run('binRows', record, 1, turns)
      }
    }
    memory.release(top)
  }

  /** Records for the kernel that finds bins. */
  #grids({ arity, thresholds }: Candidates): number {
    const { memory } = this.engine
    const grids = memory.allocate(GRID.bytes * this.numFeatures)
    const tables = memory.allocate(GRID_TABLE_BYTES * this.numFeatures)
    thresholds.forEach((borders, feature) => {
      const record = grids + GRID.bytes * feature
      if (arity[feature] > 0) writeCategories(memory, record)
      else writeGrid(memory, record, tables + GRID_TABLE_BYTES * feature, borders)
    })
    return grids
  }

  /** A record of these rows for a kernel. */
  record(fields: {
    readonly targets: number
    readonly weights: number
    readonly pairs: number
    readonly order: number
    readonly spare: number
    readonly unitsPerOne: number
  }): number {
    const { memory } = this.engine
    const { bins, columns, blockRows, rowBytes, binCount, numRows: count } = this
    const address = memory.allocate(ROWS.bytes)
    ROWS.write(memory, address, { ...fields, bins, columns, count, blockRows, rowBytes, binCount })
    return address
  }
}

/** Reads rows one after another into dense form. */
class RowReader {
  readonly #rows: TreeRows
  readonly #arity: Int32Array
  readonly #strategy: TreeStrategy
  readonly #categorical: readonly number[]
  #block = 0
  /** Next row within the block, and in all. */
  #at = 0
  #row = 0

  constructor(rows: TreeRows, arity: Int32Array, strategy: TreeStrategy) {
    this.#rows = rows
    this.#arity = arity
    this.#strategy = strategy
    this.#categorical = [...arity.keys()].filter((feature) => arity[feature] > 0)
  }

  /** Reads the next rows. */
  read(count: number, into: Float64Array): void {
    const { numFeatures, blocks } = this.#rows
    for (let done = 0; done < count; ) {
      const { features, length } = blocks[this.#block]
      if (this.#at === length) {
        this.#block++
        this.#at = 0
        continue
      }
      const n = Math.min(count - done, length - this.#at)
      if (features.indices === null) {
        const start = vectorStart(features, this.#at)
        into.set(features.values.subarray(start, start + n * numFeatures), done * numFeatures)
      } else {
        for (let i = 0; i < n; i++) this.#readRow(this.#at + i, into, (done + i) * numFeatures)
      }
      this.#at += n
      done += n
    }
    for (const feature of this.#categorical) this.#requireCategories(feature, count, into)
    this.#row += count
  }

  #readRow(row: number, into: Float64Array, at: number): void {
    const { features } = this.#rows.blocks[this.#block]
    const { numFeatures } = this.#rows
    const start = vectorStart(features, row)
    if (isDenseRow(features, row)) {
      into.set(features.values.subarray(start, start + numFeatures), at)
      return
    }
    into.fill(0, at, at + numFeatures)
    const indices = features.indices as Int32Array
    for (let entry = start; entry < vectorStart(features, row + 1); entry++) {
      into[at + indices[entry]] = features.values[entry]
    }
  }

  #requireCategories(feature: number, count: number, values: Float64Array): void {
    const { numFeatures } = this.#rows
    const categories = this.#arity[feature]
    for (let i = 0; i < count; i++) {
      const value = values[i * numFeatures + feature]
      if (value >= 0 && value < categories && Number.isInteger(value)) continue
      const { stage, features: column } = this.#strategy
      throw valueError(
        `category ${value} of feature ${feature}`,
        this.#row + i,
        { stage, column, firstRow: 0 },
        `categories 0 to ${categories - 1} in feature ${feature}`,
        'Its attribute in the metadata of the column says how many categories there are.',
      )
    }
  }
}
