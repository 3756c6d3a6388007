import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as distributions from '../../src/util/distributions.js'
import * as special from '../../src/util/special-functions.js'

type Table = readonly (readonly number[])[]
/** Arguments and value a row, by scipy (version in the file). */
const scipy: Readonly<Record<string, Table>> = JSON.parse(
  readFileSync(new URL('./data/special-functions.json', import.meta.url), 'utf8'),
)
const functions = { ...special, ...distributions } as Readonly<Record<string, (...args: number[]) => number>>

/** What the comments promise, relative; 1e-312 lets denormal numbers differ, where doubles have few digits left. */
const near = (value: number, expected: number): boolean =>
  Math.abs(value - expected) <= 1e-12 * Math.abs(expected) + 1e-312

it.each(Object.keys(functions))('%s agrees with scipy', (name) => {
  for (const row of scipy[name]) {
    const args = row.slice(0, -1)
    const expected = row.at(-1)!
    const value = functions[name](...args)
    expect(near(value, expected), `${name}(${args}) is ${value}, scipy ${expected}`).toBe(true)
  }
})

describe('identities', () => {
  it('logGamma gives factorials and the reflection formula', () => {
    expect(special.logGamma(11)).toBeCloseTo(Math.log(3628800), 13)
    expect(special.logGamma(0.25) + special.logGamma(0.75)).toBeCloseTo(Math.log(Math.PI * Math.SQRT2), 13)
  })
  it('distributions are symmetric', () => {
    expect(distributions.studentTCdf(-1.3, 7) + distributions.studentTCdf(1.3, 7)).toBeCloseTo(1, 15)
    expect(distributions.fCdf(1.7, 3, 9)).toBeCloseTo(1 - distributions.fCdf(1 / 1.7, 9, 3), 14)
    expect(distributions.normalCdf(-1.7) + distributions.normalCdf(1.7)).toBeCloseTo(1, 15)
  })
  it('ends are exact', () => {
    expect(special.regularizedBeta(0, 2, 3)).toBe(0)
    expect(special.regularizedBeta(1, 2, 3)).toBe(1)
    expect(special.regularizedGammaP(2, Number.POSITIVE_INFINITY)).toBe(1)
    expect(special.regularizedGammaQ(2, 0)).toBe(1)
    expect(distributions.studentTCdf(Number.NEGATIVE_INFINITY, 3)).toBe(0)
    expect(distributions.fCdf(-1, 3, 3)).toBe(0)
    expect(distributions.chiSquaredCdf(0, 3)).toBe(0)
  })
  it('arguments outside the domain give NaN', () => {
    expect(special.logGamma(0)).toBeNaN()
    expect(special.regularizedBeta(1.5, 1, 1)).toBeNaN()
    expect(special.regularizedGammaP(-1, 1)).toBeNaN()
    expect(special.regularizedGammaQ(1, -1)).toBeNaN()
    expect(distributions.studentTCdf(1, 0)).toBeNaN()
  })
})
