import { PersistenceError } from '../../errors.js'
import { columnReader } from '../column-reader.js'
import { parseDataType } from '../ddl.js'
import type { FileFormat } from '../plan.js'
import { schemaFromJson } from '../schema-json.js'
import { ArrayType, type DataType, type Json, LongType, StringType, StructField, StructType } from '../types.js'
import { quoteName } from './duck-types.js'
import type { DuckDB } from './duckdb.js'
import type { Runtime } from './execute.js'
import { csvCells, csvFirstLineSql, csvTextSql, describedSql, type FileOptions, flag, sparkSchemaSql } from './files.js'

/**
 * Schema of files: Spark's own where parquet carries it, else what their content tells. All columns are nullable, as in Spark.
 * @throws PersistenceError when the files cannot be read.
 */
export async function readSchema(
  format: FileFormat,
  paths: readonly string[],
  options: FileOptions,
  runtime: Runtime,
): Promise<StructType> {
  const engine = await runtime.duckdb(false)
  switch (format) {
    case 'parquet':
      return parquetSchema(engine, paths)
    case 'json':
      return jsonSchema(await engine.columnsOf(describedSql('json', paths)))
    case 'csv':
      return csvSchema(engine, paths, options)
  }
}

/** First row of a query over text columns, or undefined when there is none. */
async function firstRow(engine: DuckDB, sql: string, names: readonly string[]): Promise<(string | null)[] | undefined> {
  const fields = names.map((name) => StructField(name, StringType))
  for await (const batch of engine.stream(sql, fields, undefined)) {
    return batch.columns.map((column) => columnReader(column, StringType)(0) as string | null)
  }
  return undefined
}

async function parquetSchema(engine: DuckDB, paths: readonly string[]): Promise<StructType> {
  const json = (await firstRow(engine, sparkSchemaSql(paths[0]), ['json']))?.[0]
  if (!json) return StructType(await engine.columnsOf(describedSql('parquet', paths)))
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

const jsonSchema = (fields: readonly StructField[]): StructType =>
  StructType(
    fields
      .map((field) => StructField(field.name, jsonType(field.dataType)))
      .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))),
  )

async function csvSchema(engine: DuckDB, paths: readonly string[], options: FileOptions): Promise<StructType> {
  const line = (await firstRow(engine, csvFirstLineSql(paths, options), ['line']))?.[0]
  const cells = line ? csvCells(line, options) : []
  const names = flag(options, 'header') ? headerNames(cells) : cells.map((_, k) => `_c${k}`)
  if (!flag(options, 'inferschema') || names.length === 0) {
    return StructType(names.map((name) => StructField(name, StringType)))
  }
  const text = names.map((_, k) => `c${k}`)
  const inferred = text.map((cell) => `${inferredType(quoteName(cell))} AS ${quoteName(cell)}`)
  const types = await firstRow(engine, `SELECT ${inferred.join(', ')} FROM ${csvTextSql(paths, text, options)}`, text)
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

/**
 * SQL aggregate that gives the narrowest of Spark's types which every cell of a text column fits; a column without values
 * is a string. Whole numbers beyond 64 bits are double (Spark: decimal).
 */
function inferredType(cell: string): string {
  const every = (pattern: string, type?: string): string => {
    const fits = type ? ` AND TRY_CAST(trim(${cell}) AS ${type}) IS NOT NULL` : ''
    return `bool_and(regexp_full_match(trim(${cell}), '${pattern}')${fits}) FILTER (WHERE ${cell} IS NOT NULL)`
  }
  const number = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[dDfF]?|NaN|[+-]?Inf|-?Infinity'
  return `CASE
    WHEN ${every('[+-]?[0-9]+', 'INTEGER')} THEN 'int'
    WHEN ${every('[+-]?[0-9]+', 'BIGINT')} THEN 'bigint'
    WHEN ${every(number, 'DOUBLE')} THEN 'double'
    WHEN ${every(DATE, 'DATE')} THEN 'date'
    WHEN ${every(`${DATE}([T ]${TIME})?`, 'TIMESTAMPTZ')} THEN 'timestamp'
    WHEN ${every('(?i)true|(?i)false')} THEN 'boolean'
    ELSE 'string' END`
}
