import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabelCounts } from '../../src/feature/label-counts.js'
import type { DictColumn } from '../../src/sql/batch.js'
import { DecimalType, DoubleType, StringType } from '../../src/sql/types.js'

const strings = (dictionary: readonly string[], codes: number[], valid: Uint8Array | null = null): DictColumn => ({
  kind: 'dict',
  codes: Int32Array.from(codes),
  dictionary,
  valid,
})

describe('LabelCounts', () => {
  it('counts a dictionary that grows between batches', () => {
    const counts = new LabelCounts(StringType)
    const dictionary = ['a']
    counts.add(strings(dictionary, [0, 0]), 2)
    dictionary.push('b', 'c')
    counts.add(strings(dictionary, [1, 2, 1, 1]), 4)
    expect(counts.sorted('frequencyDesc')).toEqual(['b', 'a', 'c'])
  })

  it('counts batches with dictionaries of their own together', () => {
    const counts = new LabelCounts(StringType)
    counts.add(strings(['a', 'b'], [0, 1]), 2)
    counts.add(strings(['b', 'c'], [0, 1]), 2)
    expect(counts.sorted('frequencyDesc')).toEqual(['b', 'a', 'c'])
  })

  it('leaves out strings that no row has, rows beyond the length, and nulls', () => {
    const counts = new LabelCounts(StringType)
    counts.add(strings(['unused', 'a', 'beyond'], [1, 0, 2], Uint8Array.of(0b101)), 2)
    expect(counts.sorted('alphabetAsc')).toEqual(['a'])
  })

  it('orders as Spark does: ties by code points, which UTF-16 does not', () => {
    const counts = new LabelCounts(StringType)
    counts.add(strings(['\u{1f600}', '\ue000', 'é', 'z'], [0, 1, 2, 3]), 4)
    for (const order of ['frequencyDesc', 'frequencyAsc', 'alphabetAsc'] as const) {
      expect(counts.sorted(order)).toEqual(['z', 'é', '\ue000', '\u{1f600}'])
    }
    expect(counts.sorted('alphabetDesc')).toEqual(['\u{1f600}', '\ue000', 'é', 'z'])
  })

  it('tells 0.0 and -0.0 apart, and writes decimals with their scale', () => {
    const doubles = new LabelCounts(DoubleType)
    doubles.add({ kind: 'f64', data: Float64Array.of(0, -0, -0, Number.NaN), valid: null }, 4)
    expect(doubles.sorted('frequencyDesc')).toEqual(['-0.0', '0.0'])
    const decimals = new LabelCounts(DecimalType(6, 2))
    decimals.add({ kind: 'f64', data: Float64Array.of(1.5, 2), valid: null }, 2)
    expect(decimals.sorted('alphabetAsc')).toEqual(['1.50', '2.00'])
  })

  it('agrees with a count of each string, however rows are cut into batches', () => {
    const labels = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 30 })
    fc.assert(
      fc.property(labels, fc.nat(30), (rows, cut) => {
        const counts = new LabelCounts(StringType)
        for (const part of [rows.slice(0, cut), rows.slice(cut)]) {
          const dictionary = [...new Set(part)]
          counts.add(
            strings(
              dictionary,
              part.map((label) => dictionary.indexOf(label)),
            ),
            part.length,
          )
        }
        const times = (label: string) => rows.filter((row) => row === label).length
        const expected = [...new Set(rows)].sort((x, y) => times(y) - times(x) || (x < y ? -1 : 1))
        expect(counts.sorted('frequencyDesc')).toEqual(expected)
      }),
    )
  })
})
