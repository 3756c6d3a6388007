import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureOf } from '../../src/tree/impurity.js'

const rows = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 5 }), label: fc.integer({ min: 0, max: 3 }) }), {
  minLength: 1,
  maxLength: 40,
})
type Rows = readonly { readonly weight: number; readonly label: number }[]

const total = (all: Rows): number => all.reduce((sum, { weight }) => sum + weight, 0)
const weightOf = (all: Rows, label: number): number => total(all.filter((row) => row.label === label))
const classStats = (all: Rows): Float64Array => Float64Array.from([0, 1, 2, 3], (k) => weightOf(all, k))

describe('impurity of classes', () => {
  it('gini is the chance that two rows, drawn with replacement, differ', () => {
    fc.assert(
      fc.property(rows, (all) => {
        let differ = 0
        for (const a of all) for (const b of all) if (a.label !== b.label) differ += a.weight * b.weight
        expect(measureOf('gini', 4).impurity(classStats(all), 0)).toBeCloseTo(differ / total(all) ** 2, 12)
      }),
    )
  })

  it('entropy is the mean number of bits that tell the class of a row', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const bits = all.reduce(
          (sum, { weight, label }) => sum - weight * Math.log2(weightOf(all, label) / total(all)),
          0,
        )
        expect(measureOf('entropy', 4).impurity(classStats(all), 0)).toBeCloseTo(bits / total(all), 12)
      }),
    )
  })

  it('predicts the first of the classes of most weight', () => {
    expect(measureOf('gini', 4).prediction(Float64Array.of(1, 3, 0, 3), 0)).toBe(1)
    expect(measureOf('entropy', 3).prediction(Float64Array.of(9, 9, 9, 2, 0, 2), 3)).toBe(0)
  })

  it.each(['gini', 'entropy'] as const)('is 0 for one class and without weight, %s', (impurity) => {
    const measure = measureOf(impurity, 3)
    expect(measure.impurity(Float64Array.of(0, 7, 0), 0)).toBe(0)
    expect(measure.impurity(new Float64Array(3), 0)).toBe(0)
    expect(measure.prediction(new Float64Array(3), 0)).toBe(0)
    expect(measure.weight(Float64Array.of(8, 1, 2, 3), 1)).toBe(6)
  })
})

describe('variance', () => {
  const measure = measureOf('variance', 0)

  it('is the mean squared distance from the mean, which is predicted', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const sum = (f: (label: number) => number): number =>
          all.reduce((s, { weight, label }) => s + weight * f(label), 0)
        const stats = Float64Array.of(
          total(all),
          sum((y) => y),
          sum((y) => y * y),
        )
        const mean = sum((y) => y) / total(all)
        expect(measure.prediction(stats, 0)).toBe(mean)
        expect(measure.impurity(stats, 0)).toBeCloseTo(sum((y) => (y - mean) ** 2) / total(all), 12)
        expect(measure.weight(stats, 0)).toBe(total(all))
      }),
    )
  })

  it('is 0 without weight', () => {
    expect(measure.impurity(new Float64Array(3), 0)).toBe(0)
    expect(measure.prediction(new Float64Array(3), 0)).toBe(0)
  })
})
