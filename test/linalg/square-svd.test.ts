import { expect, test } from 'vitest'
import { DataError } from '../../src/errors.js'
import { squareSvd } from '../../src/linalg/square-svd.js'
import { TurnTaker } from '../../src/util/turn-taker.js'

/** A symmetric matrix of rank `rank`, column by column. */
function gramian(size: number, rank: number): Float64Array {
  const rows = Array.from({ length: rank }, (_, r) =>
    Float64Array.from({ length: size }, (_, j) => Math.sin((r * 7 + 3) * (j * j + 1) * 1.37)),
  )
  return Float64Array.from({ length: size * size }, (_, k) =>
    rows.reduce((sum, row) => sum + row[k % size] * row[Math.trunc(k / size)], 0),
  )
}

// Signs are compared with Spark's by the golden cases of PCA.
test.each([
  [1, 1],
  [2, 2],
  [5, 5],
  [8, 3],
  [30, 30],
  [60, 10],
])('values and vectors of a Gramian of size %i and rank %i make the matrix again', async (size, rank) => {
  const matrix = gramian(size, rank)
  const { values, left } = await squareSvd(matrix, size, 'test', new TurnTaker())
  const column = (j: number) => left.subarray(j * size, (j + 1) * size)
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0)
  for (let i = 0; i < size; i++) {
    if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1])
    for (let j = 0; j <= i; j++) expect(dot(column(i), column(j))).toBeCloseTo(i === j ? 1 : 0, 12)
  }
  expect(values.filter((value) => value > 1e-10 * values[0])).toHaveLength(rank)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += values[k] * left[k * size + i] * left[k * size + j]
      expect(Math.abs(sum - matrix[j * size + i])).toBeLessThan(1e-11 * values[0])
    }
  }
})

test('a matrix with NaN is refused, and an abort stops the work', async () => {
  await expect(squareSvd(Float64Array.of(1, Number.NaN, 2, 1), 2, 'test', new TurnTaker())).rejects.toThrow(DataError)
  const controller = new AbortController()
  const reason = new Error('stopped by the test')
  setImmediate(() => controller.abort(reason))
  await expect(squareSvd(gramian(300, 20), 300, 'test', new TurnTaker(controller.signal))).rejects.toBe(reason)
})
