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
import { CallParser } from './call-parser.js'
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

const SUFFIX_TYPES: Readonly<Record<string, DataType>> = {
  L: LongType,
  S: ShortType,
  Y: ByteType,
  D: DoubleType,
  F: FloatType,
  BD: DoubleType,
}
const LIMITS: Readonly<Record<string, number>> = { Y: 7, S: 15, L: 63 }

/** Recursive descent with binding powers (V. Pratt, "Top down operator precedence", 1973, doi:10.1145/512927.512931). */
export class ExpressionParser extends CallParser {
  /** Names in front of a column that mean the table it comes from. */
  protected tables: readonly string[] = []

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
    if (this.skip('AS')) return { kind: 'alias', child, ...this.aliasNames() }
    const { kind, text } = this.token
    const alias = kind === 'quoted' || (kind === 'name' && !this.isClause(text))
    return alias ? { kind: 'alias', child, name: this.advance().text } : child
  }

  /** A name, or several in parentheses for the columns of explode and its like. */
  private aliasNames(): { name: string; names?: readonly string[] } {
    if (!this.skip('(')) return { name: this.identifier() }
    const names = this.commaSeparated(() => this.identifier())
    this.expect(')')
    return { name: names[0], names }
  }

  protected expression(power = 0): Expression {
    let left = this.prefix()
    for (;;) {
      const negated = this.at('NOT')
      const word = this.tokens[this.position + (negated ? 1 : 0)]
      if (word.kind === 'name' && PREDICATES.has(word.text.toUpperCase()) && PREDICATE > power) {
        if (negated) this.advance()
        left = this.likeMany(left, negated) ?? (negated ? not(this.predicate(left)) : this.predicate(left))
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

  /** `x LIKE ANY (a, b)`; undefined for everything else. */
  private likeMany(left: Expression, negated: boolean): Expression | undefined {
    if (!this.at('LIKE') || !this.isAt(1, ['ANY', 'SOME', 'ALL']) || !this.isAt(2, ['('])) return undefined
    this.advance()
    const all = this.advance().text.toUpperCase() === 'ALL'
    this.expect('(')
    return call(`${negated ? 'not' : ''}like${all ? 'all' : 'any'}`, left, ...this.list())
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
      return this.atQuery() ? call('in', left, this.subquery(false)) : call('in', left, ...this.list())
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

  private primary(): Expression {
    const { kind, text } = this.token
    if (kind === 'number') return this.number('')
    if (kind === 'string') return literal(this.string())
    if (this.skip('(')) {
      if (this.atQuery()) return this.subquery(false)
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
    if (word === 'INTERVAL' && (/^(string|number)$/.test(this.tokens[this.position + 1].kind) || this.isAt(1, ['-']))) {
      return this.interval()
    }
    if (/^CURRENT_(DATE|TIMESTAMP|TIMEZONE)$/.test(word)) return call(this.advance().text.toLowerCase())
    // Messages of Kafka have a column `offset`; in Spark, too, it is a clause only behind a query.
    if (word !== 'OFFSET' && this.isClause(word)) this.fail(`expected an expression before ${this.describe()}`)
    return undefined
  }

  private dateLiteral(word: string): Expression {
    this.advance()
    const at = this.token.at
    const text = this.string().trim()
    const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) || word === 'DATE'
    const value = new Date(text.replace(' ', 'T') + (zoned ? '' : text.length > 10 ? 'Z' : 'T00:00Z'))
    if (Number.isNaN(value.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text)) {
      this.fail(`${JSON.stringify(text)} is no ${word}`, at)
    }
    // A Date holds milliseconds; what is finer is read by the engine.
    if (word === 'TIMESTAMP' && /[.]\d{4,}/.test(text))
      return { kind: 'cast', child: literal(text), dataType: TimestampType }
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
      if (bits !== undefined && !fits(bits)) this.fail(`${text}${suffix} is out of range`, at)
      if (type === LongType) return literal(value!, LongType)
      if (fits(31)) return literal(Number(text), type ?? IntegerType)
      if (fits(63)) return literal(value!, LongType)
    }
    return literal(Number(text), type ?? DoubleType)
  }

  private column(): Expression {
    const name = this.identifier()
    if (this.isVariable(name)) return { kind: 'variable', name: name.toLowerCase() }
    const isTable = this.tables.includes(name.toLowerCase()) && this.at('.')
    if (isTable) this.advance()
    if (isTable && this.at('*')) this.unsupported(`${name}.*`)
    return { kind: 'attribute', name: isTable ? this.identifier() : name }
  }
}
