import { expect, test } from 'vitest'
import type { DictColumn } from '../../src/sql/batch.js'
import { concatColumns } from '../../src/sql/columns.js'

test('strings of several dictionaries, each shared by several parts, get one', () => {
  const [first, second] = [
    ['a', 'b', 'never'],
    ['c', 'a'],
  ]
  const part = (dictionary: readonly string[], codes: readonly number[], bits?: number): DictColumn => ({
    kind: 'dict',
    dictionary,
    codes: Int32Array.from(codes),
    valid: bits === undefined ? null : Uint8Array.of(bits),
  })
  const parts = [part(first, [1, 0]), part(second, [1, 0, 1]), part(first, [0], 1), part(second, [0, 0], 0b10)]
  const { codes, dictionary, valid } = concatColumns(parts, [2, 3, 1, 2]) as DictColumn
  expect(Array.from(codes, (code) => dictionary[code])).toEqual(['b', 'a', 'a', 'c', 'a', 'a', 'c', 'c'])
  expect(new Set(dictionary).size).toBe(dictionary.length)
  expect([...valid!]).toEqual([0b10111111])
})
