import type { ColumnData, VectorColumn } from '../sql/batch.js'
import { type ColumnOrigin, valueError } from '../sql/column-origin.js'
import { vectorStart } from '../sql/columns.js'
import { doublesOf } from '../sql/doubles.js'
import { requireVectors, requireWidth } from '../sql/vector-checks.js'

/** The stored entries of the rows of one input: row `i` has `starts[i] .. starts[i + 1])` of `slots` (ascending) and `values`. */
export interface EncodedRows {
  readonly starts: Int32Array
  readonly slots: Int32Array
  readonly values: Float64Array
}

/**
 * How a column of numbers or of vectors becomes slots: a continuous feature is one slot, a categorical one as many as it has categories, of which one is 1.
 * Source: `org.apache.spark.ml.feature.FeatureEncoder`.
 */
export class SlotEncoder {
  /** Number of slots. */
  readonly size: number
  readonly #counts: readonly number[]
  readonly #offsets: Int32Array

  /** @param counts for each feature the number of its categories, or 1 for a continuous one. */
  constructor(counts: readonly number[]) {
    this.#counts = counts
    this.#offsets = new Int32Array(counts.length)
    for (let k = 1; k < counts.length; k++) this.#offsets[k] = this.#offsets[k - 1] + counts[k - 1]
    this.size = counts.reduce((sum, count) => sum + count, 0)
  }

  /**
   * The slots row by row, where all of them are stored as they are: of numbers and dense vectors without categories; else undefined.
   * @throws DataError naming the row for null, and for a vector of another length.
   */
  denseRows(column: ColumnData, length: number, origin: ColumnOrigin): Float64Array | undefined {
    if (this.size !== this.#counts.length) return undefined
    if (column.kind !== 'vector') return doublesOf(column, length, origin)
    if (column.offsets !== null) return undefined
    requireVectors(column, length, origin)
    requireWidth(column, length, this.size, origin)
    return column.values
  }

  /** @throws DataError naming the row for null, for a vector of another length, and for what is no category. */
  encode(column: ColumnData, length: number, origin: ColumnOrigin): EncodedRows {
    if (column.kind === 'vector') return this.#encodeVectors(column, length, origin)
    const numbers = doublesOf(column, length, origin)
    const starts = Int32Array.from({ length: length + 1 }, (_, i) => i)
    const slots = new Int32Array(length)
    if (this.#counts[0] === 1) return { starts, slots, values: numbers }
    const values = new Float64Array(length).fill(1)
    for (let i = 0; i < length; i++) slots[i] = this.#category(numbers[i], 0, i, origin)
    return { starts, slots, values }
  }

  #encodeVectors(column: VectorColumn, length: number, origin: ColumnOrigin): EncodedRows {
    requireVectors(column, length, origin)
    requireWidth(column, length, this.#counts.length, origin)
    const starts = Int32Array.from({ length: length + 1 }, (_, i) => vectorStart(column, i))
    const slots = new Int32Array(starts[length])
    const values = column.values.slice(0, starts[length])
    for (let i = 0; i < length; i++) {
      for (let e = starts[i]; e < starts[i + 1]; e++) {
        const feature = column.indices === null ? e - starts[i] : column.indices[e]
        slots[e] = this.#offsets[feature]
        if (this.#counts[feature] === 1) continue
        slots[e] += this.#category(values[e], feature, i, origin)
        values[e] = 1
      }
    }
    return { starts, slots, values }
  }

  #category(value: number, feature: number, row: number, origin: ColumnOrigin): number {
    const count = this.#counts[feature]
    if (Number.isInteger(value) && value >= 0 && value < count) return value
    throw valueError(String(value), row, origin, `categories 0 to ${count - 1}`)
  }
}
