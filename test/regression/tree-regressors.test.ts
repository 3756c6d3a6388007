import { describe, expect, it } from 'vitest'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { DecisionTreeRegressionModel, DecisionTreeRegressor } from '../../src/regression/decision-tree-regressor.js'
import { RandomForestRegressor } from '../../src/regression/random-forest-regressor.js'
import { AttributeGroup, NominalAttribute, NumericAttribute } from '../../src/sql/attributes.js'
import type { Row } from '../../src/sql/row.js'
import { createDataFrame } from '../../src/sql/session.js'
import { DoubleType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import type { ProgressEvent } from '../../src/util/progress.js'

/** A ride costs by its distance, and twice as much in the third of four cities. */
const rides: readonly Row[] = Array.from({ length: 80 }, (_, i) => {
  const km = (i * 7) % 40
  const city = i % 4
  return { features: Vectors.dense(city, km), label: (city === 2 ? 2 : 1) * (3 + km), weight: 1 + (i % 2) }
})
const cities = new AttributeGroup('features', [
  NominalAttribute({ name: 'city', values: ['FR', 'US', 'DE', 'MG'] }),
  NumericAttribute({ name: 'km' }),
])
const schema = StructType([
  StructField('features', VectorUDT, true, cities.toMetadata()),
  StructField('label', DoubleType),
  StructField('weight', DoubleType),
])
const data = createDataFrame(rides, schema)
const learners = [
  ['DecisionTreeRegressor', (params: object = {}) => new DecisionTreeRegressor(params)],
  ['RandomForestRegressor', (params: object = {}) => new RandomForestRegressor({ numTrees: 3, seed: 1, ...params })],
] as const

describe.each(learners)('%s', (_, learner) => {
  it('splits on categories by the attributes of the features', async () => {
    const model = await learner({ maxDepth: 4 }).fit(data)
    expect(model.numFeatures).toBe(2)
    expect(model.toDebugString()).toMatch(/feature 0 (not )?in \{/)
    const dear = model.predict(Vectors.dense(2, 30))
    expect(dear).toBeGreaterThan(1.5 * model.predict(Vectors.dense(1, 30)))
    const plain = await learner({ maxDepth: 4 }).fit(createDataFrame(rides))
    expect(plain.toDebugString()).not.toContain(' in {')
  })

  it('weighs rows', async () => {
    const model = await learner({ weightCol: 'weight', maxDepth: 0 }).fit(data)
    const twice = createDataFrame(rides.flatMap((row) => (row.weight === 2 ? [row, row] : [row])))
    const expected = await new DecisionTreeRegressor({ maxDepth: 0 }).fit(twice)
    // The bags of a forest differ.
    const digits = model instanceof DecisionTreeRegressionModel ? 10 : -1
    expect(model.predict(Vectors.dense(0, 0))).toBeCloseTo(expected.predict(Vectors.dense(0, 0)), digits)
  })

  it.each([
    ['no rows', createDataFrame([], schema), /no rows/],
    [
      'a label that is not finite',
      createDataFrame([{ features: Vectors.dense(1), label: Number.NaN }]),
      /"label" holds NaN/,
    ],
    ['a feature that is not finite', createDataFrame([{ features: Vectors.dense(Number.NaN), label: 1 }]), /NaN/],
    ['vectors without elements', createDataFrame([{ features: Vectors.dense(), label: 1 }]), /no elements/],
    [
      'a value that is no category',
      createDataFrame([...rides, { ...rides[0], features: Vectors.dense(4, 1) }], schema),
      /category 4 of feature 0 \(row 80\)/,
    ],
    ['a negative weight', createDataFrame([{ ...rides[0], weight: -1 }], schema), /-1/],
  ])('refuses %s', async (_, frame, message) => {
    const error = await learner({ weightCol: frame.columns.includes('weight') ? 'weight' : '' })
      .fit(frame)
      .catch((e: unknown) => e)
    expect(error).toBeInstanceOf(DataError)
    expect((error as Error).message).toMatch(message)
  })

  it('refuses more categories than bins, and those that do not say how many they are', async () => {
    const error = await learner({ maxBins: 3 })
      .fit(data)
      .catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ParamError)
    expect((error as Error).message).toMatch(/feature 0 has 4 categories.*only 3 bins/)
    const unknown = new AttributeGroup('features', [NominalAttribute({}), NumericAttribute({})])
    const fields = [StructField('features', VectorUDT, true, unknown.toMetadata()), ...schema.fields.slice(1)]
    await expect(learner().fit(createDataFrame(rides, StructType(fields)))).rejects.toThrow(SchemaError)
  })

  it('stops when it is aborted, whenever that is', async () => {
    const before = AbortSignal.abort(new Error('before'))
    await expect(learner().fit(data, { signal: before })).rejects.toThrow('before')
    const later = new AbortController()
    const onProgress = (): void => later.abort(new Error('during'))
    await expect(learner().fit(data, { signal: later.signal, onProgress })).rejects.toThrow('during')
  })
})

describe('RandomForestRegressor', () => {
  it('tells how many trees are done', async () => {
    const events: ProgressEvent[] = []
    const model = await new RandomForestRegressor({ numTrees: 4 }).fit(data, {
      onProgress: (event) => events.push(event),
    })
    expect(events.map(({ done, total, stage }) => [stage, done, total])).toEqual(
      [1, 2, 3, 4].map((done) => [model.uid, done, 4]),
    )
  })

  it('is a tree where there is one without bootstrap', async () => {
    const tree = await new DecisionTreeRegressor().fit(data)
    const forest = await new RandomForestRegressor({ numTrees: 1, bootstrap: false }).fit(data)
    expect(forest.trees[0].nodes).toEqual(tree.nodes)
    expect(forest.treeWeights).toEqual([1])
  })

  it('hands its parameters to its trees', async () => {
    const forest = await new RandomForestRegressor({ numTrees: 2, maxDepth: 3, predictionCol: 'price' }).fit(data)
    expect(forest.getNumTrees()).toBe(2)
    expect(forest.trees.map((tree) => [tree.getMaxDepth(), tree.getPredictionCol()])).toEqual([
      [3, 'price'],
      [3, 'price'],
    ])
  })
})
