import { daysOf } from './rows/times.js'
import { utcOf, zoneOffset } from './time-zone.js'

const DATE = /^([+-]?)(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s
const TIME = '(\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d*))? *(\\S*))?)?'
const TIMESTAMP = new RegExp(`^([+-]?)(\\d{4,6})(?:-(\\d{1,2})(?:-(\\d{1,2})(?:[ T]${TIME})?)?)?$`)
const TIME_OF_TODAY = new RegExp(`^(?:T(?=\\d)|(?=\\d+:))${TIME}$`)

/** Without the white space and control characters at both ends that Spark leaves out. */
export const trimmed = (text: string): string => {
  let [start, end] = [0, text.length]
  const blank = (at: number): boolean => text.charCodeAt(at) <= 32 || text.charCodeAt(at) === 127
  while (start < end && blank(start)) start++
  while (end > start && blank(end - 1)) end--
  return text.slice(start, end)
}

const yearOf = (sign: string, digits: string): number => (sign === '-' ? -Number(digits) : Number(digits))

/** Days since 1970 of a text that Spark casts to a date: a year, a month or a day, and anything after a blank or T. */
export function dateOfText(text: string): number | undefined {
  const [, sign, year, month = '1', day = '1'] = DATE.exec(trimmed(text)) ?? []
  return year === undefined ? undefined : daysOf(yearOf(sign, year), Number(month), Number(day))
}

/** Largest microseconds of 64 bits, in seconds. */
const MOST_SECONDS = 9_223_372_036_854

/**
 * Microseconds since 1970 of a text that Spark casts to a timestamp: a date or the beginning of one, a time with up to nine digits
 * of a second, and a zone; UTC without. A time alone is one of today.
 */
export function timestampOfText(given: string): bigint | undefined {
  const text = trimmed(given)
  const match = TIMESTAMP.exec(text)
  const alone = match ? null : TIME_OF_TODAY.exec(text)
  if (!match && !alone) return undefined
  const [sign, year, month = '1', day = '1'] = match?.slice(1) ?? []
  const [hour = '0', minute = '0', second = '0', fraction = '', zone = ''] = match?.slice(5) ?? alone!.slice(1)
  if (alone && alone[2] === undefined && !text.startsWith('T')) return undefined
  const days = match ? daysOf(yearOf(sign, year), Number(month), Number(day)) : Math.floor(Date.now() / 86_400_000)
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (fraction.length > 9) return undefined
  const offset = zoneOffset(zone === '' ? 'UTC' : zone)
  if (!offset) return undefined
  const seconds = utcOf(days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second), offset)
  if (Math.abs(seconds) > MOST_SECONDS) return undefined
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}
