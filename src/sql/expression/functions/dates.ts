import type { Column } from '../column.js'
import { type ColumnOrName, call, lit, type Operand } from './base.js'

/** Year. */
export const year = (column: ColumnOrName): Column => call('year', column)

/** Quarter of the year, 1 to 4. */
export const quarter = (column: ColumnOrName): Column => call('quarter', column)

/** Month, 1 to 12. */
export const month = (column: ColumnOrName): Column => call('month', column)

/** Day of the month, 1 to 31. */
export const dayofmonth = (column: ColumnOrName): Column => call('dayofmonth', column)

/** Day of the week: 1 is Sunday, 7 is Saturday. */
export const dayofweek = (column: ColumnOrName): Column => call('dayofweek', column)

/** Day of the week: 0 is Monday, 6 is Sunday. */
export const weekday = (column: ColumnOrName): Column => call('weekday', column)

/** Day of the year, 1 to 366. */
export const dayofyear = (column: ColumnOrName): Column => call('dayofyear', column)

/** ISO week of the year, 1 to 53. */
export const weekofyear = (column: ColumnOrName): Column => call('weekofyear', column)

/** Hour, 0 to 23. */
export const hour = (column: ColumnOrName): Column => call('hour', column)

/** Minute, 0 to 59. */
export const minute = (column: ColumnOrName): Column => call('minute', column)

/** Second, 0 to 59. */
export const second = (column: ColumnOrName): Column => call('second', column)

const formatted = (name: string, column: ColumnOrName, format: string | undefined): Column =>
  format === undefined ? call(name, column) : call(name, column, lit(format))

/** As a date, by a pattern if given (`dd/MM/yyyy`); text that is no date is an error. */
export const to_date = (column: ColumnOrName, format?: string): Column => formatted('to_date', column, format)

/** As a timestamp, by a pattern if given; text that is no timestamp is an error. */
export const to_timestamp = (column: ColumnOrName, format?: string): Column => formatted('to_timestamp', column, format)

/** {@link to_timestamp} that gives null for a text that is none. */
export const try_to_timestamp = (column: ColumnOrName, format?: string): Column =>
  formatted('try_to_timestamp', column, format)

/** Text of a date or timestamp by a pattern of Java's DateTimeFormatter, in English: `date_format('ts', 'yyyy-MM-dd')`. */
export const date_format = (column: ColumnOrName, format: string): Column => call('date_format', column, lit(format))

/** Text of a time in seconds since 1970-01-01. */
export const from_unixtime = (column: ColumnOrName, format = 'yyyy-MM-dd HH:mm:ss'): Column =>
  call('from_unixtime', column, lit(format))

/** Last day of the month. */
export const last_day = (column: ColumnOrName): Column => call('last_day', column)

/** Seconds since 1970-01-01 of a timestamp, a date, or a text in a pattern. */
export const unix_timestamp = (column: ColumnOrName, format = 'yyyy-MM-dd HH:mm:ss'): Column =>
  call('unix_timestamp', column, lit(format))

/** Number of days from `start` to `end`. */
export const datediff = (end: ColumnOrName, start: ColumnOrName): Column => call('datediff', end, start)

/** The date some days later. */
export const date_add = (column: ColumnOrName, days: Column | number): Column => call('date_add', column, days)

/** The date some days earlier. */
export const date_sub = (column: ColumnOrName, days: Column | number): Column => call('date_sub', column, days)

/** The date some months later, at the last day of the month where the day does not exist. */
export const add_months = (column: ColumnOrName, months: Column | number): Column => call('add_months', column, months)

/** The date of the query, in UTC. */
export const current_date = (): Column => call('current_date')

/** The time of the query. */
export const current_timestamp = (): Column => call('current_timestamp')

/** Same as {@link current_timestamp}. */
export const now = (): Column => call('now')

/** Name of the day, in three letters. */
export const dayname = (column: ColumnOrName): Column => call('dayname', column)

/** Name of the month, in three letters. */
export const monthname = (column: ColumnOrName): Column => call('monthname', column)

/** A field of a date or timestamp: `extract('YEAR', 'day')`. */
export const extract = (field: string, column: ColumnOrName): Column => call('extract', lit(field), column)

/** Same as {@link extract}. */
export const date_part = (field: string, column: ColumnOrName): Column => call('date_part', lit(field), column)

/** The start of the year, quarter, month, week, day, hour, minute, second … of a timestamp; null for other units. */
export const date_trunc = (unit: string, column: ColumnOrName): Column => call('date_trunc', lit(unit), column)

