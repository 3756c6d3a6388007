import type { DataType, StructType } from '../../../src/sql/types.js'

/** Values as record.py writes them. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A value as record.py writes it, as createDataFrame takes it. */
export function decode(value: Json, type: DataType): unknown {
  if (value === null) return null
  switch (type.kind) {
    case 'double':
      return Number(value)
    case 'date':
    case 'timestamp':
      return new Date(
        String(value)
          .replace(' ', 'T')
          .replace(/([0-9])$/, type.kind === 'date' ? '$1' : '$1Z'),
      )
    case 'array':
      return (value as readonly Json[]).map((item) => decode(item, type.elementType))
    case 'struct':
      return Object.fromEntries(type.fields.map((f, k) => [f.name, decode((value as readonly Json[])[k], f.dataType)]))
    case 'map': {
      const { map } = value as { map: [Json, Json][] }
      return new Map(map.map(([k, v]) => [decode(k, type.keyType), decode(v, type.valueType)]))
    }
    default:
      return value
  }
}

/** A value as `collect` gives it, in the form of record.py. */
export function encode(value: unknown, type?: DataType): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return String(value)
    return Object.is(value, -0) ? '-0.0' : value
  }
  if (value instanceof Date) {
    const text = value.toISOString()
    return type?.kind === 'date' ? text.slice(0, 10) : `${text.slice(0, -1).replace('T', ' ')}000`
  }
  if (value instanceof Map) {
    const types = type?.kind === 'map' ? type : undefined
    return { map: [...value].map(([k, v]) => [encode(k, types?.keyType), encode(v, types?.valueType)]) }
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const element = type?.kind === 'array' ? type.elementType : undefined
    return Array.from(value as ArrayLike<unknown>, (item) => encode(item, element))
  }
  if (typeof value === 'object' && type?.kind === 'struct') {
    return type.fields.map((field) => encode((value as Record<string, unknown>)[field.name], field.dataType))
  }
  return value as Json
}

export const rowsOf = (schema: StructType, rows: readonly Record<string, unknown>[]): Json[][] =>
  rows.map((row) => schema.fields.map((field) => encode(row[field.name], field.dataType)))

/** Doubles agree to some units in the last place: sums are formed in another order. */
export function agree(ours: Json, spark: Json): boolean {
  if (Array.isArray(ours) && Array.isArray(spark)) {
    return ours.length === spark.length && ours.every((value, i) => agree(value, spark[i]))
  }
  if (typeof ours === 'number' && typeof spark === 'number') {
    return Math.abs(ours - spark) <= 1e-13 * Math.max(Math.abs(ours), Math.abs(spark))
  }
  const numbers = typeof ours === 'string' && typeof spark === 'string' ? [Number(ours), Number(spark)] : []
  if (numbers.length > 0 && numbers.every(Number.isFinite) && ours !== '') return agree(numbers[0], numbers[1])
  return JSON.stringify(ours) === JSON.stringify(spark)
}

export const sorted = (rows: readonly (readonly Json[])[]): (readonly Json[])[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
