import { type CalendarField, calendarFields } from '../../../util/calendar-fields.js'
import type { TypedCall } from '../typed.js'
import { type Build, type Compute, stop, strict, strictBy } from './cell.js'

export const MICROS_PER_DAY = 86_400_000_000n

export const floorDiv = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b

const calendar = calendarFields()

/** Days since 1970-01-01; undefined for a day that the calendar does not have. */
export function daysOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const days = date.getTime() / 86_400_000
  return calendar.month(days) === month && calendar.dayofmonth(days) === day ? days : undefined
}

const monthsLater = (days: number, months: number): number => {
  const all = calendar.year(days) * 12 + calendar.month(days) - 1 + months
  const [year, month] = [Math.floor(all / 12), (((all % 12) + 12) % 12) + 1]
  return daysOf(year, month, Math.min(calendar.dayofmonth(days), lastDay(year, month)))!
}

/** The last day of a month. */
const lastDay = (year: number, month: number): number =>
  month === 2 ? (daysOf(year, 2, 29) === undefined ? 28 : 29) : [4, 6, 9, 11].includes(month) ? 30 : 31

const two = (value: number): string => String(value).padStart(2, '0')

export const dateText = (days: number): string => {
  const year = calendar.year(days)
  const digits = String(Math.abs(year)).padStart(4, '0')
  const sign = year < 0 ? '-' : year > 9999 ? '+' : ''
  return `${sign}${digits}-${two(calendar.month(days))}-${two(calendar.dayofmonth(days))}`
}

const dayOf = (micros: bigint): number => Number(floorDiv(micros, MICROS_PER_DAY))
const secondOf = (micros: bigint): number =>
  Number(floorDiv(micros, 1_000_000n) - floorDiv(micros, MICROS_PER_DAY) * 86_400n)

export function timestampText(micros: bigint): string {
  const second = secondOf(micros)
  const time = [second / 3600, (second / 60) % 60, second % 60].map((part) => two(Math.floor(part))).join(':')
  const fraction = Number(micros - floorDiv(micros, 1_000_000n) * 1_000_000n)
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
  return `${dateText(dayOf(micros))} ${time}${digits}`
}

const ofDay = (field: CalendarField): Build => strict((days: number) => calendar[field](days, 0))
const ofTime = (field: CalendarField): Build =>
  strict((micros: bigint) => calendar[field](dayOf(micros), secondOf(micros)))

/** The first day of the unit that a day lies in. */
function truncatedDay(unit: string | undefined, days: number): number | undefined {
  const [year, month] = [calendar.year(days), calendar.month(days)]
  switch (unit) {
    case 'YEAR':
    case 'YYYY':
    case 'YY':
      return daysOf(year, 1, 1)
    case 'QUARTER':
      return daysOf(year, month - ((month - 1) % 3), 1)
    case 'MONTH':
    case 'MON':
    case 'MM':
      return daysOf(year, month, 1)
    case 'WEEK':
      return days - calendar.weekday(days)
    default:
      return undefined
  }
}

/** Microseconds of units shorter than a week. */
const SHORT_UNITS: Readonly<Record<string, bigint>> = {
  DAY: MICROS_PER_DAY,
  DD: MICROS_PER_DAY,
  HOUR: 3_600_000_000n,
  MINUTE: 60_000_000n,
  SECOND: 1_000_000n,
  MILLISECOND: 1000n,
  MICROSECOND: 1n,
}

const unitAt = ({ operands }: TypedCall, at: number): string | undefined => {
  const { literal } = operands[at]
  return typeof literal === 'string' ? literal.toUpperCase() : undefined
}

