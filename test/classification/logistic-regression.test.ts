import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogisticRegression, LogisticRegressionModel } from '../../src/classification/logistic-regression.js'
import { DataError, NotFittedError, ParamError, type RidgelineError, UnsupportedError } from '../../src/errors.js'
import { Matrices } from '../../src/linalg/matrices.js'
import { DenseMatrix } from '../../src/linalg/matrix.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { ParamMap } from '../../src/param/param.js'
import { Attribute, BinaryAttribute, NominalAttribute } from '../../src/sql/attributes.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import { createDataFrame } from '../../src/sql/session.js'
import { StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import type { ProgressEvent } from '../../src/util/progress.js'
import { JavaRandom } from '../../src/util/random/java-random.js'

interface Row {
  readonly x: readonly number[]
  readonly label: number
  readonly weight: number
}

/** Rows of classes that overlap. */
function randomRows(count: number, numClasses: number, seed = 5): Row[] {
  const random = new JavaRandom(seed)
  return Array.from({ length: count }, () => {
    const x = [random.nextGaussian(), 3 * random.nextGaussian() + 1, random.nextGaussian() * 0.2]
    const scores = Array.from({ length: numClasses }, (_, k) => (k - 0.5) * (x[0] - 0.3 * x[1]) + random.nextGaussian())
    return { x, label: scores.indexOf(Math.max(...scores)), weight: random.nextDouble() + 0.5 }
  })
}

const frame = (rows: readonly Row[], numPartitions = 1): DataFrame =>
  createDataFrame(
    rows.map(({ x, label, weight }) => ({ features: Vectors.dense([...x]), label, weight })),
    undefined,
    { numPartitions },
  )

const std = (values: readonly number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1))
}

/** The documented objective, from scratch: functions of the raw features, penalty on those of unit deviation. */
function objective(
  rows: readonly Row[],
  coefficients: readonly (readonly number[])[],
  intercepts: readonly number[],
  { regParam = 0, elasticNetParam = 0, standardization = true },
): number {
  const stds = rows[0].x.map((_, j) => (standardization ? std(rows.map(({ x }) => x[j])) : 1))
  let loss = 0
  for (const { x, label } of rows) {
    const margins = coefficients.map((c, k) => c.reduce((sum, value, j) => sum + value * x[j], intercepts[k]))
    if (margins.length === 1) loss += Math.log(1 + Math.exp(label === 1 ? -margins[0] : margins[0]))
    else loss += Math.log(margins.reduce((sum, m) => sum + Math.exp(m), 0)) - margins[label]
  }
  let penalty = 0
  for (const c of coefficients) {
    c.forEach((value, j) => {
      const scaled = value * stds[j]
      penalty += elasticNetParam * Math.abs(scaled) + ((1 - elasticNetParam) / 2) * scaled * scaled
    })
  }
  return loss / rows.length + regParam * penalty
}

const functionsOf = (model: LogisticRegressionModel) => ({
  coefficients: Array.from({ length: model.coefficientMatrix.numRows }, (_, k) =>
    Array.from({ length: model.numFeatures }, (_, j) => model.coefficientMatrix.get(k, j)),
  ),
  intercepts: [...model.interceptVector.toArray()],
})

describe('the fit minimises the documented objective', () => {
  const settings = [
    { regParam: 0 },
    { regParam: 0.1 },
    { regParam: 0.05, standardization: false },
    { regParam: 0.05, elasticNetParam: 0.5 },
    { regParam: 0.02, elasticNetParam: 1, standardization: false },
  ]
  it.each(settings.flatMap((s) => [2, 3].map((numClasses) => ({ ...s, numClasses }))))('%o', async (setting) => {
    const { numClasses, ...params } = setting
    const rows = randomRows(200, numClasses)
    const model = await new LogisticRegression({ ...params, tol: 1e-12, maxIter: 500 }).fit(frame(rows))
    const { coefficients, intercepts } = functionsOf(model)
    const reached = objective(rows, coefficients, intercepts, params)
    expect(model.summary.objectiveHistory.at(-1)).toBeCloseTo(reached, 10)
    // No coordinate can be improved by itself: the objective is convex.
    for (let k = 0; k < coefficients.length; k++) {
      for (let j = 0; j <= 3; j++) {
        for (const by of [-1e-3, 1e-3]) {
          const moved = coefficients.map((c) => [...c])
          const movedIntercepts = [...intercepts]
          if (j < 3) moved[k][j] += by
          else movedIntercepts[k] += by
          expect(objective(rows, moved, movedIntercepts, params)).toBeGreaterThanOrEqual(reached - 1e-9)
        }
      }
    }
  })

  it('and an L1 penalty leaves out what does not matter', async () => {
    const model = await new LogisticRegression({ regParam: 0.1, elasticNetParam: 1 }).fit(frame(randomRows(200, 2)))
    expect(model.coefficients.get(2)).toBe(0)
  })
})

