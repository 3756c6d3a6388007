import type { ColumnData } from './batch.js'
import { columnReader } from './column-reader.js'
import type { DataType } from './types.js'

/** The values of a whole column. */
export type ColumnValues = Float64Array | Int32Array | BigInt64Array | unknown[]

/** A column as JavaScript wants it: a typed array of its own for numbers without nulls, else a list of values. */
export function columnValues(column: ColumnData, type: DataType, length: number): ColumnValues {
  const isNumber = column.kind === 'f64' || (column.kind === 'i32' && type.kind !== 'date') || type.kind === 'long'
  if (isNumber && column.valid === null && 'data' in column && ArrayBuffer.isView(column.data)) {
    return column.data.slice(0, length) as ColumnValues
  }
  return Array.from({ length }, (_, row) => row).map(columnReader(column, type))
}
