import { simpleString } from '../types.js'
import { FUNCTIONS } from './function-table.js'
import { javaDouble } from './java-double.js'
import type { Expression, ExpressionKind } from './nodes.js'

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
    return typeof value === 'number' && /double|float/.test(dataType.kind) ? javaDouble(value) : String(value)
  },
  call({ name, args, distinct }) {
    if (name === 'count' && args.some((arg) => arg.kind === 'star')) return 'count(1)'
    const titles = args.map(title)
    const rows = FUNCTIONS.get(name)
    for (const row of rows ?? []) {
      const missing = row.takes.fillIn(titles.length)
      if (missing) return row.title([...titles, ...missing.map(String)], distinct ?? false)
    }
    return `${name}(${titles.join(', ')})`
  },
  cast: ({ child, dataType, safe }) =>
    `${safe ? 'TRY_CAST' : 'CAST'}(${title(child)} AS ${simpleString(dataType).toUpperCase()})`,
  case({ branches, otherwise }) {
    const parts = branches.map(([when, then]) => ` WHEN ${title(when)} THEN ${title(then)}`)
    return `CASE${parts.join('')}${otherwise ? ` ELSE ${title(otherwise)}` : ''} END`
  },
  alias: ({ child, name }) => `${title(child)} AS ${name}`,
  sort: ({ child, ascending, nullsFirst }) =>
    `${title(child)} ${ascending ? 'ASC' : 'DESC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
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
    default:
      return title(expression)
  }
}

function castName(cast: Expression): string {
  let child = cast
  while (child.kind === 'cast') child = child.child
  return child.kind === 'attribute' || child.kind === 'alias' ? child.name : title(cast)
}
