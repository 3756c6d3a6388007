import { describe, expect, it } from 'vitest'
import { MissingClass } from './classes.js'
import { complaint, expectedGap, type Gaps, outcomeOf, staleClasses } from './verdict.js'

const gaps: Gaps = {
  notImplemented: { KMeans: 'later' },
  notYet: [{ id: /^a\/late$/, reason: 'soon' }],
  never: [{ id: /^a\/other$/, reason: 'on purpose' }],
}

describe('outcome of a golden case', () => {
  it('holds the differences', async () => {
    expect(await outcomeOf(async () => ['x: 1, expected 2'])).toEqual({ differences: ['x: 1, expected 2'] })
  })

  it('turns an unexpected error into a difference', async () => {
    const outcome = await outcomeOf(async () => {
      throw new RangeError('no')
    })
    expect(outcome).toEqual({ differences: ['RangeError: no'] })
  })

  it('names the class that is missing', async () => {
    const outcome = await outcomeOf(async () => {
      throw new MissingClass('KMeans')
    })
    expect(outcome).toEqual({ missing: 'KMeans' })
  })
})

describe('verdict on a golden case', () => {
  it('accepts a case that agrees and refuses one that differs', () => {
    expect(complaint('a/b', ['Pipeline'], { differences: [] }, gaps)).toBeUndefined()
    expect(complaint('a/b', ['Pipeline'], { differences: ['x: 1, expected 2'] }, gaps)).toContain('x: 1, expected 2')
  })

  it('accepts a listed gap that fails and refuses one that passes', () => {
    for (const id of ['a/late', 'a/other']) {
      expect(complaint(id, ['Pipeline'], { differences: ['x'] }, gaps)).toBeUndefined()
      expect(complaint(id, ['Pipeline'], { differences: [] }, gaps)).toContain('delete its gap')
    }
  })

  it('accepts a missing class only when it is listed', () => {
    expect(complaint('a/b', ['Pipeline'], { missing: 'KMeans' }, gaps)).toBeUndefined()
    expect(complaint('a/b', ['Pipeline'], { missing: 'Typo' }, gaps)).toContain('Typo does not exist')
  })

  it('refuses a case that runs although its class is listed as missing', () => {
    expect(complaint('a/b', ['Pipeline', 'KMeans'], { differences: [] }, gaps)).toContain('KMeans exists')
  })

  it('finds listed classes that exist', () => {
    expect(staleClasses(gaps, () => false)).toEqual([])
    expect(staleClasses(gaps, (name) => name === 'KMeans')).toEqual(['KMeans'])
  })

  it('says the reason of a gap', () => {
    expect(expectedGap('a/b', ['Pipeline', 'KMeans'], gaps)).toBe('not implemented: KMeans')
    expect(expectedGap('a/late', ['Pipeline'], gaps)).toBe('not yet: soon')
    expect(expectedGap('a/other', ['Pipeline'], gaps)).toBe('never: on purpose')
    expect(expectedGap('a/b', ['Pipeline'], gaps)).toBeUndefined()
  })
})
