import { ParamError, SchemaError } from '../../errors.js'
import { knownNames } from '../../util/names.js'
import type { FileFormat, PlanOf } from '../plan.js'
import { schemaToJson } from '../schema-json.js'
import { type DataType, type StructType, simpleString } from '../types.js'
import { duckType, quoteName, quoteText } from './duck-types.js'

/** Options of a reader or writer: Spark's names in lower case, values as text. */
export type FileOptions = Readonly<Record<string, string>>

const READ_OPTIONS: Record<FileFormat, readonly string[]> = {
  csv: [
    'header',
    'inferSchema',
    'sep',
    'delimiter',
    'quote',
    'escape',
    'comment',
    'nullValue',
    'mode',
    'encoding',
    'multiLine',
  ],
  json: ['mode', 'encoding'],
  parquet: ['mergeSchema'],
}
const WRITE_OPTIONS: Record<FileFormat, readonly string[]> = {
  csv: ['header', 'sep', 'delimiter', 'quote', 'escape', 'nullValue', 'compression'],
  json: ['compression'],
  parquet: ['compression'],
}

/**
 * Options by lower-case name, as Spark compares them.
 * @throws ParamError naming the options that the format has.
 */
export function checkOptions(
  format: FileFormat,
  use: 'read' | 'write',
  options: ReadonlyMap<string, string>,
): FileOptions {
  const known = (use === 'read' ? READ_OPTIONS : WRITE_OPTIONS)[format]
  for (const name of options.keys()) {
    if (known.some((option) => option.toLowerCase() === name.toLowerCase())) continue
    throw new ParamError(`option "${name}" is not supported when ${format} is ${use === 'read' ? 'read' : 'written'}`, {
      param: name,
      allowed: knownNames('options', name, known),
    })
  }
  return Object.fromEntries([...options].map(([name, value]) => [name.toLowerCase(), value]))
}

/** A boolean option. @throws ParamError unless the text is true or false. */
export function flag(options: FileOptions, name: string): boolean {
  const text = options[name]?.toLowerCase() ?? 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw new ParamError(`option "${name}" is "${text}"`, {
    param: name,
    allowed: 'Allowed: true, false',
    received: text,
  })
}

type ReadMode = 'permissive' | 'dropmalformed' | 'failfast'

function readMode(options: FileOptions): ReadMode {
  const mode = (options.mode ?? 'permissive').toLowerCase()
  if (mode === 'permissive' || mode === 'dropmalformed' || mode === 'failfast') return mode
  throw new ParamError(`option "mode" is "${options.mode}"`, {
    param: 'mode',
    allowed: 'Allowed: PERMISSIVE, DROPMALFORMED, FAILFAST',
    received: options.mode,
  })
}

const list = (paths: readonly string[]): string => `[${paths.map(quoteText).join(', ')}]`

/** Table function over csv files whose columns are all text, under the given names. */
export function csvTextSql(paths: readonly string[], names: readonly string[], options: FileOptions): string {
  const mode = readMode(options)
  const marks = csvMarks(options)
  const columns = names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')
  const settings = [
    'auto_detect = false',
    `columns = {${columns}}`,
    `header = ${flag(options, 'header')}`,
    `delim = ${quoteText(marks.separator)}`,
    `quote = ${quoteText(marks.quote)}`,
    `escape = ${quoteText(marks.escape)}`,
    `nullstr = ${quoteText(options.nullvalue ?? '')}`,
    `null_padding = ${mode === 'permissive'}`,
    // The engine's threads cannot find the ends of lines that padding needs when cells hold line breaks.
    `parallel = ${!flag(options, 'multiline')}`,
    `ignore_errors = ${mode === 'dropmalformed'}`,
    // Otherwise quotes that are escaped in another way than the options say would be misread without a word.
    'strict_mode = true',
    ...(options.comment ? [`comment = ${quoteText(options.comment)}`] : []),
    ...(options.encoding ? [`encoding = ${quoteText(options.encoding)}`] : []),
  ]
  return `read_csv(${list(paths)}, ${settings.join(', ')})`
}

/** A character that no csv file separates its cells by. */
const NO_SEPARATOR = '\u0001'

