import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { DataError } from '../../errors.js'
import { shortText } from '../../util/names.js'
import { type CsvMarks, csvCells } from '../csv-cells.js'
import { quoteText } from '../expression/duck-types.js'

/** A record of a file that does not fit, as the query tells that finds it. */
interface Malformed {
  /** What is wrong with it, as a sentence without the record, or what goes on after the cell. */
  readonly problem: string
  readonly file?: string | null
  /** Text of the record, where a record is a line. */
  readonly line?: string | null
  /** The cell that does not fit, its number from 0, and how the file is cut into cells. */
  readonly column?: string | null
  readonly cell?: string | null
  readonly index?: number
  readonly marks?: CsvMarks
  readonly hint?: string
}

const MARK = '[MALFORMED_RECORD] '

/** SQL that stops a query and tells of a record that does not fit. @param parts what {@link Malformed} has, each as SQL. */
export const malformedSql = (parts: Readonly<Partial<Record<keyof Malformed, string>>>): string =>
  `error(${quoteText(MARK)} || CAST(to_json({${Object.entries(parts)
    .map(([name, sql]) => `${quoteText(name)}: ${sql}`)
    .join(', ')}}) AS VARCHAR))`

/** SQL of the marks of csv text, for {@link malformedSql}. */
export const marksSql = (marks: CsvMarks): string =>
  `{${Object.entries(marks)
    .map(([name, text]) => `${quoteText(name)}: ${quoteText(text)}`)
    .join(', ')}}`

/** The error about a record that does not fit, with its file and line; undefined where the message of the engine tells of none. */
export async function malformedError(cause: unknown): Promise<DataError | undefined> {
  const message = cause instanceof Error ? cause.message : ''
  const own = message.indexOf(MARK)
  if (own >= 0) {
    const found = JSON.parse(message.slice(own + MARK.length).split('\n')[0]) as Malformed
    return errorOf(found, await lineNumber(found), cause)
  }
  return readerError(message, cause)
}

function errorOf({ problem, file, line, column, cell, hint }: Malformed, number: number | undefined, cause: unknown) {
  const received = cell ?? line
  const sentence = cell ? `the cell ${shortText(cell)} ${problem}` : line ? `${problem}: ${shortText(line)}` : problem
  return new DataError(sentence, {
    cause,
    ...(file ? { file } : {}),
    ...(number === undefined ? {} : { line: number }),
    ...(column ? { column } : {}),
    ...(received ? { received } : {}),
    hint: hint ?? 'Mend the file, give the column another type, or set the option mode to PERMISSIVE or DROPMALFORMED',
  })
}

const CSV_HINT =
  'Look at the options sep, quote and escape (Spark escapes quotes by a backslash), or set mode to DROPMALFORMED'

/** What the engine's own reader of csv says. */
function readerError(message: string, cause: unknown): DataError | undefined {
  const [, number] = /CSV Error on Line: (\d+)/.exec(message) ?? []
  const mixed = message.includes('state machine reached an invalid state')
  if (number === undefined && !mixed) return undefined
  const [, file] = /^ *file = (.*)$/m.exec(message) ?? []
  const [, line] = /^Original Line: (.*)$/m.exec(message) ?? []
  const [, expected, found] = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message) ?? []
  const problems: readonly (readonly [boolean, string, string?])[] = [
    [mixed, 'lines end in different ways, or quotes are other than the options say'],
    [expected !== undefined, `the line has ${found} cells, ${expected} are expected`],
    [message.includes('quoted new lines'), 'a cell holds line breaks', 'Set the option multiLine to true'],
    [message.includes('unterminated quote'), 'a quote has no end'],
    [message.includes('unicode'), 'the text is not UTF-8', 'Set the option encoding'],
    [message.includes('Maximum line size'), 'the line is too long'],
    [true, 'quotes are other than the options say'],
  ]
  const [, problem, hint = CSV_HINT] = problems.find(([fits]) => fits)!
  return errorOf({ problem, file, line, hint }, number === undefined ? undefined : Number(number), cause)
}

/** Number of the first line that is, or begins, the record; undefined where it cannot be told. */
async function lineNumber({ file, line, cell, index, marks }: Malformed): Promise<number | undefined> {
  if (!file || (line === undefined && index === undefined)) return undefined
  let number = 0
  let start = 1
  let record = ''
  try {
    for await (const text of textLines(file)) {
      number++
      if (!marks || index === undefined) {
        if (text === line) return number
        continue
      }
      record = record === '' ? text : `${record}\n${text}`
      // A quote that is open goes on in the next line.
      if (marks.quote !== '' && record.split(marks.quote).length % 2 === 0) continue
      if (csvCells(record, marks)[index] === cell) return start
      record = ''
      start = number + 1
    }
  } catch {
    // The error is told without its line where the file cannot be read again.
  }
  return undefined
}

/**
 * Looks for a quote without its end in a csv file whose cells may hold line breaks: the engine would lose the record in silence.
 * Compressed files of other kinds than gzip, and other character sets than UTF-8, are left to the engine.
 * @throws DataError with the line where the cell begins; the signal's reason.
 */
export async function checkQuotes(file: string, { separator, quote }: CsvMarks, signal?: AbortSignal): Promise<void> {
  if (file.endsWith('.zst')) return
  let number = 0
  let quoted = false
  let start = 0
  for await (const line of textLines(file)) {
    signal?.throwIfAborted()
    number++
    let at = 0
    for (;;) {
      const next = line.indexOf(quote, at)
      if (next < 0) break
      if (quoted) {
        quoted = line[next + 1] === quote
        at = next + (quoted ? 2 : 1)
      } else {
        // A quote inside a cell that began without one is an ordinary character.
        if (next === 0 || line.startsWith(separator, next - separator.length)) {
          quoted = true
          start = number
        }
        at = next + 1
      }
    }
  }
  if (quoted) throw errorOf({ problem: 'a quote has no end', file, hint: CSV_HINT }, start, undefined)
}

async function* textLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of path.endsWith('.gz') ? file.pipe(createGunzip()) : file) {
    const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n')
    rest = lines.pop()!
    for (const text of lines) yield text.endsWith('\r') ? text.slice(0, -1) : text
  }
  if (rest !== '') yield rest
}
