// Exponential and logarithm for two doubles at once, the same operations in the same order as in src/kernels/js/exponentials.ts, so that
// results do not depend on where they are computed. Off by less than two units in the last place.

const LOG2_E: f64 = 1.4426950408889634
/** ln 2 in two parts; products of the first with small whole numbers are exact. */
const LN2_HIGH: f64 = 0.6931471803691238
const LN2_LOW: f64 = 1.9082149292705877e-10
/** Adding it leaves a whole number in the low bits of a double, rounded to nearest. */
const ROUNDER: f64 = 6755399441055744
/** Below, results would have fewer digits: they are that of this argument. */
const LEAST: f64 = -708
const BIAS: i64 = 1023

/** Coefficients of (exp(r) - 1 - r - r^2 / 2) / r^3 for |r| <= ln 2 / 2. */
const E0: f64 = 0.16666666666666433
const E1: f64 = 0.041666666666604
const E2: f64 = 0.008333333333499915
const E3: f64 = 0.0013888888926778039
const E4: f64 = 0.00019841269466429115
const E5: f64 = 2.4801508707531572e-5
const E6: f64 = 2.755764074051166e-6
const E7: f64 = 2.762517614478301e-7
const E8: f64 = 2.4978397716501942e-8

/** Coefficients of (log((1 + s) / (1 - s)) - 2 s) / s^3 by powers of s^2, for |s| <= 1 / 3. */
const L0: f64 = 0.6666666666667788
const L1: f64 = 0.399999999959977
const L2: f64 = 0.28571429063176856
const L3: f64 = 0.22222192655129594
const L4: f64 = 0.18182820723287277
const L5: f64 = 0.15364192218181794
const L6: f64 = 0.1358724509888555
const L7: f64 = 0.09898311448611698
const L8: f64 = 0.17748843231298722

@inline
function line(a: f64, b: f64, x: v128): v128 {
  return f64x2.add(f64x2.splat(a), f64x2.mul(f64x2.splat(b), x))
}

@inline
function andTimes(a: v128, b: v128, x: v128): v128 {
  return f64x2.add(a, f64x2.mul(b, x))
}

/** e^x for x <= 0. */
@inline
export function expOf(x: v128): v128 {
  const argument = f64x2.max(x, f64x2.splat(LEAST))
  const shifted = f64x2.add(f64x2.mul(argument, f64x2.splat(LOG2_E)), f64x2.splat(ROUNDER))
  const k = f64x2.sub(shifted, f64x2.splat(ROUNDER))
  const r = f64x2.sub(
    f64x2.sub(argument, f64x2.mul(k, f64x2.splat(LN2_HIGH))),
    f64x2.mul(k, f64x2.splat(LN2_LOW)),
  )
  const r2 = f64x2.mul(r, r)
  const r4 = f64x2.mul(r2, r2)
  const low = andTimes(line(E0, E1, r), line(E2, E3, r), r2)
  const high = andTimes(andTimes(line(E4, E5, r), line(E6, E7, r), r2), f64x2.splat(E8), r4)
  const q = andTimes(low, high, r4)
  const power = f64x2.add(
    f64x2.splat(1),
    f64x2.add(r, f64x2.mul(r2, f64x2.add(f64x2.splat(0.5), f64x2.mul(r, q)))),
  )
  const scale = i64x2.shl(i64x2.add(shifted, i64x2.splat(BIAS)), 52)
  return f64x2.mul(power, scale)
}

/** log(1 + x) for 0 <= x <= 1. */
@inline
export function log1pOf(x: v128): v128 {
  const s = f64x2.div(x, f64x2.add(f64x2.splat(2), x))
  const z = f64x2.mul(s, s)
  const z2 = f64x2.mul(z, z)
  const z4 = f64x2.mul(z2, z2)
  const low = andTimes(line(L0, L1, z), line(L2, L3, z), z2)
  const high = andTimes(andTimes(line(L4, L5, z), line(L6, L7, z), z2), f64x2.splat(L8), z4)
  const q = andTimes(low, high, z4)
  return f64x2.add(f64x2.add(s, s), f64x2.mul(s, f64x2.mul(z, q)))
}

/** log(x) for normal x >= 1. */
@inline
export function logOf(x: v128): v128 {
  const mantissa = v128.or(v128.and(x, i64x2.splat(0x000fffffffffffff)), f64x2.splat(1))
  // The exponent in the low bits of a double, from which the number of those bits is taken away.
  const exponent = f64x2.sub(
    v128.or(i64x2.shr_u(x, 52), f64x2.splat(4503599627370496)),
    f64x2.splat(4503599627370496 + 1023),
  )
  const rest = log1pOf(f64x2.sub(mantissa, f64x2.splat(1)))
  return f64x2.add(
    f64x2.mul(exponent, f64x2.splat(LN2_HIGH)),
    f64x2.add(f64x2.mul(exponent, f64x2.splat(LN2_LOW)), rest),
  )
}
