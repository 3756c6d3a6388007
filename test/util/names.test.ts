import { describe, expect, it } from 'vitest'
import { didYouMean, nearestName, shortText } from '../../src/util/names.js'

describe('a short text', () => {
  it.each([
    ['a', '"a"'],
    [null, 'null'],
    [undefined, 'undefined'],
    [12n, '12n'],
    [[1, 'a', [2, 3]], '[1, "a", [2, 3]]'],
    [[], '[]'],
    [{ a: 1 }, '{"a":1}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('of value %#', (value, text) => expect(shortText(value)).toBe(text))

  it('is cut, whatever the value', () => {
    const deep: unknown[] = []
    let inner = deep
    for (let i = 0; i < 100_000; i++) {
      const next: unknown[] = []
      inner.push(next)
      inner = next
    }
    const cycle: unknown[] = []
    cycle.push(cycle)
    for (const value of ['a'.repeat(1e6), new Array(1e6).fill(1), deep, cycle, { deep }, new Float64Array(1e4)]) {
      const text = shortText(value)
      expect(text.length).toBeLessThanOrEqual(80)
      expect(text.length).toBeGreaterThan(10)
    }
    expect(shortText('a'.repeat(100))).toBe(`"${'a'.repeat(78)}…`)
  })
})

describe('the nearest name', () => {
  it('is the one with the fewest changes, when they are few', () => {
    expect(nearestName('labls', ['label', 'labels', 'features'])).toBe('labels')
    expect(nearestName('price', ['city', 'hour'])).toBeUndefined()
    expect(didYouMean('km', ['kn'])).toBe('Did you mean "kn"?')
  })

  it('of a very long name is found soon', () => {
    const started = performance.now()
    expect(nearestName('a'.repeat(1e7), ['label', 'features'])).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
