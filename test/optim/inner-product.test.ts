import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { innerProduct, norm } from '../../src/optim/inner-product.js'

interface Sums {
  x: number[]
  y: number[]
  dot: number
  norm: number
}

// Computed by the DenseVector of Breeze 2.1.0, which Spark 4.0.1 minimises with.
const sums: Sums[] = JSON.parse(readFileSync(new URL('./data/breeze-sums.json', import.meta.url), 'utf8'))

it.each(sums)('forms sums in the order of Breeze, case %#', ({ x, y, ...expected }) => {
  const vector = Float64Array.from(x)
  // To the bit: 16 and 18 coordinates have a length that is not the root of their inner product.
  expect(innerProduct(vector, Float64Array.from(y))).toBe(expected.dot)
  expect(norm(vector)).toBe(expected.norm)
})

it('is 0 without coordinates', () => {
  expect(innerProduct(new Float64Array(0), new Float64Array(0))).toBe(0)
  expect(norm(new Float64Array(0))).toBe(0)
})

it('carries NaN', () => {
  expect(innerProduct(Float64Array.of(1, Number.NaN), Float64Array.of(1, 0))).toBeNaN()
})
