import { PersistenceError } from '../../errors.js'
import type { Matrix } from '../../linalg/matrix.js'
import { DenseMatrix, SparseMatrix } from '../../linalg/matrix.js'
import type { Vector } from '../../linalg/vector.js'
import { Vectors } from '../../linalg/vectors.js'
import type { ValueKind } from '../../param/row.js'
import {
  ArrayType,
  BooleanType,
  type DataType,
  DoubleType,
  IntegerType,
  LongType,
  MapType,
  MatrixUDT,
  StringType,
  VectorUDT,
} from '../../sql/types.js'
import { shortText } from '../../util/names.js'

/** How a learned value stands in a parquet column. */
interface StateColumn {
  readonly type: DataType
  readonly nullable: boolean
  write(value: never): unknown
  /** @throws TypeError where the value of the file is something else. */
  read(value: unknown): unknown
}

const number = (value: unknown): number => {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  throw new TypeError('a number')
}
const list = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>)
  throw new TypeError('an array')
}
const struct = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new TypeError('a struct')
}
const numbers = (value: unknown): number[] => list(value).map(number)
const text = (value: unknown): string => {
  if (typeof value === 'string') return value
  throw new TypeError('a string')
}
const texts = (value: unknown): string[] => list(value).map(text)
const boolean = (value: unknown): boolean => {
  if (typeof value === 'boolean') return value
  throw new TypeError('true or false')
}

/** A vector of its struct. @throws TypeError. */
export function readVector(value: unknown): Vector {
  const { type, size, indices, values } = struct(value)
  return number(type) === 1
    ? Vectors.dense(numbers(values))
    : Vectors.sparse(number(size), numbers(indices), numbers(values))
}

export const writeVector = (vector: Vector): object =>
  vector.indices === null
    ? { type: 1, size: null, indices: null, values: Array.from(vector.values) }
    : { type: 0, size: vector.size, indices: Array.from(vector.indices), values: Array.from(vector.values) }

function readMatrix(value: unknown): Matrix {
  const { type, numRows, numCols, colPtrs, rowIndices, values, isTransposed } = struct(value)
  const [rows, columns, transposed] = [number(numRows), number(numCols), boolean(isTransposed)]
  return number(type) === 1
    ? new DenseMatrix(rows, columns, numbers(values), transposed)
    : new SparseMatrix(rows, columns, numbers(colPtrs), numbers(rowIndices), numbers(values), transposed)
}

const writeMatrix = (matrix: Matrix): object => ({
  type: matrix.colPtrs === null ? 1 : 0,
  numRows: matrix.numRows,
  numCols: matrix.numCols,
  colPtrs: matrix.colPtrs && Array.from(matrix.colPtrs),
  rowIndices: matrix.rowIndices && Array.from(matrix.rowIndices),
  values: Array.from(matrix.values),
  isTransposed: matrix.isTransposed,
})

const column = (
  type: DataType,
  nullable: boolean,
  read: StateColumn['read'],
  write?: StateColumn['write'],
): StateColumn => ({
  type,
  nullable,
  read,
  write: write ?? ((value: unknown) => value),
})
const array = Array.from as (values: never) => unknown

const COLUMNS: Partial<Record<ValueKind, StateColumn>> = {
  double: column(DoubleType, false, number),
  int: column(IntegerType, false, number),
  long: column(LongType, false, safe, BigInt as (value: never) => unknown),
  boolean: column(BooleanType, false, boolean),
  string: column(StringType, true, text),
  vector: column(VectorUDT, true, readVector, writeVector as (value: never) => unknown),
  matrix: column(MatrixUDT, true, readMatrix, writeMatrix as (value: never) => unknown),
  doubleArray: column(ArrayType(DoubleType, false), true, numbers, array),
  intArray: column(ArrayType(IntegerType, false), true, numbers, array),
  stringArray: column(ArrayType(StringType), true, texts),
  stringArrayArray: column(ArrayType(ArrayType(StringType)), true, (value) => list(value).map(texts)),
  categoryMaps: column(
    MapType(IntegerType, MapType(DoubleType, IntegerType, false)),
    true,
    (value) =>
      new Map(
        Object.entries(struct(value)).map(([feature, indices]) => [
          Number(feature),
          new Map(Object.entries(struct(indices)).map(([category, index]) => [Number(category), number(index)])),
        ]),
      ),
  ),
}

/** A long is a number where a double holds it. */
function safe(value: unknown): number | bigint {
  return Number.isSafeInteger(Number(value)) ? number(value) : (value as bigint)
}

/** Whether learned values of a kind stand in a column; stages stand in folders. */
export const isColumn = (kind: ValueKind): boolean => COLUMNS[kind] !== undefined

/** Type of the column of a kind, and whether it may be null. */
export const columnType = (kind: ValueKind): { readonly type: DataType; readonly nullable: boolean } =>
  COLUMNS[kind] as StateColumn

/** The value for a column of a parquet file. */
export const writeColumn = (kind: ValueKind, value: unknown): unknown => COLUMNS[kind]?.write(value as never)

/** A learned value. @throws PersistenceError when the file holds something else. */
export function readColumn(kind: ValueKind, value: unknown, where: string): unknown {
  try {
    return (COLUMNS[kind] as StateColumn).read(value)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new PersistenceError(`${where} holds ${shortText(value)}`, {
      stage: 'load',
      allowed: `Expected ${cause.message}`,
      cause,
    })
  }
}
