import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDataFrame, LinearRegression, type PipelineModel, type Transformer, Vectors } from '../../src/index.js'
import { ModelHost } from '../../src/serving/model-host.js'
import { v2 } from '../../src/serving/protocols/v2.js'
import { priceModel, serviceOf, vectorModel } from './models.js'

let price: PipelineModel
let app: FastifyInstance
beforeAll(async () => {
  price = await priceModel()
  app = await serviceOf({ model: price, name: 'rides', version: '3', protocols: [v2] })
})
afterAll(() => app.close())

const post = async (url: string, payload: unknown, headers: Record<string, string> = {}, to = app) => {
  const { statusCode, body } = await to.inject({
    method: 'POST',
    url,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  })
  return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) }
}
const get = async (url: string, to = app) => {
  const { statusCode, body } = await to.inject({ method: 'GET', url })
  return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) }
}

const city = { name: 'city', shape: [2], datatype: 'BYTES', data: ['FR', 'XX'] }
const km = { name: 'km', shape: [2], datatype: 'INT64', data: [7, 8] }

describe('metadata and health', () => {
  it.each([
    ['/v2', { name: 'ridgeline', version: '0.1.0', extensions: [] }],
    ['/v2/health/live', undefined],
    ['/v2/health/ready', undefined],
    ['/v2/models/rides/ready', undefined],
    ['/v2/models/rides/versions/3/ready', undefined],
  ])('%s', async (url, body) => {
    expect(await get(url)).toEqual({ status: 200, body })
  })

  it.each(['/v2/models/rides', '/v2/models/rides/versions/3'])('%s', async (url) => {
    expect(await get(url)).toEqual({
      status: 200,
      body: {
        name: 'rides',
        versions: ['3'],
        platform: 'ridgeline',
        inputs: expect.arrayContaining([
          { name: 'city', datatype: 'BYTES', shape: [-1] },
          { name: 'km', datatype: 'FP64', shape: [-1] },
        ]),
        outputs: [{ name: 'prediction', datatype: 'FP64', shape: [-1] }],
      },
    })
  })

  it('the index of the repository', async () => {
    expect(await post('/v2/repository/index', {})).toEqual({
      status: 200,
      body: [{ name: 'rides', version: '3', state: 'READY', reason: '' }],
    })
  })

  it.each([
    ['/v2/models/nope', 'Model nope not found'],
    ['/v2/models/nope/ready', 'Model nope not found'],
    ['/v2/models/rides/versions/4', 'Model rides with version 4 not found'],
    ['/v2/models/rides/versions/4/ready', 'Model rides with version 4 not found'],
    ['/v2/other', '/v2/other not found'],
  ])('%s is not there', async (url, error) => {
    expect(await get(url)).toEqual({ status: 404, body: { error } })
  })

  it('other methods are not allowed', async () => {
    const { statusCode, headers, body } = await app.inject({ method: 'GET', url: '/v2/models/rides/infer' })
    expect([statusCode, headers.allow, JSON.parse(body)]).toEqual([405, 'POST', { error: 'Method Not Allowed' }])
  })

  it('the server is not ready once it shuts down, but lives', async () => {
    const host = await ModelHost.open(price, { name: 'rides' })
    const going = await serviceOf({ model: host, protocols: [v2] })
    expect((await get('/v2/health/ready', going)).status).toBe(200)
    host.retire()
    for (const url of ['/v2/health/ready', '/v2/models/rides/ready'])
      expect(await get(url, going)).toEqual({ status: 503, body: { error: 'the server shuts down' } })
    expect((await get('/v2/health/live', going)).status).toBe(200)
    expect((await post('/v2/repository/index', {}, {}, going)).body).toMatchObject([{ state: 'UNAVAILABLE' }])
    expect((await post('/v2/models/rides/infer', { inputs: [city, km] }, {}, going)).status).toBe(200)
    await going.close()
  })
})

