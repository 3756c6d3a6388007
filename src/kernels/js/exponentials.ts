// Twins of the functions in assembly/exponentials.ts, and the numbers that both are made of.

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
/** Adding it leaves a whole number in the low bits of a double, rounded to nearest. */
const ROUNDER = 6755399441055744
/** Below, results would have fewer digits: they are that of this argument. */
const LEAST = -708
const BIAS = 1023

/** Coefficients of (exp(r) - 1 - r - r^2 / 2) / r^3 for |r| <= ln 2 / 2. */
const EXP = [
  0.16666666666666433, 0.041666666666604, 0.008333333333499915, 0.0013888888926778039, 0.00019841269466429115,
  2.4801508707531572e-5, 2.755764074051166e-6, 2.762517614478301e-7, 2.4978397716501942e-8,
] as const
/** Coefficients of (log((1 + s) / (1 - s)) - 2 s) / s^3 by powers of s^2, for |s| <= 1 / 3. */
const LOG = [
  0.6666666666667788, 0.399999999959977, 0.28571429063176856, 0.22222192655129594, 0.18182820723287277,
  0.15364192218181794, 0.1358724509888555, 0.09898311448611698, 0.17748843231298722,
] as const

/** The double with these bits. */
const bits = (value: bigint): number => new Float64Array(BigInt64Array.of(value).buffer)[0]

/** The table that the kernels read: places are given names in assembly/exponentials.ts. */
export const CONSTANTS = Float64Array.of(
  ...[Math.LOG2E, ROUNDER, LN2_HIGH, LN2_LOW, LEAST, 1, 2, 0.5],
  ...EXP,
  ...LOG,
  ...[bits(BigInt(BIAS)), bits(2n ** 52n - 1n), 2 ** 52, 2 ** 52 + BIAS],
)

/** One double and its upper half. */
const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

function polynomial(c: typeof EXP | typeof LOG, x: number): number {
  const x2 = x * x
  const x4 = x2 * x2
  const low = c[0] + c[1] * x + (c[2] + c[3] * x) * x2
  const high = c[4] + c[5] * x + (c[6] + c[7] * x) * x2
  return low + (high + c[8] * x4) * x4
}

/** e^x for x <= 0. */
export function expOf(x: number): number {
  const argument = Math.max(x, LEAST)
  const k = argument * Math.LOG2E + ROUNDER - ROUNDER
  const r = argument - k * LN2_HIGH - k * LN2_LOW
  const power = 1 + (r + r * r * (0.5 + r * polynomial(EXP, r)))
  halves[0] = 0
  halves[1] = (k + BIAS) << 20
  return power * double[0]
}

/** log(1 + x) for 0 <= x <= 1. */
export function log1pOf(x: number): number {
  const s = x / (2 + x)
  const z = s * s
  return s + s + s * (z * polynomial(LOG, z))
}

/** log(x) for normal x >= 1. */
export function logOf(x: number): number {
  double[0] = x
  const exponent = (halves[1] >>> 20) - BIAS
  halves[1] = (halves[1] & 0xfffff) | 0x3ff00000
  const rest = log1pOf(double[0] - 1)
  return exponent * LN2_HIGH + (exponent * LN2_LOW + rest)
}
