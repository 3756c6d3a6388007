import type { VectorColumn } from './batch.js'
import { type ColumnOrigin, valueError } from './column-origin.js'
import { vectorSize, vectorStart } from './columns.js'
import { requireVectors } from './vector-checks.js'

/**
 * One entry of the vector of each of the first `length` rows.
 * @param indexOf which entry of the vector of this row: a whole number of 0 or more.
 * @throws DataError naming the row when a vector is null or too short.
 */
export function vectorEntries(
  column: VectorColumn,
  length: number,
  indexOf: (row: number) => number,
  origin: ColumnOrigin,
): Float64Array {
  requireVectors(column, length, origin)
  const { indices, values } = column
  const entries = new Float64Array(length)
  for (let row = 0; row < length; row++) {
    const index = indexOf(row)
    const size = vectorSize(column, row)
    if (!(index < size)) {
      throw valueError(`a vector of length ${size}`, row, origin, `vectors with at least ${index + 1} entries`)
    }
    const start = vectorStart(column, row)
    if (indices === null) entries[row] = values[start + index]
    else {
      const at = indices.subarray(start, vectorStart(column, row + 1)).indexOf(index)
      if (at >= 0) entries[row] = values[start + at]
    }
  }
  return entries
}
