import { type RowText, scalars } from './row.js'

/** A part of a date, as Spark's int; DuckDB counts in bigint. */
const part = (name: string, sql: string, takes = 'DATE'): RowText => ({
  name,
  takes,
  gives: 'INT',
  sql: `CAST(${sql} AS INTEGER)`,
})

const shift = (name: string, sign: string): RowText => ({
  name,
  takes: 'DATE, INT',
  gives: 'DATE',
  sql: `($1 ${sign} $2)`,
})

const UNIX = { gives: 'LONG', title: 'unix_timestamp($1, yyyy-MM-dd HH:mm:ss)' } as const

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
  { name: 'to_date', takes: 'DATE', gives: 'DATE', sql: '$1' },
  { name: 'to_timestamp', takes: 'TIMESTAMP', gives: 'TIMESTAMP', sql: '$1' },
  part('datediff|date_diff', "date_diff('day', $2, $1)", 'DATE, DATE'),
  shift('date_add', '+'),
  shift('date_sub', '-'),
  { name: 'last_day', takes: 'DATE', gives: 'DATE', sql: 'last_day($1)' },
  { name: 'add_months', takes: 'DATE, INT', gives: 'DATE', sql: 'CAST($1 + to_months($2) AS DATE)' },
  {
    ...UNIX,
    name: 'unix_timestamp',
    takes: 'DATE|TIMESTAMP|STRING',
    // Text is read in the default pattern only; a timestamp loses its fraction toward zero.
    sql: ([value]) =>
      value.dataType.kind === 'string'
        ? "CAST(epoch(strptime($1, '%Y-%m-%d %H:%M:%S')) AS BIGINT)"
        : 'CAST(trunc(epoch($1)) AS BIGINT)',
  },
])
