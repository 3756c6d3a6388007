import { dot } from '../linalg/blas.js'
import { addColumns } from '../linalg/java-blas.js'
import { type ClassSpace, classCost } from '../optim/class-cost.js'
import type { L2Penalty } from '../optim/l2-penalty.js'
import { lbfgs } from '../optim/lbfgs.js'
import { lbfgsb } from '../optim/lbfgsb.js'
import { type DescentMethod, type MinimizeOptions, minimize } from '../optim/minimizer.js'
import { owlqn } from '../optim/owlqn.js'
import type { Standardization } from '../optim/standardization.js'
import type { ClassCounts } from './class-counts.js'
import type { ClassRows } from './class-rows.js'

/** Bounds on coefficients and intercepts, in the units of the features; a function of class (or 0) and feature. */
export interface Bounds {
  readonly lower: BoundFunctions
  readonly upper: BoundFunctions
}
/** One side of bounds; undefined: none. */
export interface BoundFunctions {
  coefficient?(set: number, feature: number): number
  intercept?(set: number): number
}

/** Linear functions of the features as they are, one for the binomial family, else one a class. */
export interface LinearFunctions {
  /** Row after row, one row a function. */
  readonly coefficients: Float64Array
  readonly intercepts: Float64Array
}

/** Settings of a logistic fit; the names are Spark's. */
export interface LogisticFitOptions extends MinimizeOptions {
  readonly multinomial: boolean
  readonly regParam: number
  readonly elasticNetParam: number
  readonly fitIntercept: boolean
  readonly standardization: boolean
  readonly bounds?: Bounds
  /** Where to start, in place of zeros and of the frequencies of the classes. */
  readonly start?: LinearFunctions
}

/** What a logistic fit found. */
export interface LogisticFit extends LinearFunctions {
  readonly objectiveHistory: readonly number[]
}

/**
 * Fits one linear function (`multinomial` false) or one a class by L-BFGS, OWL-QN with an L1 penalty, L-BFGS-B within bounds, in the space
 * of standardised features; they are centred where the intercepts are free. A constant feature has coefficient 0. The point of the
 * minimiser holds the coefficients of all functions for one feature after the other, then the intercepts.
 * Source: Spark's `LogisticRegression.train`.
 * @throws the signal's reason when the caller aborts.
 */
export async function fitLogistic(
  rows: ClassRows,
  { numClasses, histogram }: ClassCounts,
  features: Standardization,
  options: LogisticFitOptions,
): Promise<LogisticFit> {
  const { multinomial, fitIntercept, bounds } = options
  const sets = multinomial ? numClasses : 1
  const layout = { sets, numFeatures: features.stds.length, fitIntercept }
  const limits = bounds && scaledBounds(bounds, layout, features.stds)
  const centred = fitIntercept && !limitsIntercepts(limits, layout)
  const penalty = l2Penalty(layout, features.stds, options)
  const space: ClassSpace = { sets, features, fitIntercept, centred }
  const cost = classCost(rows.pass(multinomial ? 'softmax' : 'logistic', space), penalty)

  const point = startingPoint(layout, histogram, features.stds, options)
  if (limits) clip(point, limits)
  if (centred) shiftIntercepts(point, layout, features.scaledMeans, 1)
  const found = await minimize(cost, point, methodFor(layout, features.stds, limits, options), options)
  const solution = found.point.slice()
  if (centred) shiftIntercepts(solution, layout, features.scaledMeans, -1)
  return { ...unscaled(solution, layout, features.stds, options), objectiveHistory: found.history }
}

