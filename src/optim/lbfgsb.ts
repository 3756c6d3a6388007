import { CompactHessian } from './compact-hessian.js'
import { innerProduct } from './inner-product.js'
import type { DescentMethod, Evaluation } from './minimizer.js'
import { strongWolfe } from './strong-wolfe.js'

const MAX_TRIALS = 64
/** The point is a minimum when a whole gradient step, cut at the bounds, moves no coordinate by more than this. */
const PROJECTED_STEP = 1e-5

/** Settings of L-BFGS-B. */
export interface LbfgsbOptions {
  /** Least value of each coordinate. The start must lie within the bounds. */
  readonly lower: Float64Array
  /** Largest value of each coordinate. */
  readonly upper: Float64Array
  /** Number of steps remembered. Default 10, as everywhere in Spark. */
  readonly memory?: number
}

/**
 * Limited-memory BFGS within bounds, for `minimize`. Stops also when the projected gradient step is shorter than 1e-5
 * in every coordinate. Source: Byrd, Lu, Nocedal and Zhu, A limited memory algorithm for bound constrained optimization
 * (1995), doi:10.1137/0916069; Breeze's `LBFGSB`.
 */
export function lbfgsb(options: LbfgsbOptions): DescentMethod {
  const { lower, upper, memory = 10 } = options
  const hessian = new CompactHessian(lower.length, memory)
  const clip = (value: number, i: number): number => Math.max(Math.min(value, upper[i]), lower[i])

  /** First local minimum of the quadratic model along the projected gradient path, and `W'` times the way there. */
  const cauchyPoint = ({ point: x, gradient: g }: Evaluation): { cauchy: Float64Array; c: Float64Array } => {
    const n = x.length
    const theta = hessian.theta
    const direction = new Float64Array(n)
    const breakpoints = new Float64Array(n).fill(Number.MAX_VALUE)
    for (let i = 0; i < n; i++) {
      if (g[i] === 0) continue
      breakpoints[i] = (x[i] - (g[i] < 0 ? upper[i] : lower[i])) / g[i]
      direction[i] = breakpoints[i] === 0 ? 0 : -g[i]
    }
    const order = Array.from(x, (_, i) => i).sort((a, b) => breakpoints[a] - breakpoints[b] || a - b)
    const cauchy = x.slice()
    const p = hessian.wTransposed(direction)
    const c = new Float64Array(hessian.rank)
    let slope = innerProduct(g, direction)
    let curvature = -theta * slope - innerProduct(p, hessian.m(p))
    let best = -slope / curvature
    let reached = 0
    let at = order.findIndex((i) => breakpoints[i] !== 0)
    if (at < 0) return { cauchy, c }
    for (; at < n; at++) {
      const b = order[at]
      const length = breakpoints[b] - reached
      if (!(length <= best)) break
      cauchy[b] = direction[b] > 0 ? upper[b] : lower[b]
      const moved = cauchy[b] - x[b]
      for (let j = 0; j < c.length; j++) c[j] += p[j] * length
      const row = hessian.w(b)
      slope += length * curvature + g[b] * g[b] + theta * g[b] * moved - g[b] * innerProduct(row, hessian.m(c))
      curvature +=
        -theta * g[b] * g[b] -
        2 * g[b] * innerProduct(row, hessian.m(p)) -
        g[b] * g[b] * innerProduct(row, hessian.m(row))
      for (let j = 0; j < p.length; j++) p[j] += row[j] * g[b]
      direction[b] = 0
      best = -slope / curvature
      reached = breakpoints[b]
    }
    best = Math.max(best, 0)
    for (; at < n; at++) cauchy[order[at]] = x[order[at]] + (reached + best) * direction[order[at]]
    for (let j = 0; j < c.length; j++) c[j] += p[j] * best
    return { cauchy: cauchy.map(clip), c }
  }

  /**
   * Minimum of the model over the coordinates that the Cauchy point left free, or null when the model is singular
   * there.
   */
  const subspaceMinimum = ({ point: x, gradient: g }: Evaluation, cauchy: Float64Array, c: Float64Array) => {
    const theta = hessian.theta
    const free: number[] = []
    for (let i = 0; i < x.length; i++) if (cauchy[i] !== upper[i] && cauchy[i] !== lower[i]) free.push(i)
    const mc = hessian.m(c)
    const residual = new Float64Array(x.length)
    for (const i of free) residual[i] = g[i] + theta * (cauchy[i] - x[i]) - innerProduct(hessian.w(i), mc)
    const v = hessian.solveFree(free, hessian.m(hessian.wTransposed(residual)))
    if (v === null) return null
    const minimum = cauchy.slice()
    let share = 1
    for (const i of free) {
      residual[i] = -(residual[i] / theta + innerProduct(hessian.w(i), v) / (theta * theta))
      if (residual[i] > 0) share = Math.min(share, (upper[i] - cauchy[i]) / residual[i])
      else if (residual[i] < 0) share = Math.min(share, (lower[i] - cauchy[i]) / residual[i])
    }
    for (const i of free) minimum[i] += residual[i] * share
    return minimum.map(clip)
  }

  return {
    reset: () => hessian.reset(),
    learn: (step, change) => hessian.learn(step, change),
    move: (at, direction, t) => at.point.map((x, i) => clip(x + direction[i] * t, i)),
    converged: ({ point, gradient }) =>
      point.every((x, i) => Math.abs(clip(x - gradient[i], i) - x) < PROJECTED_STEP) ? 'projectedStepConverged' : null,
    direction: (at, iteration) => {
      const { cauchy, c } = cauchyPoint(at)
      const target = iteration === 0 ? cauchy : subspaceMinimum(at, cauchy, c)
      return target?.map((value, i) => value - at.point[i]) ?? null
    },
    search: (at, direction) => {
      let bound = Number.POSITIVE_INFINITY
      for (let i = 0; i < direction.length; i++) {
        if (direction[i] === 0) continue
        bound = Math.min(bound, ((direction[i] < 0 ? lower[i] : upper[i]) - at.point[i]) / direction[i])
      }
      const origin = { t: 0, value: at.value, slope: innerProduct(at.gradient, direction) }
      return strongWolfe(origin, Math.min(1, bound), { maxTrials: MAX_TRIALS, bound })
    },
  }
}
