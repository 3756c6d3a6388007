import { StringType } from '../../types.js'
import { isIntegral } from '../coercion.js'
import { holdsNull, orderKey } from '../order-key.js'
import { isJavaOnly } from '../regex.js'
import { raise } from '../sql-text.js'
import { type Operand, type RowText, scalars } from './row.js'

const BY_ZERO = raise('DIVIDE_BY_ZERO', 'Division by zero.')

/** `null / 0` is null in Spark, everything else over zero is an error; DuckDB answers Infinity or null. */
const overZero = (quotient: string): string =>
  `(CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN ${BY_ZERO} ELSE ${quotient} END)`

/** The least integer over -1 overflows in the division that DuckDB makes; its remainder is 0 like every other over -1. */
const remainder =
  (sql: string) =>
  ([dividend]: readonly Operand[]): string =>
    overZero(isIntegral(dividend.dataType) ? `CASE WHEN $2 = -1 THEN $1 & 0 ELSE ${sql} END` : sql)

const binary = (symbol: string): string => `($1 ${symbol} $2)`

const infix = (name: string, extra: Pick<RowText, 'takes' | 'gives' | 'sql'> & Partial<RowText>): RowText => ({
  name,
  title: binary(name),
  ...extra,
})

/** Places of arguments that are compared: their keys where one of them may hold a null. */
const ordered = (args: readonly Operand[]): string[] => {
  const type = args.find(({ dataType }) => holdsNull(dataType))?.dataType
  return args.map((_, k) => (type ? orderKey(type, `$${k + 1}`) : `$${k + 1}`))
}

const compare = (name: string): RowText =>
  infix(name, {
    takes: 'T, T',
    gives: 'BOOLEAN',
    sql: (args) => {
      const [a, b] = ordered(args)
      return `(${a} ${name} ${b})`
    },
  })

const like = (operator: string): ((args: readonly Operand[]) => string) => {
  return (args) => `($1 ${operator} $2 ESCAPE ${args.length > 2 ? '$3' : "'\\'"})`
}

/** `x LIKE ANY (a, b)` and its relatives. */
const likeMany = (name: string, test: string, join: string): RowText => ({
  name,
  takes: 'STRING, STRING...',
  gives: 'BOOLEAN',
  nullable: ([value, ...patterns]) => value.nullable || patterns.some((pattern) => pattern.nullable),
  sql: (args) =>
    `(${args
      .slice(1)
      .map((_, k) => `${test} $${k + 2} ESCAPE '\\'`)
      .join(` ${join} `)})`,
  title: `${name}($1)`,
})

/** Whether a text has a match of a pattern of java.util.regex. */
export const matches = ([, pattern]: readonly Operand[]): string =>
  `${isJavaOnly(pattern.literal) ? 'js_' : ''}regexp_matches($1, $2)`

