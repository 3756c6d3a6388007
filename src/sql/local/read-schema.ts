import { DataError, PersistenceError, UnsupportedError } from '../../errors.js'
import { columnReader } from '../column-reader.js'
import { csvCells, csvMarks } from '../csv-cells.js'
import { parseDataType } from '../ddl.js'
import { quoteList, quoteText } from '../expression/duck-types.js'
import type { FileFormat } from '../plan.js'
import { schemaFromJson } from '../schema-json.js'
import { ArrayType, type DataType, type Json, LongType, StringType, StructField, StructType } from '../types.js'
import { corruptName } from './corrupt-column.js'
import { csvFirstLineSql, csvTextSql } from './csv.js'
import type { DuckDB } from './duckdb.js'
import type { Runtime } from './execute.js'
import { type FileOptions, flag, readMode } from './file-options.js'
import { parquetDescribedSql, sparkSchemaSql } from './files.js'
import { jsonDescribedSql, jsonScanSql, oddRecordsSql } from './json.js'
import { strptimeFormat } from './time-formats.js'

/**
 * Schema of files: Spark's own where parquet carries it, else what their content tells. All columns are nullable, as in Spark.
 * @throws PersistenceError when the files cannot be read.
 */
export async function readSchema(
  format: FileFormat,
  paths: readonly string[],
  options: FileOptions,
  runtime: Runtime,
  signal?: AbortSignal,
): Promise<StructType> {
  const engine = await runtime.duckdb(false)
  switch (format) {
    case 'parquet':
      return parquetSchema(engine, paths, signal)
    case 'json':
      return readJsonSchema(engine, paths, options, signal)
    case 'text':
      return StructType([StructField('value', StringType)])
    case 'csv':
      return csvSchema(engine, paths, options, signal)
  }
}

/** First row of a query over text columns, or undefined when there is none. */
async function firstRow(
  engine: DuckDB,
  sql: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<(string | null)[] | undefined> {
  const fields = names.map((name) => StructField(name, StringType))
  for await (const batch of engine.stream(sql, fields, undefined, signal)) {
    return batch.columns.map((column) => columnReader(column, StringType)(0) as string | null)
  }
  return undefined
}

async function parquetSchema(engine: DuckDB, paths: readonly string[], signal?: AbortSignal): Promise<StructType> {
  const json = (await firstRow(engine, sparkSchemaSql(paths[0]), ['json'], signal))?.[0]
  if (!json) return StructType(await engine.columnsOf(parquetDescribedSql(paths), signal))
  let parsed: Json
  try {
    parsed = JSON.parse(json) as Json
  } catch (cause) {
    throw new PersistenceError(`${paths[0]} carries a Spark schema that is not JSON`, { cause })
  }
  return StructType(schemaFromJson(parsed).fields.map((f) => StructField(f.name, f.dataType, true, f.metadata)))
}

/** Spark's types of JSON: long, double, boolean, string and what is made of them; fields in alphabetical order. */
function jsonType(type: DataType): DataType {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'integer':
      return LongType
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return StringType
    case 'array':
      return ArrayType(jsonType(type.elementType))
    case 'struct':
      return jsonSchema(type.fields)
    default:
      return type
  }
}

/**
 * The schema of json files. Records that are no JSON give it a column of corrupt records, are passed over, or are an error, as the mode says.
 * @throws DataError for such a record in mode FAILFAST; UnsupportedError for records that only Spark takes for JSON.
 */
async function readJsonSchema(
  engine: DuckDB,
  paths: readonly string[],
  options: FileOptions,
  signal?: AbortSignal,
): Promise<StructType> {
  const mode = readMode(options)
  const describe = (odd: boolean): Promise<StructField[]> =>
    engine.columnsOf(jsonDescribedSql(quoteList(paths), options, odd), signal)
  try {
    return jsonSchema(await describe(false))
  } catch (error) {
    if (!(error instanceof DataError)) throw error
  }
  if (mode === 'failfast') await firstRow(engine, jsonScanSql(StructType([]), paths, options, true), [], signal)
  const [malformed, lenient] = (await firstRow(
    engine,
    oddRecordsSql(paths, options),
    ['malformed', 'lenient'],
    signal,
  ))!
  if (lenient !== '0') {
    throw new UnsupportedError('the schema of json with single quotes cannot be inferred', {
      stage: 'read',
      hint: "Give it: read.schema('id BIGINT, …').json(…)",
    })
  }
  const corrupt = mode === 'permissive' && malformed !== '0' ? [StructField(corruptName(options), StringType)] : []
  return jsonSchema([...(await describe(true)), ...corrupt])
}

