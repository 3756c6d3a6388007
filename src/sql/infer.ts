import { SchemaError } from '../errors.js'
import { Matrix } from '../linalg/matrix.js'
import { Vector } from '../linalg/vector.js'
import { shortText } from '../util/names.js'
import {
  ArrayType,
  BinaryType,
  BooleanType,
  type DataType,
  DoubleType,
  IntegerType,
  LongType,
  MapType,
  MatrixUDT,
  NullType,
  StringType,
  StructField,
  StructType,
  sameType,
  simpleString,
  TimestampType,
  VectorUDT,
} from './types.js'

/** What is known of a column's type so far. A bigint is a long that must not turn into a double. */
type Known = { readonly type: DataType; readonly big: boolean }

const MAX_INT = 2_147_483_647
const WIDTH: Readonly<Record<string, number>> = { integer: 1, long: 2, double: 3 }

/** Type of one number: integer where 32 bits hold it, long where it is a safe integer, else double. */
function numberType(value: number): DataType {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return DoubleType
  return value > MAX_INT || value < -MAX_INT - 1 ? LongType : IntegerType
}

function typeOf(value: unknown): DataType | undefined {
  switch (typeof value) {
    case 'number':
      return numberType(value)
    case 'string':
      return StringType
    case 'boolean':
      return BooleanType
    case 'bigint':
      return LongType
    case 'object':
      return value === null ? NullType : objectType(value)
    case 'undefined':
      return NullType
  }
  return undefined
}

function objectType(value: object): DataType | undefined {
  if (value instanceof Vector) return VectorUDT
  if (value instanceof Matrix) return MatrixUDT
  if (value instanceof Date) return TimestampType
  if (value instanceof Uint8Array) return BinaryType
  if (ArrayBuffer.isView(value)) return ArrayType(DoubleType)
  if (Array.isArray(value)) return arrayType(value)
  if (value instanceof Map) return mapType(value)
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  return structType(value as Record<string, unknown>)
}

/** Numbers in arrays are doubles, whatever their values: a list of whole numbers is most often a list of features. */
function arrayType(values: readonly unknown[]): DataType | undefined {
  const element = commonType(values)
  if (element === undefined) return undefined
  return ArrayType(element.kind in WIDTH && typeof values.find((v) => v !== null) !== 'bigint' ? DoubleType : element)
}

function mapType(map: ReadonlyMap<unknown, unknown>): DataType | undefined {
  const key = commonType([...map.keys()])
  const value = commonType([...map.values()])
  return key && value && MapType(key, value)
}

function structType(value: Record<string, unknown>): DataType | undefined {
  const fields: StructField[] = []
  for (const [name, item] of Object.entries(value)) {
    const type = typeOf(item)
    if (type === undefined) return undefined
    fields.push(StructField(name, type))
  }
  return StructType(fields)
}

function commonType(values: readonly unknown[]): DataType | undefined {
  let known: Known | undefined = { type: NullType, big: false }
  for (const value of values) {
    const type = typeOf(value)
    known = type && known && merge(known, { type, big: typeof value === 'bigint' })
  }
  return known?.type
}

/** The type that holds the values of both, or undefined when there is none. */
function merge(a: Known, b: Known): Known | undefined {
  if (a.type.kind === 'void') return b
  if (b.type.kind === 'void') return a
  const big = a.big || b.big
  if (a.type.kind in WIDTH && b.type.kind in WIDTH) {
    const type = WIDTH[a.type.kind] >= WIDTH[b.type.kind] ? a.type : b.type
    return big && type.kind === 'double' ? undefined : { type, big }
  }
  const type = mergeNested(a.type, b.type)
  return type && { type, big }
}

const mergeTypes = (a: DataType, b: DataType): DataType | undefined =>
  merge({ type: a, big: false }, { type: b, big: false })?.type

function mergeNested(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = mergeTypes(a.elementType, b.elementType)
    return element && ArrayType(element)
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = mergeTypes(a.keyType, b.keyType)
    const value = mergeTypes(a.valueType, b.valueType)
    return key && value && MapType(key, value)
  }
  if (a.kind === 'struct' && b.kind === 'struct') {
    const fields = [...a.fields]
    for (const field of b.fields) {
      const at = fields.findIndex((f) => f.name === field.name)
      if (at < 0) {
        fields.push(field)
        continue
      }
      const type = mergeTypes(fields[at].dataType, field.dataType)
      if (type === undefined) return undefined
      fields[at] = StructField(field.name, type)
    }
    return StructType(fields)
  }
  return sameType(a, b) ? a : undefined
}

const isComplete = (type: DataType): boolean => {
  switch (type.kind) {
    case 'void':
      return false
    case 'array':
      return isComplete(type.elementType)
    case 'map':
      return isComplete(type.keyType) && isComplete(type.valueType)
    case 'struct':
      return type.fields.every((field) => isComplete(field.dataType))
    default:
      return true
  }
}

/** Type of a column whose values are all numbers, all strings or all booleans: most columns, found without looking twice. */
function plainType(values: readonly unknown[]): DataType | undefined {
  let type: DataType | undefined
  let kind = ''
  for (const value of values) {
    if (value === null || value === undefined) continue
    if (kind === '') kind = typeof value
    if (typeof value !== kind) return undefined
    if (kind === 'number') {
      const found = numberType(value as number)
      if (type === undefined || WIDTH[found.kind] > WIDTH[type.kind]) type = found
    }
  }
  if (kind === 'string') return StringType
  return kind === 'boolean' ? BooleanType : type
}

/**
 * Type of a column of JavaScript values: whole numbers that fit 32 bits are integer, safe ones long, other numbers double,
 * bigint long, `Date` timestamp, `DenseVector` and `SparseVector` vector, `number[]` array<double>, plain objects struct.
 * @throws SchemaError when two values have no common type (naming the row), or nothing tells the type.
 */
export function inferType(values: readonly unknown[], name: string): DataType {
  const plain = plainType(values)
  if (plain) return plain
  let known: Known = { type: NullType, big: false }
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value === null || value === undefined) continue
    const type = typeOf(value)
    const merged = type && merge(known, { type, big: typeof value === 'bigint' })
    if (merged === undefined) {
      throw new SchemaError(
        `column "${name}" mixes types: ${shortText(value)} does not fit ${known.type.kind === 'void' ? 'any type' : simpleString(known.type)}`,
        { column: name, row, hint: 'Give all values of the column one type, or give a schema' },
      )
    }
    known = merged
  }
  if (!isComplete(known.type)) {
    throw new SchemaError(`the type of column "${name}" cannot be told from its values`, {
      column: name,
      received: values.length === 0 ? 'no values' : 'only null or empty values',
      hint: `Give a schema, for example createDataFrame(rows, '${name} DOUBLE')`,
    })
  }
  return known.type
}
