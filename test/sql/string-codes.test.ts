import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StringCodes } from '../../src/sql/string-codes.js'

describe('StringCodes', () => {
  it('numbers strings in order of first appearance, as a list of them does', () => {
    // Few characters, so that many strings share a slot; the empty string is one, too.
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\ue000'), maxLength: 6 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        const codes = new StringCodes()
        const dictionary = [...new Set(texts)]
        expect(texts.map((t) => codes.code(t))).toEqual(texts.map((t) => dictionary.indexOf(t)))
        expect(codes.dictionary).toEqual(dictionary)
      }),
    )
  })

  it('numbers more strings than it has slots for', () => {
    const codes = new StringCodes()
    const texts = Array.from({ length: 3000 }, (_, i) => `id ${i}`)
    expect([...texts, ...texts].map((text) => codes.code(text))).toEqual([...texts.keys(), ...texts.keys()])
  })
})
