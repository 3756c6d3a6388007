import {
  ArrayType,
  type DataType,
  DoubleType,
  isNumeric,
  LongType,
  MapType,
  StructField,
  StructType,
  sameType,
  TimestampType,
} from '../types.js'

const INTEGRAL: readonly string[] = ['byte', 'short', 'integer', 'long']
const NUMBERS: readonly string[] = [...INTEGRAL, 'float', 'double']
const ATOMIC: ReadonlySet<string> = new Set([
  ...NUMBERS,
  'decimal',
  'boolean',
  'string',
  'binary',
  'date',
  'timestamp',
  'timestamp_ntz',
])
const isDatetime = (type: DataType): boolean => type.kind === 'date' || type.kind.startsWith('timestamp')

/** Whether values of the type are whole numbers: tinyint, smallint, int or bigint. */
export const isIntegral = (type: DataType): boolean => INTEGRAL.includes(type.kind)

function widerNumber(a: DataType, b: DataType): DataType {
  const wider = NUMBERS.indexOf(a.kind) > NUMBERS.indexOf(b.kind) ? a : b
  // An integer does not fit into the 24 bits of a float, and decimals are computed as doubles.
  return a.kind === 'decimal' || b.kind === 'decimal' || wider.kind === 'float' ? DoubleType : wider
}

function promoteString(other: DataType): DataType | undefined {
  if (isIntegral(other)) return LongType
  if (isNumeric(other)) return DoubleType
  return ATOMIC.has(other.kind) ? other : undefined
}

/**
 * The narrowest type that both types widen to without a string becoming anything else (Spark's tightest common type).
 * Differs from Spark: two different decimals, or a decimal and another number, meet in double.
 */
export function tightestType(a: DataType, b: DataType, meet = tightestType): DataType | undefined {
  if (sameType(a, b) || b.kind === 'void') return a
  if (a.kind === 'void') return b
  if (isNumeric(a) && isNumeric(b)) return widerNumber(a, b)
  if (isDatetime(a) && isDatetime(b)) return TimestampType
  if (a.kind === 'array' && b.kind === 'array') {
    const element = meet(a.elementType, b.elementType)
    return element && ArrayType(element, a.containsNull || b.containsNull)
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [meet(a.keyType, b.keyType), meet(a.valueType, b.valueType)]
    return key && value && MapType(key, value, a.valueContainsNull || b.valueContainsNull)
  }
  if (a.kind === 'struct' && b.kind === 'struct') return commonStruct(a, b, meet)
  return undefined
}

/** Structs meet where their fields have the same names in the same order. */
function commonStruct(a: StructType, b: StructType, meet: typeof tightestType): StructType | undefined {
  if (a.fields.length !== b.fields.length) return undefined
  const fields: StructField[] = []
  for (const [k, { name, dataType, nullable }] of a.fields.entries()) {
    const other = b.fields[k]
    const type = name.toLowerCase() === other.name.toLowerCase() ? meet(dataType, other.dataType) : undefined
    if (!type) return undefined
    fields.push(StructField(name, type, nullable || other.nullable))
  }
  return StructType(fields)
}

/**
 * The type in which two operands meet under Spark's ANSI rules: as {@link tightestType}, and a string beside an integer
 * becomes bigint, beside another number double, beside any other atomic type that type (Spark's `AnsiTypeCoercion`).
 */
export function commonType(a: DataType, b: DataType): DataType | undefined {
  const tightest = tightestType(a, b, commonType)
  if (tightest) return tightest
  if (a.kind === 'string') return promoteString(b)
  return b.kind === 'string' ? promoteString(a) : undefined
}

/** Whether an argument of type `from` may stand, by an implicit cast, where a function expects `to` (ANSI rules). */
export function castsImplicitly(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || from.kind === 'void') return true
  if (!ATOMIC.has(from.kind) || !ATOMIC.has(to.kind)) return false
  if (from.kind === 'string' || to.kind === 'string') return true
  if (isNumeric(from) && isNumeric(to)) return true
  return isDatetime(from) && isDatetime(to)
}

/** Whether Spark's `CAST(from AS to)` exists (ANSI rules); it may still fail for single values. */
export function canCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to) || from.kind === 'void') return true
  if (from.kind === 'array') {
    if (to.kind === 'array') return canCast(from.elementType, to.elementType)
    return to.kind === 'string' && canCast(from.elementType, to)
  }
  if (from.kind === 'map') {
    const [key, value] = to.kind === 'map' ? [to.keyType, to.valueType] : [to, to]
    return (to.kind === 'map' || to.kind === 'string') && canCast(from.keyType, key) && canCast(from.valueType, value)
  }
  if (from.kind === 'struct') {
    if (to.kind === 'string') return from.fields.every((field) => canCast(field.dataType, to))
    if (to.kind !== 'struct' || to.fields.length !== from.fields.length) return false
    return from.fields.every((field, k) => canCast(field.dataType, to.fields[k].dataType))
  }
  if (!ATOMIC.has(from.kind) || !ATOMIC.has(to.kind)) return false
  if (from.kind === 'string' || to.kind === 'string') return true
  if (isNumeric(from)) return isNumeric(to) || to.kind === 'boolean' || to.kind === 'timestamp'
  if (from.kind === 'boolean') return isNumeric(to)
  if (isDatetime(from)) return isDatetime(to) || (from.kind === 'timestamp' && isNumeric(to))
  return false
}

/** Whether a cast can turn a value into null even where the value was not (Spark's `Cast.forceNullable`). */
export const castMakesNull = (from: DataType, to: DataType): boolean =>
  from.kind === 'void' ||
  (from.kind === 'string' && to.kind !== 'string' && to.kind !== 'binary') ||
  ((from.kind === 'double' || from.kind === 'float') && (to.kind === 'timestamp' || isIntegral(to))) ||
  (to.kind === 'date' && from.kind !== 'date' && !isDatetime(from))
