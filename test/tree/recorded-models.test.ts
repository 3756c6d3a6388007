import { describe, expect, it } from 'vitest'
import { DecisionTreeClassificationModel } from '../../src/classification/decision-tree-classifier.js'
import { GBTClassificationModel } from '../../src/classification/gbt-classifier.js'
import { RandomForestClassificationModel } from '../../src/classification/random-forest-classifier.js'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import type { Model } from '../../src/pipeline/model.js'
import { DecisionTreeRegressionModel } from '../../src/regression/decision-tree-regressor.js'
import { GBTRegressionModel } from '../../src/regression/gbt-regressor.js'
import { RandomForestRegressionModel } from '../../src/regression/random-forest-regressor.js'
import { attributeDifferences } from '../golden/attributes.js'
import { Corpus, type GoldenCase } from '../golden/corpus.js'
import { decodeParam } from '../golden/decode.js'
import { Frames } from '../golden/frames.js'
import { outputDifferences } from '../golden/stage-case.js'
import { decodeTrees } from '../golden/tree-nodes.js'
import type { RecordedObject } from '../helpers/compare.js'
import { stageDifferences } from '../helpers/equal.js'

/** Models made of the nodes that Spark learned: what they answer must be Spark's, whatever our growers do. */
const corpus = Corpus.open()
const frames = new Frames(corpus)
const classes = [
  DecisionTreeRegressionModel,
  DecisionTreeClassificationModel,
  RandomForestRegressionModel,
  RandomForestClassificationModel,
  GBTRegressionModel,
  GBTClassificationModel,
]

function modelOf({ model, modelClass, modelUid }: GoldenCase): Model {
  const { trees, weights } = decodeTrees((model?.tree ?? model?.ensemble) as RecordedObject)
  const numFeatures = model?.numFeatures as number
  const numClasses = model?.numClasses as number
  const regressors = () => trees.map((nodes) => new DecisionTreeRegressionModel({ nodes, numFeatures }))
  const classifiers = () =>
    trees.map((nodes) => new DecisionTreeClassificationModel({ nodes, numFeatures, numClasses }))
  switch (modelClass) {
    case 'DecisionTreeRegressionModel':
      return new DecisionTreeRegressionModel({ nodes: trees[0], numFeatures }, modelUid)
    case 'DecisionTreeClassificationModel':
      return new DecisionTreeClassificationModel({ nodes: trees[0], numFeatures, numClasses }, modelUid)
    case 'RandomForestRegressionModel':
      return new RandomForestRegressionModel({ trees: regressors(), treeWeights: weights, numFeatures }, modelUid)
    case 'RandomForestClassificationModel':
      return new RandomForestClassificationModel(
        { trees: classifiers(), treeWeights: weights, numFeatures, numClasses },
        modelUid,
      )
    case 'GBTRegressionModel':
      return new GBTRegressionModel({ trees: regressors(), treeWeights: weights, numFeatures }, modelUid)
    default:
      return new GBTClassificationModel(
        { trees: regressors(), treeWeights: weights, numFeatures, numClasses },
        modelUid,
      )
  }
}

describe('models of recorded nodes', () => {
  const cases = corpus.cases().filter(({ model }) => model?.tree ?? model?.ensemble)

  it('are there', () => {
    expect(cases.length).toBeGreaterThan(30)
  })

  it.each(cases.map((golden) => [golden.id, golden] as const))('%s', async (_, golden) => {
    const model = modelOf(golden)
    const params = Object.entries(golden.params ?? {}).filter(([name]) => model.hasParam(name))
    for (const [name, value] of params) model.set(name, decodeParam(model.getParam(name).row.kind, value))
    const { summary: _summary, ...attributes } = golden.model as RecordedObject
    expect(await attributeDifferences(golden.id, model, attributes, 'model')).toEqual([])
    const out = model.transform(frames.frame(golden.test ?? golden.input))
    expect(await outputDifferences(golden, out, corpus.output(golden.id) ?? [])).toEqual([])
    const loaded = await fromDocument(toDocument(model), 'saved.json', classLookup(classes))
    expect(stageDifferences(loaded, model)).toEqual([])
    expect(toDocument(loaded)).toBe(toDocument(model))
  })
})
