const doubles = new Float64Array(1)
const words = new Int32Array(doubles.buffer)
const LOW = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

/** Veltkamp's constant: splits a double into two halves of 26 bits. */
const SPLIT = 2 ** 27 + 1
/** Beyond these sizes the error of a product or the split of a factor is not a double any more. */
const LARGEST = 2 ** 970
const SMALLEST = 2 ** -960

/** The sum rounded to odd: where it is not exact, that neighbour whose last bit is 1. A second rounding is then the right one. */
function sumToOdd(a: number, b: number): number {
  const sum = a + b
  const t = sum - a
  const error = a - (sum - t) + (b - t)
  if (error === 0) return sum
  doubles[0] = sum
  if ((words[LOW] & 1) === 0) {
    // The neighbour on the side of the error: away from zero when the error has the sign of the sum.
    if (error > 0 === sum > 0) {
      words[LOW]++
      if (words[LOW] === 0) words[HIGH]++
    } else {
      if (words[LOW] === 0) words[HIGH]--
      words[LOW]--
    }
  }
  return doubles[0]
}

/**
 * `a * b + c` with one rounding (Java's `Math.fma`), which JavaScript lacks. Spark's linear algebra fuses some sums, and on a
 * nearly singular problem the last bit of a sum decides the answer.
 *
 * Exact for factors and results of ordinary size; where the product or `c` lies outside 2^-960 .. 2^970, or is not finite,
 * the product is rounded first. Source: Boldo and Melquiond, Emulation of a FMA and correctly rounded sums: proved algorithms
 * using rounding to odd, 2008, doi:10.1109/TC.2007.70819.
 *
 * @example
 * ```ts
 * // fma(0.1, 10, -1) is the rounding error of 0.1: 5.551115123125783e-17; 0.1 * 10 - 1 is 0
 * ```
 */
export function fma(a: number, b: number, c: number): number {
  const product = a * b
  const size = Math.abs(product)
  if (product === 0 || !(size > SMALLEST && size < LARGEST && Math.abs(c) < LARGEST)) return product + c
  if (!(Math.abs(a) < LARGEST && Math.abs(b) < LARGEST)) return product + c
  const ta = SPLIT * a
  const aHigh = ta - (ta - a)
  const aLow = a - aHigh
  const tb = SPLIT * b
  const bHigh = tb - (tb - b)
  const bLow = b - bHigh
  const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)

  const low = c + productError
  const u = low - c
  const lowError = c - (low - u) + (productError - u)
  const high = product + low
  const v = high - product
  const highError = product - (high - v) + (low - v)
  return high + sumToOdd(lowError, highError)
}
