import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { lbfgs } from '../../src/optim/lbfgs.js'
import { lbfgsb } from '../../src/optim/lbfgsb.js'
import { type CostFunction, type DescentMethod, minimize } from '../../src/optim/minimizer.js'
import { owlqn } from '../../src/optim/owlqn.js'

const options = { maxIter: 1000, tol: 1e-10 }
const free = (n: number): { lower: Float64Array; upper: Float64Array } => ({
  lower: new Float64Array(n).fill(-Number.MAX_VALUE),
  upper: new Float64Array(n).fill(Number.MAX_VALUE),
})

/** Minimum 0 at (1, 1), in a curved valley. */
const rosenbrock: CostFunction = ([x, y], gradient) => {
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x)
  gradient[1] = 200 * (y - x * x)
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2
}
/** Sum of `scale_i / 2 * (x_i - center_i)^2`. */
const bowl =
  (center: readonly number[], scale: readonly number[]): CostFunction =>
  (x, gradient) => {
    let value = 0
    for (let i = 0; i < x.length; i++) {
      gradient[i] = scale[i] * (x[i] - center[i])
      value += 0.5 * gradient[i] * (x[i] - center[i])
    }
    return value
  }

const methods: readonly [string, () => DescentMethod][] = [
  ['L-BFGS', () => lbfgs()],
  ['OWL-QN without penalty', () => owlqn({ l1: [0, 0] })],
  ['L-BFGS-B without bounds', () => lbfgsb(free(2))],
]

describe.each(methods)('%s', (_, method) => {
  it('finds the minimum of the Rosenbrock function', async () => {
    const found = await minimize(rosenbrock, Float64Array.of(-1.2, 1), method(), options)
    // The projected gradient stops the bounded method at 1e-5; the Hessian there turns that into less than 1e-2.
    expect(found.point[0]).toBeCloseTo(1, 2)
    expect(found.point[1]).toBeCloseTo(1, 2)
    expect(found.value).toBeLessThan(1e-6)
    expect(found.history).toHaveLength(found.iterations + 1)
  })
  it('never lets the value rise', async () => {
    const { history } = await minimize(rosenbrock, Float64Array.of(-1.2, 1), method(), options)
    for (let i = 1; i < history.length; i++) expect(history[i]).toBeLessThanOrEqual(history[i - 1])
  })
  it('stays where the gradient is zero', async () => {
    const found = await minimize(rosenbrock, Float64Array.of(1, 1), method(), options)
    expect(found.history).toEqual([0])
    expect([...found.point]).toEqual([1, 1])
  })
  it('stops at maxIter', async () => {
    const found = await minimize(rosenbrock, Float64Array.of(-1.2, 1), method(), { maxIter: 3, tol: 0 })
    expect(found.reason).toBe('maxIterations')
    expect(found.iterations).toBe(3)
    const none = await minimize(rosenbrock, Float64Array.of(-1.2, 1), method(), { maxIter: 0, tol: 0 })
    expect(none.iterations).toBe(0)
  })
  it('does not change the start', async () => {
    const start = Float64Array.of(-1.2, 1)
    await minimize(rosenbrock, start, method(), options)
    expect([...start]).toEqual([-1.2, 1])
  })
})

