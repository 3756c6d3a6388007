import { describe, expect, it } from 'vitest'
import { LinearSVC, LinearSVCModel } from '../../src/classification/linear-svc.js'
import { DataError, NotFittedError } from '../../src/errors.js'
import { Vectors } from '../../src/linalg/vectors.js'
import { createDataFrame } from '../../src/sql/session.js'
import type { ProgressEvent } from '../../src/util/progress.js'
import { JavaRandom } from '../../src/util/random/java-random.js'

interface Row {
  readonly x: readonly number[]
  readonly label: number
}
function randomRows(count: number): Row[] {
  const random = new JavaRandom(9)
  return Array.from({ length: count }, () => {
    const x = [random.nextGaussian(), 2 * random.nextGaussian() + 1]
    return { x, label: x[0] - 0.5 * x[1] + 0.3 * random.nextGaussian() > 0 ? 1 : 0 }
  })
}
const frame = (rows: readonly Row[]) =>
  createDataFrame(rows.map(({ x, label }) => ({ features: Vectors.dense([...x]), label })))

/** The documented objective for features that are not standardised. */
const objective = (rows: readonly Row[], coefficients: readonly number[], intercept: number, regParam: number) =>
  rows.reduce(
    (sum, { x, label }) => {
      const margin = coefficients.reduce((m, c, j) => m + c * x[j], intercept)
      return sum + Math.max(0, 1 - (2 * label - 1) * margin) / rows.length
    },
    (regParam / 2) * coefficients.reduce((sum, c) => sum + c * c, 0),
  )

describe('LinearSVC', () => {
  it.each([true, false])('comes near the minimum of its objective, with intercept %s', async (fitIntercept) => {
    const rows = randomRows(200)
    const svc = new LinearSVC({ regParam: 0.05, standardization: false, tol: 1e-10, maxIter: 500, fitIntercept })
    const model = await svc.fit(frame(rows))
    const coefficients = [...model.coefficients.toArray()]
    const reached = objective(rows, coefficients, model.intercept, 0.05)
    expect(model.summary.objectiveHistory.at(-1)).toBeCloseTo(reached, 10)
    expect(reached).toBeLessThan(objective(rows, [0, 0], 0, 0.05))
    for (const by of [-0.05, 0.05]) {
      expect(objective(rows, [coefficients[0] + by, coefficients[1]], model.intercept, 0.05)).toBeGreaterThan(reached)
      expect(objective(rows, [coefficients[0], coefficients[1] + by], model.intercept, 0.05)).toBeGreaterThan(reached)
      if (fitIntercept) expect(objective(rows, coefficients, model.intercept + by, 0.05)).toBeGreaterThan(reached)
    }
    if (!fitIntercept) expect(model.intercept).toBe(0)
  })

  it('separates what can be separated', async () => {
    const model = await new LinearSVC().fit(frame([-2, -1, 1, 2].map((x) => ({ x: [x], label: x > 0 ? 1 : 0 }))))
    expect(model.summary.accuracy).toBe(1)
    expect(model.summary.areaUnderROC).toBe(1)
    expect(model.summary.scoreCol).toBe('rawPrediction')
  })

  it.each([
    ['three classes', [0, 1, 2]],
    ['labels of 0 only', [0, 0, 0]],
    ['a label that is no class', [0, 0.5, 1]],
  ])('refuses %s', async (_, labels) => {
    const fit = new LinearSVC().fit(frame(labels.map((label, i) => ({ x: [i], label }))))
    await expect(fit).rejects.toThrow(DataError)
  })

  it('learns of labels of 1 only', async () => {
    const model = await new LinearSVC().fit(frame([1, 1, 1].map((label, i) => ({ x: [i], label }))))
    expect(model.predict(Vectors.dense(1))).toBe(1)
  })

  it('tells its steps', async () => {
    const events: ProgressEvent[] = []
    await new LinearSVC({ maxIter: 3 }).fit(frame(randomRows(30)), { onProgress: (event) => events.push(event) })
    expect(events.map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    expect(events.every(({ loss }) => loss !== undefined && loss > 0)).toBe(true)
  })
})

describe('LinearSVCModel', () => {
  const model = new LinearSVCModel({ coefficients: Vectors.dense(1), intercept: 0 })
  it.each([
    [0, 0, 1],
    [-1, 1, 1],
    [1, 0, 0],
    [Number.POSITIVE_INFINITY, 0, 0],
    [Number.NEGATIVE_INFINITY, 1, 1],
  ])('predicts class 1 where the margin is above %d', (threshold, atZero, atOne) => {
    const at = model.copy({ threshold })
    expect([at.predict(Vectors.dense(0)), at.predict(Vectors.dense(1))]).toEqual([atZero, atOne])
  })

  it('has no summary of a fit that it did not see, and evaluates rows', async () => {
    expect(() => model.summary).toThrow(NotFittedError)
    const summary = await model.evaluate(frame([-1, 1, 2].map((x) => ({ x: [x], label: x > 1 ? 1 : 0 }))))
    expect(summary.accuracy).toBeCloseTo(2 / 3, 12)
    expect(summary.areaUnderROC).toBe(1)
  })
})
