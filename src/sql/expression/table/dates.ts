import { SchemaError, UnsupportedError } from '../../../errors.js'
import { knownNames } from '../../../util/names.js'
import { ArrayType, StringType, StructField, StructType, TimestampType } from '../../types.js'
import { castSql } from '../casts.js'
import { isIntegral } from '../coercion.js'
import { formatSql, readingSql } from '../date-pattern.js'
import { raise } from '../sql-text.js'
import { zoneOffset } from '../time-zone.js'
import { type Operand, type RowText, scalars } from './row.js'

/** A part of a date, as Spark's int; DuckDB counts in bigint. */
const part = (name: string, sql: string, takes = 'DATE'): RowText => ({
  name,
  takes,
  gives: 'INT',
  sql: `CAST(${sql} AS INTEGER)`,
})

const shift = (name: string, sign: string, title?: string): RowText => ({
  name,
  takes: 'DATE, INTEGRAL|VOID',
  gives: 'DATE',
  sql: `($1 ${sign} CAST($2 AS INTEGER))`,
  title,
})

const DEFAULT = 'yyyy-MM-dd HH:mm:ss'

/** Words of `date_trunc` and `extract`, in the engine's own. */
const UNITS: Readonly<Record<string, string>> = {
  YEAR: 'year',
  YYYY: 'year',
  YY: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  MON: 'month',
  MM: 'month',
  WEEK: 'week',
  DAY: 'day',
  DD: 'day',
  HOUR: 'hour',
  MINUTE: 'minute',
  SECOND: 'second',
  MILLISECOND: 'millisecond',
  MICROSECOND: 'microsecond',
}
const DATE_UNITS = /^(YEAR|YYYY|YY|QUARTER|MONTH|MON|MM|WEEK)$/

const unitOf = (operand: Operand, what: string): string => {
  if (typeof operand.literal === 'string') return operand.literal.toUpperCase()
  throw new UnsupportedError(`${what} with a computed unit`, { hint: "Give the unit as a literal, such as 'MONTH'" })
}

const patternOf = ({ literal, title }: Operand): string => {
  if (typeof literal === 'string') return literal
  throw new UnsupportedError(`the computed pattern ${title}`, { hint: "Give it as a literal, such as 'yyyy-MM-dd'" })
}

const truncate = (unit: string | undefined, type: string): string =>
  unit === undefined ? `CAST(NULL AS ${type})` : `CAST(date_trunc('${unit}', $1) AS ${type})`

/** Fields of `extract`, each as a function of this table. */
const FIELDS: Readonly<Record<string, string>> = {
  YEAR: 'year($1)',
  YEAROFWEEK: 'isoyear($1)',
  QUARTER: 'quarter($1)',
  MONTH: 'month($1)',
  WEEK: 'weekofyear($1)',
  DAY: 'day($1)',
  DAYOFWEEK: 'dayofweek($1) + 1',
  DOW: 'dayofweek($1) + 1',
  DAYOFWEEK_ISO: 'isodow($1)',
  DOW_ISO: 'isodow($1)',
  DOY: 'dayofyear($1)',
  HOUR: 'hour($1)',
  MINUTE: 'minute($1)',
}

const field = (name: string, title: string): RowText => ({
  name,
  takes: 'STRING, TIMESTAMP',
  gives: 'INT',
  nullable: ([, value]) => value.nullable,
  sql: ([unit]) => {
    const word = unitOf(unit, name)
    const sql = FIELDS[word]
    if (sql) return `CAST(${sql.replace('$1', '$2')} AS INTEGER)`
    throw new SchemaError(`${name} does not know the field ${word}`, {
      allowed: knownNames('fields', word, Object.keys(FIELDS)),
      hint: word === 'SECOND' ? 'Use second()' : undefined,
    })
  },
  title,
})

const CANNOT_PARSE = raise(
  'CANNOT_PARSE_TIMESTAMP',
  'A text does not match the pattern. Use try_to_timestamp to receive null.',
)

