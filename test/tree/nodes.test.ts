import { describe, expect, it } from 'vitest'
import { DecisionTreeClassificationModel } from '../../src/classification/decision-tree-classifier.js'
import { RandomForestClassificationModel } from '../../src/classification/random-forest-classifier.js'
import { ParamError, PersistenceError } from '../../src/errors.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import { DecisionTreeRegressionModel } from '../../src/regression/decision-tree-regressor.js'
import { GBTRegressionModel } from '../../src/regression/gbt-regressor.js'
import { RandomForestRegressionModel } from '../../src/regression/random-forest-regressor.js'
import { createDataFrame } from '../../src/sql/session.js'
import { TreeNode } from '../../src/tree/node-view.js'
import { goesLeft, leafCount, leafNumbers, nodesProblem, type TreeNodes, treeDepth } from '../../src/tree/nodes.js'

/**
 * Feature 3 up to 2.5: feature 1 in {0, 2} of 4: leaf 0, else leaf 1. Above 2.5: feature 0 in {1, 2, 3} of 4: leaf 2, else
 * leaf 3.
 */
const nodes: TreeNodes = {
  prediction: Float64Array.of(0, 1, 10, 11, 2, 12, 13),
  impurity: new Float64Array(7),
  impurityStats: new Float64Array(21).fill(1),
  statsSize: 3,
  rawCount: new Float64Array(7).fill(1),
  gain: Float64Array.of(1, 1, -1, -1, 1, -1, -1),
  leftChild: Int32Array.of(1, 2, -1, -1, 5, -1, -1),
  rightChild: Int32Array.of(4, 3, -1, -1, 6, -1, -1),
  feature: Int32Array.of(3, 1, -1, -1, 0, -1, -1),
  threshold: Float64Array.of(2.5, NaN, NaN, NaN, NaN, NaN, NaN),
  numCategories: Int32Array.of(-1, 4, -1, -1, 4, -1, -1),
  categoryOffsets: Int32Array.of(0, 0, 2, 2, 2, 5, 5, 5),
  categories: Int32Array.of(0, 2, 1, 2, 3),
}

describe('a table of nodes', () => {
  it('has depth, leaves and numbers of leaves', () => {
    expect([treeDepth(nodes), leafCount(nodes)]).toEqual([2, 4])
    expect([...leafNumbers(nodes)]).toEqual([-1, -1, 0, 1, -1, 2, 3])
    expect(nodesProblem(nodes, 4, 3)).toBeUndefined()
  })

  it.each<[string, Partial<TreeNodes>]>([
    ['threshold has not 7', { threshold: new Float64Array(6) }],
    ['impurityStats has not 21', { impurityStats: new Float64Array(20) }],
    ['no nodes', { leftChild: new Int32Array(0) }],
    ['statsSize is not 3', { statsSize: 2 }],
    ['left child of node 0', { leftChild: Int32Array.of(2, 2, -1, -1, 5, -1, -1) }],
    ['not where its parent says', { rightChild: Int32Array.of(4, 1, -1, -1, 6, -1, -1) }],
    ['right child is missing', { leftChild: Int32Array.of(1, 2, -1, -1, 5, 6, 7) }],
    ['feature 9 of 4', { feature: Int32Array.of(3, 9, -1, -1, 0, -1, -1) }],
    ['do not cover', { categoryOffsets: Int32Array.of(0, 0, 2, 2, 2, 4, 4, 4) }],
    ['decrease', { categoryOffsets: Int32Array.of(0, 0, 2, 1, 2, 5, 5, 5) }],
    ['category 4 of 4', { categories: Int32Array.of(0, 2, 1, 2, 4) }],
  ])('is refused where %s', (problem, change) => {
    expect(() => new DecisionTreeRegressionModel({ nodes: { ...nodes, ...change }, numFeatures: 4 })).toThrow(
      ParamError,
    )
    expect(nodesProblem({ ...nodes, ...change }, 4, 3)).toContain(problem)
  })

  it('is refused when a file holds another one', async () => {
    const text = toDocument(new DecisionTreeRegressionModel({ nodes, numFeatures: 4 }))
    const lookup = classLookup()
    const altered = JSON.parse(text)
    altered.stage.state.nodes.rightChild.int32[0] = 0
    await expect(fromDocument(JSON.stringify(altered), 'x.json', lookup, false)).rejects.toThrow(PersistenceError)
    altered.stage.state.nodes.rightChild = { int32: [0.5] }
    await expect(fromDocument(JSON.stringify(altered), 'x.json', lookup, false)).rejects.toThrow(PersistenceError)
  })

  it('sends what is no category where most categories go, as Spark does', () => {
    // {0, 2} of 4 is half: what is not listed goes right.
    expect([0, 1, 2, 3, 4, -1, 0.5, NaN].map((v) => goesLeft(nodes, 1, v))).toEqual([
      ...[true, false, true, false],
      ...[false, false, false, false],
    ])
    // {1, 2, 3} of 4 is more than half: only 0 goes right.
    expect([0, 1, 2, 3, 4, -1, 0.5, NaN].map((v) => goesLeft(nodes, 4, v))).toEqual([
      ...[false, true, true, true],
      ...[true, true, true, true],
    ])
  })

  it('can be walked from the root', () => {
    const root = new TreeNode(nodes, 0)
    expect(root.split).toEqual({ featureIndex: 3, threshold: 2.5 })
    expect(root.rightChild?.split).toEqual({
      featureIndex: 0,
      numCategories: 4,
      leftCategories: [1, 2, 3],
      rightCategories: [0],
    })
    expect(root.leftChild?.leftChild).toMatchObject({ id: 2, prediction: 10, isLeaf: true, gain: -1, split: undefined })
    expect(root.leftChild?.leftChild?.leftChild).toBeUndefined()
    expect([...root.impurityStats]).toEqual([1, 1, 1])
  })
})

