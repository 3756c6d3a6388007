import { readFileSync } from 'node:fs'
import { type ColumnData, isValid } from '../../../src/sql/batch.js'
import { columnReader, timestampValue } from '../../../src/sql/column-reader.js'
import { parseDataType } from '../../../src/sql/ddl.js'
import { borderType, duckType } from '../../../src/sql/expression/duck-types.js'
import { compileExpression } from '../../../src/sql/expression/duckdb.js'
import { parseExpression } from '../../../src/sql/expression/parser.js'
import { resolve } from '../../../src/sql/expression/resolve.js'
import { DuckDB } from '../../../src/sql/local/duckdb.js'
import type { Row } from '../../../src/sql/row.js'
import { type DataType, StructField, StructType, simpleString } from '../../../src/sql/types.js'

/** A value as record.py writes it. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly error: string }

interface Answer {
  readonly expression: string
  readonly refused?: string
  readonly name: string
  readonly type: string
  readonly nullable: boolean
}

/** What Spark answered: one value a row for scalars, one value a group of rows for aggregates. See data/record.py. */
export interface Recorded {
  readonly spark: string
  readonly groups: Readonly<Record<string, string>>
  readonly columns: readonly { readonly name: string; readonly type: string; readonly values: readonly Value[] }[]
  /** Columns that expressions over the others give. */
  readonly derived: readonly { readonly name: string; readonly expression: string }[]
  readonly scalars: readonly (Answer & { readonly values: readonly Value[] })[]
  readonly aggregates: readonly (Answer & { readonly values: Readonly<Record<string, Value>> })[]
  /** One value a row, in the order of `id`; or one error for all. */
  readonly windows: readonly (Answer & { readonly values: readonly Value[] | { readonly error: string } })[]
}

const lines = readFileSync(new URL('data/spark.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

export const recorded: Recorded = {
  spark: lines[0].spark,
  groups: lines[0].groups,
  columns: lines.flatMap((line) => line.column ?? []),
  derived: lines.flatMap((line) => line.derived ?? []),
  scalars: lines.flatMap((line) => line.scalar ?? []),
  aggregates: lines.flatMap((line) => line.aggregate ?? []),
  windows: lines.flatMap((line) => line.window ?? []),
}

const given = StructType(
  recorded.columns.map(({ name, type, values }) => StructField(name, parseDataType(type), values.includes(null))),
)

const derived = recorded.derived.map(({ name, expression }) => ({ name, tree: parseExpression(expression) }))

export const schema = StructType([
  ...given.fields,
  ...derived.map(({ name, tree }) => ({ ...resolve(tree, given).field, name })),
])

/** An engine with the recorded rows in table `probe`. */
export async function probeTable() {
  const engine = await DuckDB.open({ threads: 1 })
  const types = given.fields.map(({ dataType }) => duckType(dataType))
  const cell = (value: Value, k: number) =>
    value === null
      ? 'NULL'
      : `CAST('${(Object.is(value, -0) ? '-0.0' : String(value)).replaceAll("'", "''")}' AS ${types[k]})`
  const rows = recorded.columns[0].values.map(
    (_, r) => `(${recorded.columns.map((c, k) => cell(c.values[r], k)).join(', ')})`,
  )
  await engine.run(`CREATE TABLE given(${recorded.columns.map((c, k) => `"${c.name}" ${types[k]}`).join(', ')})`)
  await engine.run(`INSERT INTO given VALUES ${rows.join(', ')}`)
  const columns = derived.map(
    ({ name, tree }, k) =>
      `CAST(${compileExpression(tree, given)} AS ${duckType(schema.fields[given.fields.length + k].dataType)}) AS "${name}"`,
  )
  await engine.run(`CREATE TABLE probe AS SELECT ${['*', ...columns].join(', ')} FROM given ORDER BY "id"`)
  return {
    /** The one column of a query, in the recorded form of a type. */
    async values(sql: string, type: DataType): Promise<Value[]> {
      const border = borderType(type)
      const typed = `SELECT CAST(x AS ${duckType(border)}) AS x FROM (${sql}) AS query(x)`
      const values: Value[] = []
      for await (const { columns, length } of engine.stream(typed, [StructField('x', border)], undefined)) {
        const read = reader(columns[0], border)
        for (let row = 0; row < length; row++) values.push(read(row))
      }
      return values
    },
    close: () => engine.close(),
  }
}

/** Reader of a column in the form of record.py, which writes timestamps with microseconds. */
function reader(column: ColumnData, type: DataType): (row: number) => Value {
  if (type.kind === 'timestamp' && column.kind === 'i64') {
    return (row) => (isValid(column.valid, row) ? timestampText(column.data[row]) : null)
  }
  const read = columnReader(column, type)
  return (row) => encode(read(row), type)
}

function timestampText(micros: bigint): string {
  const text = timestampValue(micros).toISOString().replace('T', ' ')
  return `${text.slice(0, -4)}${String(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n).padStart(6, '0')}`
}

/** A value as `collect` gives it, as record.py writes it. */
function encode(value: unknown, type: DataType): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return String(value)
    return Object.is(value, -0) && type.kind !== 'integer' ? '-0.0' : value
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (type.kind === 'date') return (value as Date).toISOString().slice(0, 10)
  if (type.kind === 'array') return (value as unknown[]).map((item) => encode(item, type.elementType))
  if (type.kind === 'map') {
    return [...(value as Map<unknown, unknown>)].map(([k, v]) => [encode(k, type.keyType), encode(v, type.valueType)])
  }
  if (type.kind === 'timestamp') return `${(value as Date).toISOString().slice(0, -1).replace('T', ' ')}000`
  if (type.kind === 'struct') {
    return type.fields.map((field) => encode((value as Row)[field.name], field.dataType))
  }
  throw new Error(`no recorded form of ${String(value)} as ${simpleString(type)}`)
}

/** Whether two recorded values agree; doubles to 1e-14 relatively: libm and Java's fdlibm differ in the last bits. */
export function agree(ours: Value, spark: Value, tolerance = 1e-14): boolean {
  if (Array.isArray(ours) && Array.isArray(spark)) {
    return ours.length === spark.length && ours.every((value, i) => agree(value, spark[i], tolerance))
  }
  if (typeof ours === 'number' && typeof spark === 'number') {
    return Math.abs(ours - spark) <= tolerance * Math.max(Math.abs(ours), Math.abs(spark))
  }
  return ours === spark
}

export const isError = (value: Value): value is { readonly error: string } =>
  value !== null && typeof value === 'object' && 'error' in value