const UNKNOWN_ZONE = raise('INVALID_TIMEZONE', 'There is no such time zone.')

/** Reads a string by a pattern; what does not match, and days that do not exist, are errors. */
const read = (pattern: string, type: string, safe = false): string => {
  const { regex, iso } = readingSql(pattern)
  const time = `${safe ? 'TRY_CAST' : 'CAST'}(${iso} AS TIMESTAMP WITH TIME ZONE)`
  return `CASE WHEN $1 IS NULL THEN NULL WHEN NOT regexp_full_match($1, ${regex}) THEN ${safe ? 'NULL' : CANNOT_PARSE} ELSE CAST(${time} AS ${type}) END`
}

const reading = (name: string, gives: 'DATE' | 'TIMESTAMP', type: string): RowText[] => [
  { name, takes: gives, gives, sql: '$1' },
  // A value that is no text has no pattern to be read by.
  { name, takes: 'DATE!|TIMESTAMP!, STRING', gives, sql: `CAST($1 AS ${type})` },
  { name, takes: 'STRING, STRING', gives, sql: ([, pattern]) => read(patternOf(pattern), type) },
]

const TIMESTAMP = 'TIMESTAMP WITH TIME ZONE'

/** Seconds of a date, a timestamp without its fraction, or a text in a pattern. */
const seconds = ([value, pattern]: readonly Operand[]): string => {
  if (value.dataType.kind === 'string') return `CAST(floor(epoch(${read(patternOf(pattern), TIMESTAMP)})) AS BIGINT)`
  return 'CAST(trunc(epoch($1)) AS BIGINT)'
}

const unix = (name: string): RowText => ({
  name,
  takes: `DATE!|TIMESTAMP!|STRING, STRING="${DEFAULT}"`,
  gives: 'LONG',
  sql: seconds,
})

const format = (name: string, takes: string, value: string): RowText => ({
  name,
  takes,
  gives: 'STRING',
  nullable: name === 'from_unixtime' ? 'always' : 'any',
  sql: ([, pattern]) => formatSql(patternOf(pattern)).replaceAll('$1', value),
})

const count = (name: string, sql: string, gives: RowText['gives'] = 'LONG', takes = 'TIMESTAMP'): RowText => ({
  name,
  takes,
  gives,
  sql,
})

/** Whole months where both are the same day or both the last one; else the rest in months of 31 days. */
const MONTHS_BETWEEN =
  'CASE WHEN day($1) = day($2) OR (day($1) = day(last_day($1)) AND day($2) = day(last_day($2))) THEN CAST(#m AS DOUBLE) ' +
  'ELSE #m + ((day($1) - day($2)) * 86400 + #s($1) - #s($2)) / 2678400 END'
const monthsBetween = MONTHS_BETWEEN.replaceAll('#m', '((year($1) - year($2)) * 12 + month($1) - month($2))').replace(
  /#s\((\$\d)\)/g,
  "date_diff('second', date_trunc('day', $1), $1)",
)

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const WEEKDAY_NAMES = [
  'MON',
  'TUE',
  'WED',
  'THU',
  'FRI',
  'SAT',
  'SUN',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
]

const nextDay = ([, day]: readonly Operand[]): string => {
  const word = unitOf(day, 'next_day')
  const at = WEEKDAYS.indexOf(word) >= 0 ? WEEKDAYS.indexOf(word) : WEEKDAY_NAMES.indexOf(word) % 7
  const next = `CAST($1 + CAST((${at + 1} - isodow($1) + 6) % 7 + 1 AS INTEGER) AS DATE)`
  return at < 0
    ? `CASE WHEN $1 IS NOT NULL THEN ${raise('ILLEGAL_DAY_OF_WEEK', `Illegal day of week: ${word}.`)} END`
    : next
}

