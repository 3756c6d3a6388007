import { describe, expect, it } from 'vitest'
import { addPartMargins } from '../../src/optim/part-margins.js'
import { PartMoments } from '../../src/optim/part-moments.js'
import { addMargins } from '../../src/optim/row-products.js'
import { WeightedMoments } from '../../src/optim/weighted-moments.js'
import { denseVectors } from '../../src/sql/columns.js'
import { numberPart, partWidth, type VectorPart } from '../../src/sql/vector-parts.js'

const ROWS = 500
let state = 7
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const numbers = (n: number, scale = 1): Float64Array => Float64Array.from({ length: n }, () => scale * (random() - 0.3))
const codes = (width: number): Int32Array => Int32Array.from({ length: ROWS }, () => Math.floor(random() * (width + 1)))

/** Every kind of part: plain numbers, scaled integers, zeros and ones, a centred one-hot part. */
const parts: readonly VectorPart[] = [
  { kind: 'oneHot', codes: codes(3), on: new Float64Array(3).fill(1), off: null },
  numberPart(numbers(ROWS, 10)),
  { kind: 'numbers', data: codes(23), shift: 11.5, scale: 0.3 },
  { kind: 'oneHot', codes: codes(5), on: numbers(5), off: numbers(5) },
]
const width = parts.reduce((sum, part) => sum + partWidth(part), 0)

/** The rows number by number. */
function rows(): Float64Array {
  const values = new Float64Array(ROWS * width)
  for (let row = 0; row < ROWS; row++) {
    let at = row * width
    for (const part of parts) {
      if (part.kind === 'numbers') values[at++] = (part.data[row] - part.shift) * part.scale
      else
        for (let k = 0; k < part.on.length; k++) {
          values[at++] = part.codes[row] === k ? part.on[k] : (part.off?.[k] ?? 0)
        }
    }
  }
  return values
}

describe('sums over parts', () => {
  const features = denseVectors(rows(), width)
  const labels = numbers(ROWS, 5)

  it.each([null, numbers(ROWS).map(Math.abs)])('are the sums over the rows', (weights) => {
    const expected = new WeightedMoments(width).add(features, labels, weights)
    const sums = new PartMoments(parts)
    sums.add(parts, labels, weights)
    const found = sums.moments()
    expect(found.count).toBe(ROWS)
    for (const name of ['featureProducts', 'labelProducts', 'sums'] as const) {
      // Another order of some hundred additions.
      expected[name].forEach((value, i) => {
        expect(found[name][i]).toBeCloseTo(value, 9)
      })
    }
    expect(found.weightSum).toBeCloseTo(expected.weightSum, 10)
  })

  it('tell rows of another layout', () => {
    const sums = new PartMoments(parts)
    expect(sums.matches([...parts])).toBe(true)
    expect(sums.matches(parts.slice(1))).toBe(false)
    expect(sums.matches(parts.toReversed())).toBe(false)
    const [first, ...others] = parts as [Extract<VectorPart, { kind: 'oneHot' }>, ...VectorPart[]]
    expect(sums.matches([{ ...first, on: Float64Array.of(1, 1, 2) }, ...others])).toBe(false)
  })

  it('give the margins of the rows to the last bit', () => {
    const coefficients = numbers(width)
    for (const [from, to] of [
      [0, ROWS],
      [3, 14],
      [5, 5],
    ]) {
      const expected = new Float64Array(to - from).fill(0.1)
      const found = expected.slice()
      addMargins(features, from, to, coefficients, expected)
      addPartMargins(parts, from, to, coefficients, found)
      expect(found).toEqual(expected)
    }
  })
})
