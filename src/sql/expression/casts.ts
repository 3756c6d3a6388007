import { ArrayType, type DataType, type MapType, StringType, type StructType, sameType } from '../types.js'
import { isIntegral } from './coercion.js'
import { duckType, quoteName } from './duck-types.js'
import { raise } from './sql-text.js'

/** Template (`$1`) of one cast; `fail` is the SQL of a value that cannot be cast: an error, or NULL for TRY_CAST. */
type CastSql = (to: DataType, safe: boolean, fail: string) => string

const plain: CastSql = (to, safe) => `${safe ? 'TRY_CAST' : 'CAST'}($1 AS ${duckType(to)})`

/** What Spark leaves out at both ends of a text. */
const BLANKS = '[\\t-\\r ]*'

const guarded =
  (pattern: string, value = '$1'): CastSql =>
  (to, safe, fail) =>
    `CASE WHEN NOT regexp_full_match($1, '${BLANKS}${pattern}${BLANKS}') THEN ${fail} ELSE ${safe ? 'TRY_CAST' : 'CAST'}(${value} AS ${duckType(to)}) END`

/** Through JavaScript where a text has not the usual form that the engine reads the same way, and fast. */
const readText =
  (usual: string, reading: string): CastSql =>
  (to, safe, fail) =>
    `CASE WHEN $1 IS NULL THEN NULL WHEN regexp_full_match($1, '${usual}') THEN ${plain(to, safe, fail)} ELSE coalesce(${reading}, ${fail}) END`

const INTEGER = '[+-]?[0-9]+'
/** Java's numbers, with its suffixes; DuckDB alone would also take `1_000`. */
const NUMBER = '[+-]?((?i)nan|inf|infinity|([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?[df]?)'
const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?'
const WORD = `lower(trim($1, ' ' || chr(9) || chr(10) || chr(13)))`

const stringTo = (to: DataType): CastSql => {
  if (isIntegral(to)) return guarded(INTEGER)
  if (to.kind === 'double' || to.kind === 'float' || to.kind === 'decimal') {
    return guarded(NUMBER, `regexp_replace($1, '([0-9.])[dDfF]${BLANKS}$', '\\1')`)
  }
  if (to.kind === 'date') return readText(DATE, "DATE '1970-01-01' + js_date_of_text($1)")
  if (to.kind === 'timestamp') return readText(`${DATE}[ T]${TIME}`, 'make_timestamptz(js_timestamp_of_text($1))')
  if (to.kind === 'timestamp_ntz') return readText(`${DATE}[ T]${TIME}`, 'make_timestamp(js_timestamp_of_text($1))')
  if (to.kind === 'boolean') {
    return (_to, _safe, fail) =>
      `CASE WHEN ${WORD} IN ('t', 'true', 'y', 'yes', '1') THEN true ` +
      `WHEN ${WORD} IN ('f', 'false', 'n', 'no', '0') THEN false WHEN $1 IS NULL THEN NULL ELSE ${fail} END`
  }
  // The engine's own cast reads escapes such as \\x41 in the text.
  return to.kind === 'binary' ? () => 'encode($1)' : plain
}

/** Java's text of a double, see `javaDoubleText`; DuckDB writes `1e-07` and `12345678.9`. */
const javaText = (kind: 'double' | 'float'): string =>
  `CASE WHEN $1 = 0 OR (abs($1) >= 1e-3 AND abs($1) < 1e7) THEN CAST($1 AS VARCHAR) ELSE js_${kind}_text($1) END`

/** The texts of parts with commas between, in brackets; null inside is the word. */
const listed = (list: string): string => `coalesce(array_to_string(${list}, ', '), '')`
const orNull = (type: DataType, value: string): string =>
  `coalesce(${chooseCast(type, StringType)(StringType, false, '').replaceAll('$1', value)}, 'null')`

/** Variables of nested lists have one name, since only the innermost is read. */
function structureText(from: ArrayType | MapType | StructType): string {
  if (from.kind === 'array') {
    return `'[' || ${listed(`list_transform($1, lambda "'t": ${orNull(from.elementType, `"'t"`)})`)} || ']'`
  }
  if (from.kind === 'map') {
    const entry = `${orNull(from.keyType, `"'t".key`)} || ' -> ' || ${orNull(from.valueType, `"'t".value`)}`
    return `'{' || ${listed(`list_transform(map_entries($1), lambda "'t": ${entry})`)} || '}'`
  }
  const parts = from.fields.map((field) => orNull(field.dataType, `($1).${quoteName(field.name)}`))
  return `'{' || ${parts.length === 0 ? "''" : parts.join(" || ', ' || ")} || '}'`
}

