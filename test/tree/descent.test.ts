import { describe, expect, it } from 'vitest'
import { GBTClassifier } from '../../src/classification/gbt-classifier.js'
import { DataError, NotFittedError, ParamError } from '../../src/errors.js'
import type { Vector } from '../../src/linalg/vector.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { extensionsOf } from '../../src/persistence/beyond-spark.js'
import { classLookup } from '../../src/persistence/classes.js'
import { fromDocument, toDocument } from '../../src/persistence/json.js'
import { GBTRegressor } from '../../src/regression/gbt-regressor.js'
import { createDataFrame } from '../../src/sql/session.js'
import { quantileLoss, softmaxLoss, weightedQuantile } from '../../src/tree/descent.js'
import type { ProgressEvent } from '../../src/util/progress.js'
import { stageDifferences } from '../helpers/equal.js'
import { allBorders, columnOf, peerFrame, peers, recorded } from './peers.js'

describe('losses beyond Spark', () => {
  it.each([
    ['quantile', quantileLoss(0.3), 1, [-1, 0.5]],
    ['softmax', softmaxLoss(3), 3, [0, 1, 2]],
  ] as const)('the residual of the %s loss is the slope of the error', (_, loss, width, labels) => {
    const h = 1e-6
    const scores = Float64Array.of(0.3, -1.2, 0.9).slice(0, width)
    for (const label of labels) {
      for (let k = 0; k < width; k++) {
        const error = (shift: number): number =>
          loss.error(
            scores.map((score, j) => (j === k ? score + shift : score)),
            0,
            label,
          )
        expect(loss.residual(scores, 0, label, k)).toBeCloseTo((error(-h) - error(h)) / (2 * h), 6)
      }
    }
  })

  it('a weighted quantile is the first value with its share of the weight', () => {
    const values = Float64Array.of(4, 1, 3, 2)
    const all = Int32Array.of(0, 1, 2, 3)
    expect([0.01, 0.25, 0.26, 0.5, 0.99].map((q) => weightedQuantile(values, null, all, q))).toEqual([1, 1, 2, 2, 4])
    const weights = Float64Array.of(0, 5, 1, 2)
    expect([0.01, 0.6, 0.7, 0.9, 0.99].map((q) => weightedQuantile(values, weights, all, q))).toEqual([1, 1, 2, 3, 3])
    expect(weightedQuantile(values, new Float64Array(4), all, 0.5)).toBe(0)
  })
})

