import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createDataFrame, type DataFrame, PipelineModel } from 'ridgeline'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  getModelInfo,
  loadModel,
  logMetric,
  logModel,
  logParam,
  MlflowClient,
  setExperiment,
  setTrackingUri,
  startRun,
} from '../../src/tracking/index.js'
import { shownCode } from '../docs/blocks.js'
import { autologScenario } from '../tracking/autolog-scenario.js'
import { fluentScenario } from '../tracking/fluent-scenario.js'
import { logModelTwoScenario } from '../tracking/model-scenario.js'
import { experimentScenario, modelScenario, refusal, runScenario } from '../tracking/scenario.js'
import { installMlflowTwo, type MlflowServer, startMlflow } from './mlflow.js'
import { ridesCrossValidator, ridesRows } from './rides.js'
import { startMoto } from './s3-servers.js'
import { askSpark } from './spark.js'

let server: MlflowServer

beforeAll(async () => {
  server = await startMlflow()
})
afterAll(() => server?.[Symbol.asyncDispose]())

describe('the MLflow server', () => {
  it.each([
    ['experiments', experimentScenario],
    ['runs', runScenario],
    ['models', modelScenario],
    ['fluent', fluentScenario],
    ['autolog', autologScenario],
  ])('answers all calls: %s', async (name, scenario) => {
    await scenario(server.uri, `live-${name}`)
  })

  it('runs what docs/tracking.md shows', async () => {
    const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.tracking-', import.meta.url)))
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    process.env.MLFLOW_TRACKING_URI = server.uri
    try {
      const shown = shownCode().filter(({ name }) => name.startsWith('docs/tracking.md'))
      for (const [i, { code }] of shown.entries()) {
        const file = join(folder, `block${i}.ts`)
        writeFileSync(file, code)
        const functions = (await import(/* @vite-ignore */ file)) as Record<string, () => Promise<unknown>>
        for (const work of Object.values(functions)) await work()
      }
      const client = new MlflowClient()
      expect((await client.getModelVersionByAlias('rides', 'champion')).currentStage).toBe('Production')
      const { experimentId = '' } = (await client.getExperimentByName('rides')) ?? {}
      const runs = await client.searchRuns([experimentId])
      // That of the first example, and a tuner's with one for each of two maps.
      expect(runs.map(({ info }) => info.status)).toEqual(['FINISHED', 'FINISHED', 'FINISHED', 'FINISHED'])
      await client.deleteRegisteredModel('rides')
    } finally {
      delete process.env.MLFLOW_TRACKING_URI
      log.mockRestore()
      rmSync(folder, { recursive: true })
    }
  })

  it('loses nothing when it is restarted in the middle of a run', async () => {
    setTrackingUri(server.uri)
    try {
      const steps = Array.from({ length: 20 }, (_, step) => step)
      const runId = await startRun(async ({ info }) => {
        const restart = (async () => {
          await server.kill()
          await server.start()
        })()
        await Promise.all(steps.map((step) => logMetric('step', step, { step, timestamp: 1000 + step })))
        await logParam('after', 'restart')
        await Promise.all(steps.map((i) => startRun(() => {}, { nested: true, runName: `child ${i}` })))
        await restart
        return info.runId
      })
      const client = new MlflowClient({ trackingUri: server.uri })
      const { info, data } = await client.getRun(runId)
      expect([info.status, data.params]).toEqual(['FINISHED', { after: 'restart' }])
      const history = await client.getMetricHistory(runId, 'step')
      expect(history.map(({ value }) => value).sort((a, b) => a - b)).toEqual(steps)
      const filterString = `tags.\`mlflow.parentRunId\` = '${runId}'`
      const children = await client.searchRuns([info.experimentId], { filterString })
      expect(children.map((run) => run.info.status)).toEqual(steps.map(() => 'FINISHED'))
      expect(new Set(children.map((run) => run.info.runName)).size).toBe(steps.length)
    } finally {
      setTrackingUri(undefined)
    }
  })
})

/** What `mlflow_models.py` found. */
interface Answer {
  readonly registered: string[]
  readonly version: string
  readonly runId: string
  readonly flavors: string[]
  readonly signature: string[]
  readonly example: unknown[][]
  readonly spark: number[][]
  readonly pyfunc: number[]
  readonly python: { readonly runId: string; readonly model: number[]; readonly tuned: number[] }
}

/** Predictions of the same coefficients: rounding of a few operations. */
const TOLERANCE = 1e-12
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i] / value - 1)).toBeLessThan(TOLERANCE)
}

