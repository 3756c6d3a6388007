import type { VectorColumn } from '../sql/batch.js'

/** Rows of more entries are sorted by the engine, shorter ones by insertion. */
const SHORT_ROW = 32

/** The indices of a row in increasing order. */
function sort(indices: Int32Array, start: number, end: number): void {
  if (end - start > SHORT_ROW) {
    indices.subarray(start, end).sort()
    return
  }
  for (let i = start + 1; i < end; i++) {
    const index = indices[i]
    let at = i
    for (; at > start && indices[at - 1] > index; at--) indices[at] = indices[at - 1]
    indices[at] = index
  }
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
    const indices = this.#indices
    const values = this.#values
    const end = this.#end
    sort(indices, this.#start, end)
    let to = this.#start
    for (let i = this.#start; i < end; ) {
      const index = indices[i]
      let next = i + 1
      while (next < end && indices[next] === index) next++
      if (next - i >= least) {
        indices[to] = index
        values[to++] = binary ? 1 : next - i
      }
      i = next
    }
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
      const index = indices[k]
      const value = values[k]
      if (index < 0) continue
      // The place of the entry among those of the row, which lie at or before the one that is read.
      let at = end
      while (at > start && indices[at - 1] > index) at--
      if (at > start && indices[at - 1] === index) {
        values[at - 1] += value
        continue
      }
      for (let m = end; m > at; m--) {
        indices[m] = indices[m - 1]
        values[m] = values[m - 1]
      }
      indices[at] = index
      values[at] = value
      end++
    }
    offsets[row + 1] = end
    start = end
  }
  return sparse(size, offsets, indices.subarray(0, start), values.subarray(0, start))
}
