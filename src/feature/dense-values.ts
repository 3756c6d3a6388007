import type { VectorColumn } from '../sql/batch.js'

/** All slots of the first `length` vectors, which are equally long, row by row; shared with the column where it holds them so. */
export function denseValues(column: VectorColumn, length: number): Float64Array {
  const { size, offsets, indices, values } = column
  if (offsets === null || indices === null) return values.subarray(0, length * size)
  const all = new Float64Array(length * size)
  for (let i = 0, at = 0; i < length; i++, at += size) {
    const end = offsets[i + 1]
    for (let e = offsets[i]; e < end; e++) all[at + indices[e]] = values[e]
  }
  return all
}
