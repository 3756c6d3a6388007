import { describe, expect, test } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import type { Matrix } from '../../src/linalg/matrix.js'
import { Vectors } from '../../src/linalg/vectors.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import { Correlation } from '../../src/stat/correlation.js'

const frame = (...rows: readonly number[][]): DataFrame =>
  createDataFrame(
    rows.map((row) => ({ v: Vectors.dense(row) })),
    undefined,
    { numPartitions: 1 },
  )

async function corr(data: DataFrame, method: 'pearson' | 'spearman'): Promise<number> {
  const [row] = await (await Correlation.corr(data, 'v', method)).collect()
  return (row[`${method}(v)`] as Matrix).get(0, 1)
}

// What real Spark 4.0.1 gives; golden cases have the rest.
describe('Correlation', () => {
  test('ranks NaN beyond all numbers, each by itself', async () => {
    const data = frame([1, 2], [Number.NaN, 3], [2, Number.NaN], [0.5, Number.NaN])
    expect(await corr(data, 'pearson')).toBeNaN()
    expect(await corr(data, 'spearman')).toBeCloseTo(-0.4, 12)
  })

  test('takes 0 and -0 for one value', async () => {
    expect(await corr(frame([0, 2], [-0, 3], [1, 1]), 'spearman')).toBeCloseTo(-Math.sqrt(3) / 2, 12)
  })

  test('reads sparse and dense vectors alike', async () => {
    const mixed = createDataFrame([
      { v: Vectors.dense(1, 2) },
      { v: Vectors.sparse(2, [1], [4]) },
      { v: Vectors.dense(5, 6) },
    ])
    expect(await corr(mixed, 'pearson')).toBeCloseTo(0.7559289460184544, 12)
  })

  test('refuses what has no correlation', async () => {
    await expect(corr(frame([1, 2]), 'pearson')).rejects.toThrow(/at least two rows/)
    await expect(corr(frame([1, 2]), 'spearman')).rejects.toThrow(DataError)
    await expect(corr(frame([1, 2], [1, 2, 3]), 'pearson')).rejects.toThrow(DataError)
    await expect(
      corr(createDataFrame([[null]], StructType([StructField('v', VectorUDT)])), 'spearman'),
    ).rejects.toThrow(/null/)
    await expect(corr(frame([1, 2], [3, 4]), 'kendall' as 'pearson')).rejects.toThrow(ParamError)
    await expect(corr(createDataFrame([{ v: 1 }]), 'pearson')).rejects.toThrow(SchemaError)
  })
})
