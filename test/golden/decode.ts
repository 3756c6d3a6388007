import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { ValueKind } from '../../src/param/row.js'
import type { DataType } from '../../src/sql/types.js'
import type { Recorded, RecordedObject } from '../helpers/compare.js'

const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

/** A recorded double; NaN and infinities are recorded as strings. */
export function decodeNumber(value: Recorded): number {
  const number = typeof value === 'string' ? NOT_FINITE[value] : value
  if (typeof number !== 'number') throw new Error(`${JSON.stringify(value)} is no recorded number`)
  return number
}

const numbers = (value: Recorded): number[] => (value as Recorded[]).map(decodeNumber)

/** A recorded 64-bit integer; those that a double cannot hold are recorded as strings. */
export const decodeLong = (value: Recorded): number | bigint =>
  typeof value === 'string' ? BigInt(value) : (value as number)

export function decodeVector(value: Recorded) {
  const { type, size, indices, values } = value as RecordedObject
  return type === 1
    ? Vectors.dense(numbers(values))
    : Vectors.sparse(size as number, indices as number[], numbers(values))
}

export function decodeMatrix(value: Recorded) {
  const m = value as RecordedObject
  const [rows, columns, values] = [m.numRows as number, m.numCols as number, numbers(m.values)]
  return m.type === 1
    ? Matrices.dense(rows, columns, values)
    : Matrices.sparse(rows, columns, m.colPtrs as number[], m.rowIndices as number[], values)
}

/** A recorded cell as `createDataFrame` takes it. */
export function decodeCell(type: DataType, value: Recorded): unknown {
  if (value === null) return null
  switch (type.kind) {
    case 'double':
    case 'float':
      return decodeNumber(value)
    case 'long':
      return decodeLong(value)
    case 'vector':
      return decodeVector(value)
    case 'matrix':
      return decodeMatrix(value)
    case 'array':
      return (value as Recorded[]).map((element) => decodeCell(type.elementType, element))
    default:
      return value
  }
}

/** A recorded value of a parameter, by the kind of its row. Kinds that hold stages are not decoded here. */
export function decodeParam(kind: ValueKind, value: Recorded): unknown {
  switch (kind) {
    case 'double':
      return decodeNumber(value)
    case 'long':
      return decodeLong(value)
    case 'doubleArray':
      return numbers(value)
    case 'doubleArrayArray':
      return (value as Recorded[]).map(numbers)
    case 'vector':
      return decodeVector(value)
    case 'matrix':
      return decodeMatrix(value)
    default:
      return value
  }
}
