import { SchemaError, UnsupportedError } from '../../errors.js'
import { csvMarks, hasEscape } from '../csv-cells.js'
import { duckType, quoteList, quoteName, quoteText } from '../expression/duck-types.js'
import { type DataType, type StructType, simpleString } from '../types.js'
import { corruptColumn } from './corrupt-column.js'
import { type FileOptions, flag, readMode } from './file-options.js'
import { linesSql } from './lines.js'
import { malformedSql, marksSql } from './malformed.js'
import { strptimeFormat } from './time-formats.js'

/** Rows of csv files, a table in SQL, whose columns are all text, under the given names. */
export function csvTextSql(paths: readonly string[], names: readonly string[], options: FileOptions): string {
  const marks = csvMarks(options)
  if (hasEscape(marks)) return escapedCsvSql(paths, names, options, 'an escape other than the quote')
  if (trimmed(options) !== '') return escapedCsvSql(paths, names, options, 'white space to ignore')
  if (options.emptyvalue !== undefined) return escapedCsvSql(paths, names, options, 'an emptyValue')
  const mode = readMode(options)
  const columns = names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')
  const settings = [
    'auto_detect = false',
    `columns = {${columns}}`,
    `header = ${flag(options, 'header')}`,
    `delim = ${quoteText(marks.separator)}`,
    `quote = ${quoteText(marks.quote)}`,
    `escape = ${quoteText(marks.escape)}`,
    // An empty cell is null whatever the nullValue; with one, a cell of two quotes is the empty text.
    "nullstr = ''",
    `allow_quoted_nulls = ${!options.nullvalue}`,
    `null_padding = ${mode === 'permissive'}`,
    // The engine's threads cannot find the ends of lines that padding needs when cells hold line breaks.
    `parallel = ${!flag(options, 'multiline')}`,
    `ignore_errors = ${mode === 'dropmalformed'}`,
    // Otherwise quotes that are escaped in another way than the options say would be misread without a word.
    'strict_mode = true',
    `filename = ${mode === 'failfast'}`,
    ...(options.comment ? [`comment = ${quoteText(options.comment)}`] : []),
    ...(options.encoding ? [`encoding = ${quoteText(options.encoding)}`] : []),
  ]
  const cells = `read_csv(${quoteList(paths)}, ${settings.join(', ')})`
  if (!options.nullvalue) return cells
  const filename = mode === 'failfast' ? ['filename'] : []
  const values = names.map((name) => `nullif(${name}, ${quoteText(options.nullvalue)}) AS ${name}`)
  return `(SELECT ${[...values, ...filename].join(', ')} FROM ${cells})`
}

/** Query for the first line of the first csv file, as one text in the column `line`. */
export const csvFirstLineSql = (paths: readonly string[], options: FileOptions): string =>
  `SELECT line FROM ${linesSql(paths.slice(0, 1), options, { comment: options.comment })} LIMIT 1`

/** Function of the engine that takes away the white space around cells that the options ignore; empty where they ignore none. */
function trimmed(options: FileOptions): string {
  const [left, right] = [flag(options, 'ignoreleadingwhitespace'), flag(options, 'ignoretrailingwhitespace')]
  return left ? (right ? 'trim' : 'ltrim') : right ? 'rtrim' : ''
}

/** A character as itself in a regular expression. */
const verbatim = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&')

/** How lines of csv files are cut into cells by a regular expression. */
interface CutLines {
  /** Query with the columns `line`, `filename` and `cells`, a list of texts with their quotes. */
  readonly sql: string
  /** SQL of a cell's text, null where it is empty or the `nullValue`. */
  value(cell: string): string
  /** SQL of whether quotes of a cell are other than the options say. */
  misquoted(cell: string): string
}

