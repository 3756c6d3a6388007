import type { DataType } from '../types.js'
import { quoteName } from './duck-types.js'

/** Whether a value may hold a null inside, which the engine takes for the largest, and Spark for the smallest value. */
export function holdsNull(type: DataType): boolean {
  if (type.kind === 'array') return type.containsNull || holdsNull(type.elementType)
  return type.kind === 'struct' && type.fields.some((field) => field.nullable || holdsNull(field.dataType))
}

/** SQL of what the engine orders as Spark orders a value: the value, or one that has before each part whether it is there. */
export function orderKey(type: DataType, sql: string): string {
  if (!holdsNull(type)) return sql
  if (type.kind === 'array') return `list_transform(${sql}, lambda "'o": ${partKey(type.elementType, `"'o"`)})`
  if (type.kind !== 'struct') return sql
  const parts = type.fields.map((f, k) => `k${k} := ${partKey(f.dataType, `(${sql}).${quoteName(f.name)}`)}`)
  return `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${parts.join(', ')}) END`
}

const partKey = (type: DataType, sql: string): string =>
  `struct_pack(present := ${sql} IS NOT NULL, v := ${orderKey(type, sql)})`

/** A value behind its key, so that the greatest pair has the greatest value; null where the value is. */
export const keyed = (type: DataType, sql: string): string =>
  `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(key := ${orderKey(type, sql)}, v := ${sql}) END`
