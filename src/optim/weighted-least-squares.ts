import { ParamError } from '../errors.js'
import { SingularMatrixError } from '../linalg/cholesky.js'
import type { MinimizeOptions } from './minimizer.js'
import type { Moments } from './moments.js'
import { type NormalEquations, solveByCholesky, solveByQuasiNewton } from './normal-equations.js'
import { noRows, noWeight, penalizedConstantLabel } from './training-errors.js'

/** Settings of weighted least squares; the names are Spark's. */
export interface WeightedLeastSquaresOptions {
  /** `uid` of the stage, for errors. */
  readonly stage?: string
  readonly fitIntercept: boolean
  /** Strength of the penalty, 0 or more. */
  readonly regParam: number
  /** Share of the L1 penalty, 0 to 1. */
  readonly elasticNetParam: number
  /** Whether the penalty applies to coefficients of features of unit standard deviation. */
  readonly standardizeFeatures: boolean
  /** Whether the penalty applies to a label of unit standard deviation. */
  readonly standardizeLabel: boolean
  /** `auto`: Cholesky, quasi-Newton where that is impossible (L1, singular). Default `auto`. */
  readonly solver?: 'auto' | 'cholesky' | 'quasi-newton'
  /** Most iterations of quasi-Newton, at least 1. Default 100. */
  readonly maxIter?: number
  /** Tolerance of quasi-Newton. Default 1e-6. */
  readonly tol?: number
  readonly signal?: AbortSignal
  readonly onIteration?: MinimizeOptions['onIteration']
}

/** What weighted least squares found, in the units of the data. */
export interface WeightedLeastSquaresSolution {
  readonly coefficients: Float64Array
  readonly intercept: number
  /** Diagonal of `(A'WA)^-1`, the intercept's last; null unless Cholesky solved the equations. */
  readonly inverseDiagonal: Float64Array | null
  /** Values of the cost in the scaled space; `[0]` where nothing was iterated. */
  readonly objectiveHistory: readonly number[]
}

/**
 * Minimises
 * `1/2 sum w (a'x + z - b)^2 / sum w + regParam / delta * (1/2 (1 - alpha) sum (sigma x)^2 + alpha sum |sigma x|)`,
 * where `sigma` and `delta` are the population standard deviations of the features and of the label, or 1 without
 * standardisation. A constant feature has coefficient 0. A constant label gives coefficients 0 and the label as
 * intercept. Source: Spark's `WeightedLeastSquares`.
 * @throws DataError without rows or without weight; ParamError for `maxIter` 0 or a penalty on a constant label
 * without intercept.
 */
export async function weightedLeastSquares(
  moments: Moments,
  options: WeightedLeastSquaresOptions,
): Promise<WeightedLeastSquaresSolution> {
  const { stage, fitIntercept, regParam, elasticNetParam } = options
  check(moments, options.maxIter ?? 100, stage)
  const k = moments.numFeatures
  const weightSum = moments.weightSum
  const labelMean = moments.sums[k] / weightSum
  const labelSquare = moments.labelProducts[k] / weightSum
  const labelStd = Math.sqrt(Math.max(labelSquare - labelMean * labelMean, 0))
  if (labelStd === 0) {
    if (fitIntercept || labelMean === 0) {
      return {
        coefficients: new Float64Array(k),
        intercept: labelMean,
        inverseDiagonal: null,
        objectiveHistory: [0],
      }
    }
    if (regParam > 0 && options.standardizeLabel) throw penalizedConstantLabel(regParam, stage)
  }
  // A constant label cannot be brought to unit deviation; dividing by its size leaves a label of ±1.
  const labelScale = labelStd === 0 ? Math.abs(labelMean) : labelStd
  const stds = featureStds(moments)
  const effective = regParam / labelScale
  const l2 = (1 - elasticNetParam) * effective
  const l1 = elasticNetParam * effective
  const equations = scaledEquations(moments, stds, labelScale, fitIntercept)
  addToDiagonal(equations.aa, stds, (std) => {
    const lambda = options.standardizeFeatures ? l2 : std === 0 ? 0 : l2 / (std * std)
    return options.standardizeLabel ? lambda : lambda * labelScale
  })

  const penalties = l1 === 0 ? null : l1Penalties(l1, stds, options.standardizeFeatures, fitIntercept)
  const { point, inverseDiagonal, history } = await solve(equations, penalties, options)
  return {
    coefficients: stds.map((std, j) => point[j] * (std === 0 ? 0 : labelScale / std)),
    intercept: fitIntercept ? point[k] * labelScale : 0,
    inverseDiagonal: inverseDiagonal?.map((value, i) => value / (weightSum * (i < k ? stds[i] * stds[i] : 1))) ?? null,
    objectiveHistory: history ?? [0],
  }
}

