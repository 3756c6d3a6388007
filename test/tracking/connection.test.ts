import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MlflowClient, MlflowError, setTrackingUri } from '../../src/tracking/index.js'
import { selfSigned } from '../helpers/self-signed.js'

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void
const answer =
  (status: number, body: object | string = {}, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
/** Breaks the connection after the whole request was read. */
const lost: Answer = (response) => response.destroy()
const never: Answer = () => {}

let uri = ''
let answers: Answer[] = []
let calls: { method: string; url: string; body: string; headers: IncomingMessage['headers'] }[] = []
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  calls.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers })
  const next = answers.shift() ?? answer(500, 'no more answers')
  next(response, request, body)
})
beforeEach(async () => {
  calls = []
  answers = []
  if (!server.listening) await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

const quick = { maxRetries: 4, backoffFactor: 0.001, backoffJitter: 0 }
const client = (options = {}) => new MlflowClient({ trackingUri: uri, ...quick, ...options })
const experiment = { experiment: { experiment_id: '1', name: 'a' } }
async function failure(call: Promise<unknown>): Promise<MlflowError> {
  const error = await call.then(
    () => expect.fail('was accepted'),
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(MlflowError)
  return error as MlflowError
}

describe('a call is made again', () => {
  it.each([408, 429, 500, 502, 503, 504])('after the answer %i', async (status) => {
    answers = [answer(status), answer(status, 'busy'), answer(200, experiment)]
    expect((await client().getExperiment('1')).name).toBe('a')
    expect(calls).toHaveLength(3)
  })

  it('after a connection that broke, and one that was refused', async () => {
    answers = [lost, answer(200, experiment)]
    expect((await client().getExperiment('1')).name).toBe('a')
    const { port } = server.address() as AddressInfo
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    answers = [answer(200, experiment)]
    const waiting = client({ backoffFactor: 0.05 }).getExperiment('1')
    setTimeout(() => server.listen(port, '127.0.0.1'), 60)
    expect((await waiting).name).toBe('a')
  })

  it('not after an answer that will stay so, nor more often than is allowed', async () => {
    answers = [answer(400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'Bad name.' })]
    const refused = await failure(client().getExperiment('1'))
    expect(refused).toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE', status: 400, serverMessage: 'Bad name.' })
    answers = [503, 503, 503].map((status) => answer(status, '<html><h1>Down</h1></html>'))
    const down = await failure(client({ maxRetries: 2 }).getExperiment('1'))
    expect(down).toMatchObject({ errorCode: 'TEMPORARILY_UNAVAILABLE', status: 503, serverMessage: 'Down' })
    expect(calls).toHaveLength(4)
  })

  it('not before the time that the server asks for', async () => {
    answers = [answer(429, {}, { 'retry-after': '1' }), answer(200, experiment)]
    const begin = performance.now()
    await client().getExperiment('1')
    expect(performance.now() - begin).toBeGreaterThan(950)
  })

  it('by what the environment says', async () => {
    process.env.MLFLOW_HTTP_REQUEST_MAX_RETRIES = '1'
    process.env.MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR = '0'
    process.env.MLFLOW_HTTP_REQUEST_BACKOFF_JITTER = '0'
    try {
      answers = [answer(503), answer(503), answer(503)]
      await failure(new MlflowClient({ trackingUri: uri }).getExperiment('1'))
      expect(calls).toHaveLength(2)
      process.env.MLFLOW_HTTP_REQUEST_MAX_RETRIES = 'many'
      expect((await failure(new MlflowClient({ trackingUri: uri }).getExperiment('1'))).message).toContain('"many"')
    } finally {
      for (const name of ['MAX_RETRIES', 'BACKOFF_FACTOR', 'BACKOFF_JITTER'])
        delete process.env[`MLFLOW_HTTP_REQUEST_${name}`]
    }
  })
})

describe('nothing is made twice', () => {
  const made = { run: { info: { run_id: 'r', experiment_id: '1' } } }

  it('when the answer to a creation is lost: the client looks for it first', async () => {
    answers = [lost, answer(200, { runs: [made.run] })]
    expect((await client().createRun('1')).info.runId).toBe('r')
    expect(calls.map(({ url }) => url)).toEqual(['/api/2.0/mlflow/runs/create', '/api/2.0/mlflow/runs/search'])
    const [, request] = /"mlflow.ridgeline.request","value":"([^"]+)"/.exec(calls[0].body) ?? []
    expect(JSON.parse(calls[1].body).filter).toBe(`tags.\`mlflow.ridgeline.request\` = '${request}'`)
  })

  it('when a creation failed on its way: it is made again', async () => {
    answers = [answer(502, 'Bad Gateway'), answer(200, {}), answer(200, made)]
    expect((await client().createRun('1')).info.runId).toBe('r')
    expect(calls[2].body).toBe(calls[0].body)
  })

  it('when a removal is made again, and there is nothing left', async () => {
    answers = [lost, answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'none' })]
    await client().deleteModelVersion('m', 1)
    answers = [answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'none' })]
    expect((await failure(client().deleteModelVersion('m', 1))).isNotFound).toBe(true)
  })
})

