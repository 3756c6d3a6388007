import { isValid, type VectorColumn } from './batch.js'
import { type ColumnOrigin, valueError } from './column-origin.js'
import { vectorSize } from './columns.js'

/** Length of the first vector that is not null, or undefined where there is none. */
export function firstWidth(column: VectorColumn, length: number): number | undefined {
  for (let i = 0; i < length; i++) if (isValid(column.valid, i)) return vectorSize(column, i)
  return undefined
}

/** @throws DataError naming the first row whose vector has another length; null rows have none. */
export function requireWidth(column: VectorColumn, length: number, width: number, origin: ColumnOrigin): void {
  if (column.sizes === null && column.size === width) return
  for (let i = 0; i < length; i++) {
    if (!isValid(column.valid, i) || vectorSize(column, i) === width) continue
    const hint = 'Make all vectors of the column equally long'
    throw valueError(`a vector of length ${vectorSize(column, i)}`, i, origin, `vectors of length ${width}`, hint)
  }
}

/** @throws DataError naming the first row without a vector. */
export function requireVectors(column: VectorColumn, length: number, origin: ColumnOrigin): void {
  for (let i = 0; column.valid !== null && i < length; i++) {
    if (!isValid(column.valid, i)) throw valueError('null', i, origin, 'a vector', 'Drop the rows without a vector')
  }
}
