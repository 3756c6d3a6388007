import { describe, expect, it } from 'vitest'
import { DataError, SchemaError } from '../../src/errors.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { DoubleType, StructField, StructType, simpleString, VectorUDT } from '../../src/sql/types.js'
import { ANOVATest } from '../../src/stat/anova-test.js'
import { ChiSquareTest } from '../../src/stat/chi-square-test.js'
import { FValueTest } from '../../src/stat/f-value-test.js'
import { frameOf } from '../helpers/frame.js'

const FEATURES = [
  [1.7, 4.4, 0],
  [8.8, 7.3, 1],
  [1.2, 9.5, 0],
  [3.7, 9.2, 3],
  [8.9, 5.2, 0],
  [7.9, 8.5, 2],
  [2, 2, 1],
]
const LABELS = [3, 2, 3, 2, 4, 4, 2]
const schema = StructType([StructField('x', VectorUDT), StructField('y', DoubleType)])

const dense = (features: readonly number[]) => Vectors.dense(features)
const sparse = (features: readonly number[]) => Vectors.dense(features).toSparse()
const frame = (
  make: (features: readonly number[]) => Vector = dense,
  partitions = 1,
  labels: readonly (number | null)[] = LABELS,
): DataFrame =>
  frameOf(
    FEATURES.map((features, i) => ({ x: make(features), y: labels[i] })),
    schema,
    partitions,
  )

/** scikit-learn 1.7.2 (f_classif, f_regression) and scipy 1.17.1 (chi2_contingency), to the digits that they print. */
const KNOWN = [
  {
    test: ANOVATest.test,
    name: 'ANOVATest',
    p: [0.12038679, 0.96092574, 0.34027778],
    statistics: [3.76422033, 0.04025796, 1.42857143],
    freedom: [6, 6, 6],
    columns: ['fValue', 'fValues', 'bigint'],
  },
  {
    test: FValueTest.test,
    name: 'FValueTest',
    p: [0.40171817, 0.80123254, 0.48291427],
    statistics: [0.83893432, 0.07048353, 0.57377049],
    freedom: [5, 5, 5],
    columns: ['fValue', 'fValues', 'bigint'],
  },
  {
    test: ChiSquareTest.test,
    name: 'ChiSquareTest',
    p: [0.3007082761743609, 0.3007082761743609, 0.1556812022414207],
    statistics: [14, 14, 9.333333333333334],
    freedom: [12, 12, 6],
    columns: ['statistic', 'statistics', 'int'],
  },
] as const

describe.each(KNOWN)('$name', ({ test, p, statistics, freedom, columns }) => {
  const [statistic, all, whole] = columns

  it.each([
    ['dense', dense, 1],
    ['sparse', sparse, 1],
    ['of two partitions', dense, 2],
  ] as const)('gives the values of scikit-learn and scipy: %s', async (_, make, partitions) => {
    const rows = await (await test(frame(make, partitions), 'x', 'y', true)).collect()
    rows.forEach((row, i) => {
      expect(row.featureIndex).toBe(i)
      expect(row.pValue).toBeCloseTo(p[i], 8)
      expect(row[statistic]).toBeCloseTo(statistics[i], 7)
      expect(Number(row.degreesOfFreedom)).toBe(freedom[i])
    })
    expect(rows).toHaveLength(3)
  })

  it('has the columns of Spark, flat and as one row', async () => {
    const types = (out: DataFrame) => out.schema.fields.map((f) => [f.name, simpleString(f.dataType), f.nullable])
    const flat = await test(frame(), 'x', 'y', true)
    expect(types(flat)).toEqual([
      ['featureIndex', 'int', false],
      ['pValue', 'double', false],
      ['degreesOfFreedom', whole, false],
      [statistic, 'double', false],
    ])
    const one = await test(frame(), 'x', 'y')
    expect(types(one)).toEqual([
      ['pValues', 'vector', true],
      ['degreesOfFreedom', `array<${whole}>`, true],
      [all, 'vector', true],
    ])
    const rows = await flat.collect()
    const [row] = await one.collect()
    expect(await one.count()).toBe(1)
    expect(Array.from((row.pValues as { values: Float64Array }).values)).toEqual(rows.map((r) => r.pValue))
    expect(row.degreesOfFreedom).toEqual(rows.map((r) => r.degreesOfFreedom))
  })

  it('refuses null, a label that is NaN, other lengths, other types and no rows', async () => {
    const columns = (x: unknown, y: unknown) =>
      frameOf(
        [
          { x: Vectors.dense(1, 2), y: 1 },
          { x: Vectors.dense(0, 2), y: 0 },
          { x, y },
        ],
        schema,
      )
    for (const data of [
      columns(null, 1),
      columns(Vectors.dense(1, 2), null),
      columns(Vectors.dense(1, 2), Number.NaN),
      columns(Vectors.dense(1), 1),
    ]) {
      await expect(test(data, 'x', 'y')).rejects.toMatchObject({ name: 'DataError', details: { row: 2 } })
    }
    await expect(test(frameOf([], schema), 'x', 'y')).rejects.toThrow(DataError)
    await expect(test(frame(), 'y', 'y')).rejects.toThrow(SchemaError)
    await expect(test(frame(), 'x', 'x')).rejects.toThrow(SchemaError)
    await expect(test(frame(), 'x', 'z')).rejects.toThrow(SchemaError)
  })
})

