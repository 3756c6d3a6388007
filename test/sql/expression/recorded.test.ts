import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileExpression } from '../../../src/sql/expression/duckdb.js'
import { parseExpression } from '../../../src/sql/expression/parser.js'
import { resolve } from '../../../src/sql/expression/resolve.js'
import { simpleString } from '../../../src/sql/types.js'
import { agree, isError, probeTable, recorded, schema, type Value } from './recorded.js'

/** Probes whose answer differs from Spark's, with the reason. An entry that starts to agree fails. */
const KNOWN: Readonly<Record<string, string>> = {
  'i + 1 BETWEEN 0 AND 5 AND b': 'the engine tests b first and never meets the overflow',
  "s LIKE 'a!.%' ESCAPE '!'": 'Spark refuses an escape before an ordinary character, the engine takes it',
  "date('2020-01-01')": 'Spark does not show a cast that is written as a function',
  "timestamp('2020-01-01 00:00:00')": 'Spark does not show a cast that is written as a function',
  'dt + 1': 'named (dt + 1): names do not depend on types here',
  'dt - 1': 'named (dt - 1): names do not depend on types here',
  "date_trunc('HOUR', ts)": 'not implemented yet',
  "trunc(dt, 'MM')": 'not implemented yet',
  'array(i, j)[2]': 'Spark calls the result of an index outside an array literal not nullable',
  'array(1, 2)[j]': 'Spark 4.0.1 answers the first element for a null index into an array literal',
  "i IN ('a', 'b')": 'the engine casts the literals before it sees that the value is null',
  'sum(l)': 'the engine sums in 128 bits, so only the final sum can overflow',
  'collect_set(b)': 'the order of a set is not defined',
  'mode(b)': 'not implemented yet',
  'skewness(i)': 'symmetric around a huge value: the digits that remain are rounding errors in both',
  'approx_count_distinct(b)': 'not implemented yet',
}

let table: Awaited<ReturnType<typeof probeTable>>
beforeAll(async () => {
  table = await probeTable()
})
afterAll(() => table.close())

const check = (expression: string) => (KNOWN[expression] ? it.fails : it)
const label = (expression: string) => (KNOWN[expression] ? `${expression} (${KNOWN[expression]})` : expression)

/** Fails with both values where they do not agree. */
function expectAgreement(ours: Value, spark: Value, sql: string, tolerance?: number): void {
  if (!agree(ours, spark, tolerance)) expect(ours, sql).toEqual(spark)
}

/** The value of a query, or the recorded form of any error. */
async function answer(sql: string, probe: { expression: string }) {
  const { field } = resolve(parseExpression(probe.expression), schema)
  try {
    return await table.values(sql, field.dataType)
  } catch (error) {
    return { error: String(error) }
  }
}

describe(`scalar expressions answer as Spark ${recorded.spark}`, () => {
  for (const probe of recorded.scalars) {
    const { expression } = probe
    check(expression)(label(expression), async () => {
      if (probe.refused) {
        expect(() => resolve(parseExpression(expression), schema)).toThrow(expect.objectContaining({ code: 'SCHEMA' }))
        return
      }
      const tree = parseExpression(expression)
      const { field } = resolve(tree, schema)
      expect([field.name, simpleString(field.dataType), field.nullable]).toEqual([
        probe.name,
        probe.type,
        probe.nullable,
      ])
      const sql = `SELECT ${compileExpression(tree, schema)} FROM probe`
      if (!probe.values.some(isError)) {
        const ours = await answer(`${sql} ORDER BY "id"`, probe)
        expectAgreement(ours, probe.values, sql)
        return
      }
      for (const [id, spark] of probe.values.entries()) {
        const ours = await answer(`${sql} WHERE "id" = ${id}`, probe)
        if (isError(spark)) expect(ours, `${sql} of row ${id}`).toSatisfy(isError)
        else expectAgreement(ours, [spark], `${sql} of row ${id}`)
      }
    })
  }
})

describe(`aggregates answer as Spark ${recorded.spark}`, () => {
  for (const probe of recorded.aggregates) {
    const { expression } = probe
    check(expression)(label(expression), async () => {
      if (probe.refused) {
        expect(() => resolve(parseExpression(expression), schema)).toThrow(expect.objectContaining({ code: 'SCHEMA' }))
        return
      }
      const tree = parseExpression(expression)
      const { field } = resolve(tree, schema)
      expect([field.name, simpleString(field.dataType), field.nullable]).toEqual([
        probe.name,
        probe.type,
        probe.nullable,
      ])
      for (const [group, spark] of Object.entries(probe.values)) {
        const where = compileExpression(parseExpression(recorded.groups[group]), schema)
        const sql = `SELECT ${compileExpression(tree, schema)} FROM (SELECT * FROM probe WHERE ${where} ORDER BY "id")`
        const ours = await answer(sql, probe)
        if (isError(spark)) expect(ours, sql).toSatisfy(isError)
        // Sums of few values in another order: some units in the last place.
        else expectAgreement(ours, [spark], sql, 1e-13)
      }
    })
  }
})