describe('models', () => {
  it('logged here are loaded by MLflow in Python, and those of PySpark here, with the same predictions', async () => {
    setTrackingUri(server.uri)
    try {
      const rides = createDataFrame(ridesRows)
      const predictions = async (model: { transform(frame: DataFrame): DataFrame }): Promise<number[]> =>
        (
          await model
            .transform(rides as unknown as DataFrame)
            .select('prediction')
            .collect()
        ).map((row) => Number(row.prediction))
      const tuned = await ridesCrossValidator().fit(rides)
      await setExperiment('models')
      const example = ridesRows.slice(0, 2).map(({ city, distanceKm, hour }) => ({ city, distanceKm, hour }))
      const [info, best] = await startRun(async () => {
        await logParam('folds', 3)
        return Promise.all([
          logModel(tuned, 'model', { registeredModelName: 'rides', inputExample: example }),
          logModel(tuned.bestModel, 'best'),
        ])
      })
      const client = new MlflowClient({ trackingUri: server.uri })
      await client.setRegisteredModelAlias('rides', 'champion', 1)
      await client.transitionModelVersionStage('rides', 1, 'Production')
      expect(info.registeredModelVersion).toMatchObject({ name: 'rides', version: '1', modelId: info.modelId })
      expect((await client.getLoggedModel(info.modelId ?? '')).params).toEqual({ folds: '3' })

      const own = await predictions(tuned)
      const uris = ['models:/rides/1', 'models:/rides@champion', 'models:/rides/Production', 'models:/rides/latest']
      const all = [...uris, info.modelUri, `runs:/${info.runId}/model`, best.modelUri, `runs:/${info.runId}/best`]
      for (const uri of all) expectClose(await predictions(await loadModel(uri)), own)
      expect((await loadModel(info.modelUri)).definition.sparkClass).toBe(tuned.definition.sparkClass)

      const forPython = ['models:/rides@champion', `runs:/${info.runId}/model`, best.modelUri]
      const python = askSpark<Answer>('mlflow_models.py', [server.uri, 'rides', ...forPython], server.python)
      expect(python).toMatchObject({
        registered: expect.arrayContaining(['rides']),
        version: '1',
        runId: info.runId,
        flavors: ['python_function', 'ridgeline', 'spark'],
        example: [
          ['FR', 7.5, 9],
          ['US', 12, 18],
        ],
      })
      expect(new Set(python.signature)).toEqual(new Set(['city', 'distanceKm', 'hour']))
      for (const found of [...python.spark, python.pyfunc]) expectClose(found, own)

      const { runId } = python.python
      for (const uri of ['models:/rides-python/1', `runs:/${runId}/model`]) {
        const loaded = await loadModel(uri)
        expect(loaded).toBeInstanceOf(PipelineModel)
        expectClose(await predictions(loaded), python.python.model)
      }
      expectClose(await predictions(await loadModel(`runs:/${runId}/tuned`)), python.python.tuned)
      const { signature } = await getModelInfo('models:/rides-python/1')
      expect(JSON.parse(signature?.inputs ?? '')).toMatchObject([{ name: 'city', type: 'string' }, {}, {}])
    } finally {
      setTrackingUri(undefined)
    }
  })
})

describe('a server of MLflow 2 with basic authentication', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-mlflow-auth-'))
  const [username, password] = ['admin', 'password1234']
  let two: MlflowServer
  beforeAll(async () => {
    const config = {
      default_permission: 'READ',
      database_uri: `sqlite:///${join(folder, 'auth.db')}`,
      admin_username: username,
      admin_password: password,
      authorization_function: 'mlflow.server.auth:authenticate_request_basic_auth',
    }
    const lines = Object.entries(config).map(([name, value]) => `${name} = ${value}\n`)
    writeFileSync(join(folder, 'auth.ini'), `[mlflow]\n${lines.join('')}`)
    two = await startMlflow({
      python: installMlflowTwo(),
      args: ['--app-name', 'basic-auth'],
      env: { MLFLOW_AUTH_CONFIG_PATH: join(folder, 'auth.ini'), MLFLOW_FLASK_SERVER_SECRET_KEY: 'for this test' },
    })
  })
  afterAll(async () => {
    await two?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is spoken to', async () => {
    process.env.MLFLOW_TRACKING_USERNAME = username
    process.env.MLFLOW_TRACKING_PASSWORD = password
    try {
      await runScenario(two.uri, 'live-runs')
      await fluentScenario(two.uri, 'live-fluent')
      await logModelTwoScenario(two.uri, 'live-models')
    } finally {
      delete process.env.MLFLOW_TRACKING_USERNAME
      delete process.env.MLFLOW_TRACKING_PASSWORD
    }
  })

  it('refuses wrong credentials, and none', async () => {
    for (const options of [{}, { username, password: 'wrong' }]) {
      const client = new MlflowClient({ trackingUri: two.uri, ...options })
      expect(await refusal(client.searchExperiments())).toEqual(['UNAUTHENTICATED', 401])
    }
  })
})

it('artifacts in a bucket are written and read without the server', async () => {
  const moto = await startMoto()
  const storage = { endpoint: moto.endpoint, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } }
  try {
    const s3 = new S3Client({ ...storage, region: 'us-east-1', forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket: 'mlflow' }))
    const client = new MlflowClient({ trackingUri: server.uri, storage })
    const experiment = await client.createExperiment('bucket', { artifactLocation: 's3://mlflow/artifacts' })
    const { info } = await client.createRun(experiment)
    expect(info.artifactUri).toMatch(/^s3:\/\/mlflow\/artifacts\//)
    await client.logText(info.runId, 'Grüße', 'notes/a.txt')
    expect(await client.listArtifacts(info.runId, 'notes')).toMatchObject([{ path: 'notes/a.txt', isDir: false }])
    const folder = mkdtempSync(join(tmpdir(), 'ridgeline-mlflow-s3-'))
    const copy = await client.downloadArtifacts(info.runId, 'notes', folder)
    expect(readFileSync(join(copy, 'a.txt'), 'utf8')).toBe('Grüße')
    rmSync(folder, { recursive: true })

    const variables = { AWS_ENDPOINT_URL_S3: moto.endpoint, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' }
    Object.assign(process.env, variables)
    try {
      setTrackingUri(server.uri)
      const model = await ridesCrossValidator().fit(createDataFrame(ridesRows))
      const { modelUri } = await logModel(model, 'model', { runId: info.runId })
      expect((await loadModel(modelUri)).definition.sparkClass).toBe(model.definition.sparkClass)
      expect((await client.getLoggedModel(modelUri.replace('models:/', ''))).artifactLocation).toMatch(/^s3:/)
    } finally {
      setTrackingUri(undefined)
      for (const name of Object.keys(variables)) delete process.env[name]
    }
  } finally {
    await moto.stop()
  }
})
