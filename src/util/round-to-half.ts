const LARGEST = 65504
/** Half a step above the largest half-precision number: from there on numbers round to infinity. */
const OVERFLOW = LARGEST + 16

const double = new DataView(new ArrayBuffer(8))

/** The number of IEEE 754 half precision (binary16) that is nearest to `x`, ties to the even one, as `Math.fround` does for single precision. */
export function roundToHalf(x: number): number {
  const size = Math.abs(x)
  if (!(size < OVERFLOW)) return Number.isNaN(x) ? x : Math.sign(x) * Number.POSITIVE_INFINITY
  double.setFloat64(0, size)
  const exponent = Math.max((double.getUint16(0) >>> 4) - 1023, -14)
  // Doubles near this one lie as far apart as halves near x do, so that adding it rounds.
  const anchor = 1.5 * 2 ** (52 + exponent - 10)
  return x + anchor - anchor
}