const toText = (from: DataType): CastSql => {
  if (from.kind === 'double' || from.kind === 'float') return () => javaText(from.kind as 'double' | 'float')
  if (from.kind === 'array' || from.kind === 'map' || from.kind === 'struct') {
    return () => `CASE WHEN $1 IS NOT NULL THEN ${structureText(from)} END`
  }
  // Spark's text has no zone and no trailing zeros.
  if (from.kind === 'timestamp') {
    return () => "regexp_replace(CAST(timezone('UTC', $1) AS VARCHAR), '([.][0-9]*?)0+$', '\\1')"
  }
  return from.kind === 'binary' ? () => 'decode($1)' : plain
}

/**
 * Template of DuckDB SQL (for `fill`) that casts as Spark does in ANSI mode: numbers are truncated, text must match Spark's
 * forms, and what does not fit raises an error, or is null where `safe` (`try_cast`).
 */
export function castSql(from: DataType, to: DataType, safe: boolean): string {
  const fail = safe
    ? 'NULL'
    : raise(
        'CAST_INVALID_INPUT',
        `A value of type ${from.kind} cannot be cast to ${to.kind}. Use try_cast to receive null.`,
      )
  return chooseCast(from, to)(to, safe, fail)
}

/** Element by element, where the elements need more than the engine's own cast. */
const elements =
  (from: DataType, to: DataType): CastSql =>
  (_type, safe, fail) => {
    const element = chooseCast(from, to)
    return element === plain
      ? plain(ArrayType(to), safe, fail)
      : `list_transform($1, lambda "'e": ${element(to, safe, fail).replaceAll('$1', `"'e"`)})`
  }

/** Field by field, by their places. */
const fieldwise =
  (from: StructType, to: StructType): CastSql =>
  (_type, safe, fail) => {
    const parts = from.fields.map(({ name, dataType }, k) => {
      const target = to.fields[k]
      const cast = chooseCast(dataType, target.dataType)(target.dataType, safe, fail)
      return `${quoteName(target.name)} := ${cast.replaceAll('$1', `($1).${quoteName(name)}`)}`
    })
    return `CASE WHEN $1 IS NOT NULL THEN struct_pack(${parts.join(', ')}) END`
  }

const entrywise =
  (from: MapType, to: MapType): CastSql =>
  (_type, safe, fail) => {
    const part = (a: DataType, b: DataType, place: string): string =>
      chooseCast(a, b)(b, safe, fail).replaceAll('$1', `"'e".${place}`)
    const [key, value] = [part(from.keyType, to.keyType, 'key'), part(from.valueType, to.valueType, 'value')]
    return `map_from_entries(list_transform(map_entries($1), lambda "'e": struct_pack(k := ${key}, v := ${value})))`
  }

function chooseCast(from: DataType, to: DataType): CastSql {
  if (from.kind === 'array' && to.kind === 'array') return elements(from.elementType, to.elementType)
  if (from.kind === 'struct' && to.kind === 'struct' && !sameType(from, to)) return fieldwise(from, to)
  if (from.kind === 'map' && to.kind === 'map' && !sameType(from, to)) return entrywise(from, to)
  if (from.kind === 'void') return plain
  if (from.kind === to.kind) return plain
  if (from.kind === 'string') return stringTo(to)
  if (to.kind === 'string') return toText(from)
  const fractional = from.kind === 'double' || from.kind === 'float' || from.kind === 'decimal'
  if (fractional && isIntegral(to))
    return (type, safe) => `${safe ? 'TRY_CAST' : 'CAST'}(trunc($1) AS ${duckType(type)})`
  // What is no number has no decimal, and that is null in Spark even where casts raise errors.
  if (fractional && to.kind === 'decimal' && from.kind !== 'decimal') {
    return (type, safe) => `CASE WHEN isfinite($1) THEN ${plain(type, safe, '')} END`
  }
  if (from.kind === 'double' && to.kind === 'float') {
    // What is beyond a float is infinite in Java, an error in the engine.
    return () =>
      `CASE WHEN abs($1) >= 3.4028235677973366e38 AND NOT isnan($1) THEN CAST(CASE WHEN $1 > 0 THEN 'Infinity' ELSE '-Infinity' END AS FLOAT) ` +
      'ELSE CAST($1 AS FLOAT) END'
  }
  if (from.kind === 'timestamp' && isIntegral(to)) {
    return (type, safe) => `${safe ? 'TRY_CAST' : 'CAST'}(floor(epoch($1)) AS ${duckType(type)})`
  }
  if (from.kind === 'timestamp' && (to.kind === 'double' || to.kind === 'float')) return () => 'epoch($1)'
  if (to.kind === 'timestamp' && fractional) {
    return (_type, _safe, fail) => `CASE WHEN NOT isfinite($1) THEN ${fail} ELSE to_timestamp($1) END`
  }
  if (to.kind === 'timestamp' && isIntegral(from)) return () => 'to_timestamp($1)'
  return plain
}
