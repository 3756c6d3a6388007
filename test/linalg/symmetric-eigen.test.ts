import { describe, expect, it } from 'vitest'
import { symmetricEigen } from '../../src/linalg/symmetric-eigen.js'

describe('symmetricEigen', () => {
  it('takes a matrix apart into what makes it up again', () => {
    const n = 6
    const matrix = Float64Array.from({ length: n * n }, (_, k) => Math.sin((k % n) * Math.floor(k / n) + 1))
    const { values, vectors } = symmetricEigen(matrix, n)
    const column = (j: number) => vectors.subarray(j * n, (j + 1) * n)
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0)
    expect(Array.from(values)).toEqual(Array.from(values).sort((a, b) => a - b))
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const made = values.reduce((sum, value, k) => sum + value * column(k)[i] * column(k)[j], 0)
        expect(made).toBeCloseTo(matrix[i * n + j], 13)
        expect(dot(column(i), column(j))).toBeCloseTo(i === j ? 1 : 0, 14)
      }
    }
  })

  it('finds small eigenvalues beside large ones', () => {
    // Eigenvalues of [[a, b], [b, c]]: their product is a c - b^2, exactly 1e-12 here.
    const { values } = symmetricEigen(Float64Array.of(1, 0, 0, 1e-12), 2)
    expect(Array.from(values)).toEqual([1e-12, 1])
    expect(Array.from(symmetricEigen(Float64Array.of(1, 1, 1, 1), 2).values)[1]).toBeCloseTo(2, 15)
    expect(Array.from(symmetricEigen(new Float64Array(0), 0).values)).toEqual([])
  })
})
