import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fusedMultiplyAdd } from '../../src/util/fused-multiply-add.js'

/** A double as an integer times 2^-1074: exact. */
function scaled(x: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const magnitude = exponent === 0 ? fraction : (fraction | 0x10000000000000n) << BigInt(exponent - 1)
  return x < 0 ? -magnitude : magnitude
}
const distance = (value: number, exact: bigint): bigint => {
  const difference = (scaled(value) << 1074n) - exact
  return difference < 0n ? -difference : difference
}
const next = (x: number, step: bigint): number => {
  const bits = new BigInt64Array(Float64Array.of(x).buffer)
  bits[0] += step
  return new Float64Array(bits.buffer)[0]
}

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-6)

it('is the double nearest to the exact result', () => {
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      const result = fusedMultiplyAdd(a, b, c)
      const exact = scaled(a) * scaled(b) + (scaled(c) << 1074n)
      if (result === 0) return exact === 0n
      const error = distance(result, exact)
      return error <= distance(next(result, 1n), exact) && error <= distance(next(result, -1n), exact)
    }),
    { numRuns: 2000 },
  )
})

it('keeps what two roundings lose', () => {
  const x = 1 + 2 ** -30
  expect(x * x - (1 + 2 ** -29)).toBe(0)
  expect(fusedMultiplyAdd(x, x, -(1 + 2 ** -29))).toBe(2 ** -60)
})

it('passes over what it cannot split', () => {
  expect(fusedMultiplyAdd(1e305, 2, 1)).toBe(2e305)
  expect(fusedMultiplyAdd(Number.POSITIVE_INFINITY, 1, 1)).toBe(Number.POSITIVE_INFINITY)
  expect(fusedMultiplyAdd(Number.NaN, 1, 1)).toBeNaN()
})
