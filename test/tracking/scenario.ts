import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { MlflowClient, MlflowError } from '../../src/tracking/index.js'

/** The error of a call, as the pair of its code and status. */
export async function refusal(call: Promise<unknown>): Promise<[code: string, status: number | undefined]> {
  const error = await call.then(
    () => expect.fail('was accepted'),
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(MlflowError)
  const { errorCode, status, serverMessage } = error as MlflowError
  if (status !== undefined) expect(serverMessage).toBeTruthy()
  return [errorCode, status]
}

/** Experiments: every call about them. */
export async function experimentScenario(uri: string, name: string): Promise<void> {
  const client = new MlflowClient({ trackingUri: uri })
  expect(await client.getExperimentByName(name)).toBeUndefined()
  const id = await client.createExperiment(name, { tags: { team: 'rides' } })
  expect(await refusal(client.createExperiment(name))).toEqual(['RESOURCE_ALREADY_EXISTS', 400])
  await client.setExperimentTag(id, 'season', 'autumn')
  await client.setExperimentTag(id, 'gone', 'soon')
  await client.deleteExperimentTag(id, 'gone')
  await client.renameExperiment(id, `${name} 2`)
  const experiment = await client.getExperiment(id)
  expect(experiment).toMatchObject({ experimentId: id, name: `${name} 2`, lifecycleStage: 'active' })
  expect(experiment.tags).toMatchObject({ team: 'rides', season: 'autumn' })
  expect(experiment.tags).not.toHaveProperty('gone')
  const filterString = `name = '${name} 2'`
  await client.deleteExperiment(id)
  expect(await client.searchExperiments({ filterString })).toHaveLength(0)
  expect(await client.searchExperiments({ filterString, viewType: 'DELETED_ONLY' })).toHaveLength(1)
  await client.restoreExperiment(id)
  expect((await client.searchExperiments({ filterString, orderBy: ['name ASC'] }))[0]).toEqual({
    ...experiment,
    lastUpdateTime: expect.any(Number),
  })
  expect(await refusal(client.getExperiment('123456'))).toEqual(['RESOURCE_DOES_NOT_EXIST', 404])
}

/** Runs, what is logged in them, and their files. */
export async function runScenario(uri: string, name: string): Promise<void> {
  const client = new MlflowClient({ trackingUri: uri })
  const experiment = await client.createExperiment(name)
  const { info } = await client.createRun(experiment, { runName: 'first', tags: { kind: 'test' } })
  const { runId } = info
  expect(info).toMatchObject({
    runName: 'first',
    experimentId: experiment,
    status: 'RUNNING',
    lifecycleStage: 'active',
  })
  const child = await client.createRun(experiment, { tags: { 'mlflow.parentRunId': runId } })
  expect((await client.getParentRun(child.info.runId))?.info.runId).toBe(runId)

  await client.logParam(runId, 'lr.regParam', 0.1)
  await client.logParam(runId, 'lr.regParam', 0.1)
  expect(await refusal(client.logParam(runId, 'lr.regParam', 0.2))).toEqual(['INVALID_PARAMETER_VALUE', 400])
  expect(await refusal(client.logMetric(runId, 'a*b', 1))).toEqual(['INVALID_PARAMETER_VALUE', 400])
  await client.logMetric(runId, 'loss', 2, { step: 1, timestamp: 1000 })
  await client.logMetric(runId, 'loss', 1, { step: 2, timestamp: 2000 })
  await client.logMetric(runId, 'none', Number.NaN)
  // The steps are more than the server takes at once, and so are the parameters.
  const steps = Array.from({ length: 1200 }, (_, step) => ({ key: 'curve', value: step / 2, step, timestamp: 5000 }))
  const params = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`p${i}`, i]))
  await client.logBatch(runId, {
    metrics: [...steps, { key: 'rmse', value: 0.5 }, { key: 'all', value: Number.POSITIVE_INFINITY }],
    params,
    tags: { list: ['a', 'b'], big: 2n ** 60n },
  })
  await client.setTag(runId, 'gone', 'soon')
  await client.deleteTag(runId, 'gone')
  const dataset = { name: 'rides', digest: 'cb9ef426', sourceType: 'local', source: '{"uri":"rides.csv"}' }
  await client.logInputs(runId, { datasets: [{ dataset, tags: { 'mlflow.data.context': 'training' } }] })
  await client.setTerminated(runId)

  const run = await client.getRun(runId)
  expect(run.info).toMatchObject({ status: 'FINISHED', endTime: expect.any(Number) })
  expect(run.data.params).toMatchObject({ 'lr.regParam': '0.1', p0: '0', p129: '129' })
  expect(Object.keys(run.data.params)).toHaveLength(131)
  // What the real server keeps of Infinity.
  expect(run.data.metrics).toEqual({ loss: 1, none: Number.NaN, curve: 599.5, rmse: 0.5, all: Number.MAX_VALUE })
  expect(run.data.tags).toMatchObject({ kind: 'test', list: '["a","b"]', big: '1152921504606846976' })
  expect(run.data.tags).not.toHaveProperty('gone')
  expect(run.inputs.datasetInputs).toEqual([{ dataset, tags: { 'mlflow.data.context': 'training' } }])
  const history = await client.getMetricHistory(runId, 'loss')
  expect(history.map(({ value, step, timestamp }) => [value, step, timestamp])).toEqual([
    [2, 1, 1000],
    [1, 2, 2000],
  ])

  const filterString = "metrics.rmse < 1 and params.`lr.regParam` = '0.1' and attributes.status = 'FINISHED'"
  expect((await client.searchRuns([experiment], { filterString })).map((found) => found.info.runId)).toEqual([runId])
  const page = await client.searchRuns([experiment], { maxResults: 1, orderBy: ['attributes.start_time ASC'] })
  expect(page.map((found) => found.info.runId)).toEqual([runId])
  const rest = await client.searchRuns([experiment], {
    pageToken: page.token,
    maxResults: 1,
    orderBy: ['attributes.start_time ASC'],
  })
  expect(rest.map((found) => found.info.runId)).toEqual([child.info.runId])
  await client.deleteRun(runId)
  expect((await client.getRun(runId)).info.lifecycleStage).toBe('deleted')
  await client.restoreRun(runId)
  await client.updateRun(runId, { status: 'RUNNING', name: 'renamed' })
  expect((await client.getRun(runId)).info).toMatchObject({ status: 'RUNNING', runName: 'renamed' })
  expect(await refusal(client.getRun('0'.repeat(32)))).toEqual(['RESOURCE_DOES_NOT_EXIST', 404])
  await artifactScenario(client, runId)
}

