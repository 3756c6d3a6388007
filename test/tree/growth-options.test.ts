import { describe, expect, it } from 'vitest'
import { DecisionTreeClassifier } from '../../src/classification/decision-tree-classifier.js'
import { GBTClassifier } from '../../src/classification/gbt-classifier.js'
import { RandomForestClassifier } from '../../src/classification/random-forest-classifier.js'
import { DataError, ParamError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { extensionsOf } from '../../src/persistence/beyond-spark.js'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import type { Estimator } from '../../src/pipeline/estimator.js'
import { DecisionTreeRegressor } from '../../src/regression/decision-tree-regressor.js'
import { GBTRegressor } from '../../src/regression/gbt-regressor.js'
import { RandomForestRegressor } from '../../src/regression/random-forest-regressor.js'
import { AttributeGroup, NominalAttribute, NumericAttribute } from '../../src/sql/attributes.js'
import { createDataFrame } from '../../src/sql/session.js'
import { DoubleType, StructField, StructType } from '../../src/sql/types.js'
import { stageDifferences } from '../helpers/equal.js'
import { allBorders, columnOf, peerFrame, peers, recorded } from './peers.js'

const frame = peerFrame('labels')
const deep = { ...allBorders, maxDepth: 30 }

/** XGBoost reckons with floats. */
const FLOATS = 5

function expectNear(actual: readonly number[], expected: readonly number[], digits: number): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits)
  })
}

describe('growth leaf by leaf', () => {
  it.each([4, 9, 20])("gives scikit-learn's trees of %i leaves", async (maxLeaves) => {
    const stage = new DecisionTreeRegressor({ ...deep, maxLeaves })
    const model = await stage.fit(frame)
    expect(model.numNodes).toBe(2 * maxLeaves - 1)
    expectNear(await columnOf(model.transform(frame), 'prediction'), recorded(`bestFirst${maxLeaves}`), 10)
    const weighted = await stage.copy({ weightCol: 'weight' }).fit(frame)
    expectNear(await columnOf(weighted.transform(frame), 'prediction'), recorded(`bestFirstWeighted${maxLeaves}`), 10)
    const classes = peerFrame('classes')
    const classifier = await new DecisionTreeClassifier({ ...deep, maxLeaves }).fit(classes)
    const predicted = await columnOf(classifier.transform(classes), 'prediction')
    expect(predicted).toEqual(recorded(`bestFirstClasses${maxLeaves}`))
  })

  it('is the growth level by level where leaves are enough', async () => {
    const text = (model: { toDebugString(): string }) => model.toDebugString().split('\n').slice(1)
    const tree = new DecisionTreeRegressor({ maxDepth: 4 })
    expect(text(await tree.copy({ maxLeaves: 1000 }).fit(frame))).toEqual(text(await tree.fit(frame)))
    const boosted = new GBTRegressor({ maxDepth: 3, maxIter: 4 })
    expect(text(await boosted.copy({ maxLeaves: 1000 }).fit(frame))).toEqual(text(await boosted.fit(frame)))
  })

  it('keeps to maxDepth', async () => {
    const model = await new DecisionTreeRegressor({ ...allBorders, maxDepth: 2, maxLeaves: 50 }).fit(frame)
    expect([model.depth, model.numNodes]).toEqual([2, 7])
  })
})

