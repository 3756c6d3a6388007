import { expect, it } from 'vitest'
import { autologScenario } from './autolog-scenario.js'
import { fluentScenario } from './fluent-scenario.js'
import { logModelScenario, logModelTwoScenario } from './model-scenario.js'
import { recordingServer, replayServer } from './replay.js'
import { experimentScenario, modelScenario, runScenario } from './scenario.js'

// RIDGELINE_RECORD=http://127.0.0.1:5000 records the exchanges anew, from a server of MLflow 3 that has not seen them.
const real = process.env.RIDGELINE_RECORD

it.each([
  ['experiments', experimentScenario],
  ['runs', runScenario],
  ['models', modelScenario],
  ['fluent', fluentScenario],
  ['log-model', logModelScenario],
  ['autolog', autologScenario],
  // Of MLflow 2.22.2.
  ['log-model-two', logModelTwoScenario],
])('%s, as a real server answered', async (name, scenario) => {
  const file = new URL(`exchanges/${name}.jsonl`, import.meta.url)
  await using server = real ? await recordingServer(real, file) : await replayServer(file)
  await expect(scenario(server.uri, `recorded-${name}`)).resolves.toBeUndefined()
})
