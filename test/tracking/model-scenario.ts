import { expect } from 'vitest'
import { Vectors } from '../../src/linalg/vectors.js'
import { LinearRegressionModel } from '../../src/regression/linear-regression.js'
import { createDataFrame } from '../../src/sql/session.js'
import {
  findModelVersion,
  getModelInfo,
  loadModel,
  logModel,
  logParam,
  MlflowClient,
  registerModel,
  setExperiment,
  setTrackingUri,
  startRun,
} from '../../src/tracking/index.js'
import { refusal } from './scenario.js'

const model = new LinearRegressionModel(
  { coefficients: Vectors.dense(2, 0.5), intercept: 1, scale: 1 },
  'LinearRegression_0123456789ab',
)

/** A model is logged, registered, and loaded by each of its names. */
export async function logModelScenario(uri: string, name: string): Promise<void> {
  setTrackingUri(uri)
  const client = new MlflowClient({ trackingUri: uri })
  try {
    await setExperiment(name)
    const info = await startRun(async () => {
      await logParam('regParam', 0.1)
      return logModel(model, 'model', { registeredModelName: name, inputExample: [{ features: Vectors.dense(1, 2) }] })
    })
    expect(info).toMatchObject({
      modelUri: `models:/${info.modelId}`,
      name: 'model',
      registeredModelVersion: { name, version: '1', runId: info.runId, modelId: info.modelId },
    })
    const logged = await client.getLoggedModel(info.modelId ?? '')
    expect(logged).toMatchObject({ status: 'LOGGED_MODEL_READY', params: { regParam: '0.1' }, sourceRunId: info.runId })
    expect(JSON.parse(logged.tags['mlflow.modelVersions'])).toMatchObject([{ name }])
    expect((await client.getRun(info.runId ?? '')).outputs.modelOutputs).toEqual([{ modelId: info.modelId, step: 0 }])
    expect((await client.listLoggedModelArtifacts(info.modelId ?? '')).map(({ path }) => path)).toEqual([
      ...['MLmodel', 'conda.yaml', 'input_example.json', 'model.json', 'python_env.yaml', 'requirements.txt'],
      ...['serving_input_example.json', 'sparkml'],
    ])
    const second = await registerModel(`runs:/${info.runId}/model`, name, { tags: { kind: 'again' } })
    expect(second).toMatchObject({ version: '2', modelId: info.modelId, tags: { kind: 'again' } })
    await client.setRegisteredModelAlias(name, 'champion', 1)
    await client.transitionModelVersionStage(name, 1, 'Production')
    const versions = [`${name}/1`, `${name}@champion`, `${name}/Production`, `${name}/latest`].map(
      (path) => `models:/${path}`,
    )
    for (const address of [...versions, info.modelUri, `runs:/${info.runId}/model`]) {
      const loaded = await loadModel<LinearRegressionModel>(address)
      expect([loaded.intercept, loaded.uid]).toEqual([1, model.uid])
    }
    const found = await Promise.all(versions.map((address) => findModelVersion(client, address)))
    expect(found.map(({ version }) => version)).toEqual(['1', '1', '1', '2'])
    expect(Object.keys((await getModelInfo(versions[0])).flavors)).toEqual(['python_function', 'ridgeline', 'spark'])
    await refusals(name, info.runId ?? '')
    await logModel(model, 'alone', { params: { a: 1 } })
    const frame = createDataFrame([{ features: Vectors.dense(1, 2) }])
    const [row] = await (await loadModel(versions[1])).transform(frame).collect()
    expect(row.prediction).toBe(4)
  } finally {
    setTrackingUri(undefined)
  }
}

async function refusals(name: string, runId: string): Promise<void> {
  const unknown = ['RESOURCE_DOES_NOT_EXIST', 404]
  expect(await refusal(loadModel(`models:/${name}/77`))).toEqual(unknown)
  expect(await refusal(loadModel(`models:/${name}@nobody`))).toEqual(['RESOURCE_DOES_NOT_EXIST', 400])
  expect(await refusal(loadModel(`models:/${name}/Staging`))).toEqual(['RESOURCE_DOES_NOT_EXIST', undefined])
  expect(await refusal(loadModel(`models:/${name}-none/1`))).toEqual(unknown)
  expect(await refusal(loadModel(`runs:/${runId}/none`))).toEqual(['RESOURCE_DOES_NOT_EXIST', undefined])
  expect(await refusal(loadModel(`runs:/${'0'.repeat(32)}/model`))).toEqual(unknown)
  expect(await refusal(loadModel('models:/a/b/c'))).toEqual(['INVALID_PARAMETER_VALUE', undefined])
  expect(await refusal(registerModel(`runs:/${runId}/none`, name))).toEqual(['RESOURCE_DOES_NOT_EXIST', undefined])
  expect(await refusal(logModel(model, 'a/b'))).toEqual(['INVALID_PARAMETER_VALUE', undefined])
}

/** The same with a server of MLflow 2, which keeps models among the artifacts of runs. */
export async function logModelTwoScenario(uri: string, name: string): Promise<void> {
  setTrackingUri(uri)
  const client = new MlflowClient({ trackingUri: uri })
  try {
    expect(await client.serverVersion()).toMatch(/^2\./)
    await setExperiment(name)
    const info = await startRun(() => logModel(model, 'model', { registeredModelName: name }))
    expect(info).toMatchObject({
      modelUri: `runs:/${info.runId}/model`,
      registeredModelVersion: { name, version: '1', runId: info.runId },
    })
    expect(info.modelId).toBeUndefined()
    const history = (await client.getRun(info.runId ?? '')).data.tags['mlflow.log-model.history']
    expect(JSON.parse(history)).toMatchObject([{ artifact_path: 'model', run_id: info.runId }])
    await client.setRegisteredModelAlias(name, 'champion', 1)
    await client.transitionModelVersionStage(name, 1, 'Production')
    const versions = [`${name}/1`, `${name}@champion`, `${name}/Production`, `${name}/latest`].map(
      (path) => `models:/${path}`,
    )
    for (const address of [...versions, info.modelUri]) {
      expect((await loadModel<LinearRegressionModel>(address)).intercept).toBe(1)
    }
    expect(await refusal(loadModel(`runs:/${info.runId}/none`))).toEqual(['RESOURCE_DOES_NOT_EXIST', undefined])
    expect(await refusal(client.getLoggedModel('m-1'))).toEqual(['ENDPOINT_NOT_FOUND', 404])
  } finally {
    setTrackingUri(undefined)
  }
}