describe('the fit', () => {
  it('is the same by the binomial and the multinomial family, without a penalty', async () => {
    const data = frame(randomRows(150, 2))
    const exact = { tol: 1e-12, maxIter: 500 }
    const one = await new LogisticRegression(exact).fit(data)
    const two = await new LogisticRegression({ ...exact, family: 'multinomial' }).fit(data)
    expect(two.isMultinomial).toBe(true)
    const x = Vectors.dense(0.3, -1, 0.1)
    expect(two.predictProbability(x).get(1)).toBeCloseTo(one.predictProbability(x).get(1), 6)
    // What both classes have in common is taken off.
    expect(two.interceptVector.get(0)).toBeCloseTo(-two.interceptVector.get(1), 12)
    expect(two.coefficientMatrix.get(0, 1)).toBeCloseTo(-two.coefficientMatrix.get(1, 1), 12)
  })

  it('counts a row of weight 2 as two rows', async () => {
    const rows = randomRows(60, 3)
    const doubled = rows.map((row, i) => ({ ...row, weight: i % 2 === 0 ? 2 : 1 }))
    const repeated = rows.flatMap((row, i) => (i % 2 === 0 ? [row, row] : [row])).map((row) => ({ ...row, weight: 1 }))
    const lr = new LogisticRegression({ regParam: 0.1, standardization: false, tol: 1e-12, weightCol: 'weight' })
    const [a, b] = [await lr.fit(frame(doubled)), await lr.fit(frame(repeated))]
    expect(functionsOf(a).coefficients.flat()).toEqual(
      functionsOf(b)
        .coefficients.flat()
        .map((value) => expect.closeTo(value, 6)),
    )
  })

  it('stays finite where a plane separates the classes', async () => {
    const rows = [-2, -1, 1, 2].map((x) => ({ x: [x], label: x > 0 ? 1 : 0, weight: 1 }))
    const model = await new LogisticRegression().fit(frame(rows))
    expect(Number.isFinite(model.coefficients.get(0))).toBe(true)
    expect(model.summary.accuracy).toBe(1)
    expect(model.binarySummary.areaUnderROC).toBe(1)
  })

  it.each([
    ['of 1', 1, 'auto', [1, 1]],
    ['of 0', 0, 'auto', [1, 0]],
    ['of 2', 2, 'auto', [0, 0, 1]],
    ['of 1 among two functions', 1, 'multinomial', [0, 1]],
  ] as const)('of one label only %s is certain of it', async (_, label, family, expected) => {
    const rows = randomRows(10, 2).map((row) => ({ ...row, label }))
    const model = await new LogisticRegression({ family }).fit(frame(rows))
    expect(model.summary.objectiveHistory).toEqual([0])
    expect(model.predict(Vectors.dense(1, 2, 3))).toBe(label)
    const probabilities = [...model.predictProbability(Vectors.dense(1, 2, 3)).toArray()]
    expect(probabilities).toEqual(label === 1 && family === 'auto' ? [0, 1] : expected)
  })

  it('gives a constant feature the coefficient 0, and no other feature one', async () => {
    const rows = randomRows(50, 2).map(({ x, ...row }) => ({ ...row, x: [x[0], 7] }))
    const model = await new LogisticRegression({ regParam: 0.01 }).fit(frame(rows))
    expect(model.coefficients.get(1)).toBe(0)
    expect(model.coefficients.get(0)).not.toBe(0)
  })

  it('starts at an initial model', async () => {
    const data = frame(randomRows(100, 2))
    const first = await new LogisticRegression({ regParam: 0.01 }).fit(data)
    const again = await new LogisticRegression({ regParam: 0.01 }).setInitialModel(first).fit(data)
    expect(again.summary.totalIterations).toBeLessThan(2)
    expect(again.intercept).toBeCloseTo(first.intercept, 5)
    const other = new LogisticRegression({ fitIntercept: false }).setInitialModel(first)
    await expect(other.fit(data)).rejects.toThrow(ParamError)
  })

  it('takes the number of classes from the label column', async () => {
    const schema = StructType([
      StructField('features', VectorUDT),
      Attribute.toStructField(NominalAttribute({ name: 'label', values: ['a', 'b', 'c', 'd'] })),
    ])
    const rows = randomRows(40, 3).map(({ x, label }) => ({ features: Vectors.dense([...x]), label }))
    const model = await new LogisticRegression({ regParam: 0.1 }).fit(createDataFrame(rows, schema))
    expect(model.numClasses).toBe(4)
    expect(model.predictRaw(Vectors.dense(1, 2, 3)).size).toBe(4)
    const binary = StructType([schema.fields[0], Attribute.toStructField(BinaryAttribute({ name: 'label' }))])
    await expect(new LogisticRegression().fit(createDataFrame(rows, binary))).rejects.toThrow(/label/)
  })

  it('of the label 0 only is certain of it also where two classes are declared', async () => {
    const label = Attribute.toStructField(BinaryAttribute({ name: 'label' }))
    const rows = [1, 2, 3].map((x) => ({ features: Vectors.dense(x), label: 0 }))
    const model = await new LogisticRegression().fit(
      createDataFrame(rows, StructType([StructField('features', VectorUDT), label])),
    )
    expect(model.predictProbability(Vectors.dense(2)).toArray()).toEqual(Float64Array.of(1, 0))
  })

  it('starts a declared class beyond the largest label at 0, as Spark 4.0.1 does', async () => {
    const schema = StructType([
      StructField('features', VectorUDT),
      Attribute.toStructField(NominalAttribute({ name: 'label', numValues: 5 })),
    ])
    const rows = Array.from({ length: 12 }, (_, i) => ({
      features: Vectors.dense(i, (i * i) % 7),
      label: i % 4 ? i % 3 : 0,
    }))
    const model = await new LogisticRegression({ regParam: 0.1, maxIter: 3 }).fit(createDataFrame(rows, schema))
    const spark = [1.5382919781446767, 1.1724454978933732, 0.9915712918391936, 0.9476112660702782]
    model.summary.objectiveHistory.forEach((loss, i) => {
      expect(loss).toBeCloseTo(spark[i], 12)
    })
  })

  it('gives the same whatever the partitions, up to rounding', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 1000 }), async (parts, seed) => {
        const rows = randomRows(40, 2, seed)
        const lr = new LogisticRegression({ regParam: 0.1 })
        const [a, b] = [await lr.fit(frame(rows)), await lr.fit(frame(rows, parts))]
        expect(b.intercept).toBeCloseTo(a.intercept, 8)
      }),
      { numRuns: 10 },
    ))
})

