import type { Column } from '../column.js'
import { type ColumnOrName, call, distinct, lit } from './base.js'

/** Number of rows where the column is not null; `count('*')` counts all rows. */
export const count = (column: ColumnOrName): Column => call('count', column)

/** Number of different combinations without nulls. */
export const count_distinct = (...columns: [ColumnOrName, ...ColumnOrName[]]): Column => distinct('count', columns)

/** Same as {@link count_distinct}. */
export const countDistinct = count_distinct

/** Sum: bigint of integers (overflow is an error), else double; null without values. */
export const sum = (column: ColumnOrName): Column => call('sum', column)

/** Sum of the different values. */
export const sum_distinct = (column: ColumnOrName): Column => distinct('sum', [column])

/** Mean as a double; null without values. */
export const avg = (column: ColumnOrName): Column => call('avg', column)

/** Same as {@link avg}. */
export const mean = (column: ColumnOrName): Column => call('mean', column)

/** Least value. */
export const min = (column: ColumnOrName): Column => call('min', column)

/** Greatest value; NaN is greatest. */
export const max = (column: ColumnOrName): Column => call('max', column)

/** Median, between the middle two where their number is even. */
export const median = (column: ColumnOrName): Column => call('median', column)

/** Standard deviation of a sample (divided by n - 1); null below two values. */
export const stddev = (column: ColumnOrName): Column => call('stddev', column)

/** Same as {@link stddev}. */
export const stddev_samp = (column: ColumnOrName): Column => call('stddev_samp', column)

/** Standard deviation of a population (divided by n). */
export const stddev_pop = (column: ColumnOrName): Column => call('stddev_pop', column)

/** Variance of a sample (divided by n - 1); null below two values. */
export const variance = (column: ColumnOrName): Column => call('variance', column)

/** Same as {@link variance}. */
export const var_samp = (column: ColumnOrName): Column => call('var_samp', column)

/** Variance of a population (divided by n). */
export const var_pop = (column: ColumnOrName): Column => call('var_pop', column)

/** Skewness of a population; null where all values are equal. */
export const skewness = (column: ColumnOrName): Column => call('skewness', column)

/** Excess kurtosis of a population; null where all values are equal. */
export const kurtosis = (column: ColumnOrName): Column => call('kurtosis', column)

/** The values that are not null as an array, in no promised order. */
export const collect_list = (column: ColumnOrName): Column => call('collect_list', column)

/** The different values that are not null as an array, in no promised order. */
export const collect_set = (column: ColumnOrName): Column => call('collect_set', column)

/** Number of rows where a condition is true. */
export const count_if = (column: ColumnOrName): Column => call('count_if', column)

/** Whether all values are true. */
export const bool_and = (column: ColumnOrName): Column => call('bool_and', column)

/** Whether one value is true. */
export const bool_or = (column: ColumnOrName): Column => call('bool_or', column)

/** Pearson correlation; null below two pairs. */
export const corr = (left: ColumnOrName, right: ColumnOrName): Column => call('corr', left, right)

/** Covariance of a sample (divided by n - 1). */
export const covar_samp = (left: ColumnOrName, right: ColumnOrName): Column => call('covar_samp', left, right)

/** Covariance of a population (divided by n). */
export const covar_pop = (left: ColumnOrName, right: ColumnOrName): Column => call('covar_pop', left, right)

/** Value of the first row of each group, or the first that is not null. */
export const first = (column: ColumnOrName, ignoreNulls = false): Column => call('first', column, lit(ignoreNulls))

/** Value of the last row of each group, or the last that is not null. */
export const last = (column: ColumnOrName, ignoreNulls = false): Column => call('last', column, lit(ignoreNulls))

/** Same as {@link first}. */
export const first_value = (column: ColumnOrName, ignoreNulls = false): Column =>
  call('first_value', column, lit(ignoreNulls))

/** Same as {@link last}. */
export const last_value = (column: ColumnOrName, ignoreNulls = false): Column =>
  call('last_value', column, lit(ignoreNulls))

/** Some value of each group: the first one here. */
export const any_value = (column: ColumnOrName, ignoreNulls = false): Column =>
  call('any_value', column, lit(ignoreNulls))

