import { groupOf, type Pattern, patternOf, replaceMatches } from '../regex.js'
import { type Build, type Compute, remembered, stop, strict, strictBy } from './cell.js'

/** Texts count in code points; nearly all have one of 16 bits each. */
const SURROGATE = /[\ud800-\udfff]/

const lengthOf = (text: string): number => (SURROGATE.test(text) ? Array.from(text).length : text.length)
const slice = (text: string, start: number, end: number): string =>
  SURROGATE.test(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end)

/** From a 1-based position, counted from the end where negative; what lies before the start takes part of the length. */
function substring(text: string, position: number, length: number): string {
  if (length <= 0) return ''
  const size = lengthOf(text)
  const start = position > 0 ? position - 1 : position === 0 ? 0 : size + position
  return slice(text, Math.max(0, start), Math.max(0, start + length))
}

const stripped = (text: string, characters: string, atStart: boolean, atEnd: boolean): string => {
  const known = new Set(characters)
  const letters = Array.from(text)
  let [start, end] = [0, letters.length]
  while (atStart && start < end && known.has(letters[start])) start++
  while (atEnd && end > start && known.has(letters[end - 1])) end--
  return letters.slice(start, end).join('')
}

/** Characters come first where they are given. */
const trim = (atStart: boolean, atEnd: boolean): Build =>
  strictBy(({ args }) =>
    args.length === 1
      ? (text: string) => stripped(text, ' ', atStart, atEnd)
      : (characters: string, text: string) => stripped(text, characters, atStart, atEnd),
  )

const pad = (atStart: boolean): Build =>
  strict((text: string, length: number, by: string) => {
    const missing = length - lengthOf(text)
    if (missing <= 0 || by === '') return slice(text, 0, Math.max(0, length))
    const filling = slice(by.repeat(Math.ceil(missing / lengthOf(by))), 0, missing)
    return atStart ? filling + text : text + filling
  })

function translate(text: string, from: string, to: string): string {
  const [letters, others] = [Array.from(from), Array.from(to)]
  return Array.from(text, (letter) => {
    const at = letters.indexOf(letter)
    return at < 0 ? letter : (others[at] ?? '')
  }).join('')
}

const initcap = (text: string): string =>
  text
    .toLowerCase()
    .split(' ')
    .map((word) => slice(word, 0, 1).toUpperCase() + slice(word, 1, Number.POSITIVE_INFINITY))
    .join(' ')

/** Most letters of a text. */
const MOST = 2 ** 29

const repeated = (text: string, count: number): string =>
  text.length * count < MOST
    ? text.repeat(Math.max(0, count))
    : stop('COLLECTION_SIZE_LIMIT_EXCEEDED', `${count} times a text of ${text.length} letters`, 'Repeat it less often')

/** 1-based place of a text in another one, from a place on; 0 where it is not there. */
function locate(part: string, text: string, position: number): number {
  if (position < 1) return 0
  if (part === '') return 1
  const before = slice(text, 0, position - 1).length
  const at = text.indexOf(part, before)
  return at < 0 ? 0 : lengthOf(text.slice(0, at)) + 1
}

/** Without a place to start from, nothing is found. */
const locateFrom: Build = (args, call) => {
  const find = strict(locate)(args, call)!
  return (cells) => (args[2](cells) === null ? 0 : find(cells))
}

/** Uses a pattern, which is translated once where it does not change. */
// biome-ignore lint/suspicious/noExplicitAny: the table of functions has checked the types
const byPattern = (use: (pattern: Pattern, text: string, ...rest: any[]) => string | boolean): Build =>
  strictBy(() => {
    const find = remembered(patternOf)
    return (text: string, pattern: string, ...rest: unknown[]) => {
      const known = find(pattern)
      known.regex.lastIndex = 0
      return use(known, text, ...rest)
    }
  })

const replaceAll = (pattern: Pattern, text: string, by: string, position: number): string =>
  replaceMatches(pattern, text, by, slice(text, 0, position - 1).length)

function extract(pattern: Pattern, text: string, group: number): string {
  const match = pattern.regex.exec(text)
  return match ? groupOf(match, pattern, group) : ''
}

const isMatch = byPattern(({ regex }, text) => regex.test(text))

const upper = strict((text: string) => text.toUpperCase())
const lower = strict((text: string) => text.toLowerCase())
const length = strictBy(({ args: [{ dataType }] }) => (dataType.kind === 'string' ? lengthOf : undefined))
const part = strictBy(() => substring as Compute)

/** Functions of texts. Lengths and positions are in code points, from 1. */
export const TEXTS: Readonly<Record<string, Build>> = {
  upper,
  ucase: upper,
  lower,
  lcase: lower,
  length,
  len: length,
  char_length: length,
  character_length: length,
  trim: trim(true, true),
  ltrim: trim(true, false),
  rtrim: trim(false, true),
  btrim: strict((text: string, characters = ' ') => stripped(text, characters, true, true)),
  reverse: strict((text: string) => Array.from(text).reverse().join('')),
  initcap: strict(initcap),
  concat: strict((...texts: string[]) => texts.join('')),
  '||': strict((a: string, b: string) => a + b),
  concat_ws:
    ([separator, ...args]) =>
    (cells) => {
      const between = separator(cells)
      if (between === null) return null
      return args
        .map((arg) => arg(cells))
        .filter((text) => text !== null)
        .join(between as string)
    },
  substring: part,
  substr: part,
  left: strict((text: string, count: number) => slice(text, 0, Math.max(0, count))),
  right: strict((text: string, count: number) =>
    count <= 0 ? '' : slice(text, Math.max(0, lengthOf(text) - count), Number.POSITIVE_INFINITY),
  ),
  replace: strict((text: string, search: string, by: string) =>
    search === '' ? text : text.replaceAll(search, () => by),
  ),
  translate: strict(translate),
  repeat: strict(repeated),
  space: strict((count: number) => ' '.repeat(Math.max(0, count))),
  lpad: pad(true),
  rpad: pad(false),
  instr: strict((text: string, search: string) => locate(search, text, 1)),
  locate: locateFrom,
  position: locateFrom,
  ascii: strict((text: string) => text.codePointAt(0) ?? 0),
  startswith: strict((text: string, start: string) => text.startsWith(start)),
  endswith: strict((text: string, end: string) => text.endsWith(end)),
  contains: strict((text: string, search: string) => text.includes(search)),
  rlike: isMatch,
  regexp: isMatch,
  regexp_like: isMatch,
  regexp_replace: byPattern(replaceAll),
  regexp_extract: byPattern(extract),
}
