import { describe, expect, it } from 'vitest'
import { ParamError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { GBTRegressor } from '../../src/regression/gbt-regressor.js'
import { createDataFrame } from '../../src/sql/session.js'
import { absoluteError, type Loss, logLoss, squaredError } from '../../src/tree/losses.js'

/** Numbers without pattern, the same on every run. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 24
  }
}

describe('losses', () => {
  const losses: [Loss, number[]][] = [
    [squaredError, [-1.5, 0, 3]],
    [absoluteError, [-1.5, 0, 3]],
    [logLoss, [-1, 1]],
  ]

  it.each(losses)('the residual of %o is the slope of the error', (loss, labels) => {
    const h = 1e-6
    for (const label of labels) {
      for (const prediction of [-2.3, -0.4, 0.7, 5.1]) {
        const error = (score: number): number => loss.error(Float64Array.of(score), 0, label)
        const slope = (error(prediction - h) - error(prediction + h)) / (2 * h)
        expect(loss.residual(Float64Array.of(prediction), 0, label, 0)).toBeCloseTo(slope, 6)
      }
    }
  })

  it('the logistic error does not overflow', () => {
    expect(logLoss.error(Float64Array.of(-1000), 0, 1)).toBe(4000)
    expect(logLoss.error(Float64Array.of(1000), 0, 1)).toBe(0)
  })
})

interface Stump {
  readonly threshold: number
  readonly left: number
  readonly right: number
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length

/** The best split of one feature by least squares, found by trying all. */
function bestStump(x: readonly number[], y: readonly number[]): Stump {
  let best: Stump & { loss: number } = { threshold: Infinity, left: mean(y), right: 0, loss: Infinity }
  const sorted = [...new Set(x)].sort((a, b) => a - b)
  for (let i = 0; i + 1 < sorted.length; i++) {
    const threshold = (sorted[i] + sorted[i + 1]) / 2
    const [left, right] = [y.filter((_, k) => x[k] <= threshold), y.filter((_, k) => x[k] > threshold)]
    const [a, b] = [mean(left), mean(right)]
    const loss = left.reduce((s, v) => s + (v - a) ** 2, 0) + right.reduce((s, v) => s + (v - b) ** 2, 0)
    if (loss < best.loss) best = { threshold, left: a, right: b, loss }
  }
  return best
}

const at = ({ threshold, left, right }: Stump, x: number): number => (x <= threshold ? left : right)

describe('boosting', () => {
  const random = noise(3)
  const x = Array.from({ length: 30 }, (_, i) => i + random())
  const y = x.map((value) => Math.sin(value / 4) * 3 + random())
  const frame = createDataFrame(
    x.map((value, i) => ({ features: Vectors.dense(value), label: y[i], held: i % 3 === 0 })),
  )

  it.each([
    ['squared', squaredError],
    ['absolute', absoluteError],
  ] as const)('of stumps with the %s loss is what plain loops find', async (lossType, loss) => {
    const model = await new GBTRegressor({ maxIter: 12, maxDepth: 1, stepSize: 0.4, lossType, seed: 5 }).fit(frame)
    const predicted = x.map(() => 0)
    const losses: number[] = []
    for (let m = 0; m < 12; m++) {
      const stump = bestStump(
        x,
        m === 0 ? y : y.map((label, i) => loss.residual(Float64Array.from(predicted), i, label, 0)),
      )
      const weight = m === 0 ? 1 : 0.4
      x.forEach((value, i) => {
        predicted[i] += weight * at(stump, value)
      })
      losses.push(mean(y.map((label, i) => loss.error(Float64Array.from(predicted), i, label))))
      expect(model.trees[m].rootNode.split).toMatchObject({ threshold: stump.threshold })
    }
    x.forEach((value, i) => {
      expect(model.predict(Vectors.dense(value))).toBeCloseTo(predicted[i], 12)
    })
    const ours = await model.evaluateEachIteration(frame)
    ours.forEach((value, m) => {
      expect(value).toBeCloseTo(losses[m], 12)
    })
  })

  const settings = { maxIter: 60, maxDepth: 2, stepSize: 0.5, seed: 5 }

  it('stops when the loss on other rows no longer falls enough, and keeps the best trees', async () => {
    const all = await new GBTRegressor(settings).fit(frame.filter('NOT held'))
    const errors = await all.evaluateEachIteration(frame.filter('held'))
    for (const validationTol of [0, 0.01, 0.2]) {
      let best = 0
      for (let m = 1; m < errors.length; m++) {
        if (errors[best] - errors[m] < validationTol * Math.max(errors[m], 0.01)) break
        if (errors[m] < errors[best]) best = m
      }
      const model = await new GBTRegressor({ ...settings, validationIndicatorCol: 'held', validationTol }).fit(frame)
      expect(model.trees.length).toBe(best + 1)
      expect(best).toBeLessThan(59)
    }
  })

  it('waits for as many trees as it is told to', async () => {
    const all = await new GBTRegressor(settings).fit(frame.filter('NOT held'))
    const errors = await all.evaluateEachIteration(frame.filter('held'))
    const kept: number[] = []
    for (const patience of [1, 2, 5, 60]) {
      // Without a tolerance, a tree fails unless it is the best so far.
      let best = 0
      for (let m = 1; m < errors.length; m++) {
        if (errors[m] < errors[best]) best = m
        else if (m - best >= patience) break
      }
      const stage = new GBTRegressor({ ...settings, validationIndicatorCol: 'held', validationTol: 0, patience })
      expect((await stage.fit(frame)).trees.length).toBe(best + 1)
      kept.push(errors[best])
    }
    expect(kept[3]).toBe(Math.min(...errors))
    expect(new Set(kept).size).toBeGreaterThan(1)
  })

  it('does not wait without rows to judge by', async () => {
    await expect(new GBTRegressor({ patience: 3 }).fit(frame)).rejects.toThrow(ParamError)
  })
})