/** The start of the year, quarter, month or week of a date; null for other units. */
export const trunc = (column: ColumnOrName, unit: string): Column => call('trunc', column, lit(unit))

/** Months from `start` to `end`; days count as 31st parts, rounded to 8 places unless told otherwise. */
export const months_between = (end: ColumnOrName, start: ColumnOrName, roundOff = true): Column =>
  call('months_between', end, start, lit(roundOff))

/** The next date after a date that is a day of the week, such as `Mon`. */
export const next_day = (column: ColumnOrName, day: string): Column => call('next_day', column, lit(day))

/** Date of a year, a month and a day. */
export const make_date = (year: Operand, month: Operand, day: Operand): Column => call('make_date', year, month, day)

/** Timestamp of its parts, in UTC. */
export const make_timestamp = (
  years: Operand,
  months: Operand,
  days: Operand,
  hours: Operand,
  mins: Operand,
  secs: Operand,
): Column => call('make_timestamp', years, months, days, hours, mins, secs)

/** A time that is given in UTC, as the time of day in a zone. */
export const from_utc_timestamp = (column: ColumnOrName, zone: string): Column =>
  call('from_utc_timestamp', column, lit(zone))

/** A time of day in a zone, as the time in UTC. */
export const to_utc_timestamp = (column: ColumnOrName, zone: string): Column =>
  call('to_utc_timestamp', column, lit(zone))

/** Timestamp of seconds since 1970-01-01. */
export const timestamp_seconds = (column: ColumnOrName): Column => call('timestamp_seconds', column)

/** Timestamp of milliseconds since 1970-01-01. */
export const timestamp_millis = (column: ColumnOrName): Column => call('timestamp_millis', column)

/** Timestamp of microseconds since 1970-01-01. */
export const timestamp_micros = (column: ColumnOrName): Column => call('timestamp_micros', column)

/** Whole seconds since 1970-01-01. */
export const unix_seconds = (column: ColumnOrName): Column => call('unix_seconds', column)

/** Whole milliseconds since 1970-01-01. */
export const unix_millis = (column: ColumnOrName): Column => call('unix_millis', column)

/** Microseconds since 1970-01-01. */
export const unix_micros = (column: ColumnOrName): Column => call('unix_micros', column)

/** Days since 1970-01-01. */
export const unix_date = (column: ColumnOrName): Column => call('unix_date', column)

/** Date of days since 1970-01-01. */
export const date_from_unix_date = (column: ColumnOrName): Column => call('date_from_unix_date', column)

/** Same as {@link dayofmonth}. */
export const day = (column: ColumnOrName): Column => call('day', column)

/** Same as {@link datediff}. */
export const date_diff = (end: ColumnOrName, start: ColumnOrName): Column => call('date_diff', end, start)

/** Same as {@link date_add}. */
export const dateadd = (column: ColumnOrName, days: Column | number): Column => call('dateadd', column, days)

/** Same as {@link extract}. */
export const datepart = (field: string, column: ColumnOrName): Column => call('datepart', lit(field), column)

/** Same as {@link unix_timestamp}. */
export const to_unix_timestamp = (column: ColumnOrName, format = 'yyyy-MM-dd HH:mm:ss'): Column =>
  call('to_unix_timestamp', column, lit(format))

/** Same as {@link current_date}. */
export const curdate = (): Column => call('curdate')

/** The time zone of the session: UTC. */
export const current_timezone = (): Column => call('current_timezone')

/** A timestamp some units later: `timestamp_add('HOUR', 3, 'ts')`. */
export const timestamp_add = (unit: string, quantity: Operand, column: ColumnOrName): Column =>
  call('timestampadd', lit(unit), quantity, column)

/** Whole units from a start to an end: `timestamp_diff('HOUR', 'start', 'end')`. */
export const timestamp_diff = (unit: string, start: ColumnOrName, end: ColumnOrName): Column =>
  call('timestampdiff', lit(unit), start, end)

/**
 * The window of time that a timestamp lies in, a struct of `start` and `end`, for `groupBy`: `window('ts', '10 minutes')`. With a slide
 * windows overlap, and a row comes once for each; rows without a time are left out.
 * @param start where windows begin, counted from 1970-01-01.
 */
export const window = (column: ColumnOrName, duration: string, slide?: string, start?: string): Column =>
  call('window', column, lit(duration), ...(slide === undefined ? [] : [lit(slide), lit(start ?? '0 seconds')]))
