import { describe, expect, it } from 'vitest'
import { labelLookup } from '../../src/feature/label-lookup.js'
import { DecimalType, DoubleType, FloatType, IntegerType, LongType, StringType } from '../../src/sql/types.js'

describe('labelLookup', () => {
  it('looks strings up in a dictionary that grows, and in another one', () => {
    const lookup = labelLookup(StringType, ['x', 'y'])
    const dictionary = ['y']
    const find = (d: readonly string[], ...codes: number[]) => [
      ...lookup({ kind: 'dict', dictionary: d, codes: Int32Array.from(codes), valid: null }, codes.length).column.data,
    ]
    expect(find(dictionary, 0, 0)).toEqual([1, 1])
    dictionary.push('?', 'x')
    expect(find(dictionary, 2, 1, 0)).toEqual([0, -1, 1])
    expect(find(['x'], 0)).toEqual([0])
    expect(find(dictionary, 2)).toEqual([0])
  })

  it('gives -1 for null, also where the dictionary is empty', () => {
    const lookup = labelLookup(StringType, ['x'])
    const column = { kind: 'dict', dictionary: [], codes: new Int32Array(2), valid: Uint8Array.of(0) } as const
    expect([...lookup(column, 2).column.data]).toEqual([-1, -1])
  })

  it('knows a number by the text that Spark writes for it, and by no other', () => {
    const doubles = labelLookup(DoubleType, ['1', '1.0', '1.0E10', '0.0', '-0.0', 'NaN', 'x', ''])
    const data = Float64Array.of(1, 1e10, 0, -0, Number.NaN, 2)
    expect([...doubles({ kind: 'f64', data, valid: null }, 6).column.data]).toEqual([1, 2, 3, 4, 5, -1])
    const floats = labelLookup(FloatType, ['0.1'])
    expect([
      ...floats({ kind: 'f64', data: Float64Array.of(Math.fround(0.1), 0.1), valid: null }, 2).column.data,
    ]).toEqual([0, -1])
    const integers = labelLookup(IntegerType, ['01', '1', '1.0', '-3'])
    expect([...integers({ kind: 'i32', data: Int32Array.of(1, -3, 0), valid: null }, 3).column.data]).toEqual([
      1, 3, -1,
    ])
    const longs = labelLookup(LongType, ['9007199254740993', 'x', '1.5'])
    expect([
      ...longs({ kind: 'i64', data: BigInt64Array.of(2n ** 53n + 1n, 2n ** 53n, 0n), valid: null }, 3).column.data,
    ]).toEqual([0, -1, -1])
    const decimals = labelLookup(DecimalType(6, 2), ['1.5', '1.50'])
    expect([...decimals({ kind: 'f64', data: Float64Array.of(1.5), valid: null }, 1).column.data]).toEqual([1])
  })
})
