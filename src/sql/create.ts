import { SchemaError } from '../errors.js'
import { shortText } from '../util/names.js'
import { TurnTaker } from '../util/turn-taker.js'
import { wrongArgument } from './arguments.js'
import type { ArrowTable } from './arrow.js'
import type { ColumnData, LocalTable } from './batch.js'
import { buildColumn } from './column-builder.js'
import { concatColumns } from './columns.js'
import { type DanfoDataFrame, danfoColumns, isDanfo } from './danfo.js'
import { parseSchema } from './ddl.js'
import { isArrowTable, tableOfArrow } from './from-arrow.js'
import { inferType } from './infer.js'
import {
  ByteType,
  type DataType,
  DoubleType,
  FloatType,
  fieldNames,
  IntegerType,
  LongType,
  ShortType,
  StructField,
  StructType,
  sameType,
  simpleString,
} from './types.js'

/** Rows as objects, or as arrays in the order of the schema. */
export type InputRows = readonly (object | readonly unknown[])[]
/** Columns by name; typed arrays are taken without a copy and must not be changed afterwards. */
export type InputColumns = Readonly<Record<string, ArrayLike<unknown>>>
/** A schema, its DDL text (`'id BIGINT, city STRING'`), or only the names of the columns. */
export type InputSchema = StructType | string | readonly string[]

/**
 * Where each logical partition starts when `length` rows are cut into `partitions` slices, as Spark's `parallelize` does:
 * partition i holds rows `floor(i * length / partitions)` to `floor((i + 1) * length / partitions)`.
 */
export function sliceBounds(length: number, partitions: number): number[] {
  return Array.from({ length: partitions + 1 }, (_, i) => Math.floor((i * length) / partitions))
}

/**
 * Table of JavaScript rows or columns, or of a danfo DataFrame.
 * @throws ParamError when the data are neither rows nor columns, or the schema is none.
 * @throws SchemaError when a type cannot be told, or names do not fit.
 * @throws DataError when a value does not fit its type.
 */
export function localTable(
  data: InputRows | InputColumns | ArrowTable | DanfoDataFrame,
  schema: InputSchema | undefined,
  partitions: number,
): LocalTable {
  if (typeof data !== 'object' || data === null) {
    const allowed = 'a list of rows, or columns by name'
    throw wrongArgument(data, {
      stage: 'createDataFrame',
      param: 'data',
      allowed,
      hint: 'Write [{ id: 1 }] or { id: [1] }',
    })
  }
  if (Symbol.asyncIterator in data) {
    throw wrongArgument(data, {
      stage: 'createDataFrame',
      param: 'data',
      allowed: 'rows or columns that are in memory',
      hint: 'Read rows that come one by one by fromAsync: await fromAsync(rows)',
    })
  }
  const typed = schemaOf(schema)
  const names = namesOf(schema, typed)
  if (isDanfo(data)) {
    const danfo = danfoColumns(data)
    return tableOfColumns(danfo.columns, names, typed ?? (names ? undefined : danfo.schema), partitions)
  }
  if (isArrowTable(data)) return arrowRows(data, names, typed, partitions)
  return Array.isArray(data)
    ? tableOfRows(data as InputRows, names, typed, partitions)
    : tableOfColumns(data as InputColumns, names, typed, partitions)
}

/** The rows of an Arrow table, its columns under other names where some are given. @throws SchemaError for a schema of other types. */
function arrowRows(
  data: ArrowTable,
  names: readonly string[] | undefined,
  typed: StructType | undefined,
  partitions: number,
): LocalTable {
  const table = tableOfArrow(data)
  const found = table.schema.fields
  if (names && names.length !== found.length) {
    throw new SchemaError(`the schema has ${names.length} columns, the table ${found.length}`, {
      stage: 'createDataFrame',
      received: fieldNames(table.schema).join(', '),
    })
  }
  const fields = found.map((field, k) => ({ ...field, ...typed?.fields[k], name: names?.[k] ?? field.name }))
  const other = fields.findIndex((field, k) => !sameType(field.dataType, found[k].dataType))
  if (other >= 0) {
    throw new SchemaError(`column "${found[other].name}" of the table is ${simpleString(found[other].dataType)}`, {
      stage: 'createDataFrame',
      column: found[other].name,
      allowed: `The schema says ${simpleString(fields[other].dataType)}`,
      hint: 'Leave the schema out, and cast the column afterwards',
    })
  }
  return { ...table, schema: StructType(fields), bounds: sliceBounds(table.length, partitions) }
}

