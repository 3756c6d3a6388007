import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roundedLog } from '../../src/util/rounded-log.js'

const BITS = 160n
const ONE = 1n << BITS

/** `2 artanh(a / b)` in units of 2^-160. */
function artanh(a: bigint, b: bigint): bigint {
  const z = (a * ONE) / b
  const square = (z * z) / ONE
  let power = z
  let sum = 0n
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n
    power = (power * square) / ONE
  }
  return 2n * sum
}

const LN2 = artanh(1n, 3n)

/** The logarithm of a normal double from integers alone, rounded once. */
function reference(x: number): number {
  const exponent = Math.floor(Math.log2(x))
  const mantissa = BigInt(x * 2 ** -exponent * 2 ** 54)
  const unit = 1n << 54n
  return Number(artanh(mantissa - unit, mantissa + unit) + BigInt(exponent) * LN2) * 2 ** -Number(BITS)
}

describe('roundedLog', () => {
  it('is the nearest double, of shares', () => {
    for (let n = 1; n <= 60; n++) for (let k = 1; k <= n; k++) expect(roundedLog(k / n)).toBe(reference(k / n))
  })

  it('is the nearest double, of any number', () => {
    const positive = fc.double({ min: 2 ** -900, max: 2 ** 900, noNaN: true })
    const near1 = fc.double({ min: 0.7, max: 1.5, noNaN: true })
    fc.assert(
      fc.property(fc.oneof(positive, near1), (x) => {
        expect(roundedLog(x)).toBe(reference(x))
      }),
      { numRuns: 2000 },
    )
  })

  it('is what Math.log is beside', () => {
    for (const x of [0, -1, 2 ** -1040, Number.POSITIVE_INFINITY, Number.NaN]) expect(roundedLog(x)).toBe(Math.log(x))
    expect(roundedLog(1)).toBe(0)
  })
})
