import { UnsupportedError } from '../../errors.js'
import type { StructType } from '../types.js'
import { castSql } from './casts.js'
import { duckType, quoteName, quoteText } from './duck-types.js'
import type { Expression } from './nodes.js'
import { fill } from './sql-text.js'
import { type Typed, type } from './typed.js'

type Compilers = { [K in Typed['kind']]: (node: Extract<Typed, { kind: K }>) => string }

const COMPILERS: Compilers = {
  attribute: ({ field, qualifier }) =>
    qualifier === undefined ? quoteName(field.name) : `${quoteName(qualifier)}.${quoteName(field.name)}`,
  literal({ value, dataType }) {
    if (value === null) return 'NULL'
    if (typeof value === 'string') return quoteText(value)
    // Text is exact for every type, and the cast keeps the engine from choosing another one (1.5 is a decimal there).
    const text =
      value instanceof Date ? value.toISOString().slice(0, dataType.kind === 'date' ? 10 : undefined) : String(value)
    return `CAST(${quoteText(Object.is(value, -0) ? '-0' : text)} AS ${duckType(dataType)})`
  },
  call({ row, args, operands, distinct }) {
    const template = typeof row.sql === 'function' ? row.sql(operands) : row.sql
    if (distinct && !template.includes('$distinct')) throw new UnsupportedError(`${row.name}(DISTINCT …)`)
    const sql = template.replaceAll('$distinct', distinct ? 'DISTINCT' : '')
    return fill(sql, args.map(compile), !row.aggregate)
  },
  cast({ child, dataType, safe }) {
    if (child.dataType.kind === 'void') return `CAST(NULL AS ${duckType(dataType)})`
    return fill(castSql(child.dataType, dataType, safe), [compile(child)])
  },
  case({ branches, otherwise }) {
    const parts = branches.map(([when, then]) => `WHEN ${compile(when)} THEN ${compile(then)}`)
    return `(CASE ${parts.join(' ')}${otherwise ? ` ELSE ${compile(otherwise)}` : ''} END)`
  },
  sort: ({ child, ascending, nullsFirst }) =>
    `${compile(child)} ${ascending ? 'ASC' : 'DESC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
}

function compile(node: Typed): string {
  return (COMPILERS[node.kind] as (node: Typed) => string)(node)
}

/**
 * DuckDB SQL of an expression over the columns of a schema, with Spark's results: casts, guards and errors included. An alias
 * compiles to what it names; a sort order to `value ASC NULLS FIRST`. The session's time zone must be UTC.
 * @throws SchemaError where the expression does not fit the schema; UnsupportedError for what the engine cannot do.
 */
export function compileExpression(expression: Expression, schema: StructType): string {
  return compile(type(expression, schema))
}
