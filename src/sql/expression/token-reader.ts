import { UnsupportedError } from '../../errors.js'
import { shortText } from '../../util/names.js'
import { parseError, type Token, tokenize } from './lexer.js'

/** Words that end an expression and so cannot be an alias without AS. */
const CLAUSES =
  /^(FROM|WHERE|GROUP|HAVING|ORDER|LIMIT|OFFSET|UNION|EXCEPT|INTERSECT|JOIN|ON|WHEN|THEN|ELSE|END|AS|AND|OR|NOT|ASC|DESC|NULLS|ESCAPE|LATERAL)$/

/** Reads the tokens of a text one by one. */
export class TokenReader {
  protected readonly source: string
  protected readonly tokens: readonly Token[]
  protected position = 0

  constructor(source: string) {
    this.source = source
    this.tokens = tokenize(source)
  }

  protected get token(): Token {
    return this.tokens[this.position]
  }

  protected advance(): Token {
    return this.tokens[this.position++]
  }

  /** Whether a token is one of the given words or symbols. */
  protected at(...texts: string[]): boolean {
    return this.isAt(0, texts)
  }

  protected isAt(offset: number, texts: readonly string[]): boolean {
    const token = this.tokens[this.position + offset]
    if (token?.kind === 'name') return texts.includes(token.text.toUpperCase())
    return token?.kind === 'symbol' && texts.includes(token.text)
  }

  protected skip(...texts: string[]): boolean {
    if (!this.at(...texts)) return false
    this.position++
    return true
  }

  /** Skips several words in a row, or none of them. */
  protected skipAll(...words: string[]): boolean {
    if (!words.every((word, k) => this.isAt(k, [word]))) return false
    this.position += words.length
    return true
  }

  protected expect(...texts: string[]): void {
    if (!this.skip(...texts)) this.fail(`expected ${texts.join(' or ')} before ${this.describe()}`)
  }

  protected expectEnd(): void {
    if (this.token.kind !== 'end') this.fail(`unexpected ${this.describe()}`)
  }

  protected fail(problem: string, at = this.token.at): never {
    throw parseError(problem, this.source, at)
  }

  protected unsupported(construct: string): never {
    throw new UnsupportedError(`${construct} in ${shortText(this.source)}`, {
      received: construct,
      hint: 'Write it with the methods of DataFrame and Column, where these have it',
    })
  }

  protected describe(): string {
    return this.token.kind === 'end' ? 'the end' : JSON.stringify(this.token.text)
  }

  protected identifier(): string {
    if (this.token.kind === 'name' || this.token.kind === 'quoted') return this.advance().text
    return this.fail(`expected a name before ${this.describe()}`)
  }

  /** Whether a word begins a clause, so that it is no name of a column and no alias without AS. */
  protected isClause(word: string): boolean {
    return CLAUSES.test(word.toUpperCase())
  }

  /** Neighbouring strings are one. */
  protected string(): string {
    let text = ''
    while (this.token.kind === 'string') text += this.advance().text
    return text
  }

  protected commaSeparated<T>(read: () => T): T[] {
    const all = [read()]
    while (this.skip(',')) all.push(read())
    return all
  }
}
