import { dot } from '../linalg/blas.js'
import { huberCost } from '../optim/huber-cost.js'
import type { InstanceBlock } from '../optim/instances.js'
import type { L2Penalty } from '../optim/l2-penalty.js'
import { lbfgs } from '../optim/lbfgs.js'
import { lbfgsb } from '../optim/lbfgsb.js'
import { leastSquaresCost } from '../optim/least-squares-cost.js'
import { type MinimizeOptions, minimize } from '../optim/minimizer.js'
import { owlqn } from '../optim/owlqn.js'
import type { Standardization } from '../optim/standardization.js'
import { noRows, noWeight, penalizedConstantLabel } from '../optim/training-errors.js'
import { SummarizerBuffer } from '../sql/summarizer-buffer.js'
import { PartitionFold } from '../util/partition-fold.js'
import { TurnTaker } from '../util/turn-taker.js'
import { type RegressionRows, regressionRows } from './regression-rows.js'

/** Settings of the iterative solvers of linear regression; the names are Spark's. */
export interface IterativeLinearFitOptions extends MinimizeOptions {
  /** `uid` of the stage, for errors. */
  readonly stage?: string
  readonly loss: 'squaredError' | 'huber'
  readonly fitIntercept: boolean
  readonly regParam: number
  readonly elasticNetParam: number
  readonly standardization: boolean
  readonly epsilon: number
}

/** A linear function in the units of the data. */
export interface LinearFit {
  readonly coefficients: Float64Array
  readonly intercept: number
  /** Estimated scale of the residuals under the Huber loss; 1 under the squared loss. */
  readonly scale: number
  readonly objectiveHistory: readonly number[]
}

/** Smallest positive double: Huber's sigma stays above zero. */
const MIN_SIGMA = Number.MIN_VALUE

/**
 * Fits a linear function by L-BFGS (OWL-QN with an L1 penalty, L-BFGS-B for the Huber loss) over blocks held in memory.
 * Features and label are scaled by their **sample** standard deviations; a constant feature has coefficient 0.
 * Source: Spark's `LinearRegression.train` with solver "l-bfgs".
 * @throws DataError without rows or weight; ParamError for a penalty on a constant label without intercept; the signal's
 * reason when the caller aborts: it is asked between blocks.
 */
export async function fitLinearIteratively(
  blocks: readonly InstanceBlock[],
  options: IterativeLinearFitOptions,
): Promise<LinearFit> {
  if (blocks.length === 0) throw noRows(options.stage)
  using rows = regressionRows(blocks)
  const { features, labelMean, labelStd } = await summarize(rows, blocks, options)
  if (labelStd === 0) {
    if (options.fitIntercept || labelMean === 0) {
      const coefficients = new Float64Array(features.stds.length)
      return { coefficients, intercept: labelMean, scale: 1, objectiveHistory: [0] }
    }
    if (options.regParam !== 0) throw penalizedConstantLabel(options.regParam, options.stage)
  }
  return options.loss === 'huber'
    ? await fitHuber(rows, features, options)
    : await fitSquaredError(rows, features, labelMean, labelStd || Math.abs(labelMean), options)
}

async function fitSquaredError(
  rows: RegressionRows,
  features: Standardization,
  labelMean: number,
  labelStd: number,
  options: IterativeLinearFitOptions,
): Promise<LinearFit> {
  const { elasticNetParam, fitIntercept } = options
  const { stds, means } = features
  const effective = options.regParam / labelStd
  const l1 = elasticNetParam * effective
  const penalty = l2Penalty((1 - elasticNetParam) * effective, stds, options)
  const cost = leastSquaresCost({
    pass: rows.squared(1 / labelStd),
    features,
    labelMean,
    labelStd,
    fitIntercept,
    penalty,
  })
  const penalties = stds.map((std) => (options.standardization ? l1 : std === 0 ? 0 : l1 / std))
  const method = elasticNetParam === 0 || effective === 0 ? lbfgs() : owlqn({ l1: penalties })
  const { point, history } = await minimize(cost, new Float64Array(stds.length), method, options)
  const coefficients = stds.map((std, j) => (std === 0 ? 0 : (point[j] * labelStd) / std))
  const intercept = fitIntercept ? labelMean - dot(coefficients, means) : 0
  return { coefficients, intercept, scale: 1, objectiveHistory: history }
}

async function fitHuber(
  rows: RegressionRows,
  features: Standardization,
  options: IterativeLinearFitOptions,
): Promise<LinearFit> {
  const { fitIntercept, epsilon } = options
  const { stds, scaledMeans } = features
  const k = stds.length
  const penalty = l2Penalty(options.regParam, stds, options)
  const cost = huberCost({ pass: rows.huber(epsilon), features, fitIntercept, penalty })
  const size = fitIntercept ? k + 2 : k + 1
  // The intercept of the optimiser belongs to centred features.
  const start = new Float64Array(size).fill(1)
  if (fitIntercept) start[k] += dot(scaledMeans, start)
  const lower = new Float64Array(size).fill(-Number.MAX_VALUE)
  lower[size - 1] = MIN_SIGMA
  const method = lbfgsb({ lower, upper: new Float64Array(size).fill(Number.MAX_VALUE) })
  const { point, history } = await minimize(cost, start, method, options)
  return {
    coefficients: stds.map((std, j) => (std === 0 ? 0 : point[j] / std)),
    intercept: fitIntercept ? point[k] - dot(scaledMeans, point) : 0,
    scale: point[size - 1],
    objectiveHistory: history,
  }
}

const l2Penalty = (lambda: number, stds: Float64Array, options: IterativeLinearFitOptions): L2Penalty => ({
  lambda,
  stds: options.standardization ? null : stds,
  length: stds.length,
})

interface Summary {
  readonly features: Standardization
  readonly labelMean: number
  readonly labelStd: number
}

/** Mean and sample deviation of the features and of the label, the latter merged partition by partition. */
async function summarize(
  rows: RegressionRows,
  blocks: readonly InstanceBlock[],
  { stage, signal }: IterativeLinearFitOptions,
): Promise<Summary> {
  const fold = new PartitionFold(() => new SummarizerBuffer(1))
  const turns = new TurnTaker(signal)
  for (const { length, labels, weights, partition } of blocks) {
    if (turns.due()) await turns.take()
    fold.of(partition).addRows(labels, length, weights)
  }
  const label = fold.result()!
  if (!(label.weightSum > 0)) throw noWeight(stage)
  return { features: await rows.standardization(turns), labelMean: label.mean()[0], labelStd: label.std()[0] }
}
