import type { VectorColumn } from '../sql/batch.js'
import { vectorStart } from '../sql/columns.js'

/** Numbers that are laid out densely at once where rows are sparse: small enough for a processor's cache. */
const SCRATCH = 16_384

/** Takes rows `first .. first + count)`, whose numbers stand row by row in `values`, from `start` on. */
export type VisitRows = (values: Float64Array, start: number, first: number, count: number) => void

/**
 * Visits the first `length` rows in dense form, piece by piece where they are sparse.
 * @param features a column of vectors of one length without nulls.
 * @param most rows of a piece.
 */
export function visitDense(features: VectorColumn, length: number, most: number, visit: VisitRows): void {
  const { offsets, size, values } = features
  const step = offsets ? Math.min(most, Math.max(1, Math.floor(SCRATCH / Math.max(1, size)))) : most
  const scratch = offsets ? new Float64Array(Math.min(step, length) * size) : null
  for (let first = 0; first < length; first += step) {
    const count = Math.min(step, length - first)
    if (!scratch) {
      visit(values, first * size, first, count)
      continue
    }
    scatter(features, first, count, scratch)
    visit(scratch, 0, first, count)
    erase(features, first, count, scratch)
  }
}

/** Lays sparse rows out as dense ones over zeros. */
function scatter(column: VectorColumn, first: number, count: number, dense: Float64Array): void {
  const { size, values, indices } = column
  for (let row = 0; row < count; row++) {
    const start = vectorStart(column, first + row)
    const end = vectorStart(column, first + row + 1)
    for (let e = start; e < end; e++) dense[row * size + (indices ? indices[e] : e - start)] = values[e]
  }
}

/** Puts zeros back where `scatter` has written. */
function erase(column: VectorColumn, first: number, count: number, dense: Float64Array): void {
  const { size, indices } = column
  for (let row = 0; row < count; row++) {
    const start = vectorStart(column, first + row)
    const end = vectorStart(column, first + row + 1)
    for (let e = start; e < end; e++) dense[row * size + (indices ? indices[e] : e - start)] = 0
  }
}
