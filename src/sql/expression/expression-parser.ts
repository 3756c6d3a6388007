import { ParseError, UnsupportedError } from '../../errors.js'
import { shortText } from '../../util/names.js'
import { parseDataType } from '../ddl.js'
import {
  ByteType,
  type DataType,
  DateType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  ShortType,
  TimestampType,
} from '../types.js'
import { parseError, type Token, tokenize } from './lexer.js'
import { literal } from './literal.js'
import type { Expression } from './nodes.js'

/** Binding powers of Spark's grammar, weakest first. */
const OR = 1
const AND = 2
const NOT = 3
const PREDICATE = 4
const COMPARISON = 5
const BIT_OR = 6
const BIT_XOR = 7
const BIT_AND = 8
const SUM = 9
const PRODUCT = 10
const SIGN = 11

const call = (name: string, ...args: Expression[]): Expression => ({ kind: 'call', name, args })
const not = (child: Expression): Expression => call('not', child)

type Infix = readonly [power: number, build: (left: Expression, right: Expression) => Expression]
const operator = (power: number, name: string): Infix => [power, (left, right) => call(name, left, right)]
const unequal: Infix = [COMPARISON, (left, right) => not(call('=', left, right))]

/** `(a, b)` is a struct whose parts are named after columns, or col1, col2 …. */
const row = (parts: readonly Expression[]): Expression =>
  call(
    'named_struct',
    ...parts.flatMap((part, i) => [
      literal(part.kind === 'attribute' || part.kind === 'alias' ? part.name : `col${i + 1}`),
      part,
    ]),
  )

/** Binary operators, all of them left-associative. */
const INFIX: ReadonlyMap<string, Infix> = new Map([
  ['OR', operator(OR, 'or')],
  ['AND', operator(AND, 'and')],
  ['=', operator(COMPARISON, '=')],
  ['==', operator(COMPARISON, '=')],
  ['<>', unequal],
  ['!=', unequal],
  ...['<=>', '<', '<=', '>', '>='].map((symbol) => [symbol, operator(COMPARISON, symbol)] as const),
  ['|', operator(BIT_OR, '|')],
  ['^', operator(BIT_XOR, '^')],
  ['&', operator(BIT_AND, '&')],
  ...['+', '-', '||'].map((symbol) => [symbol, operator(SUM, symbol)] as const),
  ...['*', '/', '%'].map((symbol) => [symbol, operator(PRODUCT, symbol)] as const),
  ['DIV', operator(PRODUCT, 'div')],
])

/** Words that start a predicate after a value, after NOT perhaps. */
const PREDICATES: ReadonlySet<string> = new Set(['IS', 'BETWEEN', 'IN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'])

/** Words that end an expression and so cannot be an alias without AS. */
const CLAUSES =
  /^(FROM|WHERE|GROUP|HAVING|ORDER|LIMIT|OFFSET|UNION|EXCEPT|INTERSECT|JOIN|ON|WHEN|THEN|ELSE|END|AS|AND|OR|NOT|ASC|DESC|NULLS|ESCAPE|WINDOW|LATERAL)$/

const SUFFIX_TYPES: Readonly<Record<string, DataType>> = {
  L: LongType,
  S: ShortType,
  Y: ByteType,
  D: DoubleType,
  F: FloatType,
  BD: DoubleType,
}
const LIMITS: Readonly<Record<string, number>> = { Y: 7, S: 15, L: 63 }

/** `int(x)` and the like are casts. */
const TYPE_FUNCTIONS = /^(boolean|tinyint|smallint|int|integer|bigint|long|float|double|string|date|timestamp|binary)$/i

/** Recursive descent with binding powers (V. Pratt, "Top down operator precedence", 1973, doi:10.1145/512927.512931). */
export class ExpressionParser {
  protected readonly source: string
  protected readonly tokens: readonly Token[]
  protected position = 0
  /** Names in front of a column that mean the table it comes from. */
  protected tables: readonly string[] = []

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

  private isAt(offset: number, texts: readonly string[]): boolean {
    const token = this.tokens[this.position + offset]
    if (token?.kind === 'name') return texts.includes(token.text.toUpperCase())
    return token?.kind === 'symbol' && texts.includes(token.text)
  }

  protected skip(...texts: string[]): boolean {
    if (!this.at(...texts)) return false
    this.position++
    return true
  }

  protected expect(...texts: string[]): void {
    if (!this.skip(...texts)) this.fail(`expected ${texts.join(' or ')} before ${this.describe()}`)
  }

  protected expectEnd(): void {
    if (this.token.kind !== 'end') this.fail(`unexpected ${this.describe()}`)
  }

  protected fail(problem: string): never {
    throw parseError(problem, this.source, this.token.at)
  }

  protected unsupported(construct: string): never {
    throw new UnsupportedError(`${construct} in ${shortText(this.source)}`, {
      received: construct,
      hint: 'Write it with the methods of DataFrame and Column, where these have it',
    })
  }

  private describe(): string {
    return this.token.kind === 'end' ? 'the end' : JSON.stringify(this.token.text)
  }

