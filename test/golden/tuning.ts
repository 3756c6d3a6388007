import { ParamMap } from '../../src/param/param.js'
import type { Persistable } from '../../src/persistence/persistable.js'
import type { Estimator } from '../../src/pipeline/estimator.js'
import type { Evaluator } from '../../src/pipeline/evaluator.js'
import type { Transformer } from '../../src/pipeline/transformer.js'
import type { DataFrame } from '../../src/sql/dataframe.js'
import type { Row } from '../../src/sql/row.js'
import { IntegerType, StructField, withFields } from '../../src/sql/types.js'
import { XORShiftRandom } from '../../src/util/random/xorshift.js'
import { differences, plain, type Recorded, type RecordedObject } from '../helpers/compare.js'
import { frameOf } from '../helpers/frame.js'
import { buildStage, classNamed } from './classes.js'
import type { GoldenCase } from './corpus.js'
import { decodeLong } from './decode.js'
import type { Frames } from './frames.js'
import { refused } from './refused.js'
import { strict, toleranceAt } from './tolerances.js'

/** What was searched: the recordings hold its results, and its parameters as text only. */
interface Search {
  readonly estimator: Estimator<Transformer>
  /** The stage whose parameters the grid names. */
  readonly tuned: Persistable
  readonly evaluator: Evaluator
  readonly numFolds: number
  /** Column of fold numbers, where the folds are not random. */
  readonly foldCol?: string
  /** The slots of all categories add up to one: without a penalty, coefficients are determined up to a constant only. */
  readonly collinear?: boolean
}

const asEstimator = (stage: Persistable) => stage as unknown as Estimator<Transformer>