describe('boosting of several classes', () => {
  const frame = peerFrame('classes')
  const settings = { ...allBorders, maxIter: 6, stepSize: 0.3, multiclass: true, seed: 1 }

  it.each([2, 3])("tells scikit-learn's probabilities at depth %i", async (maxDepth) => {
    for (const [weightCol, name] of [
      ['', `softmax${maxDepth}`],
      ['weight', `softmaxWeighted${maxDepth}`],
    ]) {
      const model = await new GBTClassifier({ ...settings, maxDepth, weightCol }).fit(frame)
      const told = (await columnOf(model.transform(frame), 'probability')) as unknown as Vector[]
      const expected = peers[name] as number[][]
      told.forEach((probability, i) => {
        expected[i].forEach((p, k) => {
          expect(probability.get(k)).toBeCloseTo(p, 9)
        })
      })
    }
  })

  it('has a tree for each class and iteration, and tells its losses', async () => {
    const model = await new GBTClassifier(settings).fit(frame)
    expect([model.numClasses, model.getNumTrees(), model.treeWeights.length]).toEqual([3, 18, 18])
    const losses = await model.evaluateEachIteration(frame)
    expect(losses.length).toBe(6)
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
    const rows = await model.transform(frame).collect()
    const last = rows.reduce((sum, row) => sum - Math.log((row.probability as Vector).get(row.label as number)), 0)
    expect(losses[5]).toBeCloseTo(last / 120, 12)
    expect(model.predictRaw(Vectors.dense(1, 1, 1, 1)).size).toBe(3)
    expect(rows.every(({ prediction, probability }) => prediction === (probability as Vector).argmax())).toBe(true)
  })

  it('is the boosting of two classes where there are two', async () => {
    const binary = createDataFrame(
      peers.features.map((row, i) => ({
        features: Vectors.dense(row as number[]),
        label: Number(recorded('classes')[i] > 0),
      })),
    )
    const one = await new GBTClassifier({ maxIter: 3, seed: 1 }).fit(binary)
    const other = await new GBTClassifier({ maxIter: 3, seed: 1, multiclass: true }).fit(binary)
    expect(other.toDebugString().split('\n').slice(1)).toEqual(one.toDebugString().split('\n').slice(1))
  })

  it('is refused unless it is asked for', async () => {
    await expect(new GBTClassifier({ maxIter: 2 }).fit(frame)).rejects.toThrow(DataError)
  })

  it('stops by rows that validate, and stays finite with a class that only those have', async () => {
    const held = createDataFrame(
      peers.features.map((row, i) => ({
        features: Vectors.dense(row as number[]),
        label: recorded('classes')[i],
        held: recorded('classes')[i] === 2 || i % 4 === 0,
      })),
    )
    const stage = new GBTClassifier({ ...settings, maxIter: 20, validationIndicatorCol: 'held', patience: 3 })
    const model = await stage.fit(held)
    expect(model.getNumTrees() % 3).toBe(0)
    expect((await model.evaluateEachIteration(held)).every(Number.isFinite)).toBe(true)
  })

  it('is kept by a saved model, and refused by exports', async () => {
    const model = await new GBTClassifier({ ...settings, maxIter: 2 }).fit(frame)
    const loaded = await fromDocument(toDocument(model), 'x.json', classLookup())
    expect(stageDifferences(loaded, model)).toEqual([])
    expect(extensionsOf(model).map(({ name }) => name)).toEqual(expect.arrayContaining(['multiclass', 'numClasses']))
    const incomplete = JSON.parse(toDocument(model))
    incomplete.stage.state.trees.pop()
    incomplete.stage.state.treeWeights.pop()
    const lookup = classLookup()
    await expect(fromDocument(JSON.stringify(incomplete), 'x.json', lookup, false)).rejects.toThrow('5 trees')
  })
})

describe('boosting of a quantile', () => {
  const frame = peerFrame('labels')
  const settings = { ...allBorders, maxIter: 30, maxDepth: 2, stepSize: 0.2, seed: 1 }
  const pinball = (q: number, told: readonly number[]): number =>
    recorded('labels').reduce((sum, y, i) => sum + (y >= told[i] ? q : q - 1) * (y - told[i]), 0) / told.length

  it.each([0.1, 0.8])("comes as near to the quantile %d as scikit-learn's", async (quantile) => {
    const model = await new GBTRegressor({ ...settings, quantile }).fit(frame)
    const told = await columnOf(model.transform(frame), 'prediction')
    // Slopes have two values only, so that many splits are equally good, of which scikit-learn draws one.
    const [ours, theirs] = [pinball(quantile, told), pinball(quantile, recorded(`quantile${quantile}`))]
    expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.1)
    const below = recorded('labels').filter((y, i) => y <= told[i]).length / told.length
    expect(Math.abs(below - quantile)).toBeLessThan(0.08)
    const losses = await model.evaluateEachIteration(frame)
    expect(losses[29]).toBeCloseTo(ours, 12)
    expect(losses[29]).toBeLessThan(losses[0])
  })

  it('does what plain loops do', async () => {
    const q = 0.7
    const model = await new GBTRegressor({ ...settings, maxIter: 4, maxDepth: 1, quantile: q }).fit(frame)
    const y = recorded('labels')
    const quantileOf = (values: readonly number[]): number =>
      [...values].sort((a, b) => a - b)[Math.ceil(q * values.length) - 1]
    const scores = y.map(() => quantileOf(y))
    for (let m = 0; m < 4; m++) {
      const { split } = model.trees[m].rootNode
      if (!split || !('threshold' in split)) return expect.fail('no split')
      const isLeft = peers.features.map((row) => Number(row[split.featureIndex]) <= split.threshold)
      for (const side of [true, false]) {
        const members = y.map((_, i) => i).filter((i) => isLeft[i] === side)
        const step = quantileOf(members.map((i) => y[i] - scores[i]))
        for (const i of members) scores[i] += 0.2 * step
      }
    }
    const told = await columnOf(model.transform(frame), 'prediction')
    told.forEach((value, i) => {
      expect(value).toBeCloseTo(scores[i], 12)
    })
  })

  it('goes with neither a loss of Spark nor monotone constraints', async () => {
    const rules: [object, string][] = [
      [{ quantile: 0.5, lossType: 'absolute' }, 'lossType'],
      [{ quantile: 0.5, monotoneConstraints: [1, 1, 1, 1] }, 'monotoneConstraints'],
      [{ intervalCol: 'i', intervalLevel: 0.5, monotoneConstraints: [1, 1, 1, 1] }, 'monotoneConstraints'],
      [{ intervalCol: 'i' }, 'intervalLevel'],
      [{ intervalLevel: 0.5 }, 'intervalCol'],
    ]
    for (const [params, named] of rules) {
      const fit = new GBTRegressor(params).fit(frame)
      await expect(fit).rejects.toThrow(ParamError)
      await expect(fit).rejects.toThrow(named)
    }
    expect(() => new GBTRegressor({ quantile: 1 })).toThrow(ParamError)
  })
})