  /** A whole text: one expression, perhaps with an alias. */
  parseAll(): Expression {
    const expression = this.named()
    this.expectEnd()
    return expression
  }

  /** An expression with an optional alias, or a star. */
  protected named(): Expression {
    if (this.skip('*')) return { kind: 'star' }
    const child = this.expression()
    if (this.skip('AS')) return { kind: 'alias', child, name: this.identifier() }
    const { kind, text } = this.token
    const alias = kind === 'quoted' || (kind === 'name' && !CLAUSES.test(text.toUpperCase()))
    return alias ? { kind: 'alias', child, name: this.advance().text } : child
  }

  protected identifier(): string {
    if (this.token.kind === 'name' || this.token.kind === 'quoted') return this.advance().text
    return this.fail(`expected a name before ${this.describe()}`)
  }

  protected expression(power = 0): Expression {
    let left = this.prefix()
    for (;;) {
      const negated = this.at('NOT')
      const word = this.tokens[this.position + (negated ? 1 : 0)]
      if (word.kind === 'name' && PREDICATES.has(word.text.toUpperCase()) && PREDICATE > power) {
        if (negated) this.advance()
        left = negated ? not(this.predicate(left)) : this.predicate(left)
        continue
      }
      const { kind, text } = this.token
      const infix = kind === 'symbol' || kind === 'name' ? INFIX.get(text.toUpperCase()) : undefined
      if (!infix || infix[0] <= power) return left
      this.advance()
      left = infix[1](left, this.expression(infix[0]))
    }
  }

  private prefix(): Expression {
    if (this.skip('NOT', '!')) return not(this.expression(NOT))
    if (this.skip('-')) {
      // A sign belongs to the number after it: only so is -2147483648 an int.
      if (this.token.kind === 'number') return this.postfix(this.number('-'))
      return call('-', this.expression(SIGN))
    }
    if (this.skip('+')) return call('+', this.expression(SIGN))
    if (this.skip('~')) return call('~', this.expression(SIGN))
    return this.postfix(this.primary())
  }

  /** What follows a value directly: `[i]`, `.field`, `::type`. */
  private postfix(start: Expression): Expression {
    let value = start
    for (;;) {
      if (this.skip('[')) {
        value = call('[]', value, this.expression())
        this.expect(']')
      } else if (this.skip('.')) {
        value = call('.', value, literal(this.identifier()))
      } else if (this.skip('::')) {
        value = { kind: 'cast', child: value, dataType: this.dataType() }
      } else return value
    }
  }

  private predicate(left: Expression): Expression {
    const word = this.advance().text.toUpperCase()
    if (word === 'IS') return this.is(left)
    if (word === 'BETWEEN') {
      const lower = this.expression(PREDICATE)
      this.expect('AND')
      return call('between', left, lower, this.expression(PREDICATE))
    }
    if (word === 'IN') {
      this.expect('(')
      if (this.at('SELECT')) this.unsupported('a subquery')
      return call('in', left, ...this.list())
    }
    if (this.at('ANY', 'ALL', 'SOME')) this.unsupported(`${word} ${this.token.text}`)
    const pattern = this.expression(PREDICATE)
    if (word === 'REGEXP') return call('rlike', left, pattern)
    return this.skip('ESCAPE')
      ? call(word.toLowerCase(), left, pattern, this.primary())
      : call(word.toLowerCase(), left, pattern)
  }

  private is(left: Expression): Expression {
    const negated = this.skip('NOT')
    const wrap = (test: Expression): Expression => (negated ? not(test) : test)
    if (this.skip('NULL')) return call(negated ? 'isnotnull' : 'isnull', left)
    if (this.skip('UNKNOWN')) return call(negated ? 'isnotnull' : 'isnull', left)
    if (this.skip('TRUE')) return wrap(call('<=>', left, literal(true)))
    if (this.skip('FALSE')) return wrap(call('<=>', left, literal(false)))
    if (this.skip('DISTINCT')) {
      this.expect('FROM')
      const same = call('<=>', left, this.expression(PREDICATE))
      return negated ? same : not(same)
    }
    return this.fail(`expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM before ${this.describe()}`)
  }

  /** Expressions up to a closing parenthesis, which is consumed. */
  private list(): Expression[] {
    const items: Expression[] = []
    if (this.skip(')')) return items
    do items.push(this.argument())
    while (this.skip(','))
    this.expect(')')
    return items
  }

  /** An argument of a function: `struct(a AS b)` names its parts, `count(*)` has a star. */
  private argument(): Expression {
    const argument = this.named()
    if (this.at('->')) this.unsupported('a lambda function')
    if (this.at('=>')) this.unsupported('a named argument')
    return argument
  }

  private primary(): Expression {
    const { kind, text } = this.token
    if (kind === 'number') return this.number('')
    if (kind === 'string') return literal(this.string())
    if (this.skip('(')) {
      if (this.at('SELECT')) this.unsupported('a subquery')
      const [first, ...rest] = this.list()
      if (!first) this.fail('expected an expression inside the parentheses')
      return rest.length > 0 ? row([first, ...rest]) : first
    }
    if (kind === 'quoted') return this.column()
    if (kind !== 'name') return this.fail(`expected an expression before ${this.describe()}`)
    if (this.isAt(1, ['('])) return this.functionCall()
    return this.word(text.toUpperCase()) ?? this.column()
  }

