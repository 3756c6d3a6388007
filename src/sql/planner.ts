import { ParamError, SchemaError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'
import { requireColumn, requireColumnOrText, requireTexts, wrongArgument } from './arguments.js'
import { allColumns, bind, columnsOf, renamed, splitSelfJoin } from './column-identity.js'
import { withDraws } from './draws.js'
import { children } from './expression/children.js'
import { commonType } from './expression/coercion.js'
import { Column } from './expression/column.js'
import { col } from './expression/functions.js'
import { identity } from './expression/identity.js'
import type { Expression } from './expression/nodes.js'
import { parseExpression } from './expression/parser.js'
import { columnIndex, passedColumn } from './expression/references.js'
import { hasWindow, isAggregate, resolve } from './expression/resolve.js'
import { title } from './expression/title.js'
import { generate, refuseGenerators } from './generate-plan.js'
import { attribute, requireUnique, sameName } from './names.js'
import type { BatchTransform, JoinType, Plan, PlanOf } from './plan.js'
import { withTimeWindows } from './time-windows.js'
import {
  fieldNames,
  fieldOf,
  isNumeric,
  LongType,
  numbered,
  StructField,
  StructType,
  sameType,
  simpleString,
  withFields,
} from './types.js'

// One function a node: checks the expressions against the schema of the input and works out the schema of the output.

/** A column, or its name. */
export type ColumnOrName = Column | string

/** Expression of a column or of a name; `*` is every column. @throws ParamError for something else. */
export const toExpression = (column: ColumnOrName, stage: string): Expression => {
  requireColumnOrText(column, stage)
  if (column instanceof Column) return column.expression
  return column === '*' ? { kind: 'star' } : col(column).expression
}

/** `select`: the expressions as columns; aggregates over all rows when there are any. */
export function project(input: Plan, expressions: readonly Expression[], stage = 'select'): Plan {
  const expanded = allColumns(expressions, input)
  const drawn = withDraws(input, expanded)
  if (drawn) return project(drawn.input, drawn.expressions, stage)
  const timed = withTimeWindows(input, expanded)
  if (timed) return project(timed.input, timed.expressions, stage)
  if (expanded.some(isAggregate)) return aggregate(input, [], expanded)
  const { expressions: bound, schema: over } = bind(expanded, input, stage)
  const generated = generate(input, bound, over, stage)
  const rows = generated?.plan ?? input
  const items = generated?.expressions ?? bound
  const columns = generated ? numbered(rows.schema) : over
  const schema = StructType(items.map((expression) => resolve(expression, columns, stage).field))
  return { kind: 'project', schema, input: rows, expressions: items }
}

/** `withColumns`: columns that are added, or take the places of those that have their names; all see the columns before. */
export function withColumns(input: Plan, columns: Readonly<Record<string, Column>>, stage = 'withColumns'): Plan {
  const names = Object.keys(columns)
  requireUnique(names, stage)
  const named = new Map<number, Expression>()
  const added: Expression[] = []
  for (const name of names) {
    requireColumn(columns[name], stage)
    const expression: Expression = { kind: 'alias', child: columns[name].expression, name }
    const at = columnIndex(input.schema, name)
    if (at < 0) added.push(expression)
    else named.set(at, expression)
  }
  const expressions = columnsOf(input).map((existing, k) => named.get(k) ?? existing)
  return project(input, [...expressions, ...added], stage)
}

/** `withColumnsRenamed`: as in Spark nothing happens to names that do not exist. */
export function renameColumns(
  input: Plan,
  names: Readonly<Record<string, string>>,
  stage = 'withColumnsRenamed',
): Plan {
  requireTexts(Object.values(names), stage, 'names')
  const newNames = new Map(Object.entries(names).map(([old, name]) => [old.toLowerCase(), name]))
  return project(
    input,
    columnsOf(input).map((child, k) => {
      const name = newNames.get(input.schema.fields[k].name.toLowerCase())
      return name === undefined ? child : { kind: 'alias', child, name }
    }),
    stage,
  )
}

/** `toDF`: new names for all columns, by position. @throws SchemaError for another number of names. */
export function renameAll(input: Plan, names: readonly string[]): Plan {
  requireTexts(names, 'toDF', 'names')
  const { fields } = input.schema
  if (names.length !== fields.length) {
    throw new SchemaError(`there are ${names.length} names for ${fields.length} columns`, {
      stage: 'toDF',
      received: names.join(', '),
      hint: 'Give one name a column',
    })
  }
  return project(
    input,
    columnsOf(input).map((child, k): Expression => ({ kind: 'alias', child, name: names[k] })),
    'toDF',
  )
}

/** `drop`: as in Spark names that do not exist are ignored, and a name drops all columns that have it. */
export function dropColumns(input: Plan, columns: readonly ColumnOrName[]): Plan {
  const { fields } = input.schema
  const dropped = new Set(
    columns.flatMap((column) => {
      requireColumnOrText(column, 'drop')
      if (typeof column === 'string') return fields.flatMap(({ name }, k) => (sameName(name, column) ? [k] : []))
      const [expression] = bind([column.expression], input, 'drop').expressions
      return passedColumn(expression, input.schema)
    }),
  )
  return project(
    input,
    columnsOf(input).filter((_, k) => !dropped.has(k)),
    'drop',
  )
}

/** Several rows for each row: one a projection. They have the names and types of the first. */
export function expand(input: Plan, projections: readonly (readonly Expression[])[], stage: string): Plan {
  const rows = projections.map((row) => row.map((expression) => resolve(expression, input.schema, stage).field))
  const schema = StructType(
    rows[0].map(({ name, dataType }, k) =>
      StructField(
        name,
        dataType,
        rows.some((fields) => fields[k].nullable),
      ),
    ),
  )
  return { kind: 'expand', schema, input, projections }
}

/** `filter`: the rows where the condition is true. @throws SchemaError unless it is boolean; ParamError for a function. */
export function filter(input: Plan, condition: ColumnOrName): Plan {
  const hint = "Write filter('price > 20') or filter(col('price').gt(20)); functions of rows filter what collect gives"
  requireColumnOrText(condition, 'filter', hint)
  const expression = typeof condition === 'string' ? parseExpression(condition) : condition.expression
  const drawn = withDraws(input, [expression])
  if (drawn) {
    const kept = filter(drawn.input, new Column(drawn.expressions[0]))
    return project(kept, columnsOf(kept).slice(0, input.schema.fields.length), 'filter')
  }
  const { expressions, schema } = bind([expression], input, 'filter')
  refuseGenerators(expressions, 'filter')
  if (hasWindow(expressions[0])) {
    throw new SchemaError('a window function cannot stand in a filter', {
      stage: 'filter',
      received: title(expressions[0]),
      hint: 'Add it with withColumn, and filter that column',
    })
  }
  requireBoolean(expressions[0], schema, 'filter')
  return { kind: 'filter', schema: input.schema, input, condition: expressions[0] }
}

function requireBoolean(expression: Expression, schema: StructType, stage: string): void {
  const { name, dataType } = resolve(expression, schema, stage).field
  if (dataType.kind !== 'boolean') {
    throw new SchemaError(`the condition ${name} has type ${simpleString(dataType)}`, {
      stage,
      allowed: 'Allowed: boolean',
      received: simpleString(dataType),
      hint: 'Compare it, or cast it to boolean',
    })
  }
}

/**
 * `groupBy(…).agg(…)`: one row a group, the groups' columns first; one row in all when there is no grouping.
 * @param sets lists of numbers of grouping expressions (`rollup`, `cube`): rows are grouped by each list; what is not in it is null.
 */
export function aggregate(
  input: Plan,
  grouping: readonly Expression[],
  aggregates: readonly Expression[],
  sets?: readonly (readonly number[])[],
): Plan {
  const timed = withTimeWindows(input, [...grouping, ...aggregates])
  if (timed) {
    const [of, rest] = [timed.expressions.slice(0, grouping.length), timed.expressions.slice(grouping.length)]
    return aggregate(timed.input, of, rest, sets)
  }
  const plain = aggregates.find((expression) => !isAggregate(expression))
  if (plain) {
    const { name } = resolve(plain, input.schema, 'agg').field
    throw new SchemaError(`"${name}" is not an aggregate`, {
      stage: 'agg',
      column: name,
      hint: 'Put it in groupBy, or aggregate it, for example with first',
    })
  }
  const groups = allColumns(grouping, input)
  const { expressions, schema: over } = bind([...groups, ...aggregates], input, 'agg')
  const [bound, rest] = [expressions.slice(0, groups.length), expressions.slice(groups.length)]
  for (const expression of rest) checkGrouping(expression, sets ? bound : [])
  const fields = expressions.map((expression, k) => {
    const { field } = resolve(expression, over, 'agg')
    const absent = k < bound.length && sets?.some((set) => !set.includes(k))
    return absent ? StructField(field.name, field.dataType, true, field.metadata) : field
  })
  const node = { kind: 'aggregate', schema: StructType(fields), input, grouping: bound, aggregates: rest } as const
  return sets ? { ...node, sets } : node
}

/** @throws SchemaError for `grouping(x)` of something that `rollup` and `cube` do not group by. */
function checkGrouping(expression: Expression, groups: readonly Expression[]): void {
  for (const child of children(expression)) checkGrouping(child, groups)
  if (expression.kind !== 'call' || !isGrouping(expression.name)) return
  const known = new Set(groups.map((group) => identity(bare(group))))
  const wrong = expression.args.find((arg) => !known.has(identity(arg)))
  if (groups.length > 0 && !wrong) return
  throw new SchemaError(
    `${title(expression)} ${wrong ? `asks for ${title(wrong)}, which is no group` : 'has no groups'}`,
    {
      stage: 'agg',
      received: title(expression),
      allowed: 'Allowed: expressions that rollup, cube or groupingSets group by',
    },
  )
}

/** Whether a function tells which grouping expressions a row of `rollup` or `cube` is grouped by. */
export const isGrouping = (name: string): boolean => /^grouping(_id)?$/i.test(name)

const bare = (expression: Expression): Expression => (expression.kind === 'alias' ? expression.child : expression)

/** Aggregates `fn(column)` over the named columns, or over all numeric ones that are not grouped by. */
export function numericAggregates(input: Plan, fn: string, names: readonly string[]): Expression[] {
  const numeric = input.schema.fields.filter((field) => isNumeric(field.dataType))
  const columns = names.length > 0 ? names : numeric.map((field) => field.name)
  return columns.map((name) => ({ kind: 'call', name: fn, args: [attribute(name)] }))
}

/** Number of rows of each group. */
export const countAggregate: Expression = {
  kind: 'alias',
  name: 'count',
  child: { kind: 'call', name: 'count', args: [{ kind: 'literal', value: 1n, dataType: LongType }] },
}

const nullable = (fields: readonly StructField[], outer: boolean): readonly StructField[] =>
  outer ? fields.map((field) => StructField(field.name, field.dataType, true, field.metadata)) : fields

/** Spark's names of the kinds of join, and ours. */
const JOIN_TYPES: Readonly<Record<string, JoinType>> = {
  inner: 'inner',
  cross: 'cross',
  left: 'left',
  leftouter: 'left',
  right: 'right',
  rightouter: 'right',
  full: 'full',
  fullouter: 'full',
  outer: 'full',
  leftsemi: 'left_semi',
  semi: 'left_semi',
  leftanti: 'left_anti',
  anti: 'left_anti',
}

/** @throws ParamError naming the kinds of join. */
export function joinType(name: string): JoinType {
  requireTexts([name], 'join', 'how')
  const type = JOIN_TYPES[name.toLowerCase().replaceAll('_', '')]
  if (type) return type
  throw new ParamError(`join type is ${shortText(name)}`, {
    stage: 'join',
    param: 'how',
    allowed: knownNames('types', name, Object.keys(JOIN_TYPES)),
  })
}

/**
 * `join` on equal columns, on a condition, or on nothing.
 * @throws SchemaError when a column is missing on a side, types cannot be compared, or the condition is not boolean.
 */
export function join(left: Plan, right: Plan, on: readonly string[] | Column | undefined, type: JoinType): Plan {
  const using = on === undefined || on instanceof Column ? [] : on
  if (!Array.isArray(using)) {
    const allowed = 'the name of a column, names, or a Column that is the condition'
    throw wrongArgument(on, { stage: 'join', param: 'on', allowed })
  }
  requireTexts(using, 'join', 'on')
  for (const name of using) {
    const a = fieldOf(left.schema, name, 'join')
    const b = fieldOf(right.schema, name, 'join')
    if (!sameType(a.dataType, b.dataType) && !(isNumeric(a.dataType) && isNumeric(b.dataType))) {
      throw new SchemaError(
        `column "${name}" is ${simpleString(a.dataType)} on the left and ${simpleString(b.dataType)} on the right`,
        { stage: 'join', column: name, hint: 'Cast one of them' },
      )
    }
  }
  const leftRest = left.schema.fields.filter((field) => !using.includes(field.name))
  const rightRest = right.schema.fields.filter((field) => !using.includes(field.name))
  const used = using.map((name) => fieldOf((type === 'right' ? right : left).schema, name))
  const leftOuter = type === 'right' || type === 'full'
  const rightOuter = type === 'left' || type === 'full'
  const semi = type === 'left_semi' || type === 'left_anti'
  const schema = StructType([
    ...nullable(used, type === 'full'),
    ...nullable(leftRest, leftOuter),
    ...(semi ? [] : nullable(rightRest, rightOuter)),
  ])
  const plan: Plan = { kind: 'join', schema, left, right, type, using }
  return on instanceof Column ? joinOn(plan, on.expression) : plan
}

/** A join on a condition. Where it means columns that share a name, they have names of their own inside the join. */
function joinOn(plan: PlanOf<'join'>, condition: Expression): Plan {
  const { left, right } = plan
  const both = StructType([...left.schema.fields, ...right.schema.fields])
  const sides: Plan = { ...plan, schema: both }
  const { expressions, schema, bound } = bind([splitSelfJoin(condition, sides)], sides, 'join')
  const [on] = expressions
  requireBoolean(on, schema, 'join')
  if (!bound) return { ...plan, condition: on }
  const names = fieldNames(schema)
  const width = left.schema.fields.length
  const fields = plan.schema.fields.map((field, k) => ({ ...field, name: names[k] }))
  const inside: Plan = {
    ...plan,
    schema: StructType(fields),
    left: renamed(left, names.slice(0, width)),
    right: renamed(right, names.slice(width)),
    condition: on,
  }
  return renamed(inside, fieldNames(plan.schema))
}

/**
 * `union`: the rows of both, columns matched by position and cast to their common type (Spark's ANSI rules, see `commonType`).
 * @throws SchemaError when the frames have another number of columns, or columns of types without a common one.
 */
export function union(left: Plan, right: Plan, stage = 'union'): Plan {
  const schema = commonSchema(left.schema, right.schema, stage)
  return { kind: 'union', schema, left: castTo(left, schema), right: castTo(right, schema) }
}

/**
 * Names of the left columns with the types that they have in common with the right ones, by position.
 * @throws SchemaError for another number of columns, or types without a common one.
 */
export function commonSchema(left: StructType, right: StructType, stage: string): StructType {
  commonWidth(left, right, stage)
  return StructType(
    left.fields.map((field, k) => {
      const other = right.fields[k]
      const type = commonType(field.dataType, other.dataType)
      if (type) return StructField(field.name, type, field.nullable || other.nullable, field.metadata)
      throw new SchemaError(
        `column "${field.name}" is ${simpleString(field.dataType)} on one side and ${simpleString(other.dataType)} on the other`,
        { stage, column: field.name, hint: 'Cast one of them' },
      )
    }),
  )
}

/** @throws SchemaError unless both have as many columns. */
export function commonWidth(left: StructType, right: StructType, stage: string): void {
  if (left.fields.length === right.fields.length) return
  throw new SchemaError(`the frames have ${left.fields.length} and ${right.fields.length} columns`, {
    stage,
    received: `${fieldNames(left).join(', ')} and ${fieldNames(right).join(', ')}`,
    hint: 'Select as many columns of each',
  })
}

/** The plan with its columns cast to the types of a schema, by position. */
export function castTo(input: Plan, schema: StructType): Plan {
  if (input.schema.fields.every((field, k) => sameType(field.dataType, schema.fields[k].dataType))) return input
  return project(
    input,
    columnsOf(input).map((column, k): Expression => {
      const { name, dataType: from } = input.schema.fields[k]
      const { dataType } = schema.fields[k]
      return sameType(from, dataType)
        ? column
        : { kind: 'alias', name, child: { kind: 'cast', child: column, dataType } }
    }),
  )
}

/** `orderBy`: ascending with nulls first unless a column says otherwise. */
export function sort(input: Plan, columns: readonly ColumnOrName[], global: boolean): Plan {
  if (columns.length === 0)
    throw new ParamError('there is no column to sort by', { stage: 'orderBy', param: 'columns' })
  const given = columns.map((column) => toExpression(column, 'orderBy'))
  const keys = allColumns(given, input).map(
    (key): Expression => (key.kind === 'sort' ? key : { kind: 'sort', child: key, ascending: true, nullsFirst: true }),
  )
  const drawn = withDraws(input, keys)
  if (drawn) {
    const sorted = sort(
      drawn.input,
      drawn.expressions.map((key) => new Column(key)),
      global,
    )
    return project(sorted, columnsOf(sorted).slice(0, input.schema.fields.length), 'orderBy')
  }
  const { expressions: order, schema } = bind(keys, input, 'orderBy')
  for (const key of order) resolve(key, schema, 'orderBy')
  return { kind: 'sort', schema: input.schema, input, order, global }
}

/** `limit` and `head`: the first rows. */
export function limit(input: Plan, count: number): Plan {
  wholeNumber(count, 0, 'limit', 'count')
  return { kind: 'limit', schema: input.schema, input, offset: 0, count }
}

/** `offset`: the rows after the first ones. */
export function offset(input: Plan, count: number): Plan {
  wholeNumber(count, 0, 'offset', 'count')
  return { kind: 'limit', schema: input.schema, input, offset: count, count: Number.POSITIVE_INFINITY }
}

/** `repartition` (rows are dealt out in turn) and `coalesce` (neighbouring partitions are put together). */
export function repartition(input: Plan, partitions: number, shuffle: boolean): Plan {
  wholeNumber(partitions, 1, shuffle ? 'repartition' : 'coalesce', 'numPartitions')
  return { kind: 'repartition', schema: input.schema, input, partitions, shuffle }
}

/** A step over batches at the end of the plan; one run of steps is one node. @throws SchemaError for a missing input. */
export function appendTransform(input: Plan, transform: BatchTransform): Plan {
  for (const name of transform.inputs) fieldOf(input.schema, name, transform.name)
  const schema = withFields(input.schema, transform.outputs)
  return input.kind === 'mlSegment'
    ? { ...input, schema, transforms: [...input.transforms, transform] }
    : { kind: 'mlSegment', schema, input, transforms: [transform] }
}

/** @throws ParamError unless the value is a whole number of at least `min`. */
export function wholeNumber(value: number, min: number, stage: string, param: string): void {
  if (Number.isSafeInteger(value) && value >= min) return
  throw new ParamError(`${param} is ${shortText(value)}`, {
    stage,
    param,
    allowed: `Allowed: a whole number, ${min} or more`,
    received: shortText(value),
  })
}
