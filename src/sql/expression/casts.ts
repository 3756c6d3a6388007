import { ArrayType, type DataType } from '../types.js'
import { isIntegral } from './coercion.js'
import { duckType } from './duck-types.js'
import { raise } from './sql-text.js'

/** Template (`$1`) of one cast; `fail` is the SQL of a value that cannot be cast: an error, or NULL for TRY_CAST. */
type CastSql = (to: DataType, safe: boolean, fail: string) => string

const plain: CastSql = (to, safe) => `${safe ? 'TRY_CAST' : 'CAST'}($1 AS ${duckType(to)})`

const guarded =
  (pattern: string, value = 'trim($1)'): CastSql =>
  (to, safe, fail) =>
    `CASE WHEN NOT regexp_full_match(trim($1), '${pattern}') THEN ${fail} ELSE ${safe ? 'TRY_CAST' : 'CAST'}(${value} AS ${duckType(to)}) END`

const INTEGER = '[+-]?[0-9]+'
/** Java's numbers, with its suffixes; DuckDB alone would also take `1_000`. */
const NUMBER = '[+-]?((?i)nan|inf|infinity|([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?[df]?)'
const DATE = '([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2})(?:[ T].*)?)?)?'
const TIMESTAMP =
  '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?( *(Z|UTC|[+-][0-9]{1,2}(:?[0-9]{2})?))?)?'

const datePart = (group: number): string => `regexp_extract(trim($1), '^${DATE}$', ${group})`
const orFirst = (part: string): string => `coalesce(nullif(${part}, ''), '1')`
const fullDate = `${datePart(1)} || '-' || ${orFirst(datePart(2))} || '-' || ${orFirst(datePart(3))}`

const stringTo = (to: DataType): CastSql => {
  if (isIntegral(to)) return guarded(INTEGER)
  if (to.kind === 'double' || to.kind === 'float' || to.kind === 'decimal') {
    return guarded(NUMBER, "regexp_replace(trim($1), '([0-9.])[dDfF]$', '\\1')")
  }
  if (to.kind === 'date') return guarded(DATE, fullDate)
  if (to.kind === 'timestamp' || to.kind === 'timestamp_ntz') return guarded(TIMESTAMP)
  if (to.kind === 'boolean') {
    return (_to, _safe, fail) =>
      `CASE WHEN lower(trim($1)) IN ('t', 'true', 'y', 'yes', '1') THEN true ` +
      `WHEN lower(trim($1)) IN ('f', 'false', 'n', 'no', '0') THEN false WHEN $1 IS NULL THEN NULL ELSE ${fail} END`
  }
  // The engine's own cast reads escapes such as \\x41 in the text.
  return to.kind === 'binary' ? () => 'encode($1)' : plain
}

/** Java's text of a double, see `javaDouble`; DuckDB writes `1e-07` and `12345678.9`. */
const DIGITS = "replace(CAST(abs($1) AS VARCHAR), '.', '')"
const LEADING = "ltrim(split_part(CAST(abs($1) AS VARCHAR), '.', 2), '0')"
const mantissa = (digits: string): string =>
  `left(${digits}, 1) || '.' || coalesce(nullif(rtrim(substring(${digits}, 2), '0'), ''), '0')`
const JAVA_DOUBLE =
  "CASE WHEN isnan($1) THEN 'NaN' WHEN isinf($1) THEN CASE WHEN $1 > 0 THEN 'Infinity' ELSE '-Infinity' END " +
  'WHEN $1 = 0 OR (abs($1) >= 1e-3 AND abs($1) < 1e7) THEN CAST($1 AS VARCHAR) ' +
  "ELSE CASE WHEN $1 < 0 THEN '-' ELSE '' END || CASE " +
  "WHEN contains(CAST($1 AS VARCHAR), 'e') THEN regexp_replace(regexp_replace(regexp_replace(CAST(abs($1) AS VARCHAR), " +
  "'^([0-9])e', '\\1.0e'), 'e([+-])0*', 'E\\1'), 'E[+]', 'E') " +
  `WHEN abs($1) >= 1 THEN ${mantissa(DIGITS)} || 'E' || (length(split_part(CAST(abs($1) AS VARCHAR), '.', 1)) - 1) ` +
  `ELSE ${mantissa(LEADING)} || 'E-' || (length(split_part(CAST(abs($1) AS VARCHAR), '.', 2)) - length(${LEADING}) + 1) END END`

const toText = (from: DataType): CastSql => {
  if (from.kind === 'double' || from.kind === 'float') return () => JAVA_DOUBLE
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

function chooseCast(from: DataType, to: DataType): CastSql {
  if (from.kind === 'array' && to.kind === 'array') return elements(from.elementType, to.elementType)
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
  if (to.kind === 'timestamp' && (fractional || isIntegral(from))) return () => 'to_timestamp($1)'
  return plain
}