describe('infer', () => {
  it('answers a column of each tensor with a tensor of each output', async () => {
    const { status, body } = await post('/v2/models/rides/infer', { id: '42', inputs: [city, km] })
    const score = price.scorer()
    const predictions = [
      { city: 'FR', km: 7 },
      { city: 'XX', km: 8 },
    ].map((row) => score(row)?.prediction)
    expect(status).toBe(200)
    expect(body).toEqual({
      model_name: 'rides',
      model_version: '3',
      id: '42',
      parameters: {},
      outputs: [{ name: 'prediction', shape: [2], datatype: 'FP64', data: predictions }],
    })
  })

  it('makes an id, and repeats the content type', async () => {
    const parameters = { content_type: 'pd' }
    const { body } = await post('/v2/models/rides/versions/3/infer', { parameters, inputs: [city, km] })
    expect(body.id).toMatch(/./)
    expect(body.parameters).toEqual(parameters)
  })

  it('takes vectors as [n, d], and gives them so', async () => {
    const model = await vectorModel()
    const vectors = await serviceOf({ model, name: 'classes', protocols: [v2] })
    expect((await get('/v2/models/classes', vectors)).body).toMatchObject({
      inputs: [{ name: 'features', datatype: 'FP64', shape: [-1, expect.any(Number)] }],
      outputs: expect.arrayContaining([{ name: 'probability', datatype: 'FP64', shape: [-1, expect.any(Number)] }]),
    })
    const inputs = [{ name: 'features', shape: [3, 2], datatype: 'FP32', data: [0, 0, 5, 1, 2, 4] }]
    const outputs = [{ name: 'probability' }, { name: 'prediction' }]
    const { body } = await post('/v2/models/classes/infer', { inputs, outputs }, {}, vectors)
    const scored = [[0, 0], [5, 1], [2, 4]].map((features) => model.scorer()({ features })) // biome-ignore format: one line
    expect(body.outputs).toEqual([
      { name: 'probability', shape: [3, 2], datatype: 'FP64', data: scored.flatMap((row) => row?.probability) },
      { name: 'prediction', shape: [3], datatype: 'FP64', data: scored.map((row) => row?.prediction) },
    ])
    await vectors.close()
  })

  it.each([
    ['no inputs', {}, 'the inputs are undefined'],
    ['bad JSON', '{"inputs":', 'JSON'],
    ['an unknown datatype', { inputs: [{ ...city, datatype: 'XX' }] }, 'input "city" has the datatype "XX"'],
    ['a shape that its data does not have', { inputs: [{ ...city, shape: [3] }, km] }, 'has 2 elements, not 3'],
    ['an unknown output', { inputs: [city, km], outputs: [{ name: 'zzz' }] }, 'output "zzz" does not exist'],
    ['a missing column', { inputs: [km] }, 'column "city" is missing'],
    ['another number of rows', { inputs: [city, { ...km, shape: [1], data: [7] }] }, 'input "km" has 1 rows'],
    [
      'another datatype',
      { inputs: [city, { ...km, datatype: 'BYTES', data: ['7', '8'] }] },
      'input "km" has the datatype BYTES',
    ],
  ])('refuses %s', async (_, payload, message) => {
    const { status, body } = await post('/v2/models/rides/infer', payload)
    expect(body).toEqual({ error: expect.stringContaining(message) })
    expect(status).toBe(400)
  })

  it('needs no content type', async () => {
    const payload = JSON.stringify({ inputs: [city, km] })
    const { statusCode } = await app.inject({ method: 'POST', url: '/v2/models/rides/infer', payload })
    expect(statusCode).toBe(200)
  })

  it('refuses tensors in binary, and other models', async () => {
    const headers = { 'inference-header-content-length': '10', 'content-type': 'application/octet-stream' }
    const { status, body } = await post('/v2/models/rides/infer', 'x', headers)
    expect([status, body.error]).toEqual([400, expect.stringContaining('binary_data=False')])
    expect(await post('/v2/models/nope/infer', { inputs: [city] })).toMatchObject({ status: 404 })
    expect(await post('/v2/models/rides/versions/4/infer', { inputs: [city] })).toMatchObject({ status: 404 })
  })
})

describe('exchanges recorded with MLServer 1.7.1', () => {
  // Its model: 1 + 2 x0 + 0.1 x1.
  let model: Transformer
  let server: FastifyInstance
  beforeAll(async () => {
    const xs = [[0, 0], [1, 0], [0, 1], [1, 2], [3, 1]] // biome-ignore format: one line
    const rows = xs.map((x) => ({ x: Vectors.dense(x), label: 1 + 2 * x[0] + 0.1 * x[1] }))
    const regression = new LinearRegression({ featuresCol: 'x', predictionCol: 'predict' })
    model = await regression.fit(createDataFrame(rows, 'x VECTOR, label DOUBLE'))
    server = await serviceOf({ model, name: 'rides', version: 'v1', protocols: [v2] })
  })
  afterAll(() => server.close())

  it.each([
    ['nested', { id: '42', inputs: [{ name: 'x', shape: [2, 2], datatype: 'FP64', data: [[0.1, 0.2], [0.3, 0.4]] }] }, [1.22, 1.6400000000000001]], // biome-ignore format: one line
    [
      'flat',
      { inputs: [{ name: 'x', shape: [2, 2], datatype: 'FP32', data: [0.1, 0.2, 0.3, 0.4] }] },
      [1.2200000032782554, 1.6400000244379045],
    ],
    [
      'chosen',
      { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP64', data: [0.1, 0.2] }], outputs: [{ name: 'predict' }] },
      [1.2200000000000002],
    ],
  ])('%s', async (_, request, predictions) => {
    const { status, body } = await post('/v2/models/rides/infer', request, {}, server)
    expect(status).toBe(200)
    const [output] = body.outputs
    expect([body.model_name, body.model_version, output.name, output.datatype]).toEqual([
      'rides',
      'v1',
      'predict',
      'FP64',
    ])
    // The recorded model was made by hand, this one is fitted: the last digits differ.
    for (const [i, value] of predictions.entries()) expect(output.data[i]).toBeCloseTo(value, 12)
  })
})

it('the answer tells in a header which version of the model gave it', async () => {
  const payload = { inputs: [city, km] }
  const { headers } = await app.inject({ method: 'POST', url: '/v2/models/rides/infer', payload })
  expect(headers['x-model-version']).toBe('3')
  const odd = await serviceOf({ model: price, name: 'rides', version: 'été 1', protocols: [v2] })
  const answer = await odd.inject({ method: 'POST', url: '/v2/models/rides/infer', payload })
  expect([answer.headers['x-model-version'], answer.json().model_version]).toEqual(['%C3%A9t%C3%A9%201', 'été 1'])
  expect((await app.inject({ method: 'GET', url: '/v2' })).headers['x-model-version']).toBeUndefined()
  await odd.close()
})
