import { ExpressionParser } from './expression-parser.js'
import type { Expression } from './nodes.js'

/** One SELECT over one table. Columns are written without the name of the table; ordinals are replaced by what they point at. */
export interface SelectStatement {
  readonly distinct: boolean
  readonly items: readonly Expression[]
  /** Name of the table: `__THIS__` in a SQLTransformer. */
  readonly from: string
  readonly where?: Expression
  readonly groupBy: readonly Expression[]
  readonly having?: Expression
  /** Sort nodes. */
  readonly orderBy: readonly Expression[]
  readonly limit?: number
}

const SET_OPERATIONS = ['UNION', 'EXCEPT', 'INTERSECT', 'MINUS']
const JOINS = ['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'NATURAL', 'LATERAL', 'ANTI', 'SEMI']

class SelectParser extends ExpressionParser {
  select(): SelectStatement {
    if (this.at('WITH')) this.unsupported('WITH')
    this.expect('SELECT')
    const distinct = this.skip('DISTINCT')
    const from = this.findTable()
    const items = this.commaSeparated(() => this.named())
    this.table()
    const where = this.skip('WHERE') ? this.expression() : undefined
    const groupBy = this.clause('GROUP').map((expression) => this.ordinal(expression, items))
    const having = this.skip('HAVING') ? this.expression() : undefined
    const orderBy = this.clause('ORDER').map((expression) => this.ordinal(expression, items))
    const limit = this.skip('LIMIT') ? this.count() : undefined
    if (this.at(...SET_OPERATIONS, 'OFFSET', 'WINDOW')) this.unsupported(this.token.text.toUpperCase())
    this.skip(';')
    this.expectEnd()
    return {
      distinct,
      items,
      from,
      groupBy,
      orderBy,
      ...(where ? { where } : {}),
      ...(having ? { having } : {}),
      ...(limit === undefined ? {} : { limit }),
    }
  }

  /** The table is read before the items, whose columns may be written with its name or its alias in front. */
  private findTable(): string {
    const start = this.position
    let depth = 0
    while (!(depth === 0 && this.at('FROM'))) {
      if (this.token.kind === 'end') this.fail('expected FROM')
      // IS DISTINCT FROM has a FROM of its own.
      if (this.at('DISTINCT')) this.advance()
      if (this.at('(')) depth++
      if (this.at(')')) depth--
      this.advance()
    }
    const { name, alias } = this.table()
    this.position = start
    this.tables = [name, alias].map((table) => table.toLowerCase())
    return name
  }

  private table(): { name: string; alias: string } {
    this.expect('FROM')
    if (this.at('(')) this.unsupported('a subquery')
    const name = this.identifier()
    if (this.at('.')) this.unsupported('a table of a catalog')
    const named = this.skip('AS')
    const bare =
      /^(name|quoted)$/.test(this.token.kind) &&
      !this.at('WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET', 'WINDOW')
    const alias = named || (bare && !this.at(...JOINS, ...SET_OPERATIONS)) ? this.identifier() : name
    if (this.at(...JOINS)) this.unsupported('JOIN')
    if (this.at(',')) this.unsupported('a join of several tables')
    return { name, alias }
  }

  private clause(word: 'GROUP' | 'ORDER'): Expression[] {
    if (this.at('SORT', 'CLUSTER', 'DISTRIBUTE')) this.unsupported(`${this.token.text.toUpperCase()} BY`)
    if (!this.skip(word)) return []
    this.expect('BY')
    if (this.at('ALL')) this.unsupported(`${word} BY ALL`)
    if (this.at('GROUPING', 'CUBE', 'ROLLUP')) this.unsupported(this.token.text.toUpperCase())
    return this.commaSeparated(() => (word === 'GROUP' ? this.expression() : this.sortKey()))
  }

  /** `GROUP BY 1` and `ORDER BY 1` mean the first item. */
  private ordinal(expression: Expression, items: readonly Expression[]): Expression {
    if (expression.kind === 'sort') return { ...expression, child: this.ordinal(expression.child, items) }
    if (expression.kind !== 'literal' || typeof expression.value !== 'number') return expression
    const item = items[expression.value - 1] ?? this.fail(`there is no item ${expression.value} in SELECT`)
    return item.kind === 'alias' ? item.child : item
  }

  private count(): number {
    const { kind, text } = this.token
    if (kind !== 'number' || !/^\d+$/.test(text)) this.fail('expected a whole number after LIMIT')
    this.advance()
    return Number(text)
  }
}

/**
 * Reads `SELECT [DISTINCT] items FROM table [WHERE …] [GROUP BY …] [HAVING …] [ORDER BY …] [LIMIT n]`.
 * @throws ParseError with a caret; UnsupportedError naming the construct: joins, subqueries, set operations, windows.
 */
export const parseSelect = (text: string): SelectStatement => new SelectParser(text).select()