describe('monotone predictions', () => {
  const monotoneConstraints = [1, 0, -1, 1]

  it.each([2, 3, 5])("are XGBoost's of depth %i", async (maxDepth) => {
    const stage = new DecisionTreeRegressor({ ...allBorders, maxDepth, monotoneConstraints })
    const ours = await columnOf((await stage.fit(frame)).transform(frame), 'prediction')
    expectNear(ours, recorded(`monotone${maxDepth}`), FLOATS)
    const weighted = (await stage.copy({ weightCol: 'weight' }).fit(frame)).transform(frame)
    expectNear(await columnOf(weighted, 'prediction'), recorded(`monotoneWeighted${maxDepth}`), FLOATS)
    const free = await new DecisionTreeRegressor({ ...allBorders, maxDepth }).fit(frame)
    expectNear(await columnOf(free.transform(frame), 'prediction'), recorded(`unconstrained${maxDepth}`), FLOATS)
  })

  const common = { ...allBorders, maxDepth: 4, seed: 2, monotoneConstraints }
  const binary = createDataFrame(
    peers.features.map((row, i) => ({
      features: Vectors.dense(row as number[]),
      label: Number(recorded('labels')[i] > 0.8),
    })),
  )
  it.each<[string, Estimator<never>, typeof frame]>([
    ['a tree', new DecisionTreeRegressor(common) as never, frame],
    ['a tree grown leaf by leaf', new DecisionTreeRegressor({ ...common, maxLeaves: 9 }) as never, frame],
    ['a forest', new RandomForestRegressor({ ...common, numTrees: 5 }) as never, frame],
    ['boosted trees', new GBTRegressor({ ...common, maxIter: 6 }) as never, frame],
    ['a classifier', new DecisionTreeClassifier(common) as never, binary],
    ['a classifier by entropy', new DecisionTreeClassifier({ ...common, impurity: 'entropy' }) as never, binary],
    ['a forest of classifiers', new RandomForestClassifier({ ...common, numTrees: 5 }) as never, binary],
    ['a boosted classifier', new GBTClassifier({ ...common, maxIter: 6 }) as never, binary],
  ])('are made by %s', async (_, stage, data) => {
    const model = (await stage.fit(data)) as {
      predict(v: unknown): number
      predictProbability?(v: unknown): { get(k: number): number }
    }
    const told = (row: readonly number[]): number =>
      model.predictProbability?.(Vectors.dense(row)).get(1) ?? model.predict(Vectors.dense(row))
    let moved = 0
    for (const row of peers.features.slice(0, 30)) {
      monotoneConstraints.forEach((direction, f) => {
        let before = Number.NaN
        for (let value = -1; value < 13; value += 0.25) {
          const now = told(row.map((x, j) => (j === f ? value : x)) as number[])
          if (!Number.isNaN(before)) {
            if (direction * (now - before) < 0) expect.fail(`feature ${f}: from ${before} to ${now}`)
            if (now !== before && direction !== 0) moved++
          }
          before = now
        }
      })
    }
    expect(moved).toBeGreaterThan(10)
  })

  it('are refused where they make no sense', async () => {
    await expect(new DecisionTreeRegressor({ monotoneConstraints: [1, 0] }).fit(frame)).rejects.toThrow(
      'there are 2 monotone constraints and 4 features',
    )
    const classes = new DecisionTreeClassifier({ monotoneConstraints }).fit(peerFrame('classes'))
    await expect(classes).rejects.toThrow(ParamError)
    const boosted = new GBTClassifier({ monotoneConstraints, multiclass: true }).fit(peerFrame('classes'))
    await expect(boosted).rejects.toThrow(ParamError)
    expect(() => new GBTRegressor({ monotoneConstraints: [2] })).toThrow(ParamError)
    const field = new AttributeGroup('features', [NominalAttribute({ numValues: 12 }), NumericAttribute({})])
    const nominal = createDataFrame(
      [0, 1, 2, 3].map((x) => ({ features: Vectors.dense(x, x), label: x })),
      StructType([field.toStructField(), StructField('label', DoubleType)]),
    )
    const fit = new DecisionTreeRegressor({ monotoneConstraints: [1, 1] }).fit(nominal)
    await expect(fit).rejects.toThrow('feature 0 is categorical')
  })
})

