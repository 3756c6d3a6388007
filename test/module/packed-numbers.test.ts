import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { type NumberArray, numberSource, numbersSource } from '../../src/module/packed-numbers.js'

/** What a source gives where there is nothing but the language, and its length. */
function read(values: NumberArray): { readonly read: NumberArray; readonly length: number } {
  const helpers = new Map<unknown, string>()
  const source = numbersSource(values, (helper) => {
    helpers.set(helper, String(helper))
    return helper.name
  })
  const made = runInNewContext(`${[...helpers.values()].join('\n')}\n(${source})`)
  // Typed arrays of another context are of another class.
  const type = values.constructor as unknown as { from(values: ArrayLike<number>): NumberArray }
  expect(made.constructor.name).toBe(values.constructor.name)
  return { read: type.from(made), length: source.length }
}

let state = 7
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

const few = [-0, 0.1, -0.25, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 1.7976931348623157e308]
const arrays: Readonly<Record<string, NumberArray>> = {
  nothing: new Float64Array(0),
  zeros: new Float64Array(1000),
  'one value': new Float64Array(1000).fill(-0),
  'a few numbers': Float64Array.from(few),
  'many numbers': Float64Array.from({ length: 1001 }, random),
  'many numbers with all that is odd': Float64Array.from({ length: 1001 }, (_, i) => few[i] ?? random()),
  'few different numbers': Float64Array.from({ length: 1000 }, () => Math.floor(random() * 9) / 7),
  'many NaN': Float64Array.from({ length: 1000 }, () => (random() < 0.5 ? Number.NaN : random())),
  'small whole numbers': Int32Array.from({ length: 1000 }, () => Math.floor(random() * 200) - 100),
  'large whole numbers': Int32Array.from({ length: 1000 }, () => Math.floor(random() * 2 ** 31)),
  words: Uint32Array.from({ length: 1000 }, () => Math.floor(random() * 2 ** 32)),
  bytes: Uint8Array.from({ length: 1000 }, () => Math.floor(random() * 256)),
  floats: Float32Array.from({ length: 1000 }, random),
  'different zeros': Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 0 : -0)),
  'a few zeros with a sign': Float64Array.from({ length: 1000 }, (_, i) => (i % 99 === 0 ? -0 : 0)),
  'few places of many': Float64Array.from({ length: 100_000 }, (_, i) => (i % 997 === 0 ? random() : 0)),
  'a part of another array': Float64Array.from({ length: 1000 }, random).subarray(17, 400),
}

describe('a typed array comes back from its source', () => {
  for (const [name, values] of Object.entries(arrays)) {
    it(name, () => {
      expect(read(values).read).toEqual(values)
    })
  }
})

it('takes what is shortest', () => {
  const length = (name: string): number => read(arrays[name]).length
  expect(length('zeros')).toBeLessThan(30)
  expect(length('few different numbers')).toBeLessThan(1700)
  expect(length('small whole numbers')).toBeLessThan(1500)
  expect(length('few places of many')).toBeLessThan(2000)
  // Eight bytes a number in base64.
  expect(length('many numbers')).toBeLessThan(1001 * 10.7 + 50)
})

it('writes numbers as source reads them', () => {
  for (const x of [0, -0, 0.5, -0.5, 1e21, 1e-7, 123, Number.NaN, Number.NEGATIVE_INFINITY]) {
    expect(runInNewContext(numberSource(x))).toBe(x)
  }
})
