import { describe, expect, test } from 'vitest'
import { RidgelineError, UnsupportedError } from '../../src/errors.js'
import { RegexTokenizer } from '../../src/feature/regex-tokenizer.js'
import { createDataFrame } from '../../src/sql/session.js'
import { translateJavaRegex } from '../../src/util/java-regex.js'
import { recorded } from '../util/data.js'

/** What Java 17 splits each text into and what it finds in it, pattern by pattern; null for a pattern that it refuses, 0 where nothing matches. */
interface Recording {
  readonly texts: readonly string[]
  readonly patterns: readonly (readonly [
    pattern: string,
    rows: readonly (0 | readonly [string[], string[]])[] | null,
  ])[]
}
const { texts, patterns } = recorded<Recording>('java-regex')
const frame = createDataFrame({ text: texts })

const tokens = async (pattern: string, gaps: boolean): Promise<unknown[]> => {
  const stage = new RegexTokenizer({
    inputCol: 'text',
    outputCol: 't',
    pattern,
    gaps,
    toLowercase: false,
    minTokenLength: 0,
  })
  return (await stage.transform(frame).collect()).map(({ t }) => t)
}

/** Patterns that Java takes and JavaScript cannot express. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  '(a)|b\\1',
  '((a)|b)\\2',
  '\\2(a)',
  '\\p{InGreek}+',
  '\\p{block=Greek}',
  '\\X',
  '\\G',
  '\\N{DIGIT ONE}',
  '\\b{g}',
])

/** Java looks for nothing between the two halves of a surrogate pair, too. */
const isSplit = (text: string): boolean => /[\u{10000}-\u{10ffff}]/u.test(text)

const matchesEmpty = (pattern: string): boolean => translateJavaRegex(pattern, 'test').matchesEmpty

describe('patterns as in java.util.regex', () => {
  for (const [pattern, rows] of patterns) {
    test(JSON.stringify(pattern), async () => {
      if (rows === null) return expect(tokens(pattern, true)).rejects.toThrow(RidgelineError)
      if (UNSUPPORTED.has(pattern)) return expect(tokens(pattern, true)).rejects.toThrow(UnsupportedError)
      const found = await tokens(pattern, false)
      const split = await tokens(pattern, true)
      rows.forEach((row, i) => {
        if (matchesEmpty(pattern) && isSplit(texts[i])) return
        expect(found[i], `found in ${JSON.stringify(texts[i])}`).toEqual(row === 0 ? [] : row[1])
        expect(split[i], `split of ${JSON.stringify(texts[i])}`).toEqual(row === 0 ? [texts[i]] : row[0])
      })
    })
  }
})
