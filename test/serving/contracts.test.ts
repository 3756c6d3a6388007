import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.js'
import type { PipelineModel } from '../../src/index.js'
import { type Contract, contractOf } from '../../src/serving/contracts.js'
import { modelAt } from '../../src/serving/model-folder.js'
import { ModelHost } from '../../src/serving/model-host.js'
import { mlflow } from '../../src/serving/protocols/mlflow.js'
import { v2 } from '../../src/serving/protocols/v2.js'
import { priceModel, serviceOf } from './models.js'

type Env = Record<string, string>
const found = (env: Env, wanted = 'auto', folders: readonly string[] = []): Contract => {
  const contract = contractOf(wanted, { env, exists: (path) => folders.includes(path) })
  if (!contract) throw new Error('no contract')
  return contract
}
const vertexEnv = {
  AIP_HTTP_PORT: '8081',
  AIP_HEALTH_ROUTE: '/v1/endpoints/7/deployedModels/8',
  AIP_PREDICT_ROUTE: '/v1/endpoints/7/deployedModels/8:predict',
  AIP_STORAGE_URI: 'gs://bucket/models/rides',
}

let price: PipelineModel
let predicted: (row: object) => number
beforeAll(async () => {
  price = await priceModel()
  const score = price.scorer()
  predicted = (row) => score(row)?.prediction
})
const FR = { city: 'FR', km: 7 }
const US = { city: 'US', km: 2 }

/** A container as the command line starts it: MLflow's protocol, V2 and that of the platform. */
async function container(contract: Contract) {
  const host = await ModelHost.open(price, { name: 'rides' })
  const app = await serviceOf({ model: host, protocols: [mlflow, v2, contract.protocol] })
  const ask = async (method: 'GET' | 'POST', url: string, body?: unknown, contentType = 'application/json') => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    const { statusCode, payload: text } = await app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload, headers: { 'content-type': contentType } }),
    })
    return { status: statusCode, body: text.trim() === '' ? undefined : JSON.parse(text) }
  }
  return { ask, retire: () => host.retire(), [Symbol.asyncDispose]: () => app.close() }
}

describe('the platform', () => {
  it.each<[string, Env, readonly string[], Partial<Contract>]>([
    [
      'SageMaker, by the folder of its model',
      {},
      ['/opt/ml/model'],
      { name: 'sagemaker', port: 8080, model: '/opt/ml/model' },
    ],
    [
      'SageMaker, by the port that it wants',
      { SAGEMAKER_BIND_TO_PORT: '9000' },
      [],
      { name: 'sagemaker', port: 9000, model: undefined },
    ],
    ['Vertex AI', vertexEnv, [], { name: 'vertex', port: 8081, model: 'gs://bucket/models/rides' }],
    [
      'Vertex AI without a model',
      { AIP_HTTP_PORT: '8080', AIP_STORAGE_URI: '' },
      [],
      { name: 'vertex', port: 8080, model: undefined },
    ],
    [
      'Azure ML',
      { AZUREML_MODEL_DIR: '/var/azureml-app/azureml-models/rides/1' },
      [],
      { name: 'azure', port: 8080, model: '/var/azureml-app/azureml-models/rides/1' },
    ],
  ])('is found: %s', (_, env, folders, contract) => {
    expect(found(env, 'auto', folders)).toMatchObject({ ...contract, host: '0.0.0.0' })
  })

  it('is none elsewhere, and where none is wanted', () => {
    const at = { env: { PORT: '80' }, exists: () => false }
    expect(contractOf('auto', at)).toBeUndefined()
    expect(contractOf('none', { env: vertexEnv, exists: () => true })).toBeUndefined()
  })

  it('may be named, and must exist', () => {
    expect(found({}, 'vertex')).toMatchObject({ name: 'vertex', port: 8080, model: undefined })
    expect(found(vertexEnv, 'sagemaker')).toMatchObject({ name: 'sagemaker', port: 8080 })
    expect(() => found({}, 'sagemeker')).toThrow('Did you mean "sagemaker"?')
  })

  it.each(['http', '0', '70000', '80.5'])('wants a port, not %s', (port) => {
    expect(() => found({ AIP_HTTP_PORT: port })).toThrow(`the environment variable AIP_HTTP_PORT is "${port}"`)
  })
})

describe('SageMaker', () => {
  it('asks health, and for predictions of JSON and CSV', async () => {
    await using sagemaker = await container(found({}, 'sagemaker'))
    expect((await sagemaker.ask('GET', '/ping')).status).toBe(200)
    const predictions = [predicted(FR), predicted(US)]
    const json = await sagemaker.ask('POST', '/invocations', { instances: [FR, US] })
    expect(json).toEqual({ status: 200, body: { predictions } })
    const csv = await sagemaker.ask('POST', '/invocations', 'km,city\n7,FR\n2,US\n', 'text/csv')
    expect(csv).toEqual({ status: 200, body: { predictions } })
  })

  it('asks how a batch may be transformed', async () => {
    await using sagemaker = await container(found({}, 'sagemaker'))
    expect(await sagemaker.ask('GET', '/execution-parameters')).toEqual({
      status: 200,
      body: { MaxConcurrentTransforms: availableParallelism(), BatchStrategy: 'MULTI_RECORD', MaxPayloadInMB: 6 },
    })
  })

  it('hears that a container that shuts down is not healthy', async () => {
    await using sagemaker = await container(found({}, 'sagemaker'))
    sagemaker.retire()
    expect((await sagemaker.ask('GET', '/ping')).status).toBe(503)
  })
})