describe('bounds', () => {
  const rows = randomRows(150, 2)
  it('hold, and what they do not touch is where the objective wants it', async () => {
    const free = await new LogisticRegression({ regParam: 0.01 }).fit(frame(rows))
    expect(free.coefficients.get(0)).toBeGreaterThan(0.2)
    const model = await new LogisticRegression({
      regParam: 0.01,
      upperBoundsOnCoefficients: Matrices.dense(1, 3, [0.2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]),
      lowerBoundsOnIntercepts: Vectors.dense(free.intercept + 0.5),
    }).fit(frame(rows))
    expect(model.coefficients.get(0)).toBeCloseTo(0.2, 12)
    expect(model.intercept).toBeCloseTo(free.intercept + 0.5, 12)
    const { coefficients, intercepts } = functionsOf(model)
    const reached = objective(rows, coefficients, intercepts, { regParam: 0.01 })
    for (const by of [-0.01, 0.01]) {
      const moved = [[coefficients[0][0], coefficients[0][1] + by, coefficients[0][2]]]
      expect(objective(rows, moved, intercepts, { regParam: 0.01 })).toBeGreaterThan(reached)
    }
  })

  it('make a fit of a single class', async () => {
    const one = rows.map((row) => ({ ...row, label: 1 }))
    const model = await new LogisticRegression({ upperBoundsOnIntercepts: Vectors.dense(2) }).fit(frame(one))
    expect(model.intercept).toBeLessThanOrEqual(2)
    expect(model.predict(Vectors.dense(0, 0, 0))).toBe(1)
  })

  it.each([
    ['another shape', { lowerBoundsOnCoefficients: Matrices.zeros(2, 3) }],
    ['another length', { upperBoundsOnIntercepts: Vectors.dense(0, 0) }],
    ['a wrong order', { lowerBoundsOnIntercepts: Vectors.dense(1), upperBoundsOnIntercepts: Vectors.dense(0) }],
    ['an L1 penalty', { lowerBoundsOnIntercepts: Vectors.dense(1), regParam: 1, elasticNetParam: 0.5 }],
    ['no intercept to bound', { lowerBoundsOnIntercepts: Vectors.dense(1), fitIntercept: false }],
  ])('with %s are refused', async (_, params) => {
    await expect(new LogisticRegression(params).fit(frame(rows))).rejects.toThrow(ParamError)
  })
})

