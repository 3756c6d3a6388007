import { ParseError } from '../../errors.js'
import { parseDataType } from '../ddl.js'
import type { DataType } from '../types.js'
import { intervalBetween, intervalOf } from './interval.js'
import { parseError } from './lexer.js'
import { literal } from './literal.js'
import type { Expression, FrameBound, Interval, WindowFrame } from './nodes.js'
import { TokenReader } from './token-reader.js'

type Call = Extract<Expression, { kind: 'call' }>

const call = (name: string, ...args: Expression[]): Call => ({ kind: 'call', name, args })

/** Functions whose first argument is a unit of time, by the name that Spark gives them. */
const UNIT_WORDS: Readonly<Record<string, string>> = {
  TIMESTAMPADD: 'timestampadd',
  DATEADD: 'timestampadd',
  DATE_ADD: 'timestampadd',
  TIMESTAMPDIFF: 'timestampdiff',
  DATEDIFF: 'timestampdiff',
  DATE_DIFF: 'timestampdiff',
  TIMEDIFF: 'timestampdiff',
}

const UNIT = /^(YEAR|QUARTER|MONTH|WEEK|DAY|DAYOFYEAR|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND)$/i

/** Binds as strongly as a predicate, so that IN is left. */
const IN_POWER = 4

/** Words that go on after an interval. */
const PREDICATE_WORDS = ['PRECEDING', 'FOLLOWING', 'IS', 'BETWEEN', 'IN', 'LIKE']

/** A call; a fold without its last function gets one that gives back what it has. */
function calls(name: string, args: readonly Expression[]): Call {
  if (!/^(aggregate|reduce)$/.test(name) || args.length !== 3) return { kind: 'call', name, args }
  const finish: Expression = { kind: 'lambda', parameters: ['id'], body: { kind: 'variable', name: 'id' } }
  return { kind: 'call', name, args: [...args, finish] }
}

/** Functions that have nulls passed over by their last argument, with the arguments before it. */
const NULLS: Readonly<Record<string, readonly Expression[]>> = {
  lag: [literal(1), literal(null)],
  lead: [literal(1), literal(null)],
}

function ignoringNulls(node: Call): Call {
  const { name, args } = node
  const known = [args[0], ...(NULLS[name] ?? [])]
  return {
    ...node,
    name: name.replace(/^(first|last)_value$/, '$1'),
    args: [...args, ...known.slice(args.length), literal(true)],
  }
}

/** `int(x)` and the like are casts. */
const TYPE_FUNCTIONS = /^(boolean|tinyint|smallint|int|integer|bigint|long|float|double|string|date|timestamp|binary)$/i

/** Reads what has a syntax of its own inside an expression: calls, casts, CASE, windows, lambda functions, intervals. */
export abstract class CallParser extends TokenReader {
  /** Parameters of the lambda functions around the place. */
  private variables: readonly string[] = []

  /** @param power binds weaker than this are left to the caller. */
  protected abstract expression(power?: number): Expression

  /** An expression with an optional alias, or a star. */
  protected abstract named(): Expression

  protected isVariable(name: string): boolean {
    return this.variables.includes(name.toLowerCase())
  }

  /** Expressions up to a closing parenthesis, which is consumed. */
  protected list(): Expression[] {
    const items: Expression[] = []
    if (this.skip(')')) return items
    do items.push(this.argument())
    while (this.skip(','))
    this.expect(')')
    return items
  }

  /** An argument of a function: `struct(a AS b)` names its parts, `count(*)` has a star, `x -> x + 1` is a function. */
  private argument(): Expression {
    const parameters = this.lambdaParameters()
    if (parameters) return this.lambda(parameters)
    const argument = this.named()
    if (this.at('=>')) this.unsupported('a named argument')
    return argument
  }

  /** The names before an arrow, which are skipped with it; undefined where no lambda function starts. */
  private lambdaParameters(): string[] | undefined {
    const start = this.position
    const names: string[] = []
    const parenthesis = this.skip('(')
    while (this.token.kind === 'name' || this.token.kind === 'quoted') {
      names.push(this.advance().text.toLowerCase())
      if (!parenthesis || !this.skip(',')) break
    }
    if (names.length > 0 && (!parenthesis || this.skip(')')) && this.skip('->')) return names
    this.position = start
    return undefined
  }

  private lambda(parameters: readonly string[]): Expression {
    const outer = this.variables
    this.variables = [...outer, ...parameters]
    const body = this.expression()
    this.variables = outer
    return { kind: 'lambda', parameters, body }
  }

