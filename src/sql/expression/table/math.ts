import { SchemaError } from '../../../errors.js'
import { ByteType } from '../../types.js'
import { isIntegral } from '../coercion.js'
import { duckType } from '../duck-types.js'
import { holdsNull, keyed } from '../order-key.js'
import { type Operand, type RowText, scalars } from './row.js'

const NAN = "CAST('NaN' AS DOUBLE)"

const INFINITY = "CAST('Infinity' AS DOUBLE)"

/** One divided by a zero, with its sign. */
const POLE = `CASE WHEN atan2($1, -1) < 0 THEN -${INFINITY} ELSE ${INFINITY} END`

/** A function of one double; Spark prints the names of most of them in capitals. */
const real = (name: string, sql: string, title = `${name.toUpperCase()}($1)`): RowText => ({
  name,
  takes: 'DOUBLE',
  gives: 'DOUBLE',
  nullable: 'always',
  sql,
  title,
})

/** Undefined at infinity: NaN in Spark, an error in DuckDB. */
const finite = (name: string): RowText => real(name, `CASE WHEN isinf($1) THEN ${NAN} ELSE ${name}($1) END`)

/** Undefined outside [-1, 1]: NaN in Spark, an error in DuckDB. */
const unit = (name: string): RowText => real(name, `CASE WHEN abs($1) > 1 THEN ${NAN} ELSE ${name}($1) END`)

/** Null where the logarithm does not exist, as in Spark; an error in DuckDB. NaN stays NaN, since NaN is greatest. */
const logarithm = (name: string, sql: string, pole = 0, title?: string): RowText =>
  real(name, `CASE WHEN $1 > ${pole} THEN ${sql} END`, title)

/** To bigint like Java: NaN is 0, values beyond the range are its ends. */
const saturate = (sql: string): string =>
  `CASE WHEN isnan($1) THEN 0 WHEN $1 >= 9223372036854775807 THEN 9223372036854775807 ` +
  `WHEN $1 <= -9223372036854775808 THEN CAST(-9223372036854775808 AS BIGINT) ELSE CAST(${sql} AS BIGINT) END`

const whole = (name: string, sql: string, title?: string): RowText[] => [
  { name, takes: 'INTEGRAL', gives: 'LONG', nullable: 'always', sql: 'CAST($1 AS BIGINT)', title },
  { name, takes: 'DOUBLE', gives: 'LONG', nullable: 'always', sql: saturate(`${sql}($1)`), title },
]

/** Number of places of a rounding, which Spark, too, needs before it sees a row; null where it is. */
function decimalPlaces({ literal, title }: Operand): number | null {
  if (typeof literal === 'number' || literal === null) return literal
  throw new SchemaError(`the number of decimal places is ${title}`, { allowed: 'Allowed: a literal', received: title })
}

/** Places that the engine's decimals of 38 digits have beside those of every double below 1e16. */
const MOST_PLACES = 21

/**
 * Spark rounds the shortest decimal text of a double, so `round(1.005, 2)` is 1.01; arithmetic on doubles would give 1.0.
 * The way through DECIMAL does the same for the usual numbers, faster than JavaScript does it for all.
 */
const round =
  (even: boolean) =>
  ([value, places]: readonly Operand[]): string => {
    const scale = decimalPlaces(places)
    const type = duckType(value.dataType)
    if (scale === null) return `CAST(NULL AS ${type})`
    if (isIntegral(value.dataType)) return roundWhole(scale, even, type)
    const exact = `js_round(CAST($1 AS DOUBLE), ${scale}, ${even})`
    const usual = `CAST(CAST(CAST(CAST($1 AS VARCHAR) AS DECIMAL(38,${scale})) AS VARCHAR) AS ${type})`
    const rounded =
      even || scale < 0 || scale > MOST_PLACES || value.dataType.kind === 'float'
        ? exact
        : `CASE WHEN abs($1) BETWEEN 1e-3 AND 1e15 THEN ${usual} ELSE ${exact} END`
    return `CAST(${rounded} + 0 AS ${type})`
  }

