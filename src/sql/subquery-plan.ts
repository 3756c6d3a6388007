import { SchemaError, UnsupportedError } from '../errors.js'
import { columnsOf, scopedColumn } from './column-identity.js'
import { children } from './expression/children.js'
import { Column } from './expression/column.js'
import { literal } from './expression/literal.js'
import { mapChildren } from './expression/map-children.js'
import type { Expression } from './expression/nodes.js'
import type { Query, Select } from './expression/query-nodes.js'
import { isAggregate } from './expression/resolve.js'
import { attribute } from './names.js'
import type { Plan } from './plan.js'
import * as planner from './planner.js'
import { ONE_ROW, type PlanOf, relationPlan, type Tables } from './relation-plan.js'
import { fieldNames } from './types.js'

type Subquery = Extract<Expression, { kind: 'subquery' }>

const call = (name: string, ...args: Expression[]): Expression => ({ kind: 'call', name, args })
const alias = (child: Expression, name: string): Expression => ({ kind: 'alias', child, name })
const and = (conditions: readonly Expression[]): Expression => conditions.reduce((a, b) => call('and', a, b))
const ONE = literal(1)

const isSubquery = (expression: Expression | undefined): expression is Subquery => expression?.kind === 'subquery'

/** Whether a subquery stands anywhere inside. */
export const hasSubquery = (expression: Expression): boolean =>
  isSubquery(expression) || children(expression).some(hasSubquery)

const conjuncts = (condition: Expression): Expression[] =>
  condition.kind === 'call' && condition.name === 'and' ? condition.args.flatMap(conjuncts) : [condition]

const refuse = (what: string, hint: string): never => {
  throw new UnsupportedError(what, { stage: 'sql', hint })
}

/** A subquery that sees columns of the query around it: its rows, and the conditions that tie them to the rows outside. */
interface Correlated {
  readonly select: Select
  readonly inner: Plan
  readonly outer: Plan
  /** Conditions that name columns of both sides. */
  readonly ties: readonly Expression[]
}

/**
 * Puts columns of joins in the places of subqueries: a scalar subquery is one row beside all others (or one row for each value of the
 * columns that it is compared by), EXISTS and IN are marks of the rows that have a partner; as conditions of their own they are semi and
 * anti joins.
 *
 * Source: T. Neumann, A. Kemper, "Unnesting arbitrary queries", BTW 2015, and Spark's `RewritePredicateSubquery`.
 */
export class SubqueryPlanner {
  private readonly tables: Tables
  private readonly planOf: PlanOf
  private count = 0

  constructor(tables: Tables, planOf: PlanOf) {
    this.tables = tables
    this.planOf = planOf
  }

  /** The rows for which a condition holds. */
  filter(plan: Plan, condition: Expression): Plan {
    const width = plan.schema.fields.length
    const rows = conjuncts(condition).reduce((input, part) => this.filterPart(input, part), plan)
    return rows.schema.fields.length === width ? rows : planner.project(rows, columnsOf(rows).slice(0, width), 'WHERE')
  }

  private filterPart(plan: Plan, part: Expression): Plan {
    if (!hasSubquery(part)) return planner.filter(plan, new Column(part))
    const negated = part.kind === 'call' && part.name === 'not'
    const bare = negated ? part.args[0] : part
    const kind = negated ? 'left_anti' : 'left_semi'
    if (isSubquery(bare) && bare.exists) {
      const tied = this.correlated(bare.query, plan)
      if (tied) return planner.join(plan, tied.inner, new Column(and(this.tiesOf(tied))), kind)
    }
    if (!negated && bare.kind === 'call' && bare.name === 'in' && isSubquery(bare.args[1])) {
      const joined = this.semiJoin(plan, bare.args[0], bare.args[1].query)
      if (joined) return joined
    }
    const { plan: wide, expressions } = this.attach(plan, [part])
    return planner.filter(wide, new Column(expressions[0]))
  }

  /** `x IN (SELECT y …)` as a condition: nulls on either side find no partner. */
  private semiJoin(plan: Plan, left: Expression, query: Query): Plan | undefined {
    if (hasSubquery(left)) return undefined
    const tied = this.correlated(query, plan)
    // `(a, b) IN (SELECT …)` compares column by column.
    const lefts =
      left.kind === 'call' && left.name === 'named_struct' ? left.args.filter((_, k) => k % 2 === 1) : [left]
    const rows = tied?.inner ?? this.columns(query, lefts.length)
    const items = tied ? [itemOf(tied.select)] : columnsOf(rows)
    const equal = lefts.map((part, k) => call('=', this.scoped(part, [plan]), this.scoped(items[k], [rows])))
    return planner.join(plan, rows, new Column(and([...equal, ...(tied ? this.tiesOf(tied) : [])])), 'left_semi')
  }

