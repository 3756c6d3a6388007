import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify from 'fastify'
import { Registry } from 'prom-client'
import { FeatureHasher, NotFittedError, ParamError, PersistenceError, type PipelineModel } from 'ridgeline'
import {
  addRoute,
  createServer,
  ModelHost,
  type Protocol,
  ridgelinePlugin,
  type ServerOptions,
} from 'ridgeline/serving'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { priceModel } from './models.js'

let model: PipelineModel
const folder = mkdtempSync(join(tmpdir(), 'ridgeline-serving-'))
beforeAll(async () => {
  model = await priceModel()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A server whose log is kept, for `inject`. */
async function quietServer(options: ServerOptions = {}) {
  let log = ''
  const logStream = {
    write(text: string): void {
      log += text
    },
  }
  const server = await createServer(model, { logStream, ...options })
  const { app } = server
  const lines = async (): Promise<Record<string, unknown>[]> => {
    await new Promise((resolve) => setImmediate(resolve))
    return log.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  }
  const post = (url: string, payload: object | string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...headers } })
  return { server, app, post, lines }
}
const row = { city: 'FR', km: 3 }
const body = { dataframe_records: [row] }

describe('tokens', () => {
  it('are asked for by all routes but health, and any of several is taken', async () => {
    const { server, app, post } = await quietServer({ tokens: ['old-secret', 'new-secret'], logLevel: 'silent' })
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic old-secret', 'Bearer old-secret2']) {
      const { statusCode, headers } = await post('/invocations', body, { authorization })
      expect([statusCode, headers['www-authenticate']]).toEqual([401, 'Bearer'])
    }
    for (const url of ['/metrics', '/openapi.json', '/docs', '/v2', '/nowhere'])
      expect((await app.inject({ url })).statusCode).toBe(401)
    for (const url of ['/ping', '/health', '/version', '/v2/health/live', '/v2/health/ready'])
      expect((await app.inject({ url })).statusCode).toBe(200)
    for (const token of ['old-secret', 'new-secret'])
      expect((await post('/invocations', body, { authorization: `bearer ${token}` })).statusCode).toBe(200)
    await server.close()
  })
})

describe('the log', () => {
  it('has a line for each request, with its id and nothing else that the client sent', async () => {
    const { server, app, post, lines } = await quietServer()
    const answer = await post(
      '/invocations?secret=1',
      { inputs: { city: ['secret', 'FR'], km: [1, 'secret'] } },
      { 'x-request-id': 'ride-7' },
    )
    expect(answer.headers['x-request-id']).toBe('ride-7')
    const made = (await app.inject({ url: '/secret', headers: { 'x-request-id': 'bad id\u007f' } })).headers[
      'x-request-id'
    ]
    expect(made).toMatch(/^[0-9a-f-]{36}$/)
    const [first, second] = (await lines()).filter(({ msg }) => msg === 'request')
    const { uid: version } = model
    expect(first).toMatchObject({
      reqId: 'ride-7',
      method: 'POST',
      route: '/invocations',
      status: 400,
      rows: 2,
      problem: 'invalid-value',
      version,
    })
    expect(second).toMatchObject({ reqId: made, route: 'unmatched', status: 404 })
    expect(JSON.stringify(await lines())).not.toContain('secret')
    await server.close()
  })

  it('tells of an error what the client is not told', async () => {
    const broken: Protocol = {
      name: 'broken',
      register(scope, context) {
        scope.setErrorHandler((error, request, reply) => {
          const { status, message } = context.problem(error, request)
          return reply.code(status).send(message)
        })
        addRoute(scope, {
          method: 'GET',
          url: '/broken',
          handler: () => {
            throw new Error('the disk is on fire')
          },
        })
      },
      openapi: () => ({}),
    }
    const { server, app, lines } = await quietServer({ protocols: [broken] })
    const { statusCode, body } = await app.inject({ url: '/broken' })
    expect([statusCode, body]).toEqual([500, 'Internal Server Error'])
    const [failed, request] = await lines()
    expect(failed).toMatchObject({ level: 50, msg: 'request failed', err: { message: 'the disk is on fire' } })
    expect(request).toMatchObject({ route: '/broken', status: 500, problem: 'internal' })
    await server.close()
  })
})

