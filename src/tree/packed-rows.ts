import '../util/disposable.js'
import { KernelEngine, type KernelOptions } from '../kernels/engine.js'
import { BIN_ROWS, GRID, ROWS } from '../kernels/records.js'
import { valueError } from '../sql/column-origin.js'
import type { TurnTaker } from '../util/turn-taker.js'
import type { Candidates } from './candidates.js'
import { GRID_TABLE_BYTES, writeCategories, writeGrid } from './grids.js'
import { RowReader } from './row-reader.js'
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

  private constructor(engine: KernelEngine, { numRows, numFeatures }: TreeRows, candidates: Candidates) {
    this.engine = engine
    this.numRows = numRows
    this.numFeatures = numFeatures
    this.rowBytes = Math.ceil(numFeatures / 4) * 4
    this.binCount = mostBins(candidates)
    const fitting = 2 ** Math.floor(Math.log2(BLOCK_BYTES / this.rowBytes))
    this.blockRows = Math.max(LEAST_BLOCK_ROWS, Math.min(BLOCK_ROWS, fitting))
    const bytes = this.numBlocks * this.blockRows * this.rowBytes
    this.bins = engine.memory.allocate(bytes)
    this.columns = engine.memory.allocate(bytes)
  }

  /** Whether the kernels can hold such rows. */
  static canHold({ numRows, numFeatures }: TreeRows, candidates: Candidates): boolean {
    const bytes = numRows * (2 * (numFeatures + 3) + BYTES_PER_ROW)
    return bytes <= MAX_BYTES && mostBins(candidates) <= PACKED_BINS
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
    const source = new RowReader(rows)
    const categorical = [...candidates.arity.keys()].filter((feature) => candidates.arity[feature] > 0)
    for (let block = 0; block < this.numBlocks; block++) {
      const columns = this.columns + block * blockRows * rowBytes
      memory.u8.fill(0, columns + blockRows * numFeatures, columns + blockRows * rowBytes)
      const end = Math.min(this.numRows, (block + 1) * blockRows)
      for (let row = block * blockRows; row < end; row += staged) {
        const count = Math.min(staged, end - row)
        const numbers = memory.f64.subarray(values / 8, values / 8 + count * numFeatures)
        source.read(count, numbers)
        for (const feature of categorical) requireCategories(numbers, row, feature, candidates.arity, strategy)
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

/** Most bins of a feature, but 2 at least; categories are bins, however they are divided. */
export const mostBins = ({ numBins, arity, unordered }: Candidates): number =>
  numBins.reduce((most, bins, feature) => Math.max(most, unordered[feature] ? arity[feature] : bins), 2)

/** @param values of rows from `firstRow` on, row by row. @throws DataError for a value that is no category of a feature. */
function requireCategories(
  values: Float64Array,
  firstRow: number,
  feature: number,
  arity: Int32Array,
  { stage, features: column }: TreeStrategy,
): void {
  const categories = arity[feature]
  for (let at = feature; at < values.length; at += arity.length) {
    const value = values[at]
    if (value >= 0 && value < categories && Number.isInteger(value)) continue
    throw valueError(
      `category ${value} of feature ${feature}`,
      firstRow + (at - feature) / arity.length,
      { stage, column, firstRow: 0 },
      `categories 0 to ${categories - 1} in feature ${feature}`,
      'Its attribute in the metadata of the column says how many categories there are.',
    )
  }
}
