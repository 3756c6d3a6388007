import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spmv, spr } from '../../src/linalg/blas.js'
import { choleskyFactor, choleskyInverse, choleskySolve, SingularMatrixError } from '../../src/linalg/cholesky.js'
import { blasData } from './spark-data.js'

const data = blasData()

/** Largest difference, relative to the largest expected entry. */
function distance(actual: Float64Array, expected: ArrayLike<number>): number {
  const scale = Array.from(expected).reduce((max, x) => Math.max(max, Math.abs(x)), 1)
  return actual.reduce((max, x, i) => Math.max(max, Math.abs(x - expected[i]) / scale), 0)
}

describe('LAPACK of Spark 4.0.1 (dppsv, dpptri)', () => {
  // Every sum is formed in LAPACK's order: no bit differs.
  it.each(data.cholesky)('order $b.length', ({ packed, b, factor, solution, inverse }) => {
    const a = Float64Array.from(packed)
    const u = choleskyFactor(a, b.length)
    expect(Array.from(u)).toEqual(factor)
    expect(Array.from(choleskySolve(u, Float64Array.from(b)))).toEqual(solution)
    expect(Array.from(choleskyInverse(u, b.length))).toEqual(inverse)
    expect(Array.from(a)).toEqual(packed)
  })

  it.each(data.choleskyErrors.filter((c) => c.error))('$error', ({ packed, error }) => {
    const n = packed.length === 1 ? 1 : 2
    const minor = Number(/returned (\d+)/.exec(error!)![1])
    const attempt = (): unknown => choleskyFactor(Float64Array.from(packed, Number), n)
    expect(attempt).toThrow(SingularMatrixError)
    expect(attempt).toThrow(expect.objectContaining({ code: 'SINGULAR_MATRIX', minor }))
  })

  it('refuses NaN, where Spark answers NaN', () => {
    expect(() => choleskyFactor(Float64Array.of(Number.NaN), 1)).toThrow(SingularMatrixError)
  })
})

it('solves and inverts what it factors', () => {
  const system = fc.integer({ min: 1, max: 6 }).chain((n) => {
    const row = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n })
    return fc.tuple(fc.array(row, { minLength: n, maxLength: 2 * n }), row)
  })
  fc.assert(
    fc.property(system, ([rows, right]) => {
      const n = right.length
      const a = new Float64Array((n * (n + 1)) / 2)
      for (const row of rows) spr(1, Float64Array.from(row), a)
      // The identity bounds the condition number by 1 + trace, at most 73.
      for (let j = 0; j < n; j++) a[j + (j * (j + 1)) / 2] += 1
      const b = Float64Array.from(right)
      const u = choleskyFactor(a, n)
      const x = choleskySolve(u, b)
      const residual = b.slice()
      spmv(-1, a, x, 1, residual)
      expect(distance(residual, new Float64Array(n))).toBeLessThan(1e-13)
      const byInverse = new Float64Array(n)
      spmv(1, choleskyInverse(u, n), b, 0, byInverse)
      expect(distance(byInverse, x)).toBeLessThan(1e-13)
    }),
  )
})