function roundWhole(scale: number, even: boolean, type: string): string {
  if (scale >= 0) return '$1'
  if (scale < -38) return `CASE WHEN $1 IS NOT NULL THEN CAST(0 AS ${type}) END`
  const unit = `CAST(1${'0'.repeat(-scale)} AS HUGEINT)`
  const count = `abs(CAST($1 AS HUGEINT)) // ${unit}`
  const rest = `2 * (abs(CAST($1 AS HUGEINT)) % ${unit})`
  const up = even ? `${rest} > ${unit} OR (${rest} = ${unit} AND ${count} % 2 = 1)` : `${rest} >= ${unit}`
  return `CAST((${count} + CASE WHEN ${up} THEN 1 ELSE 0 END) * ${unit} * sign($1) AS ${type})`
}

const rounding = (name: string, even: boolean): RowText => ({
  name,
  takes: 'NUMERIC, INT=0',
  gives: ([value, places]) => {
    decimalPlaces(places)
    return value.dataType
  },
  nullable: 'always',
  sql: round(even),
})

const extreme = (name: string): RowText => ({
  name,
  takes: 'S, S...',
  gives: 'S',
  nullable: 'all',
  sql: (args) => {
    const type = args.find(({ dataType }) => holdsNull(dataType))?.dataType
    return type ? `${name}(${args.map((_, k) => keyed(type, `$${k + 1}`)).join(', ')}).v` : `${name}($*)`
  },
})

const allOnes = (bits: number): string => `CAST(${2n ** BigInt(bits) - 1n} AS HUGEINT)`

/** Bits as Java's int or long: from half of their range on they are negative. */
const signed = (bits: number, sql: string): string =>
  `CASE WHEN ${sql} > ${allOnes(bits - 1)} THEN ${sql} - ${allOnes(bits)} - 1 ELSE ${sql} END`

/** What is shifted out at the left is lost, as in Java; the engine raises an error. */
const wrapped = (bits: number): string =>
  signed(bits, `((CAST($1 AS HUGEINT) & (${allOnes(bits)} >> ($2 & ${bits - 1}))) << ($2 & ${bits - 1}))`)

/** A shift by a number of bits, of which Java takes the last five or six. */
const shifts = (name: string, sql: (bits: number) => string): RowText[] => [
  { name, takes: 'LONG!, INT', gives: 'LONG', sql: `CAST(${sql(64)} AS BIGINT)` },
  { name, takes: 'INT, INT', gives: 'INT', sql: `CAST(${sql(32)} AS INTEGER)` },
]

/** The ends of the whole numbers of a type. */
const RANGES: Readonly<Record<string, readonly [least: string, most: string]>> = {
  byte: ['-128', '127'],
  short: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  long: ['CAST(-9223372036854775808 AS BIGINT)', '9223372036854775807'],
}

/** Null where the result does not fit; what goes wrong in the operands stays an error. */
const tried = (name: string, operator: string): RowText => ({
  name,
  takes: 'N, N',
  gives: 'N',
  nullable: 'always',
  sql: ([{ dataType }]) => {
    const range = RANGES[dataType.kind]
    if (!range) return `($1 ${operator} $2)`
    const wide = `CAST($1 AS HUGEINT) ${operator} CAST($2 AS HUGEINT)`
    return `CASE WHEN ${wide} BETWEEN ${range[0]} AND ${range[1]} THEN CAST(${wide} AS ${duckType(dataType)}) END`
  },
})

const WIDTH_BUCKET =
  'CASE WHEN $4 <= 0 OR $2 = $3 OR isnan($1) OR NOT isfinite($2) OR NOT isfinite($3) THEN NULL ' +
  'WHEN ($2 < $3 AND $1 < $2) OR ($2 > $3 AND $1 > $2) THEN 0 WHEN ($2 < $3 AND $1 >= $3) OR ($2 > $3 AND $1 <= $3) THEN $4 + 1 ' +
  'ELSE CAST(floor($4 * ($1 - $2) / ($3 - $2)) AS BIGINT) + 1 END'

