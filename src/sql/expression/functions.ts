import { Column, type ColumnOrLiteral, operandExpression } from './column.js'
import { literal } from './literal.js'
import type { LiteralValue } from './nodes.js'
import { parseColumnName, parseExpression } from './parser.js'

// Spark's `functions` object. What each does with types and nulls, and its SQL, is its row in function-table.ts.

/** A column, or the name of one. */
export type ColumnOrName = Column | string

/** A column, the name of one, or a number that stands for itself. */
export type Operand = ColumnOrName | number | bigint | boolean

/**
 * The column of a name; `a.b` is the field b of the struct a, and a name with other characters stands in backticks.
 *
 * @example
 * ```ts
 * import { col } from 'ridgeline'
 * col('price').gt(10)
 * col('`unit price`')
 * ```
 */
export const col = (name: string): Column => new Column(name === '*' ? { kind: 'star' } : parseColumnName(name))

/** Same as {@link col}. */
export const column = col

/**
 * A literal: null, a boolean, a number, a bigint (long), a string or a Date (timestamp). A Column passes through.
 * Differs from Spark: `lit(1.0)` is int, since JavaScript has one kind of number.
 *
 * @example
 * ```ts
 * import { lit } from 'ridgeline'
 * lit('none')
 * ```
 */
export const lit = (value: ColumnOrLiteral): Column =>
  value instanceof Column ? value : new Column(literal(value as LiteralValue))

/**
 * A column from Spark SQL text.
 *
 * @example
 * ```ts
 * import { expr } from 'ridgeline'
 * expr('CASE WHEN price > 10 THEN 1 ELSE 0 END')
 * ```
 */
export const expr = (text: string): Column => new Column(parseExpression(text))

/**
 * The value where a condition is true; add branches with `.when` and `.otherwise`, else null.
 *
 * @example
 * ```ts
 * import { col, when } from 'ridgeline'
 * when(col('price').gt(10), 'dear').otherwise('cheap')
 * ```
 */
export const when = (condition: Column, value: ColumnOrLiteral): Column =>
  new Column({ kind: 'case', branches: [[condition.expression, operandExpression(value)]] })

const toColumn = (operand: Operand): Column => (typeof operand === 'string' ? col(operand) : lit(operand))

/** A parameter that is a text of its own, not the name of a column. */
const value = (parameter: Column | string): Column => lit(parameter)

const call = (name: string, ...operands: Operand[]): Column =>
  new Column({ kind: 'call', name, args: operands.map((operand) => toColumn(operand).expression) })

const distinct = (name: string, columns: readonly ColumnOrName[]): Column =>
  new Column({ kind: 'call', name, args: columns.map((c) => toColumn(c).expression), distinct: true })

/** The column in ascending order, nulls first. */
export const asc = (column: ColumnOrName): Column => toColumn(column).asc()

/** The column in descending order, nulls last. */
export const desc = (column: ColumnOrName): Column => toColumn(column).desc()

/** A function of Spark SQL by its name, for those without a function of their own here. */
export const call_function = (name: string, ...columns: Operand[]): Column => call(name, ...columns)

// Mathematics

/** Absolute value, in the type of the argument; the least integer overflows. */
export const abs = (column: ColumnOrName): Column => call('abs', column)

/** Square root; NaN below zero. */
export const sqrt = (column: ColumnOrName): Column => call('sqrt', column)

/** Cube root. */
export const cbrt = (column: ColumnOrName): Column => call('cbrt', column)

/** e to the power of the value. */
export const exp = (column: ColumnOrName): Column => call('exp', column)

/** exp(x) - 1, exact near zero. */
export const expm1 = (column: ColumnOrName): Column => call('expm1', column)

/** Natural logarithm; null for values of zero or less. */
export const ln = (column: ColumnOrName): Column => call('ln', column)

/** Logarithm to base 10; null for values of zero or less. */
export const log10 = (column: ColumnOrName): Column => call('log10', column)

/** Logarithm to base 2; null for values of zero or less. */
export const log2 = (column: ColumnOrName): Column => call('log2', column)

/** ln(1 + x), exact near zero; null for values of -1 or less. */
export const log1p = (column: ColumnOrName): Column => call('log1p', column)

/** Sine of an angle in radians; NaN for infinity. */
export const sin = (column: ColumnOrName): Column => call('sin', column)

/** Cosine of an angle in radians; NaN for infinity. */
export const cos = (column: ColumnOrName): Column => call('cos', column)

/** Tangent of an angle in radians; NaN for infinity. */
export const tan = (column: ColumnOrName): Column => call('tan', column)

/** Arc sine in radians; NaN outside [-1, 1]. */
export const asin = (column: ColumnOrName): Column => call('asin', column)

