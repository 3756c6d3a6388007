import { expect, test } from 'vitest'
import { defaultSeed, plusSeed, seedWords, stringHashCode } from '../../../src/util/random/seed.js'
import { recorded } from '../data.js'

test.each(recorded<{ class: string; hashCode: number }[]>('default-seeds'))('default seed of $class', (record) => {
  expect(defaultSeed(record.class)).toBe(record.hashCode)
})

test('stringHashCode works on UTF-16 units', () => {
  expect(stringHashCode('')).toBe(0)
  expect(stringHashCode('ab')).toBe(31 * 97 + 98)
  expect(stringHashCode('😀')).toBe(31 * 0xd83d + 0xde00)
})

test('plusSeed wraps around like a Long', () => {
  expect(plusSeed(-1, 3)).toBe(2n)
  expect(plusSeed(2n ** 63n - 1n, 1)).toBe(-(2n ** 63n))
})

test('seedWords are the two halves of two’s complement', () => {
  expect(seedWords(-2)).toEqual({ high: -1, low: -2 })
  expect(seedWords(2n ** 32n + 5n)).toEqual({ high: 1, low: 5 })
})
