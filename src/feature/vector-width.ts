import { DataError } from '../errors.js'
import { isValid, type VectorColumn } from '../sql/batch.js'
import { vectorSize } from '../sql/columns.js'
import type { ColumnOrigin } from '../sql/doubles.js'

/**
 * @throws DataError naming the first row whose vector has another length; null rows have none.
 */
export function requireWidth(column: VectorColumn, length: number, width: number, origin: ColumnOrigin): void {
  if (column.sizes === null && column.size === width) return
  for (let i = 0; i < length; i++) {
    if (!isValid(column.valid, i) || vectorSize(column, i) === width) continue
    throw new DataError(`column "${origin.column}" holds a vector of length ${vectorSize(column, i)}`, {
      stage: origin.stage,
      column: origin.column,
      row: origin.firstRow + i,
      allowed: `Allowed: vectors of length ${width}`,
      received: `length ${vectorSize(column, i)}`,
      hint: 'Make all vectors of the column equally long.',
    })
  }
}

/** Length of the first vector that is not null, or undefined where there is none. */
export function firstWidth(column: VectorColumn, length: number): number | undefined {
  for (let i = 0; i < length; i++) if (isValid(column.valid, i)) return vectorSize(column, i)
  return undefined
}

/** @throws DataError naming the first row without a vector. */
export function requireVectors(column: VectorColumn, length: number, origin: ColumnOrigin): void {
  for (let i = 0; column.valid !== null && i < length; i++) {
    if (isValid(column.valid, i)) continue
    throw new DataError(`column "${origin.column}" holds null`, {
      stage: origin.stage,
      column: origin.column,
      row: origin.firstRow + i,
      allowed: 'Allowed: a vector',
      received: 'null',
      hint: 'Drop the rows without a vector.',
    })
  }
}
