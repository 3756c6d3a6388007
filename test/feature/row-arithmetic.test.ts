import { expect, it } from 'vitest'
import { pickSlots } from '../../src/feature/row-arithmetic.js'

it.each([
  { length: 0, size: 3, slots: [1] },
  { length: 9, size: 3, slots: [] },
  { length: 8, size: 20, slots: [0, 3, 4, 7, 11, 19] },
  { length: 21, size: 64, slots: [63, 2, 5] },
  { length: 21, size: 65, slots: [64, 2, 5, 5, 0] },
])('slots $slots of $length rows of $size numbers', ({ length, size, slots }) => {
  // More rows lie behind those that are asked for.
  const values = Float64Array.from({ length: (length + 2) * size }, (_, e) => e)
  const picked = Array.from({ length }, (_, row) => slots.map((slot) => row * size + slot)).flat()
  expect(Array.from(pickSlots(values, length, size, Int32Array.from(slots)))).toEqual(picked)
})
