import { SchemaError, UnsupportedError } from '../../../errors.js'
import { type DataType, NullType, simpleString } from '../../types.js'
import { castSql } from '../casts.js'
import { commonType } from '../coercion.js'
import { quoteText } from '../duck-types.js'
import { raise } from '../sql-text.js'
import { type Operand, type RowText, scalars } from './row.js'

/** What depends on the place of a row is computed before the expression that it stands in. */
const drawn = (name: string, gives: RowText['gives']): RowText => ({
  name,
  takes: 'LONG=null',
  gives,
  nullable: 'never',
  sql: () => {
    throw new UnsupportedError(`${name.split('|')[0]} in this place`, {
      hint: 'Put it in a column first: withColumn, then use the column',
    })
  },
  title: ([seed]) => `${name.split('|')[0]}(${seed === undefined || seed === 'NULL' ? '' : seed})`,
})

/** Results of `decode(x, search1, result1, …, default)`, with their places. */
const results = (args: readonly Operand[]): [arg: Operand, place: number][] =>
  args.flatMap((arg, i) =>
    i >= 2 && (i % 2 === 0 || i === args.length - 1) ? [[arg, i + 1] as [Operand, number]] : [],
  )

function decodedType(args: readonly Operand[]): DataType {
  return results(args).reduce<DataType>((wide, [{ dataType }]) => {
    const meet = commonType(wide, dataType)
    if (meet) return meet
    throw new SchemaError('the results of decode have no common type', { hint: 'Cast them' })
  }, NullType)
}

const decodedNullable = (args: readonly Operand[]): boolean =>
  args.length % 2 === 1 || results(args).some(([arg]) => arg.nullable)

/** The result beside the first equal value; null equals null. */
function decode(args: readonly Operand[]): string {
  const type = decodedType(args)
  const result = ([{ dataType }, place]: [Operand, number]): string =>
    castSql(dataType, type, false).replaceAll('$1', `$${place}`)
  const [otherwise, pairs] =
    args.length % 2 === 0 ? [results(args).at(-1), results(args).slice(0, -1)] : [undefined, results(args)]
  const branches = pairs.map((pair) => `WHEN $1 IS NOT DISTINCT FROM $${pair[1] - 1} THEN ${result(pair)}`)
  return `CASE ${branches.join(' ')}${otherwise ? ` ELSE ${result(otherwise)}` : ''} END`
}

/** The first value in its own type, compared in the common one. */
function nullIf([left, right]: readonly Operand[]): string {
  const type = commonType(left.dataType, right.dataType)
  if (!type) {
    throw new SchemaError(`nullif(${left.title}, ${right.title}) compares types that have none in common`, {
      received: `${simpleString(left.dataType)} and ${simpleString(right.dataType)}`,
      hint: 'Cast one of them',
    })
  }
  const as = ({ dataType }: Operand, place: string): string =>
    dataType.kind === 'void' ? 'NULL' : castSql(dataType, type, false).replaceAll('$1', place)
  return `CASE WHEN ${as(left, '$1')} = ${as(right, '$2')} THEN NULL ELSE $1 END`
}

/** Functions of null and NaN, and choices. */
export const CONDITIONAL = scalars([
  { name: 'isnull', takes: 'ANY', gives: 'BOOLEAN', nullable: 'never', sql: '($1 IS NULL)', title: '($1 IS NULL)' },
  {
    name: 'isnotnull',
    takes: 'ANY',
    gives: 'BOOLEAN',
    nullable: 'never',
    sql: '($1 IS NOT NULL)',
    title: '($1 IS NOT NULL)',
  },
  { name: 'isnan', takes: 'DOUBLE', gives: 'BOOLEAN', nullable: 'never', sql: 'coalesce(isnan($1), false)' },
  { name: 'nanvl', takes: 'DOUBLE, DOUBLE', gives: 'DOUBLE', sql: 'CASE WHEN isnan($1) THEN $2 ELSE $1 END' },
  { name: 'coalesce', takes: 'T...', gives: 'T', nullable: 'all', sql: 'coalesce($*)' },
  { name: 'nvl|ifnull', takes: 'T, T', gives: 'T', nullable: 'all', sql: 'coalesce($1, $2)' },
  {
    name: 'nvl2',
    takes: 'ANY, T, T',
    gives: 'T',
    nullable: ([, some, none]) => some.nullable || none.nullable,
    sql: 'CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END',
  },
  { name: 'nullif', takes: 'ANY, ANY', gives: '$1', nullable: 'always', sql: nullIf },
  { name: 'nullifzero', takes: 'NUMERIC', gives: '$1', nullable: 'always', sql: 'nullif($1, 0)' },
  { name: 'zeroifnull', takes: 'NUMERIC', gives: '$1', nullable: 'never', sql: 'coalesce($1, 0)' },
  { name: 'equal_null', takes: 'T, T', gives: 'BOOLEAN', nullable: 'never', sql: '($1 IS NOT DISTINCT FROM $2)' },
  {
    name: 'typeof',
    takes: 'ANY',
    gives: 'STRING',
    nullable: 'never',
    sql: ([value]) => quoteText(simpleString(value.dataType)),
  },
  {
    name: 'raise_error',
    takes: 'STRING',
    gives: () => NullType,
    nullable: 'always',
    sql: "CAST(error('[USER_RAISED_EXCEPTION] ' || $1) AS INTEGER)",
    title: 'raise_error(USER_RAISED_EXCEPTION, map(errorMessage, $1))',
  },
  {
    name: 'assert_true',
    takes: 'BOOLEAN',
    gives: () => NullType,
    nullable: 'always',
    sql: ([condition]) =>
      `CASE WHEN $1 THEN NULL ELSE CAST(${raise('USER_RAISED_EXCEPTION', `'${condition.title}' is not true!`)} AS INTEGER) END`,
    title: "assert_true($1, '$1' is not true!)",
  },
  {
    name: 'assert_true',
    takes: 'BOOLEAN, STRING',
    gives: () => NullType,
    nullable: 'always',
    sql: "CASE WHEN $1 THEN NULL ELSE CAST(error('[USER_RAISED_EXCEPTION] ' || $2) AS INTEGER) END",
  },
  { name: 'decode', takes: 'ANY, ANY, ANY, ANY...', gives: decodedType, nullable: decodedNullable, sql: decode },
  { name: 'decode', takes: 'ANY, ANY, ANY', gives: decodedType, nullable: 'always', sql: decode },
  drawn('rand|random', 'DOUBLE'),
  drawn('randn', 'DOUBLE'),
  { ...drawn('monotonically_increasing_id', 'LONG'), takes: '' },
  { ...drawn('spark_partition_id', 'INT'), takes: '', title: 'SPARK_PARTITION_ID()' },
  { name: 'uuid', takes: '', gives: 'STRING', nullable: 'never', sql: 'CAST(uuid() AS VARCHAR)' },
  {
    name: 'if',
    takes: 'BOOLEAN, T, T',
    gives: 'T',
    nullable: ([, yes, no]) => yes.nullable || no.nullable,
    sql: 'CASE WHEN $1 THEN $2 ELSE $3 END',
    title: '(IF($1, $2, $3))',
  },
])
