/** Whether letters match in any case: `ascii` is Java's `(?i)`, `unicode` its `(?iu)`. */
export type CaseRule = 'exact' | 'ascii' | 'unicode'

/** One character inside or outside of a class, whatever it means to a pattern. */
export const escaped = (codePoint: number): string =>
  /^[0-9A-Za-z_]$/.test(String.fromCodePoint(codePoint))
    ? String.fromCodePoint(codePoint)
    : `\\u{${codePoint.toString(16)}}`

const range = (low: number, high: number): string => (low === high ? escaped(low) : `${escaped(low)}-${escaped(high)}`)

/** Most characters of a range whose case is looked up one by one. */
const MAX_FOLDED = 4096

/** Case of a character as Java compares: lower case of the upper case, where both are one character. */
function folded(codePoint: number): number {
  const single = (text: string, from: number): number => {
    const found = text.codePointAt(0) as number
    return String.fromCodePoint(found) === text ? found : from
  }
  const upper = single(String.fromCodePoint(codePoint).toUpperCase(), codePoint)
  return single(String.fromCodePoint(upper).toLowerCase(), upper)
}

/** Characters with cases lie below. */
const CASED_END = 0x1f000
let byCase: Map<number, number[]> | undefined

/** All characters that equal one in another case; itself included. */
function cases(codePoint: number): readonly number[] {
  if (!byCase) {
    byCase = new Map()
    for (let c = 0; c < CASED_END; c++) {
      const fold = folded(c)
      if (fold !== c || byCase.has(fold)) byCase.set(fold, [...(byCase.get(fold) ?? [fold]), c])
    }
  }
  return byCase.get(folded(codePoint)) ?? [codePoint]
}

/**
 * Items of a class for the characters of a range, in all cases that the rule asks for.
 * @returns undefined for a range of too many characters to look up.
 */
export function rangeItems(low: number, high: number, rule: CaseRule): string | undefined {
  const plain = range(low, high)
  if (rule === 'exact') return plain
  const shifted = (from: number, to: number, by: number): string => {
    const [a, b] = [Math.max(low, from), Math.min(high, to)]
    return a <= b ? range(a + by, b + by) : ''
  }
  const ascii = plain + shifted(0x61, 0x7a, -32) + shifted(0x41, 0x5a, 32)
  if (rule === 'ascii') return ascii
  if (high - low >= MAX_FOLDED) return undefined
  // Java looks at the other cases of a single character only where it has an upper case of its own.
  if (low === high && String.fromCodePoint(low).toUpperCase().length > String.fromCodePoint(low).length) return ascii
  let items = ascii
  for (let c = low; c <= high; c++)
    for (const other of cases(c)) if (other < low || other > high) items += escaped(other)
  return items
}

const BLANKS = '\\u{9}\\p{Zs}'
const NOT_GRAPH = '\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}'
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}'
const ANY_CASE = '[\\p{Lowercase}\\p{Uppercase}\\p{Lt}]'

/** POSIX names: ASCII, and with Java's flag `U` all of Unicode. */
const POSIX: Readonly<Record<string, readonly [ascii: string, unicode: string]>> = {
  Lower: ['[a-z]', '\\p{Lowercase}'],
  Upper: ['[A-Z]', '\\p{Uppercase}'],
  ASCII: ['[\\u{0}-\\u{7f}]', '[\\u{0}-\\u{7f}]'],
  Alpha: ['[a-zA-Z]', '\\p{Alphabetic}'],
  Digit: ['[0-9]', '\\p{Nd}'],
  Alnum: ['[a-zA-Z0-9]', '[\\p{Alphabetic}\\p{Nd}]'],
  Punct: ['[\\u{21}-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{60}\\u{7b}-\\u{7e}]', '\\p{P}'],
  Graph: ['[\\u{21}-\\u{7e}]', `[^${NOT_GRAPH}]`],
  Print: ['[\\u{20}-\\u{7e}]', `[[^${NOT_GRAPH}]\\p{Zs}]`],
  Blank: ['[\\u{20}\\u{9}]', `[${BLANKS}]`],
  Cntrl: ['[\\u{0}-\\u{1f}\\u{7f}]', '\\p{Cc}'],
  XDigit: ['[0-9a-fA-F]', '[\\p{Nd}\\p{Hex_Digit}]'],
  Space: ['[\\u{20}\\u{9}-\\u{d}]', '\\p{White_Space}'],
}

