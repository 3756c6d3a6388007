import { SchemaError } from '../errors.js'
import type { ArrowTable } from './arrow.js'
import type { ColumnData, LocalTable } from './batch.js'
import { buildColumn } from './column-builder.js'
import { validityOf } from './columns.js'
import {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  NullType,
  ShortType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
} from './types.js'

/** A type of Arrow, as far as it is read here. Numbers of types and units are those of Arrow's format. */
interface ArrowType {
  readonly typeId: number
  readonly bitWidth?: number
  readonly isSigned?: boolean
  readonly precision?: number
  readonly scale?: number
  readonly unit?: number
  readonly timezone?: string | null
  readonly dictionary?: ArrowType
  readonly children?: readonly ArrowField[] | null
}
interface ArrowField {
  readonly name: string
  readonly type: ArrowType
  readonly nullable: boolean
}
interface ArrowVector {
  readonly data: readonly { readonly length: number; readonly values: ArrayLike<number | bigint> }[]
  get(row: number): unknown
  isValid(row: number): boolean
}

const TYPE = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  timestamp: 10,
  list: 12,
  struct: 13,
  fixedBinary: 15,
  fixedList: 16,
  map: 17,
  largeBinary: 19,
  largeUtf8: 20,
  dictionary: -1,
} as const

/** Units of a time: how many microseconds one of them has, or how many of them a microsecond has. */
const MICROS: readonly (readonly [times: bigint, per: bigint])[] = [
  [1_000_000n, 1n],
  [1000n, 1n],
  [1n, 1n],
  [1n, 1000n],
]

/** Whether a value has the shape of a table of `apache-arrow`, of whatever copy of the package. */
export function isArrowTable(value: unknown): value is ArrowTable {
  const table = value as Partial<ArrowTable> | null
  return (
    typeof table === 'object' &&
    table !== null &&
    typeof table.numRows === 'number' &&
    typeof table.getChildAt === 'function' &&
    Array.isArray(table.schema?.fields)
  )
}

/** @throws SchemaError for a type that Spark does not have. */
function typeOf(type: ArrowType, column: string): DataType {
  const { children, bitWidth = 32, isSigned = true } = type
  const part = (k: number): DataType => typeOf(children![k].type, column)
  switch (type.typeId) {
    case TYPE.null:
      return NullType
    case TYPE.int: {
      // Numbers without a sign need the next wider type.
      const bits = isSigned ? bitWidth : bitWidth * 2
      return bits <= 8 ? ByteType : bits <= 16 ? ShortType : bits <= 32 ? IntegerType : LongType
    }
    case TYPE.float:
      return type.precision === 2 ? DoubleType : FloatType
    case TYPE.binary:
    case TYPE.largeBinary:
    case TYPE.fixedBinary:
      return BinaryType
    case TYPE.utf8:
    case TYPE.largeUtf8:
      return StringType
    case TYPE.bool:
      return BooleanType
    case TYPE.decimal:
      return DecimalType(type.precision, type.scale)
    case TYPE.date:
      return DateType
    case TYPE.timestamp:
      return type.timezone ? TimestampType : TimestampNTZType
    case TYPE.list:
    case TYPE.fixedList:
      return ArrayType(part(0))
    case TYPE.struct:
      return StructType(children!.map((field) => StructField(field.name, typeOf(field.type, column))))
    case TYPE.map: {
      const [key, value] = children![0].type.children!
      return MapType(typeOf(key.type, column), typeOf(value.type, column))
    }
    case TYPE.dictionary:
      return typeOf(type.dictionary!, column)
    default:
      throw new SchemaError(`column "${column}" has a type of Arrow that frames do not have`, {
        stage: 'createDataFrame',
        column,
        received: String(type),
        hint: 'Cast it to a number, a string or a timestamp first',
      })
  }
}

const DAY_MS = 86_400_000n

/** Whole numbers of a column as they lie in memory, undefined where they do not. */
function rawValues(vector: ArrowVector, length: number): (number | bigint)[] {
  const values: (number | bigint)[] = new Array(length)
  let at = 0
  for (const chunk of vector.data) for (let i = 0; i < chunk.length; i++) values[at++] = chunk.values[i]
  return values
}

function columnOf(vector: ArrowVector, type: ArrowType, dataType: DataType, length: number, name: string): ColumnData {
  const valid = validityOf(length, (i) => vector.isValid(i))
  if (dataType.kind === 'timestamp' || dataType.kind === 'timestamp_ntz') {
    const [times, per] = MICROS[type.unit ?? 2]
    const data = BigInt64Array.from(rawValues(vector, length), (value) => floorDivide(BigInt(value ?? 0) * times, per))
    return { kind: 'i64', data, valid }
  }
  if (dataType.kind === 'date') {
    // Unit 0 counts days, unit 1 milliseconds.
    const days = type.unit === 0 ? (v: number | bigint) => v : (v: number | bigint) => floorDivide(BigInt(v), DAY_MS)
    return { kind: 'i32', data: Int32Array.from(rawValues(vector, length), (v) => Number(days(v ?? 0))), valid }
  }
  if (dataType.kind === 'double' && valid === null && type.typeId === TYPE.float) {
    return { kind: 'f64', data: Float64Array.from(rawValues(vector, length) as number[]), valid }
  }
  const values = Array.from({ length }, (_, i) =>
    vector.isValid(i) ? plainValue(vector.get(i), type, dataType) : null,
  )
  return buildColumn(dataType, values, name)
}

const floorDivide = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by

/** A value that Arrow gives, as `collect` would give it. */
function plainValue(value: unknown, type: ArrowType, dataType: DataType): unknown {
  if (value === null || value === undefined) return null
  if (type.typeId === TYPE.dictionary) return plainValue(value, type.dictionary!, dataType)
  switch (dataType.kind) {
    case 'decimal':
      return decimalOf(value as Uint32Array, dataType.scale)
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return new Date(Number(value))
    case 'array':
      return Array.from(value as Iterable<unknown>, (item) =>
        plainValue(item, type.children![0].type, dataType.elementType),
      )
    case 'struct':
      return Object.fromEntries(
        dataType.fields.map(({ name, dataType: part }, k) => [
          name,
          plainValue((value as Record<string, unknown>)[name], type.children![k].type, part),
        ]),
      )
    case 'map': {
      const [keys, values] = type.children![0].type.children!
      return new Map(
        Array.from(value as Iterable<[unknown, unknown]>, ([key, item]) => [
          plainValue(key, keys.type, dataType.keyType),
          plainValue(item, values.type, dataType.valueType),
        ]),
      )
    }
    default:
      return value
  }
}

/** The nearest double of words of 32 bits, least first, in two's complement. */
function decimalOf(words: Uint32Array, scale: number): number {
  let value = 0n
  for (let k = words.length - 1; k >= 0; k--) value = (value << 32n) | BigInt(words[k])
  const signed = BigInt.asIntN(32 * words.length, value)
  const digits = (signed < 0n ? -signed : signed).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  return Number(`${signed < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`)
}

/** The rows of a table of Arrow, in one partition. @throws SchemaError for a type that frames do not have. */
export function tableOfArrow(table: ArrowTable): LocalTable {
  const arrowFields = table.schema.fields as readonly ArrowField[]
  const fields = arrowFields.map(({ name, type, nullable }) => StructField(name, typeOf(type, name), nullable))
  const columns = fields.map(({ name, dataType }, k) =>
    columnOf(table.getChildAt(k) as ArrowVector, arrowFields[k].type, dataType, table.numRows, name),
  )
  return { schema: StructType(fields), length: table.numRows, columns, bounds: [0, table.numRows] }
}