const jsonSchema = (fields: readonly StructField[]): StructType =>
  StructType(
    fields
      .map((field) => StructField(field.name, jsonType(field.dataType)))
      .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))),
  )

async function csvSchema(
  engine: DuckDB,
  paths: readonly string[],
  options: FileOptions,
  signal?: AbortSignal,
): Promise<StructType> {
  const line = (await firstRow(engine, csvFirstLineSql(paths, options), ['line'], signal))?.[0]
  const cells = line ? csvCells(line, csvMarks(options)) : []
  const names = flag(options, 'header') ? headerNames(cells) : cells.map((_, k) => `_c${k}`)
  if (!flag(options, 'inferschema') || names.length === 0) {
    return StructType(names.map((name) => StructField(name, StringType)))
  }
  const text = names.map((_, k) => `c${k}`)
  const seen = text.map((cell) => `bit_or(${typeBit(cell, options)}) AS ${cell}`).join(', ')
  const inferred = text.map((bits) => `${typeOfBits(bits)} AS ${bits}`).join(', ')
  const query = `SELECT ${inferred} FROM (SELECT ${seen} FROM ${csvTextSql(paths, text, options)})`
  const types = await firstRow(engine, query, text, signal)
  return StructType(names.map((name, k) => StructField(name, parseDataType(types?.[k] ?? 'string'))))
}

/** Names of a header line: Spark numbers empty ones, and adds its place to a name that came before. */
function headerNames(cells: readonly (string | null)[]): string[] {
  const lower = cells.map((cell) => cell?.toLowerCase())
  return cells.map((cell, k) => {
    if (cell === null || cell === '') return `_c${k}`
    return lower.indexOf(lower[k]) === lower.lastIndexOf(lower[k]) ? cell : `${cell}${k}`
  })
}

const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const TIME = '[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?'

/** One bit for each type that cells of a column were found to have. */
const BIT = { int: 1, bigint: 2, double: 4, date: 8, timestamp: 16, boolean: 32, string: 64 } as const

/**
 * SQL of the bit of the narrowest type that a cell fits. Casts come before patterns, which are many times slower; they take more
 * than Spark does (`1_000`, `1.5` as an integer), so what they take is looked at. Whole numbers beyond 64 bits are double
 * (Spark: decimal).
 */
function typeBit(cell: string, { dateformat, timestampformat }: FileOptions): string {
  const text = `trim(${cell})`
  const fits = (type: string): string => `TRY_CAST(${text} AS ${type}) IS NOT NULL`
  const formatted = (pattern: string): string =>
    `try_strptime(${text}, ${quoteText(strptimeFormat(pattern))}) IS NOT NULL`
  const has = (character: string): string => `contains(${text}, '${character}')`
  return `CASE
    WHEN ${cell} IS NULL THEN 0
    WHEN isfinite(TRY_CAST(${text} AS DOUBLE)) AND NOT ${has('_')} THEN CASE
      WHEN ${has('.')} OR ${has('e')} OR ${has('E')} THEN ${BIT.double}
      WHEN ${fits('INTEGER')} THEN ${BIT.int}
      WHEN ${fits('BIGINT')} THEN ${BIT.bigint}
      ELSE ${BIT.double} END
    WHEN ${text} IN ('NaN', 'Inf', '+Inf', '-Inf', 'Infinity', '-Infinity') THEN ${BIT.double}
    WHEN lower(${text}) IN ('true', 'false') THEN ${BIT.boolean}
    WHEN ${dateformat ? formatted(dateformat) : `regexp_full_match(${text}, '${DATE}') AND ${fits('DATE')}`} THEN ${BIT.date}
    WHEN ${timestampformat ? formatted(timestampformat) : `regexp_full_match(${text}, '${DATE}[T ]${TIME}') AND ${fits('TIMESTAMPTZ')}`} THEN ${BIT.timestamp}
    ELSE ${BIT.string} END`
}

/** SQL of the narrowest type that holds all cells; a column without values is a string. */
const typeOfBits = (bits: string): string => `CASE
    WHEN ${bits} = 0 THEN 'string'
    WHEN ${bits} = ${BIT.int} THEN 'int'
    WHEN ${bits} <= ${BIT.int | BIT.bigint} THEN 'bigint'
    WHEN ${bits} <= ${BIT.int | BIT.bigint | BIT.double} THEN 'double'
    WHEN ${bits} = ${BIT.date} THEN 'date'
    WHEN ${bits} IN (${BIT.timestamp}, ${BIT.date | BIT.timestamp}) THEN 'timestamp'
    WHEN ${bits} = ${BIT.boolean} THEN 'boolean'
    ELSE 'string' END`