  /** The rows with a column for each subquery of the expressions, and the expressions over these columns. */
  attach(plan: Plan, expressions: readonly Expression[]): { plan: Plan; expressions: Expression[] } {
    let rows = plan
    const add = (joined: Plan): void => {
      rows = joined
    }
    const replace = (expression: Expression): Expression => {
      if (isSubquery(expression)) {
        return expression.exists ? this.exists(rows, expression.query, add) : this.scalar(rows, expression.query, add)
      }
      if (expression.kind === 'call' && expression.name === 'in' && isSubquery(expression.args[1])) {
        return this.membership(rows, replace(expression.args[0]), expression.args[1].query, add)
      }
      return mapChildren(expression, replace)
    }
    const replaced = expressions.map((expression) => (hasSubquery(expression) ? replace(expression) : expression))
    return { plan: rows, expressions: replaced }
  }

  private name(): string {
    return `__subquery${this.count++}`
  }

  /** The one value of a subquery, null where it has no row. */
  private scalar(rows: Plan, query: Query, add: (plan: Plan) => void): Expression {
    const tied = this.correlated(query, rows)
    if (tied) return this.scalarByKeys(rows, tied, add)
    const [sub, name] = [this.columns(query), this.name()]
    const value = columnsOf(sub)[0]
    const message = '[SCALAR_SUBQUERY_TOO_MANY_ROWS] More than one row returned by a subquery used as an expression.'
    const tooMany = call('raise_error', literal(message))
    const one: Expression = {
      kind: 'case',
      branches: [[call('>', call('count', ONE), ONE), tooMany]],
      otherwise: call('first', value),
    }
    add(planner.join(rows, planner.aggregate(sub, [], [alias(one, name)]), undefined, 'cross'))
    return attribute(name)
  }

  /** An aggregate for each value of the columns that tie the rows; where there are none, what the aggregate is of no rows. */
  private scalarByKeys(rows: Plan, tied: Correlated, add: (plan: Plan) => void): Expression {
    const { select, inner } = tied
    const item = itemOf(select)
    if (!isAggregate(item) || select.groupBy.length > 0 || select.groupByAll || select.having || select.distinct) {
      refuse(
        'a scalar subquery that names columns of the query around it and is no plain aggregate',
        'Aggregate it without GROUP BY, for example by max, or join with the subquery',
      )
    }
    const [value, none, hit] = [this.name(), this.name(), this.name()]
    const { on, groups } = this.byKeys(tied, [alias(item, value), alias(call('count', ONE), hit)])
    const joined = planner.join(rows, groups, on, 'left')
    const empty = planner.aggregate(planner.limit(inner, 0), [], [alias(item, none)])
    add(planner.join(joined, empty, undefined, 'cross'))
    return {
      kind: 'case',
      branches: [[call('isnotnull', attribute(hit)), attribute(value)]],
      otherwise: attribute(none),
    }
  }

  /** The rows of a subquery grouped by what they are compared by, and the condition that joins them to the rows outside. */
  private byKeys({ inner, outer, ties }: Correlated, aggregates: readonly Expression[]): { on: Column; groups: Plan } {
    const keys = ties.map((tie) => {
      const sides = tie.kind === 'call' && tie.name === '=' ? tie.args : []
      const at = sides.findIndex((side) => this.uses(side, inner) && !this.uses(side, outer, inner))
      const other = sides[1 - at]
      if (at < 0 || this.uses(other, inner)) {
        return refuse(
          'a subquery in this place that is tied to the query around it by something else than equality',
          'Write it as a condition of its own in WHERE, or join with the subquery',
        )
      }
      return { key: this.scoped(sides[at], [inner]), outer: this.scoped(other, [outer]), name: this.name() }
    })
    const groups = planner.aggregate(
      inner,
      keys.map(({ key, name }) => alias(key, name)),
      aggregates,
    )
    return { on: new Column(and(keys.map((key) => call('=', key.outer, attribute(key.name))))), groups }
  }

  /** The conditions over the columns of both sides. */
  private tiesOf({ inner, outer, ties }: Correlated): Expression[] {
    return ties.map((tie) => this.scoped(tie, [inner, outer]))
  }

