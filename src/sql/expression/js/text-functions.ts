import { DataError } from '../../../errors.js'
import { shortText } from '../../../util/names.js'
import { BinaryType, BooleanType, DoubleType, IntegerType, LongType, StringType } from '../../types.js'
import { CHARSETS } from './charsets.js'
import { type JsFunction, jsFunction } from './js-function.js'

/** The part before (count > 0) or after (count < 0) so many occurrences of a delimiter. */
function substringIndex(text: string, delimiter: string, count: number): string {
  if (delimiter === '' || count === 0) return ''
  let at = count > 0 ? -delimiter.length : text.length
  for (let left = Math.abs(count); left > 0; left--) {
    at =
      count > 0 ? text.indexOf(delimiter, at + delimiter.length) : at === 0 ? -1 : text.lastIndexOf(delimiter, at - 1)
    if (at < 0) return text
  }
  return count > 0 ? text.slice(0, at) : text.slice(at + delimiter.length)
}

const CODES = '01230127022455012623017202'

/** American Soundex; text that begins with no letter comes back as it is. */
function soundex(text: string): string {
  const upper = text.toUpperCase()
  if (!/^[A-Z]/.test(upper)) return text
  let result = upper[0]
  let last = CODES[upper.charCodeAt(0) - 65]
  for (const letter of upper.slice(1)) {
    const code = /[A-Z]/.test(letter) ? CODES[letter.charCodeAt(0) - 65] : '0'
    // H and W stand between letters of one code without parting them.
    if (code === '7') continue
    if (code !== '0' && code !== last) result += code
    last = code
    if (result.length === 4) break
  }
  return result.padEnd(4, '0')
}

/** Whether the decimal digits after a place are exactly a half. */
function isTie(magnitude: number, places: number): boolean {
  const digits =
    magnitude
      .toFixed(Math.min(100, places + 60))
      .split('.')[1]
      ?.slice(places) ?? ''
  return /^50*$/.test(digits)
}

/** Digits with a number of decimal places, halves to even, as java.text.DecimalFormat rounds. */
function rounded(magnitude: number, places: number): string {
  if (magnitude >= 1e21) {
    // The shortest digits that tell the number, and zeros.
    const [digits, exponent] = magnitude.toExponential().split('e+')
    return digits.replace('.', '').padEnd(Number(exponent) + 1, '0') + (places > 0 ? `.${'0'.repeat(places)}` : '')
  }
  const text = magnitude.toFixed(places)
  if (!isTie(magnitude, places)) return text
  const odd = Number(text.at(-1)) % 2 === 1
  // toFixed takes the larger neighbour of a half; where its last digit is odd, the even one is the one below.
  if (!odd) return text
  const below = (BigInt(text.replace('.', '')) - 1n).toString().padStart(places + 1, '0')
  return places === 0 ? below : `${below.slice(0, -places)}.${below.slice(-places)}`
}

const grouped = (digits: string): string => digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',')

function formatDouble(value: number, places: number): string | null {
  if (places < 0) return null
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return sign + (Number.isFinite(value) ? grouped(rounded(Math.abs(value), places)) : '∞')
}

function formatLong(value: number | bigint, places: number): string | null {
  if (places < 0) return null
  const digits = String(value).replace('-', '')
  return (value < 0 ? '-' : '') + grouped(digits) + (places > 0 ? `.${'0'.repeat(places)}` : '')
}

