import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  createDataFrame,
  LinearRegression,
  Pipeline,
  type PipelineModel,
  RegressionEvaluator,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { logModel, MlflowClient, promote, rollback, setTrackingUri, startRun } from 'ridgeline/tracking'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.js'
import { runExample } from '../examples/run-example.js'
import { installMlflow, type MlflowServer, startMlflow } from './mlflow.js'

const folder = mkdtempSync(join(tmpdir(), 'ridgeline-promotion-'))
const rides = createDataFrame(
  Array.from({ length: 40 }, (_, i) => ({
    city: ['FR', 'US', 'DE', 'MG'][i % 4],
    distanceKm: 1 + ((i * 7) % 20),
    price: 3 + 1.2 * (1 + ((i * 7) % 20)) + (i % 4),
  })),
)
/** The smaller the penalty, the better the model. */
const fitted = (regParam: number): Promise<PipelineModel> =>
  new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
      new VectorAssembler({ inputCols: ['distanceKm', 'cityIdx'], outputCol: 'features' }),
      new LinearRegression({ labelCol: 'price', regParam }),
    ],
  }).fit(rides)
const gate = { evaluator: new RegressionEvaluator({ labelCol: 'price', metricName: 'rmse' }) }

let server: MlflowServer
let client: MlflowClient
beforeAll(async () => {
  server = await startMlflow()
  setTrackingUri(server.uri)
  client = new MlflowClient({ trackingUri: server.uri })
})
afterAll(async () => {
  setTrackingUri(undefined)
  await server?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Logs and registers a model. @returns its version. */
async function registered(name: string, regParam: number): Promise<string> {
  const model = await fitted(regParam)
  const info = await startRun(() => logModel(model, 'model', { registeredModelName: name }))
  return info.registeredModelVersion!.version
}
const holder = async (name: string) => (await client.getModelVersionByAlias(name, 'champion')).version

describe('promotion in a real registry', () => {
  it('moves an alias, refuses what is worse, and goes back', async () => {
    const name = 'by-alias'
    const common = { model: name, data: rides, gate, by: 'ci' }
    const first = await registered(name, 1)
    expect(await promote({ ...common, from: first })).toMatchObject({ promoted: true, changed: true })
    const worse = await registered(name, 10)
    expect(await promote({ ...common, from: worse })).toMatchObject({ promoted: false, previous: first })
    const better = await registered(name, 0)
    await client.setRegisteredModelAlias(name, 'challenger', better)
    expect(await promote(common)).toMatchObject({ promoted: true, previous: first, version: better })
    expect(await holder(name)).toBe(better)
    expect((await client.getRegisteredModel(name)).aliases).toEqual({ champion: better })
    expect((await client.getModelVersion(name, better)).tags).toMatchObject({
      validation_status: 'approved',
      'promotion.decision': 'promoted',
      'promotion.previous_version': first,
      'promotion.by': 'ci',
    })
    expect((await client.getModelVersion(name, worse)).tags).toMatchObject({ validation_status: 'rejected' })
    expect(await rollback(name)).toMatchObject({ version: first, from: better, changed: true })
    expect(await rollback(name)).toMatchObject({ version: first, from: better, changed: false })
    expect(await holder(name)).toBe(first)
  })

  it('moves stages, archives, and goes back', async () => {
    const name = 'by-stage'
    const [old, young] = [await registered(name, 1), await registered(name, 0)]
    await client.transitionModelVersionStage(name, old, 'Production')
    await client.transitionModelVersionStage(name, young, 'Staging')
    const decision = await promote({ model: name, from: 'Staging', to: 'Production', data: rides, gate })
    expect(decision).toMatchObject({ promoted: true, previous: old })
    const stages = async () =>
      Promise.all([old, young].map(async (version) => (await client.getModelVersion(name, version)).currentStage))
    expect(await stages()).toEqual(['Archived', 'Production'])
    await rollback(name, { to: 'Production' })
    expect(await stages()).toEqual(['Production', 'Archived'])
  })

  it('is on the command line: register, promote, models, rollback', async () => {
    const printed = async (...argv: string[]) => {
      let text = ''
      const write = (chunk: string) => {
        text += chunk
      }
      const code = await run([...argv, '--tracking-uri', server.uri], { stdout: { write }, stderr: { write } })
      return { code, text }
    }
    const name = 'by-command'
    const [csv, poor, good] = [join(folder, 'rides.csv'), join(folder, 'poor.json'), join(folder, 'good')]
    const rows = await rides.collect()
    writeFileSync(csv, `city,distanceKm,price\n${rows.map((r) => `${r.city},${r.distanceKm},${r.price}\n`).join('')}`)
    await (await fitted(1)).save(poor)
    await (await fitted(0)).write().format('spark').save(good)
    const promoted = (...more: string[]) =>
      printed('promote', name, '--data', csv, '--label', 'price', '--gate', 'rmse', ...more)

    expect(await printed('register', poor, name, '--alias', 'champion')).toEqual({
      code: 0,
      text: `${poor} is now version 1 of ${name} (champion)\n`,
    })
    expect((await printed('register', good, name, '--alias', 'challenger')).code).toBe(0)
    expect(await promoted('--gate', 'r2>=0.9999')).toMatchObject({ code: 4 })
    expect(await promoted()).toMatchObject({ code: 0, text: expect.stringContaining('version 2 is now "champion"') })
    expect(await printed('models', name)).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^2 +champion .*approved/m),
    })
    expect(await printed('models', name, '--max-age', '1h')).toMatchObject({ code: 0 })
    expect(await printed('rollback', name)).toMatchObject({ code: 0, text: expect.stringContaining('version 1 is') })
    expect(await promoted('--from', 'nobody')).toMatchObject({ code: 3 })
    expect(await printed('models', 'none')).toMatchObject({ code: 3 })
  })
})

