// Exponential and logarithm for two doubles at once, the same operations in the same order as in src/kernels/js/exponentials.ts, so that
// results do not depend on where they are computed. Off by less than two units in the last place. The numbers that they need stand in memory,
// in the order of `CONSTANTS` there: V8 takes longer to make a constant than to load it.

/** The number at a place of the table, in both lanes. */
@inline
function constant(table: usize, place: usize): v128 {
  return v128.load64_splat(table + (place << 3))
}

/** `constant + constant x` */
@inline
function line(table: usize, place: usize, x: v128): v128 {
  return f64x2.add(constant(table, place), f64x2.mul(constant(table, place + 1), x))
}

@inline
function andTimes(a: v128, b: v128, x: v128): v128 {
  return f64x2.add(a, f64x2.mul(b, x))
}

/** A polynomial of degree 8, from the coefficient at a place of the table on. */
@inline
function polynomial(table: usize, place: usize, x: v128): v128 {
  const x2 = f64x2.mul(x, x)
  const x4 = f64x2.mul(x2, x2)
  const low = andTimes(line(table, place, x), line(table, place + 2, x), x2)
  const high = andTimes(line(table, place + 4, x), line(table, place + 6, x), x2)
  return andTimes(low, andTimes(high, constant(table, place + 8), x4), x4)
}

const LOG2_E = 0
const ROUNDER = 1
const LN2_HIGH = 2
const LN2_LOW = 3
const LEAST = 4
const ONE = 5
const TWO = 6
const HALF = 7
const EXP = 8
const LOG = 17
const BIAS = 26
const MANTISSA = 27
const LOW_BITS = 28
const LOW_BITS_BIAS = 29

/** e^x for x <= 0. */
@inline
export function expOf(x: v128, table: usize): v128 {
  const argument = f64x2.max(x, constant(table, LEAST))
  const shifted = f64x2.add(f64x2.mul(argument, constant(table, LOG2_E)), constant(table, ROUNDER))
  const k = f64x2.sub(shifted, constant(table, ROUNDER))
  const r = f64x2.sub(
    f64x2.sub(argument, f64x2.mul(k, constant(table, LN2_HIGH))),
    f64x2.mul(k, constant(table, LN2_LOW)),
  )
  const inner = f64x2.add(constant(table, HALF), f64x2.mul(r, polynomial(table, EXP, r)))
  const power = f64x2.add(constant(table, ONE), f64x2.add(r, f64x2.mul(f64x2.mul(r, r), inner)))
  const scale = i64x2.shl(i64x2.add(shifted, constant(table, BIAS)), 52)
  return f64x2.mul(power, scale)
}

/** log(1 + x) for 0 <= x <= 1. */
@inline
export function log1pOf(x: v128, table: usize): v128 {
  const s = f64x2.div(x, f64x2.add(constant(table, TWO), x))
  const z = f64x2.mul(s, s)
  return f64x2.add(f64x2.add(s, s), f64x2.mul(s, f64x2.mul(z, polynomial(table, LOG, z))))
}

/** log(x) for normal x >= 1. */
@inline
export function logOf(x: v128, table: usize): v128 {
  const mantissa = v128.or(v128.and(x, constant(table, MANTISSA)), constant(table, ONE))
  const exponent = f64x2.sub(v128.or(i64x2.shr_u(x, 52), constant(table, LOW_BITS)), constant(table, LOW_BITS_BIAS))
  const rest = log1pOf(f64x2.sub(mantissa, constant(table, ONE)), table)
  return f64x2.add(
    f64x2.mul(exponent, constant(table, LN2_HIGH)),
    f64x2.add(f64x2.mul(exponent, constant(table, LN2_LOW)), rest),
  )
}
