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
    if (run !== undefined || /[[\]#{}]/.test(whole)) found.push({ letter: whole[0], count: whole.length, text: '' })
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
      if (count > 4) return undefined
      return count === 3
        ? "'Q' || CAST(quarter($1) AS VARCHAR)"
        : name(['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'], 'quarter($1)')
    case 'E':
      return count > 4 ? undefined : name(count < 4 ? short(DAYS) : DAYS, 'isodow($1)')
    case 'a':
      return count > 1 ? undefined : "CASE WHEN hour($1) < 12 THEN 'AM' WHEN hour($1) >= 12 THEN 'PM' END"
    case 'G':
      return count > 4 ? undefined : count === 4 ? "'Anno Domini'" : "'AD'"
    case 'F':
      return count > 1 ? undefined : number('(day($1) - 1) % 7 + 1', 1)
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
  const parts = pieces(pattern)
    .filter(({ letter }) => letter !== '[' && letter !== ']')
    .map((piece) => written(piece) ?? refuse(pattern, piece, 'written'))
  const text = parts.length === 0 ? "''" : `(${parts.join(' || ')})`
  // What does not depend on the value is null all the same where the value is.
  return text.includes('$1') ? text : `CASE WHEN $1 IS NOT NULL THEN ${text} END`
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Texts of the offset of a zone, by its letters. */
const OFFSETS: Readonly<Record<string, string>> = {
  X: 'Z|[+-][0-9]{2}(?:[0-9]{2})?',
  XX: 'Z|[+-][0-9]{4}',
  XXX: 'Z|[+-][0-9]{2}:[0-9]{2}',
  x: '[+-][0-9]{2}(?:[0-9]{2})?',
  xx: '[+-][0-9]{4}',
  xxx: '[+-][0-9]{2}:[0-9]{2}',
  Z: '[+-][0-9]{4}',
  ZZ: '[+-][0-9]{4}',
  ZZZ: '[+-][0-9]{4}',
}

/** Two digits, of which the first may be missing where the pattern has one letter. */
function digits(part: string, { count }: Piece, adjacent: boolean, tens: string): [string, string] | undefined {
  if (count > 2) return undefined
  return [part, count === 2 ? `(${tens})` : adjacent ? '([0-9])' : `(${tens}|[0-9])`]
}
const MINUTES = '[0-5][0-9]'

/** Regular expression of a piece of text that is read, with one group where it matters; undefined for other letters. */
function readable(piece: Piece, adjacent: boolean): readonly [part: string, regex: string] | undefined {
  const { letter, count, text } = piece
  switch (letter) {
    case '':
      return ['', escaped(text)]
    case '[':
      return ['', '(?:']
    case ']':
      return ['', ')?']
    case 'y':
      if (count === 2) return ['year2', '([0-9]{2})']
      return ['year', count === 1 ? '([0-9]{1,4})' : `([0-9]{${count}})`]
    case 'M':
    case 'L':
      if (count === 3) return ['shortMonth', `((?i)${short(MONTHS).join('|')})`]
      if (count === 4) return ['month name', `((?i)${MONTHS.join('|')})`]
      return digits('month', piece, adjacent, '[0-9]{2}')
    case 'd':
      return digits('day', piece, adjacent, '[0-9]{2}')
    case 'H':
      return digits('hour', piece, adjacent, '(?:[01][0-9]|2[0-3])')
    case 'h':
      return digits('hour12', piece, adjacent, '(?:0[1-9]|1[0-2])')
    case 'K':
      return digits('hour12', piece, adjacent, '(?:0[0-9]|1[01])')
    case 'm':
      return digits('minute', piece, adjacent, MINUTES)
    case 's':
      return digits('second', piece, adjacent, MINUTES)
    case 'S':
      return count > 9 ? undefined : ['fraction', `([0-9]{1,${count}})`]
    case 'a':
      return count > 1 ? undefined : ['half', '((?i)AM|PM)']
    default: {
      const offset = OFFSETS[letter.repeat(count)]
      return offset ? ['zone', `(${offset})`] : undefined
    }
  }
}

const isNumber = (piece: Piece | undefined): boolean => piece !== undefined && /^[yMdHhmsS]$/.test(piece.letter)

/** Java leaves no digits for a fraction that follows a year with nothing but digits between: nothing matches. */
const NOTHING = '([^\\x00-\\x{10FFFF}])'
const followsYear = (all: readonly Piece[], at: number): boolean => {
  for (let k = at - 1; isNumber(all[k]); k--) if (all[k].letter === 'y') return true
  return false
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
    const adjacent = isNumber(all[k + 1]) || isNumber(all[k - 1])
    const [part, regex] = readable(piece, adjacent) ?? refuse(pattern, piece, 'read')
    if (part !== '') parts.push(part)
    return part === 'fraction' && followsYear(all, k) ? NOTHING : regex
  })
  const regex = quoteText(regexes.join(''))
  const optional = all.some(({ letter }) => letter === '[')
  /** What a group says, or what counts where it is not there or its part is left out. */
  const group = (part: string, missing: string): string => {
    const at = parts.indexOf(part)
    if (at < 0) return quoteText(missing)
    const found = `regexp_extract($1, ${regex}, ${at + 1})`
    return optional ? `coalesce(nullif(${found}, ''), ${quoteText(missing)})` : found
  }
  const has = (part: string): boolean => parts.includes(part)
  const year = has('year2') ? `'20' || ${group('year2', '70')}` : `lpad(${group('year', '1970')}, 4, '0')`
  const names = quoteList(short(MONTHS).map((month) => month.toLowerCase()))
  const monthName = has('month name') ? 'month name' : 'shortMonth'
  const month = has(monthName)
    ? `CAST(list_position(${names}, lower(left(${group(monthName, 'jan')}, 3))) AS VARCHAR)`
    : group('month', '1')
  const half = `CASE WHEN upper(${group('half', 'AM')}) = 'PM' THEN 12 ELSE 0 END`
  const hour = has('hour12')
    ? `CAST(CAST(${group('hour12', '0')} AS INTEGER) % 12 + ${half} AS VARCHAR)`
    : group('hour', '0')
  const date = `${year} || '-' || ${month} || '-' || ${group('day', '1')}`
  const fraction = has('fraction') ? ` || '.' || ${group('fraction', '0')}` : ''
  const time = `${hour} || ':' || ${group('minute', '0')} || ':' || ${group('second', '0')}${fraction}`
  return { regex, iso: `${date} || ' ' || ${time} || ${group('zone', '+00')}` }
}
