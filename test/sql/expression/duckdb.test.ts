import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileExpression } from '../../../src/sql/expression/duckdb.js'
import { col, lit } from '../../../src/sql/expression/functions.js'
import { parseExpression } from '../../../src/sql/expression/parser.js'
import { resolve } from '../../../src/sql/expression/resolve.js'
import { StringType, StructField, StructType } from '../../../src/sql/types.js'
import { probeTable, schema } from './recorded.js'

let table: Awaited<ReturnType<typeof probeTable>>
beforeAll(async () => {
  table = await probeTable()
})
afterAll(() => table.close())

const first = async (text: string) => {
  const tree = parseExpression(text)
  const { dataType } = resolve(tree, schema).field
  const [value] = await table.values(`SELECT ${compileExpression(tree, schema)} FROM probe WHERE id = 0`, dataType)
  return value
}

describe('quoting', () => {
  it.each(["x'); DROP TABLE probe; --", 'back\\slash', '"quoted"', "''", '$1 $*'])(
    'the string %s stays a string',
    async (text) => {
      const sql = `SELECT ${compileExpression(lit(text).expression, schema)}`
      expect(await table.values(sql, StringType)).toEqual([text])
    },
  )

  it('a column may have any name', async () => {
    const name = 'a" FROM probe; DROP TABLE probe; --'
    const odd = StructType([StructField(name, StringType)])
    const sql = compileExpression(col(`\`${name}\``).expression, odd)
    expect(sql).toBe(`"${name.replaceAll('"', '""')}"`)
  })
})

describe('nested guards', () => {
  it('grow linearly, not exponentially, and keep their values', async () => {
    // 1 / (1 / (… (1 / d))) with an even number of levels is d, 1.5 in the first row.
    const nested = (depth: number): string => (depth === 0 ? 'd' : `1 / (${nested(depth - 1)})`)
    expect(compileExpression(parseExpression(nested(40)), schema).length).toBeLessThan(40_000)
    expect(await first(nested(40))).toBeCloseTo(1.5, 12)
  })

  it('work around aggregates', async () => {
    const nested = (depth: number): string => (depth === 0 ? 'sum(d)' : `1 / (${nested(depth - 1)})`)
    expect(await first(nested(20))).toBeCloseTo(1.5, 12)
  })
})

it('DISTINCT is refused where it is not supported', () => {
  expect(() => compileExpression(parseExpression('upper(DISTINCT s)'), schema)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED' }),
  )
})