/** @throws UnsupportedError when cells may hold line breaks. */
function cutLines(paths: readonly string[], options: FileOptions, reason: string): CutLines {
  if (flag(options, 'multiline')) {
    throw new UnsupportedError(`csv with multiLine and ${reason} cannot be read`, {
      param: 'multiLine',
      allowed: 'Allowed with multiLine: quotes that are doubled (the default escape), and no column of corrupt records',
      hint: 'Write the file with the option escape set to the quote, or as parquet',
    })
  }
  const marks = csvMarks(options)
  const [s, q, e] = [marks.separator, marks.quote, marks.escape].map(verbatim)
  const inner = hasEscape(marks) ? `(?:[^${q}${e}]|${e}.)*` : `(?:[^${q}]|${q}${q})*`
  const ignored = flag(options, 'ignoreleadingwhitespace') ? ' *' : ''
  const quoted = `${ignored}${q}(${inner})${q} *`
  const cut = `regexp_extract_all(line || ${quoteText(marks.separator)}, ${quoteText(`(${quoted}|.*?)${s}`)}, 1, 's')`
  const startsQuoted = (cell: string): string =>
    `starts_with(${ignored === '' ? cell : `ltrim(${cell})`}, ${quoteText(marks.quote)})`
  const escaped = hasEscape(marks) ? `${e}([${q}${e}])` : `${q}(${q})`
  const source = linesSql(paths, options, { header: flag(options, 'header'), comment: options.comment })
  return {
    sql: `SELECT line, filename, ${cut} AS cells FROM ${source} WHERE trim(line) <> ''`,
    value: (cell) => {
      const content = `regexp_extract(${cell}, ${quoteText(`^${quoted}$`)}, 1, 's')`
      const bare = `regexp_replace(${content}, ${quoteText(escaped)}, '\\1', 'g')`
      const emptyValue = options.emptyvalue ?? (options.nullvalue ? '' : undefined)
      const empty = emptyValue === undefined ? 'NULL' : quoteText(emptyValue)
      const text = `CASE WHEN ${startsQuoted(cell)} THEN coalesce(nullif(${bare}, ''), ${empty}) ELSE nullif(${trimmed(options)}(${cell}), '') END`
      return `nullif(${text}, ${quoteText(options.nullvalue ?? '')})`
    },
    misquoted: (cell) => `${startsQuoted(cell)} AND NOT regexp_full_match(${cell}, ${quoteText(quoted)}, 's')`,
  }
}

/**
 * Rows of csv files whose quotes are escaped by another character. The engine's own reader would drop an escape before an
 * ordinary character ("C:\\dir"), which Spark keeps, so lines are cut into cells by a regular expression.
 * @throws UnsupportedError when cells may hold line breaks.
 */
function escapedCsvSql(
  paths: readonly string[],
  names: readonly string[],
  options: FileOptions,
  reason: string,
): string {
  const mode = readMode(options)
  const lines = cutLines(paths, options, reason)
  const wrongCount = `len(cells) ${mode === 'permissive' ? '>' : '<>'} ${names.length}`
  const problem = quoteText(`there are not ${names.length} cells, or other quotes than the options say, in the line`)
  const error = malformedSql({ problem, file: 'filename', line: 'line' })
  const keep = `CASE WHEN ${wrongCount} OR len(list_filter(cells, lambda cell: ${lines.misquoted('cell')})) > 0
    THEN ${mode === 'dropmalformed' ? 'false' : error} ELSE true END`
  const columns = names.map((name, k) => `${lines.value(`cells[${k + 1}]`)} AS ${name}`)
  columns.push('filename')
  return `(SELECT ${columns.join(', ')} FROM (${lines.sql}) WHERE ${keep})`
}

/**
 * Text of one cell as a value, null where it is not one. The engine's own cast would round "1.5" to the integer 2, and takes more
 * spellings of booleans than Spark does.
 */
