import { SchemaError, UnsupportedError } from '../../errors.js'
import { duckType, quoteList, quoteName, quoteText } from '../expression/duck-types.js'
import { type DataType, type StructType, simpleString } from '../types.js'
import { type FileOptions, flag, type ReadMode, readMode } from './file-options.js'

/** Rows of csv files, a table in SQL, whose columns are all text, under the given names. */
export function csvTextSql(paths: readonly string[], names: readonly string[], options: FileOptions): string {
  const marks = csvMarks(options)
  if (hasEscape(marks)) return escapedCsvSql(paths, names, options)
  const mode = readMode(options)
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
  return `read_csv(${quoteList(paths)}, ${settings.join(', ')})`
}

/** A character that no csv file separates its cells by. */
const NO_SEPARATOR = '\u0001'

/** Table function over the lines of csv files, each one text in the column `line`. */
function csvLinesSql(paths: readonly string[], header: boolean, options: FileOptions): string {
  const settings = [
    "auto_detect = false, columns = {'line': 'VARCHAR'}, quote = '', escape = '', strict_mode = false",
    `header = ${header}`,
    `delim = ${quoteText(NO_SEPARATOR)}`,
    ...(options.comment ? [`comment = ${quoteText(options.comment)}`] : []),
    ...(options.encoding ? [`encoding = ${quoteText(options.encoding)}`] : []),
  ]
  return `read_csv(${quoteList(paths)}, ${settings.join(', ')})`
}

/** Query for the first line of the first csv file, as one text in the column `line`. */
export const csvFirstLineSql = (paths: readonly string[], options: FileOptions): string =>
  `SELECT line FROM ${csvLinesSql(paths.slice(0, 1), false, options)} LIMIT 1`

/** A character as itself in a regular expression. */
const verbatim = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&')

/**
 * Rows of csv files whose quotes are escaped by another character. The engine's own reader would drop an escape before an
 * ordinary character ("C:\\dir"), which Spark keeps, so lines are cut into cells by a regular expression.
 * @throws UnsupportedError when cells may hold line breaks.
 */
function escapedCsvSql(paths: readonly string[], names: readonly string[], options: FileOptions): string {
  if (flag(options, 'multiline')) {
    throw new UnsupportedError('csv with multiLine and an escape other than the quote cannot be read', {
      param: 'multiLine',
      allowed: 'Allowed with multiLine: quotes that are doubled (the default escape)',
      hint: 'Write the file with the option escape set to the quote, or as parquet',
    })
  }
  const mode = readMode(options)
  const marks = csvMarks(options)
  const [s, q, e] = [marks.separator, marks.quote, marks.escape].map(verbatim)
  const quoted = `${q}((?:[^${q}${e}]|${e}.)*)${q} *`
  const cut = `regexp_extract_all(line || ${quoteText(marks.separator)}, ${quoteText(`(${quoted}|.*?)${s}`)}, 1, 's')`
  const startsQuoted = (cell: string): string => `starts_with(${cell}, ${quoteText(marks.quote)})`
  const value = (cell: string): string => {
    const inner = `regexp_extract(${cell}, ${quoteText(`^${quoted}$`)}, 1, 's')`
    const bare = `regexp_replace(${inner}, ${quoteText(`${e}([${q}${e}])`)}, '\\1', 'g')`
    const text = `CASE WHEN ${startsQuoted(cell)} THEN ${bare} ELSE nullif(${cell}, '') END`
    return `nullif(${text}, ${quoteText(options.nullvalue ?? '')})`
  }
  const misquoted = `${startsQuoted('cell')} AND NOT regexp_full_match(cell, ${quoteText(quoted)}, 's')`
  const wrongCount = `len(cells) ${mode === 'permissive' ? '>' : '<>'} ${names.length}`
  const problem = `[MALFORMED_CSV] there are not ${names.length} cells, or other quotes than the options say, in the line `
  const keep = `CASE WHEN ${wrongCount} OR len(list_filter(cells, lambda cell: ${misquoted})) > 0
    THEN ${mode === 'dropmalformed' ? 'false' : `error('${problem}' || line)`} ELSE true END`
  const source = csvLinesSql(paths, flag(options, 'header'), options)
  const lines = `SELECT line, ${cut} AS cells FROM ${source} WHERE trim(line) <> ''`
  const columns = names.map((name, k) => `${value(`cells[${k + 1}]`)} AS ${name}`)
  return `(SELECT ${columns.join(', ')} FROM (${lines}) WHERE ${keep})`
}

/** Cells of one line of csv text; empty ones are null. */
export function csvCells(line: string, options: FileOptions): (string | null)[] {
  const marks = csvMarks(options)
  const cells: string[] = ['']
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const last = cells.length - 1
    const escaped = line[i + 1] === marks.quote || (hasEscape(marks) && line[i + 1] === marks.escape)
    if (quoted && line[i] === marks.escape && escaped) cells[last] += line[++i]
    else if (line[i] === marks.quote) quoted = !quoted
    else if (!quoted && line.startsWith(marks.separator, i)) {
      cells.push('')
      i += marks.separator.length - 1
    } else cells[last] += line[i]
  }
  return cells.map((cell) => cell || null)
}

/** Characters with a meaning in csv text. */
export interface CsvMarks {
  readonly separator: string
  readonly quote: string
  readonly escape: string
}

/** The marks that options name. */
export const csvMarks = (options: FileOptions): CsvMarks => ({
  separator: options.sep ?? options.delimiter ?? ',',
  quote: options.quote ?? '"',
  escape: options.escape ?? options.quote ?? '"',
})

/** Whether quotes in cells are escaped by a character of their own, not doubled. */
const hasEscape = (marks: CsvMarks): boolean =>
  marks.quote !== '' && marks.escape !== '' && marks.escape !== marks.quote

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

/** Query over csv files whose columns have the names and types of the schema. */
export function csvScanSql(schema: StructType, paths: readonly string[], options: FileOptions): string {
  const cells = schema.fields.map((_, k) => `c${k}`)
  const mode = readMode(options)
  const columns = schema.fields.map(
    (field, k) => `${parsedCell(cells[k], field.dataType, mode)} AS ${quoteName(field.name)}`,
  )
  return `SELECT ${columns.join(', ')} FROM ${csvTextSql(paths, cells, options)}`
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