  protected functionCall(): Expression {
    const name = this.identifier()
    const word = name.toUpperCase()
    this.expect('(')
    if (word === 'CAST' || word === 'TRY_CAST') return this.cast(word === 'TRY_CAST')
    if (this.atQuery()) return this.subquery(word === 'EXISTS')
    const special = this.special(word)
    if (special) return special
    const distinct = this.skip('DISTINCT')
    const args = this.list()
    if (TYPE_FUNCTIONS.test(name) && args.length === 1) {
      return { kind: 'cast', child: args[0], dataType: parseDataType(name), call: true }
    }
    return this.afterCall({ ...calls(name.toLowerCase(), args), ...(distinct ? { distinct } : {}) })
  }

  /** Functions whose arguments are written with words between. */
  private special(word: string): Expression | undefined {
    if (word === 'EXTRACT') {
      const field = literal(this.identifier())
      this.expect('FROM')
      return this.closed('extract', field, this.expression())
    }
    if (word === 'POSITION') {
      const part = this.expression(IN_POWER)
      if (this.skip('IN')) return this.closed('locate', part, this.expression())
      return { kind: 'call', name: 'position', args: this.more(part) }
    }
    const units = UNIT_WORDS[word]
    // `dateadd(d, 1)` has no unit.
    if (units && this.token.kind === 'name' && this.isAt(1, [',']) && UNIT.test(this.token.text)) {
      const start = this.position
      const unit = literal(this.advance().text.toUpperCase())
      this.expect(',')
      const args = this.list()
      if (args.length === 2) return { kind: 'call', name: units, args: [unit, ...args] }
      this.position = start
    }
    if (word === 'TRIM') return this.trim()
    if (word === 'SUBSTRING' || word === 'SUBSTR') {
      const text = this.expression()
      if (!this.skip('FROM')) return { kind: 'call', name: word.toLowerCase(), args: this.more(text) }
      const start = this.expression()
      return this.skip('FOR')
        ? this.closed('substring', text, start, this.expression())
        : this.closed('substring', text, start)
    }
    if (word === 'OVERLAY') {
      const text = this.expression()
      if (!this.skip('PLACING')) return { kind: 'call', name: 'overlay', args: this.more(text) }
      const by = this.expression()
      this.expect('FROM')
      const start = this.expression()
      return this.skip('FOR')
        ? this.closed('overlay', text, by, start, this.expression())
        : this.closed('overlay', text, by, start)
    }
    return undefined
  }

  /** The rest of a list that began with an expression. */
  private more(first: Expression): Expression[] {
    if (this.skip(',')) return [first, ...this.list()]
    this.expect(')')
    return [first]
  }

  private closed(name: string, ...args: Expression[]): Expression {
    this.expect(')')
    return call(name, ...args)
  }

  /** `TRIM(BOTH 'x' FROM s)`. */
  private trim(): Expression {
    if (this.skip(')')) return call('trim')
    const side = this.at('BOTH', 'LEADING', 'TRAILING') ? this.advance().text.toUpperCase() : undefined
    const name = { BOTH: 'trim', LEADING: 'ltrim', TRAILING: 'rtrim' }[side ?? 'BOTH']!
    if (side && this.skip('FROM')) return this.closed(name, this.expression())
    const first = this.expression()
    if (this.skip('FROM')) return this.closed(name, first, this.expression())
    return { kind: 'call', name, args: this.more(first) }
  }

  /** FILTER, IGNORE NULLS and OVER after a call. */
  private afterCall(plain: Call): Expression {
    let child = this.skipAll('WITHIN', 'GROUP') ? this.withinGroup(plain) : plain
    if (this.skip('FILTER')) {
      this.expect('(')
      this.expect('WHERE')
      child = { ...child, filter: this.expression() }
      this.expect(')')
    }
    if (this.skipAll('IGNORE', 'NULLS')) child = ignoringNulls(child)
    else this.skipAll('RESPECT', 'NULLS')
    return this.skip('OVER') ? { kind: 'window', child, ...this.windowSpec() } : child
  }

