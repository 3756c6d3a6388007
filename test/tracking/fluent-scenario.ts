import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect } from 'vitest'
import {
  activeRun,
  downloadArtifacts,
  endRun,
  getArtifactUri,
  getExperiment,
  getExperimentByName,
  getRun,
  lastActiveRun,
  logDict,
  logInput,
  logMetric,
  logMetrics,
  logParam,
  logParams,
  logText,
  MlflowClient,
  MlflowError,
  searchExperiments,
  searchRuns,
  setExperiment,
  setExperimentTag,
  setTag,
  setTags,
  setTrackingUri,
  startRun,
} from '../../src/tracking/index.js'

const statusOf = async (runId: string | undefined): Promise<string> =>
  (await new MlflowClient({ trackingUri: lastActiveRun()?.client.trackingUri }).getRun(runId ?? '')).info.status

/** The functions that stand beside the client, as a program of a user calls them. */
export async function fluentScenario(uri: string, name: string): Promise<void> {
  setTrackingUri(uri)
  try {
    const { experimentId } = await setExperiment(name)
    expect(await setExperiment({ experimentId })).toMatchObject({ name })
    await runsOfFunctions()
    await runsThatFail()
    await runsWithoutFunctions()
    await runsOfTheEnvironment(name)
    const found = await searchRuns({ filterString: "status = 'FINISHED'", orderBy: ['attributes.start_time ASC'] })
    const names = ['outer', 'left', 'right', 'resumed', 'open', 'inner', 'by itself', 'named']
    expect(found.map(({ info }) => info.runName).sort()).toEqual(names.sort())
    expect(await searchRuns({ experimentNames: [name], filterString: "status = 'KILLED'" })).toHaveLength(1)
    const [first] = found
    expect((await getRun(first.info.runId)).info).toEqual(first.info)
    expect((await getExperimentByName(name))?.experimentId).toBe(experimentId)
    await setExperimentTag('team', 'rides')
    expect((await getExperiment(experimentId)).tags).toMatchObject({ team: 'rides' })
    expect(await searchExperiments({ filterString: `name = '${name}'` })).toMatchObject([{ experimentId }])
  } finally {
    setTrackingUri(undefined)
  }
}

async function runsOfFunctions(): Promise<void> {
  let runId = ''
  const result = await startRun(
    async (run) => {
      runId = run.info.runId
      await logParam('maxIter', 10)
      await logParams({ regParam: 0.1, features: ['km', 'hour'] })
      await logMetrics({ rmse: 0.5, r2: 0.9 }, { step: 1 })
      await setTag('kind', 'test')
      await setTags({ a: 1, b: 2 })
      await logText('fine', 'notes/a.txt')
      await logDict({ a: 1 }, 'a.json')
      await logInput({ name: 'rides', digest: 'cb9ef426', sourceType: 'local', source: '{}' }, { context: 'training' })
      expect(getArtifactUri('notes')).toBe(`${run.info.artifactUri}/notes`)
      // Runs side by side do not see each other, and what nobody waits for arrives all the same.
      const child = (runName: string, value: number) =>
        startRun(
          async ({ info }) => {
            void logMetric('loss', value)
            await new Promise((done) => setTimeout(done, 5))
            expect(activeRun()?.info.runId).toBe(info.runId)
            return info.runId
          },
          { runName, nested: true },
        )
      const left = await Promise.all([child('left', 1), child('right', 2)])
      expect(activeRun()?.info.runId).toBe(runId)
      return left
    },
    { runName: 'outer', description: 'All of it.' },
  )
  expect(activeRun()).toBeUndefined()
  const client = new MlflowClient({ trackingUri: lastActiveRun()?.client.trackingUri })
  const runs = await Promise.all([runId, ...result].map((id) => client.getRun(id)))
  expect(runs.map(({ info }) => info.status)).toEqual(['FINISHED', 'FINISHED', 'FINISHED'])
  expect(runs.map(({ data }) => data.tags['mlflow.parentRunId'])).toEqual([undefined, runId, runId])
  expect(runs.map(({ data }) => data.metrics)).toEqual([{ rmse: 0.5, r2: 0.9 }, { loss: 1 }, { loss: 2 }])
  expect(runs[0].data.params).toEqual({ maxIter: '10', regParam: '0.1', features: '["km","hour"]' })
  expect(runs[0].data.tags).toMatchObject({ kind: 'test', a: '1', b: '2', 'mlflow.note.content': 'All of it.' })
  expect(runs[0].data.tags).toHaveProperty(['mlflow.source.name'])
  const copy = await downloadArtifacts(`runs:/${runId}/notes/a.txt`)
  expect(await readFile(copy, 'utf8')).toBe('fine')
  await rm(dirname(dirname(copy)), { recursive: true })

  // Going on with a run that has ended.
  await startRun(() => logMetric('later', 3), { runId: result[0] })
  expect((await client.getRun(result[0])).data.metrics).toEqual({ loss: 1, later: 3 })
  await startRun(async ({ client: own, info }) => own.updateRun(info.runId, { name: 'resumed' }), {
    runName: 'to rename',
  })
}