function ridesSearch(): Search {
  const tuned = buildStage('LinearRegression', { featuresCol: 'features', labelCol: 'price' })
  const pipeline = new (classNamed('Pipeline'))({
    stages: [
      buildStage('StringIndexer', { inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
      buildStage('OneHotEncoder', { inputCols: ['cityIdx'], outputCols: ['cityOhe'] }),
      buildStage('VectorAssembler', { inputCols: ['distanceKm', 'hour', 'cityOhe'], outputCol: 'featuresRaw' }),
      buildStage('StandardScaler', { inputCol: 'featuresRaw', outputCol: 'features', withMean: true, withStd: true }),
      tuned,
    ],
  })
  const evaluator = buildStage('RegressionEvaluator', { labelCol: 'price', metricName: 'rmse' }) as Evaluator
  return { estimator: asEstimator(pipeline), tuned, evaluator, numFolds: 3, collinear: true }
}

function linearSearch(metricName: string, foldCol?: string): Search {
  const tuned = buildStage('LinearRegression', {})
  const evaluator = buildStage('RegressionEvaluator', { metricName }) as Evaluator
  return { estimator: asEstimator(tuned), tuned, evaluator, numFolds: 3, foldCol }
}

function logisticSearch(): Search {
  const tuned = buildStage('LogisticRegression', {})
  const evaluator = buildStage('BinaryClassificationEvaluator', {}) as Evaluator
  return { estimator: asEstimator(tuned), tuned, evaluator, numFolds: 2 }
}

function searchOf(id: string): Search {
  if (/_rides5?_/.test(id)) return ridesSearch()
  if (id.endsWith('/scala_foldCol')) return linearSearch('r2', 'fold')
  if (id.endsWith('/scala_logistic_submodels')) return logisticSearch()
  if (id.endsWith('/pyspark_seed42')) return linearSearch('rmse')
  return linearSearch('mae')
}

const RIDES_GRID = [0, 0.01, 0.1].flatMap((regParam) =>
  [0, 0.5, 1].map((elasticNetParam) => ({ regParam, elasticNetParam })),
)
const PYSPARK_SPLIT_GRID = [{ regParam: 0.01 }, { regParam: 0.3 }]

function gridOf(golden: GoldenCase, tuned: Persistable): ParamMap[] {
  const { grid } = (golden.result ?? {}) as { grid?: { param: string; value: Recorded }[][] }
  // What pyspark's own tuners searched was not recorded.
  const constant = golden.class === 'CrossValidator' ? RIDES_GRID : PYSPARK_SPLIT_GRID
  const maps = grid?.map((map) => Object.fromEntries(map.map(({ param, value }) => [param, value]))) ?? constant
  return maps.map(
    (map) => new ParamMap(Object.entries(map).map(([name, value]) => ({ param: tuned.getParam(name), value }))),
  )
}

const idOf = (frame: DataFrame): string => (frame.columns.includes('rideId') ? 'rideId' : 'id')
const idsOf = async (frame: DataFrame): Promise<unknown[]> => {
  const id = idOf(frame)
  return (await frame.select(id).collect()).map((row) => plain(row[id]))
}

/** A model of a tuner, as far as the recordings know it. */
interface Tuned extends Transformer {
  readonly avgMetrics: readonly number[]
  readonly validationMetrics: readonly number[]
  readonly bestModel: Transformer
  readonly subModels: readonly (readonly Transformer[])[]
}

/** Recorded values by name against ours. */
function compare(golden: GoldenCase, recorded: RecordedObject, ours: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(ours).flatMap(([name, value]) =>
    name in recorded
      ? differences(name, plain(value), recorded[name], { tolerance: toleranceAt(golden.id, name), scale: 0 })
      : [],
  )
}

function best(model: Transformer): Record<string, unknown> {
  const { stages } = model as { stages?: readonly object[] }
  const last = (stages ? stages.at(-1) : model) as { coefficients: unknown; intercept: unknown }
  return { coefficients: last.coefficients, intercept: last.intercept }
}

function bestDifferences(
  golden: GoldenCase,
  search: Search,
  result: RecordedObject,
  model: Tuned,
  index: number,
): string[] {
  const penalty = gridOf(golden, search.tuned)[index].get(search.tuned.getParam('regParam'))
  if (!strict && search.collinear && penalty === 0) return []
  const { class: _, ...recorded } = (result.best ?? {}) as RecordedObject
  return compare(golden, recorded, best(model.bestModel))
}

const argBest = (metrics: readonly number[], largerIsBetter: boolean): number =>
  metrics.indexOf(largerIsBetter ? Math.max(...metrics) : Math.min(...metrics))

/** pyspark's folds: fold f holds the rows where `rand(seed)` lies in [f / k, (f + 1) / k), as a column of fold numbers. */
async function withPysparkFolds(frame: DataFrame, seed: number, numFolds: number): Promise<DataFrame> {
  const { bounds } = await frame.toTable()
  const rows = await frame.collect()
  const schema = withFields(frame.schema, [StructField('pysparkFold', IntegerType, false)])
  const partitions = bounds.slice(1).map((end, partition) => {
    const random = new XORShiftRandom(seed + partition)
    const withFold = (row: Row) => ({ ...row, pysparkFold: Math.floor(random.nextDouble() * numFolds) })
    return frameOf(rows.slice(bounds[partition], end).map(withFold), schema)
  })
  return partitions.reduce((all, partition) => all.union(partition))
}

/** Runs a recorded cross-validation: data, folds, metrics of every fold, averages, and the best model. */
export async function crossValidatorDifferences(golden: GoldenCase, frames: Frames): Promise<string[]> {
  const stageClass = classNamed('CrossValidator')
  const search = searchOf(golden.id)
  const result = (golden.result ?? {}) as RecordedObject
  const all = frames.frame(golden.input)
  const [train, test] = golden.id.includes('_train80_') ? all.randomSplit([0.8, 0.2], 42) : [all, undefined]
  const fromPyspark = golden.id.includes('/pyspark_')
  const data = fromPyspark ? await withPysparkFolds(train, 42, search.numFolds) : train
  const foldCol = fromPyspark ? 'pysparkFold' : search.foldCol
  const tuner = new stageClass({
    estimator: search.estimator,
    evaluator: search.evaluator,
    estimatorParamMaps: gridOf(golden, search.tuned),
    numFolds: search.numFolds,
    collectSubModels: true,
    ...(foldCol === undefined ? {} : { foldCol }),
    ...(golden.id.includes('defaultSeed') || result.seed === undefined ? {} : { seed: decodeLong(result.seed) }),
  })
  const ours: Record<string, unknown> = {
    trainIds: await idsOf(train),
    ...(test ? { testIds: await idsOf(test) } : {}),
    ...(fromPyspark ? {} : { seed: String(tuner.getOrDefault('seed')) }),
  }
  const folds = foldCol === undefined ? data.kFold(search.numFolds, tuner.getOrDefault('seed') as number) : []
  if (folds.length > 0) {
    ours.foldIds = await Promise.all(
      folds.map(async ([training, validation]) => ({
        train: await idsOf(training),
        validation: await idsOf(validation),
      })),
    )
  }
  const fit = () => asEstimator(tuner).fit(data)
  if (golden.error) return [...compare(golden, result, ours), ...(await refused(golden.error, fit))]
  const model = (await fit()) as Tuned
  ours.avgMetrics = model.avgMetrics
  const bestIndex = argBest(model.avgMetrics, search.evaluator.isLargerBetter())
  ours.bestIndex = bestIndex
  if (folds.length > 0) {
    ours.foldMetrics = await Promise.all(
      folds.map(([, validation], f) =>
        Promise.all(model.subModels[f].map((candidate) => search.evaluator.evaluate(candidate.transform(validation)))),
      ),
    )
  }
  if (test) {
    const scored = await model.transform(test).select('rideId', 'prediction').collect()
    ours.testPredictions = scored.map((row) => [plain(row.rideId), row.prediction])
  }
  return [...compare(golden, result, ours), ...bestDifferences(golden, search, result, model, bestIndex)]
}

/** Runs a recorded train-validation split. */
export async function trainValidationSplitDifferences(golden: GoldenCase, frames: Frames): Promise<string[]> {
  const stageClass = classNamed('TrainValidationSplit')
  const search = searchOf(golden.id)
  const result = golden.result as RecordedObject
  const tuner = new stageClass({
    estimator: search.estimator,
    evaluator: search.evaluator,
    estimatorParamMaps: gridOf(golden, search.tuned),
    trainRatio: 0.75,
    ...(golden.id.includes('defaultSeed') ? {} : { seed: decodeLong(result.seed ?? 42) }),
  })
  const model = (await asEstimator(tuner).fit(frames.frame(golden.input))) as Tuned
  const bestIndex = argBest(model.validationMetrics, search.evaluator.isLargerBetter())
  const ours = { seed: String(tuner.getOrDefault('seed')), validationMetrics: model.validationMetrics, bestIndex }
  return [...compare(golden, result, ours), ...bestDifferences(golden, search, result, model, bestIndex)]
}
