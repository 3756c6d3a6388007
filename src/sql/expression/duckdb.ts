import { UnsupportedError } from '../../errors.js'
import type { DataType, StructType } from '../types.js'
import { castSql } from './casts.js'
import { duckType, quoteName, quoteText } from './duck-types.js'
import { intervalSql } from './interval.js'
import type { Expression, FrameBound, WindowFrame } from './nodes.js'
import { orderKey } from './order-key.js'
import { fill } from './sql-text.js'
import { type Typed, type TypedCall, type } from './typed.js'

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
  call: (node) => compileCall(node, ''),
  lambda: ({ body }) => compile(body),
  variable: ({ sql }) => sql,
  window(node) {
    const parts = [
      ...(node.partitionBy.length > 0 ? [`PARTITION BY ${node.partitionBy.map(compile).join(', ')}`] : []),
      ...(node.orderBy.length > 0 ? [`ORDER BY ${node.orderBy.map(compile).join(', ')}`] : []),
      ...(node.frame ? [frameSql(node.frame, node.orderBy[0]?.dataType)] : []),
    ]
    return compileCall(node.child, ` OVER (${parts.join(' ')})`)
  },
  cast({ child, dataType, safe }) {
    if (child.dataType.kind === 'void') {
      const none = `CAST(NULL AS ${duckType(dataType)})`
      // What raises an error has no type, and must be computed all the same.
      return child.kind === 'call' ? `CASE WHEN ${compile(child)} IS NULL THEN ${none} END` : none
    }
    return fill(castSql(child.dataType, dataType, safe), [compile(child)])
  },
  case({ branches, otherwise }) {
    const parts = branches.map(([when, then]) => `WHEN ${compile(when)} THEN ${compile(then)}`)
    return `(CASE ${parts.join(' ')}${otherwise ? ` ELSE ${compile(otherwise)}` : ''} END)`
  },
  sort: ({ child, ascending, nullsFirst }) =>
    `${orderKey(child.dataType, compile(child))} ${ascending ? 'ASC' : 'DESC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
}

/** @param over text of the window, empty without one. */
function compileCall({ row, args, operands, distinct, filter }: TypedCall, over: string): string {
  const sql = over === '' ? row.sql : (row.windowSql ?? row.sql)
  const template = typeof sql === 'function' ? sql(operands) : sql
  if (distinct && !template.includes('$distinct')) throw new UnsupportedError(`${row.name}(DISTINCT …)`)
  const placed = template.replaceAll('$distinct', distinct ? 'DISTINCT' : '').replaceAll('$over', () => over)
  const texts = args.map(compile)
  if (filter) {
    if (row.filtered < 0) {
      throw new UnsupportedError(`${row.name} with FILTER`, { hint: 'Filter the rows before they are aggregated' })
    }
    texts[row.filtered] = `CASE WHEN ${compile(filter)} THEN ${texts[row.filtered]} END`
  }
  return fill(placed, texts, !row.aggregate && over === '')
}

function frameSql({ unit, lower, upper }: WindowFrame, order: DataType | undefined): string {
  const bound = (value: FrameBound): string => {
    if (typeof value !== 'number') {
      const { months, days, micros } = value
      const before = months < 0 || days < 0 || micros < 0
      const size = before ? { ...value, months: -months, days: -days, micros: -micros } : value
      return `${intervalSql(size)} ${before ? 'PRECEDING' : 'FOLLOWING'}`
    }
    if (value === 0) return 'CURRENT ROW'
    const size = Math.abs(value)
    const distance = order?.kind === 'date' && unit === 'range' ? `INTERVAL '${size}' DAY` : String(size)
    return `${Number.isFinite(value) ? distance : 'UNBOUNDED'} ${value < 0 ? 'PRECEDING' : 'FOLLOWING'}`
  }
  return `${unit.toUpperCase()} BETWEEN ${bound(lower)} AND ${bound(upper)}`
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
