import { describe, expect, it } from 'vitest'
import { probabilisticModel } from '../../src/classification/classification-model.js'
import { DataError, ParamError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { probabilisticClassifier } from '../../src/param/shared.js'
import { state } from '../../src/param/state.js'
import type { VectorColumn } from '../../src/sql/batch.js'
import { createDataFrame } from '../../src/sql/session.js'

/** Scores are the features, probabilities the scores over their sum. */
class ToyModel extends probabilisticModel('example.ToyModel', probabilisticClassifier, {
  numClasses: state.int('number of classes'),
}) {
  override get numFeatures(): number {
    return this.numClasses
  }
  override rawScores({ values }: VectorColumn, length: number): Float64Array {
    return values.slice(0, length * this.numClasses)
  }
  override rawToProbability(raw: Float64Array): void {
    for (let at = 0; at < raw.length; at += this.numClasses) {
      const row = raw.subarray(at, at + this.numClasses)
      const sum = row.reduce((a, b) => a + b, 0)
      for (let k = 0; k < row.length; k++) row[k] /= sum
    }
  }
}

const toy = () => new ToyModel({ numClasses: 3 })
const rows = createDataFrame([{ features: Vectors.dense(1, 3, 4) }, { features: Vectors.dense(5, 5, 0) }])

describe('columns of a classifier', () => {
  it('are raw scores, probabilities and predictions, with the number of classes in their attributes', async () => {
    const out = toy().transform(rows)
    expect(out.columns).toEqual(['features', 'rawPrediction', 'probability', 'prediction'])
    expect(out.schema.fields.slice(1).map(({ metadata, nullable }) => [metadata.ml_attr, nullable])).toEqual([
      [{ num_attrs: 3 }, true],
      [{ num_attrs: 3 }, true],
      [{ num_vals: 3, type: 'nominal' }, false],
    ])
    const [first, second] = await out.collect()
    expect(String(first.rawPrediction)).toBe('[1.0,3.0,4.0]')
    expect(String(first.probability)).toBe('[0.125,0.375,0.5]')
    expect([first.prediction, second.prediction]).toEqual([2, 0])
  })

  it.each([
    [{ rawPredictionCol: '' }, ['probability', 'prediction']],
    [{ probabilityCol: '' }, ['rawPrediction', 'prediction']],
    [{ predictionCol: '' }, ['rawPrediction', 'probability']],
    [{ rawPredictionCol: '', probabilityCol: '' }, ['prediction']],
    [{ rawPredictionCol: '', probabilityCol: '', predictionCol: '' }, []],
  ])('are not made where their name is empty: %o', async (params, expected) => {
    const out = toy().set(params).transform(rows)
    expect(out.columns).toEqual(['features', ...expected])
    const classes = (await out.collect()).map((row) => row.prediction)
    expect(classes).toEqual(out.columns.includes('prediction') ? [2, 0] : [undefined, undefined])
  })

  it.each([
    ['a small threshold favours its class', [1, 0.1, 1], [1, 1]],
    ['a class of threshold 0 wins', [1, 1, 0], [2, 0]],
  ])('%s, unless its probability is 0', async (_, thresholds, expected) => {
    const model = toy().setThresholds(thresholds)
    expect((await model.transform(rows).collect()).map((row) => row.prediction)).toEqual(expected)
    expect(model.predict(Vectors.dense(1, 3, 4))).toBe(expected[0])
  })

  it('need one threshold a class, at most one of them 0', () => {
    expect(() => toy().setThresholds([0.5, 0.5]).transform(rows)).toThrow(ParamError)
    expect(() => toy().setThresholds([0, 0, 1])).toThrow(ParamError)
    expect(() => toy().setThresholds([1, -1, 1])).toThrow(ParamError)
  })
})

describe('one vector', () => {
  it('has scores, probabilities and a class', () => {
    expect(String(toy().predictRaw(Vectors.dense(1, 3, 4)))).toBe('[1.0,3.0,4.0]')
    expect(String(toy().predictProbability(Vectors.dense(1, 3, 4)))).toBe('[0.125,0.375,0.5]')
    expect(toy().predict(Vectors.dense(1, 3, 4))).toBe(2)
  })

  it('is refused where it is none, or of another length', () => {
    expect(() => toy().predict([1, 2, 3] as never)).toThrow(ParamError)
    expect(() => toy().predictRaw(Vectors.dense(1, 2))).toThrow(DataError)
  })
})
