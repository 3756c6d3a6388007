import { SchemaError } from '../errors.js'
import { requireTexts } from './arguments.js'
import { Column } from './expression/column.js'
import type { Expression } from './expression/nodes.js'
import { type StructField, type StructType, unknownColumn } from './types.js'

/** Whether Spark takes two names for the same. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

export const attribute = (name: string): Expression => ({ kind: 'attribute', name })

/** The column of an exact name, whatever characters it has. */
export const columnOf = (name: string): Column => new Column(attribute(name))

/**
 * Index of the column that a name means, without regard to case.
 * @throws SchemaError when there is none, or several.
 */
export function indexOfName(schema: StructType, name: string, stage: string): number {
  const found = schema.fields.flatMap((field, k) => (sameName(field.name, name) ? [k] : []))
  if (found.length === 1) return found[0]
  if (found.length === 0) throw unknownColumn(schema, name, stage)
  throw new SchemaError(`column "${name}" is ambiguous: ${found.length} columns have that name`, {
    stage,
    column: name,
    hint: 'Rename one of them',
  })
}

/** The fields of the named columns, each once, in the order of the schema; all of them when no names are given. */
export function fieldsOfNames(
  schema: StructType,
  names: readonly string[] | undefined,
  stage: string,
): readonly StructField[] {
  if (names === undefined) return schema.fields
  requireTexts(names, stage, 'columns')
  const wanted = new Set(names.map((name) => indexOfName(schema, name, stage)))
  return schema.fields.filter((_, k) => wanted.has(k))
}

/** @throws SchemaError when two names are the same. */
export function requireUnique(names: readonly string[], stage: string): void {
  const lower = names.map((name) => name.toLowerCase())
  const twice = names.find((_, k) => lower.indexOf(lower[k]) !== k)
  if (twice === undefined) return
  throw new SchemaError(`column "${twice}" appears twice`, {
    stage,
    column: twice,
    hint: 'As in Spark, names that differ by case alone are the same',
  })
}