  private exists(rows: Plan, query: Query, add: (plan: Plan) => void): Expression {
    const [tied, name] = [this.correlated(query, rows), this.name()]
    if (tied) {
      const { on, groups } = this.byKeys(tied, [alias(call('count', ONE), name)])
      add(planner.join(rows, groups, on, 'left'))
      return call('isnotnull', attribute(name))
    }
    const some = alias(call('>', call('count', ONE), literal(0)), name)
    add(
      planner.join(
        rows,
        planner.aggregate(planner.limit(this.planOf(query, this.tables), 1), [], [some]),
        undefined,
        'cross',
      ),
    )
    return attribute(name)
  }

  /** `x IN (SELECT y …)` as a value of three: null where nothing is equal and a null may be. */
  private membership(rows: Plan, left: Expression, query: Query, add: (plan: Plan) => void): Expression {
    if (this.correlated(query, rows)) {
      refuse(
        'IN in this place with a subquery that names columns of the query around it',
        'Write EXISTS or NOT EXISTS as a condition of its own in WHERE',
      )
    }
    const sub = this.columns(query)
    const [value] = columnsOf(sub)
    const [key, hit, all, present] = [this.name(), this.name(), this.name(), this.name()]
    const some = planner.filter(sub, new Column(call('isnotnull', value)))
    const values = planner.aggregate(some, [alias(columnsOf(some)[0], key)], [alias(call('count', ONE), hit)])
    const joined = planner.join(rows, values, new Column(call('=', left, attribute(key))), 'left')
    const counts = planner.aggregate(sub, [], [alias(call('count', ONE), all), alias(call('count', value), present)])
    add(planner.join(joined, counts, undefined, 'cross'))
    const unknown = call('or', call('isnull', left), call('>', attribute(all), attribute(present)))
    return {
      kind: 'case',
      branches: [
        [call('isnotnull', attribute(hit)), literal(true)],
        [call('=', attribute(all), literal(0)), literal(false)],
        [unknown, literal(null)],
      ],
      otherwise: literal(false),
    }
  }

  /** The plan of a subquery that must have a number of columns. */
  private columns(query: Query, count = 1): Plan {
    const plan = this.planOf(query, this.tables)
    const names = fieldNames(plan.schema)
    if (names.length === count) return plan
    throw new SchemaError(`a subquery in an expression has ${names.length} columns`, {
      stage: 'sql',
      received: names.join(', '),
      allowed: `Allowed: ${count === 1 ? 'one column' : `${count} columns`}`,
    })
  }

  /** What a subquery sees of the rows around it; undefined where it sees nothing. */
  private correlated(query: Query, outer: Plan): Correlated | undefined {
    const { body } = query
    if (body.kind !== 'select' || !body.where || query.named.length > 0) return undefined
    const from = body.from ? relationPlan(body.from, this.tables, this.planOf) : ONE_ROW
    const parts = conjuncts(body.where)
    const tied = parts.filter((part) => !hasSubquery(part) && this.uses(part, outer, from))
    if (tied.length === 0) return undefined
    if (query.limit !== undefined || query.offset !== undefined) {
      refuse('LIMIT in a subquery that names columns of the query around it', 'Join with the subquery')
    }
    const free = parts.filter((part) => !tied.includes(part))
    const inner = free.length > 0 ? this.filter(from, and(free)) : from
    return { select: body, inner, outer, ties: tied }
  }

  /** Whether an expression names a column of a plan that a nearer one does not have. */
  private uses(expression: Expression, plan: Plan, nearer?: Plan): boolean {
    if (expression.kind === 'attribute' || (expression.kind === 'call' && expression.name === '.')) {
      if (nearer && scopedColumn(expression, nearer, 'sql')) return false
      if (scopedColumn(expression, plan, 'sql')) return true
    }
    return children(expression).some((child) => this.uses(child, plan, nearer))
  }

  /** The expression with names as columns of the first plan that has them. */
  private scoped(expression: Expression, plans: readonly Plan[]): Expression {
    for (const plan of plans) {
      const column = scopedColumn(expression, plan, 'sql')
      if (column) return column
    }
    return mapChildren(expression, (child) => this.scoped(child, plans))
  }
}

function itemOf({ items }: Select): Expression {
  const [item] = items
  if (items.length !== 1 || item.kind === 'star') {
    throw new SchemaError(`a subquery in an expression has ${items.length} columns`, {
      stage: 'sql',
      allowed: 'Allowed: one column',
    })
  }
  return item.kind === 'alias' ? item.child : item
}
