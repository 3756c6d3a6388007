import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fma } from '../../src/util/fma.js'

const view = new DataView(new ArrayBuffer(8))

/** A double as an integer times a power of two. */
function parts(x: number): [mantissa: bigint, exponent: number] {
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const sign = bits >> 63n ? -1n : 1n
  const exponent = Number((bits >> 52n) & 2047n)
  const fraction = bits & ((1n << 52n) - 1n)
  return exponent === 0 ? [sign * fraction, -1074] : [sign * (fraction | (1n << 52n)), exponent - 1075]
}

/** `a * b + c` in exact integers, rounded once to nearest, ties to even. */
function exactFma(a: number, b: number, c: number): number {
  const [[ma, ea], [mb, eb], [mc, ec]] = [parts(a), parts(b), parts(c)]
  const e = Math.min(ea + eb, ec)
  let m = ((ma * mb) << BigInt(ea + eb - e)) + (mc << BigInt(ec - e))
  const negative = m < 0n
  if (negative) m = -m
  const excess = m.toString(2).length - 53
  let exponent = e
  if (excess > 0) {
    const shift = BigInt(excess)
    const rest = m & ((1n << shift) - 1n)
    const half = 1n << (shift - 1n)
    m >>= shift
    exponent += excess
    if (rest > half || (rest === half && (m & 1n) === 1n)) m++
  }
  const value = Number(m) * 2 ** Math.max(exponent, -1000) * 2 ** Math.min(exponent + 1000, 0)
  return negative ? -value : value
}

const ordinary = fc.double({ min: -1e12, max: 1e12, noNaN: true }).filter((x) => Math.abs(x) > 1e-12)

describe('fma', () => {
  it('rounds once, as exact integer arithmetic does', () => {
    fc.assert(
      fc.property(ordinary, ordinary, ordinary, (a, b, c) => {
        expect(fma(a, b, c)).toBe(exactFma(a, b, c))
      }),
      { numRuns: 3000 },
    )
  })

  it('rounds once where the product and the summand nearly cancel', () => {
    fc.assert(
      fc.property(ordinary, ordinary, fc.integer({ min: -8, max: 8 }), (a, b, ulps) => {
        const c = -a * b * (1 + ulps * 2 ** -52)
        expect(fma(a, b, c)).toBe(exactFma(a, b, c))
      }),
      { numRuns: 3000 },
    )
  })

  it('rounds once where a sum in two steps would end on a tie', () => {
    // 1 + 2^-53 is a tie that goes to even; the tiny product decides it.
    const tie = 1 + 2 ** -52
    expect(fma(2 ** -30, 2 ** -23, 1)).toBe(1)
    expect(fma(2 ** -30 * tie, 2 ** -23, 1)).toBe(tie)
    expect(fma(tie, tie, -1)).toBe(2 ** -51 + 2 ** -104)
  })

  it('is what it is for zero, infinities and NaN', () => {
    expect(fma(0, 5, 2)).toBe(2)
    expect(fma(3, 4, 0)).toBe(12)
    expect(fma(Number.POSITIVE_INFINITY, 1, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(fma(Number.POSITIVE_INFINITY, 0, 1)).toBeNaN()
    expect(fma(1, 1, Number.NaN)).toBeNaN()
  })
})
