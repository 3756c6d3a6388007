import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addColumns, addDots, addOuterProduct, addTransposedProduct, axpy } from '../../src/linalg/java-blas.js'

const whole = fc.integer({ min: -50, max: 50 })
const numbers = (length: number) =>
  fc.array(whole, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values))
const size = fc.integer({ min: 1, max: 20 })

/** Whole numbers have no rounding: any order of any sums gives the same. */
describe('on whole numbers', () => {
  it('axpy adds a multiple', () =>
    fc.assert(
      fc.property(size, (n) =>
        fc.assert(
          fc.property(whole, numbers(n), numbers(n + 2), (a, x, y) => {
            const found = y.slice()
            axpy(n, a, x, found, 2)
            found.forEach((value, i) => {
              expect(value).toBe(y[i] + (i < 2 ? 0 : a * x[i - 2]))
            })
          }),
          { numRuns: 3 },
        ),
      ),
    ))

  it('products of a matrix are those of their definition', () =>
    fc.assert(
      fc.property(size, size, (m, n) =>
        fc.assert(
          fc.property(numbers(m * n), numbers(n), numbers(m), (a, x, z) => {
            const columns = new Float64Array(m).fill(1)
            addColumns(m, n, 2, a, x, columns)
            columns.forEach((value, i) => {
              expect(value).toBe(x.reduce((sum, xj, j) => sum + 2 * xj * a[i + j * m], 1))
            })
            const dots = new Float64Array(n).fill(1)
            addDots(m, n, a, z, dots)
            dots.forEach((value, j) => {
              expect(value).toBe(z.reduce((sum, zi, i) => sum + zi * a[i + j * m], 1))
            })
            const outer = a.slice()
            addOuterProduct(3, z, x, outer)
            outer.forEach((value, at) => {
              expect(value).toBe(a[at] + 3 * z[at % m] * x[Math.floor(at / m)])
            })
          }),
          { numRuns: 3 },
        ),
      ),
    ))

  it('a product of transposed matrices is that of its definition', () =>
    fc.assert(
      fc.property(size, size, size, (m, n, k) =>
        fc.assert(
          fc.property(numbers(k * m), numbers(n * k), (a, b) => {
            const c = new Float64Array(m * n).fill(1)
            addTransposedProduct([m, n, k], a, b, c)
            for (let row = 0; row < m; row++) {
              for (let col = 0; col < n; col++) {
                let sum = 1
                for (let i = 0; i < k; i++) sum += a[i + row * k] * b[col + i * n]
                expect(c[row + col * m]).toBe(sum)
              }
            }
          }),
          { numRuns: 2 },
        ),
      ),
    ))
})

describe('fusing', () => {
  /** `SMALL * SMALL - 1 - 2^-29` is `2^-60`, which a rounded product loses. */
  const SMALL = 1 + 2 ** -30
  const LEFT = 2 ** -60
  const rest = -(1 + 2 ** -29)
  it('happens in whole registers of eight, and not beyond', () => {
    const y = new Float64Array(10).fill(rest)
    axpy(10, SMALL, new Float64Array(10).fill(SMALL), y)
    expect([...y]).toEqual([...new Array(8).fill(LEFT), 0, 0])
    const columns = new Float64Array(9).fill(rest)
    addColumns(9, 1, 1, new Float64Array(9).fill(SMALL), Float64Array.of(SMALL), columns)
    expect([...columns]).toEqual([...new Array(8).fill(LEFT), 0])
  })
  it('happens everywhere in a product of matrices', () => {
    const c = new Float64Array(1)
    addTransposedProduct([1, 1, 2], Float64Array.of(rest, SMALL), Float64Array.of(1, SMALL), c)
    expect(c[0]).toBe(LEFT)
  })
})