describe('minimize', () => {
  it('gives up after two failed steps in a row and repeats the last value for each', async () => {
    const uphill: CostFunction = ([x], gradient) => {
      gradient[0] = -1
      return x * x + 1
    }
    const found = await minimize(uphill, Float64Array.of(1), lbfgs(), options)
    expect(found.reason).toBe('searchFailed')
    expect(found.history).toEqual([2, 2, 2])
  })
  it('does not stop on equal values before step 20', async () => {
    // A gradient that never vanishes: only the values can stop this one.
    const slope: CostFunction = ([x], gradient) => {
      gradient[0] = -1e-3 / (1 + x)
      return 1 - 1e-3 * Math.log(1 + x)
    }
    const found = await minimize(slope, Float64Array.of(0), lbfgs(), { maxIter: 100, tol: 1e-1 })
    expect(['gradientConverged', 'functionValuesConverged']).toContain(found.reason)
    const flat = await minimize(slope, Float64Array.of(0), lbfgs(), { maxIter: 19, tol: 1e-12 })
    expect(flat.reason).toBe('maxIterations')
  })
  it('goes on from a point that the cost function moved', async () => {
    // The second coordinate always equals twice the first.
    const tied: CostFunction = (x, gradient) => {
      x[1] = 2 * x[0]
      gradient[0] = x[0] - 3
      gradient[1] = 0
      return 0.5 * (x[0] - 3) ** 2
    }
    const { point } = await minimize(tied, Float64Array.of(0, 7), lbfgs(), options)
    expect(point[0]).toBeCloseTo(3, 8)
    expect(point[1]).toBe(2 * point[0])
  })
  it('reports each step and can be aborted there', async () => {
    const controller = new AbortController()
    const seen: number[] = []
    const run = minimize(rosenbrock, Float64Array.of(-1.2, 1), lbfgs(), {
      ...options,
      signal: controller.signal,
      onIteration: (iteration) => {
        seen.push(iteration)
        if (iteration === 2) controller.abort(new Error('enough'))
      },
    })
    await expect(run).rejects.toThrow('enough')
    expect(seen).toEqual([1, 2])
  })
  it('gives the event loop its turns, so that a timer can abort it', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    let evaluations = 0
    const slow: CostFunction = (x, gradient, turns) => {
      evaluations++
      const until = performance.now() + 2
      while (performance.now() < until);
      return rosenbrock(x, gradient, turns)
    }
    setTimeout(() => controller.abort(reason), 1)
    const limits = { maxIter: 10_000, tol: 0, signal: controller.signal }
    await expect(minimize(slow, Float64Array.of(-1.2, 1), lbfgs(), limits)).rejects.toBe(reason)
    // Undisturbed, it needs more than 40 of them.
    expect(evaluations).toBeLessThan(30)
  })
  it('waits for a cost that takes its time, and finds the same', async () => {
    const patient: CostFunction = async (x, gradient, turns) => {
      await after(0)
      return rosenbrock(x, gradient, turns)
    }
    const found = await minimize(patient, Float64Array.of(-1.2, 1), lbfgs(), options)
    expect(found).toEqual(await minimize(rosenbrock, Float64Array.of(-1.2, 1), lbfgs(), options))
  })
})

describe('OWL-QN', () => {
  it('solves a separable problem by soft thresholds', async () => {
    const center = [3, -2, 0.4, -0.1]
    const { point, value } = await minimize(
      bowl(center, [1, 2, 1, 1]),
      new Float64Array(4),
      owlqn({ l1: [1, 1, 1, 0] }),
      options,
    )
    const expected = [2, -1.5, 0, -0.1]
    expected.forEach((x, i) => {
      expect(point[i]).toBeCloseTo(x, 7)
    })
    expect(point[2]).toBe(0)
    const penalty = 2 + 1.5
    expect(value).toBeCloseTo(0.5 * 1 + 0.5 * 2 * 0.25 + 0.5 * 0.16 + penalty, 12)
  })
})

describe('L-BFGS-B', () => {
  it('ends at a bound that the free minimum violates', async () => {
    const bounds = { lower: Float64Array.of(-5, -5), upper: Float64Array.of(0.5, 5) }
    const { point } = await minimize(rosenbrock, Float64Array.of(-1.2, 1), lbfgsb(bounds), options)
    // With x = 1/2 fixed, y = x^2 is best.
    expect(point[0]).toBe(0.5)
    expect(point[1]).toBeCloseTo(0.25, 6)
  })
  it('clips a separable problem in every coordinate', async () => {
    const bounds = { lower: Float64Array.of(0, -1, -9), upper: Float64Array.of(1, 1, 9) }
    const { point } = await minimize(bowl([3, -2, 0.5], [1, 5, 2]), new Float64Array(3), lbfgsb(bounds), options)
    expect(point[0]).toBe(1)
    expect(point[1]).toBe(-1)
    // The method stops when the projected gradient step is below 1e-5.
    expect(Math.abs(point[2] - 0.5)).toBeLessThan(1e-5)
  })
})
