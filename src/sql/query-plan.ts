import { SchemaError } from '../errors.js'
import { bind, columnsOf, isTableName, renamed, tableColumns } from './column-identity.js'
import { children } from './expression/children.js'
import { Column } from './expression/column.js'
import { identity } from './expression/identity.js'
import { mapChildren } from './expression/map-children.js'
import type { Expression } from './expression/nodes.js'
import type { Query, Select } from './expression/query-nodes.js'
import { isAggregate, isAggregateCall } from './expression/resolve.js'
import { outputName, title } from './expression/title.js'
import { attribute, sameName } from './names.js'
import type { Plan } from './plan.js'
import * as planner from './planner.js'
import { ONE_ROW, relationPlan, type Tables, named as underName, valuesPlan } from './relation-plan.js'
import * as sets from './set-plan.js'
import { SubqueryPlanner } from './subquery-plan.js'
import { withTimeWindows } from './time-windows.js'
import { fieldNames, numbered, type StructType, unknownColumn } from './types.js'

/**
 * The plan of a query, in SQL's order: from, where, group by, having, order by, select, distinct, limit. A name in HAVING or ORDER BY means
 * an item of the SELECT first, then a column; in GROUP BY a column first.
 * @throws SchemaError for an unknown table or column, a wrong type, or a column that is neither grouped by nor aggregated.
 */
export function queryPlan(query: Query, tables: Tables): Plan {
  const named = new Map<string, Plan>()
  const lookup: Tables = (name) => named.get(name.toLowerCase()) ?? tables(name)
  for (const { name, query: inner, columns } of query.named) {
    named.set(name.toLowerCase(), underName(queryPlan(inner, lookup), { columns }))
  }
  const { body, orderBy, limit, offset = 0 } = query
  const rows = body.kind === 'select' ? selectPlan(body, orderBy, lookup) : sorted(rowsPlan(body, lookup), orderBy)
  const rest = offset > 0 ? planner.offset(rows, offset) : rows
  return limit === undefined ? rest : planner.limit(rest, limit)
}

function rowsPlan(body: Exclude<Query['body'], Select>, tables: Tables): Plan {
  if (body.kind === 'values') return valuesPlan(body)
  const { operation, all, left, right } = body
  const [a, b] = [queryPlan(left, tables), queryPlan(right, tables)]
  if (operation !== 'union') return sets.setOperation(a, b, operation, all)
  const both = planner.union(a, b)
  return all ? both : sets.distinct(both)
}

function selectPlan(statement: Select, orderBy: readonly Expression[], tables: Tables): Plan {
  const subqueries = new SubqueryPlanner(tables, queryPlan)
  const from = statement.from ? relationPlan(statement.from, tables, queryPlan) : ONE_ROW
  const filtered = statement.where ? subqueries.filter(from, statement.where) : from
  const timed = withWindows(statement, orderBy, filtered)
  const { source, having: condition } = timed
  const items: Expression[] = []
  // As in Spark an item may name those before it, where no column has that name.
  for (const item of timed.items) items.push(replaceNames(named(item, source), items, source, source.schema))
  const having = condition ? [replaceNames(condition, items, source)] : []
  const sortKeys = timed.orderBy.map((key) => replaceNames(key, items, source))
  const all = statement.groupByAll ? items.filter((item) => !isAggregate(item)).map(bare) : timed.groupBy
  const groups = all.map((group) => replaceNames(group, items, source, source.schema))
  // Behind this every column has a name of its own.
  const rows = renamed(source, fieldNames(numbered(source.schema)))
  const bound = (expressions: readonly Expression[]): Expression[] => [
    ...bind(expressions, source, 'select').expressions,
  ]
  const select = { items: bound(items), having: bound(having), order: bound(sortKeys), groups: bound(groups).map(bare) }
  const used = [...select.items, ...select.order, ...select.having]
  const { plan: groupedRows, over } =
    groups.length > 0 || statement.sets || used.some(isAggregate)
      ? grouped(rows, select.groups, used, statement.sets)
      : { plan: rows, over: (e: Expression) => e }
  const { plan, expressions } = subqueries.attach(
    groupedRows,
    [...select.items, ...select.having, ...select.order].map(over),
  )
  const count = select.items.length
  const chosen = expressions.slice(0, count)
  const [conditions, keys] = [expressions.slice(count, count + having.length), expressions.slice(count + having.length)]
  const kept = conditions.reduce((input, condition) => planner.filter(input, new Column(condition)), plan)
  if (!statement.distinct) return planner.project(sorted(kept, keys), chosen)
  const order = select.order.map((key) => overItems(key, select.items))
  return sorted(sets.distinct(planner.project(kept, chosen)), order)
}

/** The parts of a SELECT over its rows, with a column for the time windows that it names. */
function withWindows(
  statement: Select,
  orderBy: readonly Expression[],
  rows: Plan,
): Pick<Select, 'items' | 'having' | 'groupBy'> & { readonly source: Plan; readonly orderBy: readonly Expression[] } {
  const items = statement.items.flatMap((item) => expanded(item, rows))
  const { having, groupBy } = statement
  const timed = withTimeWindows(rows, [...items, ...groupBy, ...orderBy, ...(having ? [having] : [])])
  if (!timed) return { source: rows, items, having, groupBy, orderBy }
  const { expressions, input } = timed
  const [i, g] = [items.length, items.length + groupBy.length]
  const o = g + orderBy.length
  return {
    source: input,
    items: expressions.slice(0, i),
    groupBy: expressions.slice(i, g).map(bare),
    orderBy: expressions.slice(g, o),
    having: having && bare(expressions[o]),
  }
}