/** Properties after `Is`, in upper case without underscores. */
const BINARY: Readonly<Record<string, string>> = {
  ALPHABETIC: '\\p{Alphabetic}',
  IDEOGRAPHIC: '\\p{Ideographic}',
  LETTER: '\\p{L}',
  LOWERCASE: '\\p{Lowercase}',
  UPPERCASE: '\\p{Uppercase}',
  TITLECASE: '\\p{Lt}',
  WHITESPACE: '\\p{White_Space}',
  CONTROL: '\\p{Cc}',
  PUNCTUATION: '\\p{P}',
  HEXDIGIT: '[\\p{Nd}\\p{Hex_Digit}]',
  ASSIGNED: '\\P{Cn}',
  NONCHARACTERCODEPOINT: '\\p{Noncharacter_Code_Point}',
  DIGIT: '\\p{Nd}',
  ALNUM: '[\\p{Alphabetic}\\p{Nd}]',
  BLANK: `[${BLANKS}]`,
  GRAPH: POSIX.Graph[1],
  PRINT: POSIX.Print[1],
  WORD: `[${WORD}]`,
  JOINCONTROL: '\\p{Join_Control}',
}

/** Methods of `java.lang.Character`. */
const METHODS: Readonly<Record<string, string>> = {
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaAlphabetic: '\\p{Alphabetic}',
  javaIdeographic: '\\p{Ideographic}',
  javaTitleCase: '\\p{Lt}',
  javaDigit: '\\p{Nd}',
  javaDefined: '\\P{Cn}',
  javaLetter: '\\p{L}',
  javaLetterOrDigit: '[\\p{L}\\p{Nd}]',
  javaSpaceChar: '\\p{Z}',
  javaWhitespace: '[\\u{9}-\\u{d}\\u{1c}-\\u{1f}\\p{Zl}\\p{Zp}[\\p{Zs}--[\\u{a0}\\u{2007}\\u{202f}]]]',
  javaISOControl: '\\p{Cc}',
  javaMirrored: '\\p{Bidi_Mirrored}',
}

const CATEGORY = /^(?:C[cfnos]?|L[lmotuC]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)$/
const CASED = /^(?:Lu|Ll|Lt)$/

function category(name: string, rule: CaseRule): string | undefined {
  if (name === 'L1') return '[\\u{0}-\\u{ff}]'
  if (name === 'LD') return '[\\p{L}\\p{Nd}]'
  if (name === 'all') return '[\\u{0}-\\u{10ffff}]'
  if (!CATEGORY.test(name)) return undefined
  return rule !== 'exact' && CASED.test(name) ? '\\p{LC}' : `\\p{${name}}`
}

/** Scripts by name or code; Java does not mind the case. */
function script(name: string): string | undefined {
  const canonical = name.toLowerCase().replace(/(^|_)[a-z]/g, (start) => start.toUpperCase())
  const text = `\\p{Script=${canonical}}`
  try {
    new RegExp(text, 'v')
    return text
  } catch {
    return undefined
  }
}

/**
 * The class of a Java property, from what stands between the braces of `\p{…}`.
 * @returns undefined when JavaScript has no such property.
 */
export function propertyClass(name: string, rule: CaseRule, unicode: boolean): string | undefined {
  const assigned = /^(\w+)=(.+)$/.exec(name)
  if (assigned) {
    const [, key, value] = assigned
    if (/^(?:sc|script)$/i.test(key)) return script(value)
    return /^(?:gc|general_category)$/i.test(key) ? category(value, rule) : undefined
  }
  if (/^Is./.test(name)) {
    const rest = name.slice(2)
    const key = rest.toUpperCase().replaceAll('_', '')
    if (rule !== 'exact' && /^(?:LOWER|UPPER|TITLE)CASE$/.test(key)) return ANY_CASE
    return BINARY[key] ?? category(rest, rule) ?? script(rest)
  }
  if (rule !== 'exact' && (name === 'Lower' || name === 'Upper')) return unicode ? ANY_CASE : POSIX.Alpha[0]
  if (rule !== 'exact' && /^java(?:Lower|Upper|Title)Case$/.test(name)) return ANY_CASE
  return POSIX[name]?.[unicode ? 1 : 0] ?? METHODS[name] ?? category(name, rule)
}

const LINE_BREAK = '\\u{a}-\\u{d}\\u{85}\\u{2028}\\u{2029}'
const HORIZONTAL = '\\u{20}\\u{9}\\u{a0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}'

/** What the classes of one letter match, by letter: ASCII, and with Java's flag `U` all of Unicode. */
const LETTERS: Readonly<Record<string, readonly [ascii: string, unicode: string]>> = {
  d: ['0-9', '\\p{Nd}'],
  s: ['\\u{20}\\u{9}-\\u{d}', '\\p{White_Space}'],
  w: ['a-zA-Z0-9_', WORD],
  h: [HORIZONTAL, HORIZONTAL],
  v: [LINE_BREAK, LINE_BREAK],
}

/** The class of `\d`, `\W` and the like; undefined for a letter that stands for none. */
export function letterClass(letter: string, unicode: boolean): string | undefined {
  const items = LETTERS[letter.toLowerCase()]?.[unicode ? 1 : 0]
  if (items === undefined) return undefined
  return letter === letter.toLowerCase() ? `[${items}]` : `[^${items}]`
}
