import { ArrayType, DoubleType } from '../../types.js'
import { holdsNull, orderKey } from '../order-key.js'
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

const extreme = (name: string): RowText => ({
  name,
  takes: 'ANY',
  gives: '$1',
  sql: ([{ dataType }]) =>
    holdsNull(dataType) ? `arg_${name}($1, ${orderKey(dataType, '$1')})$over` : `${name}($1)$over`,
})

/** The value beside the extreme of another one. */
const extremeBy = (name: string): RowText => ({
  name: `${name}_by`,
  takes: 'ANY, ANY',
  gives: '$1',
  sql: ([, { dataType }]) => `arg_${name}_null($1, ${orderKey(dataType, '$2')})$over`,
  filtered: 1,
})

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

const bitwise = (name: string): RowText => ({ name, takes: 'INTEGRAL', gives: '$1', sql: `${name}($1)$over` })

/** The exact value of a row, where Spark approximates when there are more rows than its accuracy. */
const percentile = (name: string): RowText => ({
  name,
  takes: 'NUMERIC, DOUBLE|ARRAY, INT=10000',
  gives: ([value, places]) => (places.dataType.kind === 'array' ? ArrayType(value.dataType, false) : value.dataType),
  sql: 'quantile_disc($1, $2)$over',
})

/** `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`; the last argument says whether the order is ascending. */
const ordered = (name: string, takes: string, gives: RowText['gives']): RowText => ({
  name,
  takes: `${takes}, DOUBLE, BOOLEAN`,
  gives,
  sql: ([, , ascending]) =>
    `quantile_${name.slice('percentile_'.length)}($1, ${ascending.literal === false ? '1 - $2' : '$2'})$over`,
  title: ([value, place, ascending]) =>
    `${name}(${place}) WITHIN GROUP (ORDER BY ${value}${ascending === 'false' ? ' DESC' : ''})`,
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
  { ...collect('array_agg', ''), title: 'collect_list($1)' },
  collect('collect_set', 'DISTINCT'),
  { name: 'bool_and|every', takes: 'BOOLEAN', gives: 'BOOLEAN', sql: 'bool_and($1)$over' },
  { name: 'bool_or|some|any', takes: 'BOOLEAN', gives: 'BOOLEAN', sql: 'bool_or($1)$over' },
  extremeBy('max'),
  extremeBy('min'),
  {
    name: 'percentile',
    takes: 'DOUBLE, DOUBLE',
    gives: 'DOUBLE',
    sql: 'quantile_cont($1, $2)$over',
    title: 'percentile($1, $2, 1)',
  },
  {
    name: 'percentile',
    takes: 'DOUBLE, ARRAY',
    gives: () => ArrayType(DoubleType, false),
    sql: 'quantile_cont($1, $2)$over',
    title: 'percentile($1, $2, 1)',
  },
  percentile('percentile_approx'),
  percentile('approx_percentile'),
  ordered('percentile_cont', 'DOUBLE', 'DOUBLE'),
  ordered('percentile_disc', 'DOUBLE', 'DOUBLE'),
  { name: 'mode', takes: 'ANY', gives: '$1', sql: 'mode($1)$over' },
  { name: 'product', takes: 'DOUBLE', gives: 'DOUBLE', sql: 'product($1)$over' },
  bitwise('bit_and'),
  bitwise('bit_or'),
  bitwise('bit_xor'),
  { name: 'try_sum', takes: 'INTEGRAL', gives: 'LONG', sql: 'TRY_CAST(sum($distinct $1)$over AS BIGINT)' },
  { name: 'try_sum', takes: 'DOUBLE', gives: 'DOUBLE', sql: 'sum($distinct $1)$over' },
  { name: 'try_avg', takes: 'DOUBLE', gives: 'DOUBLE', sql: 'avg($distinct $1)$over' },
  {
    name: 'approx_count_distinct',
    takes: 'ANY, DOUBLE=0.05',
    gives: 'LONG',
    nullable: 'never',
    sql: 'count(DISTINCT $1)$over',
    title: 'approx_count_distinct($1)',
  },
  {
    name: 'string_agg|listagg',
    takes: 'STRING, STRING=null',
    gives: 'STRING',
    sql: "string_agg($distinct $1, coalesce($2, ''))$over",
  },
  {
    ...pairMoment('regr_count', 0, 'regr_count($1, $2) #'),
    gives: 'LONG',
    nullable: 'never',
    sql: 'regr_count($1, $2)$over',
  },
  pairMoment('regr_avgx', 1),
  pairMoment('regr_avgy', 1),
  pairMoment('regr_sxx', 1),
  pairMoment('regr_sxy', 1),
  pairMoment('regr_syy', 1),
  pairMoment('regr_slope', 2, 'CASE WHEN regr_sxx($1, $2) # > 0 THEN regr_slope($1, $2) # END'),
  pairMoment('regr_intercept', 2, 'CASE WHEN regr_sxx($1, $2) # > 0 THEN regr_intercept($1, $2) # END'),
  pairMoment(
    'regr_r2',
    2,
    'CASE WHEN regr_sxx($1, $2) # > 0 THEN CASE WHEN regr_syy($1, $2) # = 0 THEN 1 ELSE regr_r2($1, $2) # END END',
  ),
  { name: 'median', takes: 'DOUBLE', gives: 'DOUBLE', sql: 'quantile_cont($1, 0.5)$over' },
])
