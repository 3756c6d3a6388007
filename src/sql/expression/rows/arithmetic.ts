import type { DataType } from '../../types.js'
import { isIntegral } from '../coercion.js'
import { roundDecimal } from '../rounding.js'
import type { TypedCall } from '../typed.js'
import { type Build, type Compute, fitting, stop, strict, strictBy, tried } from './cell.js'

/** A number, or a long. */
// biome-ignore lint/suspicious/noExplicitAny: both operands are of one of the two
type Num = any

const byZero = (name: string): never => stop(name, 'Division by zero', 'Guard it: CASE WHEN b <> 0 THEN a / b END')

/** Arithmetic whose result fits its type. Decimals are doubles here, whose results the engine alone rounds. */
const fitted =
  (compute: Operation) =>
  ({ dataType }: TypedCall): Compute | undefined =>
    dataType.kind === 'decimal' ? undefined : (a: Num, b: Num) => fitting(compute(a, b), dataType)

type Operation = (a: Num, b: Num) => number | bigint

const arithmetic = (compute: Operation): Build => strictBy(fitted(compute))

/** Null where the operation has no result; what goes wrong in its operands stays an error. */
const triedArithmetic = (compute: Operation): Build =>
  strictBy((call) => {
    const operation = fitted(compute)(call)
    return operation && tried(operation)
  })

const remainder = (a: Num, b: Num): number | bigint => (Number(b) === 0 ? byZero('REMAINDER_BY_ZERO') : a % b)

const divide = (a: number, b: number): number => (b === 0 ? byZero('DIVIDE_BY_ZERO') : a / b)

const sum: Operation = (a, b) => a + b
const difference: Operation = (a, b) => a - b
const product: Operation = (a, b) => a * b
const mod = arithmetic(remainder)

const unaryMinus = strictBy(({ dataType }) =>
  dataType.kind === 'decimal' ? undefined : (a: Num) => fitting(-a, dataType),
)

const byOperands =
  (unary: Build, binary: Build): Build =>
  (args, call) =>
    args.length === 1 ? unary(args, call) : binary(args, call)

const whole = (compute: (a: Num, b: Num) => number | bigint): Build =>
  strictBy(({ dataType }) => (isIntegral(dataType) ? (compute as Compute) : undefined))

const LONG_END = 2n ** 63n

/** To a long as Java does: NaN is 0, values beyond the range are its ends. */
function saturated(value: number): bigint {
  if (Number.isNaN(value)) return 0n
  if (value >= 2 ** 63) return LONG_END - 1n
  return value <= -(2 ** 63) ? -LONG_END : BigInt(value)
}

const toWhole = (round: (x: number) => number): Build =>
  strictBy(({ args }) => {
    if (args.length !== 1) return undefined
    return isIntegral(args[0].dataType) ? (a: number | bigint) => BigInt(a) : (a: number) => saturated(round(a))
  })

const round = (even: boolean): Build =>
  strictBy(({ dataType, operands: [, places] }) => {
    if (typeof places?.literal !== 'number') return undefined
    const { literal: count } = places
    if (dataType.kind === 'double') return (a: number) => roundDecimal(a, count, even)
    if (isIntegral(dataType)) return roundWhole(dataType, count, even)
    return undefined
  })

const roundWhole = (type: DataType, places: number, even: boolean): Compute => {
  if (places >= 0) return (a: number | bigint) => a
  if (places < -38) return () => (type.kind === 'long' ? 0n : 0)
  const unit = 10n ** BigInt(-places)
  return (a: number | bigint) => {
    const size = BigInt(a) < 0n ? -BigInt(a) : BigInt(a)
    const rest = (size % unit) * 2n
    const count = size / unit
    const up = rest > unit || (rest === unit && (!even || count % 2n === 1n))
    const rounded = (count + (up ? 1n : 0n)) * unit * (BigInt(a) < 0n ? -1n : 1n)
    return fitting(type.kind === 'long' ? rounded : Number(rounded), type)
  }
}

const real = (compute: (x: number) => number): Build => strict(compute)
const signum = real((x) => (Number.isNaN(x) || x === 0 ? x : Math.sign(x)))
const power = strict((a: number, b: number) => a ** b)
const ceil = toWhole(Math.ceil)
const ln = strict((x: number) => (x <= 0 ? null : Math.log(x)))

/** Half to even. */
function rint(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x
  const floor = Math.floor(x)
  const rest = x - floor
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0)
  const rounded = floor + Number(up)
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded
}

/** Operators and functions of numbers. */
export const ARITHMETIC: Readonly<Record<string, Build>> = {
  '+': byOperands(
    strict((a: number) => a),
    arithmetic(sum),
  ),
  '-': byOperands(unaryMinus, arithmetic(difference)),
  '*': arithmetic(product),
  '/': strict(divide),
  '%': mod,
  mod,
  div: arithmetic((a, b) => (Number(b) === 0 ? byZero('DIVIDE_BY_ZERO') : a / b)),
  pmod: arithmetic((a, b) => {
    const rest: Num = remainder(a, b)
    return rest < 0 ? (rest + b) % b : rest
  }),
  negative: unaryMinus,
  positive: strict((a: number) => a),
  try_add: triedArithmetic(sum),
  try_subtract: triedArithmetic(difference),
  try_multiply: triedArithmetic(product),
  try_divide: strict(tried(divide)),
  try_mod: triedArithmetic(remainder),
  '&': whole((a, b) => a & b),
  '|': whole((a, b) => a | b),
  '^': whole((a, b) => a ^ b),
  '~': strict((a: Num) => ~a),
  abs: strictBy(({ dataType }) =>
    dataType.kind === 'decimal' ? undefined : (a: Num) => fitting(a < 0 || Object.is(a, -0) ? -a : a, dataType),
  ),
  floor: toWhole(Math.floor),
  ceil,
  ceiling: ceil,
  round: round(false),
  bround: round(true),
  rint: real(rint),
  sqrt: real(Math.sqrt),
  cbrt: real(Math.cbrt),
  exp: real(Math.exp),
  expm1: real(Math.expm1),
  ln,
  log: byOperands(
    ln,
    strict((base: number, x: number) => (base <= 0 || x <= 0 ? null : Math.log(x) / Math.log(base))),
  ),
  log10: strict((x: number) => (x <= 0 ? null : Math.log10(x))),
  log2: strict((x: number) => (x <= 0 ? null : Math.log2(x))),
  log1p: strict((x: number) => (x <= -1 ? null : Math.log1p(x))),
  pow: power,
  power,
  signum,
  sign: signum,
  sin: real(Math.sin),
  cos: real(Math.cos),
  tan: real(Math.tan),
  asin: real(Math.asin),
  acos: real(Math.acos),
  atan: real(Math.atan),
  atan2: strict((a: number, b: number) => Math.atan2(a + 0, b + 0)),
  sinh: real(Math.sinh),
  cosh: real(Math.cosh),
  tanh: real(Math.tanh),
  asinh: real((x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? x : Math.log(x + Math.sqrt(x * x + 1)))),
  acosh: real((x) => Math.log(x + Math.sqrt(x * x - 1))),
  atanh: real(Math.atanh),
  hypot: strict((a: number, b: number) => Math.hypot(a, b)),
  degrees: real((x) => (x * 180) / Math.PI),
  radians: real((x) => (x / 180) * Math.PI),
  pi: strict(() => Math.PI),
  e: strict(() => Math.E),
}
