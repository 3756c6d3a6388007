import { expect, test } from 'vitest'
import { cosineTransform } from '../../src/feature/cosine-transform.js'

/** The definition, term by term. */
function byDefinition(x: Float64Array): Float64Array {
  const size = x.length
  return Float64Array.from(x, (_, k) => {
    let sum = 0
    for (let n = 0; n < size; n++) sum += x[n] * Math.cos((Math.PI * (2 * n + 1) * k) / (2 * size))
    return sum * Math.sqrt((k === 0 ? 1 : 2) / size)
  })
}

/** Halving divides by small cosines, whose rounding grows with the length. */
const TOLERANCE = 1e-11

// Golden cases have lengths 4 and 5; these are halved up to six times, with and without an odd factor.
test.each([1, 2, 3, 15, 16, 17, 20, 31, 48, 64, 100, 257, 1024])(
  'a transform of length %i is the definition, and its inverse undoes it',
  (size) => {
    const rows = 3
    const values = Float64Array.from({ length: rows * size }, (_, i) => Math.sin(i * i + 1) * 10)
    const transform = cosineTransform(size)
    const made = values.slice()
    for (let row = 0; row < rows; row++) transform(made, row * size, false)
    for (let row = 0; row < rows; row++) {
      const expected = byDefinition(values.subarray(row * size, (row + 1) * size))
      for (let k = 0; k < size; k++)
        expect(Math.abs(made[row * size + k] - expected[k])).toBeLessThan(TOLERANCE * 10 * Math.sqrt(size))
    }
    const back = made.slice()
    for (let row = 0; row < rows; row++) transform(back, row * size, true)
    for (let e = 0; e < values.length; e++)
      expect(Math.abs(back[e] - values[e])).toBeLessThan(TOLERANCE * 10 * Math.sqrt(size))
  },
)