describe('leaves of rows', () => {
  /** As the nodes say, one step after the other. */
  function leafOf(row: Vector): number {
    let node = new TreeNode(nodes, 0)
    while (node.leftChild && node.rightChild && node.split) {
      node = goesLeft(nodes, node.id, row.get(node.split.featureIndex)) ? node.leftChild : node.rightChild
    }
    return node.prediction
  }
  const rows = Array.from({ length: 500 }, (_, i) => [(i * 7) % 4, (i * 5) % 4, 0, (i * 3) % 6])

  it.each([
    ['few features', 4],
    ['more features than are laid out at once', 30_000],
  ])('are the same of dense, sparse and mixed rows with %s', async (_, width) => {
    const model = new DecisionTreeRegressionModel({ nodes, numFeatures: width })
    const sparse = rows.slice(0, width > 100 ? 20 : 500).map((row) => {
      const slots = [0, 1, 3].filter((slot) => row[slot] !== 0)
      return Vectors.sparse(
        width,
        slots,
        slots.map((slot) => row[slot]),
      )
    })
    for (const form of [
      sparse,
      sparse.map((row) => row.toDense()),
      sparse.map((row, i) => (i % 2 === 0 ? row.toDense() : row)),
    ]) {
      const out = await model.transform(createDataFrame(form.map((features) => ({ features })))).collect()
      expect(out.map(({ prediction }) => prediction)).toEqual(form.map(leafOf))
      expect(form.map((row) => model.predict(row))).toEqual(form.map(leafOf))
    }
  })
})

describe('an ensemble', () => {
  const tree = new DecisionTreeRegressionModel({ nodes, numFeatures: 4 })

  it('is refused without trees, with other weights, over other features, with trees of classes', () => {
    const made = (state: object) => () => new RandomForestRegressionModel(state as never)
    expect(made({ trees: [tree], treeWeights: [1], numFeatures: 4 })).not.toThrow()
    expect(made({ trees: [], treeWeights: [], numFeatures: 4 })).toThrow(ParamError)
    expect(made({ trees: [tree], treeWeights: [1, 1], numFeatures: 4 })).toThrow(ParamError)
    expect(made({ trees: [tree], treeWeights: [1], numFeatures: 5 })).toThrow(ParamError)
    const statsSize = 2
    const classes = { ...nodes, statsSize, impurityStats: new Float64Array(14).fill(1) }
    const classTree = new DecisionTreeClassificationModel({ nodes: classes, numFeatures: 4, numClasses: 2 })
    expect(made({ trees: [classTree], treeWeights: [1], numFeatures: 4 })).toThrow(ParamError)
    const forest = { trees: [classTree], treeWeights: [1], numFeatures: 4 }
    expect(() => new RandomForestClassificationModel({ ...forest, numClasses: 3 })).toThrow(ParamError)
    expect(new RandomForestClassificationModel({ ...forest, numClasses: 2 }).getNumTrees()).toBe(1)
  })

  it('is refused with an interval of other things than two models', () => {
    const state = { trees: [tree], treeWeights: [1], numFeatures: 4 }
    const end = new GBTRegressionModel(state)
    expect(() => new GBTRegressionModel({ ...state, interval: [end] })).toThrow(ParamError)
    expect(() => new GBTRegressionModel({ ...state, interval: [tree, tree] })).toThrow(ParamError)
    expect(new GBTRegressionModel({ ...state, interval: [end, end] }).interval?.length).toBe(2)
  })
})
