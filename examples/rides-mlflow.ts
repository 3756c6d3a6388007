// The price of a ride with MLflow: a run that records what was tuned, a model that is registered, promoted, loaded again and used.
import { parseArgs } from 'node:util'
import { type CrossValidatorModel, createDataFrame, type Transformer } from 'ridgeline'
import {
  loadModel,
  logMetric,
  logModel,
  logParam,
  promote,
  registerModel,
  setExperiment,
  setTrackingUri,
  startRun,
} from 'ridgeline/tracking'
import { runProgram } from './shared/command-line.js'
import { startMlflow } from './shared/mlflow-server.js'
import { fiveRides, ridesTuner } from './shared/rides-model.js'

const HELP = `The price of a ride, by linear regression, recorded and registered in MLflow.

  node rides-mlflow.js [--experiment NAME] [--model NAME]

  --experiment NAME   experiment of the run; rides unless given
  --model NAME        name of the registered model; rides-price unless given
  --help              this text

  MLFLOW_TRACKING_URI names the server. Without it, a server is started on this machine for as long as the program runs.`

const rides = createDataFrame(fiveRides, undefined, { numPartitions: 2 })
const [train, test] = rides.randomSplit([0.8, 0.2], 42)

/** What the PySpark text does: start a run, cross-validate, log the parameter algorithm, the rmse, the best model. */
function trainInRun(): Promise<{ readonly runId: string; readonly rmse: number }> {
  return startRun(async (run) => {
    const tuner = ridesTuner()
    const model: CrossValidatorModel = await tuner.fit(train)
    const rmse = await tuner.getEvaluator().evaluate(model.transform(test))

    await logParam('algorithm', 'LinearRegression')
    await logMetric('rmse', rmse)
    await logModel(model.bestModel as Transformer, 'model', { inputExample: await train.limit(2).collect() })
    return { runId: run.info.runId, rmse }
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { experiment: { type: 'string' }, model: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const { experiment = 'rides', model: name = 'rides-price' } = values
  await using server = await startMlflow()
  setTrackingUri(server.uri)
  await setExperiment(experiment)

  const { runId, rmse } = await trainInRun()
  console.log(`Run: ${runId}`)
  console.log(`RMSE on the test part: ${rmse}`)

  const again = await loadModel(`runs:/${runId}/model`)
  await again
    .transform(rides)
    .select(...rides.columns, 'prediction')
    .show()

  const { version } = await registerModel(`runs:/${runId}/model`, name)
  const gate = { evaluator: ridesTuner().getEvaluator(), threshold: 10 }
  const decision = await promote({ model: name, from: version, to: 'Production', data: test, gate })
  console.log(
    decision.promoted
      ? `Version ${version} of ${name} is in Production.`
      : `Version ${version} of ${name} is refused: ${decision.reasons.join('; ')}.`,
  )

  const production = await loadModel(`models:/${name}/Production`)
  const asked = createDataFrame([{ city: 'FR', distanceKm: 10, hour: 9 }])
  const [ride] = await production.transform(asked).select('prediction').collect()
  console.log(`10 km in FR at 9 o'clock: ${ride.prediction}`)
}

await runProgram(main)
