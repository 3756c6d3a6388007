import { describe, expect, it } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { Matrices } from '../../src/linalg/matrices.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'
import { KolmogorovSmirnovTest } from '../../src/stat/kolmogorov-smirnov-test.js'
import { MultivariateGaussian } from '../../src/stat/multivariate-gaussian.js'
import { kolmogorovCdf } from '../../src/util/kolmogorov.js'

describe('kolmogorovCdf', () => {
  /** scipy 1.17.1, `stats.kstwo.cdf(d, n)`; up to 140 values it is exact there, and here. */
  it.each([
    [1, 0.6, 0.19999999999999996, 1e-15],
    [2, 0.3, 0.01999999999999999, 1e-15],
    [5, 0.539827837277029, 0.9317853688807886, 1e-14],
    [10, 0.02, 0, 0],
    [10, 0.08, 2.194196594688005e-6, 1e-14],
    [10, 0.3, 0.7294644252000005, 1e-14],
    [10, 0.95, 0.9999999999998047, 1e-15],
    [20, 0.99, 1, 0],
    [100, 0.1, 0.7473072429936126, 1e-12],
    [140, 0.12, 0.9674736174143836, 1e-12],
    [140, 0.05, 0.14235197023438867, 1e-12],
    // The expansion.
    [141, 0.05, 0.14515430699033707, 1e-6],
    [1000, 0.03, 0.6773097856085364, 1e-7],
    [100_000, 0.004, 0.9186985107977753, 1e-9],
  ])('%i values, %f', (n, d, expected, tolerance) => {
    expect(Math.abs(kolmogorovCdf(d, n) - expected)).toBeLessThanOrEqual(tolerance)
  })
})

describe('KolmogorovSmirnovTest', () => {
  const data = createDataFrame({ x: Float64Array.of(0.1, 0.15, 0.2, 0.3, 0.25) })

  it('gives the statistic and p value of the two-sided test', async () => {
    // pyspark's documentation of the class, and pyspark 4.0.1.
    const row = (await (await KolmogorovSmirnovTest.test(data, 'x', 'norm', 0, 1)).head()) as Record<string, number>
    expect(row.statistic).toBeCloseTo(0.539827837277029, 14)
    expect(row.pValue).toBeCloseTo(0.06821463111921133, 14)
  })

  it('takes a distribution of the caller', async () => {
    const uniform = await KolmogorovSmirnovTest.test(data, 'x', (x) => Math.min(1, Math.max(0, x)))
    // The largest distance is at 0.3: all five values lie below it.
    expect(await uniform.head()).toMatchObject({ statistic: 0.7 })
  })

  it('refuses other distributions, parameters, columns and values', async () => {
    const test = KolmogorovSmirnovTest.test
    await expect(test(data, 'x', 'unif' as never)).rejects.toThrow(ParamError)
    await expect(test(data, 'x', 'norm', 0)).rejects.toThrow(ParamError)
    await expect(test(data, 'x', 'norm', 0, 0)).rejects.toThrow(ParamError)
    await expect(test(data, 'y', 'norm')).rejects.toThrow(SchemaError)
    await expect(test(createDataFrame([{ x: 'a' }]), 'x', 'norm')).rejects.toThrow(SchemaError)
    await expect(test(data.limit(0), 'x', 'norm')).rejects.toThrow(DataError)
    for (const bad of [null, Number.NaN]) {
      const rows = createDataFrame([{ x: 1 }, { x: bad }], 'x DOUBLE')
      await expect(test(rows, 'x', 'norm')).rejects.toMatchObject({ details: { row: 1 } })
    }
  })
})

describe('MultivariateGaussian', () => {
  it('has the density of scipy', () => {
    const cov = Matrices.dense(3, 3, [2, 0.3, 0.1, 0.3, 1, -0.2, 0.1, -0.2, 0.5])
    const gaussian = new MultivariateGaussian(Vectors.dense(1, -1, 0.5), cov)
    // scipy 1.17.1, stats.multivariate_normal.
    expect(gaussian.pdf(Vectors.dense(0, 0, 0))).toBeCloseTo(0.02571676951820431, 15)
    expect(gaussian.logpdf(Vectors.dense(1, 2, 3))).toBeCloseTo(-18.678196983575738, 12)
    expect(gaussian.logpdf(Vectors.sparse(3, [0, 1, 2], [1, 2, 3]))).toBeCloseTo(-18.678196983575738, 12)
  })

  it('refuses what is no covariance', () => {
    const mean = Vectors.dense(0, 0)
    expect(() => new MultivariateGaussian(mean, Matrices.dense(2, 1, [1, 1]))).toThrow(ParamError)
    expect(() => new MultivariateGaussian(mean, Matrices.dense(2, 2, [1, 0.5, 0, 1]))).toThrow(ParamError)
    expect(() => new MultivariateGaussian(mean, Matrices.zeros(2, 2))).toThrow(DataError)
    expect(() => new MultivariateGaussian(mean, Matrices.dense(2, 2, [Number.NaN, 0, 0, 1]))).toThrow(DataError)
    expect(() => new MultivariateGaussian(mean, Matrices.eye(2)).pdf(Vectors.dense(1))).toThrow(DataError)
  })
})