describe('intervals', () => {
  const frame = peerFrame('labels')
  const settings = { ...allBorders, maxIter: 20, maxDepth: 2, seed: 1, intervalCol: 'interval', intervalLevel: 0.8 }

  it('are two quantiles beside the prediction, which stays as it is', async () => {
    const model = await new GBTRegressor(settings).fit(frame)
    const plain = await new GBTRegressor({ ...allBorders, maxIter: 20, maxDepth: 2, seed: 1 }).fit(frame)
    const out = model.transform(frame)
    expect(await columnOf(out, 'prediction')).toEqual(await columnOf(plain.transform(frame), 'prediction'))
    const ends = await Promise.all(
      [0.1, 0.9].map(async (q) => {
        const end = await new GBTRegressor({ ...allBorders, maxIter: 20, maxDepth: 2, seed: 1, quantile: q }).fit(frame)
        return columnOf(end.transform(frame), 'prediction')
      }),
    )
    const intervals = (await columnOf(out, 'interval')) as unknown as Vector[]
    intervals.forEach((interval, i) => {
      const expected = [ends[0][i], ends[1][i]].sort((a, b) => a - b)
      expected.forEach((end, k) => {
        expect(interval.get(k)).toBeCloseTo(end, 12)
      })
    })
    const inside = recorded('labels').filter((y, i) => y >= intervals[i].get(0) && y <= intervals[i].get(1)).length
    expect(inside / 120).toBeGreaterThan(0.7)
    const row = Vectors.dense(peers.features[3] as number[])
    expect(model.predictInterval(row).toArray()).toEqual(intervals[3].toArray())
    expect(out.schema.fields.at(-1)).toMatchObject({ name: 'interval', metadata: { ml_attr: { num_attrs: 2 } } })
  })

  it('are part of the progress', async () => {
    const events: ProgressEvent[] = []
    await new GBTRegressor({ ...settings, maxIter: 2 }).fit(frame, { onProgress: (event) => events.push(event) })
    expect(events.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4, 5, 6].map((done) => [done, 6]))
  })

  it('are kept by a saved model, refused by exports, and missed in a model without', async () => {
    const model = await new GBTRegressor(settings).fit(frame)
    const loaded = await fromDocument(toDocument(model), 'x.json', classLookup())
    expect(stageDifferences(loaded, model)).toEqual([])
    expect(await columnOf((loaded as typeof model).transform(frame), 'interval')).toEqual(
      await columnOf(model.transform(frame), 'interval'),
    )
    const names = extensionsOf(model).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['intervalCol', 'intervalLevel', 'interval', 'quantile']))
    const plain = await new GBTRegressor({ maxIter: 2 }).fit(frame)
    expect(() => plain.setIntervalCol('interval').transformSchema(frame.schema)).toThrow(NotFittedError)
    expect(() => plain.predictInterval(Vectors.dense(1, 1, 1, 1))).toThrow(NotFittedError)
  })
})
