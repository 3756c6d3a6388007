import { expect } from 'vitest'

/** Asserts that values are the same but for the order of additions: numbers within 1e-12 of themselves, or of 1 where they are smaller. */
export function expectNear(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number' && Number.isFinite(expected)) {
    expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)))
  } else if (expected !== null && typeof expected === 'object') {
    expect(Object.keys(actual as object)).toEqual(Object.keys(expected))
    for (const [key, value] of Object.entries(expected)) expectNear((actual as Record<string, unknown>)[key], value)
  } else expect(actual).toEqual(expected)
}
