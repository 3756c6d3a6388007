import { type Operand, type RowText, windows } from './row.js'

const RANKED = (): string => 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'

const rank = (name: string, gives: RowText['gives'], title?: string): RowText => ({
  name,
  takes: '',
  gives,
  nullable: 'never',
  sql: gives === 'INT' ? `CAST(${name}()$over AS INTEGER)` : `${name}()$over`,
  title,
  windowFrame: name === 'cume_dist' ? () => 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW' : RANKED,
})

/** Value of a row some rows away; the last argument says whether nulls are passed over. */
const offset = (name: string, sign: 1 | -1): RowText => ({
  name,
  takes: 'T, INT=1, T=null, BOOLEAN=false',
  gives: 'T',
  nullable: ([value, , otherwise]) => value.nullable || otherwise.nullable,
  sql: ([, , , ignoreNulls]) => `${name}($1, $2, $3${nulls(ignoreNulls)})$over`,
  title: `${name}($1, $2, $3)`,
  windowFrame: ([, rows = '1']) => {
    const at = sign < 0 ? (rows.startsWith('-') ? rows.slice(1) : `-${rows}`) : rows
    return `ROWS BETWEEN ${at} FOLLOWING AND ${at} FOLLOWING`
  },
})

const nulls = ({ literal }: Operand): string => (literal === true ? ' IGNORE NULLS' : '')

/** Functions of a row's place in its window. */
export const WINDOWS = windows([
  rank('row_number', 'INT'),
  rank('rank', 'INT', 'RANK()'),
  rank('dense_rank', 'INT', 'DENSE_RANK()'),
  rank('percent_rank', 'DOUBLE', 'PERCENT_RANK()'),
  rank('cume_dist', 'DOUBLE'),
  {
    name: 'ntile',
    takes: 'INT=1',
    gives: 'INT',
    nullable: 'never',
    sql: 'CAST(ntile($1)$over AS INTEGER)',
    windowFrame: RANKED,
  },
  offset('lag', -1),
  offset('lead', 1),
  {
    name: 'nth_value',
    takes: 'ANY, INT, BOOLEAN=false',
    gives: '$1',
    sql: ([, , ignoreNulls]) => `nth_value($1, $2${nulls(ignoreNulls)})$over`,
    title: 'nth_value($1, $2)',
  },
])
