import { describe, expect, it } from 'vitest'
import { DataError, NotFittedError, ParamError, SchemaError } from '../../src/errors.js'
import { VectorAssembler } from '../../src/feature/vector-assembler.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { LinearRegression, LinearRegressionModel } from '../../src/regression/linear-regression.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { DoubleType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'

const points = [
  [1, 0, 3.5],
  [2, 1, 4],
  [3, 1, 5.5],
  [4, 3, 6.5],
  [5, 2, 9],
  [6, 5, 7],
] as const
const data = createDataFrame(
  points.map(([a, b, label], i) => ({ features: Vectors.dense(a, b), label, weight: 1 + (i % 2) })),
)
const schema = StructType([StructField('features', VectorUDT), StructField('label', DoubleType)])
const frame = (...rows: readonly (readonly unknown[])[]): DataFrame => createDataFrame(rows, schema)

/** Least squares by the explicit inverse of the 3 x 3 normal equations. */
function ordinary(): { coefficients: [number, number]; intercept: number } {
  const n = points.length
  const mean = (f: (p: (typeof points)[number]) => number): number => points.reduce((s, p) => s + f(p), 0) / n
  const [ma, mb, my] = [mean((p) => p[0]), mean((p) => p[1]), mean((p) => p[2])]
  const cov = (f: (p: (typeof points)[number]) => number): number => mean(f)
  const aa = cov((p) => (p[0] - ma) ** 2)
  const bb = cov((p) => (p[1] - mb) ** 2)
  const ab = cov((p) => (p[0] - ma) * (p[1] - mb))
  const ay = cov((p) => (p[0] - ma) * (p[2] - my))
  const by = cov((p) => (p[1] - mb) * (p[2] - my))
  const determinant = aa * bb - ab * ab
  const first = (bb * ay - ab * by) / determinant
  const second = (aa * by - ab * ay) / determinant
  return { coefficients: [first, second], intercept: my - first * ma - second * mb }
}

describe('LinearRegression', () => {
  it.each(['auto', 'normal', 'l-bfgs'] as const)('finds the least squares, solver %s', async (solver) => {
    const model = await new LinearRegression({ solver, tol: 1e-12 }).fit(data)
    const expected = ordinary()
    // l-bfgs stops where the gradient of the scaled problem is below 1e-8.
    expect(model.coefficients.get(0)).toBeCloseTo(expected.coefficients[0], 7)
    expect(model.coefficients.get(1)).toBeCloseTo(expected.coefficients[1], 7)
    expect(model.intercept).toBeCloseTo(expected.intercept, 7)
    expect(model.numFeatures).toBe(2)
    expect(model.scale).toBe(1)
  })

  it('predicts in frames and for one row alike', async () => {
    const model = await new LinearRegression({ predictionCol: 'p' }).fit(data)
    const rows = await model.transform(data).collect()
    rows.forEach((row, i) => {
      expect(row.p).toBe(model.predict(Vectors.dense(points[i][0], points[i][1])))
    })
    const field = model.transformSchema(data.schema).fields.find(({ name }) => name === 'p')
    expect(field).toEqual({ name: 'p', dataType: DoubleType, nullable: false, metadata: { ml_attr: {} } })
    expect(model.transform(data).schema).toEqual(model.transformSchema(data.schema))
  })

  it('gives the same for sparse and dense vectors', async () => {
    const sparse = createDataFrame(points.map(([a, b, label]) => ({ features: Vectors.dense(a, b).toSparse(), label })))
    for (const solver of ['normal', 'l-bfgs'] as const) {
      const learner = new LinearRegression({ solver, regParam: 0.1, elasticNetParam: 0.5 })
      const [a, b] = [await learner.fit(sparse), await learner.fit(data)]
      expect(a.coefficients.toArray()).toEqual(b.coefficients.toArray())
      const row = await a.transform(sparse).first()
      expect(row!.prediction).toBe(a.predict(Vectors.sparse(2, [0], [1])))
    }
  })

  it('shrinks to the mean label under a strong penalty, with sparse coefficients', async () => {
    const model = await new LinearRegression({ solver: 'l-bfgs', regParam: 100, elasticNetParam: 1 }).fit(
      createDataFrame(points.map(([a, b, label]) => ({ features: Vectors.dense(a, b, a - b), label }))),
    )
    expect(model.coefficients.toString()).toBe('(3,[],[])')
    expect(model.intercept).toBeCloseTo(points.reduce((sum, p) => sum + p[2], 0) / 6, 12)
    // A coefficient that is not stored hides what its feature holds.
    const hidden = await model.transform(createDataFrame([{ features: Vectors.dense(Number.NaN, 1, 1) }])).first()
    expect(hidden!.prediction).toBe(model.intercept)
    expect(model.predict(Vectors.dense(Number.NaN, 1, 1))).toBe(model.intercept)
  })

  it('reports iterations and can be aborted', async () => {
    const seen: number[] = []
    await new LinearRegression({ solver: 'l-bfgs' }).fit(data, { onProgress: ({ done }) => seen.push(done) })
    expect(seen.slice(0, 3)).toEqual([1, 2, 3])
    const controller = new AbortController()
    const aborted = new LinearRegression({ solver: 'l-bfgs', tol: 0 }).fit(data, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(aborted).rejects.toThrow('enough')
  })

  it.each([
    ['huber', { loss: 'huber' }],
    ['l-bfgs', { solver: 'l-bfgs' }],
    ['OWL-QN', { solver: 'l-bfgs', regParam: 0.01, elasticNetParam: 0.5 }],
  ] as const)('ends soon after a timer has aborted it: %s', async (_, settings) => {
    // Features that nearly depend on each other keep each of them busy for many iterations of several milliseconds.
    const length = 500_000
    const noise = (step: number) => Float64Array.from({ length }, (_, i) => Math.sin(i * step) ** 3)
    const a = noise(1)
    const [b, c, d] = [2.1, 3.3, 4.7].map((step, k) => noise(step).map((x, i) => a[i] + x / 10 ** (k + 1)))
    const many = new VectorAssembler({ inputCols: ['a', 'b', 'c', 'd'], outputCol: 'features' }).transform(
      createDataFrame({ a, b, c, d, label: noise(0.7) }),
    )
    const controller = new AbortController()
    const reason = new Error('enough')
    const done: number[] = []
    const aborted = new LinearRegression({ ...settings, maxIter: 1000, tol: 0 }).fit(many, {
      signal: controller.signal,
      onProgress: (progress) => {
        if (done.length === 0) setTimeout(() => controller.abort(reason), 0)
        done.push(progress.done)
      },
    })
    await expect(aborted).rejects.toBe(reason)
    expect(done.length).toBeGreaterThan(0)
    expect(done.length).toBeLessThan(1000)
  })

  it('takes l-bfgs by itself above 4096 features', async () => {
    const wide = Array.from({ length: 6 }, (_, i) => ({
      features: Vectors.sparse(5000, [i, 4999], [1, i]),
      label: i * 2 + 1,
    }))
    const model = await new LinearRegression({ regParam: 0.01 }).fit(createDataFrame(wide))
    expect(model.summary.totalIterations).toBeGreaterThan(0)
    await expect(new LinearRegression({ solver: 'normal' }).fit(createDataFrame(wide))).rejects.toThrow('5000 features')
  })
})

describe('what LinearRegression refuses', () => {
  const good = [Vectors.dense(1, 2), 1]
  it.each([
    ['a null label', frame(good, [Vectors.dense(1, 3), null]), 'column "label" holds null (row 1)'],
    ['a NaN label', frame(good, [Vectors.dense(1, 3), Number.NaN]), 'column "label" holds NaN (row 1)'],
    ['an infinite label', frame([Vectors.dense(1, 3), -1 / 0]), 'column "label" holds -Infinity (row 0)'],
    ['a null vector', frame(good, good, [null, 1]), 'column "features" holds null (row 2)'],
    [
      'a NaN feature',
      frame(good, [Vectors.dense(1, Number.NaN), 1]),
      'column "features" holds a vector with NaN (row 1)',
    ],
    ['an infinite sparse feature', frame([Vectors.sparse(2, [1], [1 / 0]), 1]), 'a vector with Infinity (row 0)'],
    ['another length', frame(good, [Vectors.dense(1), 1]), 'column "features" holds a vector of length 1 (row 1)'],
    ['no rows', frame(), 'no rows'],
  ])('%s', async (_, bad, message) => {
    for (const solver of ['normal', 'l-bfgs'] as const) {
      const failed = new LinearRegression({ solver }).fit(bad)
      await expect(failed).rejects.toThrow(DataError)
      await expect(failed).rejects.toThrow(message)
    }
  })
  it('bad weights', async () => {
    const weighted = (weight: number) => createDataFrame([{ features: Vectors.dense(1), label: 1.5, weight }])
    const learner = new LinearRegression({ weightCol: 'weight' })
    await expect(learner.fit(weighted(-1))).rejects.toThrow('column "weight" holds -1 (row 0)')
    await expect(learner.fit(weighted(0))).rejects.toThrow('add up to 0')
  })
  it('contradicting parameters, before any data is read', async () => {
    await expect(new LinearRegression({ loss: 'huber', solver: 'normal' }).fit(data)).rejects.toThrow(ParamError)
    await expect(new LinearRegression({ loss: 'huber', elasticNetParam: 0.5 }).fit(data)).rejects.toThrow(ParamError)
    await expect(new LinearRegression({ maxIter: 0 }).fit(data)).rejects.toThrow('"maxIter" is 0')
    await expect(new LinearRegression({ featuresCol: 'label' }).fit(data)).rejects.toThrow(SchemaError)
  })
  it('vectors of another length than it was fitted on', async () => {
    const model = await new LinearRegression().fit(data)
    const long = createDataFrame([{ features: Vectors.dense(1, 2, 3) }])
    await expect(model.transform(long).collect()).rejects.toThrow(DataError)
    expect(() => model.predict(Vectors.dense(1, 2, 3))).toThrow(DataError)
  })
  it('a plain array, null or nothing instead of a vector', () => {
    const model = new LinearRegressionModel({ coefficients: Vectors.dense(1, 2), intercept: 3, scale: 1 }, 'lr')
    for (const wrong of [[1, 2], null, undefined, Float64Array.of(1, 2)]) {
      expect(() => model.predict(wrong as never)).toThrow(ParamError)
    }
    expect(() => model.predict([1, 2] as never)).toThrow(
      'lr: the features are [1, 2]. Allowed: a vector of length 2. Wrap the numbers: Vectors.dense(numbers).',
    )
  })
})

describe('LinearRegressionSummary', () => {
  it('measures the training data', async () => {
    const { summary, coefficients, intercept } = await new LinearRegression().fit(data)
    const residuals = points.map(([a, b, y]) => y - (intercept + a * coefficients.get(0) + b * coefficients.get(1)))
    const squares = residuals.reduce((sum, r) => sum + r * r, 0)
    const mean = points.reduce((sum, p) => sum + p[2], 0) / 6
    const total = points.reduce((sum, p) => sum + (p[2] - mean) ** 2, 0)
    expect(summary.numInstances).toBe(6)
    expect(summary.degreesOfFreedom).toBe(3)
    expect(summary.meanSquaredError).toBeCloseTo(squares / 6, 12)
    expect(summary.rootMeanSquaredError).toBeCloseTo(Math.sqrt(squares / 6), 12)
    expect(summary.r2).toBeCloseTo(1 - squares / total, 12)
    expect(summary.r2adj).toBeCloseTo(1 - squares / 3 / (total / 5), 12)
    expect(summary.devianceResiduals[0]).toBeCloseTo(Math.min(...residuals), 12)
    expect(summary.devianceResiduals[1]).toBeCloseTo(Math.max(...residuals), 12)
    expect(summary.objectiveHistory).toEqual([0])
    expect(summary.totalIterations).toBe(0)
    const column = await summary.residuals.collect()
    residuals.forEach((residual, i) => {
      expect(column[i].residuals).toBeCloseTo(residual, 12)
    })
    expect(summary.predictions.columns).toEqual(['features', 'label', 'weight', 'prediction'])
  })

  it('weights its measures', async () => {
    const model = await new LinearRegression({ weightCol: 'weight' }).fit(data)
    const errors = points.map(([a, b, y]) => y - model.predict(Vectors.dense(a, b)))
    const sum = errors.reduce((s, e, i) => s + (1 + (i % 2)) * e * e, 0)
    expect(model.summary.meanSquaredError).toBeCloseTo(sum / 9, 12)
    expect(model.summary.devianceResiduals[1]).toBeCloseTo(
      Math.max(...errors.map((e, i) => e * Math.sqrt(1 + (i % 2)))),
      12,
    )
  })

  it('evaluates other data, without standard errors', async () => {
    const model = await new LinearRegression().fit(data)
    const same = await model.evaluate(data)
    expect(same.r2).toBe(model.summary.r2)
    expect(model.summary.coefficientStandardErrors).toHaveLength(3)
    for (const name of ['coefficientStandardErrors', 'tValues', 'pValues'] as const) {
      expect(() => same[name]).toThrow(NotFittedError)
    }
    const nothing = await model.evaluate(frame())
    expect(() => nothing.r2).toThrow(DataError)
  })

  it('is not there without a fit', () => {
    const model = new LinearRegressionModel({ coefficients: Vectors.dense(1, 2), intercept: 3, scale: 1 })
    expect(model.hasSummary).toBe(false)
    expect(() => model.summary).toThrow(NotFittedError)
    expect(model.predict(Vectors.dense(1, 1))).toBe(6)
    expect(model.toString()).toBe(`LinearRegressionModel: uid=${model.uid}, numFeatures=2`)
  })

  it('stays with a copy', async () => {
    const model = await new LinearRegression({ loss: 'huber' }).fit(data)
    const copy = model.copy({ predictionCol: 'other' })
    expect(copy.summary.objectiveHistory).toEqual(model.summary.objectiveHistory)
    expect(copy.scale).toBe(model.scale)
    expect(copy.transform(data).columns).toContain('other')
  })
})
