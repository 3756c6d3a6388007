import { quoteList, quoteText } from '../expression/duck-types.js'
import type { FileOptions } from './file-options.js'

/** A character that no text file separates its cells by. */
const NO_SEPARATOR = '\u0001'
/** Longest line in bytes; the engine's buffers hold two of them. */
const MAX_LINE = 16_777_216

/** How files are cut into lines. */
export interface LineOptions {
  /** Whether the first line of each file is left out. */
  readonly header?: boolean
  /** Lines that begin with this character are left out. */
  readonly comment?: string
  /** Whether files whose lines end in different ways are refused: the engine loses a line there. */
  readonly strict?: boolean
}

/** Table function over the lines of files: the text `line`, null where it is empty, and `filename`. */
export function linesSql(
  paths: readonly string[],
  { encoding }: FileOptions,
  { header = false, comment, strict = false }: LineOptions = {},
): string {
  const settings = [
    "auto_detect = false, columns = {'line': 'VARCHAR'}, quote = '', escape = '', filename = true",
    `strict_mode = ${strict}`,
    `max_line_size = ${MAX_LINE}, buffer_size = ${2 * MAX_LINE}`,
    `header = ${header}`,
    `delim = ${quoteText(NO_SEPARATOR)}`,
    ...(comment ? [`comment = ${quoteText(comment)}`] : []),
    ...(encoding ? [`encoding = ${quoteText(encoding)}`] : []),
  ]
  return `read_csv(${quoteList(paths)}, ${settings.join(', ')})`
}

/** Query with one text a file, `line` with `filename`. What the engine must decode first has line feeds after all of its lines. */
export function wholeFilesSql(paths: readonly string[], options: FileOptions): string {
  if (
    options.encoding === undefined &&
    options.charset === undefined &&
    !paths.some((path) => /[.](gz|zst)$/.test(path))
  ) {
    return `SELECT content AS line, filename FROM read_text(${quoteList(paths)})`
  }
  const numbered = `SELECT line, filename, row_number() OVER () AS n FROM ${linesSql(paths, options)}`
  const text = "string_agg(coalesce(line, ''), chr(10) ORDER BY n) || chr(10)"
  return `SELECT ${text} AS line, filename FROM (${numbered}) GROUP BY filename ORDER BY min(n)`
}

/** Settings of a COPY that writes the one text of each row as a line, whatever characters it has. */
export const LINE_SETTINGS: readonly string[] = [
  'FORMAT csv',
  'HEADER false',
  `DELIMITER ${quoteText(NO_SEPARATOR)}`,
  "QUOTE ''",
  "ESCAPE ''",
  `NULLSTR ${quoteText('\u0002')}`,
]
