import type { Column } from '../column.js'
import { type ColumnOrName, call, lit, type Operand } from './base.js'

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

/** 1 / cos of an angle in radians. */
export const sec = (column: ColumnOrName): Column => call('sec', column)

/** 1 / sin of an angle in radians. */
export const csc = (column: ColumnOrName): Column => call('csc', column)

/** 1 / tan of an angle in radians. */
export const cot = (column: ColumnOrName): Column => call('cot', column)

/** Inverse hyperbolic sine. */
export const asinh = (column: ColumnOrName): Column => call('asinh', column)

/** Inverse hyperbolic cosine; NaN below one. */
export const acosh = (column: ColumnOrName): Column => call('acosh', column)

/** Inverse hyperbolic tangent; NaN outside [-1, 1]. */
export const atanh = (column: ColumnOrName): Column => call('atanh', column)

/** Factorial of 0 to 20; null for other numbers. */
export const factorial = (column: ColumnOrName): Column => call('factorial', column)

/** Binary digits of the 64 bits of a whole number. */
export const bin = (column: ColumnOrName): Column => call('bin', column)

/** Text of a whole number in another base: `conv('n', 10, 16)`. */
export const conv = (column: ColumnOrName, fromBase: number, toBase: number): Column =>
  call('conv', column, lit(fromBase), lit(toBase))

/** Bits shifted left; what leaves the type is lost. */
export const shiftleft = (column: ColumnOrName, bits: number): Column => call('shiftleft', column, lit(bits))

/** Bits shifted right, keeping the sign. */
export const shiftright = (column: ColumnOrName, bits: number): Column => call('shiftright', column, lit(bits))

/** Bits shifted right, with zeros from the left. */
export const shiftrightunsigned = (column: ColumnOrName, bits: number): Column =>
  call('shiftrightunsigned', column, lit(bits))

/** Number of bits that are one. */
export const bit_count = (column: ColumnOrName): Column => call('bit_count', column)

/** The bit at a position, from 0 at the right. */
export const bit_get = (column: ColumnOrName, position: Operand): Column => call('bit_get', column, position)

/** Bucket of equal width, from 1, of a value between two borders; 0 below and count + 1 from the upper border on. */
export const width_bucket = (column: ColumnOrName, min: Operand, max: Operand, count: Operand): Column =>
  call('width_bucket', column, min, max, count)

/** Sum, or null where it overflows. */
export const try_add = (left: Operand, right: Operand): Column => call('try_add', left, right)

/** Difference, or null where it overflows. */
export const try_subtract = (left: Operand, right: Operand): Column => call('try_subtract', left, right)

/** Product, or null where it overflows. */
export const try_multiply = (left: Operand, right: Operand): Column => call('try_multiply', left, right)

/** Quotient as a double, or null where the divisor is zero. */
export const try_divide = (left: Operand, right: Operand): Column => call('try_divide', left, right)

/** Remainder, or null where the divisor is zero. */
export const try_mod = (left: Operand, right: Operand): Column => call('try_mod', left, right)

/** Murmur3 hash of columns, as Spark computes it; nulls do not change it. */
export const hash = (...columns: Operand[]): Column => call('hash', ...columns)

/** 64-bit xxHash of columns, as Spark computes it; nulls do not change it. */
export const xxhash64 = (...columns: Operand[]): Column => call('xxhash64', ...columns)

/** Same as {@link pow}. */
export const power = (base: Operand, exponent: Operand): Column => call('power', base, exponent)

/** The number π. */
export const pi = (): Column => call('pi')

/** Euler's number. */
export const e = (): Column => call('e')

/** Same as {@link signum}. */
export const sign = (column: ColumnOrName): Column => call('sign', column)

/** Same as {@link ceil}. */
export const ceiling = (column: ColumnOrName): Column => call('ceiling', column)

/** The number itself. */
export const positive = (column: ColumnOrName): Column => call('positive', column)

/** The bits of a whole number turned over. */
export const bitwise_not = (column: ColumnOrName): Column => call('~', column)

/** Same as {@link bit_get}. */
export const getbit = (column: ColumnOrName, position: Operand): Column => call('getbit', column, position)
