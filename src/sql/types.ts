import { SchemaError } from '../errors.js'
import { didYouMean, nameList } from '../util/names.js'

/** JSON value, as in the metadata of a field. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Metadata of a column: plain JSON. ML attributes live under the key `ml_attr`, as in Spark. */
export type Metadata = { readonly [key: string]: Json }

type SimpleKind =
  | 'double'
  | 'float'
  | 'byte'
  | 'short'
  | 'integer'
  | 'long'
  | 'boolean'
  | 'string'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'void'
  | 'vector'
  | 'matrix'

export interface SimpleType {
  readonly kind: SimpleKind
}
export interface DecimalType {
  readonly kind: 'decimal'
  readonly precision: number
  readonly scale: number
}
export interface ArrayType {
  readonly kind: 'array'
  readonly elementType: DataType
  readonly containsNull: boolean
}
export interface MapType {
  readonly kind: 'map'
  readonly keyType: DataType
  readonly valueType: DataType
  readonly valueContainsNull: boolean
}
export interface StructField {
  readonly name: string
  readonly dataType: DataType
  readonly nullable: boolean
  readonly metadata: Metadata
}
export interface StructType {
  readonly kind: 'struct'
  readonly fields: readonly StructField[]
}

/** Type of a column: a frozen plain object with a literal `kind`. The names are Spark's. */
export type DataType = SimpleType | DecimalType | ArrayType | MapType | StructType

const simple = (kind: SimpleKind): SimpleType => Object.freeze({ kind })

export const DoubleType = simple('double')
export const FloatType = simple('float')
export const ByteType = simple('byte')
export const ShortType = simple('short')
export const IntegerType = simple('integer')
export const LongType = simple('long')
export const BooleanType = simple('boolean')
export const StringType = simple('string')
export const BinaryType = simple('binary')
export const DateType = simple('date')
/** An instant in microseconds; `collect` gives a `Date`, which holds milliseconds. */
export const TimestampType = simple('timestamp')
export const TimestampNTZType = simple('timestamp_ntz')
export const NullType = simple('void')
/** Type of a column of ml.linalg vectors (Spark's `VectorUDT`). */
export const VectorUDT = simple('vector')
/** Type of a column of ml.linalg matrices (Spark's `MatrixUDT`). */
export const MatrixUDT = simple('matrix')

/** Decimal numbers in files and SQL; in JavaScript, and in arithmetic, they are the nearest doubles. */
export const DecimalType = (precision = 10, scale = 0): DecimalType =>
  Object.freeze({ kind: 'decimal', precision, scale })
export const ArrayType = (elementType: DataType, containsNull = true): ArrayType =>
  Object.freeze({ kind: 'array', elementType, containsNull })
export const MapType = (keyType: DataType, valueType: DataType, valueContainsNull = true): MapType =>
  Object.freeze({ kind: 'map', keyType, valueType, valueContainsNull })

/** One column of a schema: `StructField('city', StringType)`. */
export const StructField = (name: string, dataType: DataType, nullable = true, metadata: Metadata = {}): StructField =>
  Object.freeze({ name, dataType, nullable, metadata })

/** Schema of a frame: `StructType([StructField('city', StringType), StructField('price', DoubleType)])`. */
export const StructType = (fields: readonly StructField[]): StructType =>
  Object.freeze({ kind: 'struct', fields: Object.freeze([...fields]) })

const SQL_NAMES: Record<SimpleKind, string> = {
  double: 'double',
  float: 'float',
  byte: 'tinyint',
  short: 'smallint',
  integer: 'int',
  long: 'bigint',
  boolean: 'boolean',
  string: 'string',
  binary: 'binary',
  date: 'date',
  timestamp: 'timestamp',
  timestamp_ntz: 'timestamp_ntz',
  void: 'void',
  vector: 'vector',
  matrix: 'matrix',
}

/** Spark's short text of a type: `int`, `bigint`, `array<string>`, `struct<a:int>`, `vector`. */
export function simpleString(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'array':
      return `array<${simpleString(type.elementType)}>`
    case 'map':
      return `map<${simpleString(type.keyType)},${simpleString(type.valueType)}>`
    case 'struct':
      return `struct<${type.fields.map((f) => `${f.name}:${simpleString(f.dataType)}`).join(',')}>`
    default:
      return SQL_NAMES[type.kind]
  }
}

/** Whether two types are the same, nullability of elements and metadata aside. */
export const sameType = (a: DataType, b: DataType): boolean => simpleString(a) === simpleString(b)

const NUMERIC: ReadonlySet<string> = new Set(['double', 'float', 'byte', 'short', 'integer', 'long', 'decimal'])
/** Whether Spark's ML counts the type as numeric (every integer, floating-point and decimal type). */
export const isNumeric = (type: DataType): boolean => NUMERIC.has(type.kind)
export const isVector = (type: DataType): boolean => type.kind === 'vector'

/** Whether Spark can sort by a type: all but maps and what holds them. */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case 'map':
      return false
    case 'array':
      return isOrderable(type.elementType)
    case 'struct':
      return type.fields.every((field) => isOrderable(field.dataType))
    default:
      return true
  }
}

export const fieldNames = (schema: StructType): string[] => schema.fields.map((f) => f.name)

/** Index of a column by exact name, or -1. */
export const fieldIndex = (schema: StructType, name: string): number => schema.fields.findIndex((f) => f.name === name)

/**
 * The schema with names that differ, without regard to case: a later column that has the name of an earlier one is numbered. Engines
 * whose names ignore case hold columns under these names.
 */
export function numbered(schema: StructType): StructType {
  const seen = new Map<string, number>()
  const names = schema.fields.map(({ name }) => {
    const lower = name.toLowerCase()
    const count = seen.get(lower) ?? 0
    seen.set(lower, count + 1)
    return count === 0 ? name : `${name}#${count}`
  })
  return seen.size === names.length
    ? schema
    : StructType(schema.fields.map((f, k) => StructField(names[k], f.dataType, f.nullable, f.metadata)))
}

/**
 * Field of a schema by exact name.
 * @throws SchemaError naming the known columns and the nearest one.
 */
export function fieldOf(schema: StructType, name: string, stage?: string): StructField {
  const field = schema.fields.find((f) => f.name === name)
  if (!field) throw unknownColumn(schema, name, stage)
  return field
}

/** The error about a column that a schema does not have, naming the known ones and the nearest one. */
export function unknownColumn(schema: StructType, name: string, stage?: string): SchemaError {
  const known = fieldNames(schema)
  return new SchemaError(`column "${name}" does not exist`, {
    stage,
    column: name,
    allowed: nameList('columns', known),
    received: name,
    hint: didYouMean(name, known) ?? 'Name one of these columns, or add it with withColumn',
  })
}

/** The schema with fields appended; a field whose name exists takes that field's place. */
export function withFields(schema: StructType, added: readonly StructField[]): StructType {
  const fields = [...schema.fields]
  for (const field of added) {
    const at = fields.findIndex((f) => f.name === field.name)
    if (at < 0) fields.push(field)
    else fields[at] = field
  }
  return StructType(fields)
}
