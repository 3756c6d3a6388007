import { ExpressionParser } from './expression-parser.js'
import { cubeSets, rollupSets } from './grouping-sets.js'
import { identity } from './identity.js'
import type { Expression } from './nodes.js'

/** What a FROM names: a table, a subquery, or a join of them. */
export type Relation =
  | { readonly kind: 'table'; readonly name: string; readonly alias?: string }
  | { readonly kind: 'subquery'; readonly query: Query; readonly alias?: string }
  | {
      readonly kind: 'join'
      readonly left: Relation
      readonly right: Relation
      /** Spark's name of the kind of join. */
      readonly how: string
      readonly on?: Expression
      readonly using: readonly string[]
      readonly natural: boolean
    }

/** One SELECT. A number in GROUP BY is replaced by the item that it points at. */
export interface Select {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly items: readonly Expression[]
  /** One row without columns when there is none. */
  readonly from?: Relation
  readonly where?: Expression
  readonly groupBy: readonly Expression[]
  /** Sets of grouping expressions, by number, for ROLLUP, CUBE and GROUPING SETS. */
  readonly sets?: readonly (readonly number[])[]
  readonly having?: Expression
}

/** Rows of two queries together. */
export interface SetOperation {
  readonly kind: 'set'
  readonly operation: 'union' | 'intersect' | 'except'
  readonly all: boolean
  readonly left: Query
  readonly right: Query
}

/** A query: named subqueries before it, and what is done with its rows at the end. */
export interface Query {
  readonly named: readonly { readonly name: string; readonly query: Query }[]
  readonly body: Select | SetOperation
  /** Sort nodes. A number is replaced by the item of a SELECT that it points at. */
  readonly orderBy: readonly Expression[]
  readonly limit?: number
  readonly offset?: number
}