/** Later, or earlier, by what a zone is ahead of UTC; a zone that does not exist is an error. */
const zoned = (name: string, sign: '+' | '-', offset: string): RowText => ({
  name,
  takes: 'TIMESTAMP, STRING',
  gives: 'TIMESTAMP',
  sql: ([, { literal, title }]) => {
    if (typeof literal === 'string' && !zoneOffset(literal)) {
      throw new SchemaError(`there is no time zone ${title}`, { hint: "Write 'Europe/Paris', 'UTC' or '+01:00'" })
    }
    const seconds = `to_seconds(coalesce(js_${offset}(epoch($1), $2), ${UNKNOWN_ZONE}))`
    return `CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN $1 ${sign} ${seconds} END`
  },
})

const SHORT_DAYS = "['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']"
const SHORT_MONTHS = "['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']"

/** Units of `timestampadd` and `timestampdiff`: months, or microseconds. */
const SPANS: Readonly<Record<string, readonly [months: number, micros: number]>> = {
  YEAR: [12, 0],
  QUARTER: [3, 0],
  MONTH: [1, 0],
  WEEK: [0, 604_800_000_000],
  DAY: [0, 86_400_000_000],
  DAYOFYEAR: [0, 86_400_000_000],
  HOUR: [0, 3_600_000_000],
  MINUTE: [0, 60_000_000],
  SECOND: [0, 1_000_000],
  MILLISECOND: [0, 1000],
  MICROSECOND: [0, 1],
}

const spanOf = (operand: Operand, name: string): readonly [months: number, micros: number] => {
  const word = unitOf(operand, name)
  const span = SPANS[word]
  if (span) return span
  throw new SchemaError(`${name} does not know the unit ${word}`, {
    allowed: knownNames('units', word, Object.keys(SPANS)),
  })
}

/** Months from the start to the end that are over, counted toward zero. */
const WHOLE_MONTHS = '((year($3) - year($2)) * 12 + month($3) - month($2))'
const inMonth = (value: string): string =>
  `(day(${value}) * 86400000000 + epoch_us(${value}) - epoch_us(date_trunc('day', ${value})))`
const monthsOver =
  `(${WHOLE_MONTHS} - CASE WHEN ${WHOLE_MONTHS} > 0 AND ${inMonth('$3')} < ${inMonth('$2')} THEN 1 ` +
  `WHEN ${WHOLE_MONTHS} < 0 AND ${inMonth('$3')} > ${inMonth('$2')} THEN -1 ELSE 0 END)`

/** The windows of `window(ts, duration, slide, start)`, all in microseconds, that hold a time: later ones first. */
const timeWindows = ([, duration, slide]: readonly Operand[]): string => {
  const [length, step] = [BigInt(duration.literal as bigint), BigInt(slide.literal as bigint)]
  const last = 'epoch_us($1) - ((epoch_us($1) - $4) % $3 + $3) % $3'
  const start = `${last} - "'i" * $3`
  const pair = `struct_pack("start" := make_timestamptz(${start}), "end" := make_timestamptz(${start} + $2))`
  const all = `list_transform(range(${(length + step - 1n) / step}), lambda "'i": ${pair})`
  const some = length % step === 0n ? all : `list_filter(${all}, lambda "'w": $1 < "'w"."end")`
  return `CASE WHEN $1 IS NOT NULL THEN ${some} END`
}

const WINDOW = StructType([StructField('start', TimestampType), StructField('end', TimestampType)])

