import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logMetric, logParam, MlflowClient, setTrackingUri, startRun } from '../../src/tracking/index.js'
import { fluentScenario } from '../tracking/fluent-scenario.js'
import { experimentScenario, modelScenario, runScenario } from '../tracking/scenario.js'
import { type MlflowServer, startMlflow } from './mlflow.js'

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
  ])('answers all calls: %s', async (name, scenario) => {
    await scenario(server.uri, `live-${name}`)
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
