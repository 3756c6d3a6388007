import { ParseError, UnsupportedError } from '../errors.js'
import { type CaseRule, letterClass, propertyClass, rangeItems } from './java-character-classes.js'
import { shortText } from './names.js'

/** Flags of Java that a pattern switches on and off: `(?i)`, `(?s-m)`, `(?x:…)`. */
interface Flags {
  readonly i: boolean
  readonly u: boolean
  readonly m: boolean
  readonly s: boolean
  readonly d: boolean
  readonly x: boolean
  readonly U: boolean
}
const NO_FLAGS: Flags = { i: false, u: false, m: false, s: false, d: false, x: false, U: false }

/** A translated part of a pattern. */
interface Part {
  readonly source: string
  /** Fewest characters that it matches; 0 where it may match nothing. */
  readonly width: number
}
const zeroWidth = (source: string): Part => ({ source: `(?:${source})`, width: 0 })

const BREAKS = '\\n\\r\\u0085\\u2028\\u2029'
/** Before a line break, never inside of CR LF. */
const BEFORE_BREAK = '\\r\\n|(?<!\\r)\\n|[\\r\\u0085\\u2028\\u2029]'
const AFTER_BREAK = '(?<=[\\n\\u0085\\u2028\\u2029]|\\r(?!\\n))(?!$)'
/** Word characters on either side of a place: letters, digits, `_`, and marks on a letter or digit. */
const WORD_BEFORE = '(?<=[_\\p{L}\\p{Nd}]|[\\p{L}\\p{Nd}]\\p{Mn}+)'
const WORD_AFTER = '(?=[_\\p{L}\\p{Nd}]|(?<=[\\p{L}\\p{Nd}]\\p{Mn}*)\\p{Mn})'
const BOUNDARY = `${WORD_BEFORE}(?!${WORD_AFTER})|(?!${WORD_BEFORE})${WORD_AFTER}`

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** A pattern of java.util.regex in JavaScript's grammar. */
export interface TranslatedRegex {
  /** For a `RegExp` with the flag `v`. */
  readonly source: string
  /** Whether it may match the empty text. */
  readonly matchesEmpty: boolean
  /** Whether the result has groups that capture. */
  readonly captures: boolean
  /** Number of groups of the pattern. */
  readonly groups: number
}

/**
 * Translates a pattern of java.util.regex (Java 17), so that JavaScript finds what Java finds: classes with unions and intersections, `\p{…}`,
 * possessive quantifiers, atomic groups, quoting, inline flags, Java's line breaks and word boundaries.
 *
 * @param stage named in errors. @param keepsGroups whether group n of the pattern is group `gn` of the result.
 * @throws ParseError for what Java refuses, with the place in the pattern; UnsupportedError naming what JavaScript cannot express: `\G`, `\X`,
 *   `\N{…}`, blocks (`\p{InGreek}`), references to a group that may be unset, and atomic groups or references inside of a look-behind.
 */
export function translateJavaRegex(pattern: string, stage: string, keepsGroups = false): TranslatedRegex {
  return new Translator(pattern, stage, keepsGroups).translate()
}

class Translator {
  readonly #pattern: string
  readonly #stage: string
  readonly #keepsGroups: boolean
  #at = 0
  #flags = NO_FLAGS
  #groups = 0
  #names = new Map<string, number>()
  /** Groups that have matched for certain when the next part is tried. */
  #certain: ReadonlySet<number> = new Set()
  #captures = 0
  #behind = 0

  constructor(pattern: string, stage: string, keepsGroups: boolean) {
    this.#pattern = pattern
    this.#stage = stage
    this.#keepsGroups = keepsGroups || /\\[1-9k]/.test(pattern)
  }

  translate(): TranslatedRegex {
    const { source, width } = this.#alternatives()
    if (this.#at < this.#pattern.length) this.#refuse('unmatched )')
    return { source, matchesEmpty: width === 0, captures: this.#captures > 0, groups: this.#groups }
  }

  #refuse(problem: string): never {
    throw new ParseError(`the pattern ${shortText(this.#pattern)} is wrong at ${this.#at}: ${problem}`, {
      stage: this.#stage,
      param: 'pattern',
      allowed: 'Allowed: a regular expression of java.util.regex',
    })
  }

  #unsupported(what: string): never {
    throw new UnsupportedError(`${what} in the pattern ${shortText(this.#pattern)} has no counterpart in JavaScript`, {
      stage: this.#stage,
      param: 'pattern',
      hint: 'Write the pattern without it.',
    })
  }

