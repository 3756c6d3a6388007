import { describe, expect, test } from 'vitest'
import { javaDoubleText, javaFloatText } from '../../src/util/java-text.js'
import { recorded } from './data.js'

const view = new DataView(new ArrayBuffer(8))

test('Double.toString of Java 17', () => {
  for (const [bits, text] of Object.entries(recorded<Record<string, string>>('java-double-text'))) {
    view.setBigUint64(0, BigInt(`0x${bits}`))
    expect(javaDoubleText(view.getFloat64(0)), bits).toBe(text)
  }
})

test('Float.toString of Java 17', () => {
  for (const [bits, text] of Object.entries(recorded<Record<string, string>>('java-float-text'))) {
    view.setUint32(0, Number.parseInt(bits, 16))
    expect(javaFloatText(view.getFloat32(0)), bits).toBe(text)
  }
})

describe('the forms', () => {
  test.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [1, '1.0'],
    [-10, '-10.0'],
    [1234567, '1234567.0'],
    [9999999, '9999999.0'],
    [1e7, '1.0E7'],
    [1e10, '1.0E10'],
    [0.001, '0.001'],
    [1e-4, '1.0E-4'],
    [0.00012345, '1.2345E-4'],
    [123456.789, '123456.789'],
    [Number.MIN_VALUE, '4.9E-324'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
    [6.6e22, '6.5999999999999996E22'],
  ])('%s is %s', (value, text) => expect(javaDoubleText(value)).toBe(text))

  test('a float has fewer digits', () => {
    expect(javaFloatText(0.1)).toBe('0.1')
    expect(javaFloatText(1 / 3)).toBe('0.33333334')
    expect(javaFloatText(16777216)).toBe('1.6777216E7')
    expect(javaFloatText(2 ** 60)).toBe('1.1529215E18')
  })

  test('every text reads back as the same number', () => {
    for (let i = 1; i < 3000; i++) {
      const value = Math.sin(i) * 10 ** ((i % 600) - 300)
      expect(Number(javaDoubleText(value))).toBe(value)
    }
  })
})