describe('missing values', () => {
  const missing = peerFrame('labelsOfMissing', 'missing')

  it.each([1, 2, 4])('are sent where XGBoost sends them, to depth %i', async (maxDepth) => {
    const stage = new DecisionTreeRegressor({ ...allBorders, maxDepth, handleMissing: 'learn' })
    const ours = await columnOf((await stage.fit(missing)).transform(missing), 'prediction')
    expectNear(ours, recorded(`missing${maxDepth}`), FLOATS)
    const weighted = (await stage.copy({ weightCol: 'weight' }).fit(missing)).transform(missing)
    expectNear(await columnOf(weighted, 'prediction'), recorded(`missingWeighted${maxDepth}`), FLOATS)
  })

  it('are an error by default, and infinities always', async () => {
    await expect(new DecisionTreeRegressor().fit(missing)).rejects.toThrow(DataError)
    const infinite = createDataFrame([
      { features: Vectors.dense(Number.NaN), label: 1 },
      { features: Vectors.dense(Number.POSITIVE_INFINITY), label: 1 },
    ])
    const fit = new GBTRegressor({ handleMissing: 'learn' }).fit(infinite)
    await expect(fit).rejects.toMatchObject({ details: { column: 'features', row: 1 } })
  })

  it('change nothing where none are missing', async () => {
    const plain = await new RandomForestRegressor({ numTrees: 3, seed: 4 }).fit(frame)
    const model = await new RandomForestRegressor({ numTrees: 3, seed: 4, handleMissing: 'learn' }).fit(frame)
    expect(await columnOf(model.transform(frame), 'prediction')).toEqual(
      await columnOf(plain.transform(frame), 'prediction'),
    )
    expect(model.featureImportances.toString()).toBe(plain.featureImportances.toString())
  })

  it('go the way of most rows where a node has seen none', async () => {
    const model = await new DecisionTreeRegressor({ ...allBorders, maxDepth: 1, handleMissing: 'learn' }).fit(frame)
    const { leftChild, rightChild, split } = model.rootNode
    const most = Number(leftChild?.rawCount) >= Number(rightChild?.rawCount) ? leftChild : rightChild
    expect(split?.missingLeft).toBe(most === leftChild)
    expect(model.predict(Vectors.dense([Number.NaN, Number.NaN, Number.NaN, Number.NaN]))).toBe(most?.prediction)
  })

  it('can be all that tells rows apart', async () => {
    const data = createDataFrame(
      [1, 2, 3, Number.NaN, Number.NaN].map((x) => ({ features: Vectors.dense(x), label: Number.isNaN(x) ? 7 : 2 })),
    )
    const model = await new DecisionTreeRegressor({ handleMissing: 'learn' }).fit(data)
    expect(model.toDebugString().split('\n').slice(1, 5)).toEqual([
      '  If (feature 0 <= Infinity)',
      '   Predict: 2.0',
      '  Else (feature 0 > Infinity or missing)',
      '   Predict: 7.0',
    ])
    expect([1e300, Number.NaN].map((x) => model.predict(Vectors.dense(x)))).toEqual([2, 7])
  })

  it.each([2, 3])('are a category of their own among categories, for %i classes', async (numClasses) => {
    const field = new AttributeGroup('features', [NominalAttribute({ numValues: 4 })]).toStructField()
    const rows = Array.from({ length: 60 }, (_, i) => {
      const category = i % 5 === 4 ? Number.NaN : i % 5
      return {
        features: Vectors.dense(category),
        label: Number.isNaN(category) || category === 1 ? 1 : (i % 3) % numClasses,
      }
    })
    const data = createDataFrame(rows, StructType([field, StructField('label', DoubleType)]))
    const model = await new DecisionTreeClassifier({ handleMissing: 'learn', maxDepth: 4 }).fit(data)
    expect(model.predict(Vectors.dense(Number.NaN))).toBe(1)
    expect(model.predictProbability(Vectors.dense(Number.NaN)).get(1)).toBe(1)
    expect(model.predictProbability(Vectors.dense(1)).get(1)).toBe(1)
    expect(model.predictProbability(Vectors.dense(0)).get(1)).toBeLessThan(0.5)
  })

  it('are told apart in sparse rows, too', async () => {
    const rows = peers.missing.map((row, i) => {
      const values = row.map((x) => x ?? Number.NaN)
      const present = [0, 1, 2, 3].filter((f) => f !== 1 || i % 2 === 0)
      const sparse = Vectors.sparse(
        4,
        present,
        present.map((f) => values[f]),
      )
      return { sparse, dense: sparse.toDense(), label: recorded('labelsOfMissing')[i] }
    })
    const data = createDataFrame(rows)
    const fit = (featuresCol: string) =>
      new GBTRegressor({ featuresCol, handleMissing: 'learn', maxIter: 3, seed: 1 }).fit(data)
    const [sparse, dense] = await Promise.all([fit('sparse'), fit('dense')])
    expect(await columnOf(sparse.transform(data), 'prediction')).toEqual(
      await columnOf(dense.transform(data), 'prediction'),
    )
    expect((await sparse.evaluateEachIteration(data)).length).toBe(3)
  })

  it('are sampled without them: borders come from the values that are there', async () => {
    const data = createDataFrame(
      Array.from({ length: 40 }, (_, i) => ({
        features: Vectors.dense(i < 20 ? i : Number.NaN),
        label: [3, 9, 1, 5, 8][Math.floor(i / 4) % 5],
      })),
    )
    const model = await new DecisionTreeRegressor({ handleMissing: 'learn', maxBins: 5, maxDepth: 6 }).fit(data)
    const thresholds = model.toDebugString().match(/<= [^)]+/g) ?? []
    expect(new Set(thresholds.map((text) => Number.parseFloat(text.slice(3))).filter(Number.isFinite))).toEqual(
      new Set([3.5, 7.5, 11.5, 15.5]),
    )
  })

  it('are kept by a saved model, and refused by exports', async () => {
    const model = await new GBTRegressor({ handleMissing: 'learn', maxIter: 2 }).fit(missing)
    const text = toDocument(model)
    const loaded = await fromDocument(text, 'x.json', classLookup())
    expect(stageDifferences(loaded, model)).toEqual([])
    expect(toDocument(loaded)).toBe(text)
    const [first] = extensionsOf(model.copy().clear('handleMissing'))
    expect(first).toMatchObject({ name: 'handleMissing', learned: false })
    const tree = model.trees[0].copy().clear('handleMissing')
    expect(extensionsOf(tree)).toMatchObject([{ name: 'nodes', learned: true }])
  })
})
