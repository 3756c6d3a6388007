import { ArrayType } from '../../types.js'
import { raise } from '../sql-text.js'
import { aggregates, type Operand, type RowText } from './row.js'

const NAN = "CAST('NaN' AS DOUBLE)"

/**
 * Moments of a sample with a NaN or an infinity are NaN in Spark, from `least` values on; DuckDB raises an error for them,
 * so it only sees the finite values.
 */
const moment = (name: string, sql: string, least: number): RowText => ({
  name,
  takes: 'DOUBLE',
  gives: 'DOUBLE',
  sql:
    `CASE WHEN count($1)$over < ${least} THEN NULL WHEN bool_or(NOT isfinite($1))$over THEN ${NAN} ` +
    `ELSE ${sql.replaceAll('#', 'FILTER (WHERE isfinite($1))$over')} END`,
})

/** As {@link moment} over pairs; a pair with a null does not count. */
const pairMoment = (name: string, least: number, sql = `${name}($1, $2) #`): RowText => ({
  name,
  takes: 'DOUBLE, DOUBLE',
  gives: 'DOUBLE',
  sql:
    `CASE WHEN regr_count($1, $2)$over < ${least} THEN NULL WHEN bool_or(NOT isfinite($1 + $2))$over THEN ${NAN} ` +
    `ELSE ${sql.replaceAll('#', 'FILTER (WHERE isfinite($1 + $2))$over')} END`,
})

/** The correlation with a constant is a division by zero, an error in ANSI mode. */
const CORRELATION =
  'CASE WHEN regr_sxx($1, $2) # = 0 OR regr_syy($1, $2) # = 0 ' +
  `THEN ${raise('DIVIDE_BY_ZERO', 'Correlation with a constant.')} ELSE corr($1, $2) # END`

/** DuckDB corrects skewness for the sample size and gives nothing below three values; Spark takes the plain moments. */
const SKEWNESS =
  'CASE WHEN min($1)$over = max($1)$over THEN NULL WHEN count($1)$over = 2 THEN 0 ' +
  'ELSE skewness($1) # * (count($1)$over - 2) / sqrt(count($1)$over * (count($1)$over - 1.0)) END'
const KURTOSIS = 'CASE WHEN min($1)$over = max($1)$over THEN NULL ELSE kurtosis_pop($1) # END'

const extreme = (name: string): RowText => ({ name, takes: 'ANY', gives: '$1', sql: `${name}($1)$over` })

/** `first(x)` takes the row as it is; `first(x, true)` the first value that is not null. */
const edge = (name: string, pick: string): RowText => ({
  name,
  takes: 'ANY, BOOLEAN=false',
  gives: '$1',
  sql: ([, ignoreNulls]) => `${pick}($1)${ignoreNulls.literal === true ? ' FILTER (WHERE $1 IS NOT NULL)' : ''}`,
  windowSql: ([, ignoreNulls]) => `${pick}_value($1${ignoreNulls.literal === true ? ' IGNORE NULLS' : ''})$over`,
  filtered: -1,
  title: `${name}($1)`,
})

const allPresent = (args: readonly Operand[]): string => args.map((_, i) => `$${i + 1} IS NOT NULL`).join(' AND ')

const collect = (name: string, distinct: string): RowText => ({
  name,
  takes: 'ANY',
  gives: ([value]) => ArrayType(value.dataType, false),
  nullable: 'never',
  sql: `coalesce(list(${distinct} $1) FILTER (WHERE $1 IS NOT NULL)$over, [])`,
})

/** Aggregate functions. Nulls do not take part. */
export const AGGREGATES = aggregates([
  { name: 'count', takes: 'ANY', gives: 'LONG', nullable: 'never', sql: 'count($distinct $1)$over' },
  {
    name: 'count',
    takes: 'ANY, ANY...',
    gives: 'LONG',
    nullable: 'never',
    sql: (args) => `count($distinct CASE WHEN ${allPresent(args)} THEN row($*) END)$over`,
  },
  { name: 'count_if', takes: 'BOOLEAN', gives: 'LONG', nullable: 'never', sql: 'count(CASE WHEN $1 THEN 1 END)$over' },
  { name: 'sum', takes: 'INTEGRAL', gives: 'LONG', sql: 'CAST(sum($distinct $1)$over AS BIGINT)' },
  { name: 'sum', takes: 'DOUBLE', gives: 'DOUBLE', sql: 'sum($distinct $1)$over' },
  { name: 'avg|mean', takes: 'DOUBLE', gives: 'DOUBLE', sql: 'avg($distinct $1)$over' },
  extreme('min'),
  extreme('max'),
  moment('stddev|stddev_samp|std', 'stddev_samp($distinct $1) #', 2),
  moment('stddev_pop', 'stddev_pop($distinct $1) #', 1),
  moment('variance|var_samp', 'var_samp($distinct $1) #', 2),
  moment('var_pop', 'var_pop($distinct $1) #', 1),
  moment('skewness', SKEWNESS, 1),
  moment('kurtosis', KURTOSIS, 1),
  pairMoment('corr', 2, CORRELATION),
  pairMoment('covar_samp', 2),
  pairMoment('covar_pop', 1),
  edge('first', 'first'),
  edge('first_value', 'first'),
  edge('any_value', 'first'),
  edge('last', 'last'),
  edge('last_value', 'last'),
  collect('collect_list', ''),
  collect('collect_set', 'DISTINCT'),
  { name: 'bool_and|every', takes: 'BOOLEAN', gives: 'BOOLEAN', sql: 'bool_and($1)$over' },
  { name: 'bool_or|some|any', takes: 'BOOLEAN', gives: 'BOOLEAN', sql: 'bool_or($1)$over' },
  { name: 'max_by', takes: 'ANY, ANY', gives: '$1', sql: 'arg_max($1, $2)$over', filtered: 1 },
  { name: 'min_by', takes: 'ANY, ANY', gives: '$1', sql: 'arg_min($1, $2)$over', filtered: 1 },
  {
    name: 'percentile',
    takes: 'DOUBLE, DOUBLE',
    gives: 'DOUBLE',
    sql: 'quantile_cont($1, $2)$over',
    title: 'percentile($1, $2, 1)',
  },
  { name: 'median', takes: 'DOUBLE', gives: 'DOUBLE', sql: 'quantile_cont($1, 0.5)$over' },
])
