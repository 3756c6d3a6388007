import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { count, expr } from '../../src/sql/expression/functions.js'
import { createDataFrame } from '../../src/sql/session.js'
import {
  ArrayType,
  DoubleType,
  StringType,
  StructField,
  StructType,
  simpleString,
  VectorUDT,
} from '../../src/sql/types.js'
import { Summarizer } from '../../src/stat/summarizer.js'

const data = createDataFrame([
  { k: 'a', x: Vectors.dense(1, 2), w: 1 },
  { k: 'a', x: Vectors.sparse(2, [1], [4]), w: 2 },
  { k: 'b', x: Vectors.dense(5, 6), w: 3 },
])

// What real Spark 4.0.1 gives for the same frames, unless said otherwise.
describe('Summarizer', () => {
  test('gives columns of the names, types and nullability of Spark', () => {
    const { schema } = data.select(
      Summarizer.mean('x'),
      Summarizer.metrics('mean', 'count', 'variance').summary('x', 'w'),
      Summarizer.metrics('max').summary('x'),
    )
    expect(schema.fields.map(({ name, nullable }) => [name, nullable])).toEqual([
      ['mean(x)', false],
      ['aggregate_metrics(x, w)', false],
      ['aggregate_metrics(x, 1.0)', false],
    ])
    expect(simpleString(schema.fields[1].dataType)).toBe('struct<mean:vector,count:bigint,variance:vector>')
  })

  test('summarises groups', async () => {
    const rows = await data
      .groupBy('k')
      .agg(Summarizer.max('x'), Summarizer.sum('x', 'w'), count('*').alias('n'))
      .orderBy('k')
      .collect()
    expect(rows.map((row) => [row.k, String(row['max(x)']), String(row['sum(x)']), row.n])).toEqual([
      ['a', '[1.0,4.0]', '[1.0,10.0]', 2],
      ['b', '[5.0,6.0]', '[15.0,18.0]', 1],
    ])
  })

  test('refuses what cannot be summarised', async () => {
    expect(() => Summarizer.metrics()).toThrow(ParamError)
    expect(() => data.select(Summarizer.metrics('nope' as 'mean').summary('x'))).toThrow(/no statistic "nope"/)
    expect(() => data.select(Summarizer.mean('w'))).toThrow(SchemaError)
    const mean = Summarizer.mean('x')
    const odd = createDataFrame([{ x: Vectors.dense(1) }, { x: Vectors.dense(1, 2) }])
    await expect(odd.select(mean).collect()).rejects.toThrow(DataError)
    const missing = createDataFrame([[null]], StructType([StructField('x', VectorUDT)]))
    await expect(missing.select(mean).collect()).rejects.toThrow(/null/)
    await expect(data.filter("k = 'z'").select(mean).collect()).rejects.toThrow(/nothing to summarise/)
    await expect(data.select(Summarizer.mean('x', expr('-w'))).collect()).rejects.toThrow(/negative/)
  })
})

describe('vector_to_array and array_to_vector', () => {
  test('refuse null, other types, and numbers of another type', async () => {
    const frame = createDataFrame(
      [[null, [1, null], 'a']],
      StructType([StructField('x', VectorUDT), StructField('a', ArrayType(DoubleType)), StructField('s', StringType)]),
    )
    await expect(frame.selectExpr('vector_to_array(x)').collect()).rejects.toThrow(/null/)
    await expect(frame.selectExpr('array_to_vector(a)').collect()).rejects.toThrow(/null/)
    expect(() => frame.selectExpr("vector_to_array(x, 'int8')")).toThrow(/float64, float32/)
    expect(() => frame.selectExpr('vector_to_array(s)')).toThrow(SchemaError)
    expect(() => frame.selectExpr('array_to_vector(s)')).toThrow(SchemaError)
  })
})