async function runsThatFail(): Promise<void> {
  const oops = new Error('oops')
  const failing = startRun(
    async () => {
      throw oops
    },
    { runName: 'failing' },
  )
  await expect(failing).rejects.toBe(oops)
  expect(await statusOf(lastActiveRun()?.info.runId)).toBe('FAILED')
  const abort = new AbortController()
  const killed = startRun(
    async () => {
      abort.abort(oops)
      await logMetric('never', 1)
    },
    { runName: 'killed', signal: abort.signal },
  )
  await expect(killed).rejects.toBe(oops)
  expect(await statusOf(lastActiveRun()?.info.runId)).toBe('KILLED')
}

async function runsWithoutFunctions(): Promise<void> {
  const run = await startRun({ runName: 'open' })
  await expect(startRun({ runName: 'second' })).rejects.toThrow(/is active.*nested: true/)
  const inner = await startRun({ runName: 'inner', nested: true })
  expect(activeRun()).toBe(inner)
  await endRun()
  expect(activeRun()).toBe(run)
  await endRun()
  await endRun()
  expect(await statusOf(run.info.runId)).toBe('FINISHED')
  // As in Python, what is logged without a run makes one; both calls the same.
  await Promise.all([logMetric('x', 1), logMetric('y', 2)])
  const own = activeRun()
  await own?.client.updateRun(own.info.runId, { name: 'by itself' })
  await endRun()
  expect((await own?.client.getRun(own.info.runId))?.data.metrics).toEqual({ x: 1, y: 2 })
}

async function runsOfTheEnvironment(name: string): Promise<void> {
  const { client, info } = (await startRun(async (run) => run, { runName: 'named' })) as NonNullable<
    ReturnType<typeof activeRun>
  >
  const { trackingUri } = client
  setTrackingUri(undefined)
  await expect(startRun(() => 1)).rejects.toThrow(/MLFLOW_TRACKING_URI/)
  try {
    process.env.MLFLOW_TRACKING_URI = trackingUri
    process.env.MLFLOW_EXPERIMENT_NAME = name
    process.env.MLFLOW_RUN_ID = info.runId
    await startRun((run) => expect(run.info.runId).toBe(info.runId))
    expect(process.env.MLFLOW_RUN_ID).toBeUndefined()
    expect((await searchRuns({ maxResults: 1 }))[0].info.experimentId).toBe(info.experimentId)
    process.env.MLFLOW_EXPERIMENT_ID = '999'
    await expect(startRun(() => 1)).rejects.toBeInstanceOf(MlflowError)
  } finally {
    for (const variable of ['TRACKING_URI', 'EXPERIMENT_NAME', 'EXPERIMENT_ID', 'RUN_ID'])
      delete process.env[`MLFLOW_${variable}`]
    setTrackingUri(trackingUri)
    await setExperiment(name)
  }
}
