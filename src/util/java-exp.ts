/**
 * Makes {@link javaExp} with its tables. The function names nothing outside itself, so that it can be printed into a module.
 */
export function javaExponential(): (x: number) => number {
  // ln 2 is cut into 64 parts, so that the rest of an argument is small.
  const root = new Float64Array(64)
  const rest = new Float64Array(64)
  // The powers of two of normal numbers: -1022 to 1023.
  const powers = new Float64Array(2046)
  for (let i = 0; i < powers.length; i++) powers[i] = 2 ** (i - 1022)

  // 2^(j / 64) cut off after 53 bits, and what is left as a share of that; in fixed point with 160 digits.
  const BITS = 160n
  // Largest whole number whose square is not above `n`.
  const integerRoot = (n: bigint): bigint => {
    let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
    for (;;) {
      const next = (x + n / x) >> 1n
      if (next >= x) return x
      x = next
    }
  }
  let step = 2n << BITS
  for (let parts = 1; parts < 64; parts *= 2) step = integerRoot(step << BITS)
  let power = 1n << BITS
  for (let j = 0; j < 64; j++) {
    const cut = power >> (BITS - 52n)
    root[j] = Number(cut) * 2 ** -52
    const left = power - (cut << (BITS - 52n))
    rest[j] = Number((left << 52n) / cut) * 2 ** -Number(BITS)
    power = (power * step) >> BITS
  }

  return (x) => {
    if (!(x > -745.2 && x < 709.8)) return x > 0 ? Number.POSITIVE_INFINITY : x < 0 ? 0 : x
    // Adding 1.5 * 2^52 leaves no digits after the point, rounded to nearest.
    const k = x * (64 / Math.LN2) + 6755399441055744 - 6755399441055744
    // ln 2 / 64 in two pieces: products of the first one with whole numbers are exact.
    const y = x - k * 0.010830424696223417 - k * 2.572804622327669e-14
    const y2 = y * y
    const y3 = y * y2
    const j = k & 63
    // Coefficients of exp(y) - 1 - y beside powers 2 to 6 of y, for |y| up to ln 2 / 128.
    const odd = y3 * (0.16666666666523347 + 0.04166666666952449 * y)
    const high = y3 * y2 * (0.008333368243348653 + 0.001388874731341548 * y)
    const share = odd + (y + rest[j] + high) + y2 * 0.4999999999999999
    const middle = root[j]
    const n = (k - j) / 64
    const value = share * middle + middle
    if (n < -1022) return value * 2 ** -100 * powers[n + 1122]
    return n > 1023 ? value * 2 * powers[2045] : value * powers[n + 1022]
  }
}

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
export const javaExp = javaExponential()
