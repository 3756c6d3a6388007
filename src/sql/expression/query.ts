import { UnsupportedError } from '../../errors.js'
import { ExpressionParser } from './expression-parser.js'
import { cubeSets, rollupSets } from './grouping-sets.js'
import { identity } from './identity.js'
import { mapChildren } from './map-children.js'
import type { Expression, LiteralValue } from './nodes.js'
import type { Query, Relation, Select, SetOperation, Values } from './query-nodes.js'
import { STATEMENTS } from './statements.js'

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
  'WINDOW',
]

const plain = (body: Query['body']): Query => ({ named: [], body, orderBy: [] })

class QueryParser extends ExpressionParser {
  /** Whether aggregates of PIVOT are read, which FOR ends. */
  private pivoting = false

  statement(): Query {
    const { kind, text } = this.token
    const instead = kind === 'name' ? STATEMENTS[text.toUpperCase()] : undefined
    if (instead) {
      throw new UnsupportedError(`the statement ${text.toUpperCase()}`, { stage: 'sql', received: text, hint: instead })
    }
    const query = this.query()
    this.skip(';')
    this.expectEnd()
    return query
  }

  protected override isClause(word: string): boolean {
    return super.isClause(word) || (this.pivoting && word.toUpperCase() === 'FOR')
  }

  protected override subquery(exists: boolean): Expression {
    const query = this.query()
    this.expect(')')
    return { kind: 'subquery', query, exists }
  }

  private query(): Query {
    const named = this.skip('WITH') ? this.commaSeparated(() => this.namedQuery()) : []
    const first = unwrapped(this.setOperations(0))
    const items = first.kind === 'select' ? first.items : []
    const orderBy = this.orderBy(items)
    const limit = this.skip('LIMIT') && !this.skip('ALL') ? this.count('LIMIT') : undefined
    const offset = this.skip('OFFSET') ? this.count('OFFSET') : undefined
    if (this.at('SORT', 'CLUSTER', 'DISTRIBUTE')) this.unsupported(this.token.text.toUpperCase())
    return {
      named,
      body: first,
      orderBy,
      ...(limit === undefined ? {} : { limit }),
      ...(offset === undefined ? {} : { offset }),
    }
  }

  private namedQuery(): Query['named'][number] {
    const name = this.identifier()
    const columns = this.columnNames()
    this.expect('AS')
    return { name, query: this.parenthesized(() => this.query()), ...columns }
  }

  private columnNames(): { columns?: readonly string[] } {
    return this.at('(') ? { columns: this.parenthesized(() => this.commaSeparated(() => this.identifier())) } : {}
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
    if (this.at('VALUES')) return this.values()
    return this.at('(') ? this.parenthesized(() => this.query()) : this.select()
  }

  private values(): Values {
    this.expect('VALUES')
    const rows = this.commaSeparated(() => {
      if (this.skip('(')) return this.list()
      return [this.expression()]
    })
    return { kind: 'values', rows }
  }

  private select(): Select {
    this.expect('SELECT')
    const distinct = this.skip('DISTINCT') || (this.skip('ALL') && false)
    const items = this.commaSeparated(() => this.item())
    const from = this.skip('FROM') ? this.relations() : undefined
    const where = this.skip('WHERE') ? this.expression() : undefined
    const grouping = this.skipAll('GROUP', 'BY') ? this.grouping(items) : { groupBy: [] }
    const having = this.skip('HAVING') ? this.expression() : undefined
    const windows = this.windows()
    return {
      kind: 'select',
      distinct,
      items: items.map((item) => withWindows(item, windows)),
      ...grouping,
      ...(from ? { from } : {}),
      ...(where ? { where } : {}),
      ...(having ? { having } : {}),
    }
  }

  /** `WINDOW name AS (…), …`. */
  private windows(): ReadonlyMap<string, WindowSpec> {
    if (!this.skip('WINDOW')) return new Map()
    const definitions = this.commaSeparated((): [string, WindowSpec] => {
      const name = this.identifier().toLowerCase()
      this.expect('AS')
      return [name, this.windowSpec()]
    })
    return new Map(definitions)
  }

