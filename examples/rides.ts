// The price of a ride: a pipeline of five stages, tuned by cross-validation, scored, saved and loaded again.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type CrossValidator,
  type CrossValidatorModel,
  createDataFrame,
  type DataFrame,
  type LinearRegressionModel,
  PipelineModel,
  ProgressBar,
  RidgelineError,
  read,
} from 'ridgeline'
import { runProgram } from './shared/command-line.js'
import { fiveRides, ridesTuner } from './shared/rides-model.js'

const HELP = `The price of a ride, by linear regression.

  node rides.js [--data FILE.csv] [--out MODEL.json]

  --data FILE.csv    your own rides: a header and the columns city, distanceKm, hour, price
  --out MODEL.json   keep the fitted pipeline there; a file of that name is replaced
  --help             this text`

const COLUMNS = ['city', 'distanceKm', 'hour', 'price']
/** With fewer rides three folds and a test part cannot all have rows. */
const MIN_RIDES = 5

async function ridesOf(file: string): Promise<DataFrame> {
  const rides = await read.option('header', true).option('inferSchema', true).csv(file)
  const missing = COLUMNS.filter((column) => !rides.columns.includes(column))
  if (missing.length > 0) {
    throw new RidgelineError(`"${file}" lacks the columns ${missing.join(', ')}`, {
      allowed: `It has ${rides.columns.join(', ')}`,
      hint: `The first line must name ${COLUMNS.join(', ')}.`,
    })
  }
  const count = await rides.count()
  if (count < MIN_RIDES) {
    throw new RidgelineError(`"${file}" holds ${count} rides`, { hint: `Give ${MIN_RIDES} or more, better hundreds.` })
  }
  return rides.select(...COLUMNS).cache()
}

async function fit(tuner: CrossValidator, train: DataFrame): Promise<CrossValidatorModel> {
  using bar = new ProgressBar()
  return await tuner.fit(train, { onProgress: bar.listener })
}

function printSearch(model: CrossValidatorModel): void {
  console.log('Average RMSE over 3 folds:')
  for (const [i, map] of model.getEstimatorParamMaps().entries()) {
    const values = map.toArray().map(({ param, value }) => `${param.name} = ${value}`)
    console.log(`  ${values.join(', ').padEnd(42)}${model.avgMetrics[i]}`)
  }
  const best = (model.bestModel as PipelineModel).stages.at(-1) as LinearRegressionModel
  console.log(`Best: regParam = ${best.getRegParam()}, elasticNetParam = ${best.getElasticNetParam()}`)
}

/** Saves the pipeline, loads it again, and makes sure that it still predicts the same. */
async function saveAndReload(model: PipelineModel, path: string, rides: DataFrame): Promise<void> {
  await model.write().overwrite().save(path)
  const loaded = await PipelineModel.load(path)
  const predictions = (m: PipelineModel) => m.transform(rides).select('prediction').collect()
  assert.deepEqual(await predictions(loaded), await predictions(model))
  console.log(`Saved as ${path}, loaded again: the same predictions.`)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const rides =
    values.data === undefined ? createDataFrame(fiveRides, undefined, { numPartitions: 2 }) : await ridesOf(values.data)
  const [train, test] = rides.randomSplit([0.8, 0.2], 42)
  const tuner = ridesTuner()
  const model = await fit(tuner, train)

  printSearch(model)
  const scored = model.transform(rides)
  await scored.select(...rides.columns, 'prediction').show()
  console.log(`RMSE on the test part: ${await tuner.getEvaluator().evaluate(model.transform(test))}`)

  const folder = await mkdtemp(join(tmpdir(), 'rides-'))
  try {
    await saveAndReload(model.bestModel as PipelineModel, values.out ?? join(folder, 'rides.json'), rides)
  } finally {
    await rm(folder, { recursive: true })
  }
}

await runProgram(main)
