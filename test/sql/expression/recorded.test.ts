import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileExpression } from '../../../src/sql/expression/duckdb.js'
import { parseExpression } from '../../../src/sql/expression/parser.js'
import { expandStars, resolve } from '../../../src/sql/expression/resolve.js'
import { simpleString } from '../../../src/sql/types.js'
import { KNOWN } from './known.js'
import { agree, isError, probeTable, recorded, schema, type Value } from './recorded.js'

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

/** Whether a text that is an error in every row, such as a bad pattern, is one before a row is seen. */
function refuses(compile: () => string): boolean {
  try {
    compile()
    return false
  } catch (error) {
    expect(error).toMatchObject({ code: 'SCHEMA' })
    return true
  }
}

/** The value of a query, or the recorded form of any error. */
async function answer(sql: string, probe: { expression: string }) {
  const [tree] = expandStars([parseExpression(probe.expression)], schema)
  const { field } = resolve(tree, schema)
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
      const [tree] = expandStars([parseExpression(expression)], schema)
      if (probe.values.every(isError) && refuses(() => compileExpression(tree, schema))) return
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

describe(`windows answer as Spark ${recorded.spark}`, () => {
  for (const probe of recorded.windows) {
    const { expression } = probe
    check(expression)(label(expression), async () => {
      if (probe.refused) {
        expect(() => compileExpression(parseExpression(expression), schema)).toThrow(
          expect.objectContaining({ code: 'SCHEMA' }),
        )
        return
      }
      const tree = parseExpression(expression)
      const { field } = resolve(tree, schema)
      expect([field.name, simpleString(field.dataType), field.nullable]).toEqual([
        probe.name,
        probe.type,
        probe.nullable,
      ])
      const sql = `SELECT x FROM (SELECT "id", ${compileExpression(tree, schema)} AS x FROM probe) ORDER BY "id"`
      const ours = await answer(sql, probe)
      if (isError(probe.values as Value)) expect(ours, sql).toSatisfy(isError)
      else expectAgreement(ours, probe.values as Value, sql, 1e-13)
    })
  }
})
