import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DoubleSorter } from '../../src/util/double-sorter.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'

const sorter = new DoubleSorter()

/** What the runtime makes of the same values. */
function expectSorted(values: readonly number[]): void {
  const ours = Float64Array.from(values)
  sorter.sort(ours)
  expect(ours).toEqual(Float64Array.from(values).sort())
}

describe('DoubleSorter', () => {
  it('sorts what the runtime sorts', () => {
    const values = fc.array(fc.double({ noNaN: true }), { maxLength: 300 })
    fc.assert(fc.property(values, (list) => expectSorted(list)))
  })

  it('sorts spread, skewed, repeated and constant values, longer and shorter ones after each other', () => {
    const random = new XORShiftRandom(7)
    const make = (n: number, of: (u: number) => number) => Array.from({ length: n }, () => of(random.nextDouble()))
    expectSorted(make(5000, (u) => u))
    expectSorted(make(3000, (u) => 1 / (u * u)))
    expectSorted(make(4000, (u) => Math.floor(10 * u)))
    expectSorted(make(1000, () => 3))
    expectSorted(make(6000, (u) => (u < 0.5 ? u : 1e300 * u)))
    expectSorted([...make(2000, (u) => u - 0.5), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    expectSorted([])
  })
})
