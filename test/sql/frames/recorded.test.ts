import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RidgelineError } from '../../../src/errors.js'
import { DataFrame } from '../../../src/sql/dataframe.js'
import { parseSchema } from '../../../src/sql/ddl.js'
import { createDataFrame } from '../../../src/sql/session.js'
import { simpleString } from '../../../src/sql/types.js'
import { type Frames, operations } from './spark-cases.js'
import { agree, decode, encode, type Json, rowsOf, sorted } from './values.js'

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
