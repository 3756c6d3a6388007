import { describe, expect, it } from 'vitest'
import { DecisionTreeClassifier } from '../../src/classification/decision-tree-classifier.js'
import { LinearSVC } from '../../src/classification/linear-svc.js'
import { LogisticRegression } from '../../src/classification/logistic-regression.js'
import { OneVsRest, OneVsRestModel } from '../../src/classification/one-vs-rest.js'
import { DataError, ParamError, SchemaError } from '../../src/errors.js'
import { IndexToString } from '../../src/feature/index-to-string.js'
import { StringIndexer } from '../../src/feature/string-indexer.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'
import type { ProgressEvent } from '../../src/util/progress.js'
import { JavaRandom } from '../../src/util/random/java-random.js'

const random = new JavaRandom(4)
const CENTRES = [
  [0, 0],
  [6, 0],
  [0, 6],
]
const rows = Array.from({ length: 60 }, (_, i) => {
  const [x, y] = CENTRES[i % 3]
  return {
    features: Vectors.dense(x + random.nextGaussian(), y + random.nextGaussian()),
    label: i % 3,
    name: ['red', 'green', 'blue'][i % 3],
    weight: 1 + (i % 2),
  }
})
const data = createDataFrame(rows)

describe('OneVsRest', () => {
  it.each([
    ['logistic regressions', new LogisticRegression({ regParam: 0.01 })],
    ['support vector machines', new LinearSVC({ regParam: 0.01 })],
    ['trees', new DecisionTreeClassifier({ maxDepth: 3 })],
  ])('tells classes apart by %s', async (_, classifier) => {
    const model = await new OneVsRest({ classifier, rawPredictionCol: 'raw' }).fit(data)
    const out = model.transform(data)
    expect(out.columns.slice(-2)).toEqual(['raw', 'prediction'])
    const predicted = await out.collect()
    const right = predicted.filter(({ label, prediction }) => label === prediction).length
    expect(right).toBeGreaterThan(55)
    // The score of a class is that of its own model.
    const { features, raw } = predicted[7] as { features: never; raw: { get(i: number): number } }
    model.models.forEach((one, k) => {
      expect(raw.get(k)).toBe(one.predictRaw(features).get(1))
    })
  })

  it('fits each class against the others, with weights', async () => {
    const classifier = new LogisticRegression({ regParam: 0.1 })
    const model = await new OneVsRest({ classifier, weightCol: 'weight' }).fit(data)
    const second = createDataFrame(rows.map((row) => ({ ...row, label: row.label === 1 ? 1 : 0 })))
    const alone = await classifier.copy({ weightCol: 'weight' }).fit(second)
    expect((model.models[1] as typeof alone).intercept).toBe(alone.intercept)
    expect(model.getClassifier().uid).toBe(classifier.uid)
  })

  it('gives the same models however many are fitted at a time', async () => {
    const fit = (parallelism: number) => new OneVsRest({ classifier: new LinearSVC(), parallelism }).fit(data)
    const [one, three] = [await fit(1), await fit(3)]
    const x = Vectors.dense(2, 3)
    expect(String(one.predictRaw(x))).toBe(String(three.predictRaw(x)))
  })

  it('passes the names of the classes on', async () => {
    const indexed = (await new StringIndexer({ inputCol: 'name', outputCol: 'class' }).fit(data)).transform(data)
    const ovr = new OneVsRest({ classifier: new LinearSVC({ regParam: 0.01 }), labelCol: 'class' })
    const out = (await ovr.fit(indexed)).transform(indexed)
    const named = new IndexToString({ inputCol: 'prediction', outputCol: 'predicted' }).transform(out)
    const answers = await named.collect()
    expect(answers.filter(({ name, predicted }) => name === predicted).length).toBeGreaterThan(55)
  })

  it('leaves out columns without a name', async () => {
    const ovr = new OneVsRest({ classifier: new LinearSVC(), rawPredictionCol: '' })
    expect((await ovr.fit(data)).transform(data).columns).toEqual([...data.columns, 'prediction'])
  })

  it('takes labels without rows for classes that never win', async () => {
    const gap = createDataFrame(rows.map((row) => ({ ...row, label: row.label === 2 ? 3 : row.label })))
    const model = await new OneVsRest({ classifier: new LogisticRegression({ regParam: 0.1 }) }).fit(gap)
    expect(model.numClasses).toBe(4)
    expect(model.predictRaw(Vectors.dense(1, 1)).get(2)).toBe(Number.NEGATIVE_INFINITY)
  })

  it('refuses what is no classifier, weights that nobody reads, and labels that are no classes', async () => {
    expect(() => new OneVsRest({ classifier: new StringIndexer() as never })).toThrow(ParamError)
    await expect(new OneVsRest().fit(data)).rejects.toThrow(ParamError)
    const half = createDataFrame(rows.map((row) => ({ ...row, label: row.label / 2 })))
    await expect(new OneVsRest({ classifier: new LinearSVC() }).fit(half)).rejects.toThrow(DataError)
    const huge = createDataFrame(rows.map((row, i) => ({ ...row, label: i === 0 ? 1e9 : 0 })))
    await expect(new OneVsRest({ classifier: new LinearSVC() }).fit(huge)).rejects.toThrow(DataError)
    const lost = new OneVsRest({ classifier: new LinearSVC({ featuresCol: 'nowhere' }), featuresCol: 'feature' })
    await expect(lost.fit(data)).rejects.toThrow(SchemaError)
  })

  it('tells its steps, and stops when it is told to', async () => {
    const events: ProgressEvent[] = []
    const ovr = new OneVsRest({ classifier: new LinearSVC() })
    await ovr.fit(data, { onProgress: (event) => events.push(event) })
    expect(events.map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    const controller = new AbortController()
    const stopped = ovr.fit(data, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    })
    await expect(stopped).rejects.toThrow('enough')
  })

  it('makes a model that is copied with its models', async () => {
    const model = await new OneVsRest({ classifier: new LinearSVC() }).fit(data)
    expect(model.copy()).toBeInstanceOf(OneVsRestModel)
    expect(model.copy().models[0]).not.toBe(model.models[0])
    expect(String(model)).toContain('numClasses=3, numFeatures=2')
  })
})
