import { SchemaError, UnsupportedError } from '../../errors.js'
import { duckType, quoteList, quoteName, quoteText } from '../expression/duck-types.js'
import { type DataType, type StructType, simpleString } from '../types.js'
import { type FileOptions, flag, readMode } from './file-options.js'
import { strptimeFormat } from './time-formats.js'

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

/** How lines of csv files are cut into cells by a regular expression. */
interface CutLines {
  /** Query with the columns `line` and `cells`, a list of texts with their quotes. */
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
  const quoted = `${q}(${inner})${q} *`
  const cut = `regexp_extract_all(line || ${quoteText(marks.separator)}, ${quoteText(`(${quoted}|.*?)${s}`)}, 1, 's')`
  const startsQuoted = (cell: string): string => `starts_with(${cell}, ${quoteText(marks.quote)})`
  const escaped = hasEscape(marks) ? `${e}([${q}${e}])` : `${q}(${q})`
  const source = csvLinesSql(paths, flag(options, 'header'), options)
  return {
    sql: `SELECT line, ${cut} AS cells FROM ${source} WHERE trim(line) <> ''`,
    value: (cell) => {
      const content = `regexp_extract(${cell}, ${quoteText(`^${quoted}$`)}, 1, 's')`
      const bare = `regexp_replace(${content}, ${quoteText(escaped)}, '\\1', 'g')`
      const text = `CASE WHEN ${startsQuoted(cell)} THEN ${bare} ELSE nullif(${cell}, '') END`
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
function escapedCsvSql(paths: readonly string[], names: readonly string[], options: FileOptions): string {
  const mode = readMode(options)
  const lines = cutLines(paths, options, 'an escape other than the quote')
  const wrongCount = `len(cells) ${mode === 'permissive' ? '>' : '<>'} ${names.length}`
  const problem = `[MALFORMED_CSV] there are not ${names.length} cells, or other quotes than the options say, in the line `
  const keep = `CASE WHEN ${wrongCount} OR len(list_filter(cells, lambda cell: ${lines.misquoted('cell')})) > 0
    THEN ${mode === 'dropmalformed' ? 'false' : `error('${problem}' || line)`} ELSE true END`
  const columns = names.map((name, k) => `${lines.value(`cells[${k + 1}]`)} AS ${name}`)
  return `(SELECT ${columns.join(', ')} FROM (${lines.sql}) WHERE ${keep})`
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
  const cast = `TRY_CAST(trim(${cell}) AS ${duckType(type)})`
  const pattern = PATTERNS[type.kind]
  return pattern ? `CASE WHEN regexp_full_match(trim(${cell}), '${pattern}') THEN ${cast} END` : cast
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
  const mode = readMode(options)
  const corrupt = mode === 'permissive' ? corruptColumn(schema, options) : undefined
  if (corrupt) return corruptCsvSql(schema, corrupt, paths, options)
  const cells = schema.fields.map((_, k) => `c${k}`)
  const values = schema.fields.map(({ dataType }, k) => parsedCell(cells[k], dataType, options))
  const isBad = (k: number): string => `(${cells[k]} IS NOT NULL AND (${values[k]}) IS NULL)`
  const typed = schema.fields.flatMap(({ dataType }, k) => (dataType.kind === 'string' ? [] : [k]))
  const columns = schema.fields.map(({ name, dataType }, k) => {
    const problem = `'[MALFORMED_CSV] the cell "' || ${cells[k]} || '" of the column ${name.replaceAll("'", "''")} is not of type ${simpleString(dataType)}'`
    const strict = mode === 'failfast' && typed.includes(k)
    return `${strict ? `CASE WHEN ${isBad(k)} THEN error(${problem}) ELSE ${values[k]} END` : values[k]} AS ${quoteName(name)}`
  })
  const dropped = mode === 'dropmalformed' && typed.length > 0 ? ` WHERE NOT (${typed.map(isBad).join(' OR ')})` : ''
  return `SELECT ${columns.join(', ') || '1'} FROM ${csvTextSql(paths, cells, options)}${dropped}`
}

/** The column that takes lines which do not fit, where the schema has it. @throws SchemaError when it is no text. */
function corruptColumn(schema: StructType, options: FileOptions): string | undefined {
  const name = options.columnnameofcorruptrecord ?? '_corrupt_record'
  const field = schema.fields.find((candidate) => candidate.name === name)
  if (!field) return undefined
  if (field.dataType.kind === 'string' && field.nullable) return name
  throw new SchemaError(`the column of corrupt records "${name}" is ${simpleString(field.dataType)}`, {
    stage: 'read',
    column: name,
    allowed: 'Allowed: string, nullable',
  })
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