  private word(word: string): Expression | undefined {
    const isString = this.tokens[this.position + 1].kind === 'string'
    if (word === 'NULL' || word === 'TRUE' || word === 'FALSE') {
      this.advance()
      return literal(word === 'NULL' ? null : word === 'TRUE')
    }
    if (word === 'CASE') return this.caseWhen()
    if ((word === 'DATE' || word === 'TIMESTAMP') && isString) return this.dateLiteral(word)
    if (word === 'INTERVAL') this.unsupported('INTERVAL')
    if (CLAUSES.test(word)) this.fail(`expected an expression before ${this.describe()}`)
    return undefined
  }

  private string(): string {
    let text = ''
    while (this.token.kind === 'string') text += this.advance().text
    return text
  }

  private dateLiteral(word: string): Expression {
    this.advance()
    const at = this.token.at
    const text = this.string().trim()
    const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) || word === 'DATE'
    const value = new Date(text.replace(' ', 'T') + (zoned ? '' : text.length > 10 ? 'Z' : 'T00:00Z'))
    if (Number.isNaN(value.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text)) {
      throw parseError(`${JSON.stringify(text)} is no ${word}`, this.source, at)
    }
    return literal(value, word === 'DATE' ? DateType : TimestampType)
  }

  private number(sign: string): Expression {
    const { at } = this.token
    const [, digits, suffix] = /^(.*?)((?:bd|[lsydf])?)$/i.exec(this.advance().text)!
    const type = SUFFIX_TYPES[suffix.toUpperCase()]
    const text = sign + digits
    const whole = /^-?\d+$/.test(text)
    const bits = LIMITS[suffix.toUpperCase()]
    if (bits !== undefined || (whole && !type)) {
      const value = whole ? BigInt(text) : undefined
      const fits = (width: number): boolean => value !== undefined && BigInt.asIntN(width + 1, value) === value
      if (bits !== undefined && !fits(bits)) throw parseError(`${text}${suffix} is out of range`, this.source, at)
      if (type === LongType) return literal(value!, LongType)
      if (fits(31)) return literal(Number(text), type ?? IntegerType)
      if (fits(63)) return literal(value!, LongType)
    }
    return literal(Number(text), type ?? DoubleType)
  }

  private column(): Expression {
    const name = this.identifier()
    const isTable = this.tables.includes(name.toLowerCase()) && this.at('.')
    if (isTable) this.advance()
    if (isTable && this.at('*')) this.unsupported(`${name}.*`)
    return { kind: 'attribute', name: isTable ? this.identifier() : name }
  }

  private functionCall(): Expression {
    const name = this.identifier()
    const word = name.toUpperCase()
    this.expect('(')
    if (word === 'CAST' || word === 'TRY_CAST') return this.cast(word === 'TRY_CAST')
    if (word === 'EXISTS') this.unsupported('EXISTS')
    const distinct = this.skip('DISTINCT')
    const args = this.list()
    if (this.at('OVER')) this.unsupported('a window function')
    if (this.at('FILTER')) this.unsupported('FILTER')
    if (TYPE_FUNCTIONS.test(name) && args.length === 1) {
      return { kind: 'cast', child: args[0], dataType: parseDataType(name) }
    }
    return { kind: 'call', name: name.toLowerCase(), args, ...(distinct ? { distinct } : {}) }
  }

  private cast(safe: boolean): Expression {
    const child = this.expression()
    this.expect('AS')
    const dataType = this.dataType()
    this.expect(')')
    return { kind: 'cast', child, dataType, ...(safe ? { safe } : {}) }
  }

  /** A type: a name, with `(10, 2)` or `<…>` after it. */
  private dataType(): DataType {
    const { at } = this.token
    this.identifier()
    for (const [open, close] of ['()', '<>']) {
      let depth = 0
      while (this.token.kind !== 'end' && (depth > 0 || this.at(open))) {
        if (this.at(open)) depth++
        if (this.at(close)) depth--
        this.advance()
      }
    }
    try {
      return parseDataType(this.source.slice(at, this.token.at).trim())
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause
      throw parseError('expected a data type', this.source, at, cause.message)
    }
  }

  private caseWhen(): Expression {
    this.expect('CASE')
    const subject = this.at('WHEN') ? undefined : this.expression()
    const branches: [Expression, Expression][] = []
    while (this.skip('WHEN')) {
      const when = this.expression()
      this.expect('THEN')
      branches.push([subject ? call('=', subject, when) : when, this.expression()])
    }
    if (branches.length === 0) this.fail(`expected WHEN before ${this.describe()}`)
    const otherwise = this.skip('ELSE') ? this.expression() : undefined
    this.expect('END')
    return { kind: 'case', branches, ...(otherwise ? { otherwise } : {}) }
  }
}