/** Mathematical functions. */
export const MATH = scalars([
  { name: 'abs', takes: 'NUMERIC', gives: '$1', sql: 'abs($1)' },
  real('sqrt', `CASE WHEN $1 < 0 THEN ${NAN} ELSE sqrt($1) END`),
  real('cbrt', 'cbrt($1)'),
  real('exp', 'exp($1)'),
  real('expm1', 'CASE WHEN abs($1) < 1e-5 THEN $1 * (1 + $1 / 2) ELSE exp($1) - 1 END'),
  logarithm('ln', 'ln($1)', 0, 'ln($1)'),
  logarithm('log', 'ln($1)', 0, 'LOG(E(), $1)'),
  {
    name: 'log',
    takes: 'DOUBLE, DOUBLE',
    gives: 'DOUBLE',
    nullable: 'always',
    sql: `CASE WHEN $1 = 1 AND $2 > 0 THEN CASE WHEN $2 = 1 THEN ${NAN} WHEN $2 > 1 THEN ${INFINITY} ELSE -${INFINITY} END WHEN $1 > 0 AND $2 > 0 THEN ln($2) / ln($1) END`,
    title: 'LOG($1, $2)',
  },
  logarithm('log10', 'log10($1)'),
  logarithm('log2', 'log2($1)'),
  // Kahan's log1p: exact near zero, where 1 + x loses the digits of x.
  logarithm('log1p', 'CASE WHEN 1 + $1 = 1 OR isinf($1) THEN $1 ELSE ln(1 + $1) * $1 / ((1 + $1) - 1) END', -1),
  { name: 'pow', takes: 'DOUBLE, DOUBLE', gives: 'DOUBLE', sql: 'pow($1, $2)' },
  { name: 'power', takes: 'DOUBLE, DOUBLE', gives: 'DOUBLE', sql: 'pow($1, $2)', title: 'POWER($1, $2)' },
  finite('sin'),
  finite('cos'),
  finite('tan'),
  unit('asin'),
  unit('acos'),
  real('atan', 'atan($1)'),
  { name: 'atan2', takes: 'DOUBLE, DOUBLE', gives: 'DOUBLE', sql: 'atan2($1 + 0, $2 + 0)', title: 'ATAN2($1, $2)' },
  real('sinh', 'sinh($1)'),
  real('cosh', 'cosh($1)'),
  real('tanh', 'tanh($1)'),
  real('degrees', 'degrees($1)'),
  real('radians', 'radians($1)'),
  real('signum', 'CASE WHEN isnan($1) OR $1 = 0 THEN $1 ELSE CAST(sign($1) AS DOUBLE) END'),
  real('sign', 'CASE WHEN isnan($1) OR $1 = 0 THEN $1 ELSE CAST(sign($1) AS DOUBLE) END', 'sign($1)'),
  real('rint', 'round_even($1, 0)', 'rint($1)'),
  {
    name: 'hypot',
    takes: 'DOUBLE, DOUBLE',
    gives: 'DOUBLE',
    // Scaled by the larger side, so that squares neither overflow nor vanish.
    sql:
      'CASE WHEN $1 + $2 IS NULL THEN NULL WHEN isinf($1) OR isinf($2) THEN abs($1) + abs($2) WHEN greatest(abs($1), abs($2)) = 0 THEN $1 + $2 ELSE ' +
      'greatest(abs($1), abs($2)) * sqrt(1 + pow(least(abs($1), abs($2)) / greatest(abs($1), abs($2)), 2)) END',
    title: 'HYPOT($1, $2)',
  },
  real('sec', `CASE WHEN isinf($1) THEN ${NAN} ELSE 1 / cos($1) END`),
  real('csc', `CASE WHEN isinf($1) THEN ${NAN} WHEN $1 = 0 THEN ${POLE} ELSE 1 / sin($1) END`),
  real('cot', `CASE WHEN isinf($1) THEN ${NAN} WHEN $1 = 0 THEN ${POLE} ELSE 1 / tan($1) END`),
  real(
    'asinh',
    `CASE WHEN isinf($1) THEN $1 WHEN $1 + sqrt($1 * $1 + 1) = 0 THEN -${INFINITY} ELSE ln($1 + sqrt($1 * $1 + 1)) END`,
  ),
  // As Spark computes it: what is left of large negative numbers is zero.
  real(
    'acosh',
    `CASE WHEN isnan($1) OR abs($1) < 1 OR $1 + sqrt($1 * $1 - 1) < 0 THEN ${NAN} WHEN $1 + sqrt($1 * $1 - 1) = 0 THEN -${INFINITY} ELSE ln($1 + sqrt($1 * $1 - 1)) END`,
  ),
  real('atanh', `CASE WHEN abs($1) > 1 THEN ${NAN} WHEN abs($1) = 1 THEN $1 * ${INFINITY} ELSE atanh($1) END`),
  {
    name: 'factorial',
    takes: 'INT',
    gives: 'LONG',
    nullable: 'always',
    sql: 'CASE WHEN $1 BETWEEN 0 AND 20 THEN CAST(factorial($1) AS BIGINT) END',
  },
  { name: 'bin', takes: 'LONG', gives: 'STRING', sql: 'bin($1)' },
  { name: 'conv', takes: 'STRING, INT, INT', gives: 'STRING', nullable: 'always', sql: 'js_conv($1, $2, $3)' },
  ...shifts('shiftleft', wrapped),
  ...shifts('shiftright', (bits) => `($1 >> ($2 & ${bits - 1}))`),
  ...shifts('shiftrightunsigned', (bits) =>
    signed(bits, `((CAST($1 AS HUGEINT) & ${allOnes(bits)}) >> ($2 & ${bits - 1}))`),
  ),
  { name: 'bit_count', takes: 'BOOLEAN!', gives: 'INT', sql: 'CAST($1 AS INTEGER)' },
  { name: 'bit_count', takes: 'INTEGRAL', gives: 'INT', sql: 'CAST(bit_count(CAST($1 AS BIGINT)) AS INTEGER)' },
  {
    name: 'bit_get|getbit',
    takes: 'LONG, INT',
    gives: () => ByteType,
    sql: 'CAST(CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN ($1 & (CASE WHEN $2 = 63 THEN CAST(-9223372036854775808 AS BIGINT) ELSE CAST(1 AS BIGINT) << $2 END)) = 0 THEN 0 ELSE 1 END AS TINYINT)',
  },
  {
    name: 'width_bucket',
    takes: 'DOUBLE, DOUBLE, DOUBLE, LONG',
    gives: 'LONG',
    nullable: 'always',
    sql: WIDTH_BUCKET,
  },
  tried('try_add', '+'),
  tried('try_subtract', '-'),
  tried('try_multiply', '*'),
  {
    name: 'try_divide',
    takes: 'DOUBLE, DOUBLE',
    gives: 'DOUBLE',
    nullable: 'always',
    sql: 'CASE WHEN $2 <> 0 THEN $1 / $2 END',
  },
  { name: 'try_mod', takes: 'N, N', gives: 'N', nullable: 'always', sql: 'CASE WHEN $2 <> 0 THEN $1 % $2 END' },
  { name: 'pi', takes: '', gives: 'DOUBLE', sql: 'pi()', title: 'PI()' },
  { name: 'e', takes: '', gives: 'DOUBLE', sql: "CAST('2.718281828459045' AS DOUBLE)", title: 'E()' },
  rounding('round', false),
  rounding('bround', true),
  ...whole('floor', 'floor', 'FLOOR($1)'),
  ...whole('ceil', 'ceil', 'CEIL($1)'),
  ...whole('ceiling', 'ceil'),
  extreme('greatest'),
  extreme('least'),
])