describe('Vertex AI', () => {
  it('asks the routes that it names', async () => {
    await using vertex = await container(found(vertexEnv))
    const { AIP_HEALTH_ROUTE: health, AIP_PREDICT_ROUTE: predict } = vertexEnv
    expect((await vertex.ask('GET', health)).status).toBe(200)
    const answer = await vertex.ask('POST', predict, { instances: [FR, US], parameters: { a: 1 } })
    expect(answer).toEqual({ status: 200, body: { predictions: [predicted(FR), predicted(US)] } })
    expect(await vertex.ask('POST', predict, { instances: [] })).toEqual({ status: 200, body: { predictions: [] } })
    for (const other of [`${health}x`, predict.replace(':predict', ':explain')])
      expect((await vertex.ask('POST', other, { instances: [FR] })).status).toBe(404)
    vertex.retire()
    expect((await vertex.ask('GET', health)).status).toBe(503)
  })

  it.each([
    ['no instances', { rows: [FR] }, 'with instances'],
    ['a list', [FR], 'with instances'],
    ['instances that are no list', { instances: 'FR' }, 'instances must be a list'],
    ['a missing column', { instances: [{ km: 7 }] }, 'column "city" is missing'],
    ['bad JSON', '{"instances": [', 'JSON'],
  ])('hears what is wrong: %s', async (_, body, message) => {
    await using vertex = await container(found(vertexEnv))
    const answer = await vertex.ask('POST', vertexEnv.AIP_PREDICT_ROUTE, body)
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(message) } })
  })

  it('may name routes that another protocol has', async () => {
    const routes = { AIP_HEALTH_ROUTE: '/health', AIP_PREDICT_ROUTE: '/invocations' }
    await using vertex = await container(found(routes))
    expect((await vertex.ask('GET', '/health')).status).toBe(200)
    const answer = await vertex.ask('POST', '/invocations', { instances: [FR], parameters: { a: 1 } })
    expect(answer).toEqual({ status: 200, body: { predictions: [predicted(FR)] } })
  })
})

describe('Azure ML', () => {
  const split = { columns: ['km', 'city'], index: [0, 1], data: [[7, 'FR'], [2, 'US']] } // biome-ignore format: one line

  it.each([
    ['a split frame', split],
    ['rows', [FR, US]],
    ['columns', { km: [7, 2], city: ['FR', 'US'] }],
  ])('takes input_data: %s', async (_, input_data) => {
    await using azure = await container(found({}, 'azure'))
    expect(await azure.ask('POST', '/score', { input_data })).toEqual({
      status: 200,
      body: [predicted(FR), predicted(US)],
    })
  })

  it("takes MLflow's bodies, and refuses others", async () => {
    await using azure = await container(found({}, 'azure'))
    const answer = await azure.ask('POST', '/score', { dataframe_records: [FR] })
    expect(answer).toEqual({ status: 200, body: { predictions: [predicted(FR)] } })
    for (const body of [{ data: [[1]] }, { input_data: 7 }, '{']) {
      expect(await azure.ask('POST', '/score', body)).toEqual({ status: 400, body: { error: expect.any(String) } })
    }
  })
})

it('the command line serves the model that Azure ML has mounted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-azure-'))
  await price.write().save(join(folder, 'rides.json'))
  process.env.AZUREML_MODEL_DIR = folder
  const stop = new AbortController()
  try {
    let ended: Promise<number> | undefined
    const address = await new Promise<string>((resolve, reject) => {
      const stdout = { write: (text: string) => resolve(/http:\S+/.exec(text)?.[0] ?? '') }
      ended = run(['serve', '--port', '0', '--log-level', 'silent'], {
        stdout,
        stderr: { write: reject },
        signal: stop.signal,
      })
    })
    const answer = await fetch(`${address.replace('0.0.0.0', '127.0.0.1')}/score`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input_data: [FR] }),
    })
    expect(await answer.json()).toEqual([predicted(FR)])
    stop.abort()
    expect(await ended).toBe(0)
  } finally {
    delete process.env.AZUREML_MODEL_DIR
    rmSync(folder, { recursive: true })
  }
})

describe('the model of a container', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-contracts-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const path = (...names: string[]) => join(folder, ...names)
  beforeAll(() => {
    for (const name of ['json/notes', 'spark/rides/metadata', 'mlflow', 'two', 'none'])
      mkdirSync(path(name), { recursive: true })
    for (const name of [
      'json/model.json',
      'json/readme.txt',
      'mlflow/MLmodel',
      'two/a.json',
      'two/b.json',
      'none/a.txt',
    ])
      writeFileSync(path(name), '')
  })

  it('is what lies at the path, or the only one in a folder', () => {
    expect(modelAt(path('json', 'model.json'))).toBe(path('json', 'model.json'))
    expect(modelAt(path('json'))).toBe(path('json', 'model.json'))
    expect(modelAt(path('spark'))).toBe(path('spark', 'rides'))
    expect(modelAt(path('spark', 'rides'))).toBe(path('spark', 'rides'))
    expect(modelAt(path('mlflow'))).toBe(path('mlflow'))
  })

  it.each([
    ['two', /holds .*a\.json, .*b\.json/],
    ['none', /holds no model \(a\.txt\)/],
    ['missing', /there is nothing to read/],
  ])('is not guessed: %s', (name, message) => {
    expect(() => modelAt(path(name))).toThrow(message)
  })
})
