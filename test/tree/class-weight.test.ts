import { describe, expect, it } from 'vitest'
import { DecisionTreeClassifier } from '../../src/classification/decision-tree-classifier.js'
import { GBTClassifier } from '../../src/classification/gbt-classifier.js'
import { LinearSVC } from '../../src/classification/linear-svc.js'
import { LogisticRegression } from '../../src/classification/logistic-regression.js'
import { RandomForestClassifier } from '../../src/classification/random-forest-classifier.js'
import type { Estimator } from '../../src/pipeline/estimator.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import { expr } from '../../src/sql/expression/functions.js'
import { allBorders, columnOf, peerFrame, recorded } from './peers.js'

const frame = peerFrame('classes')
const binary = frame.withColumn('label', expr('CAST(label = 1 AS DOUBLE)'))

describe('balanced classes', () => {
  it("give scikit-learn's tree", async () => {
    const stage = new DecisionTreeClassifier({ ...allBorders, maxDepth: 4 })
    expect(await columnOf((await stage.fit(frame)).transform(frame), 'prediction')).toEqual(recorded('plainTree'))
    const balanced = await stage.setClassWeight('balanced').fit(frame)
    expect(await columnOf(balanced.transform(frame), 'prediction')).toEqual(recorded('balancedTree'))
    expect(recorded('balancedTree')).not.toEqual(recorded('plainTree'))
  })

  it("give scikit-learn's logistic regression", async () => {
    const model = await new LogisticRegression({ classWeight: 'balanced', tol: 1e-12, maxIter: 1000 }).fit(binary)
    const found = [...model.coefficients.toArray(), model.intercept]
    recorded('balancedLogistic').forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 6)
    })
  })

  const small = { maxDepth: 3, seed: 3 }
  it.each<[string, (options: object) => Estimator<Transformer>]>([
    ['a tree', (o) => new DecisionTreeClassifier({ ...small, ...o })],
    ['a forest', (o) => new RandomForestClassifier({ ...small, numTrees: 4, ...o })],
    ['boosted trees', (o) => new GBTClassifier({ ...small, maxIter: 4, ...o })],
    ['logistic regression', (o) => new LogisticRegression({ regParam: 0.01, ...o })],
    ['a support vector machine', (o) => new LinearSVC({ regParam: 0.01, ...o })],
  ])('are to %s what these weights are', async (_, stageWith) => {
    for (const weightCol of ['', 'weight']) {
      const w = weightCol === '' ? '1D' : weightCol
      const [[one], [all]] = await Promise.all([
        columnOf(binary.selectExpr(`SUM(IF(label = 1, ${w}, 0D)) AS s`), 's'),
        columnOf(binary.selectExpr(`SUM(${w}) AS s`), 's'),
      ])
      const byHand = `${w} * ${all}D / (2 * IF(label = 1, ${one}D, ${all}D - ${one}D))`
      const weighed = binary.withColumn('w', expr(byHand))
      const expected = await stageWith({ weightCol: 'w' }).fit(weighed)
      const model = await stageWith({ weightCol, classWeight: 'balanced' }).fit(binary)
      const [ours, theirs] = await Promise.all([
        columnOf(model.transform(binary), 'rawPrediction'),
        columnOf(expected.transform(binary), 'rawPrediction'),
      ])
      ours.forEach((raw, i) => {
        const [a, b] = [raw, theirs[i]] as unknown as { get(k: number): number }[]
        expect(a.get(1)).toBeCloseTo(b.get(1), 9)
      })
    }
  })

  it('stay without effect on the measures of a summary', async () => {
    const model = await new RandomForestClassifier({ ...small, numTrees: 4, classWeight: 'balanced' }).fit(binary)
    const right = (await model.transform(binary).collect()).filter(({ label, prediction }) => label === prediction)
    expect(model.summary.accuracy).toBeCloseTo(right.length / 120, 12)
  })
})
