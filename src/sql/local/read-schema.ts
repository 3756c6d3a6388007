import { PersistenceError, SchemaError } from '../../errors.js'
import { columnReader } from '../column-reader.js'
import { csvCells, csvMarks } from '../csv-cells.js'
import { parseDataType } from '../ddl.js'
import { tightestType } from '../expression/coercion.js'
import { quoteText } from '../expression/duck-types.js'
import { sameName } from '../names.js'
import type { FileFormat } from '../plan.js'
import { schemaFromJson } from '../schema-json.js'
import {
  ArrayType,
  BooleanType,
  type DataType,
  DoubleType,
  type Json,
  LongType,
  StringType,
  StructField,
  StructType,
  simpleString,
} from '../types.js'
import { corruptName } from './corrupt-column.js'
import { csvFirstLineSql, csvTextSql } from './csv.js'
import type { DuckDB } from './duckdb.js'
import type { Runtime } from './execute.js'
import { type FileOptions, flag, readMode } from './file-options.js'
import { parquetDescribedSql, sparkSchemaSql } from './files.js'
import { beyondLongSql, jsonScanSql, jsonStructureSql } from './json.js'
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
      return parquetSchema(engine, paths, options, signal)
    case 'json':
      return jsonSchema(engine, paths, options, signal)
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

async function parquetSchema(
  engine: DuckDB,
  paths: readonly string[],
  options: FileOptions,
  signal?: AbortSignal,
): Promise<StructType> {
  const merged = flag(options, 'mergeschema')
  const files = merged ? paths : paths.slice(0, 1)
  const schemas: StructType[] = []
  for (const path of files) {
    const json = (await firstRow(engine, sparkSchemaSql(path), ['json'], signal))?.[0]
    schemas.push(
      json
        ? sparkSchema(json, path)
        : StructType(await engine.columnsOf(parquetDescribedSql(merged ? [path] : paths), signal)),
    )
  }
  return schemas.reduce((all, schema, k) => mergedSchema(all, schema, files[k]))
}

/** Spark's own schema of a file; all columns may be null, as in Spark. */
function sparkSchema(json: string, path: string): StructType {
  let parsed: Json
  try {
    parsed = JSON.parse(json) as Json
  } catch (cause) {
    throw new PersistenceError(`${path} carries a Spark schema that is not JSON`, { cause, file: path })
  }
  return StructType(schemaFromJson(parsed).fields.map((f) => StructField(f.name, f.dataType, true, f.metadata)))
}

/** The columns of both schemas. @throws SchemaError for a column that has types without a common one. */
function mergedSchema(all: StructType, schema: StructType, path: string): StructType {
  const fields = [...all.fields]
  for (const field of schema.fields) {
    const at = fields.findIndex(({ name }) => sameName(name, field.name))
    if (at < 0) {
      fields.push(field)
      continue
    }
    const type = tightestType(fields[at].dataType, field.dataType)
    if (!type) {
      const [before, now] = [simpleString(fields[at].dataType), simpleString(field.dataType)]
      throw new SchemaError(`column "${field.name}" is ${now} here, and ${before} in the files before`, {
        stage: 'read',
        column: field.name,
        file: path,
        hint: 'Read the files one by one, and cast the column',
      })
    }
    fields[at] = StructField(fields[at].name, type, true, fields[at].metadata)
  }
  return StructType(fields)
}

/** What the engine tells of the structure of JSON values: a type, the structure of elements, or those of members. */
type Structure = string | readonly [Structure] | { readonly [name: string]: Structure }

/** Spark's types of JSON: long, double, boolean, string and what is made of them; fields in alphabetical order. */
function jsonType(structure: Structure): DataType {
  if (typeof structure === 'object') {
    return Array.isArray(structure)
      ? ArrayType(jsonType(structure[0]))
      : StructType(jsonFields(structure as JsonFields))
  }
  if (/^U?BIGINT$/.test(structure as string)) return LongType
  if (structure === 'DOUBLE') return DoubleType
  // Values of several kinds, and no values at all, are texts.
  return structure === 'BOOLEAN' ? BooleanType : StringType
}
type JsonFields = Readonly<Record<string, Structure>>

const jsonFields = (structures: JsonFields): StructField[] =>
  byName(Object.entries(structures).map(([name, structure]) => StructField(name, jsonType(structure))))

const byName = (fields: readonly StructField[]): StructField[] =>
  [...fields].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))

/**
 * The schema of json files. Records without an object give it a column of corrupt records, are passed over, or are an error, as the mode says.
 * Whole numbers beyond 64 bits are double (Spark: decimal).
 * @throws DataError for such a record in mode FAILFAST.
 */
async function jsonSchema(
  engine: DuckDB,
  paths: readonly string[],
  options: FileOptions,
  signal?: AbortSignal,
): Promise<StructType> {
  const mode = readMode(options)
  const asked = ['structure', 'malformed', 'long']
  const [text, malformed, long] = (await firstRow(engine, jsonStructureSql(paths, options), asked, signal))!
  if (malformed !== '0' && mode === 'failfast') {
    await firstRow(engine, jsonScanSql(StructType([]), paths, options, true), [], signal)
  }
  const structure = JSON.parse(text ?? 'null') as Structure | null
  const found = structure !== null && typeof structure === 'object' ? jsonFields(structure as JsonFields) : []
  const longs = long === '0' ? [] : found.filter(({ dataType }) => dataType.kind === 'long').map(({ name }) => name)
  const columns = longs.map((_, k) => `c${k}`)
  const beyond = longs.length > 0 ? await firstRow(engine, beyondLongSql(paths, options, longs), columns, signal) : []
  const fields = found.map((field) =>
    beyond?.[longs.indexOf(field.name)] === 'true' ? StructField(field.name, DoubleType) : field,
  )
  const corrupt = mode === 'permissive' && malformed !== '0' ? [StructField(corruptName(options), StringType)] : []
  return StructType(byName([...fields, ...corrupt]))
}

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
  const fits = (type: string): string => `TRY_CAST(${cell} AS ${type}) IS NOT NULL`
  const formatted = (pattern: string): string =>
    `try_strptime(${text}, ${quoteText(strptimeFormat(pattern))}) IS NOT NULL`
  const has = (character: string): string => `contains(${cell}, '${character}')`
  return `CASE
    WHEN ${cell} IS NULL THEN 0
    WHEN isfinite(TRY_CAST(${cell} AS DOUBLE)) AND NOT ${has('_')} THEN CASE
      WHEN ${has('.')} OR ${has('e')} OR ${has('E')} THEN ${BIT.double}
      WHEN ${fits('INTEGER')} THEN ${BIT.int}
      WHEN ${fits('BIGINT')} THEN ${BIT.bigint}
      ELSE ${BIT.double} END
    WHEN ${text} IN ('NaN', 'Inf', '+Inf', '-Inf', 'Infinity', '-Infinity') THEN ${BIT.double}
    WHEN lower(${text}) IN ('true', 'false') THEN ${BIT.boolean}
    WHEN ${dateformat ? formatted(dateformat) : `${has('-')} AND regexp_full_match(${text}, '${DATE}') AND ${fits('DATE')}`} THEN ${BIT.date}
    WHEN ${timestampformat ? formatted(timestampformat) : `${has('-')} AND regexp_full_match(${text}, '${DATE}[T ]${TIME}') AND ${fits('TIMESTAMPTZ')}`} THEN ${BIT.timestamp}
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
