import { describe, expect, it } from 'vitest'
import { GBTClassifier } from '../../src/classification/gbt-classifier.js'
import { RandomForestClassifier } from '../../src/classification/random-forest-classifier.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { GBTRegressor } from '../../src/regression/gbt-regressor.js'
import { RandomForestRegressor } from '../../src/regression/random-forest-regressor.js'
import type { VectorColumn } from '../../src/sql/batch.js'
import { createDataFrame } from '../../src/sql/session.js'
import { DoubleType, StructField, StructType, VectorUDT } from '../../src/sql/types.js'
import { flatTree } from '../../src/tree/flat-tree.js'
import { KernelSums } from '../../src/tree/kernel-sums.js'
import type { TreeNodes } from '../../src/tree/nodes.js'
import { TreeSums } from '../../src/tree/tree-sums.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { bothForms, naiveLeaf, randomTree, randomValues } from './random-trees.js'

const SIZE = 5
const random = new XORShiftRandom(11)
const schema = StructType([StructField('features', VectorUDT), StructField('label', DoubleType)])

/** Rows with labels 0, 1 and 2; the last feature is missing now and then. */
function frame(numRows: number) {
  const rows = Array.from({ length: numRows }, () => {
    const x = Float64Array.from({ length: SIZE }, () => random.nextGaussian())
    const label = Number(x[0] * x[1] > 0) + Number(x[2] > 0.3)
    return { features: Vectors.dense(x), label }
  })
  return createDataFrame(rows, schema)
}

const train = frame(300)
const many = frame(12_000)
const binary = train.selectExpr('features', 'cast(label > 0 as double) as label')
const value = ({ features }: { features: { values: Float64Array } }): Float64Array => features.values

/** Nodes of a fitted ensemble, and the weights of its trees. */
interface Ensemble {
  readonly trees: readonly { readonly nodes: TreeNodes }[]
  readonly treeWeights: readonly number[]
}

const predictions = ({ trees, treeWeights }: Ensemble, x: Float64Array, width = 1, k = 0): number => {
  let sum = 0
  trees.forEach(({ nodes }, t) => {
    if (t % width === k) sum += treeWeights[t] * nodes.prediction[naiveLeaf(nodes, x)]
  })
  return sum
}

describe('many rows are predicted as one after another', () => {
  it('by forests of numbers, in many batches, while a fit is under way', async () => {
    const model = await new RandomForestRegressor({ numTrees: 40, maxDepth: 7, seed: 1 }).fit(train)
    const other = new GBTRegressor({ maxIter: 3, seed: 1 }).fit(many)
    const rows = await model.transform(many).collect()
    expect(rows.map(({ prediction }) => prediction)).toEqual(
      rows.map((row) => predictions(model, value(row as never)) / 40),
    )
    const alone = await new GBTRegressor({ maxIter: 3, seed: 1 }).fit(many)
    expect((await other).toDebugString().split('\n').slice(1)).toEqual(alone.toDebugString().split('\n').slice(1))
  })

  it('by boosted trees, two models in turn', async () => {
    const first = await new GBTRegressor({ maxIter: 60, maxDepth: 4, seed: 1 }).fit(train)
    const second = await new RandomForestRegressor({ numTrees: 70, maxDepth: 10, seed: 2 }).fit(train)
    second.setPredictionCol('other')
    const rows = await second.transform(first.transform(many)).collect()
    expect(rows.map(({ prediction, other }) => [prediction, other])).toEqual(
      rows.map((row) => [predictions(first, value(row as never)), predictions(second, value(row as never)) / 70]),
    )
  })

  it('by forests of classes', async () => {
    const model = await new RandomForestClassifier({ numTrees: 50, maxDepth: 6, seed: 1 }).fit(train)
    const rows = await model.transform(many).collect()
    const expected = rows.map((row) => {
      const raw = [0, 0, 0]
      for (const { nodes } of model.trees) {
        const stats = nodes.impurityStats.subarray(naiveLeaf(nodes, value(row as never)) * 3).slice(0, 3)
        const total = stats[0] + stats[1] + stats[2]
        for (let k = 0; k < 3; k++) raw[k] += stats[k] / total
      }
      return raw
    })
    expect(rows.map((row) => [...(row.rawPrediction as { values: Float64Array }).values])).toEqual(expected)
  })

  it.each([2, 3])('by boosting of %d classes', async (classes) => {
    const stage = new GBTClassifier({ maxIter: 25, maxDepth: 4, seed: 1, multiclass: classes > 2 })
    const model = await stage.fit(classes > 2 ? train : binary)
    const rows = await model.transform(many).collect()
    const expected = rows.map((row) => {
      const x = value(row as never)
      const margin = predictions(model, x)
      return classes > 2 ? [0, 1, 2].map((k) => predictions(model, x, 3, k)) : [-margin, margin]
    })
    expect(rows.map((row) => [...(row.rawPrediction as { values: Float64Array }).values])).toEqual(expected)
  })
})

describe('trees that kernels do not take', () => {
  const shape = { numFeatures: 15, maxDepth: 4, splitChance: 1 }
  const values = randomValues(random, 300, 15)
  const sumOf = (trees: readonly TreeNodes[], column: VectorColumn): Float64Array => {
    const sums = TreeSums.ofPredictions(trees, null)
    // Often enough that packing would pay.
    for (let i = 0; i < 200; i++) sums.of(column, 300)
    return sums.of(column, 300)
  }
  const expected = (trees: readonly TreeNodes[]): Float64Array =>
    Float64Array.from({ length: 300 }, (_, row) =>
      trees.reduce((sum, nodes) => sum + nodes.prediction[naiveLeaf(nodes, values.subarray(15 * row))], 0),
    )

  it.each([
    ['many categories', { ...shape, categories: { chance: 1, arity: [300] } }],
    ['no threshold', { ...shape, thresholds: [Number.NaN, 1] }],
  ])('%s', (_, given) => {
    const trees = Array.from({ length: 30 }, () => randomTree(random, given))
    const terms = trees.map((nodes) => ({ tree: flatTree(nodes), values: nodes.prediction, width: 1, slot: 0 }))
    expect(KernelSums.of(terms, 1, 15, { threads: 1 })).toBeNull()
    expect(sumOf(trees, bothForms(values, 15).dense)).toEqual(expected(trees))
  })

  it('one small tree, for which kernels are slower', () => {
    const trees = [randomTree(random, shape)]
    const terms = trees.map((nodes) => ({ tree: flatTree(nodes), values: nodes.prediction, width: 1, slot: 0 }))
    expect(KernelSums.of(terms, 1, 15)).toBeNull()
    expect(sumOf(trees, bothForms(values, 15).sparse)).toEqual(expected(trees))
  })
})
