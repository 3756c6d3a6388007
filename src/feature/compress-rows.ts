import type { VectorColumn } from '../sql/batch.js'
import { denseVectors } from '../sql/columns.js'
import { uninitialized } from '../util/uninitialized.js'
import { hasMoreNonZeros } from './row-arithmetic.js'

/** Whether a vector takes less memory in sparse form: the rule of Spark's `Vector.compressed`. */
export const isSparser = (nonZeros: number, size: number): boolean => 1.5 * (nonZeros + 1) < size

/**
 * Rows of `size` numbers, one after the other, as a column of vectors: each row dense or sparse, whichever takes less memory.
 * Without sparse rows the array is the column's.
 * @param zeros 0 for rows that are known to hold no 0; left out: none is.
 */
export function compressRows(
  values: Float64Array,
  length: number,
  size: number,
  zeros: Uint8Array | null = null,
): VectorColumn {
  const isSparse = new Uint8Array(length)
  // The most numbers other than 0 that a sparse row may have.
  const limit = Math.ceil(size / 1.5 - 1) - 1
  let sparseRows = 0
  for (let i = 0, e = 0; i < length; i++, e += size) {
    if (zeros !== null && zeros[i] === 0 && size > 0) continue
    isSparse[i] = Number(limit >= 0 && !hasMoreNonZeros(values, e, e + size, limit))
    sparseRows += isSparse[i]
  }
  if (sparseRows === 0) return denseVectors(values, size)
  const entries = (length - sparseRows) * size + sparseRows * limit
  const offsets = new Int32Array(length + 1)
  // One more, for what is left out at the end.
  const indices = new Int32Array(entries + 1)
  const kept = uninitialized(entries + 1)
  const dense = sparseRows < length ? new Uint8Array(length) : null
  let at = 0
  for (let i = 0, start = 0; i < length; i++, start += size) {
    const all = isSparse[i] === 0
    if (all) dense![i] = 1
    const always = Number(all)
    for (let j = 0; j < size; j++) {
      // Written in any case, and overwritten by the next one where it is left out.
      const value = values[start + j]
      indices[at] = j
      kept[at] = value
      at += always | Number(value !== 0)
    }
    offsets[i + 1] = at
  }
  // What is much too long is not kept.
  const cut = <A extends Int32Array | Float64Array>(array: A): A =>
    (at < entries / 2 ? array.slice(0, at) : array.subarray(0, at)) as A
  return { kind: 'vector', size, sizes: null, offsets, indices: cut(indices), values: cut(kept), dense, valid: null }
}