async function artifactScenario(client: MlflowClient, runId: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-artifacts-'))
  try {
    await writeFile(join(folder, 'a b.txt'), 'Grüße')
    expect(await client.listArtifacts(runId)).toEqual([])
    await client.logArtifact(runId, join(folder, 'a b.txt'))
    await client.logArtifacts(runId, folder, 'more/of it')
    await client.logText(runId, '<svg/>', 'plots/one.svg')
    await client.logDict(runId, { a: [1] }, 'one.json')
    expect(await client.listArtifacts(runId)).toEqual([
      { path: 'a b.txt', isDir: false, fileSize: 7 },
      { path: 'more', isDir: true },
      { path: 'one.json', isDir: false, fileSize: 23 },
      { path: 'plots', isDir: true },
    ])
    expect(await client.listArtifacts(runId, 'more/of it')).toEqual([
      { path: 'more/of it/a b.txt', isDir: false, fileSize: 7 },
    ])
    const file = await client.downloadArtifacts(runId, 'a b.txt', folder)
    expect(await readFile(file, 'utf8')).toBe('Grüße')
    const copy = join(folder, 'copy')
    expect(await client.downloadArtifacts(runId, 'more', copy)).toBe(join(copy, 'more'))
    expect(await readFile(join(copy, 'more/of it/a b.txt'), 'utf8')).toBe('Grüße')
    expect(await refusal(client.downloadArtifacts(runId, 'none.txt', folder))).toEqual([
      'RESOURCE_DOES_NOT_EXIST',
      undefined,
    ])
    expect(await refusal(client.logText(runId, '', '../out.txt'))).toEqual(['INVALID_PARAMETER_VALUE', undefined])
    expect(await refusal(client.logArtifact(runId, join(folder, 'none')))).toEqual([
      'INVALID_PARAMETER_VALUE',
      undefined,
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Logged models, registered ones, their versions, aliases, tags and stages. */
export async function modelScenario(uri: string, name: string): Promise<void> {
  const client = new MlflowClient({ trackingUri: uri })
  const experiment = await client.createExperiment(name)
  const { runId } = (await client.createRun(experiment)).info
  const params = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`p${i}`, String(i)]))
  const { modelId, ...made } = await client.createLoggedModel(experiment, { name: 'model', sourceRunId: runId, params })
  expect(made).toMatchObject({ name: 'model', status: 'LOGGED_MODEL_PENDING', sourceRunId: runId })
  await client.logOutputs(runId, [{ modelId, step: 3 }])
  expect((await client.getRun(runId)).outputs.modelOutputs).toEqual([{ modelId, step: 3 }])
  await (await client.modelArtifacts(modelId)).write('MLmodel', '{}')
  expect(await client.listLoggedModelArtifacts(modelId)).toEqual([{ path: 'MLmodel', isDir: false, fileSize: 2 }])
  await client.logMetric(runId, 'rmse', 0.5, { modelId, dataset: { name: 'rides', digest: 'cb9ef426' } })
  await client.setLoggedModelTags(modelId, { kind: 'test', gone: 'soon' })
  await client.deleteLoggedModelTag(modelId, 'gone')
  expect((await client.finalizeLoggedModel(modelId, 'LOGGED_MODEL_READY')).status).toBe('LOGGED_MODEL_READY')
  const logged = await client.getLoggedModel(modelId)
  expect(logged.tags).toMatchObject({ kind: 'test' })
  expect(logged.params).toEqual(params)
  expect(logged.metrics).toMatchObject([{ key: 'rmse', value: 0.5, datasetName: 'rides' }])
  expect(await client.findLoggedModels(runId, 'model')).toMatchObject([{ modelId }])
  const orderBy = [{ fieldName: 'metrics.rmse', ascending: true }]
  expect(await client.searchLoggedModels([experiment], { filterString: 'metrics.rmse < 1', orderBy })).toHaveLength(1)

  await client.createRegisteredModel(name, { tags: { team: 'rides' }, description: 'Prices.' })
  expect(await refusal(client.createRegisteredModel(name))).toEqual(['RESOURCE_ALREADY_EXISTS', 400])
  const one = await client.createModelVersion(name, `models:/${modelId}`, { runId, modelId, tags: { n: '1' } })
  const two = await client.createModelVersion(name, `runs:/${runId}/model`, { runId, description: 'Second.' })
  expect([one.version, two.version]).toEqual(['1', '2'])
  expect(one).toMatchObject({ status: 'READY', currentStage: 'None', runId })
  expect(await refusal(client.createModelVersion(name, '/etc'))).toEqual(['INVALID_PARAMETER_VALUE', 400])
  await client.setRegisteredModelAlias(name, 'champion', 1)
  expect((await client.getModelVersionByAlias(name, 'champion')).version).toBe('1')
  expect(await refusal(client.getModelVersionByAlias(name, 'nobody'))).toEqual(['RESOURCE_DOES_NOT_EXIST', 400])
  await client.setModelVersionTag(name, 1, 'validation_status', 'approved')
  await client.setModelVersionTag(name, 1, 'gone', 'soon')
  await client.deleteModelVersionTag(name, 1, 'gone')
  expect((await client.transitionModelVersionStage(name, 1, 'Production')).currentStage).toBe('Production')
  await client.transitionModelVersionStage(name, 2, 'Production', { archiveExistingVersions: true })
  expect((await client.getLatestVersions(name, ['Production'])).map(({ version }) => version)).toEqual(['2'])
  const first = await client.getModelVersion(name, 1)
  expect(first).toMatchObject({ currentStage: 'Archived', aliases: ['champion'] })
  expect(first.tags).toMatchObject({ n: '1', validation_status: 'approved' })
  expect(first.tags).not.toHaveProperty('gone')
  expect((await client.updateModelVersion(name, 2, { description: 'Better.' })).description).toBe('Better.')
  expect((await client.updateRegisteredModel(name, { description: 'Fares.' })).description).toBe('Fares.')
  await client.setRegisteredModelTag(name, 'gone', 'soon')
  await client.deleteRegisteredModelTag(name, 'gone')
  const registered = await client.getRegisteredModel(name)
  expect(registered).toMatchObject({ name, description: 'Fares.', aliases: { champion: '1' } })
  expect(registered.tags).toMatchObject({ team: 'rides' })
  const filterString = `name = '${name}'`
  expect(await client.searchRegisteredModels({ filterString })).toEqual([registered])
  const versions = await client.searchModelVersions({ filterString, orderBy: ['version_number DESC'] })
  expect(versions.map(({ version }) => version)).toEqual(['2', '1'])
  expect((await client.copyModelVersion(`models:/${name}@champion`, `${name}-copy`)).version).toBe('1')
  await client.deleteRegisteredModelAlias(name, 'champion')
  await client.deleteModelVersion(name, 2)
  expect(await refusal(client.getModelVersion(name, 2))).toEqual(['RESOURCE_DOES_NOT_EXIST', 404])
  expect((await client.renameRegisteredModel(name, `${name}-new`)).name).toBe(`${name}-new`)
  await client.deleteRegisteredModel(`${name}-new`)
  expect(await refusal(client.getRegisteredModel(`${name}-new`))).toEqual(['RESOURCE_DOES_NOT_EXIST', 404])
  await client.deleteLoggedModel(modelId)
}
