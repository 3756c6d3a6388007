import { describe, expect, test } from 'vitest'
import { mergeSorted, TopK } from '../../src/util/top-k.js'
import { recorded } from './data.js'

describe('TopK', () => {
  test("keeps the keys that Guava's Ordering.leastOf keeps, in its order", () => {
    const cases = recorded<{ ranks: number[]; k: number; least: number[] }[]>('top-k')
    for (const { ranks, k, least } of cases) {
      const top = new TopK(k, (a, b) => ranks[a] - ranks[b])
      ranks.forEach((_, key) => {
        top.add(key)
      })
      expect(top.keys(), `${k} of ${ranks}`).toEqual(least)
    }
  })
})

test('mergeSorted takes turns among equal keys', () => {
  const byTens = (a: number, b: number) => Math.trunc(a / 10) - Math.trunc(b / 10)
  expect(mergeSorted([11, 12, 13, 21], [14, 15], byTens)).toEqual([11, 14, 12, 15, 13, 21])
  expect(mergeSorted([], [2], byTens)).toEqual([2])
  expect(mergeSorted([21], [12], byTens)).toEqual([12, 21])
})
