import { describe, expect, it } from 'vitest'
import type { Column } from '../../../src/sql/expression/column.js'
import { FUNCTIONS } from '../../../src/sql/expression/function-table.js'
import * as functions from '../../../src/sql/expression/functions.js'
import { parseExpression } from '../../../src/sql/expression/parser.js'
import { DoubleType, IntegerType, LongType, NullType, StringType, TimestampType } from '../../../src/sql/types.js'

const { col, count_distinct, expr, lit, when } = functions
const a = col('a')
const b = col('b')

describe('Column', () => {
  // The method builds the tree that the SQL text means; what the tree does is compared with Spark in recorded.test.ts.
  it.each<[Column, string]>([
    [a.eq(1), 'a = 1'],
    [a.notEqual(b), 'a <> b'],
    [a.eqNullSafe(null), 'a <=> NULL'],
    [a.gt(b).and(a.leq(2)).or(b.not()), 'a > b AND a <= 2 OR NOT b'],
    [a.lt(1.5).or(a.geq(2n)), 'a < 1.5D OR a >= 2L'],
    [a.between(1, 2), 'a >= 1 AND a <= 2'],
    [a.isin(1, 2), 'a IN (1, 2)'],
    [a.plus(1).minus(b).multiply(2).divide(b).mod(3), '(a + 1 - b) * 2 / b % 3'],
    [a.negate(), '-a'],
    [a.bitwiseAND(1).bitwiseOR(2).bitwiseXOR(3), '(a & 1 | 2) ^ 3'],
    [a.isNull(), 'a IS NULL'],
    [a.isNotNull(), 'a IS NOT NULL'],
    [a.isNaN(), 'isnan(a)'],
    [a.like('x%'), "a LIKE 'x%'"],
    [a.ilike('x%'), "a ILIKE 'x%'"],
    [a.rlike('x+'), "a RLIKE 'x+'"],
    [a.startsWith('x'), "startswith(a, 'x')"],
    [a.endsWith(b), 'endswith(a, b)'],
    [a.contains('x'), "contains(a, 'x')"],
    [a.substr(1, 2), 'substring(a, 1, 2)'],
    [a.cast('int'), 'CAST(a AS INT)'],
    [a.cast(DoubleType), 'CAST(a AS DOUBLE)'],
    [a.tryCast('int'), 'TRY_CAST(a AS INT)'],
    [a.alias('x'), 'a AS x'],
    [a.getItem(0), 'a[0]'],
    [a.getField('x'), 'a.x'],
    [when(a.gt(1), 'x').when(b, 'y').otherwise(null), "CASE WHEN a > 1 THEN 'x' WHEN b THEN 'y' ELSE NULL END"],
    [functions.count('*'), 'count(*)'],
    [count_distinct('a', b), 'count(DISTINCT a, b)'],
    [functions.round('a', 2), 'round(a, 2)'],
    [functions.concat_ws('-', 'a', b), "concat_ws('-', a, b)"],
    [functions.log(2, 'a'), 'log(2, a)'],
    [functions.first('a', true), 'first(a, true)'],
    [functions.instr('a', 'x'), "instr(a, 'x')"],
    [functions.array_contains('a', 'x'), "array_contains(a, 'x')"],
  ])('%s', (column, sql) => {
    expect(column.expression).toEqual(parseExpression(sql))
  })

  it('orders nulls as Spark', () => {
    expect([a.asc(), a.asc_nulls_last(), a.desc(), a.desc_nulls_first()].map(String)).toEqual([
      'a ASC NULLS FIRST',
      'a ASC NULLS LAST',
      'a DESC NULLS LAST',
      'a DESC NULLS FIRST',
    ])
  })

  it('refuses when and otherwise where they do not belong', () => {
    expect(() => a.when(b, 1)).toThrowErrorMatchingInlineSnapshot(
      `[ParamError: when: when cannot follow a. Allowed on a column made by when(), before otherwise().]`,
    )
    expect(() => when(b, 1).otherwise(2).otherwise(3)).toThrow(expect.objectContaining({ code: 'PARAM' }))
  })

  it('is immutable', () => {
    expect(() => Object.assign(a.expression, { name: 'z' })).toThrow(TypeError)
  })
})

describe('lit', () => {
  it.each([
    [1, IntegerType],
    [2 ** 31, LongType],
    [1.5, DoubleType],
    [-0, DoubleType],
    [Number.NaN, DoubleType],
    [1n, LongType],
    ['x', StringType],
    [null, NullType],
    [new Date(0), TimestampType],
  ])('%s', (value, dataType) => {
    expect(lit(value).expression).toEqual({ kind: 'literal', value, dataType })
  })

  it('passes columns through and refuses everything else', () => {
    expect(lit(a)).toBe(a)
    expect(() => lit({} as never)).toThrowErrorMatchingInlineSnapshot(
      `[ParamError: lit: a literal is {}. Allowed: null, boolean, number, bigint of 64 bits, string, Date.]`,
    )
    expect(() => lit(undefined as never)).toThrow(expect.objectContaining({ code: 'PARAM' }))
    expect(() => lit(2n ** 63n)).toThrow(expect.objectContaining({ code: 'PARAM' }))
    expect(() => lit(new Date(Number.NaN))).toThrow(expect.objectContaining({ code: 'PARAM' }))
  })
})

describe('functions', () => {
  const special = ['col', 'column', 'lit', 'when', 'expr', 'asc', 'desc', 'call_function']
  const distinct: Record<string, string> = { count_distinct: 'count', countDistinct: 'count', sum_distinct: 'sum' }
  it.each(Object.keys(functions).filter((name) => !special.includes(name)))('%s calls a row of the table', (name) => {
    const make = (functions as unknown as Record<string, (...args: Column[]) => Column>)[name]
    const { expression } = make(a, b, a)
    expect(expression).toMatchObject({ kind: 'call', name: distinct[name] ?? name })
    expect(FUNCTIONS.has(distinct[name] ?? name)).toBe(true)
  })

  it('expr is the parser', () => expect(String(expr('a+1'))).toBe('(a + 1)'))
})
