import { javaDoubleText } from '../../util/java-text.js'
import { simpleString } from '../types.js'
import { functionTable } from './function-table.js'
import { intervalTitle } from './interval.js'
import type { Expression, ExpressionKind, FrameBound } from './nodes.js'

type Titles = { [K in ExpressionKind]: (node: Extract<Expression, { kind: K }>) => string }

const timestampText = (value: Date): string =>
  value
    .toISOString()
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '')

const TITLES: Titles = {
  attribute: ({ name }) => name,
  star: () => '*',
  literal({ value, dataType }) {
    if (value === null) return 'NULL'
    if (value instanceof Date) {
      return dataType.kind === 'date'
        ? `DATE '${value.toISOString().slice(0, 10)}'`
        : `TIMESTAMP '${timestampText(value)}'`
    }
    return typeof value === 'number' && /double|float/.test(dataType.kind) ? javaDoubleText(value) : String(value)
  },
  call({ name, args, distinct, filter }) {
    if (filter) return `${title({ kind: 'call', name, args, distinct })} FILTER (WHERE ${title(filter)})`
    if (args.length === 2 && args.some((arg) => arg.kind === 'interval')) {
      const [left, right] = args[0].kind === 'interval' ? [args[1], args[0]] : args
      return `${title(left)} ${name} ${title(right)}`
    }
    if (name === 'count' && args.some((arg) => arg.kind === 'star')) return 'count(1)'
    const titles = args.map(title)
    const rows = functionTable().get(name)
    for (const row of rows ?? []) {
      const missing = row.takes.fillIn(titles.length)
      if (missing)
        return row.title(
          [...titles, ...missing.map((value) => (value === null ? 'NULL' : String(value)))],
          distinct ?? false,
        )
    }
    return `${name}(${titles.join(', ')})`
  },
  cast: ({ child, dataType, safe, call }) =>
    call || /array|map|struct/.test(dataType.kind)
      ? title(child)
      : `${safe ? 'TRY_CAST' : 'CAST'}(${title(child)} AS ${simpleString(dataType).toUpperCase()})`,
  case({ branches, otherwise }) {
    const parts = branches.map(([when, then]) => ` WHEN ${title(when)} THEN ${title(then)}`)
    return `CASE${parts.join('')}${otherwise ? ` ELSE ${title(otherwise)}` : ''} END`
  },
  alias: ({ child, name }) => `${title(child)} AS ${name}`,
  sort: ({ child, ascending, nullsFirst }) =>
    `${title(child)} ${ascending ? 'ASC' : 'DESC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
  variable: () => 'namedlambdavariable()',
  lambda({ parameters, body }) {
    return `lambdafunction(${[title(body), ...parameters.map(() => 'namedlambdavariable()')].join(', ')})`
  },
  interval: intervalTitle,
  subquery: ({ exists }) => (exists ? 'exists()' : 'scalarsubquery()'),
  window({ child, partitionBy, orderBy, frame }) {
    const parts = [
      ...(partitionBy.length > 0 ? [`PARTITION BY ${partitionBy.map(title).join(', ')}`] : []),
      ...(orderBy.length > 0 ? [`ORDER BY ${orderBy.map(title).join(', ')}`] : []),
    ]
    const between = (unit: string, lower: FrameBound, upper: FrameBound): string =>
      `${unit} BETWEEN ${bound(lower)} AND ${bound(upper)}`
    const fixed = functionTable().get(child.name)?.[0].windowFrame
    if (frame) parts.push(between(frame.unit.toUpperCase(), frame.lower, frame.upper))
    else if (fixed) parts.push(fixed(child.args.map(title)))
    else if (orderBy.length === 0) parts.push(between('ROWS', -Infinity, Infinity))
    else parts.push(between('RANGE', -Infinity, 0))
    return `${title(child)} OVER (${parts.join(' ')})`
  },
}

function bound(value: FrameBound): string {
  if (typeof value !== 'number') {
    const negative = value.months < 0 || value.days < 0 || value.micros < 0
    const size = {
      ...value,
      months: Math.abs(value.months),
      days: Math.abs(value.days),
      micros: Math.abs(value.micros),
    }
    return `${intervalTitle(size)} ${negative ? 'PRECEDING' : 'FOLLOWING'}`
  }
  if (value === 0) return 'CURRENT ROW'
  const size = Number.isFinite(value) ? Math.abs(value) : 'UNBOUNDED'
  return `${size} ${value < 0 ? 'PRECEDING' : 'FOLLOWING'}`
}

/** Spark's text of an expression, as in generated column names: `(a + b)`, `avg(price)`, `CAST(x AS INT)`. */
export function title(expression: Expression): string {
  return (TITLES[expression.kind] as (node: Expression) => string)(expression)
}

/**
 * Name of the output column of an expression: its alias, its own name, or Spark's generated text. Like `select` and
 * `selectExpr` of Spark, a cast of a column keeps the name of the column.
 */
export function outputName(expression: Expression): string {
  switch (expression.kind) {
    case 'alias':
      return expression.name
    case 'sort':
      return outputName(expression.child)
    case 'cast':
      return castName(expression)
    case 'call':
      return isPath(expression) ? title(expression.args[1]) : title(expression)
    default:
      return title(expression)
  }
}

/** Whether a field is taken from a column, not from a computed struct: such a path has the name of its last part. */
function isPath(expression: Expression): boolean {
  if (expression.kind !== 'call' || expression.name !== '.') return false
  return expression.args[0].kind === 'attribute' || isPath(expression.args[0])
}

function castName(cast: Expression): string {
  let child = cast
  while (child.kind === 'cast') child = child.child
  return child.kind === 'attribute' || child.kind === 'alias' ? child.name : title(cast)
}
