import { SchemaError } from '../../errors.js'
import { quoteList, quoteText } from './duck-types.js'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3))

/** A run of one letter of a pattern, or text between. */
interface Piece {
  /** Empty for text. */
  readonly letter: string
  readonly count: number
  readonly text: string
}

/** Letters, and text that stands in quotes or has no letters; `''` is a quote. */
function pieces(pattern: string): Piece[] {
  const found: Piece[] = []
  for (const [whole, quoted, run] of pattern.matchAll(/'((?:[^']|'')*)'|(([a-zA-Z])\3*)|[\s\S]/g)) {
    if (run !== undefined) found.push({ letter: run[0], count: run.length, text: '' })
    else {
      const text = quoted === undefined ? whole : quoted === '' ? "'" : quoted.replaceAll("''", "'")
      found.push({ letter: '', count: 0, text })
    }
  }
  return found
}

function refuse(pattern: string, piece: Piece, use: string): never {
  const text = piece.letter.repeat(piece.count) || piece.text
  throw new SchemaError(`${text} in the pattern ${JSON.stringify(pattern)} cannot be ${use}`, {
    received: pattern,
    allowed: 'Allowed: yyyy, MM, dd, HH, hh, mm, ss, SSS, a, E, MMM, D, Q, VV, XXX and text in single quotes',
    hint: 'Write yyyy instead of YYYY, and dd instead of DD',
  })
}

const number = (value: string, width: number): string =>
  width === 1 ? `CAST(${value} AS VARCHAR)` : `printf('%0${width}d', CAST(${value} AS BIGINT))`

const name = (names: readonly string[], value: string): string => `(${quoteList(names)})[${value}]`

const ZONES: Readonly<Record<string, readonly string[]>> = {
  z: ['UTC', 'UTC', 'UTC', 'Coordinated Universal Time'],
  V: ['', 'UTC'],
  O: ['GMT', '', '', 'GMT'],
  X: ['Z', 'Z', 'Z', 'Z', 'Z'],
  x: ['+00', '+0000', '+00:00', '+0000', '+00:00'],
  Z: ['+0000', '+0000', '+0000', 'GMT', 'Z'],
}

/** SQL of a piece of the text of the timestamp `$1`; undefined for a letter that Spark refuses, too. */
function written({ letter, count, text }: Piece): string | undefined {
  switch (letter) {
    case '':
      return quoteText(text)
    case 'y':
    case 'u':
      return count === 2 ? number('year($1) % 100', 2) : number('year($1)', count)
    case 'M':
    case 'L':
      if (count > 4) return undefined
      return count < 3 ? number('month($1)', count) : name(count === 3 ? short(MONTHS) : MONTHS, 'month($1)')
    case 'd':
      return count > 2 ? undefined : number('day($1)', count)
    case 'D':
      return count > 3 ? undefined : number('dayofyear($1)', count)
    case 'Q':
    case 'q':
      if (count < 3) return number('quarter($1)', count)
      return count === 3 ? "'Q' || CAST(quarter($1) AS VARCHAR)" : undefined
    case 'E':
      return count > 4 ? undefined : name(count < 4 ? short(DAYS) : DAYS, 'isodow($1)')
    case 'a':
      return count > 1 ? undefined : "CASE WHEN hour($1) < 12 THEN 'AM' ELSE 'PM' END"
    case 'G':
      return count > 3 ? undefined : "'AD'"
    case 'H':
      return number('hour($1)', count)
    case 'k':
      return number('(hour($1) + 23) % 24 + 1', count)
    case 'K':
      return number('hour($1) % 12', count)
    case 'h':
      return number('(hour($1) + 11) % 12 + 1', count)
    case 'm':
      return number('minute($1)', count)
    case 's':
      return number('second($1)', count)
    case 'S':
      return count > 9
        ? undefined
        : `left(printf('%06d', CAST(microsecond($1) % 1000000 AS BIGINT)) || '000', ${count})`
    default: {
      const zone = ZONES[letter]?.[count - 1]
      return zone ? quoteText(zone) : undefined
    }
  }
}

/**
 * SQL of the text of the timestamp `$1` by a pattern of Java's DateTimeFormatter, in UTC and English.
 * @throws SchemaError for letters that Spark's patterns do not have: week years, week numbers.
 */
