import { DataError } from '../errors.js'
import { Matrix } from '../linalg/matrix.js'
import { DenseVector, SparseVector, Vector } from '../linalg/vector.js'
import { shortText } from '../util/names.js'
import type { ColumnData, DictColumn, ObjectColumn, Validity, VectorColumn } from './batch.js'
import { validityOf } from './columns.js'
import { StringCodes } from './string-codes.js'
import { type DataType, type StructType, simpleString } from './types.js'

const MS_PER_DAY = 86_400_000

/** Ranges of the integer types, both ends included. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32_768, 32_767],
  integer: [-2_147_483_648, 2_147_483_647],
}
const MIN_LONG = -(2n ** 63n)
const MAX_LONG = 2n ** 63n - 1n

/** A value, checked, in the form in which its column holds it; undefined when the type does not take it. */
type Convert<T> = (value: unknown) => T | undefined

const toNumber: Convert<number> = (value) => (typeof value === 'number' ? value : undefined)

const toInteger = (kind: string): Convert<number> => {
  const [low, high] = RANGES[kind]
  return (value) =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high ? (value as number) : undefined
}

const toLong: Convert<bigint> = (value) => {
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  return typeof value === 'bigint' && value >= MIN_LONG && value <= MAX_LONG ? value : undefined
}

const isDate = (value: unknown): value is Date => value instanceof Date && !Number.isNaN(value.getTime())
const toDays: Convert<number> = (value) => (isDate(value) ? Math.floor(value.getTime() / MS_PER_DAY) : undefined)
const toMicros: Convert<bigint> = (value) => (isDate(value) ? BigInt(value.getTime()) * 1000n : undefined)

/** Values of arrays, maps, structs and binary stay JavaScript values; their elements are checked all the same. */
function toObject(type: DataType): Convert<unknown> {
  switch (type.kind) {
    case 'array': {
      const element = nullable(toObject(type.elementType))
      return (value) => {
        if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && !(value instanceof DataView))) return undefined
        return all(Array.from(value as ArrayLike<unknown>, element))
      }
    }
    case 'map': {
      const key = toObject(type.keyType)
      const item = nullable(toObject(type.valueType))
      return (value) => {
        if (!(value instanceof Map)) return undefined
        const entries = all(Array.from(value, ([k, v]) => all([key(k), item(v)])))
        return entries && new Map(entries as [unknown, unknown][])
      }
    }
    case 'struct':
      return toStruct(type)
    case 'binary':
      return (value) => (value instanceof Uint8Array ? value : undefined)
    case 'vector':
      return (value) => (value instanceof Vector ? value : undefined)
    case 'matrix':
      return (value) => (value instanceof Matrix ? value : undefined)
    case 'string':
      return (value) => (typeof value === 'string' ? value : undefined)
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : undefined)
    case 'byte':
    case 'short':
    case 'integer':
      return toInteger(type.kind)
    case 'long':
      return (value) => {
        const long = toLong(value)
        return long === undefined ? undefined : (value as number | bigint)
      }
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return (value) => (isDate(value) ? value : undefined)
    case 'float':
      return (value) => (typeof value === 'number' ? Math.fround(value) : undefined)
    case 'void':
      return () => undefined
    default:
      return toNumber
  }
}

const nullable =
  (convert: Convert<unknown>): Convert<unknown> =>
  (value) =>
    value === null || value === undefined ? null : convert(value)

const all = (values: unknown[]): unknown[] | undefined => (values.includes(undefined) ? undefined : values)

function toStruct(type: StructType): Convert<unknown> {
  const fields = type.fields.map((field) => [field.name, nullable(toObject(field.dataType))] as const)
  return (value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    const converted = fields.map(
      ([name, convert]) => [name, convert((value as Record<string, unknown>)[name])] as const,
    )
    return converted.some(([, v]) => v === undefined) ? undefined : Object.fromEntries(converted)
  }
}

/** Fills `data` with the converted values of the rows that hold one. */
function fill<T>(
  data: { [index: number]: T },
  values: readonly unknown[],
  type: DataType,
  name: string,
  convert: Convert<T>,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value === null || value === undefined) continue
    const converted = convert(value)
    if (converted === undefined) refuse(value, i, type, name)
    data[i] = converted
  }
}

/** As `fill` with `toNumber`, by far the most common case. */
function fillNumbers(data: Float64Array, values: readonly unknown[], type: DataType, name: string): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (typeof value === 'number') data[i] = value
    else if (value !== null && value !== undefined) refuse(value, i, type, name)
  }
}

