import { describe, expect, test } from 'vitest'
import { bestIndex } from '../../src/tuning/best-index.js'

describe('bestIndex', () => {
  // Spark 4.0.1 compares with Scala's Ordering.DeprecatedDoubleOrdering (its bytecode says so), which is java.lang.Double.compare:
  // gt(NaN, Infinity), gt(NaN, 1) and lt(-0, 0) are true there, lt(NaN, 1) is false.
  test.each([
    [[3, 1, 2], 1, 0],
    [[2, 1, 1], 1, 0],
    [[1, 2, 2], 0, 1],
    [[Number.NaN, 1, 2], 1, 0],
    [[1, Number.NaN, 2, Number.NaN], 0, 1],
    [[Number.NaN, Number.NaN], 0, 0],
    [[0, -0], 1, 0],
    [[-0, 0], 0, 1],
    [[Number.POSITIVE_INFINITY, Number.NaN], 0, 1],
    [[Number.NEGATIVE_INFINITY, 0], 0, 1],
  ])('of %j is %i where smaller, %i where larger is better', (metrics, smaller, larger) => {
    expect(bestIndex(metrics, false)).toBe(smaller)
    expect(bestIndex(metrics, true)).toBe(larger)
  })
})