interface Layout {
  /** Number of linear functions. */
  readonly sets: number
  readonly numFeatures: number
  readonly fitIntercept: boolean
}
interface Limits {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

const sizeOf = ({ sets, numFeatures, fitIntercept }: Layout): number => sets * (numFeatures + (fitIntercept ? 1 : 0))

/** Without unscaled penalties no deviations are needed; else those of each coordinate. */
function l2Penalty({ sets, numFeatures }: Layout, stds: Float64Array, options: LogisticFitOptions): L2Penalty {
  const length = sets * numFeatures
  return {
    lambda: (1 - options.elasticNetParam) * options.regParam,
    stds: options.standardization ? null : Float64Array.from({ length }, (_, i) => stds[Math.floor(i / sets)]),
    length,
  }
}

function methodFor(
  layout: Layout,
  stds: Float64Array,
  limits: Limits | undefined,
  options: LogisticFitOptions,
): DescentMethod {
  const { regParam, elasticNetParam, standardization } = options
  if (regParam === 0 || elasticNetParam === 0) return limits ? lbfgsb(limits) : lbfgs()
  const l1 = elasticNetParam * regParam
  const weightOf = (feature: number): number => {
    if (feature === layout.numFeatures) return 0
    if (standardization) return l1
    return stds[feature] === 0 ? 0 : l1 / stds[feature]
  }
  const penalties = Float64Array.from({ length: sizeOf(layout) }, (_, i) => weightOf(Math.floor(i / layout.sets)))
  return owlqn({ l1: penalties })
}

/** Given functions; else coefficients 0, and intercepts by which the classes have their frequencies. */
function startingPoint(layout: Layout, histogram: Float64Array, stds: Float64Array, options: LogisticFitOptions) {
  const { sets, numFeatures, fitIntercept } = layout
  const point = new Float64Array(sizeOf(layout))
  const { start } = options
  if (start) {
    start.coefficients.forEach((coefficient, i) => {
      const feature = i % numFeatures
      point[feature * sets + Math.floor(i / numFeatures)] = coefficient * stds[feature]
    })
    if (fitIntercept) point.set(start.intercepts, sets * numFeatures)
  } else if (fitIntercept && options.multinomial) {
    // Spark's counts end at the largest label that occurs; classes beyond it start at 0.
    const counts = histogram.subarray(0, histogram.findLastIndex((weight) => weight > 0) + 1)
    const logs = counts.map(Math.log1p)
    const mean = sum(logs) / logs.length
    point.set(
      logs.map((log) => log - mean),
      sets * numFeatures,
    )
  } else if (fitIntercept) {
    const ratio = Math.log(histogram[1] / histogram[0])
    // Only bounds make a fit of a single class.
    point[numFeatures] = Number.isFinite(ratio) ? ratio : 0
  }
  return point
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)

/** Adds `sign` times the scaled means times the coefficients to the intercepts, which moves them from raw to centred features, or back. */
function shiftIntercepts(point: Float64Array, { sets, numFeatures }: Layout, scaledMeans: Float64Array, sign: number) {
  const coefficients = point.subarray(0, numFeatures * sets)
  const shifts = new Float64Array(sets)
  if (sets === 1) shifts[0] = dot(coefficients, scaledMeans)
  else addColumns(sets, numFeatures, 1, coefficients, scaledMeans, shifts)
  for (let k = 0; k < sets; k++) point[sets * numFeatures + k] += sign * shifts[k]
}

/** Bounds of each coordinate of the minimiser. A constant feature has coefficient 0, whatever its bounds. */
function scaledBounds({ lower, upper }: Bounds, layout: Layout, stds: Float64Array): Limits {
  const { sets, numFeatures } = layout
  const side = ({ coefficient, intercept }: BoundFunctions, none: number): Float64Array =>
    Float64Array.from({ length: sizeOf(layout) }, (_, i) => {
      const [set, feature] = [i % sets, Math.floor(i / sets)]
      if (feature === numFeatures) return intercept ? intercept(set) : none
      return coefficient && stds[feature] !== 0 ? coefficient(set, feature) * stds[feature] : none
    })
  return { lower: side(lower, Number.NEGATIVE_INFINITY), upper: side(upper, Number.POSITIVE_INFINITY) }
}

/** Whether any intercept is bounded. */
function limitsIntercepts(limits: Limits | undefined, { sets, numFeatures, fitIntercept }: Layout): boolean {
  if (!limits || !fitIntercept) return false
  const binds = (bound: number): boolean => Number.isFinite(bound)
  const at = sets * numFeatures
  return limits.lower.subarray(at).some(binds) || limits.upper.subarray(at).some(binds)
}

function clip(point: Float64Array, { lower, upper }: Limits): void {
  for (let i = 0; i < point.length; i++) {
    if (point[i] < lower[i]) point[i] = lower[i]
    else if (point[i] > upper[i]) point[i] = upper[i]
  }
}

/**
 * The functions in the units of the features. Where nothing fixes what all classes have in common, it is taken away: of the intercepts
 * always, of the coefficients without a penalty; not within bounds.
 */
function unscaled(point: Float64Array, layout: Layout, stds: Float64Array, options: LogisticFitOptions) {
  const { sets, numFeatures, fitIntercept } = layout
  const coefficients = new Float64Array(sets * numFeatures)
  for (let k = 0; k < sets; k++) {
    for (let j = 0; j < numFeatures; j++) {
      if (stds[j] !== 0) coefficients[k * numFeatures + j] = point[j * sets + k] / stds[j]
    }
  }
  const intercepts = new Float64Array(sets)
  if (fitIntercept) intercepts.set(point.subarray(sets * numFeatures))
  if (options.multinomial && !options.bounds) {
    if (options.regParam === 0) {
      for (let j = 0; j < numFeatures; j++) centre(coefficients, j, numFeatures)
    }
    if (fitIntercept) centre(intercepts, 0, 1)
  }
  return { coefficients, intercepts }
}

/** Takes the mean of every `step`th value away from those values. */
function centre(values: Float64Array, from: number, step: number): void {
  let total = 0
  let count = 0
  for (let i = from; i < values.length; i += step, count++) total += values[i]
  for (let i = from; i < values.length; i += step) values[i] -= total / count
}
