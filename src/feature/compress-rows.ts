import type { VectorColumn } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'

/** Whether a vector takes less memory in sparse form: the rule of Spark's `Vector.compressed`. */
export const isSparser = (nonZeros: number, size: number): boolean => 1.5 * (nonZeros + 1) < size

/**
 * Rows of `size` numbers, one after the other, as a column of vectors: each row dense or sparse, whichever takes less memory.
 * Without sparse rows the array is the column's.
 */
export function compressRows(values: Float64Array, length: number, size: number): VectorColumn {
  const counts = new Int32Array(length)
  let sparseRows = 0
  let entries = 0
  for (let i = 0, e = 0; i < length; i++) {
    let count = 0
    for (const end = e + size; e < end; e++) if (values[e] !== 0) count++
    const sparse = isSparser(count, size)
    if (sparse) sparseRows++
    counts[i] = sparse ? count : -1
    entries += sparse ? count : size
  }
  if (sparseRows === 0) return denseVectors(values, size)
  const offsets = new Int32Array(length + 1)
  const indices = new Int32Array(entries)
  const kept = new Float64Array(entries)
  const dense = sparseRows < length ? new Uint8Array(length) : null
  let at = 0
  for (let i = 0, start = 0; i < length; i++, start += size) {
    const all = counts[i] < 0
    if (all) dense![i] = 1
    for (let j = 0; j < size; j++) {
      const value = values[start + j]
      if (value === 0 && !all) continue
      indices[at] = j
      kept[at++] = value
    }
    offsets[i + 1] = at
  }
  return { kind: 'vector', size, sizes: null, offsets, indices, values: kept, dense, valid: null }
}