  #peek(text: string): boolean {
    return this.#pattern.startsWith(text, this.#at)
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false
    this.#at += text.length
    return true
  }

  /** The next character, which is passed. */
  #next(): number {
    const codePoint = this.#pattern.codePointAt(this.#at)
    if (codePoint === undefined) this.#refuse('it ends too early')
    this.#at += codePoint > 0xffff ? 2 : 1
    return codePoint
  }

  #match(expression: RegExp): RegExpExecArray | undefined {
    const found = new RegExp(expression.source, 'y')
    found.lastIndex = this.#at
    const match = found.exec(this.#pattern)
    if (match) this.#at += match[0].length
    return match ?? undefined
  }

  /** Passes white space and comments, where the flag `x` is on. */
  #skipComments(): void {
    while (this.#flags.x && this.#match(/[ \t-\r]+|#[^\n]*/));
  }

  get #case(): CaseRule {
    if (!this.#flags.i) return 'exact'
    return this.#flags.u || this.#flags.U ? 'unicode' : 'ascii'
  }

  /** Up to the end of the pattern or of the group. */
  #alternatives(): Part {
    const flags = this.#flags
    const before = this.#certain
    const parts: Part[] = []
    let certain: Set<number> | undefined
    do {
      this.#certain = before
      parts.push(this.#sequence())
      const reached = this.#certain
      certain = new Set([...(certain ?? reached)].filter((group) => reached.has(group)))
    } while (this.#take('|'))
    this.#certain = certain
    this.#flags = flags
    return {
      source: parts.map(({ source }) => source).join('|'),
      width: Math.min(...parts.map(({ width }) => width)),
    }
  }

  #sequence(): Part {
    let source = ''
    let width = 0
    for (
      this.#skipComments();
      this.#at < this.#pattern.length && !this.#peek('|') && !this.#peek(')');
      this.#skipComments()
    ) {
      const before = this.#certain
      const atom = this.#atom()
      if (atom === undefined) continue
      const part = this.#quantified(atom, before)
      source += part.source
      width += part.width
    }
    return { source, width }
  }

  /** The part with the quantifier after it. */
  #quantified(part: Part, before: ReadonlySet<number>): Part {
    this.#skipComments()
    const match = this.#match(/[*+?]|\{(\d+)(?:(,)(\d*))?\}/)
    if (!match) {
      if (this.#peek('{')) this.#refuse('illegal repetition')
      return part
    }
    const least = match[1] === undefined ? Number(match[0] === '+') : Number(match[1])
    if (match[3] && Number(match[3]) < least) this.#refuse('illegal repetition range')
    if (least === 0) this.#certain = before
    const repeated = `${part.source}${match[0]}`
    const width = part.width * least
    if (this.#take('+')) return { source: this.#atomic(repeated), width }
    return { source: `(?:${repeated}${this.#take('?') ? '?' : ''})`, width }
  }

  /** Matches what the source matches first, and never again otherwise: what a look-ahead has found stays. */
  #atomic(source: string): string {
    if (this.#behind > 0) this.#unsupported('an atomic group or possessive quantifier inside of a look-behind')
    const name = `a${this.#captures++}`
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`
  }

  /** The next atom; undefined for flags, which match nothing. */
  #atom(): Part | undefined {
    if (this.#take('(')) return this.#group()
    if (this.#take('[')) return { source: this.#class(), width: 1 }
    if (this.#take('.')) return { source: this.#dot(), width: 1 }
    if (this.#take('^')) return zeroWidth(this.#flags.m ? `(?!$)(?:^|${AFTER_BREAK})` : '^')
    if (this.#take('$')) return this.#dollar(this.#flags.m)
    if (this.#take('\\')) return this.#escape()
    const codePoint = this.#next()
    if (codePoint === 0x2a || codePoint === 0x2b || codePoint === 0x3f) this.#refuse('dangling meta character')
    if (codePoint === 0x7b) this.#refuse('illegal repetition')
    return this.#literal(codePoint)
  }

  #literal(codePoint: number): Part {
    const items = rangeItems(codePoint, codePoint, this.#case) as string
    return { source: this.#case === 'exact' ? items : `[${items}]`, width: 1 }
  }

  #dot(): string {
    if (this.#flags.s) return '[\\u{0}-\\u{10ffff}]'
    return this.#flags.d ? '[^\\n]' : `[^${BREAKS}]`
  }

  #dollar(everyLine: boolean): Part {
    if (this.#flags.d) return zeroWidth(everyLine ? '(?=\\n|$)' : '(?=\\n?$)')
    return zeroWidth(everyLine ? `(?=${BEFORE_BREAK}|$)` : `(?=(?:${BEFORE_BREAK})?$)`)
  }

  #group(): Part | undefined {
    if (!this.#take('?')) return this.#capture(undefined)
    if (this.#take(':')) return this.#enclosed((inner) => `(?:${inner})`)
    if (this.#take('=')) return { ...this.#enclosed((inner) => `(?:(?=${inner}))`), width: 0 }
    if (this.#take('>')) return this.#enclosed((inner) => this.#atomic(inner))
    const before = this.#certain
    if (this.#take('!')) {
      const part = { ...this.#enclosed((inner) => `(?:(?!${inner}))`), width: 0 }
      this.#certain = before
      return part
    }
    const behind = this.#match(/<([=!])/)
    if (behind) {
      this.#behind++
      const part = { ...this.#enclosed((inner) => `(?:(?<${behind[1]}${inner}))`), width: 0 }
      this.#behind--
      if (behind[1] === '!') this.#certain = before
      return part
    }
    const name = this.#match(/<([a-zA-Z][a-zA-Z0-9]*)>/)
    if (name) return this.#capture(name[1])
    return this.#flagGroup()
  }

  #flagGroup(): Part | undefined {
    const match = this.#match(/([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/)
    if (!match) this.#refuse('unknown group')
    const [, on, off = '', end] = match
    const flags: Record<string, boolean> = { ...this.#flags }
    for (const [letters, value] of [
      [on, true],
      [off, false],
    ] as const) {
      for (const letter of letters) {
        if (!Object.hasOwn(NO_FLAGS, letter)) this.#refuse(`unknown flag ${letter}`)
        flags[letter] = value
      }
    }
    const outer = this.#flags
    this.#flags = flags as unknown as Flags
    if (end === ')') return undefined
    const part = this.#enclosed((inner) => `(?:${inner})`)
    this.#flags = outer
    return part
  }

  #enclosed(wrap: (inner: string) => string): Part {
    const { source, width } = this.#alternatives()
    if (!this.#take(')')) this.#refuse('unclosed group')
    return { source: wrap(source), width }
  }

  #capture(name: string | undefined): Part {
    const number = ++this.#groups
    if (name !== undefined) {
      if (this.#names.has(name)) this.#refuse(`the group ${name} is defined twice`)
      this.#names.set(name, number)
    }
    if (this.#keepsGroups) this.#captures++
    const part = this.#enclosed((inner) => (this.#keepsGroups ? `(?<g${number}>${inner})` : `(?:${inner})`))
    this.#certain = new Set(this.#certain).add(number)
    return part
  }

  #reference(number: number): Part {
    if (!this.#certain.has(number)) this.#unsupported(`a reference to group ${number}, which may be unset,`)
    if (this.#behind > 0) this.#unsupported('a reference inside of a look-behind')
    if (this.#flags.i) this.#unsupported('a reference in any case')
    return { source: `(?:\\k<g${number}>)`, width: 0 }
  }

  /** What follows a backslash outside of a class. */
  #escape(): Part {
    if (this.#take('Q')) return this.#quoted()
    const name = this.#match(/k<([a-zA-Z][a-zA-Z0-9]*)>/)
    if (name) return this.#reference(this.#names.get(name[1]) ?? this.#refuse(`there is no group ${name[1]}`))
    const digits = this.#match(/[1-9]/)
    if (digits) {
      // Further digits belong to the number while there are as many groups.
      let number = Number(digits[0])
      for (let more = this.#digit(); more !== undefined && number * 10 + more <= this.#groups; more = this.#digit()) {
        number = number * 10 + more
        this.#at++
      }
      return this.#reference(number)
    }
    const letter = this.#pattern[this.#at] ?? this.#refuse('it ends too early')
    switch (letter) {
      case 'A':
        this.#at++
        return zeroWidth('^')
      case 'z':
        this.#at++
        return zeroWidth('$')
      case 'Z':
        this.#at++
        return this.#dollar(false)
      case 'b':
      case 'B':
        this.#at++
        if (this.#peek('{')) this.#unsupported('\\b{g}')
        return zeroWidth(letter === 'b' ? BOUNDARY : `(?!${BOUNDARY})`)
      case 'R':
        this.#at++
        return { source: '(?:\\r\\n|[\\n-\\r\\u0085\\u2028\\u2029])', width: 1 }
      case 'G':
      case 'X':
        this.#unsupported(`\\${letter}`)
    }
    const set = this.#setEscape()
    return set === undefined ? this.#literal(this.#characterEscape()) : { source: set, width: 1 }
  }

  #digit(): number | undefined {
    const digit = this.#pattern[this.#at]
    return digit >= '0' && digit <= '9' ? Number(digit) : undefined
  }

  #quoted(): Part {
    const end = this.#pattern.indexOf('\\E', this.#at)
    const text = this.#pattern.slice(this.#at, end < 0 ? undefined : end)
    this.#at = end < 0 ? this.#pattern.length : end + 2
    const characters = [...text].map((c) => this.#literal(c.codePointAt(0) as number).source)
    // A quantifier belongs to the last character.
    if (characters.length === 0) return { source: '', width: 0 }
    const last = { source: characters.pop() as string, width: 1 }
    const { source, width } = this.#quantified(last, this.#certain)
    return { source: `(?:${characters.join('')}${source})`, width: characters.length + width }
  }

  /** A class of characters after a backslash, such as `d` or `p{L}`; undefined when it is one character. */
  #setEscape(): string | undefined {
    const letter = this.#pattern[this.#at]
    if (letter === 'p' || letter === 'P') return this.#property()
    const set = letter === undefined ? undefined : letterClass(letter, this.#flags.U)
    if (set !== undefined) this.#at++
    return set
  }

  #property(): string {
    const match = this.#match(/([pP])(?:\{([^}]*)\}|([A-Za-z]))/)
    if (!match) this.#refuse('a property needs a name')
    const name = match[2] ?? match[3]
    const found = propertyClass(name, this.#case, this.#flags.U)
    if (found === undefined) this.#unsupported(`the property \\p{${name}}`)
    return match[1] === 'P' ? `[^${found}]` : found
  }

  /** One character after a backslash. */
  #characterEscape(): number {
    const hex = this.#match(/x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/)
    if (hex) {
      const value = Number.parseInt(hex[1] ?? hex[2], 16)
      return value <= 0x10ffff ? value : this.#refuse('a character beyond U+10FFFF')
    }
    const unit = this.#match(/u([0-9a-fA-F]{4})/)
    if (unit) return this.#surrogates(Number.parseInt(unit[1], 16))
    const octal = this.#match(/0([0-3]?[0-7]{1,2})/)
    if (octal) return Number.parseInt(octal[1], 8)
    if (this.#take('c')) return this.#next() ^ 64
    if (this.#peek('N')) this.#unsupported('\\N{…}')
    const codePoint = this.#next()
    const text = String.fromCodePoint(codePoint)
    if (Object.hasOwn(CONTROLS, text)) return CONTROLS[text]
    if (/^[0-9A-Za-z]$/.test(text)) this.#refuse(`unknown escape \\${text}`)
    return codePoint
  }

  /** A unit written `\\uhhhh`, together with a second one where both are a pair. */
  #surrogates(unit: number): number {
    if (unit < 0xd800 || unit > 0xdbff) return unit
    const low = this.#match(/\\u([dD][c-fC-F][0-9a-fA-F]{2})/)
    return low ? String.fromCharCode(unit, Number.parseInt(low[1], 16)).codePointAt(0)! : unit
  }

  /** A class after its opening bracket: unions of characters, ranges and classes, and intersections of unions by `&&`. */
  #class(): string {
    const negated = this.#take('^') ? '^' : ''
    const unions: string[] = []
    let items = ''
    for (let first = true; ; first = false) {
      this.#skipComments()
      if (this.#at >= this.#pattern.length) this.#refuse('unclosed class')
      if (!first && this.#take(']')) break
      if (this.#match(/&&+/)) {
        unions.push(items)
        items = ''
      } else if (this.#take('[')) items += this.#class()
      else items += this.#classItem()
    }
    const operands = [...unions, items].filter((union) => union !== '')
    if (operands.length === 1) return `[${negated}${operands[0]}]`
    return `[${negated}${operands.map((union) => `[${union}]`).join('&&')}]`
  }

  #classItem(): string {
    if (this.#take('\\Q')) {
      const end = this.#pattern.indexOf('\\E', this.#at)
      const text = this.#pattern.slice(this.#at, end < 0 ? undefined : end)
      this.#at += text.length + (end < 0 ? 0 : 2)
      return [...text].map((c) => this.#range(c.codePointAt(0)!, c.codePointAt(0)!)).join('')
    }
    if (this.#peek('\\')) {
      this.#at++
      const set = this.#setEscape()
      if (set !== undefined) return set
      this.#at--
    }
    const low = this.#classCharacter()
    this.#skipComments()
    if (!this.#peek('-') || /^-(?:[[\]]|&&)/.test(this.#pattern.slice(this.#at, this.#at + 3)))
      return this.#range(low, low)
    this.#at++
    this.#skipComments()
    const high = this.#classCharacter()
    if (high < low) this.#refuse('illegal range')
    return this.#range(low, high)
  }

  #classCharacter(): number {
    return this.#take('\\') ? this.#characterEscape() : this.#next()
  }

  #range(low: number, high: number): string {
    return rangeItems(low, high, this.#case) ?? this.#unsupported(`a range of ${high - low + 1} characters in any case`)
  }
}