/** The columns of `*` and `table.*`, or the item itself. */
function expanded(item: Expression, source: Plan): Expression[] {
  if (item.kind === 'star') return without(columnsOf(source), item.except, source)
  const star = item.kind === 'call' && item.name === '.' ? item.args[1] : undefined
  if (item.kind !== 'call' || star?.kind !== 'star') return [item]
  const [table] = item.args
  const columns = table.kind === 'attribute' ? tableColumns(source, table.name) : []
  if (columns.length > 0) return without(columns, star.except, source)
  throw new SchemaError(`${title(table)}.* names no table`, {
    hint: 'Name a table of FROM, by its alias where it has one',
  })
}

/** The columns but those of some names. @throws SchemaError for an unknown name. */
function without(columns: readonly Expression[], names: readonly string[] | undefined, source: Plan): Expression[] {
  for (const name of names ?? []) {
    const known = columns.some((column) => column.kind === 'attribute' && sameName(column.name, name))
    if (!known) throw unknownColumn(source.schema, name, 'EXCEPT')
  }
  return columns.filter((column) => !names?.some((name) => column.kind === 'attribute' && sameName(column.name, name)))
}

const bare = (expression: Expression): Expression => (expression.kind === 'alias' ? expression.child : expression)

/** Metadata by which Spark tells that nobody chose the name of a column. */
const GENERATED = { __autoGeneratedAlias: 'true' }

/** An item keeps its name whatever becomes of its expression. A cast of a column has the name of the column. */
function named(item: Expression, source: Plan): Expression {
  if (item.kind === 'alias') return item
  if (item.kind === 'attribute' || item.kind === 'literal') return { kind: 'alias', child: item, name: title(item) }
  if (item.kind === 'cast' && item.child.kind === 'attribute') {
    return { kind: 'alias', child: item, name: item.child.name }
  }
  const [known] = bind([item], source, 'select').expressions
  if (item.kind === 'call' && item.name === '.' && bare(known).kind === 'attribute') {
    return { kind: 'alias', child: item, name: outputName(known) }
  }
  return { kind: 'alias', child: item, name: outputName(known), metadata: GENERATED }
}

const sorted = (plan: Plan, keys: readonly Expression[]): Plan =>
  keys.length === 0
    ? plan
    : planner.sort(
        plan,
        keys.map((key) => new Column(key)),
        true,
      )

/** The expression with names of items replaced by what the items are. Names of columns of `columns`, and those of tables, stay. */
function replaceNames(
  expression: Expression,
  items: readonly Expression[],
  source: Plan,
  columns?: StructType,
): Expression {
  if (expression.kind === 'call' && expression.name === '.') {
    const [table] = expression.args
    if (table.kind === 'attribute' && isTableName(source, table.name)) return expression
  }
  if (expression.kind !== 'attribute') {
    return mapChildren(expression, (child) => replaceNames(child, items, source, columns))
  }
  const { name } = expression
  if (columns && fieldNames(columns).some((column) => sameName(column, name))) return expression
  const item = items.find((candidate) => candidate.kind === 'alias' && sameName(candidate.name, name))
  return item?.kind === 'alias' ? item.child : expression
}

/** The expression over the columns that the items are. */
function overItems(expression: Expression, items: readonly Expression[]): Expression {
  const item = items.find((candidate) => identity(bare(candidate)) === identity(expression))
  return item ? attribute(outputName(item)) : mapChildren(expression, (child) => overItems(child, items))
}

/**
 * The rows in groups, with a column for each grouping expression and each aggregate that is used.
 * @returns the plan, and how an expression over the rows is written over the groups.
 */
function grouped(
  input: Plan,
  groupBy: readonly Expression[],
  used: readonly Expression[],
  groupingSets?: readonly (readonly number[])[],
): { plan: Plan; over: (expression: Expression) => Expression } {
  const groups = new Map(groupBy.map((expression) => [identity(expression), expression]))
  const aggregates = new Map(used.flatMap(aggregateCalls).map((call) => [identity(call), call]))
  const columns = new Map([...groups.keys(), ...aggregates.keys()].map((key, k) => [key, `__${k}`]))
  const aliased = ([key, child]: [string, Expression]): Expression => ({
    kind: 'alias',
    child,
    name: columns.get(key)!,
  })
  const over = (expression: Expression): Expression => {
    const column = columns.get(identity(expression))
    if (column !== undefined) return attribute(column)
    if (expression.kind === 'attribute') {
      throw new SchemaError(`column "${expression.name}" is neither grouped by nor aggregated`, {
        column: expression.name,
        hint: 'Put it in GROUP BY, or aggregate it, for example with first',
      })
    }
    return mapChildren(expression, over)
  }
  const keys = [...groups.keys()]
  const numbers = groupBy.map((expression) => keys.indexOf(identity(expression)))
  const known = groupingSets?.map((set) => set.map((k) => numbers[k]))
  return { plan: planner.aggregate(input, [...groups].map(aliased), [...aggregates].map(aliased), known), over }
}

const aggregateCalls = (expression: Expression): Expression[] =>
  isAggregateCall(expression) ? [expression] : children(expression).flatMap(aggregateCalls)
