import { SchemaError } from '../errors.js'
import { aliased, bind, columnsOf, isTableName, renamed, tableColumns } from './column-identity.js'
import { children } from './expression/children.js'
import { Column } from './expression/column.js'
import { identity } from './expression/identity.js'
import { mapChildren } from './expression/map-children.js'
import type { Expression } from './expression/nodes.js'
import type { Query, Relation, Select } from './expression/query.js'
import { isAggregate, isAggregateCall } from './expression/resolve.js'
import { outputName, title } from './expression/title.js'
import { attribute, sameName } from './names.js'
import type { Plan } from './plan.js'
import * as planner from './planner.js'
import * as sets from './set-plan.js'
import { fieldNames, numbered, StructType } from './types.js'

/** The plan of a table by its name. @throws SchemaError for an unknown one. */
export type Tables = (name: string) => Plan

/**
 * The plan of a query, in SQL's order: from, where, group by, having, order by, select, distinct, limit. A name in HAVING or ORDER BY means
 * an item of the SELECT first, then a column; in GROUP BY a column first.
 * @throws SchemaError for an unknown table or column, a wrong type, or a column that is neither grouped by nor aggregated.
 */
export function queryPlan(query: Query, tables: Tables): Plan {
  const named = new Map<string, Plan>()
  const lookup: Tables = (name) => named.get(name.toLowerCase()) ?? tables(name)
  for (const { name, query: inner } of query.named) named.set(name.toLowerCase(), queryPlan(inner, lookup))
  const { body, orderBy, limit, offset = 0 } = query
  const rows = body.kind === 'select' ? selectPlan(body, orderBy, lookup) : sorted(setPlan(body, lookup), orderBy)
  const rest = offset > 0 ? planner.offset(rows, offset) : rows
  return limit === undefined ? rest : planner.limit(rest, limit)
}

function setPlan({ operation, all, left, right }: Extract<Query['body'], { kind: 'set' }>, tables: Tables): Plan {
  const [a, b] = [queryPlan(left, tables), queryPlan(right, tables)]
  if (operation !== 'union') return sets.setOperation(a, b, operation, all)
  const both = planner.union(a, b)
  return all ? both : sets.distinct(both)
}

function relationPlan(relation: Relation, tables: Tables): Plan {
  switch (relation.kind) {
    case 'table':
      return aliased(tables(relation.name), relation.alias ?? relation.name)
    case 'subquery': {
      const plan = queryPlan(relation.query, tables)
      return relation.alias === undefined ? plan : aliased(plan, relation.alias)
    }
    case 'join': {
      const [left, right] = [relationPlan(relation.left, tables), relationPlan(relation.right, tables)]
      const common = fieldNames(left.schema).filter((name) => fieldNames(right.schema).some((n) => sameName(n, name)))
      const using = relation.natural ? common : relation.using
      const on = relation.on ? new Column(relation.on) : using.length > 0 ? using : undefined
      return planner.join(left, right, on, planner.joinType(on && relation.how === 'cross' ? 'inner' : relation.how))
    }
  }
}

/** What a SELECT without FROM reads: one row. */
const ONE_ROW: Plan = {
  kind: 'localScan',
  schema: StructType([]),
  table: { schema: StructType([]), length: 1, columns: [], bounds: [0, 1] },
}

function selectPlan(statement: Select, orderBy: readonly Expression[], tables: Tables): Plan {
  const from = statement.from ? relationPlan(statement.from, tables) : ONE_ROW
  const source = statement.where ? planner.filter(from, new Column(statement.where)) : from
  const items = statement.items.flatMap((item) => expanded(item, source)).map((item) => named(item, source))
  const having = statement.having ? [replaceNames(statement.having, items, source)] : []
  const order = orderBy.map((key) => replaceNames(key, items, source))
  const groups = statement.groupBy.map((group) => replaceNames(group, items, source, source.schema))
  // Behind this every column has a name of its own.
  const rows = renamed(source, fieldNames(numbered(source.schema)))
  const bound = (expressions: readonly Expression[]): Expression[] => [
    ...bind(expressions, source, 'select').expressions,
  ]
  const select = { items: bound(items), having: bound(having), order: bound(order), groups: bound(groups).map(bare) }
  const used = [...select.items, ...select.order, ...select.having]
  const { plan, over } =
    groups.length > 0 || statement.sets || used.some(isAggregate)
      ? grouped(rows, select.groups, used, statement.sets)
      : { plan: rows, over: (e: Expression) => e }
  const kept = select.having.reduce((input, condition) => planner.filter(input, new Column(over(condition))), plan)
  if (!statement.distinct) {
    return planner.project(sorted(kept, select.order.map(over)), select.items.map(over))
  }
  const keys = select.order.map((key) => overItems(key, select.items))
  return sorted(sets.distinct(planner.project(kept, select.items.map(over))), keys)
}

/** The columns of `*` and `table.*`, or the item itself. */
function expanded(item: Expression, source: Plan): Expression[] {
  if (item.kind === 'star') return columnsOf(source)
  if (item.kind !== 'call' || item.name !== '.' || item.args[1].kind !== 'star') return [item]
  const [table] = item.args
  const columns = table.kind === 'attribute' ? tableColumns(source, table.name) : []
  if (columns.length > 0) return columns
  throw new SchemaError(`${title(table)}.* names no table`, {
    hint: 'Name a table of FROM, by its alias where it has one',
  })
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
