import type { Vector } from '../linalg/vector.js'
import { Vectors } from '../linalg/vectors.js'
import type { InstanceBlock, InstanceColumns } from '../optim/instances.js'
import { noFeatures } from '../optim/training-errors.js'
import { weightedLeastSquares } from '../optim/weighted-least-squares.js'
import { tooManyFeatures } from '../optim/weighted-moments.js'
import type { FitOptions } from '../pipeline/estimator.js'
import type { DataFrame } from '../sql/dataframe.js'
import { PartitionFold } from '../util/partition-fold.js'
import { fitLinearIteratively } from './iterative-linear-fit.js'
import { type LinearRegression, LinearRegressionModel } from './linear-regression.js'
import { LinearRegressionTrainingSummary, ResidualStatistics } from './linear-regression-summary.js'
import { LinearTraining } from './linear-training.js'

/** What any of the solvers finds. */
interface Fit {
  readonly coefficients: Vector
  readonly intercept: number
  readonly scale: number
  readonly inverseDiagonal: Float64Array | null
  readonly objectiveHistory: readonly number[]
}

/** Fits of estimators to one frame: those that read the same columns share the sums of its rows. */
export function linearFits(
  data: DataFrame,
  options: FitOptions,
): (stage: LinearRegression) => Promise<LinearRegressionModel> {
  const trainings = new Map<string, LinearTraining>()
  return (stage) => {
    const columns = columnsOf(stage)
    const { features, label, weight } = columns
    const key = JSON.stringify([features, label, weight])
    const training = trainings.get(key) ?? new LinearTraining(data, columns, options.signal)
    trainings.set(key, training)
    return fitTo(training, stage, data, options)
  }
}

const columnsOf = (stage: LinearRegression): InstanceColumns => ({
  stage: stage.uid,
  features: stage.getFeaturesCol(),
  label: stage.getLabelCol(),
  weight: stage.isDefined('weightCol') ? stage.getWeightCol() : '',
})

async function fitTo(
  training: LinearTraining,
  stage: LinearRegression,
  data: DataFrame,
  options: FitOptions,
): Promise<LinearRegressionModel> {
  const { coefficients, intercept, scale, inverseDiagonal, objectiveHistory } = await solve(training, stage, options)
  const fitted = new LinearRegressionModel({ coefficients, intercept, scale })
  const throughOrigin = !stage.getFitIntercept()
  const { kept } = training
  // Rows in memory are measured when somebody asks; to read others again takes a promise, which the measures of a summary are not.
  const measure = kept
    ? () => measureBlocks(fitted, kept, throughOrigin)
    : await measureRows(fitted, training, throughOrigin)
  const summary = new LinearRegressionTrainingSummary(
    { model: fitted, data, measure, inverseDiagonal },
    objectiveHistory,
  )
  return Object.assign(fitted, { trainingSummary: summary })
}

async function solve(training: LinearTraining, stage: LinearRegression, options: FitOptions): Promise<Fit> {
  if (stage.getLoss() === 'huber' || stage.getSolver() === 'l-bfgs') return solveIteratively(training, stage, options)
  const { moments, numFeatures } = await training.moments()
  if (!moments) {
    if (stage.getSolver() === 'auto') return solveIteratively(training, stage, options)
    throw tooManyFeatures(numFeatures, stage.uid)
  }
  const found = await weightedLeastSquares(moments, {
    ...settingsOf(stage, options),
    standardizeFeatures: stage.getStandardization(),
    standardizeLabel: true,
  })
  return { ...found, coefficients: Vectors.dense(found.coefficients), scale: 1 }
}

async function solveIteratively(training: LinearTraining, stage: LinearRegression, options: FitOptions): Promise<Fit> {
  const blocks = await training.blocks()
  if (blocks[0]?.features.size === 0) throw noFeatures(stage.uid, stage.getFeaturesCol())
  const found = await fitLinearIteratively(blocks, {
    ...settingsOf(stage, options),
    loss: stage.getLoss(),
    epsilon: stage.getEpsilon(),
    standardization: stage.getStandardization(),
  })
  return { ...found, coefficients: Vectors.dense(found.coefficients).compressed(), inverseDiagonal: null }
}

/** What both roads need. */
function settingsOf(stage: LinearRegression, { signal, onProgress }: FitOptions) {
  const total = stage.getMaxIter()
  return {
    stage: stage.uid,
    fitIntercept: stage.getFitIntercept(),
    regParam: stage.getRegParam(),
    elasticNetParam: stage.getElasticNetParam(),
    maxIter: total,
    tol: stage.getTol(),
    signal,
    onIteration: (done: number) => onProgress?.({ stage: stage.uid, done, total }),
  }
}

/** Measures of a model, which are there already or are computed from rows in memory. */
type Measure = () => ResidualStatistics

const measuring = (fitted: LinearRegressionModel, throughOrigin: boolean) => {
  const fold = new PartitionFold(() => new ResidualStatistics(throughOrigin))
  const add = ({ features, length, labels, weights, partition }: InstanceBlock): void => {
    fold.of(partition).add(fitted.predictions(features, length), labels, weights)
  }
  return { add, result: () => fold.result()! }
}

function measureBlocks(
  fitted: LinearRegressionModel,
  blocks: readonly InstanceBlock[],
  throughOrigin: boolean,
): ResidualStatistics {
  const { add, result } = measuring(fitted, throughOrigin)
  blocks.forEach(add)
  return result()
}

async function measureRows(
  fitted: LinearRegressionModel,
  rows: AsyncIterable<InstanceBlock>,
  throughOrigin: boolean,
): Promise<Measure> {
  const { add, result } = measuring(fitted, throughOrigin)
  for await (const block of rows) add(block)
  const statistics = result()
  return () => statistics
}
