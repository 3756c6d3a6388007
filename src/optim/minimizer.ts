import { TurnTaker } from '../util/turn-taker.js'
import { innerProduct, norm } from './inner-product.js'
import { workVector } from './work-vector.js'

/**
 * Function to be minimised: writes its gradient at `point` into `gradient` and returns its value there.
 * It may move dependent coordinates of `point` to where they belong (an intercept in closed form, for one); the
 * minimiser goes on from the moved point. One that takes long is asynchronous and takes `turns` between its steps; it is
 * not called again before it has answered.
 */
export type CostFunction = (point: Float64Array, gradient: Float64Array, turns: TurnTaker) => number | Promise<number>

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
  /** Stops the search: between two evaluations, or within one that takes turns. */
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

/**
 * A search along the direction of the current step: yields each length to try, gets its trial, and returns the length to
 * take, or null when it fails. So it need not know that an evaluation may have to wait.
 */
export type LineSearch = Generator<number, number | null, Trial>

/** What distinguishes one quasi-Newton method from another. Instances hold curvature and serve one minimisation. */
export interface DescentMethod {
  /** Forgets what was learnt about the curvature. */
  reset(): void
  /** Direction of descent, or null when the curvature that was learnt is unusable. `iteration` counts accepted steps. */
  direction(at: Evaluation, iteration: number): Float64Array | null
  /** Search for the length of the step along `direction`. */
  search(at: Evaluation, direction: Float64Array, iteration: number): LineSearch
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

interface Problem {
  readonly cost: CostFunction
  readonly method: DescentMethod
  readonly turns: TurnTaker
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  const difference = workVector(a.length)
  for (let i = 0; i < a.length; i++) difference[i] = a[i] - b[i]
  return difference
}

/** A promise only where there is something to wait for: small problems need thousands of quick evaluations. */
function evaluate({ cost, method, turns }: Problem, point: Float64Array): Evaluation | Promise<Evaluation> {
  const gradient = workVector(point.length)
  const evaluation = (value: number): Evaluation => {
    const penalized = method.penalize?.(point, value, gradient) ?? { value, gradient }
    return { point, value, gradient, penalizedValue: penalized.value, penalizedGradient: penalized.gradient }
  }
  const value = turns.due() ? turns.take().then(() => cost(point, gradient, turns)) : cost(point, gradient, turns)
  return typeof value === 'number' ? evaluation(value) : value.then(evaluation)
}

/** One step: null when no direction or no step length was found. */
async function advance(problem: Problem, at: Evaluation, iteration: number): Promise<Evaluation | null> {
  const { method } = problem
  const direction = method.direction(at, iteration)
  if (direction === null) return null
  let last = at
  let lastT = Number.NaN
  const search = method.search(at, direction, iteration)
  let step = search.next()
  while (!step.done) {
    lastT = step.value
    const evaluation = evaluate(problem, method.move(at, direction, lastT))
    last = evaluation instanceof Promise ? await evaluation : evaluation
    const slope = innerProduct(last.penalizedGradient, direction)
    step = search.next({ t: lastT, value: last.penalizedValue, slope })
  }
  const t = step.value
  if (t === null) return null
  const next = t === lastT ? last : await evaluate(problem, method.move(at, direction, t))
  method.learn(subtract(next.point, at.point), subtract(next.gradient, at.gradient))
  return next
}

/**
 * Minimises a cost function by a quasi-Newton method (`lbfgs`, `owlqn`, `lbfgsb`). Stops, asked in this order, at
 * `maxIter` steps; when the value lies within `tol * |value at the start|` of the largest of the last 20 values (never
 * before step 20); when the gradient is not longer than `max(tol * |value|, 1e-8)`; when two steps in a row find no
 * descent. The first failure makes the method forget its curvature. The event loop gets its turns between evaluations.
 * Source: the stopping rules of Breeze's `FirstOrderMinimizer`, which Spark uses.
 * @param start first point; not changed.
 * @throws the signal's reason, when the caller aborts.
 */
export async function minimize(
  cost: CostFunction,
  start: Float64Array,
  method: DescentMethod,
  options: MinimizeOptions,
): Promise<Minimum> {
  const { maxIter, tol, signal, onIteration } = options
  const problem = { cost, method, turns: new TurnTaker(signal) }
  let at = await evaluate(problem, start.slice())
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
    const next = await advance(problem, at, iteration)
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
  return { point: at.point.slice(), value: at.penalizedValue, history, iterations: history.length - 1, reason }
}
