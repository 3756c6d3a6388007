import { expect, it } from 'vitest'
import { workCopy, workVector } from '../../src/optim/work-vector.js'

it('vectors of an optimiser are zeros of their own, however many there are', () => {
  const vectors = Array.from({ length: 400 }, (_, i) => workVector(i % 7 === 0 ? 2000 : 100).fill(i))
  vectors.forEach((vector, i) => {
    expect(vector.every((value) => value === i)).toBe(true)
  })
  expect(workVector(3)).toEqual(new Float64Array(3))
  const copy = workCopy(vectors[1])
  copy[0] = 9
  expect([copy.length, copy[1], vectors[1][0]]).toEqual([100, 1, 1])
})
