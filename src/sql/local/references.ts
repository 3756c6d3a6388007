import { children } from '../expression/children.js'
import type { Expression } from '../expression/nodes.js'
import { fieldNames, type StructType } from '../types.js'

/** Adds the columns that an expression may read: every spelling that could mean one, and all of them for a star. */
export function addReferences(expression: Expression, schema: StructType, into: Set<string>): void {
  if (expression.kind === 'star') for (const name of fieldNames(schema)) into.add(name)
  if (expression.kind === 'attribute') {
    const spellings = [expression.name, expression.qualifier].map((name) => name?.toLowerCase())
    for (const name of fieldNames(schema)) if (spellings.includes(name.toLowerCase())) into.add(name)
  }
  for (const child of children(expression)) addReferences(child, schema, into)
}

/** The column of the input that an output of a projection merely passes on, perhaps under another name, or -1. */
export function passedColumn(expression: Expression, schema: StructType): number {
  const bare = expression.kind === 'alias' ? expression.child : expression
  if (bare.kind !== 'attribute' || bare.qualifier !== undefined) return -1
  const exact = schema.fields.findIndex((field) => field.name === bare.name)
  if (exact >= 0) return exact
  const lower = bare.name.toLowerCase()
  return schema.fields.findIndex((field) => field.name.toLowerCase() === lower)
}