describe('thresholds', () => {
  it('of two kinds forget each other', () => {
    const lr = new LogisticRegression()
    expect(lr.getThreshold()).toBe(0.5)
    expect(() => lr.getThresholds()).toThrow(ParamError)
    lr.setThreshold(0.2)
    expect(lr.getThresholds()).toEqual([0.8, 0.2])
    lr.setThresholds([0.9, 0.1])
    expect(lr.isSet('threshold')).toBe(false)
    expect(lr.getThreshold()).toBeCloseTo(0.1, 15)
    lr.setThresholds([0.1, 0.2, 0.3])
    expect(() => lr.getThreshold()).toThrow(ParamError)
    lr.setThreshold(0.3)
    expect(lr.isSet('thresholds')).toBe(false)
  })

  it('must agree where both are set', async () => {
    const data = frame(randomRows(20, 2))
    const both = new LogisticRegression({ threshold: 0.3, thresholds: [0.7, 0.3] })
    expect((await both.fit(data)).getThreshold()).toBeCloseTo(0.3, 12)
    const lr = new LogisticRegression({ thresholds: [0.7, 0.3] })
    await expect(lr.fit(data, new ParamMap().put(lr.threshold, 0.4))).rejects.toThrow(ParamError)
    await expect(new LogisticRegression({ thresholds: [1, 1, 1] }).fit(data)).rejects.toThrow(ParamError)
  })

  it('decide strictly above, by scores and by probabilities alike', async () => {
    const model = new LogisticRegressionModel({
      numClasses: 2,
      numFeatures: 1,
      interceptVector: Vectors.dense(0),
      coefficientMatrix: new DenseMatrix(1, 1, [1], true),
      isMultinomial: false,
    })
    const data = createDataFrame([-1, 0, 1].map((x) => ({ features: Vectors.dense(x) })))
    const predicted = async (threshold: number, rawPredictionCol: string) =>
      (await model.copy({ threshold, rawPredictionCol }).transform(data).collect()).map((row) => row.prediction)
    for (const raw of ['raw', '']) {
      expect(await predicted(0.5, raw)).toEqual([0, 0, 1])
      expect(await predicted(0, raw)).toEqual([1, 1, 1])
      expect(await predicted(1, raw)).toEqual([0, 0, 0])
    }
  })
})