function parsedCell(cell: string, type: DataType, options: FileOptions): string {
  if (type.kind === 'string') return cell
  const format =
    type.kind === 'date' ? options.dateformat : /^timestamp/.test(type.kind) ? options.timestampformat : undefined
  if (format !== undefined) {
    return `CAST(try_strptime(trim(${cell}), ${quoteText(strptimeFormat(format))}) AS ${duckType(type)})`
  }
  // The cast itself passes over white space, and a call of trim takes as long as all the rest.
  const cast = `TRY_CAST(${cell} AS ${duckType(type)})`
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      // Most cells are as the engine would write the number, which is quicker to see than a pattern.
      return `CASE WHEN CAST(${cast} AS VARCHAR) = ${cell} THEN ${cast} WHEN regexp_full_match(${cell}, ' *[+-]?[0-9]+ *') THEN ${cast} END`
    case 'double':
    case 'float':
    case 'decimal':
      return cast
    case 'boolean':
      return `CASE lower(trim(${cell})) WHEN 'true' THEN true WHEN 'false' THEN false END`
    default:
      return `TRY_CAST(trim(${cell}) AS ${duckType(type)})`
  }
}

/** Query over csv files whose columns have the names and types of the schema. */
export function csvScanSql(schema: StructType, paths: readonly string[], options: FileOptions): string {
  const mode = readMode(options)
  const corrupt = mode === 'permissive' ? corruptColumn(schema, options) : undefined
  if (corrupt) return corruptCsvSql(schema, corrupt, paths, options)
  const cells = schema.fields.map((_, k) => `c${k}`)
  const values = schema.fields.map(({ dataType }, k) => parsedCell(cells[k], dataType, options))
  const isBad = (k: number): string => `(${cells[k]} IS NOT NULL AND (${values[k]}) IS NULL)`
  const typed = schema.fields.flatMap(({ dataType }, k) => (dataType.kind === 'string' ? [] : [k]))
  const columns = schema.fields.map(({ name, dataType }, k) => {
    const strict = mode === 'failfast' && typed.includes(k)
    const error = malformedSql({
      problem: quoteText(`of the column ${name} is not of type ${simpleString(dataType)}`),
      file: 'filename',
      column: quoteText(name),
      cell: cells[k],
      index: String(k),
      marks: marksSql(csvMarks(options)),
    })
    return `${strict ? `CASE WHEN ${isBad(k)} THEN ${error} ELSE ${values[k]} END` : values[k]} AS ${quoteName(name)}`
  })
  const dropped = mode === 'dropmalformed' && typed.length > 0 ? ` WHERE NOT (${typed.map(isBad).join(' OR ')})` : ''
  return `SELECT ${columns.join(', ') || '1'} FROM ${csvTextSql(paths, cells, options)}${dropped}`
}

/** As Spark's permissive mode: lines that do not fit give what fits, and the whole line in a column of its own. */
function corruptCsvSql(schema: StructType, corrupt: string, paths: readonly string[], options: FileOptions): string {
  const lines = cutLines(paths, options, `the column ${corrupt}`)
  const fields = schema.fields.filter((field) => field.name !== corrupt)
  const texts = fields.map((_, k) => `${lines.value(`cells[${k + 1}]`)} AS c${k}`)
  const misquoted = `len(list_filter(cells, lambda cell: ${lines.misquoted('cell')})) > 0`
  const wrong = `len(cells) <> ${fields.length} OR ${misquoted} AS wrong`
  const values = fields.map(({ dataType }, k) => parsedCell(`c${k}`, dataType, options))
  const bad = values.map((value, k) => `(c${k} IS NOT NULL AND (${value}) IS NULL)`)
  const columns = schema.fields.map(({ name }) => {
    const k = fields.findIndex((field) => field.name === name)
    return `${k < 0 ? `CASE WHEN ${['wrong', ...bad].join(' OR ')} THEN line END` : values[k]} AS ${quoteName(name)}`
  })
  return `SELECT ${columns.join(', ')} FROM (SELECT ${['line', wrong, ...texts].join(', ')} FROM (${lines.sql}))`
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
