import { SchemaError } from '../../errors.js'
import { StructField, type StructType } from '../types.js'
import { children } from './children.js'
import { functionTable } from './function-table.js'
import { mapChildren } from './map-children.js'
import type { Expression } from './nodes.js'
import { outputName, title } from './title.js'
import { type Typed, type } from './typed.js'

/** Whether the expression itself is the call of an aggregate. */
export const isAggregateCall = (expression: Expression): boolean =>
  expression.kind === 'call' && functionTable().get(expression.name.toLowerCase())?.[0].aggregate === true

/** Whether the expression aggregates rows anywhere inside. */
export const isAggregate = (expression: Expression): boolean =>
  isAggregateCall(expression) || children(expression).some(isAggregate)

/** Whether the expression computes something over a window anywhere inside. */
export const hasWindow = (expression: Expression): boolean =>
  expression.kind === 'window' || children(expression).some(hasWindow)

/** The expressions with every `*` replaced by all columns of the schema. */
export const expandStars = (expressions: readonly Expression[], schema: StructType): Expression[] =>
  expressions.flatMap((expression) =>
    expression.kind === 'star'
      ? schema.fields.map(({ name }): Expression => ({ kind: 'attribute', name }))
      : [expandInside(expression, schema)],
  )

/** `struct(*)` is the struct of all columns; the star of `count(*)` stays. */
function expandInside(expression: Expression, schema: StructType): Expression {
  const inside = mapChildren(expression, (child) => expandInside(child, schema))
  if (inside.kind !== 'call' || !/^(struct|array|coalesce|greatest|least|concat|hash|xxhash64)$/i.test(inside.name))
    return inside
  return { ...inside, args: expandStars(inside.args, schema) }
}

function refuseNested(expression: Expression, inside: boolean, stage?: string): void {
  const aggregate = isAggregateCall(expression)
  if (aggregate && inside) {
    throw new SchemaError(`the aggregate ${title(expression)} stands inside another aggregate`, {
      stage,
      received: title(expression),
      hint: 'Aggregate in two steps',
    })
  }
  for (const child of children(expression)) refuseNested(child, inside || aggregate, stage)
}

/** Metadata of a column is kept by the column itself and by an alias of it. */
const metadataOf = (expression: Expression, typed: Typed): StructField['metadata'] => {
  if (expression.kind === 'alias' && expression.metadata) return expression.metadata
  return typed.kind === 'attribute' ? typed.field.metadata : {}
}

/**
 * The output column of an expression over a schema: name, type, nullability and metadata as Spark gives them.
 * @param stage name of the operation, for errors.
 * @throws SchemaError for an unknown or ambiguous column, an unknown function, arguments of a wrong type, nested aggregates.
 */
export function resolve(expression: Expression, schema: StructType, stage?: string): { readonly field: StructField } {
  refuseNested(expression, false, stage)
  const typed = type(expression, schema, stage)
  const { dataType, nullable } = typed
  return { field: StructField(outputName(expression), dataType, nullable, metadataOf(expression, typed)) }
}
