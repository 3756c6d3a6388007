import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ParamError, PersistenceError } from '../../src/errors.js'
import { type BigJson, JsonDouble, parseJson, stringifyJson } from '../../src/util/bigint-json.js'

/** Bigints as the numbers that JSON.parse makes of them. */
function withNumbers(value: BigJson): BigJson {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(withNumbers)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item)]))
}

describe('parseJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ depthSize: 'medium' }), (text) => {
        expect(withNumbers(parseJson(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  test('keeps the digits of 64-bit integers', () => {
    expect(parseJson('[9007199254740991, 9007199254740993, -9223372036854775808, 9223372036854775807]')).toEqual([
      9007199254740991,
      9007199254740993n,
      -9223372036854775808n,
      9223372036854775807n,
    ])
  })

  test('everything else is a double', () => {
    expect(parseJson('[9223372036854775808, 100000000000000000000, 1e300, 1.0E10, -0, 9007199254740993.0]')).toEqual([
      2 ** 63,
      1e20,
      1e300,
      1e10,
      -0,
      9007199254740992,
    ])
  })

  test('a key __proto__ is an own property and touches no prototype', () => {
    const value = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}') as object
    expect(Object.hasOwn(value, '__proto__')).toBe(true)
    expect('polluted' in value).toBe(false)
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  test.each([
    ['', 'a value is missing at line 1, column 1'],
    ['{"a": 1', '"}" is missing at line 1, column 8'],
    ['{"a": [1,\n  2', '"]" is missing at line 2, column 4'],
    ['{"a', 'a string has no end at line 1, column 4'],
    ['{"a":', 'a value is missing at line 1, column 6'],
    ['["\\"', 'a string has no end at line 1, column 5'],
  ])('%j is cut off', (text, problem) => {
    expect(() => parseJson(text)).toThrow(PersistenceError)
    expect(() => parseJson(text)).toThrow(`the JSON text is cut off: ${problem}. Write or fetch the file again.`)
  })

  test.each([
    ['[1,]', 'a value is missing at line 1, column 4'],
    ['{"a": 1,}', 'a string is missing at line 1, column 9'],
    ["{'a': 1}", 'a string is missing at line 1, column 2'],
    ['[1 2]', '"]" is missing at line 1, column 4'],
    ['01', 'something follows the end of the value at line 1, column 2'],
    ['nul', 'a value is missing at line 1, column 1'],
    ['NaN', 'a value is missing at line 1, column 1'],
    ['["a\nb"]', 'a string holds a control character or an unknown escape at line 1, column 2'],
    ['["\\x"]', 'a string holds a control character or an unknown escape at line 1, column 2'],
    ['{"a": 1, "a": 2}', 'the key "a" occurs twice at line 1, column 10'],
    ['[1e999]', 'a number is too large for a double at line 1, column 2'],
  ])('%j is not JSON', (text, problem) => {
    expect(() => parseJson(text)).toThrow(`the text is not JSON: ${problem}`)
  })

  test('nesting is bounded at 200', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => parseJson(nested(200))).not.toThrow()
    expect(() => parseJson(nested(201))).toThrow('the nesting is deeper than 200')
    expect(() => parseJson('['.repeat(1e6))).toThrow('the nesting is deeper than 200')
  })

  test('a string of megabytes is no trouble', () => {
    const text = 'A'.repeat(2e7)
    expect(parseJson(`"${text}"`)).toHaveLength(2e7)
  })
})

describe('stringifyJson', () => {
  test('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), fc.constantFrom(0, 2), (value, indent) => {
        const isExact = (v: unknown) => typeof v !== 'number' || !Number.isInteger(v) || Number.isSafeInteger(v)
        const plain = JSON.parse(JSON.stringify(value), (_, v) => (isExact(v) ? v : 0))
        expect(stringifyJson(plain, indent)).toBe(JSON.stringify(plain, undefined, indent))
      }),
    )
  })

  test('bigint, double and undefined', () => {
    const value = {
      seed: -9223372036854775808n,
      tol: new JsonDouble(1),
      regParam: new JsonDouble(1e-6),
      none: undefined,
    }
    expect(stringifyJson(value)).toBe('{"seed":-9223372036854775808,"tol":1.0,"regParam":1.0E-6}')
  })

  test('doubles that JSON has no number for are Spark’s strings', () => {
    const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0].map((x) => new JsonDouble(x))
    expect(stringifyJson(special)).toBe('["NaN","Inf","-Inf",-0.0]')
  })

  test('every number comes back as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(parseJson(stringifyJson(x))).toBe(x)
        expect(parseJson(stringifyJson(new JsonDouble(x)))).toBe(x)
      }),
    )
  })

  test('every 64-bit integer comes back with its digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
        expect(BigInt(parseJson(stringifyJson(n)) as bigint)).toBe(n)
      }),
    )
  })

  const cycle: { self?: object } = {}
  cycle.self = cycle

  test.each([
    ['NaN', Number.NaN, 'NaN has no JSON form. Allowed: null, booleans'],
    ['infinity', [Number.POSITIVE_INFINITY], 'Wrap it in a JsonDouble'],
    ['an undefined item', [undefined], 'undefined has no JSON form'],
    ['a function', () => 1, 'has no JSON form'],
    ['a typed array', Float64Array.of(1), 'has no JSON form'],
    ['a cycle', cycle, 'the nesting is deeper than 200'],
  ])('%s is refused', (_, value, message) => {
    expect(() => stringifyJson(value)).toThrow(ParamError)
    expect(() => stringifyJson(value)).toThrow(message)
  })
})
