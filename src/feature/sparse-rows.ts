import type { VectorColumn } from '../sql/batch.js'

/**
 * Counts the slots that come several times, in place: entries `start .. result` then have the slots in increasing order, with their counts.
 * It names nothing outside itself, so that it can be printed.
 * @param least smaller counts are left out. @returns the end of the entries.
 */
export function countSlots(
  indices: Int32Array,
  values: Float64Array,
  start: number,
  end: number,
  least: number,
  binary: boolean,
): number {
  // Longer runs are sorted by the engine.
  if (end - start > 32) indices.subarray(start, end).sort()
  else {
    for (let i = start + 1; i < end; i++) {
      const index = indices[i]
      let at = i
      for (; at > start && indices[at - 1] > index; at--) indices[at] = indices[at - 1]
      indices[at] = index
    }
  }
  let to = start
  for (let i = start; i < end; ) {
    const index = indices[i]
    let next = i + 1
    while (next < end && indices[next] === index) next++
    if (next - i >= least) {
      indices[to] = index
      values[to++] = binary ? 1 : next - i
    }
    i = next
  }
  return to
}

/**
 * Adds an entry to those of a row, which are in increasing order of slots; values of one slot are added up. It names nothing outside itself.
 * @returns the end of the entries.
 */
export function insertEntry(
  indices: Int32Array,
  values: Float64Array,
  start: number,
  end: number,
  index: number,
  value: number,
): number {
  let at = end
  while (at > start && indices[at - 1] > index) at--
  if (at > start && indices[at - 1] === index) {
    values[at - 1] += value
    return end
  }
  for (let m = end; m > at; m--) {
    indices[m] = indices[m - 1]
    values[m] = values[m - 1]
  }
  indices[at] = index
  values[at] = value
  return end + 1
}

function grown<A extends Int32Array | Float64Array>(array: A, length: number): A {
  const larger = new (array.constructor as new (length: number) => A)(Math.max(length, 2 * array.length))
  larger.set(array as never)
  return larger
}

const sparse = (size: number, offsets: Int32Array, indices: Int32Array, values: Float64Array): VectorColumn => ({
  kind: 'vector',
  size,
  sizes: null,
  offsets,
  indices,
  values,
  dense: null,
  valid: null,
})

/** Builds a column of sparse vectors that count how often each index came. */
export class CountRows {
  readonly #size: number
  readonly #offsets: Int32Array
  #indices: Int32Array
  #values: Float64Array
  #rows = 0
  #start = 0
  #end = 0

  /** @param size length of the vectors. */
  constructor(rows: number, size: number) {
    this.#size = size
    this.#offsets = new Int32Array(rows + 1)
    this.#indices = new Int32Array(8 * rows + 64)
    this.#values = new Float64Array(8 * rows + 64)
  }

  /** Makes room for so many indices. To be called before each row. */
  reserve(count: number): void {
    const needed = this.#end + count
    if (needed <= this.#indices.length) return
    this.#indices = grown(this.#indices, needed)
    this.#values = grown(this.#values, needed)
  }

  /** One more of an index in this row. */
  push(index: number): void {
    this.#indices[this.#end++] = index
  }

  /**
   * Ends the row.
   * @param least counts below are left out.
   * @param binary whether every count is 1.
   */
  endRow(least: number, binary: boolean): void {
    const to = countSlots(this.#indices, this.#values, this.#start, this.#end, least, binary)
    this.#start = to
    this.#end = to
    this.#offsets[++this.#rows] = to
  }

  /** The column, after the last row was ended. */
  column(): VectorColumn {
    return sparse(this.#size, this.#offsets, this.#indices.slice(0, this.#end), this.#values.slice(0, this.#end))
  }
}

/**
 * Column of sparse vectors out of columns of entries: entry `k` of row `i` is `values[i * width + k]` at `indices[i * width + k]`, or
 * none where the index is -1. Entries at the same index are added, in order. Both arrays are used up.
 */
export function sumEntries(
  indices: Int32Array,
  values: Float64Array,
  rows: number,
  width: number,
  size: number,
): VectorColumn {
  const offsets = new Int32Array(rows + 1)
  let start = 0
  for (let row = 0; row < rows; row++) {
    let end = start
    for (let k = row * width; k < (row + 1) * width; k++) {
      // The entries of the row lie at or before the one that is read.
      if (indices[k] >= 0) end = insertEntry(indices, values, start, end, indices[k], values[k])
    }
    offsets[row + 1] = end
    start = end
  }
  return sparse(size, offsets, indices.subarray(0, start), values.subarray(0, start))
}
