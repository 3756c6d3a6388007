import { innerProduct, norm } from './inner-product.js'

/**
 * Function to be minimised: writes its gradient at `point` into `gradient` and returns its value there.
 * It may move dependent coordinates of `point` to where they belong (an intercept in closed form, for one); the
 * minimiser goes on from the moved point.
 */
export type CostFunction = (point: Float64Array, gradient: Float64Array) => number

/** Why a minimiser stopped. */
export type StopReason =
  | 'maxIterations'
  | 'functionValuesConverged'
  | 'gradientConverged'
  | 'projectedStepConverged'
  | 'searchFailed'

/** When to stop, and who wants to know. */
export interface MinimizeOptions {
  /** Largest number of accepted steps. */
  readonly maxIter: number
  /**
   * Relative tolerance on the value (against the value at the start) and on the norm of the gradient (against the
   * current value).
   */
  readonly tol: number
  /** Checked before each step; its reason is thrown. */
  readonly signal?: AbortSignal
  /** Told after each step: the number of steps so far and the penalised value there. */
  readonly onIteration?: (iteration: number, value: number) => void
}

/** Where a minimiser ended. */
export interface Minimum {
  readonly point: Float64Array
  /** Penalised value at `point`. */
  readonly value: number
  /** Penalised value at the start and after each step. A step that failed repeats the value before it. */
  readonly history: readonly number[]
  /** Spark's `totalIterations`: the length of `history` less one. */
  readonly iterations: number
  readonly reason: StopReason
}

/** Cost at one point. Where nothing is penalised by the method itself, both values and both gradients are the same. */
export interface Evaluation {
  readonly point: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  readonly penalizedValue: number
  readonly penalizedGradient: Float64Array
}

/** Value and directional derivative at `point + t * direction`. */
export interface Trial {
  readonly t: number
  readonly value: number
  readonly slope: number
}

/** Evaluates the cost along the direction of the current step. */
export type Ray = (t: number) => Trial

/** What distinguishes one quasi-Newton method from another. Instances hold curvature and serve one minimisation. */
export interface DescentMethod {
  /** Forgets what was learnt about the curvature. */
  reset(): void
  /** Direction of descent, or null when the curvature that was learnt is unusable. `iteration` counts accepted steps. */
  direction(at: Evaluation, iteration: number): Float64Array | null
  /** Length of the step along `direction`, or null when the line search fails. */
  search(ray: Ray, at: Evaluation, direction: Float64Array, iteration: number): number | null
  /** `point + t * direction`, brought back to where the method may go. */
  move(at: Evaluation, direction: Float64Array, t: number): Float64Array
  /** Learns the curvature from an accepted step. */
  learn(step: Float64Array, gradientChange: Float64Array): void
  /** The method's own penalty on top of the cost. */
  penalize?(point: Float64Array, value: number, gradient: Float64Array): { value: number; gradient: Float64Array }
  /** The method's own reason to stop, asked before the common ones. */
  converged?(at: Evaluation): StopReason | null
}

/** How many of the latest values must all be near the current one before the values count as converged. */
const VALUE_MEMORY = 20
/** No gradient shorter than this is worth a step. */
const MIN_GRADIENT_NORM = 1e-8

const subtract = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i])

function evaluate(cost: CostFunction, method: DescentMethod, point: Float64Array): Evaluation {
  const gradient = new Float64Array(point.length)
  const value = cost(point, gradient)
  const penalized = method.penalize?.(point, value, gradient) ?? { value, gradient }
  return { point, value, gradient, penalizedValue: penalized.value, penalizedGradient: penalized.gradient }
}

/** One step: null when no direction or no step length was found. */
function advance(cost: CostFunction, method: DescentMethod, at: Evaluation, iteration: number): Evaluation | null {
  const direction = method.direction(at, iteration)
  if (direction === null) return null
  let lastT = Number.NaN
  let last = at
  const evaluateAt = (t: number): Evaluation => {
    if (t !== lastT) {
      last = evaluate(cost, method, method.move(at, direction, t))
      lastT = t
    }
    return last
  }
  const ray: Ray = (t) => {
    const trial = evaluateAt(t)
    return { t, value: trial.penalizedValue, slope: innerProduct(trial.penalizedGradient, direction) }
  }
  const t = method.search(ray, at, direction, iteration)
  if (t === null) return null
  const next = evaluateAt(t)
  method.learn(subtract(next.point, at.point), subtract(next.gradient, at.gradient))
  return next
}

/**
 * Minimises a cost function by a quasi-Newton method (`lbfgs`, `owlqn`, `lbfgsb`). Stops, asked in this order, at
 * `maxIter` steps; when the value lies within `tol * |value at the start|` of the largest of the last 20 values (never
 * before step 20); when the gradient is not longer than `max(tol * |value|, 1e-8)`; when two steps in a row find no
 * descent. The first failure makes the method forget its curvature. Source: the stopping rules of Breeze's
 * `FirstOrderMinimizer`, which Spark uses.
 * @param start first point; not changed.
 * @throws the signal's reason, when the caller aborts.
 */
export function minimize(
  cost: CostFunction,
  start: Float64Array,
  method: DescentMethod,
  options: MinimizeOptions,
): Minimum {
  const { maxIter, tol, signal, onIteration } = options
  let at = evaluate(cost, method, start.slice())
  let iteration = 0
  let failures = 0
  const initial = Math.abs(at.penalizedValue)
  const history = [at.penalizedValue]
  const recent = [Number.POSITIVE_INFINITY]

  const stopReason = (): StopReason | null => {
    const value = at.penalizedValue
    const own = method.converged?.(at)
    if (own) return own
    if (iteration >= maxIter) return 'maxIterations'
    if (iteration > 0 && Math.abs(value - Math.max(...recent)) <= tol * initial) return 'functionValuesConverged'
    if (norm(at.penalizedGradient) <= Math.max(tol * Math.abs(value), MIN_GRADIENT_NORM)) return 'gradientConverged'
    return failures > 1 ? 'searchFailed' : null
  }

  let reason = stopReason()
  while (reason === null) {
    signal?.throwIfAborted()
    const next = advance(cost, method, at, iteration)
    if (next) {
      at = next
      iteration++
      failures = 0
      recent.push(at.penalizedValue)
      if (recent.length > VALUE_MEMORY) recent.shift()
    } else {
      failures++
      method.reset()
    }
    history.push(at.penalizedValue)
    onIteration?.(iteration, at.penalizedValue)
    reason = stopReason()
  }
  return { point: at.point, value: at.penalizedValue, history, iterations: history.length - 1, reason }
}
