import { SchemaError } from '../errors.js'
import { aliased, columnsOf, renamed } from './column-identity.js'
import { children } from './expression/children.js'
import { commonType } from './expression/coercion.js'
import { Column } from './expression/column.js'
import type { Expression } from './expression/nodes.js'
import type { Query, Relation, Values } from './expression/query-nodes.js'
import { resolve } from './expression/resolve.js'
import { title } from './expression/title.js'
import { pivoted } from './group-plan.js'
import { attribute, sameName } from './names.js'
import type { Plan } from './plan.js'
import * as planner from './planner.js'
import { unpivot } from './set-plan.js'
import { type DataType, fieldNames, LongType, NullType, StructField, StructType, simpleString } from './types.js'

/** The plan of a table by its name. @throws SchemaError for an unknown one. */
export type Tables = (name: string) => Plan
/** The plan of a query over tables. */
export type PlanOf = (query: Query, tables: Tables) => Plan

/** What a SELECT without FROM reads: one row. */
export const ONE_ROW: Plan = {
  kind: 'localScan',
  schema: StructType([]),
  table: { schema: StructType([]), length: 1, columns: [], bounds: [0, 1] },
}

/** The plan under its alias, with the names that the alias gives to columns. */
export function named(plan: Plan, { alias, columns }: { alias?: string; columns?: readonly string[] }): Plan {
  const own = columns ? planner.renameAll(plan, columns) : plan
  return alias === undefined ? own : aliased(own, alias)
}

/** The rows of a FROM. @throws SchemaError for what does not exist or does not fit. */
export function relationPlan(relation: Relation, tables: Tables, planOf: PlanOf): Plan {
  const next = (input: Relation): Plan => relationPlan(input, tables, planOf)
  switch (relation.kind) {
    case 'table':
      return named(tables(relation.name), { ...relation, alias: relation.alias ?? relation.name })
    case 'subquery':
      return named(planOf(relation.query, tables), relation)
    case 'range':
      return named(rangePlan(relation.bounds), { alias: relation.alias, columns: relation.columns })
    case 'join': {
      const [left, right] = [next(relation.left), next(relation.right)]
      const common = fieldNames(left.schema).filter((name) => fieldNames(right.schema).some((n) => sameName(n, name)))
      const using = relation.natural ? common : relation.using
      const on = relation.on ? new Column(relation.on) : using.length > 0 ? using : undefined
      return planner.join(left, right, on, planner.joinType(on && relation.how === 'cross' ? 'inner' : relation.how))
    }
    case 'lateral':
      return lateralPlan(next(relation.input), relation)
    case 'pivot':
      return named(pivotPlan(next(relation.input), relation), { alias: relation.alias, columns: relation.columns })
    case 'unpivot':
      return named(unpivotPlan(next(relation.input), relation), { alias: relation.alias, columns: relation.columns })
  }
}

/** Rows that are written out, with the columns col1, col2, … in the types that their values have in common. */
export function valuesPlan({ rows }: Values): Plan {
  const width = rows[0].length
  const odd = rows.findIndex((row) => row.length !== width)
  if (odd >= 0) {
    throw new SchemaError(`row ${odd + 1} of VALUES has ${rows[odd].length} values, the first one ${width}`, {
      stage: 'sql',
      hint: 'Give every row as many values',
    })
  }
  const types = rows[0].map((_, k) =>
    rows.reduce<DataType>((wide, row) => {
      const { dataType } = resolve(row[k], ONE_ROW.schema, 'VALUES').field
      const meet = commonType(wide, dataType)
      if (meet) return meet
      throw new SchemaError(
        `column ${k + 1} of VALUES has values of ${simpleString(wide)} and ${simpleString(dataType)}`,
        {
          stage: 'sql',
          hint: 'Cast them',
        },
      )
    }, NullType),
  )
  const projections = rows.map((row) =>
    row.map((value, k): Expression => {
      const child = value.kind === 'alias' ? value.child : value
      const cast: Expression = types[k].kind === 'void' ? child : { kind: 'cast', child, dataType: types[k] }
      return { kind: 'alias', child: cast, name: `col${k + 1}` }
    }),
  )
  return planner.expand(ONE_ROW, projections, 'VALUES')
}

/** The longs from a start up to an end, in the column `id`, in one partition. */
function rangePlan(bounds: readonly number[]): Plan {
  const [start, end, step = 1] = bounds.length === 1 ? [0, bounds[0]] : bounds
  const length = step === 0 ? 0 : Math.max(0, Math.ceil((end - start) / step))
  const data = BigInt64Array.from({ length }, (_, i) => BigInt(start + i * step))
  const schema = StructType([StructField('id', LongType, false)])
  const columns = [{ kind: 'i64', data, valid: null } as const]
  return { kind: 'localScan', schema, table: { schema, length, columns, bounds: [0, length] } }
}

function lateralPlan(input: Plan, { generator, alias, columns }: Extract<Relation, { kind: 'lateral' }>): Plan {
  const width = input.schema.fields.length
  const made = planner.project(input, [...columnsOf(input), generator], 'LATERAL VIEW')
  const count = made.schema.fields.length - width
  if (columns && columns.length !== count) {
    throw new SchemaError(`${title(generator)} gives ${count} columns, not ${columns.length}`, {
      stage: 'LATERAL VIEW',
      received: columns.join(', '),
    })
  }
  const names = fieldNames(made.schema)
  const own = columns ? renamed(made, [...names.slice(0, width), ...columns]) : made
  return alias === undefined ? own : aliased(own, alias, width)
}

function attributesOf(expression: Expression): string[] {
  return expression.kind === 'attribute' ? [expression.name] : children(expression).flatMap(attributesOf)
}

/** As in Spark the rows are grouped by all columns that neither the aggregates nor FOR name. */
function pivotPlan(input: Plan, { aggregates, column, values }: Extract<Relation, { kind: 'pivot' }>): Plan {
  const used = [...aggregates, column].flatMap(attributesOf)
  const groups = fieldNames(input.schema).filter((name) => !used.some((other) => sameName(other, name)))
  resolve(column, input.schema, 'PIVOT')
  const pivot = { column, values: values.map(({ value }) => value), names: values.map(({ name }) => name) }
  return pivoted(input, groups.map(attribute), pivot, aggregates)
}

function unpivotPlan(input: Plan, relation: Extract<Relation, { kind: 'unpivot' }>): Plan {
  const { values, variableName, valueName, nulls } = relation
  const turned = values.map(({ column }) => column)
  const ids = fieldNames(input.schema).filter((name) => !turned.some((other) => sameName(other, name)))
  const labels = values.map(({ column, name }) => name ?? column)
  const plan = unpivot(input, ids, turned, variableName, valueName, labels)
  const isPresent: Expression = { kind: 'call', name: 'isnotnull', args: [attribute(valueName)] }
  return nulls ? plan : planner.filter(plan, new Column(isPresent))
}
