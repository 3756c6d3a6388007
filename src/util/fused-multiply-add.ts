/** `2^27 + 1`: splits a double into two halves whose products are exact. */
const SPLITTER = 134217729

/**
 * `a * b + c` with one rounding, as the processor instruction and Java's `Math.fma` have it; where an intermediate value overflows, with two.
 * A result half-way between two doubles may, very rarely, be rounded to the other one.
 * Source: Dekker, A floating-point technique for extending the available precision (1971), doi:10.1007/BF01397083.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b
  const aBig = SPLITTER * a
  const aHigh = aBig - (aBig - a)
  const aLow = a - aHigh
  const bBig = SPLITTER * b
  const bHigh = bBig - (bBig - b)
  const bLow = b - bHigh
  const productError = aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
  const sum = product + c
  const shift = sum - product
  const sumError = product - (sum - shift) + (c - shift)
  const result = sum + (sumError + productError)
  return Number.isFinite(result) ? result : product + c
}