/** Same as {@link collect_list}. */
export const array_agg = (column: ColumnOrName): Column => call('array_agg', column)

/** Number of different values. Differs from Spark: exact. */
export const approx_count_distinct = (column: ColumnOrName): Column => call('approx_count_distinct', column)

/** Value of the row with the greatest ordering. */
export const max_by = (column: ColumnOrName, ordering: ColumnOrName): Column => call('max_by', column, ordering)

/** Value of the row with the least ordering. */
export const min_by = (column: ColumnOrName, ordering: ColumnOrName): Column => call('min_by', column, ordering)

/** Most frequent value; which one of several is not defined. */
export const mode = (column: ColumnOrName): Column => call('mode', column)

const percentages = (places: number | readonly number[]): Column =>
  typeof places === 'number' ? lit(places).cast('double') : call('array', ...places.map((p) => lit(p).cast('double')))

/** Percentile between the rows around it; an array of them for several percentages, from 0 to 1. */
export const percentile = (column: ColumnOrName, percentage: number | readonly number[]): Column =>
  call('percentile', column, percentages(percentage))

/** Percentile that is a value of a row. Differs from Spark: exact for any number of rows. */
export const percentile_approx = (column: ColumnOrName, percentage: number | readonly number[]): Column =>
  call('percentile_approx', column, percentages(percentage))

/** Same as {@link percentile_approx}. */
export const approx_percentile = (column: ColumnOrName, percentage: number | readonly number[]): Column =>
  call('approx_percentile', column, percentages(percentage))

/** Product as a double. */
export const product = (column: ColumnOrName): Column => call('product', column)

/** Bitwise and of all values. */
export const bit_and = (column: ColumnOrName): Column => call('bit_and', column)

/** Bitwise or of all values. */
export const bit_or = (column: ColumnOrName): Column => call('bit_or', column)

/** Bitwise exclusive or of all values. */
export const bit_xor = (column: ColumnOrName): Column => call('bit_xor', column)

/** Sum, or null where it overflows. */
export const try_sum = (column: ColumnOrName): Column => call('try_sum', column)

/** Texts one after the other with a delimiter between; nulls are left out. */
export const string_agg = (column: ColumnOrName, delimiter = ''): Column => call('string_agg', column, lit(delimiter))

/** Same as {@link string_agg}. */
export const listagg = (column: ColumnOrName, delimiter = ''): Column => call('listagg', column, lit(delimiter))

/** Number of pairs without null. */
export const regr_count = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_count', y, x)

/** Slope of the least-squares line. */
export const regr_slope = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_slope', y, x)

/** Intercept of the least-squares line. */
export const regr_intercept = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_intercept', y, x)

/** Share of the variance that the least-squares line explains. */
export const regr_r2 = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_r2', y, x)

/** Same as {@link sum_distinct}. */
export const sumDistinct = sum_distinct

/** Same as {@link stddev}. */
export const std = (column: ColumnOrName): Column => call('std', column)

/** Same as {@link bool_and}. */
export const every = (column: ColumnOrName): Column => call('every', column)

/** Same as {@link bool_or}. */
export const some = (column: ColumnOrName): Column => call('some', column)

/** Mean, or null where it overflows. */
export const try_avg = (column: ColumnOrName): Column => call('try_avg', column)

/** Mean of x over pairs without null. */
export const regr_avgx = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_avgx', y, x)

/** Mean of y over pairs without null. */
export const regr_avgy = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_avgy', y, x)

/** Sum of squared deviations of x over pairs without null. */
export const regr_sxx = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_sxx', y, x)

/** Sum of products of deviations over pairs without null. */
export const regr_sxy = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_sxy', y, x)

/** Sum of squared deviations of y over pairs without null. */
export const regr_syy = (y: ColumnOrName, x: ColumnOrName): Column => call('regr_syy', y, x)

/** 1 where `rollup` or `cube` has left a column out of a group, 0 elsewhere. */
export const grouping = (column: ColumnOrName): Column => call('grouping', column)

/** The bits of {@link grouping} of all columns of a grouping, or of those given in its order. */
export const grouping_id = (...columns: ColumnOrName[]): Column => call('grouping_id', ...columns)