  /** An expression with an optional alias, `*`, or `table.*`. */
  private item(): Expression {
    if (this.skip('*')) return this.star()
    const isName = this.token.kind === 'name' || this.token.kind === 'quoted'
    if (!isName || !this.isAt(1, ['.']) || !this.isAt(2, ['*'])) return this.named()
    const name = this.identifier()
    this.position += 2
    return { kind: 'call', name: '.', args: [{ kind: 'attribute', name }, this.star()] }
  }

  /** What follows a star: `EXCEPT (a, b)`, where no query follows. */
  private star(): Expression {
    if (!this.at('EXCEPT') || !this.isAt(1, ['(']) || this.isAt(2, ['SELECT', 'WITH', 'VALUES', '(']))
      return { kind: 'star' }
    this.advance()
    return { kind: 'star', except: this.parenthesized(() => this.commaSeparated(() => this.identifier())) }
  }

  /** Tables with commas between are a cross join. */
  private relations(): Relation {
    let relation = this.commaSeparated(() => this.joined()).reduce(
      (left, right): Relation => ({ kind: 'join', left, right, how: 'cross', using: [], natural: false }),
    )
    while (this.skipAll('LATERAL', 'VIEW')) relation = this.lateralView(relation)
    return this.turned(relation)
  }

  private joined(): Relation {
    let left = this.turned(this.relation())
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
      left = this.turned({ kind: 'join', left, right, how, using, natural, ...(on ? { on } : {}) })
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
      const query = this.isAt(1, ['SELECT', 'WITH', 'VALUES', '('])
      const start = this.position
      if (query) {
        const read = this.parenthesized(() => this.query())
        return { kind: 'subquery', query: read, ...this.alias() }
      }
      this.position = start
      return this.parenthesized(() => this.relations())
    }
    if (this.at('VALUES')) return { kind: 'subquery', query: plain(this.values()), ...this.alias() }
    if (this.at('LATERAL')) this.unsupported('LATERAL')
    const name = this.identifier()
    if (this.at('.')) this.unsupported('a table of a catalog')
    if (this.skip('(')) return this.range(name)
    return { kind: 'table', name, ...this.alias() }
  }

  private range(name: string): Relation {
    if (name.toLowerCase() !== 'range') this.unsupported(`the table function ${name}`)
    const { at } = this.token
    const bounds = this.list().map((bound) => (bound.kind === 'literal' ? Number(bound.value) : Number.NaN))
    if (bounds.length === 0 || bounds.length > 3 || !bounds.every(Number.isSafeInteger)) {
      this.fail('range takes an end, or a start and an end and perhaps a step, as whole numbers', at)
    }
    return { kind: 'range', bounds, ...this.alias() }
  }

  private alias(): { alias?: string } {
    const named = this.skip('AS')
    const { kind, text } = this.token
    const bare = kind === 'quoted' || (kind === 'name' && !this.isClause(text) && !this.at(...AFTER_TABLE))
    const found = named || bare ? { alias: this.identifier(), ...this.columnNames() } : {}
    if (this.at('TABLESAMPLE')) this.unsupported(this.token.text.toUpperCase())
    return found
  }

  /** PIVOT and UNPIVOT after a relation. */
  private turned(start: Relation): Relation {
    let relation = start
    for (;;) {
      if (this.skip('PIVOT')) relation = this.pivot(relation)
      else if (this.skip('UNPIVOT')) relation = this.unpivot(relation)
      else return relation
    }
  }

  private lateralView(input: Relation): Relation {
    const outer = this.skip('OUTER')
    const call = this.functionCall()
    if (call.kind !== 'call') this.fail('LATERAL VIEW needs a function such as explode')
    const name = outer && !call.name.endsWith('_outer') ? `${call.name}_outer` : call.name
    const bare = this.token.kind !== 'end' && !this.isClause(this.token.text) && !this.at(...AFTER_TABLE, ',', ')')
    const alias = bare ? { alias: this.identifier() } : {}
    const columns = this.skip('AS') ? { columns: this.commaSeparated(() => this.identifier()) } : {}
    return { kind: 'lateral', input, generator: { ...call, name }, ...alias, ...columns }
  }

  private pivot(input: Relation): Relation {
    this.expect('(')
    this.pivoting = true
    const aggregates = this.commaSeparated(() => this.named())
    this.pivoting = false
    this.expect('FOR')
    if (this.at('(')) this.unsupported('PIVOT for several columns')
    // IN would be taken for a predicate.
    const column: Expression = { kind: 'attribute', name: this.identifier() }
    this.expect('IN')
    const values = this.parenthesized(() => this.commaSeparated(() => this.pivotValue()))
    this.expect(')')
    return { kind: 'pivot', input, aggregates, column, values, ...this.alias() }
  }

  private pivotValue(): { value: LiteralValue; name?: string } {
    const { at } = this.token
    const item = this.named()
    const literal = item.kind === 'alias' ? item.child : item
    if (literal.kind !== 'literal') this.fail('a value of PIVOT is a literal', at)
    return { value: literal.value, ...(item.kind === 'alias' ? { name: item.name } : {}) }
  }

  private unpivot(input: Relation): Relation {
    const nulls = this.skipAll('INCLUDE', 'NULLS')
    if (!nulls) this.skipAll('EXCLUDE', 'NULLS')
    this.expect('(')
    if (this.at('(')) this.unsupported('UNPIVOT into several columns')
    const valueName = this.identifier()
    this.expect('FOR')
    const variableName = this.identifier()
    this.expect('IN')
    const values = this.parenthesized(() =>
      this.commaSeparated(() => {
        const column = this.identifier()
        this.skip('AS')
        const named = this.token.kind === 'name' || this.token.kind === 'quoted'
        return { column, ...(named ? { name: this.identifier() } : {}) }
      }),
    )
    this.expect(')')
    return { kind: 'unpivot', input, valueName, variableName, values, nulls, ...this.alias() }
  }

  private grouping(items: readonly Expression[]): Pick<Select, 'groupBy' | 'groupByAll' | 'sets'> {
    if (this.skip('ALL')) return { groupBy: [], groupByAll: true }
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
    if (this.skip('ALL'))
      return items.map((item) => ({ kind: 'sort', child: bare(item), ascending: true, nullsFirst: true }))
    return this.commaSeparated(() => this.ordinal(this.sortKey(), items))
  }

  /** `GROUP BY 1` and `ORDER BY 1` mean the first item. */
  private ordinal(expression: Expression, items: readonly Expression[]): Expression {
    if (expression.kind === 'sort') return { ...expression, child: this.ordinal(expression.child, items) }
    if (expression.kind !== 'literal' || typeof expression.value !== 'number') return expression
    const item = items[expression.value - 1] ?? this.fail(`there is no item ${expression.value} in SELECT`)
    return bare(item)
  }

  private count(word: string): number {
    const { kind, text } = this.token
    if (kind !== 'number' || !/^\d+$/.test(text)) this.fail(`expected a whole number after ${word}`)
    this.advance()
    return Number(text)
  }
}

type WindowSpec = Omit<Extract<Expression, { kind: 'window' }>, 'kind' | 'child'>

/** The expression with the windows that it names. */
function withWindows(expression: Expression, windows: ReadonlyMap<string, WindowSpec>): Expression {
  const spec =
    expression.kind === 'window' && expression.named !== undefined ? windows.get(expression.named) : undefined
  if (spec && expression.kind === 'window') return { kind: 'window', child: expression.child, ...spec }
  return mapChildren(expression, (child) => withWindows(child, windows))
}

const bare = (item: Expression): Expression => (item.kind === 'alias' ? item.child : item)

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
 * subqueries in expressions, VALUES, LATERAL VIEW, PIVOT, UNPIVOT, named windows, ROLLUP, CUBE and GROUPING SETS.
 * @throws ParseError with a caret; UnsupportedError naming the construct.
 */
export const parseQuery = (text: string): Query => new QueryParser(text).statement()