export function formatSql(pattern: string): string {
  const parts = pieces(pattern).map((piece) => written(piece) ?? refuse(pattern, piece, 'written'))
  const text = parts.length === 0 ? "''" : `(${parts.join(' || ')})`
  // What does not depend on the value is null all the same where the value is.
  return text.includes('$1') ? text : `CASE WHEN $1 IS NOT NULL THEN ${text} END`
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Regular expression of a piece of text that is read, with one group where it matters; undefined for other letters. */
function readable(
  { letter, count, text }: Piece,
  adjacent: boolean,
): readonly [part: string, regex: string] | undefined {
  const digits = (part: string, most: number): readonly [string, string] => [
    part,
    count === 1 && !adjacent ? `([0-9]{1,${most}})` : `([0-9]{${count}})`,
  ]
  switch (letter) {
    case '':
      return ['', escaped(text)]
    case 'y':
    case 'u':
      if (count === 2) return ['year2', '([0-9]{2})']
      return ['year', count === 1 ? '([0-9]{1,4})' : `([0-9]{${count}})`]
    case 'M':
    case 'L':
      if (count === 3) return ['shortMonth', `((?i)${short(MONTHS).join('|')})`]
      if (count === 4) return ['month name', `((?i)${MONTHS.join('|')})`]
      return count > 4 ? undefined : digits('month', 2)
    case 'd':
      return count > 2 ? undefined : digits('day', 2)
    case 'H':
      return digits('hour', 2)
    case 'h':
    case 'K':
      return digits('hour12', 2)
    case 'm':
      return digits('minute', 2)
    case 's':
      return digits('second', 2)
    case 'S':
      return ['fraction', `([0-9]{${count}})`]
    case 'a':
      return ['half', '((?i)AM|PM)']
    case 'E':
      return ['', `(?:(?i)${(count < 4 ? short(DAYS) : DAYS).join('|')})`]
    case 'X':
    case 'x':
    case 'Z':
      return ['zone', '(Z|[+-][0-9]{2}(?::?[0-9]{2})?)']
    default:
      return undefined
  }
}

/** How the text of the string `$1` is read: a pattern that it must match, and the SQL of the ISO text of what it says. */
export interface ReadingSql {
  readonly regex: string
  readonly iso: string
}

/** @throws SchemaError for letters that cannot be read. */
export function readingSql(pattern: string): ReadingSql {
  const all = pieces(pattern)
  const parts: string[] = []
  const regexes = all.map((piece, k) => {
    const adjacent = /^[yMdHhmsS]$/.test(all[k + 1]?.letter ?? '') || /^[yMdHhmsS]$/.test(all[k - 1]?.letter ?? '')
    const [part, regex] = readable(piece, adjacent) ?? refuse(pattern, piece, 'read')
    if (part !== '') parts.push(part)
    return regex
  })
  const regex = quoteText(regexes.join(''))
  const group = (part: string): string | undefined => {
    const at = parts.indexOf(part)
    return at < 0 ? undefined : `regexp_extract($1, ${regex}, ${at + 1})`
  }
  const year2 = group('year2')
  const monthName = group('month name') ?? group('shortMonth')
  const hour12 = group('hour12')
  const year = group('year') ? `lpad(${group('year')}, 4, '0')` : year2 ? `'20' || ${year2}` : "'1970'"
  const names = quoteList(short(MONTHS).map((month) => month.toLowerCase()))
  const month = monthName
    ? `CAST(list_position(${names}, lower(left(${monthName}, 3))) AS VARCHAR)`
    : (group('month') ?? "'1'")
  const half = group('half') ? `CASE WHEN upper(${group('half')}) = 'PM' THEN 12 ELSE 0 END` : '0'
  const hour = hour12 ? `CAST(CAST(${hour12} AS INTEGER) % 12 + ${half} AS VARCHAR)` : (group('hour') ?? "'0'")
  const date = `${year} || '-' || ${month} || '-' || ${group('day') ?? "'1'"}`
  const fraction = group('fraction') ? ` || '.' || ${group('fraction')}` : ''
  const time = `${hour} || ':' || ${group('minute') ?? "'0'"} || ':' || ${group('second') ?? "'0'"}${fraction}`
  const zone = group('zone') ? ` || ${group('zone')}` : " || '+00'"
  return { regex, iso: `${date} || ' ' || ${time}${zone}` }
}