/** Rows that are made into columns at a time. */
const STREAM_ROWS = 8192

/**
 * Table of rows that come one by one. With a schema, rows become columns some at a time; without one all are kept until their types are told.
 * @throws as `localTable`; what the source raises; the signal's reason.
 */
export async function tableOfStream(
  rows: AsyncIterable<object> | Iterable<object>,
  schema: InputSchema | undefined,
  partitions: number,
  signal?: AbortSignal,
): Promise<LocalTable> {
  const source: unknown = rows
  const isIterable =
    typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source)
  if (!isIterable) {
    const allowed = 'an iterable or async iterable of rows'
    throw wrongArgument(rows, { stage: 'fromAsync', param: 'rows', allowed })
  }
  const typed = schemaOf(schema)
  const parts: LocalTable[] = []
  let waiting: object[] = []
  const turns = new TurnTaker(signal)
  signal?.throwIfAborted()
  for await (const row of rows) {
    if (turns.due()) await turns.take()
    if (waiting.push(row) < STREAM_ROWS || !typed) continue
    parts.push(localTable(waiting, typed, 1))
    waiting = []
  }
  if (!typed) return localTable(waiting, schema, partitions)
  if (waiting.length > 0 || parts.length === 0) parts.push(localTable(waiting, typed, 1))
  const lengths = parts.map((part) => part.length)
  const length = lengths.reduce((sum, n) => sum + n, 0)
  const columns = typed.fields.map((_, k) =>
    concatColumns(
      parts.map((part) => part.columns[k]),
      lengths,
    ),
  )
  return { schema: typed, length, columns, bounds: sliceBounds(length, partitions) }
}

function schemaOf(schema: InputSchema | undefined): StructType | undefined {
  if (typeof schema === 'string') return parseSchema(schema)
  if (schema === undefined || Array.isArray(schema)) return undefined
  const given = schema as StructType | null
  if (given?.kind === 'struct') return given
  const allowed = 'a StructType, its text, or names of columns'
  throw wrongArgument(schema, {
    stage: 'createDataFrame',
    param: 'schema',
    allowed,
    hint: "Write 'id BIGINT, city STRING'",
  })
}

function namesOf(schema: InputSchema | undefined, typed: StructType | undefined): readonly string[] | undefined {
  const names = typed ? fieldNames(typed) : (schema as readonly string[] | undefined)
  const twice = names?.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new SchemaError(`column "${twice}" appears twice in the schema`, { column: twice })
  return names
}

function tableOfRows(
  rows: InputRows,
  names: readonly string[] | undefined,
  typed: StructType | undefined,
  partitions: number,
): LocalTable {
  const arrays = rows.length > 0 && Array.isArray(rows[0])
  const columns = names ?? keysOf(rows, arrays)
  rows.forEach((row, i) => {
    if (row === null || typeof row !== 'object' || Array.isArray(row) !== arrays) {
      throw new SchemaError(`rows must be all objects or all arrays, not ${shortText(row)}`, { row: i })
    }
    if (arrays && (row as readonly unknown[]).length !== columns.length) {
      throw new SchemaError(`the row has ${(row as readonly unknown[]).length} values for ${columns.length} columns`, {
        row: i,
      })
    }
  })
  const values = columns.map((name, k) =>
    rows.map((row) => (row as Record<string | number, unknown>)[arrays ? k : name]),
  )
  return assemble(columns, values, typed, rows.length, partitions)
}

