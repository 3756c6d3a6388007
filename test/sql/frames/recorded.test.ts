import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RidgelineError } from '../../../src/errors.js'
import { DataFrame } from '../../../src/sql/dataframe.js'
import { parseSchema } from '../../../src/sql/ddl.js'
import { createDataFrame } from '../../../src/sql/session.js'
import { type DataType, type StructType, simpleString } from '../../../src/sql/types.js'
import { type Frames, operations } from './spark-cases.js'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
interface Case {
  readonly case: string
  readonly ordered: boolean
  readonly refused?: string
  readonly schema?: readonly (readonly [name: string, type: string, nullable: boolean])[]
  readonly rows?: readonly (readonly Json[])[]
  readonly value?: Json
}

/** Cases whose answer differs from Spark's, with the reason. An entry that starts to agree fails. */
const KNOWN: Readonly<Record<string, string>> = {
  'range over dates': 'Spark counts days in SQL only; its Window wants intervals for dates',
  'pivot by doubles': 'Spark never finds the rows of the column NaN',
}

const lines = readFileSync(new URL('data/spark.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((l) => JSON.parse(l))
const cases: Case[] = lines.filter((line) => 'case' in line)

/** A value as record.py writes it, as createDataFrame takes it. */
function decode(value: Json, type: DataType): unknown {
  if (value === null) return null
  switch (type.kind) {
    case 'double':
      return Number(value)
    case 'date':
    case 'timestamp':
      return new Date(
        String(value)
          .replace(' ', 'T')
          .replace(/([0-9])$/, type.kind === 'date' ? '$1' : '$1Z'),
      )
    case 'array':
      return (value as readonly Json[]).map((item) => decode(item, type.elementType))
    case 'struct':
      return Object.fromEntries(type.fields.map((f, k) => [f.name, decode((value as readonly Json[])[k], f.dataType)]))
    case 'map': {
      const { map } = value as { map: [Json, Json][] }
      return new Map(map.map(([k, v]) => [decode(k, type.keyType), decode(v, type.valueType)]))
    }
    default:
      return value
  }
}

/** A value as `collect` gives it, in the form of record.py. */
function encode(value: unknown, type?: DataType): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return String(value)
    return Object.is(value, -0) ? '-0.0' : value
  }
  if (value instanceof Date) {
    const text = value.toISOString()
    return type?.kind === 'date' ? text.slice(0, 10) : `${text.slice(0, -1).replace('T', ' ')}000`
  }
  if (value instanceof Map) {
    const types = type?.kind === 'map' ? type : undefined
    return { map: [...value].map(([k, v]) => [encode(k, types?.keyType), encode(v, types?.valueType)]) }
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const element = type?.kind === 'array' ? type.elementType : undefined
    return Array.from(value as ArrayLike<unknown>, (item) => encode(item, element))
  }
  if (typeof value === 'object' && type?.kind === 'struct') {
    return type.fields.map((field) => encode((value as Record<string, unknown>)[field.name], field.dataType))
  }
  return value as Json
}

const rowsOf = (schema: StructType, rows: readonly Record<string, unknown>[]): Json[][] =>
  rows.map((row) => schema.fields.map((field) => encode(row[field.name], field.dataType)))

/** Doubles agree to some units in the last place: sums are formed in another order. */
function agree(ours: Json, spark: Json): boolean {
  if (Array.isArray(ours) && Array.isArray(spark)) {
    return ours.length === spark.length && ours.every((value, i) => agree(value, spark[i]))
  }
  if (typeof ours === 'number' && typeof spark === 'number') {
    return Math.abs(ours - spark) <= 1e-13 * Math.max(Math.abs(ours), Math.abs(spark))
  }
  const numbers = typeof ours === 'string' && typeof spark === 'string' ? [Number(ours), Number(spark)] : []
  if (numbers.length > 0 && numbers.every(Number.isFinite) && ours !== '') return agree(numbers[0], numbers[1])
  return JSON.stringify(ours) === JSON.stringify(spark)
}

const sorted = (rows: readonly (readonly Json[])[]): (readonly Json[])[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const frames = Object.fromEntries(
  lines
    .filter((line) => 'input' in line)
    .map((line): [string, DataFrame] => {
      const schema = parseSchema(line.schema)
      const rows = (line.rows as Json[][]).map((row) => row.map((value, k) => decode(value, schema.fields[k].dataType)))
      return [line.input, createDataFrame(rows, schema)]
    }),
) as Frames

describe(`operations on frames answer as Spark ${lines[0].spark}`, () => {
  it('has the same operations in both languages', () => {
    expect(Object.keys(operations).sort()).toEqual(cases.map((recorded) => recorded.case).sort())
  })

  for (const recorded of cases) {
    const known = KNOWN[recorded.case]
    const test = known ? it.fails : it
    test(known ? `${recorded.case} (${known})` : recorded.case, async () => {
      const operation = operations[recorded.case]
      if (recorded.refused) {
        const refusal = (async () => {
          const result = await operation(frames)
          if (result instanceof DataFrame) await result.collect()
        })()
        await expect(refusal).rejects.toThrow(RidgelineError)
        return
      }
      const result = await operation(frames)
      if (!(result instanceof DataFrame)) {
        const value = encode(result)
        if (!agree(value, recorded.value ?? null)) expect(value).toEqual(recorded.value)
        return
      }
      const schema = result.schema.fields.map((field) => [field.name, simpleString(field.dataType), field.nullable])
      expect(schema).toEqual(recorded.schema)
      // Columns may share a name, which rows cannot.
      const numbered = result.toDF(...result.columns.map((_, k) => `c${k}`))
      const rows = rowsOf(numbered.schema, await numbered.collect())
      const [ours, spark] = recorded.ordered ? [rows, recorded.rows!] : [sorted(rows), sorted(recorded.rows!)]
      if (!agree(ours, spark)) expect(ours).toEqual(spark)
    })
  }
})
