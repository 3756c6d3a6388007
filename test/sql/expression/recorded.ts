import { readFileSync } from 'node:fs'
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { parseDataType } from '../../../src/sql/ddl.js'
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
  readonly scalars: readonly (Answer & { readonly values: readonly Value[] })[]
  readonly aggregates: readonly (Answer & { readonly values: Readonly<Record<string, Value>> })[]
}

const lines = readFileSync(new URL('data/spark.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

export const recorded: Recorded = {
  spark: lines[0].spark,
  groups: lines[0].groups,
  columns: lines.flatMap((line) => line.column ?? []),
  scalars: lines.flatMap((line) => line.scalar ?? []),
  aggregates: lines.flatMap((line) => line.aggregate ?? []),
}

export const schema = StructType(
  recorded.columns.map(({ name, type, values }) => StructField(name, parseDataType(type), values.includes(null))),
)

const ENGINE_TYPES: Readonly<Record<string, string>> = { STRING: 'VARCHAR', TIMESTAMP: 'TIMESTAMPTZ' }

/** A connection to an engine with the recorded rows in table `probe`. */
export async function probeTable() {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const types = recorded.columns.map(({ type }) => ENGINE_TYPES[type] ?? type)
  const cell = (value: Value, k: number) =>
    value === null
      ? 'NULL'
      : `CAST('${(Object.is(value, -0) ? '-0.0' : String(value)).replaceAll("'", "''")}' AS ${types[k]})`
  const rows = recorded.columns[0].values.map(
    (_, r) => `(${recorded.columns.map((c, k) => cell(c.values[r], k)).join(', ')})`,
  )
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`CREATE TABLE probe(${recorded.columns.map((c, k) => `"${c.name}" ${types[k]}`).join(', ')})`)
  await connection.run(`INSERT INTO probe VALUES ${rows.join(', ')}`)
  return {
    /** First column of a query, in the recorded form of a type. */
    async values(sql: string, type: DataType): Promise<Value[]> {
      const reader = await connection.runAndReadAll(sql)
      return reader.getColumns()[0].map((value) => encode(value, type))
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** A value of the engine as record.py writes it. */
function encode(value: DuckDBValue, type: DataType): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') {
    return value > -(2n ** 53n) && value < 2n ** 53n ? Number(value) : String(value)
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return String(value)
    return Object.is(value, -0) && type.kind !== 'integer' ? '-0.0' : value
  }
  if (type.kind === 'date') return String(value)
  if (type.kind === 'timestamp') {
    const [text] = String(value).split('+')
    const [whole, fraction = ''] = text.split('.')
    return `${whole}.${fraction.padEnd(6, '0')}`
  }
  if (type.kind === 'array' && typeof value === 'object' && 'items' in value) {
    return (value.items as DuckDBValue[]).map((item) => encode(item, type.elementType))
  }
  if (type.kind === 'struct' && typeof value === 'object' && 'entries' in value) {
    const entries = value.entries as Record<string, DuckDBValue>
    return type.fields.map((field) => encode(entries[field.name], field.dataType))
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
