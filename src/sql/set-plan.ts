import { SchemaError } from '../errors.js'
import { requireTexts } from './arguments.js'
import { columnsOf } from './column-identity.js'
import { tightestType } from './expression/coercion.js'
import type { Expression } from './expression/nodes.js'
import { attribute, fieldsOfNames, indexOfName, requireUnique, sameName } from './names.js'
import type { Plan } from './plan.js'
import { aggregate, castTo, commonSchema, commonWidth, expand, project, union } from './planner.js'
import { type DataType, fieldNames, NullType, StringType, StructField, StructType, simpleString } from './types.js'

/** Whether Spark can tell whether two values of a type are equal: all but maps and what holds them. */
function isComparable(type: DataType): boolean {
  switch (type.kind) {
    case 'map':
      return false
    case 'array':
      return isComparable(type.elementType)
    case 'struct':
      return type.fields.every((field) => isComparable(field.dataType))
    default:
      return true
  }
}

/** @throws SchemaError for a column whose values cannot be compared. */
function requireComparable(fields: readonly StructField[], stage: string): void {
  const field = fields.find(({ dataType }) => !isComparable(dataType))
  if (!field) return
  throw new SchemaError(`column "${field.name}" of type ${simpleString(field.dataType)} holds maps`, {
    stage,
    column: field.name,
    hint: 'Leave it out: maps cannot be compared',
  })
}

/** `distinct`: equal rows once; nulls equal each other, so do NaNs and both zeros. */
export function distinct(input: Plan): Plan {
  requireComparable(input.schema.fields, 'distinct')
  if (input.schema.fields.length === 0) return input
  const plan = aggregate(input, columnsOf(input), [])
  return { ...plan, schema: input.schema }
}

/** `dropDuplicates` of columns: the first row of those that are equal in them. */
export function dropDuplicates(input: Plan, names: readonly string[]): Plan {
  const stage = 'dropDuplicates'
  const keys = fieldsOfNames(input.schema, names, stage)
  requireComparable(keys, stage)
  if (keys.length === input.schema.fields.length) return distinct(input)
  const first = (name: string): Expression => ({
    kind: 'alias',
    name,
    child: { kind: 'call', name: 'first', args: [attribute(name)] },
  })
  const others = input.schema.fields.filter((field) => !keys.includes(field))
  const groups = aggregate(
    input,
    keys.map((field) => attribute(field.name)),
    others.map((field) => first(field.name)),
  )
  return { ...project(groups, fieldNames(input.schema).map(attribute), stage), schema: input.schema }
}

/**
 * `unionByName`: the rows of both, columns matched by name.
 * @param allowMissing whether a column that one side lacks is null there; columns of the right side alone come last.
 * @throws SchemaError for names that are ambiguous, or missing where that is not allowed.
 */
export function unionByName(left: Plan, right: Plan, allowMissing: boolean): Plan {
  const stage = 'unionByName'
  for (const side of [left, right]) requireUnique(fieldNames(side.schema), stage)
  const has = (schema: StructType, name: string): boolean => schema.fields.some((field) => sameName(field.name, name))
  const absent = ({ name, dataType }: StructField): Expression => {
    const nothing: Expression = { kind: 'literal', value: null, dataType: NullType }
    return { kind: 'alias', name, child: { kind: 'cast', child: nothing, dataType } }
  }
  const added = allowMissing ? right.schema.fields.filter((field) => !has(left.schema, field.name)) : []
  const wide = project(left, [...fieldNames(left.schema).map(attribute), ...added.map(absent)], stage)
  if (!allowMissing) commonWidth(left.schema, right.schema, stage)
  const ordered = wide.schema.fields.map((field) =>
    allowMissing && !has(right.schema, field.name)
      ? absent(field)
      : attribute(right.schema.fields[indexOfName(right.schema, field.name, stage)].name),
  )
  return union(wide, project(right, ordered, stage), stage)
}

/**
 * `intersect` and `except`, of distinct rows or, with `all`, of rows that count one by one.
 * @throws SchemaError for another number of columns, and types that have none in common or cannot be compared.
 */
export function setOperation(left: Plan, right: Plan, operation: 'intersect' | 'except', all: boolean): Plan {
  const stage = all ? `${operation}All` : operation
  for (const side of [left, right]) requireComparable(side.schema.fields, stage)
  const common = commonSchema(left.schema, right.schema, stage)
  const schema = StructType(
    common.fields.map(({ name, dataType, metadata }, k) => {
      const { nullable } = left.schema.fields[k]
      const both = nullable && right.schema.fields[k].nullable
      return StructField(name, dataType, operation === 'intersect' ? both : nullable, metadata)
    }),
  )
  return { kind: 'setOperation', schema, operation, all, left: castTo(left, common), right: castTo(right, common) }
}

/**
 * `unpivot`: a row for each of the value columns.
 * @param labels what stands for the names of the value columns, by place.
 * @throws SchemaError when there is no value column, or they have no common type; text and numbers do not meet here.
 */
export function unpivot(
  input: Plan,
  ids: readonly string[],
  values: readonly string[] | null,
  variableName: string,
  valueName: string,
  labels?: readonly string[],
): Plan {
  const stage = 'unpivot'
  const { schema } = input
  const indexes = (names: readonly string[]): number[] => names.map((name) => indexOfName(schema, name, stage))
  requireTexts([...ids, ...(values ?? []), variableName, valueName], stage, 'names')
  const kept = indexes(ids)
  const turned = values ? indexes(values) : fieldNames(schema).flatMap((_, k) => (kept.includes(k) ? [] : [k]))
  if (turned.length === 0) {
    throw new SchemaError('there is no column to unpivot', { stage, hint: 'Name fewer columns as ids' })
  }
  const types = turned.map((k) => schema.fields[k].dataType)
  const type = types.slice(1).reduce<DataType | undefined>((a, b) => a && tightestType(a, b), types[0])
  if (!type) {
    throw new SchemaError('the columns have no common type', {
      stage,
      received: turned.map((k) => `${schema.fields[k].name} ${simpleString(schema.fields[k].dataType)}`).join(', '),
      hint: 'Cast them',
    })
  }
  const projections = turned.map((k, at): Expression[] => {
    const { name } = schema.fields[k]
    const variable: Expression = { kind: 'literal', value: labels?.[at] ?? name, dataType: StringType }
    const value: Expression = { kind: 'cast', child: attribute(name), dataType: type }
    return [
      ...kept.map((id) => attribute(schema.fields[id].name)),
      { kind: 'alias', child: variable, name: variableName },
      { kind: 'alias', child: value, name: valueName },
    ]
  })
  return expand(input, projections, stage)
}