describe('limits', () => {
  it('refuse a body that is too large', async () => {
    const { server, post } = await quietServer({ bodyLimit: 100, logLevel: 'silent' })
    const { statusCode, body } = await post('/invocations', { dataframe_records: new Array(20).fill(row) })
    expect([statusCode, JSON.parse(body).error_code]).toEqual([413, 'BAD_REQUEST'])
    await server.close()
  })

  it('end scoring that takes too long', async () => {
    const { server, post } = await quietServer({ timeout: 1, logLevel: 'silent' })
    const { statusCode, body } = await post('/invocations', { dataframe_records: new Array(150_000).fill(row) })
    expect([statusCode, JSON.parse(body).error_code]).toEqual([504, 'DEADLINE_EXCEEDED'])
    await server.close()
  })
})

/** Samples of a text of metrics. @throws where a line is none. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>()
  const types = new Set<string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line)
    if (type) {
      types.add(type[1])
      continue
    }
    const sample = /^([a-z_]+)(\{[^}]*\})? ([-+\d.e]+|NaN)$/.exec(line)
    if (!sample) throw new Error(`no sample: ${line}`)
    expect(types).toContain(types.has(sample[1]) ? sample[1] : sample[1].replace(/_(bucket|sum|count)$/, ''))
    found.set(sample[1] + (sample[2] ?? ''), Number(sample[3]))
  }
  return found
}

describe('metrics', () => {
  it('count requests, rows, and values that are not as expected, over reloads', async () => {
    const { server, app, post } = await quietServer({ logLevel: 'silent', name: 'rides', version: '1' })
    await post('/invocations', { dataframe_records: [row, { city: 'XX', km: 1000 }, { city: null, km: 3, tip: 1 }] })
    await post('/invocations', { dataframe_records: [{ city: 'FR' }] })
    await server.reload(await priceModel(3), '2')
    await expect(server.reload(join(folder, 'none.json'))).rejects.toThrow(PersistenceError)
    await post('/invocations', { dataframe_records: [{ city: 'YY', km: 'far' }] })
    const answer = await app.inject({ url: '/metrics' })
    expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4')
    const found = samples(answer.body)
    expect(
      Object.fromEntries([...found].filter(([name]) => name.startsWith('ridgeline_input') && found.get(name))),
    ).toEqual({
      'ridgeline_input_violations_total{column="km",violation="missing"}': 1,
      'ridgeline_input_violations_total{column="city",violation="null"}': 1,
      'ridgeline_input_violations_total{column="km",violation="wrong_type"}': 1,
      'ridgeline_input_violations_total{column="city",violation="unseen"}': 2,
      'ridgeline_input_violations_total{column="km",violation="out_of_range"}': 1,
    })
    const invocations = 'method="POST",route="/invocations"'
    expect(Object.fromEntries(found)).toMatchObject({
      [`ridgeline_http_requests_total{${invocations},status="200"}`]: 1,
      [`ridgeline_http_requests_total{${invocations},status="400"}`]: 2,
      [`ridgeline_http_request_duration_seconds_count{${invocations}}`]: 3,
      'ridgeline_request_problems_total{kind="missing-column"}': 1,
      ridgeline_rows_total: 5,
      ridgeline_rows_refused_total: 2,
      ridgeline_rows_with_extra_columns_total: 1,
      ridgeline_http_requests_in_flight: 1,
      'ridgeline_model_reloads_total{result="success"}': 1,
      'ridgeline_model_reloads_total{result="failure"}': 1,
      [`ridgeline_model_info{name="rides",version="2",uid="${server.model.uid}"}`]: 1,
    })
    await server.close()
  })

  it('may be left out, or go to a registry that is there', async () => {
    const without = await quietServer({ metrics: false, logLevel: 'silent' })
    expect((await without.app.inject({ url: '/metrics' })).statusCode).toBe(404)
    const registry = new Registry()
    const shared = await quietServer({ metrics: registry, logLevel: 'silent' })
    expect(await registry.metrics()).toContain('ridgeline_model_info')
    await Promise.all([without.server.close(), shared.server.close()])
  })
})

describe('the description', () => {
  it('is an OpenAPI document whose references lead somewhere', async () => {
    const { server, app } = await quietServer({ name: 'rides', tokens: ['secret'], logLevel: 'silent' })
    const headers = { authorization: 'Bearer secret' }
    const document = (await app.inject({ url: '/openapi.json', headers })).json()
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'rides', version: model.uid },
      security: [{ bearer: [] }],
    })
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/invocations', '/v2/models/rides/infer', '/metrics', '/admin/reload']),
    )
    expect(Object.keys(document.components.schemas.Row.properties)).toEqual(['city', 'km'])
    const references = JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g)
    for (const [, path] of references) {
      const target = path
        .split('/')
        .slice(1)
        .reduce((at, name) => at?.[name], document)
      expect(target, path).toBeDefined()
    }
    await server.close()
  })

  it('is a page for people that loads nothing and lets no name break out', async () => {
    const { server, app } = await quietServer({ name: '<script>alert(1)</script>', logLevel: 'silent' })
    const { body, headers } = await app.inject({ url: '/docs' })
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(body).not.toMatch(/<script|src=|https?:\/\/(?!HOST)/)
    for (const text of ['km', 'double', 'FR, US', '/invocations', '/v2']) expect(body).toContain(text)
    await server.close()
  })
})

describe('a plugin', () => {
  it('serves below a prefix, with parsers, tokens and errors of its own', async () => {
    const app = fastify()
    const host = await ModelHost.open(model, { version: '1' })
    app.post('/echo', (request) => request.body)
    await app.register(ridgelinePlugin, { prefix: '/rides', model: host, tokens: ['secret'] })
    const headers = { authorization: 'Bearer secret' }
    const answer = await app.inject({ method: 'POST', url: '/rides/invocations', payload: body, headers })
    expect(answer.json().predictions[0]).toBeCloseTo(7, 6)
    expect((await app.inject({ method: 'POST', url: '/echo', payload: { a: 1 } })).json()).toEqual({ a: 1 })
    const text = { method: 'POST', url: '/echo', payload: 'a', headers: { 'content-type': 'text/plain' } } as const
    expect((await app.inject(text)).body).toBe('a')
    expect((await app.inject({ url: '/rides/nowhere', headers })).json()).toEqual({ detail: 'Not Found' })
    expect((await app.inject({ url: '/nowhere' })).json()).toMatchObject({ error: 'Not Found' })
    expect((await app.inject({ url: '/rides/openapi.json', headers })).json().servers).toEqual([{ url: '/rides' }])
    await host.reload(await priceModel(3), '2')
    expect(
      (await app.inject({ method: 'POST', url: '/rides/invocations', payload: body, headers })).headers[
        'x-model-version'
      ],
    ).toBe('2')
    await app.close()
    expect(host.ready).toBe(false)
  })
})

describe('what cannot be served is refused when the server is made', () => {
  it('such as a path without a model, a model without a schema, policies and columns that are none', async () => {
    const estimator = join(folder, 'estimator.json')
    writeFileSync(estimator, '{}')
    await expect(createServer(join(folder, 'none.json'))).rejects.toThrow(PersistenceError)
    await expect(createServer(estimator)).rejects.toThrow(PersistenceError)
    await expect(createServer(new FeatureHasher({ inputCols: ['a'], outputCol: 'b' }))).rejects.toThrow(NotFittedError)
    await expect(createServer(model, { policies: { unseen: 'drop' as 'error' } })).rejects.toThrow(ParamError)
    await expect(createServer(model, { outputCols: ['price2'] })).rejects.toThrow('price2')
  })
})

it.each([
  [{ token: ['a'] }, 'Did you mean "tokens"?'],
  [{ tokens: 'secret' }, 'option "tokens" is of another kind'],
  [{ tokens: [''] }, 'texts without spaces'],
  [{ bodyLimit: 0 }, 'option "bodyLimit" is 0'],
  [{ timeout: -1 }, 'milliseconds'],
  [{ closeTimeout: Number.NaN }, 'milliseconds'],
  [{ logLevel: 'loud' }, 'trace, debug, info'],
  [{ version: '' }, 'option "version" is ""'],
  [{ protocols: ['mlflow'] }, 'a list of protocols'],
  [null, 'the options are null'],
])('refuses the options %j', async (options, message) => {
  const made = createServer(model, options as ServerOptions)
  await expect(made).rejects.toThrow(ParamError)
  await expect(made).rejects.toThrow(message)
})

it('speaks HTTPS', async () => {
  const file = (name: string): Buffer => readFileSync(new URL(`data/${name}`, import.meta.url))
  const server = await createServer(model, {
    logLevel: 'silent',
    tls: { key: file('tls-key.pem'), cert: file('tls-cert.pem') },
  })
  const address = await server.listen()
  expect(address).toMatch(/^https:/)
  const status = await new Promise((resolve, reject) => {
    httpsRequest(`${address}/ping`, { ca: file('tls-cert.pem'), agent: false }, (answer) =>
      resolve(answer.resume().statusCode),
    )
      .on('error', reject)
      .end()
  })
  expect(status).toBe(200)
  await server.close()
})