interface Solution {
  readonly point: Float64Array
  readonly inverseDiagonal?: Float64Array
  readonly history?: readonly number[]
}

async function solve(
  equations: NormalEquations,
  penalties: Float64Array | null,
  options: WeightedLeastSquaresOptions,
): Promise<Solution> {
  const { regParam, elasticNetParam, solver = 'auto', maxIter = 100, tol = 1e-6, signal, onIteration } = options
  const quasiNewton = { maxIter, tol, signal, onIteration }
  if (solver === 'quasi-newton' || (solver === 'auto' && elasticNetParam !== 0 && regParam !== 0)) {
    return solveByQuasiNewton(equations, penalties, quasiNewton)
  }
  try {
    return solveByCholesky(equations)
  } catch (error) {
    if (solver !== 'auto' || !(error instanceof SingularMatrixError)) throw error
    return solveByQuasiNewton(equations, null, quasiNewton)
  }
}

function check(moments: Moments, maxIter: number, stage?: string): void {
  if (maxIter < 1) {
    throw new ParamError(`"maxIter" is ${maxIter}`, {
      stage,
      param: 'maxIter',
      allowed: 'The normal equations need an integer of at least 1',
      received: String(maxIter),
    })
  }
  if (moments.count === 0) throw noRows(stage)
  if (!(moments.weightSum > 0)) throw noWeight(stage)
}

/** Population standard deviation of each feature. */
function featureStds(moments: Moments): Float64Array {
  const { featureProducts, sums, weightSum, numFeatures } = moments
  return Float64Array.from({ length: numFeatures }, (_, j) => {
    const mean = sums[j] / weightSum
    // Rounding can make the difference negative.
    return Math.sqrt(Math.max(featureProducts[(j * (j + 3)) / 2] / weightSum - mean * mean, 0))
  })
}

/** The equations for features and label of unit standard deviation; constant features become zeros. */
function scaledEquations(
  moments: Moments,
  stds: Float64Array,
  labelScale: number,
  fitIntercept: boolean,
): NormalEquations {
  const k = moments.numFeatures
  const { featureProducts, labelProducts, sums, weightSum } = moments
  const inverse = 1 / weightSum
  const size = fitIntercept ? k + 1 : k
  const aa = new Float64Array((size * (size + 1)) / 2)
  const ab = new Float64Array(size)
  const featureMeans = stds.map((std, j) => (std === 0 ? 0 : (sums[j] * inverse) / std))
  const labelMean = sums[k] / weightSum / labelScale
  let p = 0
  for (let j = 0; j < k; j++) {
    if (stds[j] !== 0) ab[j] = (labelProducts[j] * inverse) / (stds[j] * labelScale)
    for (let i = 0; i <= j; i++, p++) {
      const scale = stds[i] * stds[j]
      if (scale !== 0) aa[p] = (featureProducts[p] * inverse) / scale
    }
  }
  if (fitIntercept) {
    aa.set(featureMeans, p)
    aa[aa.length - 1] = 1
    ab[k] = labelMean
  }
  const bb = labelProducts[k] / weightSum / (labelScale * labelScale)
  return { inOrder: moments.inOrder, aa, ab, bb, featureMeans, labelMean, fitIntercept }
}

/** Adds `lambda(std)` to the diagonal entry of each feature; the intercept's stays as it is. */
function addToDiagonal(aa: Float64Array, stds: Float64Array, lambda: (std: number) => number): void {
  for (let j = 0; j < stds.length; j++) aa[(j * (j + 3)) / 2] += lambda(stds[j])
}

function l1Penalties(l1: number, stds: Float64Array, standardize: boolean, fitIntercept: boolean): Float64Array {
  const penalties = new Float64Array(stds.length + (fitIntercept ? 1 : 0))
  for (let j = 0; j < stds.length; j++) penalties[j] = standardize ? l1 : stds[j] === 0 ? 0 : l1 / stds[j]
  return penalties
}
