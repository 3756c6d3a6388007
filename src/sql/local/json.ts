import { typeText } from '../ddl.js'
import { duckType, quoteName, quoteText } from '../expression/duck-types.js'
import { jsonObjectSql } from '../expression/table/json.js'
import { type DataType, fieldNames, numbered, type StructField, StructType, simpleString } from '../types.js'
import { corruptColumn } from './corrupt-column.js'
import { structOf } from './engine-types.js'
import { type FileOptions, flag, readMode } from './file-options.js'
import { linesSql, wholeFilesSql } from './lines.js'
import { malformedSql } from './malformed.js'
import { strptimeFormat } from './time-formats.js'

/**
 * Records of json files, a query: `record`, a line or a whole file; `json`, the record as the engine reads it, null where it is no JSON;
 * `filename`.
 */
function recordsSql(paths: readonly string[], options: FileOptions): string {
  const lines = flag(options, 'multiline') ? `(${wholeFilesSql(paths, options)})` : linesSql(paths, options)
  // Spark also takes single quotes, which the engine does not.
  const json = 'CASE WHEN json_valid(line) THEN line ELSE js_plain_json(line) END'
  return `SELECT line AS record, ${json} AS json, filename FROM ${lines} WHERE trim(line, chr(32) || chr(9) || chr(10) || chr(13)) <> ''`
}

/** The objects of a record: itself, or the elements of an array; null where it is neither. */
const OBJECTS = `CASE json_type(json) WHEN 'OBJECT' THEN [json]
  WHEN 'ARRAY' THEN CASE WHEN list_bool_and(list_transform(json_extract(json, '$[*]'), lambda e: json_type(e) = 'OBJECT')) IS DISTINCT FROM false
    THEN CAST(json_extract(json, '$[*]') AS VARCHAR[]) ELSE [NULL] END
  ELSE [NULL] END`

/** Query with the objects of all records: `object`, `record`, `json` and `filename`. */
const objectsSql = (paths: readonly string[], options: FileOptions): string =>
  `SELECT record, json, filename, unnest(${OBJECTS}) AS object FROM (${recordsSql(paths, options)})`

/** Query for the structure that the engine finds in json files, the number of records that have no object, and of those with very long numbers. */
export const jsonStructureSql = (paths: readonly string[], options: FileOptions): string =>
  `SELECT CAST(json_group_structure(CAST(object AS JSON)) AS VARCHAR) AS structure, CAST(count(*) FILTER (object IS NULL) AS VARCHAR) AS malformed, ` +
  `CAST(count(*) FILTER (regexp_matches(object, '[0-9]{19}')) AS VARCHAR) AS long FROM (${objectsSql(paths, options)})`

/** Query that says, for each of some members of the objects, whether one is a whole number beyond 64 bits. */
export const beyondLongSql = (paths: readonly string[], options: FileOptions, names: readonly string[]): string => {
  const tests = names.map((name, k) => {
    const member = `json_extract(object, ${quoteText(pointer(name))})`
    return `CAST(bool_or(json_type(${member}) IN ${INTEGERS} AND TRY_CAST(${member} AS BIGINT) IS NULL) AS VARCHAR) AS c${k}`
  })
  return `SELECT ${tests.join(', ')} FROM (${objectsSql(paths, options)})`
}

/** A place in an object as RFC 6901 writes it, whatever characters the name has. */
const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

const INTEGERS = "('BIGINT', 'UBIGINT')"
const NUMBERS = "('BIGINT', 'UBIGINT', 'DOUBLE')"

/** SQL of the value of the JSON `x`, a member of `object`; null where it is not of the type. */
function valueSql(x: string, { name, dataType }: StructField, options: FileOptions, fits: boolean): string {
  const text = `${x}->>'$'`
  const type = duckType(dataType)
  const patterned = (pattern: string | undefined, otherwise: string): string =>
    pattern === undefined
      ? otherwise
      : `CAST(try_strptime(trim(${text}), ${quoteText(strptimeFormat(pattern))}) AS ${type})`
  switch (dataType.kind) {
    case 'string':
      // The engine writes numbers and objects anew, Spark keeps their text.
      return `CASE WHEN json_type(${x}) IN ('OBJECT', 'ARRAY', 'DOUBLE') THEN js_json_member(object, ${quoteText(name)}) ELSE ${text} END`
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return `CASE WHEN json_type(${x}) IN ${INTEGERS} THEN TRY_CAST(${x} AS ${type}) END`
    case 'double':
    case 'float': {
      const words = `replace(CASE WHEN (${text}) IN ('NaN', 'Infinity', '+Infinity', '-Infinity', 'INF', '+INF', '-INF') THEN ${text} END, 'INF', 'Infinity')`
      return `CASE WHEN json_type(${x}) IN ${NUMBERS} THEN TRY_CAST(${text} AS ${type}) ELSE TRY_CAST(${words} AS ${type}) END`
    }
    case 'decimal':
      return `CASE WHEN json_type(${x}) IN ${NUMBERS} OR json_type(${x}) = 'VARCHAR' THEN TRY_CAST(${text} AS ${type}) END`
    case 'boolean':
      return `CASE WHEN json_type(${x}) = 'BOOLEAN' THEN TRY_CAST(${x} AS BOOLEAN) END`
    case 'date':
      return `CASE WHEN json_type(${x}) = 'VARCHAR' THEN ${patterned(options.dateformat, `TRY_CAST(trim(${text}) AS DATE)`)} END`
    case 'timestamp':
    case 'timestamp_ntz': {
      const seconds = `CAST(to_timestamp(TRY_CAST(${text} AS BIGINT)) AS ${type})`
      return `CASE WHEN json_type(${x}) = 'VARCHAR' THEN ${patterned(options.timestampformat, `TRY_CAST(trim(${text}) AS ${type})`)} WHEN json_type(${x}) IN ${INTEGERS} THEN ${seconds} END`
    }
    case 'binary':
      return `CASE WHEN json_type(${x}) = 'VARCHAR' THEN from_base64(${text}) END`
    case 'void':
      return `CAST(NULL AS ${type})`
    default:
      if (fits) return `TRY_CAST(${x} AS ${type})`
      return `CAST(CAST(js_fitted_json(CAST(${x} AS VARCHAR), ${quoteText(typeText(plainType(dataType)))}) AS JSON) AS ${type})`
  }
}

