import { SchemaError } from '../errors.js'
import { javaDoubleText } from '../util/java-text.js'
import { knownNames } from '../util/names.js'
import { literal } from './expression/literal.js'
import type { Expression, LiteralValue } from './expression/nodes.js'
import { resolve } from './expression/resolve.js'
import { attribute, sameName } from './names.js'
import type { Plan } from './plan.js'
import { aggregate, project } from './planner.js'
import { BooleanType, type DataType } from './types.js'

/** The sets of `groupingSets`, as numbers of columns. @throws SchemaError for a column that is not named. */
export function setsOf(sets: readonly (readonly string[])[], columns: readonly string[]): number[][] {
  return sets.map((set) =>
    set.map((name) => {
      const at = columns.findIndex((column) => sameName(column, name))
      if (at >= 0) return at
      throw new SchemaError(`column "${name}" of a set is none of the grouping columns`, {
        stage: 'groupingSets',
        column: name,
        allowed: knownNames('columns', name, columns),
      })
    }),
  )
}

/** Values of a pivot and the column that holds them. */
export interface Pivot {
  readonly column: Expression
  readonly values: readonly LiteralValue[]
  /** Names for columns of values instead of their texts, by place. */
  readonly names?: readonly (string | undefined)[]
}

/** Columns of a pivot are called after their values, in Spark's text. */
const valueText = (value: LiteralValue, { kind }: DataType): string => {
  if (value === null) return 'null'
  if (value instanceof Date)
    return value
      .toISOString()
      .slice(0, kind === 'date' ? 10 : 19)
      .replace('T', ' ')
  return (kind === 'double' || kind === 'float') && typeof value === 'number' ? javaDoubleText(value) : String(value)
}

/**
 * `groupBy(…).pivot(column, values).agg(…)`: one row a group, a column for each value and aggregate. The rows are grouped by the groups
 * and the column first, then each value finds its group: where there is none, the column is null, also for counts.
 */
export function pivoted(
  input: Plan,
  grouping: readonly Expression[],
  { column, values, names: valueNames }: Pivot,
  aggregates: readonly Expression[],
): Plan {
  const key = '__pivot'
  const { dataType } = resolve(column, input.schema, 'pivot').field
  const named = aggregates.map(
    (expression, k): Expression => ({ kind: 'alias', child: bare(expression), name: `__${k}` }),
  )
  const groups = aggregate(input, [...grouping, { kind: 'alias', child: bare(column), name: key }], named)
  const keys = groups.schema.fields.slice(0, grouping.length).map((field) => attribute(field.name))
  const names = aggregates.map((expression) => resolve(expression, input.schema, 'agg').field.name)
  const cells = values.flatMap((value, at) => {
    const given: Expression = { kind: 'cast', child: literal(value), dataType }
    const isValue: Expression = { kind: 'call', name: '<=>', args: [attribute(key), given] }
    return aggregates.map((_, k): Expression => {
      const found: Expression = { kind: 'case', branches: [[isValue, attribute(`__${k}`)]] }
      const ignoreNulls: Expression = { kind: 'literal', value: true, dataType: BooleanType }
      const text = valueNames?.[at] ?? valueText(value, dataType)
      const name = aggregates.length > 1 ? `${text}_${names[k]}` : text
      return { kind: 'alias', child: { kind: 'call', name: 'first', args: [found, ignoreNulls] }, name }
    })
  })
  return aggregate(groups, keys, cells)
}

/** The distinct values of a pivot's column, ascending and nulls first. */
export function pivotValues(input: Plan, column: Expression): Plan {
  const value: Expression = { kind: 'alias', child: bare(column), name: 'value' }
  const distinct = aggregate(project(input, [value], 'pivot'), [attribute('value')], [])
  const key: Expression = { kind: 'sort', child: attribute('value'), ascending: true, nullsFirst: true }
  return { kind: 'sort', schema: distinct.schema, input: distinct, order: [key], global: true }
}

const bare = (expression: Expression): Expression => (expression.kind === 'alias' ? expression.child : expression)