/** Names of the columns in order of first appearance. */
function keysOf(rows: InputRows, arrays: boolean): string[] {
  if (rows.length === 0) {
    throw new SchemaError('the columns of an empty list of rows cannot be told', { hint: 'Give a schema' })
  }
  if (arrays) return (rows[0] as readonly unknown[]).map((_, k) => `_${k + 1}`)
  const names: string[] = []
  const seen = new Set<string>()
  for (const row of rows) {
    // Most rows have the names of the first in its order, which costs no list of them.
    let k = 0
    let same = true
    for (const name in row) same &&= name === names[k++]
    if (same && k === names.length) continue
    for (const name of Object.keys(row ?? {})) {
      if (seen.has(name)) continue
      seen.add(name)
      names.push(name)
    }
  }
  return names
}

function tableOfColumns(
  data: InputColumns,
  names: readonly string[] | undefined,
  typed: StructType | undefined,
  partitions: number,
): LocalTable {
  const columns = names ?? Object.keys(data)
  const missing = columns.find((name) => !Object.hasOwn(data, name))
  if (missing !== undefined) {
    throw new SchemaError(`the schema names column "${missing}", which the data do not have`, { column: missing })
  }
  const values = columns.map((name) => data[name])
  values.forEach((column: unknown, k) => {
    if (Array.isArray(column) || ArrayBuffer.isView(column)) return
    throw new SchemaError(`column "${columns[k]}" is ${shortText(column)}`, {
      stage: 'createDataFrame',
      column: columns[k],
      allowed: 'Allowed: an array or a typed array',
      received: shortText(column),
      hint: 'Columns are lists of values; a row is written in a list, [{ … }]',
    })
  })
  const length = values[0]?.length ?? 0
  values.forEach((column, k) => {
    if (column.length !== length) {
      throw new SchemaError(
        `column "${columns[k]}" has ${column.length} values, column "${columns[0]}" has ${length}`,
        {
          column: columns[k],
        },
      )
    }
  })
  return assemble(columns, values, typed, length, partitions)
}

function assemble(
  names: readonly string[],
  values: readonly ArrayLike<unknown>[],
  typed: StructType | undefined,
  length: number,
  partitions: number,
): LocalTable {
  const fields: StructField[] = []
  const columns: ColumnData[] = []
  names.forEach((name, k) => {
    const given = values[k]
    const direct = typedColumn(given)
    const field = typed?.fields[k] ?? StructField(name, direct?.type ?? inferType(given as readonly unknown[], name))
    const column =
      direct && simpleString(direct.type) === simpleString(field.dataType)
        ? direct.column
        : buildColumn(field.dataType, Array.isArray(given) ? given : Array.from(given), name)
    if (!field.nullable && column.valid !== null) {
      throw new SchemaError(`column "${name}" is declared NOT NULL and holds null`, { column: name })
    }
    fields.push(field)
    columns.push(column)
  })
  return { schema: typed ?? StructType(fields), length, columns, bounds: sliceBounds(length, partitions) }
}

/** Typed arrays whose type is that of a column are that column, without a look at their values. */
function typedColumn(values: ArrayLike<unknown>): { type: DataType; column: ColumnData } | undefined {
  if (values instanceof Float64Array) return { type: DoubleType, column: { kind: 'f64', data: values, valid: null } }
  if (values instanceof Int32Array) return { type: IntegerType, column: { kind: 'i32', data: values, valid: null } }
  if (values instanceof BigInt64Array) return { type: LongType, column: { kind: 'i64', data: values, valid: null } }
  if (values instanceof Float32Array) {
    return { type: FloatType, column: { kind: 'f64', data: Float64Array.from(values), valid: null } }
  }
  if (values instanceof Int16Array || values instanceof Int8Array) {
    const type = values instanceof Int8Array ? ByteType : ShortType
    return { type, column: { kind: 'i32', data: Int32Array.from(values), valid: null } }
  }
  return undefined
}