/** Vectors and matrices in the form in which Spark stores them. */
const plainType = (type: DataType): DataType => (type.kind === 'struct' ? type : (structOf(type) ?? type))

const isNested = ({ dataType: { kind } }: StructField): boolean => /^(array|map|struct|vector|matrix)$/.test(kind)

/** SQL of whether the JSON `x` holds something that its value `v` has not. */
const misfitSql = (x: string, v: string, field: StructField): string =>
  isNested(field)
    ? `coalesce(js_json_misfit(CAST(${x} AS VARCHAR), ${quoteText(typeText(plainType(field.dataType)))}), false)`
    : `coalesce(json_type(${x}) <> 'NULL' AND ${v} IS NULL, false)`

/**
 * Query over json files whose columns have the names and types of the schema. As in Spark, a value that is not of its type is null and
 * its record does not fit, nor does a record that is neither an object nor an array of objects: such records go into the column of corrupt records, are
 * left out, or are an error, as the mode says.
 * @param told whether the schema was inferred from these files, so that all values fit.
 */
export function jsonScanSql(schema: StructType, paths: readonly string[], options: FileOptions, told: boolean): string {
  const mode = readMode(options)
  const corrupt = mode === 'permissive' ? corruptColumn(schema, options) : undefined
  const fields = schema.fields.filter((field) => field.name !== corrupt)
  const objects = objectsSql(paths, options)
  const pointers = fields.map(({ name }) => quoteText(pointer(name)))
  const members = fields.length > 0 ? `, json_extract(object, [${pointers.join(', ')}]) AS f` : ''
  const values = fields.map((field, k) => `${valueSql(`f[${k + 1}]`, field, options, told)} AS v${k}`)
  const rows = `SELECT ${['*', ...values].join(', ')} FROM (SELECT *${members} FROM (${objects}))`
  const outputs = fieldNames(numbered(schema))
  const columns = schema.fields.map((column, at) => {
    const k = fields.indexOf(column)
    return `${k < 0 ? 'CASE WHEN bad THEN record END' : `v${k}`} AS ${quoteName(outputs[at])}`
  })
  const select = `SELECT ${columns.join(', ') || '1'}`
  if (mode === 'permissive' && !corrupt) return `${select} FROM (${rows})`
  const misfits = fields.map((field, k) => misfitSql(`f[${k + 1}]`, `v${k}`, field))
  const any = misfits.length > 0 ? misfits.join(' OR ') : 'false'
  const whole = quoteText(
    typeText(StructType(fields.map((field) => ({ ...field, dataType: plainType(field.dataType) })))),
  )
  const bad = `object IS NULL OR CASE WHEN json_type(json) = 'ARRAY' THEN js_json_misfit(json, ${whole}) ELSE ${any} END`
  const checked = `SELECT *, ${bad} AS bad FROM (${rows})`
  if (mode === 'permissive') return `${select} FROM (${checked})`
  if (mode === 'dropmalformed') return `${select} FROM (${checked}) WHERE NOT bad`
  return `${select} FROM (${checked}) WHERE CASE WHEN bad THEN ${misfitError(fields, misfits, flag(options, 'multiline'))} ELSE true END`
}

/** The error that names the first value that does not fit. */
function misfitError(fields: readonly StructField[], misfits: readonly string[], whole: boolean): string {
  const first = (of: (field: StructField, k: number) => string): string =>
    fields.length === 0
      ? 'NULL'
      : `CASE ${fields.map((field, k) => `WHEN ${misfits[k]} THEN ${of(field, k)}`).join(' ')} END`
  const type = ({ name, dataType }: StructField): string =>
    quoteText(`the value of the column ${name} is not of type ${simpleString(dataType)}`)
  return malformedSql({
    problem: `CASE WHEN object IS NULL THEN 'there is no JSON object' ELSE coalesce(${first(type)}, 'an element does not fit the schema') END`,
    file: 'filename',
    ...(whole ? {} : { line: 'record' }),
    column: `CASE WHEN object IS NOT NULL THEN ${first(({ name }) => quoteText(name))} END`,
  })
}

/** Query whose one column is the JSON text of each row, beside columns that are kept as they are. */
export function jsonLinesSql(sql: string, schema: StructType, options: FileOptions, kept: readonly string[]): string {
  const own = schema.fields.filter((field) => !kept.includes(field.name))
  const fields = own.map((field) => ({ ...field, dataType: plainType(field.dataType) }))
  const text = jsonObjectSql(fields, (field) => quoteName(field.name), {
    timestamp: options.timestampformat,
    date: options.dateformat,
  })
  return `SELECT ${[`${text} AS "${LINE}"`, ...kept.map(quoteName)].join(', ')} FROM (${sql})`
}
const LINE = '__line'
