import { describe, expect, test } from 'vitest'
import { DataError, ParseError, RidgelineError, SchemaError, UnsupportedError } from '../../src/errors.js'
import { ExpressionTransformer } from '../../src/feature/expression-transformer.js'
import { expr } from '../../src/sql/expression/functions.js'
import { createDataFrame } from '../../src/sql/session.js'
import {
  BooleanType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  ShortType,
  StringType,
  StructField,
  StructType,
} from '../../src/sql/types.js'

const schema = StructType([
  StructField('d', DoubleType),
  StructField('e', DoubleType, false),
  StructField('f', FloatType),
  StructField('i', IntegerType),
  StructField('s', ShortType),
  StructField('b', BooleanType),
  StructField('t', StringType),
  StructField('l', LongType),
])
const data = createDataFrame(
  [
    [1.5, 2, 0.1, 7, 3, true, 'b', 1],
    [-2, -0.5, 2.5, -7, 2, false, 'a', 2],
    [null, 1, null, null, null, null, null, null],
    [Number.NaN, Number.NaN, Number.NaN, 2, 1, true, '', 4],
    [Number.POSITIVE_INFINITY, 3, -0, 2147483647, -1, false, '\u{1f600}', 5],
    [0, -0, 16777217, 1, 32767, true, '\ue000', 6],
  ],
  schema,
  { numPartitions: 1 },
)
const stage = (expression: string) => new ExpressionTransformer({ expression, outputCol: 'o' })
const answer = async (work: () => Promise<readonly object[]>) => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RidgelineError) return 'an error'
    throw error
  }
}

/** Computed row by row; the engine's answers are compared with those of Spark elsewhere. */
const BY_ROW = [
  'd + e',
  'd - e',
  'd * e',
  '-d',
  '+i',
  'e / 2',
  'd / e',
  'i % 3',
  'd % 2',
  'i % 0',
  'i + 1',
  'i - 10',
  'i * 2',
  's * 2',
  '-s',
  'abs(i)',
  'abs(d)',
  'f * 2',
  'f + d',
  'i / 4',
  'd = e',
  'd <=> e',
  'd < e',
  'd <= e',
  'd > e',
  'd >= e',
  'd <> e',
  't = "a"',
  't < "b"',
  't > "a"',
  'b = (i > 1)',
  'd BETWEEN 0 AND 2',
  'i NOT BETWEEN 0 AND 3',
  'i IN (1, 7)',
  'i IN (1, NULL)',
  'i NOT IN (1, 7)',
  't IN ("a", "b")',
  'd IN (0.0, e)',
  'b AND d > 0',
  'b OR d > 0',
  'NOT b',
  'b AND NULL',
  'd IS NULL',
  'd IS NOT NULL',
  'isnan(d)',
  'coalesce(d, e)',
  'coalesce(i, 0)',
  'nvl(t, "none")',
  'ifnull(d, 1)',
  'IF(i > 1, d, e)',
  'IF(b, 1, 2.5)',
  'CASE WHEN d > 1 THEN "far" WHEN d > 0 THEN "near" END',
  'CASE t WHEN "a" THEN 1 ELSE 0 END',
  'CASE WHEN e <> 0 THEN d / e END',
  'greatest(d, e, 1)',
  'least(d, e)',
  'greatest(i, s)',
  'sqrt(d)',
  'exp(e)',
  'ln(d)',
  'pow(d, 2)',
  'power(e, 0.5)',
  'sin(e)',
  'cos(d)',
  'CAST(d AS FLOAT)',
  'CAST(i AS DOUBLE)',
  'CAST(e AS INT)',
  'CAST(s AS TINYINT)',
  'try_cast(d AS INT)',
  'CAST(i AS BOOLEAN)',
  'CAST(b AS INT)',
  'CAST(NULL AS DOUBLE)',
  'i + 1 AS x',
  '3',
  '"x"',
  'NULL = 1',
]

describe('ExpressionTransformer', () => {
  test.each(BY_ROW)('computes %s row by row as the engine does', async (expression) => {
    const made = stage(expression).transform(data)
    const expected = data.withColumn('o', expr(expression))
    expect(() => stage(expression).bind(schema)).not.toThrow()
    expect(made.schema).toEqual(expected.schema)
    expect(await answer(() => made.select('o').collect())).toEqual(await answer(() => expected.select('o').collect()))
  })

  test('leaves what it does not know to the engine', async () => {
    const made = stage('upper(t) || CAST(l AS STRING) || left(hex(t), 0)').transform(data.limit(2))
    expect((await made.collect()).map(({ o }) => o)).toEqual(['B1', 'A2'])
    expect(() => stage('hex(t)').bind(schema)).toThrow(UnsupportedError)
    expect(() => stage('l + length(hex(t))').bind(schema)).toThrow(
      'needs the relational engine for the function hex(string)',
    )
  })

  test('says what is wrong with an expression, before it reads rows', () => {
    expect(() => stage('d +').transform(data)).toThrow(ParseError)
    expect(() => stage('dd + 1').transform(data)).toThrow(/"dd" does not exist/)
    expect(() => stage('sum(d)').transform(data)).toThrow(RidgelineError)
    expect(() => stage('t + b').transform(data)).toThrow(SchemaError)
    expect(() => new ExpressionTransformer({ expression: 'd', outputCol: 'e' }).transform(data)).toThrow(SchemaError)
  })

  test('names what overflows', async () => {
    await expect(stage('i + 1').transform(data).collect()).rejects.toThrow(DataError)
    await expect(stage('d / 0').transform(data).collect()).rejects.toThrow(/Division by zero/)
  })
})