describe('edges, as Spark has them', () => {
  const constant = (label: (i: number) => number) =>
    frameOf(
      [0, 1, 2, 3].map((i) => ({ x: Vectors.dense(i, 5, i === 1 ? Number.NaN : i), y: label(i) })),
      schema,
    )
  const pValues = async (frame: Promise<DataFrame>) => (await (await frame).collect()).map((row) => row.pValue)

  it('a constant feature, or one with NaN, has no p value in a test of means or of slopes', async () => {
    const data = constant((i) => (i < 2 ? 0 : 1))
    expect((await pValues(ANOVATest.test(data, 'x', 'y', true))).slice(1)).toEqual([Number.NaN, Number.NaN])
    expect((await pValues(FValueTest.test(data, 'x', 'y', true))).slice(1)).toEqual([Number.NaN, Number.NaN])
    expect(
      await pValues(
        FValueTest.test(
          constant(() => 1),
          'x',
          'y',
          true,
        ),
      ),
    ).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })

  it('a constant feature, or label, is independent', async () => {
    const data = frameOf(
      [0, 1, 2].map((i) => ({ x: Vectors.dense(i, 5), y: i % 2 })),
      schema,
    )
    expect((await pValues(ChiSquareTest.test(data, 'x', 'y', true)))[1]).toBe(1)
    const alone = frameOf(
      [0, 1].map((i) => ({ x: Vectors.dense(i), y: 7 })),
      schema,
    )
    expect(await pValues(ChiSquareTest.test(alone, 'x', 'y', true))).toEqual([1])
  })

  it('NaN is no category', async () => {
    await expect(
      ChiSquareTest.test(
        constant((i) => i),
        'x',
        'y',
      ),
    ).rejects.toMatchObject({ details: { row: 1 } })
  })

  it('one class, too few rows and too many categories are refused', async () => {
    await expect(
      ANOVATest.test(
        constant(() => 1),
        'x',
        'y',
      ),
    ).rejects.toThrow(/at least two classes/)
    await expect(
      ANOVATest.test(
        constant((i) => i),
        'x',
        'y',
      ),
    ).rejects.toThrow(/more rows than classes/)
    await expect(FValueTest.test(constant((i) => i).limit(2), 'x', 'y')).rejects.toThrow(/at least three rows/)
    const many = frameOf(
      Array.from({ length: 10_001 }, (_, i) => ({ x: Vectors.dense(i), y: i % 2 })),
      schema,
    )
    await expect(ChiSquareTest.test(many, 'x', 'y')).rejects.toThrow(/10000 distinct values in feature 0/)
  })
})
