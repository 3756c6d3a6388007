// Twins of the functions in assembly/exponentials.ts.

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const ROUNDER = 6755399441055744
const LEAST = -708
const BIAS = 1023

const E0 = 0.16666666666666433
const E1 = 0.041666666666604
const E2 = 0.008333333333499915
const E3 = 0.0013888888926778039
const E4 = 0.00019841269466429115
const E5 = 2.4801508707531572e-5
const E6 = 2.755764074051166e-6
const E7 = 2.762517614478301e-7
const E8 = 2.4978397716501942e-8

const L0 = 0.6666666666667788
const L1 = 0.399999999959977
const L2 = 0.28571429063176856
const L3 = 0.22222192655129594
const L4 = 0.18182820723287277
const L5 = 0.15364192218181794
const L6 = 0.1358724509888555
const L7 = 0.09898311448611698
const L8 = 0.17748843231298722

/** One double and its upper half. */
const double = new Float64Array(1)
const halves = new Int32Array(double.buffer)

/** e^x for x <= 0. */
export function expOf(x: number): number {
  const argument = Math.max(x, LEAST)
  const k = argument * Math.LOG2E + ROUNDER - ROUNDER
  const r = argument - k * LN2_HIGH - k * LN2_LOW
  const r2 = r * r
  const r4 = r2 * r2
  const low = E0 + E1 * r + (E2 + E3 * r) * r2
  const high = E4 + E5 * r + (E6 + E7 * r) * r2 + E8 * r4
  const q = low + high * r4
  halves[0] = 0
  halves[1] = (k + BIAS) << 20
  return (1 + (r + r2 * (0.5 + r * q))) * double[0]
}

/** log(1 + x) for 0 <= x <= 1. */
export function log1pOf(x: number): number {
  const s = x / (2 + x)
  const z = s * s
  const z2 = z * z
  const z4 = z2 * z2
  const low = L0 + L1 * z + (L2 + L3 * z) * z2
  const high = L4 + L5 * z + (L6 + L7 * z) * z2 + L8 * z4
  const q = low + high * z4
  return s + s + s * (z * q)
}

/** log(x) for normal x >= 1. */
export function logOf(x: number): number {
  double[0] = x
  const exponent = (halves[1] >>> 20) - BIAS
  halves[1] = (halves[1] & 0xfffff) | 0x3ff00000
  const rest = log1pOf(double[0] - 1)
  return exponent * LN2_HIGH + (exponent * LN2_LOW + rest)
}
