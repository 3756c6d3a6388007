import { fieldIndex, fieldNames, numbered, type StructType } from '../types.js'
import { children } from './children.js'
import type { Expression } from './nodes.js'

/** Adds the columns that an expression may read: every spelling that could mean one, and all of them for a star. */
export function addReferences(expression: Expression, schema: StructType, into: Set<string>): void {
  if (expression.kind === 'star') for (const name of fieldNames(schema)) into.add(name)
  if (expression.kind === 'attribute') {
    const spellings = [expression.name, expression.qualifier].map((name) => name?.toLowerCase())
    for (const name of fieldNames(schema)) if (spellings.includes(name.toLowerCase())) into.add(name)
  }
  for (const child of children(expression)) addReferences(child, schema, into)
}

/** Index of the column that a name means: the exact name, else the one that differs in case only, else the numbered one (see `numbered`), else -1. */
export function columnIndex(schema: StructType, name: string): number {
  const exact = schema.fields.findIndex((field) => field.name === name)
  if (exact >= 0) return exact
  const found = schema.fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase())
  return found < 0 && /#\d+$/.test(name) ? fieldIndex(numbered(schema), name) : found
}

/** The column of the input that an output of a projection merely passes on, perhaps under another name, or -1. */
export function passedColumn(expression: Expression, schema: StructType): number {
  const bare = expression.kind === 'alias' ? expression.child : expression
  return bare.kind === 'attribute' && bare.qualifier === undefined ? columnIndex(schema, bare.name) : -1
}
