import type { VectorColumn } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'
import { uninitialized } from '../util/uninitialized.js'
import { countZeros } from './row-arithmetic.js'

/** Whether a vector takes less memory in sparse form: the rule of Spark's `Vector.compressed`. */
export const isSparser = (nonZeros: number, size: number): boolean => 1.5 * (nonZeros + 1) < size

/**
 * Rows of `size` numbers, one after the other, as a column of vectors: each row dense or sparse, whichever takes less memory.
 * Without sparse rows the array is the column's.
 */
export function compressRows(values: Float64Array, length: number, size: number): VectorColumn {
  const isSparse = new Uint8Array(length)
  let sparseRows = 0
  let entries = 0
  for (let i = 0, e = 0; i < length; i++, e += size) {
    const count = size - countZeros(values, e, e + size)
    if (!isSparser(count, size)) entries += size
    else {
      isSparse[i] = 1
      sparseRows++
      entries += count
    }
  }
  if (sparseRows === 0) return denseVectors(values, size)
  const offsets = new Int32Array(length + 1)
  const indices = new Int32Array(entries)
  const kept = uninitialized(entries)
  const dense = sparseRows < length ? new Uint8Array(length) : null
  let at = 0
  for (let i = 0, start = 0; i < length; i++, start += size) {
    const all = isSparse[i] === 0
    if (all) dense![i] = 1
    for (let j = 0; j < size; j++) {
      // Written in any case, and overwritten by the next one where it is left out: cheaper than a branch that nobody can predict.
      const value = values[start + j]
      if (at < entries) {
        indices[at] = j
        kept[at] = value
      }
      at += all || value !== 0 ? 1 : 0
    }
    offsets[i + 1] = at
  }
  return { kind: 'vector', size, sizes: null, offsets, indices, values: kept, dense, valid: null }
}