/** Width and flags of a specifier of java.util.Formatter. */
function padded(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width)
  const zeros = flags.includes('0') && /^[-+ (]?\d/.test(text)
  if (!zeros) return text.padStart(width)
  const sign = /^[-+ (]?/.exec(text)![0]
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

const signed = (negative: boolean, digits: string, flags: string): string => {
  if (negative) return flags.includes('(') ? `(${digits})` : `-${digits}`
  return (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits
}

interface Specifier {
  readonly flags: string
  readonly width: number
  readonly precision: number
  readonly letter: string
}

function specifierOf(text: string): Specifier {
  const [, flags, width, precision, letter] = /^%([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z])$/.exec(text)!
  return { flags, width: Number(width ?? 0), precision: Number(precision ?? -1), letter }
}

function formatText(specifier: string, value: string | null): string {
  const { flags, width, precision, letter } = specifierOf(specifier)
  const whole = value ?? (letter.toLowerCase() === 'b' ? 'false' : 'null')
  const text = precision < 0 ? whole : whole.slice(0, precision)
  return padded(letter === letter.toUpperCase() ? text.toUpperCase() : text, flags.replace('0', ''), width)
}

function formatInteger(specifier: string, value: number | bigint | null, bits: number): string {
  const { flags, width, letter } = specifierOf(specifier)
  if (value === null) return padded(letter === 'X' ? 'NULL' : 'null', flags.replace('0', ''), width)
  const radix = { x: 16, o: 8 }[letter.toLowerCase()]
  if (radix) {
    const digits = BigInt.asUintN(bits, BigInt(value)).toString(radix)
    return padded(letter === 'X' ? digits.toUpperCase() : digits, flags, width)
  }
  const digits = String(value).replace('-', '')
  return padded(signed(value < 0, flags.includes(',') ? grouped(digits) : digits, flags), flags, width)
}

/** Halves away from zero, as java.util.Formatter rounds the shortest decimal text. */
function halfUp(magnitude: number, places: number): string {
  if (magnitude >= 1e21) return rounded(magnitude, places)
  const [digits, exponent] = magnitude.toExponential().split('e')
  const plain = digits.replace('.', '')
  const scale = plain.length - 1 - Number(exponent)
  const shift = places - scale
  const value = BigInt(plain)
  const unit = 10n ** BigInt(Math.abs(shift))
  const scaled = shift >= 0 ? value * unit : (2n * value + unit) / (2n * unit)
  const text = scaled.toString().padStart(places + 1, '0')
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}

function formatFloating(specifier: string, value: number | null): string {
  const { flags, width, precision, letter } = specifierOf(specifier)
  if (value === null) return padded(precision < 0 ? 'null' : 'null'.slice(0, precision), flags.replace('0', ''), width)
  const places = precision < 0 ? 6 : precision
  const magnitude = Math.abs(value)
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : signed(value < 0, 'Infinity', flags)
    return padded(name, flags.replace('0', ''), width)
  }
  let digits = letter.toLowerCase() === 'e' ? scientific(magnitude, places) : halfUp(magnitude, places)
  if (flags.includes(',')) digits = grouped(digits)
  const text = padded(signed(value < 0 || Object.is(value, -0), digits, flags), flags, width)
  return letter === 'E' ? text.toUpperCase() : text
}

function scientific(magnitude: number, places: number): string {
  const [digits, exponent] = magnitude.toExponential().split('e')
  const rounded = halfUp(Number(digits), places)
  // 9.99 may become 10.0.
  const carried = rounded.startsWith('10')
  const power = Number(exponent) + (carried ? 1 : 0)
  const mantissa = carried ? halfUp(1, places) : rounded
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

const MAX = (1n << 64n) - 1n

/** A number in another base, in 64 bits without a sign where the base is positive. */
function conv(text: string, from: number, to: number): string | null {
  if (Math.abs(from) < 2 || Math.abs(from) > 36 || Math.abs(to) < 2 || Math.abs(to) > 36) return null
  const trimmed = text.trim()
  if (trimmed === '') return null
  const negative = trimmed.startsWith('-')
  let value = 0n
  for (const letter of negative ? trimmed.slice(1) : trimmed) {
    const digit = Number.parseInt(letter, 36)
    if (Number.isNaN(digit) || digit >= Math.abs(from)) break
    value = value * BigInt(Math.abs(from)) + BigInt(digit)
    if (value > MAX) throw new DataError(`[ARITHMETIC_OVERFLOW] conv: ${shortText(text)} has more than 64 bits`)
  }
  const bits = BigInt.asUintN(64, negative ? -value : value)
  if (to > 0) return bits.toString(to).toUpperCase()
  return BigInt.asIntN(64, bits).toString(-to).toUpperCase()
}

/** Whether the digits of a text that has nothing else are a number by the algorithm of H. P. Luhn (ISO/IEC 7812-1). */
function luhnCheck(text: string): boolean {
  if (!/^[0-9]+$/.test(text)) return false
  const sum = Array.from(text)
    .reverse()
    .map((digit, k) => Number(digit) * (k % 2 === 0 ? 1 : 2))
    .reduce((all, digit) => all + (digit > 9 ? digit - 9 : digit), 0)
  return sum % 10 === 0
}

/** Number of characters to insert, delete or replace (V. Levenshtein, 1966). */
function levenshtein(from: string, to: string): number {
  const [a, b] = [[...from], [...to]]
  let row = Array.from({ length: b.length + 1 }, (_, k) => k)
  for (const [i, letter] of a.entries()) {
    const next = [i + 1]
    for (const [k, other] of b.entries()) {
      next.push(Math.min(row[k] + Number(letter !== other), row[k + 1] + 1, next[k] + 1))
    }
    row = next
  }
  return row[b.length]
}

const UPPER = /\p{Lu}/u
const LOWER = /\p{Ll}/u

/** Letters and digits replaced by one character each; null keeps a kind of character. */
function mask(
  text: string | null,
  upper: string | null,
  lower: string | null,
  digit: string | null,
  other: string | null,
): string | null {
  if (text === null) return null
  return Array.from(text, (letter) => {
    if (UPPER.test(letter)) return upper ?? letter
    if (LOWER.test(letter)) return lower ?? letter
    return (/\p{Nd}/u.test(letter) ? digit : other) ?? letter
  }).join('')
}

/** Scheme, authority, path, query and fragment (RFC 3986, appendix B). */
const URI = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

function parseUrl(url: string | null, part: string | null, key: string | null): string | null {
  if (url === null || part === null) return null
  if (/[\s<>"{}|\\^`]/.test(url)) throw new DataError(`[INVALID_URL] ${shortText(url)} is no URL`)
  const [, scheme, authority, path, query, fragment] = URI.exec(url)!
  const [, user, host] = /^(?:([^@]*)@)?(.*?)(?::\d*)?$/.exec(authority ?? '')!
  const parts: Readonly<Record<string, string | undefined>> = {
    PROTOCOL: scheme,
    AUTHORITY: authority,
    USERINFO: user,
    HOST: host === '' ? undefined : host,
    PATH: path,
    QUERY: query,
    REF: fragment,
    FILE: query === undefined ? path : `${path}?${query}`,
  }
  const value = parts[part]
  if (key === null) return value ?? null
  if (part !== 'QUERY' || value === undefined) return null
  const found = value.split('&').find((pair) => pair.startsWith(`${key}=`))
  return found === undefined ? null : found.slice(key.length + 1)
}

const urlEncode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw new DataError(`[CANNOT_DECODE_URL] ${shortText(text)} is no encoded text`, { cause })
  }
}

/** Functions of strings that the engine does not have, or not with Spark's result. */
export const TEXT_FUNCTIONS: readonly JsFunction[] = [
  jsFunction('substring_index', [StringType, StringType, IntegerType], StringType, substringIndex),
  jsFunction('soundex', [StringType], StringType, soundex),
  jsFunction('format_double', [DoubleType, IntegerType], StringType, formatDouble),
  jsFunction('format_long', [LongType, IntegerType], StringType, formatLong),
  jsFunction('printf_text', [StringType, StringType], StringType, formatText, true),
  jsFunction('printf_integer', [StringType, LongType, IntegerType], StringType, formatInteger, true),
  jsFunction('printf_floating', [StringType, DoubleType], StringType, formatFloating, true),
  jsFunction('conv', [StringType, IntegerType, IntegerType], StringType, conv),
  jsFunction('luhn_check', [StringType], BooleanType, luhnCheck),
  jsFunction('encode', [StringType, StringType], BinaryType, (text: string, set: string) => CHARSETS[set].encode(text)),
  jsFunction('decode', [BinaryType, StringType], StringType, (bytes: Uint8Array, set: string) =>
    CHARSETS[set].decode(bytes),
  ),
  jsFunction('levenshtein', [StringType, StringType], IntegerType, levenshtein),
  jsFunction('mask', [StringType, StringType, StringType, StringType, StringType], StringType, mask, true),
  jsFunction('parse_url', [StringType, StringType, StringType], StringType, parseUrl, true),
  jsFunction('url_encode', [StringType], StringType, urlEncode),
  jsFunction('url_decode', [StringType], StringType, urlDecode),
]