/** Operators of Spark SQL under their symbols, and the predicates. */
export const OPERATORS = scalars([
  infix('+', { takes: 'N, N', gives: 'N', sql: binary('+') }),
  infix('+', { takes: 'DATE!, INT', gives: 'DATE', sql: '($1 + $2)', title: 'date_add($1, $2)' }),
  infix('+', { takes: 'INT, DATE!', gives: 'DATE', sql: '($1 + $2)', title: 'date_add($2, $1)' }),
  infix('-', { takes: 'N, N', gives: 'N', sql: binary('-') }),
  infix('-', { takes: 'DATE!, INT', gives: 'DATE', sql: '($1 - $2)', title: 'date_sub($1, $2)' }),
  infix('*', { takes: 'N, N', gives: 'N', sql: binary('*') }),
  infix('/', { takes: 'DOUBLE, DOUBLE', gives: 'DOUBLE', nullable: 'always', sql: overZero('$1 / $2') }),
  infix('%', { takes: 'N, N', gives: 'N', nullable: 'always', sql: remainder('$1 % $2') }),
  { name: 'mod', takes: 'N, N', gives: 'N', nullable: 'always', sql: remainder('$1 % $2') },
  infix('div', { takes: 'LONG, LONG', gives: 'LONG', nullable: 'always', sql: overZero('$1 // $2') }),
  {
    name: 'pmod',
    takes: 'N, N',
    gives: 'N',
    nullable: 'always',
    sql: remainder('CASE WHEN $1 % $2 < 0 THEN ($1 % $2 + $2) % $2 ELSE $1 % $2 END'),
  },
  { name: '-', takes: 'NUMERIC', gives: '$1', sql: '(-$1)', title: '(- $1)' },
  { name: 'negative', takes: 'NUMERIC', gives: '$1', sql: '(-$1)' },
  { name: '+', takes: 'NUMERIC', gives: '$1', sql: '$1', title: '(+ $1)' },
  { name: 'positive', takes: 'NUMERIC', gives: '$1', sql: '$1', title: '(+ $1)' },
  infix('&', { takes: 'N, N', gives: 'N', sql: binary('&') }),
  infix('|', { takes: 'N, N', gives: 'N', sql: binary('|') }),
  infix('^', { takes: 'N, N', gives: 'N', sql: 'xor($1, $2)' }),
  { name: '~', takes: 'INTEGRAL', gives: '$1', sql: '(~$1)', title: '~$1' },

  compare('='),
  compare('<'),
  compare('<='),
  compare('>'),
  compare('>='),
  infix('<=>', { takes: 'T, T', gives: 'BOOLEAN', nullable: 'never', sql: '($1 IS NOT DISTINCT FROM $2)' }),
  {
    name: 'between',
    takes: 'T, T, T',
    gives: 'BOOLEAN',
    sql: (args) => {
      const [value, low, high] = ordered(args)
      return `(${value} BETWEEN ${low} AND ${high})`
    },
  },
  // Nothing is in an empty list, which only `isin([])` makes.
  { name: 'in', takes: 'ANY', gives: 'BOOLEAN', sql: 'false', title: '($1 IN ())' },
  {
    name: 'in',
    takes: 'T, T...',
    gives: 'BOOLEAN',
    sql: (args) => `($1 IN (${args.slice(1).map((_, i) => `$${i + 2}`)}))`,
    title: ([value, ...list]) => `(${value} IN (${list.join(', ')}))`,
  },
  infix('and', { takes: 'BOOLEAN, BOOLEAN', gives: 'BOOLEAN', sql: binary('AND'), title: binary('AND') }),
  infix('or', { takes: 'BOOLEAN, BOOLEAN', gives: 'BOOLEAN', sql: binary('OR'), title: binary('OR') }),
  { name: 'not', takes: 'BOOLEAN', gives: 'BOOLEAN', sql: '(NOT $1)', title: '(NOT $1)' },

  { name: 'like', takes: 'STRING, STRING', gives: 'BOOLEAN', sql: like('LIKE'), title: '$1 LIKE $2' },
  {
    name: 'like',
    takes: 'STRING, STRING, STRING',
    gives: 'BOOLEAN',
    sql: like('LIKE'),
    title: "$1 LIKE $2 ESCAPE '$3'",
  },
  likeMany('likeany', '$1 LIKE', 'OR'),
  likeMany('likeall', '$1 LIKE', 'AND'),
  likeMany('notlikeany', '$1 NOT LIKE', 'OR'),
  likeMany('notlikeall', '$1 NOT LIKE', 'AND'),
  { name: 'ilike', takes: 'STRING, STRING', gives: 'BOOLEAN', sql: like('ILIKE') },
  {
    name: 'rlike',
    takes: 'STRING, STRING',
    gives: 'BOOLEAN',
    sql: matches,
    title: 'RLIKE($1, $2)',
  },
  {
    name: '||',
    takes: 'STRING, STRING',
    gives: () => StringType,
    sql: '($1 || $2)',
    title: 'concat($1, $2)',
  },
])
