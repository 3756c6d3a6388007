/** The exponents whose powers of two are kept: normal numbers, and one factor of what lies beyond them. */
const LOWEST = -1022
const HIGHEST = 1023

/** ln 2 is cut into this many parts, so that the rest of an argument is small. */
const PARTS = 64
const PARTS_PER_UNIT = 64 / Math.LN2
/** ln 2 / 64 in two pieces: products of the first one with whole numbers are exact. */
const PART_HIGH = 0.010830424696223417
const PART_LOW = 2.572804622327669e-14
/** Adding it leaves no digits after the point, rounded to nearest. */
const ROUNDER = 1.5 * 2 ** 52

/** Coefficients of exp(y) - 1 - y beside powers 2 to 6 of y, for |y| up to ln 2 / 128. */
const C2 = 0.4999999999999999
const C3 = 0.16666666666523347
const C4 = 0.04166666666952449
const C5 = 0.008333368243348653
const C6 = 0.001388874731341548

/** Digits of the fixed-point numbers that the tables are made with. */
const BITS = 160n

/** 2^(j / 64) cut off after 53 bits, and what is left as a share of that. */
function makeRoots(): { readonly root: Float64Array; readonly rest: Float64Array } {
  const root = new Float64Array(PARTS)
  const rest = new Float64Array(PARTS)
  let step = 2n << BITS
  for (let parts = 1; parts < PARTS; parts *= 2) step = integerRoot(step << BITS)
  let power = 1n << BITS
  for (let j = 0; j < PARTS; j++) {
    const cut = power >> (BITS - 52n)
    root[j] = Number(cut) * 2 ** -52
    const left = power - (cut << (BITS - 52n))
    rest[j] = Number((left << 52n) / cut) * 2 ** -Number(BITS)
    power = (power * step) >> BITS
  }
  return { root, rest }
}

/** Largest whole number whose square is not above `n`. */
function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

const { root, rest } = makeRoots()
const POWERS = Float64Array.from({ length: HIGHEST - LOWEST + 1 }, (_, i) => 2 ** (LOWEST + i))

/**
 * `e^x`, to the last bit as `java.lang.Math.exp` gives it on x86-64, which is what Spark's losses use there; JavaScript's own
 * `Math.exp` differs from it in one value of ten, by one unit in the last place.
 *
 * With k the number of 64ths of ln 2 in x, and y the rest, `e^x = 2^⌊k / 64⌋ · 2^((k mod 64) / 64) · e^y`: the middle factor is
 * looked up, the last one is a polynomial. Off by at most 0.51 units in the last place; below 2^-1022, where numbers lose
 * digits, by one, and there not always Java's.
 *
 * Source: the method of Intel's LIBM as HotSpot uses it; P. T. P. Tang, Table-driven implementation of the exponential
 * function (1989), doi:10.1145/63522.214389. For example, `javaExp(1)` is `Math.E`.
 */
export function javaExp(x: number): number {
  if (!(x > -745.2 && x < 709.8)) return x > 0 ? Number.POSITIVE_INFINITY : x < 0 ? 0 : x
  const k = x * PARTS_PER_UNIT + ROUNDER - ROUNDER
  const y = x - k * PART_HIGH - k * PART_LOW
  const y2 = y * y
  const y3 = y * y2
  const j = k & (PARTS - 1)
  const share = y3 * (C3 + C4 * y) + (y + rest[j] + y3 * y2 * (C5 + C6 * y)) + y2 * C2
  const middle = root[j]
  const n = (k - j) / PARTS
  const value = share * middle + middle
  if (n < LOWEST) return value * 2 ** -100 * POWERS[n + 100 - LOWEST]
  return n > HIGHEST ? value * 2 * POWERS[HIGHEST - LOWEST] : value * POWERS[n - LOWEST]
}
