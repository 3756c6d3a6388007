import { describe, expect, it } from 'vitest'
import type { Column } from '../../../src/sql/expression/column.js'
import { compileExpression } from '../../../src/sql/expression/duckdb.js'
import { functionTable } from '../../../src/sql/expression/function-table.js'
import * as generators from '../../../src/sql/expression/functions/generators.js'
import * as functions from '../../../src/sql/expression/functions.js'
import { parseExpression } from '../../../src/sql/expression/parser.js'
import { LAMBDAS } from '../../../src/sql/expression/table/lambdas.js'
import {
  ArrayType,
  DoubleType,
  IntegerType,
  LongType,
  NullType,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from '../../../src/sql/types.js'

const { col, count_distinct, expr, lit, when } = functions
const arrays = StructType([StructField('a', ArrayType(IntegerType)), StructField('b', ArrayType(IntegerType))])
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
    [functions.trim('a'), 'trim(a)'],
    [functions.ltrim('a', 'x'), "TRIM(LEADING 'x' FROM a)"],
    [functions.split('a', ',', 2), "split(a, ',', 2)"],
    [functions.to_date('a', 'dd/MM/yyyy'), "to_date(a, 'dd/MM/yyyy')"],
    [functions.create_map(lit('k'), 'a'), "map('k', a)"],
    [functions.percentile('a', [0.25, 0.5]), 'percentile(a, array(CAST(0.25D AS DOUBLE), CAST(0.5D AS DOUBLE)))'],
    [functions.percentile_approx('a', 0.5), 'percentile_approx(a, CAST(0.5D AS DOUBLE))'],
    [functions.rand(5), 'rand(5)'],
    [functions.randn(), 'randn()'],
    [functions.lag('a', 2), 'lag(a, 2, NULL, false)'],
    [functions.from_json('a', StructType([StructField('x', IntegerType)])), "from_json(a, 'struct<x:int>')"],
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
  const orders = ['asc', 'desc'].flatMap((name) => [name, `${name}_nulls_first`, `${name}_nulls_last`])
  const special = ['col', 'column', 'lit', 'when', 'expr', 'call_function', ...orders, ...Object.keys(generators)]
  const apart = [
    'from_json',
    'rand',
    'randn',
    'create_map',
    'percentile',
    'percentile_approx',
    'approx_percentile',
    'map_zip_with',
    ...LAMBDAS().map((row) => row.name),
  ]
  const distinct: Record<string, string> = {
    count_distinct: 'count',
    countDistinct: 'count',
    sum_distinct: 'sum',
    sumDistinct: 'sum',
    bitwise_not: '~',
    timestamp_add: 'timestampadd',
    timestamp_diff: 'timestampdiff',
  }
  it.each(Object.keys(functions).filter((name) => ![...special, ...apart].includes(name)))(
    '%s calls a row of the table',
    (name) => {
      const make = (functions as unknown as Record<string, (...args: Column[]) => Column>)[name]
      const { expression } = make(a, b, a, b, a, b)
      expect(expression).toMatchObject({ kind: 'call', name: distinct[name] ?? name })
      expect(functionTable().has(distinct[name] ?? name)).toBe(true)
    },
  )

  it('functions of columns become lambda functions with names of their own', () => {
    const { transform, filter, exists, forall, aggregate, reduce, zip_with } = functions
    const { transform_keys, transform_values, map_filter, map_zip_with } = functions
    const nested = transform('a', (x) => transform('b', (y) => x.plus(y)))
    expect(compileExpression(nested.expression, arrays)).toBe(
      compileExpression(parseExpression('transform(a, x -> transform(b, y -> x + y))'), arrays),
    )
    expect(String(transform('a', (x, k) => x.plus(k)))).toBe(String(expr('transform(a, (x, k) -> x + k)')))
    expect(String(filter('a', (x) => x.gt(1)))).toBe(String(expr('filter(a, x -> x > 1)')))
    expect(String(exists('a', (x) => x.gt(1)))).toBe(String(expr('exists(a, x -> x > 1)')))
    expect(String(forall('a', (x) => x.gt(1)))).toBe(String(expr('forall(a, x -> x > 1)')))
    expect(String(aggregate('a', 0, (s, x) => s.plus(x)))).toBe(String(expr('aggregate(a, 0, (s, x) -> s + x)')))
    expect(String(reduce('a', 0, (s, x) => s.plus(x)))).toBe(String(expr('reduce(a, 0, (s, x) -> s + x)')))
    expect(String(zip_with('a', 'b', (x, y) => x.plus(y)))).toBe(String(expr('zip_with(a, b, (x, y) -> x + y)')))
    expect(String(transform_keys('a', (k, v) => k.plus(v)))).toBe(String(expr('transform_keys(a, (k, v) -> k + v)')))
    expect(String(transform_values('a', (k, v) => k.plus(v)))).toBe(
      String(expr('transform_values(a, (k, v) -> k + v)')),
    )
    expect(String(map_filter('a', (k, v) => k.eq(v)))).toBe(String(expr('map_filter(a, (k, v) -> k = v)')))
    expect(String(map_zip_with('a', 'b', (_k, x, y) => x.plus(y)))).toBe(
      String(expr('map_zip_with(a, b, (k, x, y) -> x + y)')),
    )
  })

  it('expr is the parser', () => expect(String(expr('a+1'))).toBe('(a + 1)'))
})
