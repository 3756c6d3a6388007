import type { VectorColumn } from '../sql/batch.js'

/** The distinct values of each feature of vectors, as long as they are few. 0 and -0 are one value, and so is NaN. */
export class DistinctValues {
  /** Number of features. */
  readonly size: number
  readonly #limit: number
  readonly #sets: readonly Set<number>[]
  /** Rows of compressed columns, and how many of them hold an entry of each feature: the others hold 0. */
  #compressedRows = 0
  readonly #entries: Float64Array

  /** @param limit values of a feature with more are not collected. */
  constructor(size: number, limit: number) {
    this.size = size
    this.#limit = limit
    this.#sets = Array.from({ length: size }, () => new Set<number>())
    this.#entries = new Float64Array(size)
  }

  /** Adds rows, without nulls and all of length `size`. */
  add(column: VectorColumn, length: number): void {
    if (column.offsets === null || column.indices === null) this.#addDense(column.values, length)
    else this.#addCompressed(column.values, column.indices, column.offsets[length], length)
  }

  /** The distinct values of a feature; undefined when there are more than the limit. */
  of(feature: number): ReadonlySet<number> | undefined {
    const set = this.#sets[feature]
    if (this.#entries[feature] < this.#compressedRows) this.#put(set, 0)
    return set.size > this.#limit ? undefined : set
  }

  #addDense(values: Float64Array, length: number): void {
    for (let feature = 0; feature < this.size; feature++) {
      const set = this.#sets[feature]
      const end = length * this.size
      for (let at = feature; at < end && set.size <= this.#limit; at += this.size) set.add(values[at])
    }
  }

  #addCompressed(values: Float64Array, indices: Int32Array, end: number, length: number): void {
    this.#compressedRows += length
    for (let e = 0; e < end; e++) {
      this.#entries[indices[e]]++
      this.#put(this.#sets[indices[e]], values[e])
    }
  }

  /** One value above the limit is enough to know that there are too many. */
  #put(set: Set<number>, value: number): void {
    if (set.size <= this.#limit) set.add(value)
  }
}