const SET_OPERATIONS = ['UNION', 'EXCEPT', 'INTERSECT', 'MINUS']
const JOIN_WORDS = ['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'NATURAL', 'ANTI', 'SEMI']
/** Words after a table that are no alias of it. */
const AFTER_TABLE = [
  ...JOIN_WORDS,
  ...SET_OPERATIONS,
  'ON',
  'USING',
  'SORT',
  'CLUSTER',
  'DISTRIBUTE',
  'LATERAL',
  'TABLESAMPLE',
  'PIVOT',
  'UNPIVOT',
]

const plain = (body: Query['body']): Query => ({ named: [], body, orderBy: [] })

class QueryParser extends ExpressionParser {
  statement(): Query {
    const query = this.query()
    this.skip(';')
    this.expectEnd()
    return query
  }

  private query(): Query {
    const named = this.skip('WITH') ? this.commaSeparated(() => this.namedQuery()) : []
    const first = unwrapped(this.setOperations(0))
    const items = first.kind === 'select' ? first.items : []
    const orderBy = this.orderBy(items)
    const limit = this.skip('LIMIT') && !this.skip('ALL') ? this.count('LIMIT') : undefined
    const offset = this.skip('OFFSET') ? this.count('OFFSET') : undefined
    if (this.at('WINDOW', 'SORT', 'CLUSTER', 'DISTRIBUTE')) this.unsupported(this.token.text.toUpperCase())
    return {
      named,
      body: first,
      orderBy,
      ...(limit === undefined ? {} : { limit }),
      ...(offset === undefined ? {} : { offset }),
    }
  }

  private namedQuery(): { name: string; query: Query } {
    const name = this.identifier()
    if (this.at('(')) this.unsupported('names of columns of a subquery')
    this.expect('AS')
    return { name, query: this.parenthesized(() => this.query()) }
  }

  private parenthesized<T>(read: () => T): T {
    this.expect('(')
    const value = read()
    this.expect(')')
    return value
  }

  /** INTERSECT binds closer than UNION and EXCEPT. */
  private setOperations(power: number): Query['body'] | Query {
    let left = this.setOperand()
    while (this.at(...SET_OPERATIONS)) {
      const word = this.token.text.toUpperCase()
      const binding = word === 'INTERSECT' ? 2 : 1
      if (binding <= power) break
      this.advance()
      const all = this.skip('ALL') || (this.skip('DISTINCT') && false)
      const operation = word === 'MINUS' ? 'except' : (word.toLowerCase() as SetOperation['operation'])
      const right = this.setOperations(binding)
      left = { kind: 'set', operation, all, left: plainOrQuery(left), right: plainOrQuery(right) }
    }
    return left
  }

  private setOperand(): Query['body'] | Query {
    return this.at('(') ? this.parenthesized(() => this.query()) : this.select()
  }

  private select(): Select {
    this.expect('SELECT')
    const distinct = this.skip('DISTINCT') || (this.skip('ALL') && false)
    const items = this.commaSeparated(() => this.item())
    const from = this.skip('FROM') ? this.relations() : undefined
    const where = this.skip('WHERE') ? this.expression() : undefined
    const grouping = this.skipAll('GROUP', 'BY') ? this.grouping(items) : { groupBy: [] }
    const having = this.skip('HAVING') ? this.expression() : undefined
    return {
      kind: 'select',
      distinct,
      items,
      ...grouping,
      ...(from ? { from } : {}),
      ...(where ? { where } : {}),
      ...(having ? { having } : {}),
    }
  }

  /** An expression with an optional alias, `*`, or `table.*`. */
  private item(): Expression {
    const isName = this.token.kind === 'name' || this.token.kind === 'quoted'
    if (!isName || !this.isAt(1, ['.']) || !this.isAt(2, ['*'])) return this.named()
    const name = this.identifier()
    this.position += 2
    return { kind: 'call', name: '.', args: [{ kind: 'attribute', name }, { kind: 'star' }] }
  }

  /** Tables with commas between are a cross join. */
  private relations(): Relation {
    return this.commaSeparated(() => this.joined()).reduce(
      (left, right): Relation => ({ kind: 'join', left, right, how: 'cross', using: [], natural: false }),
    )
  }

  private joined(): Relation {
    let left = this.relation()
    for (;;) {
      const natural = this.skip('NATURAL')
      const how = this.joinKind()
      if (how === undefined) {
        if (natural) this.fail(`expected JOIN before ${this.describe()}`)
        return left
      }
      const right = this.relation()
      const on = this.skip('ON') ? this.expression() : undefined
      const using = this.skip('USING') ? this.parenthesized(() => this.commaSeparated(() => this.identifier())) : []
      left = { kind: 'join', left, right, how, using, natural, ...(on ? { on } : {}) }
    }
  }

  private joinKind(): string | undefined {
    const start = this.position
    const words: string[] = []
    while (this.at('INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'OUTER', 'SEMI', 'ANTI')) {
      words.push(this.advance().text.toLowerCase())
    }
    if (this.skip('JOIN')) return words.join('') || 'inner'
    this.position = start
    return undefined
  }

  private relation(): Relation {
    if (this.at('(')) {
      const query = this.isAt(1, ['SELECT', 'WITH', '('])
      const start = this.position
      if (query) {
        const read = this.parenthesized(() => this.query())
        return { kind: 'subquery', query: read, ...this.alias() }
      }
      this.position = start
      return this.parenthesized(() => this.relations())
    }
    if (this.at('VALUES')) this.unsupported('VALUES')
    if (this.at('LATERAL')) this.unsupported('LATERAL')
    const name = this.identifier()
    if (this.at('.')) this.unsupported('a table of a catalog')
    if (this.at('(')) this.unsupported(`the table function ${name}`)
    return { kind: 'table', name, ...this.alias() }
  }

  private alias(): { alias?: string } {
    const named = this.skip('AS')
    const { kind, text } = this.token
    const bare = kind === 'quoted' || (kind === 'name' && !this.isClause(text) && !this.at(...AFTER_TABLE))
    const found = named || bare ? { alias: this.identifier() } : {}
    if (this.at('LATERAL', 'TABLESAMPLE', 'PIVOT', 'UNPIVOT')) this.unsupported(this.token.text.toUpperCase())
    return found
  }

  private grouping(items: readonly Expression[]): Pick<Select, 'groupBy' | 'sets'> {
    if (this.at('ALL')) this.unsupported('GROUP BY ALL')
    const kind = this.at('ROLLUP', 'CUBE') && this.isAt(1, ['(']) ? this.advance().text.toUpperCase() : undefined
    if (kind) {
      const groupBy = this.parenthesized(() => this.commaSeparated(() => this.ordinal(this.expression(), items)))
      return this.withSets(groupBy, kind === 'CUBE')
    }
    if (this.skipAll('GROUPING', 'SETS')) return this.groupingSets(undefined, items)
    const groupBy = this.commaSeparated(() => this.ordinal(this.expression(), items))
    if (this.skipAll('GROUPING', 'SETS')) return this.groupingSets(groupBy, items)
    if (this.skipAll('WITH', 'ROLLUP')) return this.withSets(groupBy, false)
    return this.skipAll('WITH', 'CUBE') ? this.withSets(groupBy, true) : { groupBy }
  }

  private withSets(groupBy: readonly Expression[], cube: boolean): Pick<Select, 'groupBy' | 'sets'> {
    return { groupBy, sets: cube ? cubeSets(groupBy.length) : rollupSets(groupBy.length) }
  }

  private groupingSets(
    given: readonly Expression[] | undefined,
    items: readonly Expression[],
  ): Pick<Select, 'groupBy' | 'sets'> {
    const groupBy = [...(given ?? [])]
    const known = groupBy.map(identity)
    const numberOf = (expression: Expression): number => {
      const at = known.indexOf(identity(expression))
      if (at >= 0) return at
      if (given) this.fail('a grouping set names what is not grouped by')
      known.push(identity(expression))
      return groupBy.push(expression) - 1
    }
    const one = (): number => numberOf(this.ordinal(this.expression(), items))
    const set = (): number[] => {
      if (!this.skip('(')) return [one()]
      const members = this.at(')') ? [] : this.commaSeparated(one)
      this.expect(')')
      return members
    }
    const sets = this.parenthesized(() => this.commaSeparated(set))
    return { groupBy, sets }
  }

  private orderBy(items: readonly Expression[]): Expression[] {
    if (!this.skipAll('ORDER', 'BY')) return []
    if (this.at('ALL')) this.unsupported('ORDER BY ALL')
    return this.commaSeparated(() => this.ordinal(this.sortKey(), items))
  }

  /** `GROUP BY 1` and `ORDER BY 1` mean the first item. */
  private ordinal(expression: Expression, items: readonly Expression[]): Expression {
    if (expression.kind === 'sort') return { ...expression, child: this.ordinal(expression.child, items) }
    if (expression.kind !== 'literal' || typeof expression.value !== 'number') return expression
    const item = items[expression.value - 1] ?? this.fail(`there is no item ${expression.value} in SELECT`)
    return item.kind === 'alias' ? item.child : item
  }

  private count(word: string): number {
    const { kind, text } = this.token
    if (kind !== 'number' || !/^\d+$/.test(text)) this.fail(`expected a whole number after ${word}`)
    this.advance()
    return Number(text)
  }
}

const isQuery = (body: Query['body'] | Query): body is Query => 'body' in body
const plainOrQuery = (body: Query['body'] | Query): Query => (isQuery(body) ? body : plain(body))

/** A query in parentheses that stands alone. */
function unwrapped(body: Query['body'] | Query): Query['body'] {
  if (!isQuery(body)) return body
  const { named, orderBy, limit, offset } = body
  if (named.length === 0 && orderBy.length === 0 && limit === undefined && offset === undefined) return body.body
  return {
    kind: 'select',
    distinct: false,
    items: [{ kind: 'star' }],
    from: { kind: 'subquery', query: body },
    groupBy: [],
  }
}

/**
 * Reads a query: `[WITH …] SELECT … [UNION | INTERSECT | EXCEPT …] [ORDER BY …] [LIMIT n] [OFFSET n]`, with joins and subqueries in FROM,
 * ROLLUP, CUBE and GROUPING SETS.
 * @throws ParseError with a caret; UnsupportedError naming the construct: subqueries in expressions, VALUES, LATERAL, PIVOT.
 */
export const parseQuery = (text: string): Query => new QueryParser(text).statement()