/** Arc cosine in radians; NaN outside [-1, 1]. */
export const acos = (column: ColumnOrName): Column => call('acos', column)

/** Arc tangent in radians. */
export const atan = (column: ColumnOrName): Column => call('atan', column)

/** Hyperbolic sine. */
export const sinh = (column: ColumnOrName): Column => call('sinh', column)

/** Hyperbolic cosine. */
export const cosh = (column: ColumnOrName): Column => call('cosh', column)

/** Hyperbolic tangent. */
export const tanh = (column: ColumnOrName): Column => call('tanh', column)

/** Radians in degrees. */
export const degrees = (column: ColumnOrName): Column => call('degrees', column)

/** Degrees in radians. */
export const radians = (column: ColumnOrName): Column => call('radians', column)

/** Sign as a double: -1, 0 or 1. */
export const signum = (column: ColumnOrName): Column => call('signum', column)

/** The nearest whole number as a double, halves to even. */
export const rint = (column: ColumnOrName): Column => call('rint', column)

/** The whole number below, as bigint. */
export const floor = (column: ColumnOrName): Column => call('floor', column)

/** The whole number above, as bigint. */
export const ceil = (column: ColumnOrName): Column => call('ceil', column)

/** Natural logarithm of a column, or logarithm to a base: `log(2, col)`; null for values of zero or less. */
export const log = (base: Operand, column?: ColumnOrName): Column =>
  column === undefined ? call('log', base) : call('log', base, column)

/** A base to a power, as a double. */
export const pow = (base: Operand, exponent: Operand): Column => call('pow', base, exponent)

/** Angle in radians of the point (x, y). */
export const atan2 = (y: Operand, x: Operand): Column => call('atan2', y, x)

/** sqrt(a² + b²) without overflow on the way. */
export const hypot = (a: Operand, b: Operand): Column => call('hypot', a, b)

/** The remainder that has the sign of the divisor or is zero. */
export const pmod = (dividend: Operand, divisor: Operand): Column => call('pmod', dividend, divisor)

/** Rounded to a number of decimal places, halves away from zero, in the type of the argument. */
export const round = (column: ColumnOrName, scale = 0): Column => call('round', column, lit(scale))

/** Rounded to a number of decimal places, halves to even, in the type of the argument. */
export const bround = (column: ColumnOrName, scale = 0): Column => call('bround', column, lit(scale))

/** The greatest of two or more columns; nulls do not take part, NaN is greatest. */
export const greatest = (...columns: Operand[]): Column => call('greatest', ...columns)

/** The least of two or more columns; nulls do not take part. */
export const least = (...columns: Operand[]): Column => call('least', ...columns)

// Text

/** Upper case. */
export const upper = (column: ColumnOrName): Column => call('upper', column)

/** Lower case. */
export const lower = (column: ColumnOrName): Column => call('lower', column)

/** Number of code points. */
export const length = (column: ColumnOrName): Column => call('length', column)

/** Without spaces at both ends. */
export const trim = (column: ColumnOrName): Column => call('trim', column)

/** Without spaces at the start. */
export const ltrim = (column: ColumnOrName): Column => call('ltrim', column)

/** Without spaces at the end. */
export const rtrim = (column: ColumnOrName): Column => call('rtrim', column)

/** The characters in reverse order. */
export const reverse = (column: ColumnOrName): Column => call('reverse', column)

/** Each word in lower case with its first letter in upper case. */
export const initcap = (column: ColumnOrName): Column => call('initcap', column)

/** Texts after one another; null when one of them is null. */
export const concat = (...columns: Operand[]): Column => call('concat', ...columns)

/** Texts with a separator between them; nulls are left out. */
export const concat_ws = (separator: string, ...columns: ColumnOrName[]): Column =>
  call('concat_ws', lit(separator), ...columns)

/** Part of a text from a 1-based position (negative: from the end), of a length in code points. */
export const substring = (column: ColumnOrName, position: Column | number, length: Column | number): Column =>
  call('substring', column, position, length)

/** Every occurrence of a text replaced by another. */
export const replace = (column: ColumnOrName, search: Column | string, by: Column | string = ''): Column =>
  call('replace', column, value(search), value(by))

/** Each character of `from` replaced by the one at its place in `to`, or removed. */
export const translate = (column: ColumnOrName, from: string, to: string): Column =>
  call('translate', column, lit(from), lit(to))

/** The text several times after itself. */
export const repeat = (column: ColumnOrName, times: Column | number): Column => call('repeat', column, times)

/** Parts between the matches of a regular expression (RE2 syntax), as an array. */
export const split = (column: ColumnOrName, pattern: string): Column => call('split', column, lit(pattern))

/** Every match of a regular expression (RE2 syntax) replaced; `$1` is a group. */
export const regexp_replace = (column: ColumnOrName, pattern: string, replacement: string): Column =>
  call('regexp_replace', column, lit(pattern), lit(replacement))

