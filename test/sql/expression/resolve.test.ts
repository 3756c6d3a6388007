import { describe, expect, it } from 'vitest'
import { compileExpression } from '../../../src/sql/expression/duckdb.js'
import { parseExpression } from '../../../src/sql/expression/parser.js'
import { expandStars, isAggregate, resolve } from '../../../src/sql/expression/resolve.js'
import { DoubleType, IntegerType, StringType, StructField, StructType } from '../../../src/sql/types.js'

const schema = StructType([
  StructField('price', DoubleType, true, { unit: 'EUR' }),
  StructField('city', StringType, false),
  StructField('Km', IntegerType),
])
const fieldOf = (text: string) => resolve(parseExpression(text), schema).field

describe('resolve', () => {
  it('keeps the metadata of a column and of its alias, not of an expression', () => {
    expect(fieldOf('price').metadata).toEqual({ unit: 'EUR' })
    expect(fieldOf('price AS p')).toEqual(StructField('p', DoubleType, true, { unit: 'EUR' }))
    expect(fieldOf('price + 1').metadata).toEqual({})
    const alias = { kind: 'alias', name: 'p', child: parseExpression('price'), metadata: { unit: 'USD' } } as const
    expect(resolve(alias, schema).field.metadata).toEqual({ unit: 'USD' })
  })

  it('finds columns without regard to case and keeps the name as written, like Spark', () => {
    expect(fieldOf('PRICE').name).toBe('PRICE')
    expect(compileExpression(parseExpression('km'), schema)).toBe('"Km"')
  })

  it('refuses names that fit several columns', () => {
    const twice = StructType([StructField('ab', DoubleType), StructField('AB', DoubleType)])
    expect(() => resolve(parseExpression('ab'), twice)).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: column "ab" is ambiguous: it may mean ab, AB. Rename one of the columns; as in Spark, names that differ by case alone are the same.]`,
    )
    const qualified = { kind: 'attribute', name: 'ab', qualifier: 'l' } as const
    expect(compileExpression(qualified, twice)).toBe('"l"."ab"')
  })

  it('tells what is wrong and what is near', () => {
    expect(() => fieldOf('pric + 1')).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: column "pric" does not exist. Known columns: price, city, Km. Did you mean "price"?]`,
    )
    expect(() => fieldOf('city + true')).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: (city + true) does not take these arguments. Allowed: +(NUMERIC, NUMERIC) or +(DATE, INT) or +(INT, DATE). The arguments have the types (string, boolean); cast them.]`,
    )
    expect(() => fieldOf('round(price, Km)')).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: the number of decimal places is Km. Allowed: a literal.]`,
    )
    expect(() => fieldOf('substring(city)')).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: substring(city) does not take these arguments. Allowed: substring(STRING, INT, [INT]). The arguments have the types (string); cast them.]`,
    )
    expect(() => fieldOf('sum(avg(price))')).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: the aggregate avg(price) stands inside another aggregate. Aggregate in two steps.]`,
    )
    expect(() => fieldOf('struct(price).city')).toThrowErrorMatchingInlineSnapshot(
      `[SchemaError: struct(price) has no field "city". Known fields: price.]`,
    )
    expect(() => fieldOf('uper(city)')).toThrow('Did you mean "upper"?')
  })

  it('types a sort order as what it sorts', () => {
    const child = parseExpression('price * 2')
    const order = { kind: 'sort', child, ascending: false, nullsFirst: false } as const
    expect(resolve(order, schema).field).toEqual(StructField('(price * 2)', DoubleType))
    expect(compileExpression(order, schema)).toMatch(/ DESC NULLS LAST$/)
  })
})

describe('questions about a tree', () => {
  it('isAggregate looks inside', () => {
    expect(isAggregate(parseExpression('1 + sum(price) / 2 AS x'))).toBe(true)
    expect(isAggregate(parseExpression('greatest(price, 2)'))).toBe(false)
  })

  it('expandStars puts every column in the place of *', () => {
    const names = expandStars([parseExpression('*'), parseExpression('price AS p')], schema).map(
      (e) => resolve(e, schema).field.name,
    )
    expect(names).toEqual(['price', 'city', 'Km', 'p'])
  })
})