const UNIT_FUNCTIONS: readonly RowText[] = [
  {
    name: '+windows',
    takes: 'TIMESTAMP, LONG, LONG, LONG',
    gives: () => ArrayType(WINDOW, false),
    sql: timeWindows,
  },
  {
    name: 'window',
    takes: 'TIMESTAMP, STRING, STRING=null, STRING="0 seconds"',
    gives: () => WINDOW,
    nullable: 'never',
    sql: () => {
      throw new UnsupportedError('window in this place', {
        hint: 'Put it in a column first: withColumn, then use the column; in SQL name it in SELECT or GROUP BY',
      })
    },
    title: 'window',
  },
  {
    name: 'timestampadd',
    takes: 'STRING, INT, TIMESTAMP',
    gives: 'TIMESTAMP',
    sql: ([unit]) => {
      const [months, micros] = spanOf(unit, 'timestampadd')
      return months > 0 ? `($3 + to_months($2 * ${months}))` : `($3 + to_microseconds($2 * CAST(${micros} AS BIGINT)))`
    },
  },
  {
    name: 'timestampdiff',
    takes: 'STRING, TIMESTAMP, TIMESTAMP',
    gives: 'LONG',
    sql: ([unit]) => {
      const [months, micros] = spanOf(unit, 'timestampdiff')
      // Whole numbers are divided toward zero.
      return months > 0 ? `(${monthsOver} // ${months})` : `((epoch_us($3) - epoch_us($2)) // ${micros})`
    },
  },
]