/** Query for the first line of the first csv file, as one text in the column `line`. */
export function csvFirstLineSql(paths: readonly string[], options: FileOptions): string {
  const settings = [
    "auto_detect = false, header = false, columns = {'line': 'VARCHAR'}, quote = '', escape = '', strict_mode = false",
    `delim = ${quoteText(NO_SEPARATOR)}`,
    ...(options.comment ? [`comment = ${quoteText(options.comment)}`] : []),
    ...(options.encoding ? [`encoding = ${quoteText(options.encoding)}`] : []),
  ]
  return `SELECT line FROM read_csv(${list(paths.slice(0, 1))}, ${settings.join(', ')}) LIMIT 1`
}

/** Cells of one line of csv text; empty ones are null. */
export function csvCells(line: string, options: FileOptions): (string | null)[] {
  const marks = csvMarks(options)
  const cells: string[] = ['']
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const last = cells.length - 1
    if (quoted && line[i] === marks.escape && line[i + 1] === marks.quote) cells[last] += line[++i]
    else if (line[i] === marks.quote) quoted = !quoted
    else if (!quoted && line.startsWith(marks.separator, i)) {
      cells.push('')
      i += marks.separator.length - 1
    } else cells[last] += line[i]
  }
  return cells.map((cell) => cell || null)
}

const csvMarks = (options: FileOptions): { separator: string; quote: string; escape: string } => ({
  separator: options.sep ?? options.delimiter ?? ',',
  quote: options.quote ?? '"',
  escape: options.escape ?? '"',
})

/**
 * Text of one cell as a value: null where it is not one, but an error in FAILFAST mode. The engine's own cast would round
 * "1.5" to the integer 2, and takes more spellings of booleans than Spark does.
 */
function parsedCell(cell: string, type: DataType, mode: ReadMode): string {
  if (type.kind === 'string') return cell
  const cast = `TRY_CAST(trim(${cell}) AS ${duckType(type)})`
  const pattern = PATTERNS[type.kind]
  const value = pattern ? `CASE WHEN regexp_full_match(trim(${cell}), '${pattern}') THEN ${cast} END` : cast
  if (mode !== 'failfast') return value
  const problem = `'[MALFORMED_CSV] the cell "' || ${cell} || '" is not of type ${simpleString(type)}'`
  return `CASE WHEN ${cell} IS NULL OR (${value}) IS NOT NULL THEN ${value} ELSE error(${problem}) END`
}

const INTEGER_PATTERN = '[+-]?[0-9]+'
/** What a cell must look like beyond what the engine's cast asks for. */
const PATTERNS: Readonly<Record<string, string>> = {
  byte: INTEGER_PATTERN,
  short: INTEGER_PATTERN,
  integer: INTEGER_PATTERN,
  long: INTEGER_PATTERN,
  boolean: '(?i)true|(?i)false',
}

const NESTED: ReadonlySet<string> = new Set(['array', 'map', 'struct', 'vector', 'matrix', 'binary'])

/** @throws SchemaError when a csv file cannot hold a column of the schema. */
export function checkCsvSchema(schema: StructType): void {
  const field = schema.fields.find(({ dataType }) => NESTED.has(dataType.kind))
  if (field) {
    throw new SchemaError(
      `column "${field.name}" of type ${simpleString(field.dataType)} cannot be held by a csv file`,
      {
        column: field.name,
        hint: 'Write parquet, or select its parts',
      },
    )
  }
}

/** Query over files whose columns have the names and types of the scan's schema. */
export function fileScanSql(plan: PlanOf<'fileScan'>): string {
  const { schema, paths, options, format } = plan
  const names = schema.fields.map((field) => quoteName(field.name))
  switch (format) {
    case 'csv': {
      const cells = schema.fields.map((_, k) => `c${k}`)
      const mode = readMode(options)
      const columns = schema.fields.map((field, k) => `${parsedCell(cells[k], field.dataType, mode)} AS ${names[k]}`)
      return `SELECT ${columns.join(', ')} FROM ${csvTextSql(paths, cells, options)}`
    }
    case 'json': {
      const columns = schema.fields.map((field) => `${quoteText(field.name)}: ${quoteText(duckType(field.dataType))}`)
      const ignore = readMode(options) !== 'failfast'
      return `SELECT ${names.join(', ')} FROM read_json(${list(paths)}, format = 'newline_delimited', columns = {${columns.join(', ')}}, ignore_errors = ${ignore})`
    }
    case 'parquet': {
      const columns = schema.fields.map((field, k) => `CAST(${names[k]} AS ${duckType(field.dataType)}) AS ${names[k]}`)
      return `SELECT ${columns.join(', ')} FROM read_parquet(${list(paths)}, union_by_name = ${flag(options, 'mergeschema')})`
    }
  }
}