  /** `(PARTITION BY … ORDER BY … ROWS …)`, or the name of a window. */
  protected windowSpec(): Omit<Extract<Expression, { kind: 'window' }>, 'kind' | 'child'> {
    const named = (): { partitionBy: []; orderBy: []; named: string } => ({
      partitionBy: [],
      orderBy: [],
      named: this.identifier().toLowerCase(),
    })
    if (!this.skip('(')) return named()
    const isName = this.token.kind === 'quoted' || (this.token.kind === 'name' && this.isAt(1, [')']))
    if (isName) {
      const spec = named()
      this.expect(')')
      return spec
    }
    const partitionBy = this.skipAll('PARTITION', 'BY') ? this.commaSeparated(() => this.expression()) : []
    const orderBy = this.skipAll('ORDER', 'BY') ? this.commaSeparated(() => this.sortKey()) : []
    const frame = this.frame()
    this.expect(')')
    return { partitionBy, orderBy, ...(frame ? { frame } : {}) }
  }

  /** Whether a query starts here. */
  protected atQuery(): boolean {
    return this.at('SELECT', 'WITH', 'VALUES')
  }

  /** A query up to a closing parenthesis, which is consumed. */
  protected subquery(exists: boolean): Expression {
    return this.unsupported(exists ? 'EXISTS' : 'a subquery')
  }

  /** `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`: the value that is ordered goes before the other arguments. */
  private withinGroup(node: Call): Call {
    this.expect('(')
    if (!this.skipAll('ORDER', 'BY')) this.fail(`expected ORDER BY before ${this.describe()}`)
    const key = this.sortKey()
    this.expect(')')
    if (!/^percentile_(cont|disc)$/.test(node.name) || key.kind !== 'sort')
      this.unsupported(`WITHIN GROUP after ${node.name}`)
    return { ...node, args: [key.child, ...node.args, literal(key.ascending)] }
  }

  protected sortKey(): Expression {
    const child = this.expression()
    const ascending = !this.skip('DESC')
    if (ascending) this.skip('ASC')
    const nullsFirst = this.skip('NULLS') ? !this.at('LAST') : ascending
    if (this.at('FIRST', 'LAST')) this.advance()
    return { kind: 'sort', child, ascending, nullsFirst }
  }

  private frame(): WindowFrame | undefined {
    if (!this.at('ROWS', 'RANGE')) return undefined
    const unit = this.advance().text.toLowerCase() as 'rows' | 'range'
    if (!this.skip('BETWEEN')) return { unit, lower: this.bound(), upper: 0 }
    const lower = this.bound()
    this.expect('AND')
    return { unit, lower, upper: this.bound() }
  }

  private bound(): FrameBound {
    if (this.skipAll('CURRENT', 'ROW')) return 0
    const { at } = this.token
    const distance: Expression = this.skip('UNBOUNDED') ? literal(Infinity) : this.expression()
    const sign = this.at('PRECEDING') ? -1 : 1
    this.expect('PRECEDING', 'FOLLOWING')
    if (distance.kind === 'literal' && typeof distance.value === 'number') return sign * distance.value
    if (distance.kind === 'interval') {
      const { months, days, micros } = distance
      return { ...distance, months: sign * months, days: sign * days, micros: sign * micros }
    }
    return this.fail('the bound of a frame is a number or an interval', at)
  }

  /** `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1 day 2 hours'`, `INTERVAL '1 02:03' DAY TO MINUTE`. */
  protected interval(): Expression {
    this.expect('INTERVAL')
    const { at } = this.token
    const parts: [value: string, unit: string][] = []
    while (this.token.kind === 'string' || this.token.kind === 'number' || (parts.length === 0 && this.at('-', '+'))) {
      const sign = parts.length === 0 && this.at('-', '+') ? this.advance().text : ''
      const value = sign + (this.token.kind === 'string' ? this.string() : this.advance().text)
      if (this.token.kind !== 'name' || this.isClause(this.token.text) || this.at(...PREDICATE_WORDS)) {
        parts.push(
          ...[...value.matchAll(/([+-]?[\d.]+)\s*([a-z]+)/gi)].map(([, n, unit]): [string, string] => [n, unit]),
        )
        break
      }
      const unit = this.advance().text
      if (this.skip('TO')) {
        const range = intervalBetween(value, unit.toUpperCase(), this.identifier().toUpperCase())
        return range ?? this.fail('no interval', at)
      }
      parts.push([value, unit])
    }
    const interval: Interval | string = intervalOf(parts)
    return typeof interval === 'string' ? this.fail(interval, at) : interval
  }

  private cast(safe: boolean): Expression {
    const child = this.expression()
    this.expect('AS')
    const dataType = this.dataType()
    this.expect(')')
    return { kind: 'cast', child, dataType, ...(safe ? { safe } : {}) }
  }

  /** A type: a name, with `(10, 2)` or `<…>` after it. */
  protected dataType(): DataType {
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

  protected caseWhen(): Expression {
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