describe('the example', () => {
  const example = () => runExample(() => import('../../examples/rides-mlflow.js'), [])
  const told = (out: string) => ({
    runId: /^Run: ([0-9a-f]{32})$/m.exec(out)?.[1] ?? '',
    rmse: Number(/RMSE on the test part: (.*)/.exec(out)?.[1]),
  })

  it('records, registers and promotes in the server that is named', async () => {
    process.env.MLFLOW_TRACKING_URI = server.uri
    try {
      const { out, err, code } = await example()
      expect([err, code]).toEqual(['', 0])
      const { runId, rmse } = told(out)
      const { info, data } = await client.getRun(runId)
      expect(info.status).toBe('FINISHED')
      expect(data.params.algorithm).toBe('LinearRegression')
      expect(data.metrics.rmse).toBe(rmse)
      expect(out).toContain('Version 1 of rides-price is in Production.')
      const [version] = await client.getLatestVersions('rides-price', ['Production'])
      expect(version).toMatchObject({ version: '1', runId, tags: { validation_status: 'approved' } })
      // The example ran with modules of its own.
      const fresh = { ...(await import('ridgeline')), ...(await import('ridgeline/tracking')) }
      fresh.setTrackingUri(server.uri)
      const model = await fresh.loadModel('models:/rides-price/Production')
      const asked = fresh.createDataFrame([{ city: 'FR', distanceKm: 10, hour: 9 }])
      const [ride] = await model.transform(asked).collect()
      expect(out).toContain(`10 km in FR at 9 o'clock: ${ride.prediction}`)
    } finally {
      delete process.env.MLFLOW_TRACKING_URI
    }
  })

  it('starts a server of its own, and ends it', async () => {
    const path = process.env.PATH
    process.env.PATH = `${dirname(installMlflow())}:${path}`
    try {
      const { out, err, code } = await example()
      expect([err, code]).toEqual(['', 0])
      expect(told(out).rmse).toBeLessThan(1)
      const uri = `http://127.0.0.1:${/--port (\d+)/.exec(out)?.[1]}`
      await expect(fetch(`${uri}/health`)).rejects.toThrow()
    } finally {
      process.env.PATH = path
    }
  })
})