describe('errors', () => {
  it('say that there is no server', async () => {
    const error = await failure(new MlflowClient({ trackingUri: 'http://127.0.0.1:9', ...quick }).getExperiment('1'))
    expect(error).toMatchObject({ errorCode: 'CONNECTION_FAILED', status: undefined })
    expect(error.message).toMatch(/ECONNREFUSED.*MLFLOW_TRACKING_URI/)
  })

  it('say that the server is silent', async () => {
    answers = [never]
    const error = await failure(client({ timeout: 0.05, maxRetries: 0 }).getExperiment('1'))
    expect(error.errorCode).toBe('REQUEST_TIMEOUT')
    expect(error.message).toContain('MLFLOW_HTTP_REQUEST_TIMEOUT')
  })

  it('say that credentials are wrong', async () => {
    answers = [answer(401, 'You are not authenticated.'), answer(403, 'Permission denied')]
    expect(await failure(client().getExperiment('1'))).toMatchObject({
      errorCode: 'UNAUTHENTICATED',
      serverMessage: 'You are not authenticated.',
      details: { hint: expect.stringContaining('MLFLOW_TRACKING_USERNAME') },
    })
    expect((await failure(client().getExperiment('1'))).errorCode).toBe('PERMISSION_DENIED')
  })

  it('say that an address is none, or none of MLflow', async () => {
    for (const trackingUri of ['./mlruns', 'file:///mlruns', 'sqlite:///mlflow.db', 'databricks', 'http://', '']) {
      expect(() => new MlflowClient({ trackingUri })).toThrow(/mlflow server/)
    }
    delete process.env.MLFLOW_TRACKING_URI
    setTrackingUri(undefined)
    expect(() => new MlflowClient()).toThrow(/MLFLOW_TRACKING_URI/)
    answers = [answer(200, '<html>A page</html>')]
    expect((await failure(client().getExperiment('1'))).message).toContain('not JSON')
  })

  it('refuse metrics that are no numbers', async () => {
    const error = await failure(client().logMetric('r', 'rmse', '0.5' as never))
    expect(error).toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE', details: { param: 'rmse' } })
  })
})

it('a signal stops a call, and the wait before a repetition, with its reason', async () => {
  answers = [never]
  const abort = new AbortController()
  const silent = client({ signal: abort.signal }).getExperiment('1')
  setTimeout(() => abort.abort(new Error('enough')), 20)
  await expect(silent).rejects.toThrow('enough')
  answers = [answer(503)]
  const later = new AbortController()
  const waiting = client({ signal: later.signal, backoffFactor: 60 }).getExperiment('1')
  setTimeout(() => later.abort(new Error('enough')), 20)
  await expect(waiting).rejects.toThrow('enough')
})

it('credentials go to the server that they are for', async () => {
  answers = [answer(200, experiment), answer(200, experiment)]
  await client({ username: 'me', password: 'secret', token: 'unused' }).getExperiment('1')
  await client({ token: 'tok', headers: { 'x-team': 'rides' } }).getExperiment('1')
  expect(calls.map(({ headers }) => headers.authorization)).toEqual(['Basic bWU6c2VjcmV0', 'Bearer tok'])
  expect(calls[1].headers['x-team']).toBe('rides')
  answers = [answer(307, '', { location: '/elsewhere' }), answer(200, experiment)]
  await client({ token: 'tok' }).getExperiment('1')
  expect(calls[3]).toMatchObject({ url: '/elsewhere', headers: { authorization: 'Bearer tok' } })
  answers = [answer(307, '', { location: uri.replace('127.0.0.1', 'localhost') }), answer(200, experiment)]
  await client({ token: 'tok' })
    .getExperiment('1')
    .catch(() => {})
  expect(calls.slice(5).map(({ headers }) => headers.authorization)).toEqual(calls.slice(5).map(() => undefined))
})

it('certificates are trusted by what the environment says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-tls-'))
  const path = join(folder, 'localhost.pem')
  const pem = selfSigned()
  await writeFile(path, pem)
  const secure = createSecureServer({ key: pem, cert: pem }, (_, response) => response.end(JSON.stringify(experiment)))
  await new Promise<void>((ready) => secure.listen(0, '127.0.0.1', ready))
  const trackingUri = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
  const name = async (options = {}) => (await new MlflowClient({ trackingUri, ...options }).getExperiment('1')).name
  try {
    // Without waiting: a certificate that is not trusted stays so.
    const refused = await failure(name())
    expect(refused).toMatchObject({ errorCode: 'CONNECTION_FAILED', message: expect.stringContaining('self-signed') })
    expect(await name({ insecureTls: true })).toBe('a')
    process.env.MLFLOW_TRACKING_INSECURE_TLS = 'true'
    expect(await name()).toBe('a')
    process.env.MLFLOW_TRACKING_SERVER_CERT_PATH = path
    expect((await failure(name())).message).toContain('contradict')
    delete process.env.MLFLOW_TRACKING_INSECURE_TLS
    process.env.MLFLOW_TRACKING_CLIENT_CERT_PATH = path
    expect(await name()).toBe('a')
  } finally {
    for (const variable of ['INSECURE_TLS', 'SERVER_CERT_PATH', 'CLIENT_CERT_PATH'])
      delete process.env[`MLFLOW_TRACKING_${variable}`]
    secure.closeAllConnections()
    secure.close()
    await rm(folder, { recursive: true })
  }
})
