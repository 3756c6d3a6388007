import { DenseVector, SparseVector } from '../linalg/vector.js'
import { type ColumnData, isValid, type VectorColumn } from './batch.js'
import { isDenseRow, vectorSize, vectorStart } from './columns.js'
import type { DataType } from './types.js'

const MS_PER_DAY = 86_400_000

/** A long as a number when that loses nothing, else as it is. */
export const longValue = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** `Date` of a timestamp in microseconds since 1970-01-01 UTC; what is finer than a millisecond is cut. */
export function timestampValue(micros: bigint): Date {
  const number = Number(micros)
  if (Number.isSafeInteger(number)) return new Date(Math.floor(number / 1000))
  const rest = ((micros % 1000n) + 1000n) % 1000n
  return new Date(Number((micros - rest) / 1000n))
}

/** `Date` of a date in days since 1970-01-01, at midnight UTC. */
export const dateValue = (days: number): Date => new Date(days * MS_PER_DAY)

function readVector(column: VectorColumn, row: number): DenseVector | SparseVector {
  const start = vectorStart(column, row)
  const end = vectorStart(column, row + 1)
  const values = column.values.slice(start, end)
  if (isDenseRow(column, row) || column.indices === null) return new DenseVector(values)
  return new SparseVector(vectorSize(column, row), column.indices.slice(start, end), values)
}

/**
 * Reader of the values of a column as `collect` gives them (see `Row`).
 * @returns a function of the row number; null rows give null.
 */
export function columnReader(column: ColumnData, type: DataType): (row: number) => unknown {
  const read = valueReader(column, type)
  const { valid } = column
  return valid === null ? read : (row) => (isValid(valid, row) ? read(row) : null)
}

function valueReader(column: ColumnData, type: DataType): (row: number) => unknown {
  switch (column.kind) {
    case 'f64':
    case 'object': {
      const { data } = column
      return (row) => data[row]
    }
    case 'i32': {
      const { data } = column
      return type.kind === 'date' ? (row) => dateValue(data[row]) : (row) => data[row]
    }
    case 'i64': {
      const { data } = column
      return type.kind === 'long' ? (row) => longValue(data[row]) : (row) => timestampValue(data[row])
    }
    case 'bool': {
      const { data } = column
      return (row) => data[row] === 1
    }
    case 'dict': {
      const { codes, dictionary } = column
      return (row) => dictionary[codes[row]]
    }
    case 'vector':
      return (row) => readVector(column, row)
  }
}
