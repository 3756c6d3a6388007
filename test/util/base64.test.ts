import { describe, expect, test } from 'vitest'
import { PersistenceError } from '../../src/errors.js'
import { fromBase64, toBase64 } from '../../src/util/base64.js'

test('bytes are little-endian', () => {
  // 1.0 is 0x3ff0000000000000, -2 is 0xfffffffe.
  expect(toBase64(Float64Array.of(1))).toBe(btoa('\0\0\0\0\0\0\xf0\x3f'))
  expect(toBase64(Int32Array.of(-2))).toBe(btoa('\xfe\xff\xff\xff'))
  expect(toBase64(Uint8Array.of(1, 2))).toBe(btoa('\x01\x02'))
})

describe('round trip', () => {
  test('doubles, bit for bit', () => {
    const array = Float64Array.of(0, -0, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324, Math.PI)
    const copy = fromBase64(toBase64(array), 'f64')
    expect(new BigUint64Array(copy.buffer)).toEqual(new BigUint64Array(array.buffer))
  })

  test('a view into a larger buffer', () => {
    const array = Int32Array.of(1, 2, 3, 4).subarray(1, 3)
    expect(fromBase64(toBase64(array), 'i32')).toEqual(Int32Array.of(2, 3))
  })

  test('nothing', () => expect(fromBase64(toBase64(new Float64Array(0)), 'f64')).toHaveLength(0))

  test.each([0, 1, 2, 3, 4])('%i bytes, whatever the padding', (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => 250 + i)
    expect(fromBase64(toBase64(bytes), 'u8')).toEqual(bytes)
  })
})

describe('refused', () => {
  test.each(['AAA', 'AA=A', 'A===', 'AAA*', 'AA-_', 'AAAA\n'])('%j is not base64', (text) => {
    expect(() => fromBase64(text, 'u8')).toThrow(PersistenceError)
  })

  test('half an element', () => {
    expect(() => fromBase64('AAAA', 'f64')).toThrow('3 bytes are no whole number of elements of type f64')
  })
})