describe('rows that cannot be learned from', () => {
  const good = randomRows(6, 2)
  it.each([
    ['a feature that is NaN', { x: [Number.NaN, 0, 0] }],
    ['a feature that is infinite', { x: [0, Number.POSITIVE_INFINITY, 0] }],
    ['a label that is no integer', { label: 0.5 }],
    ['a negative label', { label: -1 }],
    ['a label that is NaN', { label: Number.NaN }],
    ['a label beyond all memory', { label: 2 ** 31 - 2 }],
    ['a negative weight', { weight: -1 }],
    ['a vector of another length', { x: [1, 2] }],
  ])('%s is refused by name', async (_, change) => {
    const rows = [...good, { ...good[0], ...change }]
    const error = await new LogisticRegression({ weightCol: 'weight' }).fit(frame(rows)).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(DataError)
    expect((error as RidgelineError).details.column).toBeDefined()
  })

  it('are also no rows, and no weight', async () => {
    const lr = new LogisticRegression({ weightCol: 'weight' })
    await expect(lr.fit(frame(good).limit(0))).rejects.toThrow(DataError)
    await expect(lr.fit(frame(good.map((row) => ({ ...row, weight: 0 }))))).rejects.toThrow(DataError)
  })

  it('include three classes for the binomial family, in any case', async () => {
    const inCapitals = new LogisticRegression().set('family', 'Binomial')
    await expect(inCapitals.fit(frame(randomRows(30, 3)))).rejects.toThrow('"family" is "binomial"')
    await expect(new LogisticRegression({ family: 'binomial' }).fit(frame(randomRows(30, 3)))).rejects.toThrow(
      ParamError,
    )
  })
})

describe('the model', () => {
  it('tells what belongs to its family', async () => {
    const model = await new LogisticRegression({ regParam: 0.1 }).fit(frame(randomRows(50, 3)))
    expect(() => model.coefficients).toThrow(UnsupportedError)
    expect(() => model.intercept).toThrow(UnsupportedError)
    expect(() => model.binarySummary).toThrow(UnsupportedError)
    expect(model.summary.labels).toEqual([0, 1, 2])
    expect(String(model)).toBe(`LogisticRegressionModel: uid=${model.uid}, numClasses=3, numFeatures=3`)
  })

  it('evaluates other rows as its summary does those of the fit', async () => {
    const data = frame(randomRows(80, 2), 2)
    const model = await new LogisticRegression({ predictionCol: '', weightCol: 'weight' }).fit(data)
    const summary = await model.evaluate(data)
    expect(summary.accuracy).toBe(model.summary.accuracy)
    expect(summary.asBinary.areaUnderROC).toBe(model.binarySummary.areaUnderROC)
    const made = new LogisticRegressionModel({ ...model, coefficientMatrix: model.coefficientMatrix })
    expect(made.hasSummary).toBe(false)
    expect(() => made.summary).toThrow(NotFittedError)
  })

  it('needs learned values of one shape', () => {
    const learned = {
      numClasses: 3,
      numFeatures: 2,
      interceptVector: Vectors.dense(0, 0, 0),
      coefficientMatrix: Matrices.zeros(3, 2),
      isMultinomial: true,
    }
    expect(new LogisticRegressionModel(learned).numClasses).toBe(3)
    expect(() => new LogisticRegressionModel({ ...learned, isMultinomial: false })).toThrow(ParamError)
    expect(() => new LogisticRegressionModel({ ...learned, interceptVector: Vectors.dense(0) })).toThrow(ParamError)
  })
})

describe('a long fit', () => {
  it('tells its steps and the objective', async () => {
    const events: ProgressEvent[] = []
    const lr = new LogisticRegression({ maxIter: 4, tol: 0 })
    const model = await lr.fit(frame(randomRows(50, 2)), { onProgress: (event) => events.push(event) })
    expect(events.map(({ done }) => done)).toEqual([1, 2, 3, 4])
    expect(events.every(({ total, stage }) => total === 4 && stage === lr.uid)).toBe(true)
    expect(events.map(({ loss }) => loss)).toEqual(model.summary.objectiveHistory.slice(1))
  })

  it('stops when it is told to', async () => {
    const controller = new AbortController()
    const lr = new LogisticRegression({ tol: 0 })
    const fit = lr.fit(frame(randomRows(50, 3)), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(fit).rejects.toThrow('enough')
  })
})