/** A group of the first match of a regular expression (RE2 syntax); empty without a match. */
export const regexp_extract = (column: ColumnOrName, pattern: string, group = 1): Column =>
  call('regexp_extract', column, lit(pattern), lit(group))

/** Filled at the start, or cut, to a length. */
export const lpad = (column: ColumnOrName, length: Column | number, pad = ' '): Column =>
  call('lpad', column, length, lit(pad))

/** Filled at the end, or cut, to a length. */
export const rpad = (column: ColumnOrName, length: Column | number, pad = ' '): Column =>
  call('rpad', column, length, lit(pad))

/** 1-based position of the first occurrence of a text, or 0. */
export const instr = (column: ColumnOrName, part: Column | string): Column => call('instr', column, value(part))

/** Whether a text starts with another column. */
export const startswith = (column: ColumnOrName, prefix: ColumnOrName): Column => call('startswith', column, prefix)

/** Whether a text ends with another column. */
export const endswith = (column: ColumnOrName, suffix: ColumnOrName): Column => call('endswith', column, suffix)

/** Whether a text contains another column. */
export const contains = (column: ColumnOrName, part: ColumnOrName): Column => call('contains', column, part)

// Dates and times, in UTC

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

/** As a date; text that is no date is an error. */
export const to_date = (column: ColumnOrName): Column => call('to_date', column)

/** As a timestamp; text that is no timestamp is an error. */
export const to_timestamp = (column: ColumnOrName): Column => call('to_timestamp', column)

/** Last day of the month. */
export const last_day = (column: ColumnOrName): Column => call('last_day', column)

/** Seconds since 1970-01-01 of a timestamp, a date, or a text `yyyy-MM-dd HH:mm:ss`. */
export const unix_timestamp = (column: ColumnOrName): Column => call('unix_timestamp', column)

/** Number of days from `start` to `end`. */
export const datediff = (end: ColumnOrName, start: ColumnOrName): Column => call('datediff', end, start)

/** The date some days later. */
export const date_add = (column: ColumnOrName, days: Column | number): Column => call('date_add', column, days)

/** The date some days earlier. */
export const date_sub = (column: ColumnOrName, days: Column | number): Column => call('date_sub', column, days)

/** The date some months later, at the last day of the month where the day does not exist. */
export const add_months = (column: ColumnOrName, months: Column | number): Column => call('add_months', column, months)

// Null, NaN and choices

/** The first value that is not null. */
export const coalesce = (...columns: Operand[]): Column => call('coalesce', ...columns)

/** The first value, or the second where the first is null. */
export const nvl = (first: Operand, second: Operand): Column => call('nvl', first, second)

/** The first value, or the second where the first is null. */
export const ifnull = (first: Operand, second: Operand): Column => call('ifnull', first, second)

/** The first value, or null where both are equal. */
export const nullif = (first: Operand, second: Operand): Column => call('nullif', first, second)

/** The first number, or the second where the first is NaN. */
export const nanvl = (first: Operand, second: Operand): Column => call('nanvl', first, second)

/** `some` where the tested value is not null, else `none`. */
export const nvl2 = (tested: Operand, some: Operand, none: Operand): Column => call('nvl2', tested, some, none)

/** Whether the value is null. */
export const isnull = (column: ColumnOrName): Column => call('isnull', column)

/** Whether the value is not null. */
export const isnotnull = (column: ColumnOrName): Column => call('isnotnull', column)

/** Whether the value is NaN; false for null. */
export const isnan = (column: ColumnOrName): Column => call('isnan', column)

/** Logical not. */
export const not = (column: ColumnOrName): Column => call('not', column)

/** The number with the other sign. */
export const negative = (column: ColumnOrName): Column => call('negative', column)

// Arrays and structs

/** An array of the values, in their common type. */
export const array = (...columns: Operand[]): Column => call('array', ...columns)

/** A struct with the columns as its fields. */
export const struct = (...columns: Operand[]): Column => call('struct', ...columns)

/** Number of elements of an array or a map; null for null. */
export const size = (column: ColumnOrName): Column => call('size', column)

/** Element of an array by 1-based position (negative: from the end; outside is an error), or value of a map by key. */
export const element_at = (column: ColumnOrName, key: Column | number): Column => call('element_at', column, key)

/** Element of an array by 0-based position; null outside. */
export const get = (column: ColumnOrName, index: Column | number): Column => call('get', column, index)

/** Whether an array contains a value; null where it does not and holds a null. */
export const array_contains = (column: ColumnOrName, item: ColumnOrLiteral): Column =>
  call('array_contains', column, item instanceof Column ? item : lit(item))

// Aggregates: nulls do not take part

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
