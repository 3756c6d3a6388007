import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KernelOptions } from '../../src/kernels/engine.js'
import { countValues } from '../../src/tree/thresholds.js'
import { ValueCounter } from '../../src/tree/value-counter.js'
import { DoubleSorter } from '../../src/util/double-sorter.js'
import { TurnTaker } from '../../src/util/turn-taker.js'

const backends: readonly KernelOptions[] = [{ backend: 'wasm' }, { backend: 'js' }]

describe.each(backends)('counting values by kernels: %o', (options) => {
  it('finds the values that plain sorting finds', async () => {
    using counter = new ValueCounter(options)
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -9, max: 9 }),
      fc.constantFrom(5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1e9, 1e9 + 2 ** -20),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 9000, maxLength: 9100 }), async (values) => {
        const sample = Float64Array.from(values.filter((x) => x !== 0))
        const expected = countValues(sample.slice(), new DoubleSorter())
        const actual = await counter.count(sample, new TurnTaker())
        expect({ ...actual, values: [...actual.values], weights: [...actual.weights] }).toEqual({
          ...{ ...expected, values: [...expected.values], weights: [...expected.weights] },
        })
      }),
      { numRuns: 10 },
    )
  })

  it('counts one value', async () => {
    using counter = new ValueCounter(options)
    const { values, weights } = await counter.count(new Float64Array(9000).fill(-2.5), new TurnTaker())
    expect([...values, ...weights]).toEqual([-2.5, 9000])
  })
})