const ISO_TIMESTAMP = '%Y-%m-%dT%H:%M:%S.%gZ'

/** Statement that writes the rows of a query with this schema to one file. Parquet files keep the schema as Spark's JSON. */
export function copySql(
  sql: string,
  schema: StructType,
  file: string,
  format: FileFormat,
  options: FileOptions,
): string {
  const compression = options.compression?.toLowerCase()
  const marks = csvMarks(options)
  const settings: Record<FileFormat, () => readonly string[]> = {
    csv: () => [
      'FORMAT csv',
      `HEADER ${flag(options, 'header')}`,
      `DELIMITER ${quoteText(marks.separator)}`,
      `QUOTE ${quoteText(marks.quote)}`,
      `ESCAPE ${quoteText(marks.escape)}`,
      `NULLSTR ${quoteText(options.nullvalue ?? '')}`,
      `TIMESTAMPFORMAT ${quoteText(ISO_TIMESTAMP)}`,
      ...(compression ? [`COMPRESSION ${quoteName(compression)}`] : []),
    ],
    json: () => [
      'FORMAT json',
      `TIMESTAMPFORMAT ${quoteText(ISO_TIMESTAMP)}`,
      ...(compression ? [`COMPRESSION ${quoteName(compression)}`] : []),
    ],
    parquet: () => [
      'FORMAT parquet',
      `COMPRESSION ${quoteName(compression ?? 'snappy')}`,
      `KV_METADATA {${quoteText(SPARK_SCHEMA_KEY)}: ${quoteText(JSON.stringify(schemaToJson(schema)))}, 'org.apache.spark.version': '4.0.1'}`,
    ],
  }
  const rows = format === 'parquet' ? sql : withNumberTexts(sql, schema, format)
  return `COPY (${rows}) TO ${quoteText(file)} (${settings[format]().join(', ')})`
}

/** The query with NaN and infinities spelt as Spark does in text files; JSON has no numbers for them. */
function withNumberTexts(sql: string, schema: StructType, format: 'csv' | 'json'): string {
  const spelt = schema.fields
    .filter(({ dataType }) => dataType.kind === 'double' || dataType.kind === 'float')
    .map(({ name }) => {
      const x = quoteName(name)
      const text = `CASE WHEN isnan(${x}) THEN 'NaN' WHEN ${x} > 0 THEN 'Infinity' ELSE '-Infinity' END`
      const [word, number] = format === 'csv' ? [text, `CAST(${x} AS VARCHAR)`] : [`to_json(${text})`, `to_json(${x})`]
      return `CASE WHEN NOT isfinite(${x}) THEN ${word} ELSE ${number} END AS ${x}`
    })
  return spelt.length > 0 ? `SELECT * REPLACE (${spelt.join(', ')}) FROM (${sql})` : sql
}

/** Key of Spark's schema among the metadata of a parquet file. */
export const SPARK_SCHEMA_KEY = 'org.apache.spark.sql.parquet.row.metadata'

/** Query for Spark's schema in a parquet file: one row of text, or none. */
export const sparkSchemaSql = (path: string): string =>
  `SELECT decode(value) AS json FROM parquet_kv_metadata(${quoteText(path)}) WHERE decode(key) = ${quoteText(SPARK_SCHEMA_KEY)}`

/** Query whose columns are those of a parquet or json file, for their types. */
export const describedSql = (format: 'parquet' | 'json', paths: readonly string[]): string =>
  format === 'parquet'
    ? `SELECT * FROM read_parquet(${list(paths)})`
    : `SELECT * FROM read_json(${list(paths)}, format = 'newline_delimited', maximum_depth = -1, sample_size = -1, map_inference_threshold = -1)`