const truncateTime = (call: TypedCall): Compute | undefined => {
  const unit = unitAt(call, 0)
  if (unit === undefined) return undefined
  const micros = SHORT_UNITS[unit]
  return (_, time: bigint) => {
    if (micros !== undefined) return floorDiv(time, micros) * micros
    const day = truncatedDay(unit, dayOf(time))
    return day === undefined ? null : BigInt(day) * MICROS_PER_DAY
  }
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

function nextDay(days: number, day: string): number {
  const word = day.toUpperCase()
  const at = DAYS.findIndex((name, k) => [WEEKDAYS[k], name.slice(0, 3), name].includes(word))
  if (at < 0) return stop('ILLEGAL_DAY_OF_WEEK', `Illegal day of week: ${day}`, "Write 'MO', 'MON' or 'MONDAY'")
  return days + ((((at - calendar.weekday(days) - 1) % 7) + 7) % 7) + 1
}

/** A plain conversion of the first argument, which is there already. */
const first = strict((value: number | bigint) => value)
const alone =
  (build: Build): Build =>
  (args, call) =>
    call.args.length === 1 ? build(args, call) : undefined

const seconds: Build = (args, call) => {
  const [value, pattern] = call.args
  const isPlain = pattern === undefined || value.dataType.kind !== 'string'
  if (!isPlain) return undefined
  const compute: Compute =
    value.dataType.kind === 'date' ? (days: number) => BigInt(days) * 86_400n : (micros: bigint) => micros / 1_000_000n
  return strict(compute)([args[0]], call)
}

/** A date of the years that have four digits, which is what all of its texts can hold. */
const dated = (days: number): number =>
  days >= -719_162 && days <= 2_932_896
    ? days
    : stop('DATETIME_OVERFLOW', `${days} days are no date`, 'Use a smaller number')

const addDays = strict((days: number, count: number | bigint) => dated(days + Number(count)))
const subtractDays = strict((days: number, count: number | bigint) => dated(days - Number(count)))
const addMonths = strict((days: number, months: number) =>
  Math.abs(months) < 120_000 ? dated(monthsLater(days, months)) : dated(Number.NaN),
)
const dateDiff = strict((end: number, start: number) => end - start)

/** Calls of these have a date as an argument: `+` and `-` add days, not numbers. */
export const DAY_ARITHMETIC: Readonly<Record<string, Build>> = { '+': addDays, '-': subtractDays }

/** Functions of dates and timestamps, in UTC. */
export const TIMES: Readonly<Record<string, Build>> = {
  year: ofDay('year'),
  quarter: ofDay('quarter'),
  month: ofDay('month'),
  day: ofDay('dayofmonth'),
  dayofmonth: ofDay('dayofmonth'),
  dayofyear: ofDay('dayofyear'),
  weekofyear: ofDay('weekofyear'),
  dayofweek: ofDay('dayofweek'),
  weekday: ofDay('weekday'),
  hour: ofTime('hour'),
  minute: ofTime('minute'),
  second: ofTime('second'),
  datediff: dateDiff,
  date_diff: dateDiff,
  date_add: addDays,
  dateadd: addDays,
  date_sub: subtractDays,
  add_months: addMonths,
  '+months': (args, call) => (call.dataType.kind === 'date' ? addMonths(args, call) : shiftMonths(args, call)),
  '+days': (args, call) =>
    call.dataType.kind === 'date'
      ? addDays(args, call)
      : strict((micros: bigint, days: number) => micros + BigInt(days) * MICROS_PER_DAY)(args, call),
  '+micros': strict((micros: bigint, more: bigint) => micros + more),
  last_day: strict((days: number) => {
    const [year, month] = [calendar.year(days), calendar.month(days)]
    return daysOf(year, month, lastDay(year, month))!
  }),
  next_day: strict(nextDay),
  to_date: alone(first),
  to_timestamp: alone(first),
  unix_timestamp: seconds,
  to_unix_timestamp: seconds,
  unix_seconds: strict((micros: bigint) => floorDiv(micros, 1_000_000n)),
  unix_millis: strict((micros: bigint) => floorDiv(micros, 1000n)),
  unix_micros: strict((micros: bigint) => micros),
  unix_date: strict((days: number) => days),
  date_from_unix_date: strict(dated),
  date_trunc: strictBy(truncateTime),
  trunc: strictBy((call) => {
    const unit = unitAt(call, 1)
    return unit === undefined ? undefined : (days: number) => truncatedDay(unit, days) ?? null
  }),
  dayname: strict((days: number) => {
    const name = DAYS[calendar.weekday(days)]
    return name[0] + name.slice(1, 3).toLowerCase()
  }),
}

const shiftMonths = strict((micros: bigint, months: number) => {
  const day = floorDiv(micros, MICROS_PER_DAY)
  return BigInt(monthsLater(Number(day), months)) * MICROS_PER_DAY + (micros - day * MICROS_PER_DAY)
})