function refuse(value: unknown, row: number, type: DataType, name: string): never {
  const number = typeof value === 'number' || typeof value === 'bigint'
  throw new DataError(`column "${name}" has type ${simpleString(type)} and cannot hold ${shortText(value)}`, {
    column: name,
    row,
    received: shortText(value),
    hint: number ? 'Give the column a wider type in the schema' : undefined,
  })
}

/**
 * A column of the given type out of JavaScript values; `null` and `undefined` are null.
 * Doubles take numbers; integers take whole numbers in range; longs take safe integers and bigints; dates and timestamps
 * take `Date` (dates are cut to their UTC day); vectors take `DenseVector` and `SparseVector`, each kept in its form.
 * @param name of the column, for errors.
 * @throws DataError naming the column and the row of the first value that the type does not take.
 */
export function buildColumn(type: DataType, values: readonly unknown[], name: string): ColumnData {
  const n = values.length
  const valid = validityOf(n, (i) => values[i] !== null && values[i] !== undefined)
  switch (type.kind) {
    case 'double':
    case 'decimal': {
      const data = new Float64Array(n)
      fillNumbers(data, values, type, name)
      return { kind: 'f64', data, valid }
    }
    case 'float': {
      const data = new Float64Array(n)
      fill(data, values, type, name, (value) => (typeof value === 'number' ? Math.fround(value) : undefined))
      return { kind: 'f64', data, valid }
    }
    case 'byte':
    case 'short':
    case 'integer':
    case 'date': {
      const data = new Int32Array(n)
      fill(data, values, type, name, type.kind === 'date' ? toDays : toInteger(type.kind))
      return { kind: 'i32', data, valid }
    }
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz': {
      const data = new BigInt64Array(n)
      fill(data, values, type, name, type.kind === 'long' ? toLong : toMicros)
      return { kind: 'i64', data, valid }
    }
    case 'boolean': {
      const data = new Uint8Array(n)
      fill(data, values, type, name, (value) => (typeof value === 'boolean' ? Number(value) : undefined))
      return { kind: 'bool', data, valid }
    }
    case 'string':
      return buildStrings(values, valid, name)
    case 'vector':
      return buildVectors(values, valid, name)
    default: {
      const data: unknown[] = new Array(n).fill(null)
      fill(data, values, type, name, toObject(type))
      return { kind: 'object', data, valid } satisfies ObjectColumn
    }
  }
}

function buildStrings(values: readonly unknown[], valid: Validity, name: string): DictColumn {
  const codes = new Int32Array(values.length)
  const known = new StringCodes()
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value === null || value === undefined) continue
    if (typeof value !== 'string') refuse(value, i, { kind: 'string' }, name)
    codes[i] = known.code(value)
  }
  return { kind: 'dict', codes, dictionary: known.dictionary, valid }
}

function buildVectors(values: readonly unknown[], valid: Validity, name: string): VectorColumn {
  let size: number | undefined
  let sameSize = true
  let allDense = true
  let entries = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value === null || value === undefined) continue
    if (!(value instanceof DenseVector) && !(value instanceof SparseVector)) refuse(value, i, { kind: 'vector' }, name)
    size ??= value.size
    sameSize &&= value.size === size
    allDense &&= value instanceof DenseVector
    entries += value.values.length
  }
  const common = size ?? 0
  if (sameSize && allDense) {
    const data = new Float64Array(values.length * common)
    values.forEach((value, i) => {
      if (value instanceof DenseVector) data.set(value.values, i * common)
    })
    return { kind: 'vector', size: common, sizes: null, offsets: null, indices: null, values: data, dense: null, valid }
  }
  const sizes = sameSize ? null : new Int32Array(values.length)
  const offsets = new Int32Array(values.length + 1)
  const indices = new Int32Array(entries)
  const data = new Float64Array(entries)
  const dense = new Uint8Array(values.length)
  let at = 0
  values.forEach((value, i) => {
    if (value instanceof DenseVector) {
      for (let k = 0; k < value.size; k++) indices[at + k] = k
      dense[i] = 1
    } else if (value instanceof SparseVector) {
      indices.set(value.indices, at)
    }
    if (value instanceof DenseVector || value instanceof SparseVector) {
      data.set(value.values, at)
      if (sizes) sizes[i] = value.size
      at += value.values.length
    }
    offsets[i + 1] = at
  })
  return {
    kind: 'vector',
    size: sameSize ? common : -1,
    sizes,
    offsets,
    indices,
    values: data,
    dense: dense.includes(1) ? dense : null,
    valid,
  }
}
