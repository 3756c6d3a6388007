import { describe, expect, it } from 'vitest'
import { javaExp } from '../../src/util/java-exp.js'

/** `Math.exp` of Java 17 on x86-64, as bits. In the second dozen, `StrictMath.exp` and JavaScript's `Math.exp` differ from it. */
const recorded: readonly [number, string][] = [
  [0.1, '3ff1aec7b35a00d4'],
  [-0.1, '3fecf46d99d52b3a'],
  [1, '4005bf0a8b145769'],
  [-1, '3fd78b56362cef38'],
  [0.5, '3ffa61298e1e069c'],
  [2.5, '40285d6fd931e0bb'],
  [-3.25, '3fa3da368521902d'],
  [10, '40d5829dcf950560'],
  [-10, '3f07cd79b5647c9b'],
  [37.7, '4354f5e50e4f6f14'],
  [-37.7, '3c886d47300a1b65'],
  [100.1, '48f5508d07df81bb'],
  [-300.3, '24db1230ad551394'],
  [700.2, '7f12107479abaa1b'],
  [-744.4, '0000000000000001'],
  [1e-9, '3ff000000044b830'],
  [-5e-17, '3ff0000000000000'],
  [0.005, '3ff0148802529619'],
  [Math.PI, '403724046eb09339'],
  [-0.16215235674837625, '3feb35c0c3c60987'],
  [-0.2194734717126976, '3fe9b1b248e0b90d'],
  [1.20886641672574, '400acc27d57e998b'],
  [-2.197376573456454, '3fbc70abca95301d'],
  [-2.9675442138452546, '3faa54f6279555e7'],
  [-1.1730727635547062, '3fd3cd7366a50f73'],
  [-1.5496717356042387, '3fcb2d399c468051'],
  [2.3213672491469683, '40246112cafbba2b'],
  [0.9119003219708541, '4003e9920417b3ef'],
  [1.5656746172279978, '401324c39ff27a4f'],
  [-0.3422607714868844, '3fe6b9a7bc45a711'],
  [-1.0360924997681942, '3fd6b5ac92e9b6dd'],
]

const bits = (x: number): string => Buffer.from(Float64Array.of(x).buffer).reverse().toString('hex')

describe('javaExp', () => {
  it.each(recorded)('of %d has the bits of Java', (x, expected) => {
    expect(bits(javaExp(x))).toBe(expected)
  })

  it('has the limits of the exponential', () => {
    expect([0, -0, 710, -746, Infinity, -Infinity, Number.NaN].map(javaExp)).toEqual([
      1,
      1,
      Infinity,
      0,
      Infinity,
      0,
      Number.NaN,
    ])
  })

  it('is next to Math.exp everywhere', () => {
    for (let x = -745; x < 709.7; x += 0.37) {
      const expected = Math.exp(x)
      expect(Math.abs(javaExp(x) - expected)).toBeLessThanOrEqual(Math.max(5e-324, expected * 2 ** -51))
    }
  })
})