/** Functions of dates and timestamps, in the session's time zone, which is UTC. */
export const DATES = scalars([
  part('year', 'year($1)'),
  part('quarter', 'quarter($1)'),
  part('month', 'month($1)'),
  part('day|dayofmonth', 'day($1)'),
  part('dayofyear', 'dayofyear($1)'),
  part('weekofyear', 'weekofyear($1)'),
  part('dayofweek', 'dayofweek($1) + 1'),
  part('weekday', 'isodow($1) - 1'),
  part('hour', 'hour($1)', 'TIMESTAMP'),
  part('minute', 'minute($1)', 'TIMESTAMP'),
  part('second', 'second($1)', 'TIMESTAMP'),
  field('extract', 'extract($1 FROM $2)'),
  field('date_part', 'date_part($1, $2)'),
  field('datepart', 'datepart($1 FROM $2)'),
  { name: 'dayname', takes: 'DATE', gives: 'STRING', sql: `(${SHORT_DAYS})[isodow($1)]` },
  { name: 'monthname', takes: 'DATE', gives: 'STRING', sql: `(${SHORT_MONTHS})[month($1)]` },
  {
    name: 'current_date|curdate',
    takes: '',
    gives: 'DATE',
    nullable: 'never',
    sql: 'CAST(now() AS DATE)',
    title: 'current_date()',
  },
  { name: 'current_timestamp', takes: '', gives: 'TIMESTAMP', nullable: 'never', sql: 'now()' },
  { name: 'now', takes: '', gives: 'TIMESTAMP', nullable: 'never', sql: 'now()' },
  { name: 'current_timezone', takes: '', gives: 'STRING', nullable: 'never', sql: "'UTC'" },
  ...reading('to_date', 'DATE', 'DATE'),
  ...reading('to_timestamp', 'TIMESTAMP', TIMESTAMP),
  { name: 'try_to_timestamp', takes: 'TIMESTAMP!', gives: 'TIMESTAMP', nullable: 'always', sql: '$1' },
  {
    name: 'try_to_timestamp',
    takes: 'STRING',
    gives: 'TIMESTAMP',
    nullable: 'always',
    sql: castSql(StringType, TimestampType, true),
  },
  {
    name: 'try_to_timestamp',
    takes: 'STRING, STRING',
    gives: 'TIMESTAMP',
    nullable: 'always',
    sql: ([, pattern]) => read(patternOf(pattern), TIMESTAMP, true),
  },
  format('date_format', 'TIMESTAMP, STRING', '$1'),
  format('from_unixtime', `LONG, STRING="${DEFAULT}"`, 'to_timestamp($1)'),
  unix('unix_timestamp'),
  unix('to_unix_timestamp'),
  part('datediff|date_diff', "date_diff('day', $2, $1)", 'DATE, DATE'),
  shift('date_add', '+'),
  shift('dateadd', '+', 'date_add($1, $2)'),
  shift('date_sub', '-'),
  { name: 'last_day', takes: 'DATE', gives: 'DATE', sql: 'last_day($1)' },
  { name: 'add_months', takes: 'DATE, INT', gives: 'DATE', sql: 'CAST($1 + to_months($2) AS DATE)' },
  { name: '+months', takes: 'DATE!, INT', gives: 'DATE', sql: 'CAST($1 + to_months($2) AS DATE)' },
  { name: '+months', takes: 'TIMESTAMP, INT', gives: 'TIMESTAMP', sql: '($1 + to_months($2))' },
  { name: '+days', takes: 'DATE!, INT', gives: 'DATE', sql: '($1 + $2)' },
  { name: '+days', takes: 'TIMESTAMP, INT', gives: 'TIMESTAMP', sql: '($1 + to_days($2))' },
  { name: '+micros', takes: 'TIMESTAMP, LONG', gives: 'TIMESTAMP', sql: '($1 + to_microseconds($2))' },
  {
    name: 'months_between',
    takes: 'TIMESTAMP, TIMESTAMP, BOOLEAN=true',
    gives: 'DOUBLE',
    sql: ([, , round]) => (round.literal === false ? monthsBetween : `round(${monthsBetween}, 8)`),
  },
  { name: 'next_day', takes: 'DATE, STRING', gives: 'DATE', nullable: 'always', sql: nextDay },
  { name: 'make_date', takes: 'INT, INT, INT', gives: 'DATE', sql: 'make_date($1, $2, $3)' },
  {
    name: 'make_timestamp',
    takes: 'INT, INT, INT, INT, INT, DOUBLE',
    gives: 'TIMESTAMP',
    sql: "timezone('UTC', make_timestamp($1, $2, $3, $4, $5, $6))",
  },
  {
    name: 'date_trunc',
    takes: 'STRING, TIMESTAMP',
    gives: 'TIMESTAMP',
    nullable: 'always',
    sql: ([unit]) => truncate(UNITS[unitOf(unit, 'date_trunc')], TIMESTAMP).replace('$1', '$2'),
  },
  {
    name: 'trunc',
    takes: 'DATE, STRING',
    gives: 'DATE',
    nullable: 'always',
    sql: ([, unit]) => {
      const word = unitOf(unit, 'trunc')
      return truncate(DATE_UNITS.test(word) ? UNITS[word] : undefined, 'DATE')
    },
  },
  zoned('from_utc_timestamp', '+', 'zone_offset'),
  zoned('to_utc_timestamp', '-', 'local_offset'),
  {
    name: 'timestamp_seconds',
    takes: 'NUMERIC',
    gives: 'TIMESTAMP',
    nullable: ([value]) => value.nullable || value.dataType.kind === 'double' || value.dataType.kind === 'float',
    sql: ([{ dataType }]) =>
      isIntegral(dataType) ? 'to_timestamp($1)' : 'CASE WHEN isfinite($1) THEN to_timestamp($1) END',
  },
  ...UNIT_FUNCTIONS,
  count('timestamp_millis', 'make_timestamptz(CAST($1 AS BIGINT) * 1000)', 'TIMESTAMP', 'INTEGRAL'),
  count('timestamp_micros', 'make_timestamptz(CAST($1 AS BIGINT))', 'TIMESTAMP', 'INTEGRAL'),
  count('unix_seconds', 'CAST(floor(epoch($1)) AS BIGINT)'),
  count('unix_millis', 'CAST(floor(epoch_us($1) / 1000) AS BIGINT)'),
  count('unix_micros', 'epoch_us($1)'),
  count('unix_date', "CAST(date_diff('day', DATE '1970-01-01', $1) AS INTEGER)", 'INT', 'DATE'),
  count('date_from_unix_date', "(DATE '1970-01-01' + $1)", 'DATE', 'INT'),
])
