import { describe, expect, it } from 'vitest'
import { DecisionTreeClassifier } from '../../src/classification/decision-tree-classifier.js'
import { RandomForestClassifier } from '../../src/classification/random-forest-classifier.js'
import { DataError, NotFittedError, ParamError, UnsupportedError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { Attribute, NominalAttribute } from '../../src/sql/attributes.js'
import type { Row } from '../../src/sql/row.js'
import { createDataFrame } from '../../src/sql/session.js'
import { DoubleType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'

/** Three classes on a line, with every tenth label wrong. */
const rows: readonly Row[] = Array.from({ length: 90 }, (_, i) => {
  const x = (i * 11) % 90
  const label = Math.floor(x / 30)
  return { features: Vectors.dense(x, i % 7), label: i % 10 === 0 ? (label + 1) % 3 : label }
})
const data = createDataFrame(rows)
const binary = createDataFrame(rows.map((row) => ({ ...row, label: Math.min(1, row.label as number) })))
const learners = [
  ['DecisionTreeClassifier', (params: object = {}) => new DecisionTreeClassifier({ maxDepth: 3, ...params })],
  [
    'RandomForestClassifier',
    (params: object = {}) => new RandomForestClassifier({ numTrees: 5, maxDepth: 3, seed: 1, ...params }),
  ],
] as const

describe.each(learners)('%s', (_, learner) => {
  it.each(['gini', 'entropy', 'GINI'])('tells classes, %s', async (impurity) => {
    const model = await learner({ impurity }).fit(data)
    expect(model.numClasses).toBe(3)
    expect([10, 40, 80].map((x) => model.predict(Vectors.dense(x, 3)))).toEqual([0, 1, 2])
    const [row] = await model.transform(data).limit(1).collect()
    const probabilities = (row.probability as ReturnType<typeof Vectors.dense>).toArray()
    expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12)
  })

  it('has the classes that the label column declares', async () => {
    const label = NominalAttribute({ name: 'label', numValues: 5 })
    const schema = StructType([StructField('features', VectorUDT), Attribute.toStructField(label)])
    const model = await learner().fit(createDataFrame(rows, schema))
    expect(model.numClasses).toBe(5)
    expect(model.predictProbability(Vectors.dense(10, 3)).size).toBe(5)
  })

  it('knows one class where there is one', async () => {
    const model = await learner().fit(createDataFrame(rows.map((row) => ({ ...row, label: 0 }))))
    expect([model.numClasses, model.predict(Vectors.dense(10, 3))]).toEqual([1, 0])
  })

  it.each([-1, 0.5, Number.NaN])('refuses the label %s', async (label) => {
    const error = await learner()
      .fit(createDataFrame([...rows, { ...rows[0], label }]))
      .catch((e: unknown) => e)
    expect(error).toBeInstanceOf(DataError)
    expect((error as DataError).details).toMatchObject({ column: 'label', row: 90, received: String(label) })
  })

  it('refuses a label beyond the declared classes, and more than 100 that are not declared', async () => {
    const schema = StructType([
      StructField('features', VectorUDT),
      StructField('label', DoubleType, true, { ml_attr: { type: 'nominal', num_vals: 2 } }),
    ])
    await expect(learner().fit(createDataFrame(rows, schema))).rejects.toThrow(DataError)
    await expect(learner().fit(createDataFrame([...rows, { ...rows[0], label: 100 }]))).rejects.toThrow(DataError)
  })

  it('refuses another number of thresholds than classes', async () => {
    await expect(learner({ thresholds: [0.5, 0.5] }).fit(data)).rejects.toThrow(ParamError)
    // Some of the rows below 30 have class 1 by mistake.
    const model = await learner({ thresholds: [1, 0.001, 1], maxDepth: 1 }).fit(data)
    expect(model.predict(Vectors.dense(10, 3))).toBe(1)
  })
})

describe('summary of RandomForestClassifier', () => {
  it('tells how well the rows are met', async () => {
    const model = await new RandomForestClassifier({ numTrees: 5, maxDepth: 3, seed: 1 }).fit(data)
    expect(model.hasSummary).toBe(true)
    const predicted = await model.transform(data).collect()
    const right = predicted.filter((row) => row.prediction === row.label).length
    expect(model.summary.accuracy).toBeCloseTo(right / rows.length, 12)
    expect(model.summary.objectiveHistory).toEqual([0])
    expect(() => model.binarySummary).toThrow(UnsupportedError)
    expect((await model.evaluate(data)).weightedPrecision).toBe(model.summary.weightedPrecision)
  })

  it('has curves where there are two classes', async () => {
    const model = await new RandomForestClassifier({ numTrees: 5, seed: 1 }).fit(binary)
    expect(model.binarySummary.areaUnderROC).toBeGreaterThan(0.9)
    const roc = await model.binarySummary.roc.collect()
    expect([roc[0], roc.at(-1)]).toEqual([
      { FPR: 0, TPR: 0 },
      { FPR: 1, TPR: 1 },
    ])
  })

  it('goes by the parameters of the estimator', async () => {
    const forest = new RandomForestClassifier({ numTrees: 3, predictionCol: 'p', probabilityCol: '', seed: 1 })
    const model = await forest.fit(binary)
    expect(model.summary.predictionCol).toBe('p')
    expect(model.summary.predictions.columns).toContain('p')
    expect(model.binarySummary.areaUnderROC).toBeGreaterThan(0.9)
  })

  it('is not there after copying into another model', async () => {
    const model = await new RandomForestClassifier({ numTrees: 2 }).fit(data)
    const { trees, treeWeights, numFeatures, numClasses } = model
    const Model = model.constructor as new (state: object) => typeof model
    const bare = new Model({ trees, treeWeights, numFeatures, numClasses })
    expect(bare.hasSummary).toBe(false)
    expect(() => bare.summary).toThrow(NotFittedError)
  })
})
