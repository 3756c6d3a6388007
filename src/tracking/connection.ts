import { readFileSync } from 'node:fs'
import { version } from '../version.js'
import { environmentFlag, environmentNumber, environmentText } from './environment.js'
import { exchange, type HttpBody, type HttpResponse, isCertificateError, NoAnswer, type TlsOptions } from './http.js'
import { invalidCall, MlflowError } from './mlflow-error.js'
import { isTransient, type RetryPolicy, waitBeforeRetry } from './retries.js'

/** How the server is reached. What is left out is read from the environment at every call, by MLflow's names of the variables. */
export interface ConnectionOptions {
  /** Stops every call of the client. */
  readonly signal?: AbortSignal
  /** Seconds without traffic after which a call has failed; `MLFLOW_HTTP_REQUEST_TIMEOUT`, default 120. */
  readonly timeout?: number
  /** `MLFLOW_HTTP_REQUEST_MAX_RETRIES`, default 7. */
  readonly maxRetries?: number
  /** `MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR`, default 2: seconds before the first repetition, doubled each time up to 120. */
  readonly backoffFactor?: number
  /** `MLFLOW_HTTP_REQUEST_BACKOFF_JITTER`, default 1: seconds, of which a random part is added. */
  readonly backoffJitter?: number
  /** `MLFLOW_TRACKING_USERNAME`. */
  readonly username?: string
  /** `MLFLOW_TRACKING_PASSWORD`. */
  readonly password?: string
  /** `MLFLOW_TRACKING_TOKEN`, sent as a bearer token where there is no user name with a password. */
  readonly token?: string
  /** `MLFLOW_TRACKING_INSECURE_TLS`: trusts any certificate. */
  readonly insecureTls?: boolean
  /** Headers that every request gets, for example those of a gateway. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One call of the server's interface. */
export interface Call {
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>
  readonly json?: unknown
  readonly body?: HttpBody
  readonly into?: string
  /**
   * For calls that must not be made twice: finds what an earlier attempt, whose answer was lost, has done. It is asked before every repetition that
   * follows an attempt that may have reached the server.
   */
  readonly findDone?: () => Promise<unknown | undefined>
  /** A removal: when a repetition finds nothing any more, an earlier attempt has done it. */
  readonly removes?: boolean
}

const MAX_REDIRECTS = 5
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** A tracking server at an address, with credentials, time limits and repetitions. */
export class Connection {
  readonly base: URL
  readonly options: ConnectionOptions

  /** @throws MlflowError when the address is none of a server. */
  constructor(uri: string, options: ConnectionOptions = {}) {
    this.base = serverAddress(uri)
    this.options = options
  }

  /** Calls `/api/2.0/mlflow/…` and gives back the JSON of the answer. @throws MlflowError when there is no answer, or one that is an error. */
  async call<T = Record<string, unknown>>(method: string, path: string, call: Call = {}): Promise<T> {
    const { found, response } = await this.request(method, this.urlOf(`/api/2.0/mlflow/${path}`), call)
    return (found ?? (response ? jsonOf(response, this.base) : {})) as T
  }

  /** The address of a path of this server. */
  urlOf(path: string): URL {
    const base = this.base.href.replace(/\/+$/, '')
    return new URL(base + path)
  }

  /** Sends a request, and again where that may help. @throws MlflowError when there is no answer, or one that is an error. */
  async request(method: string, url: URL, call: Call = {}): Promise<{ found?: unknown; response?: HttpResponse }> {
    const address = withQuery(url, call.query)
    const policy = this.retryPolicy()
    const { signal } = this.options
    let mayBeDone = false
    for (let attempt = 0; ; attempt++) {
      let retryAfter: string | undefined
      let failure: MlflowError
      try {
        const response = await this.follow(method, address, call)
        const { status } = response
        if (status >= 200 && status < 300) return { response }
        if (mayBeDone && call.removes && status === 404) return {}
        failure = answeredError(response, this.base)
        if (!isTransient(status)) throw failure
        mayBeDone = true
        retryAfter = response.headers['retry-after']
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        failure = unansweredError(error, this.base)
        if (isCertificateError(error.cause as { code?: string })) throw failure
        mayBeDone ||= !error.neverSent
        if (error.wasStale && attempt === 0) retryAfter = 'stale'
      }
      if (attempt >= policy.maxRetries) throw failure
      if (retryAfter !== 'stale') await waitBeforeRetry(policy, attempt, retryAfter, signal)
      const found = mayBeDone ? await call.findDone?.() : undefined
      if (found !== undefined) return { found }
    }
  }

  private async follow(method: string, address: URL, call: Call): Promise<HttpResponse> {
    let url = address
    for (let redirects = 0; ; redirects++) {
      const response = await exchange({
        method,
        url,
        headers: this.headersFor(url, call),
        body: call.json === undefined ? call.body : JSON.stringify(call.json),
        into: call.into,
        timeout: 1000 * (this.options.timeout ?? environmentNumber('MLFLOW_HTTP_REQUEST_TIMEOUT') ?? 120),
        tls: this.tls(),
        signal: this.options.signal,
      })
      const { location } = response.headers
      // Other redirects turn a POST into a GET, which would lose what was sent.
      const keeps = method === 'GET' || response.status === 307 || response.status === 308
      if (!REDIRECTS.has(response.status) || location === undefined || !keeps || redirects >= MAX_REDIRECTS)
        return response
      url = new URL(location, url)
    }
  }

  /** Credentials go to the server that they are for, and to no other that it may redirect to. */
  private headersFor(url: URL, { json }: Call): Record<string, string> {
    return {
      'user-agent': `ridgeline/${version}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(url.origin === this.base.origin ? { ...this.authorization(), ...this.options.headers } : {}),
    }
  }

  private authorization(): Record<string, string> {
    const username = this.options.username ?? environmentText('MLFLOW_TRACKING_USERNAME')
    const password = this.options.password ?? environmentText('MLFLOW_TRACKING_PASSWORD')
    if (username !== undefined && password !== undefined) {
      return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
    }
    const token = this.options.token ?? environmentText('MLFLOW_TRACKING_TOKEN')
    return token === undefined ? {} : { authorization: `Bearer ${token}` }
  }

  private tls(): TlsOptions {
    const insecure = this.options.insecureTls ?? environmentFlag('MLFLOW_TRACKING_INSECURE_TLS') ?? false
    const trusted = environmentText('MLFLOW_TRACKING_SERVER_CERT_PATH')
    const own = environmentText('MLFLOW_TRACKING_CLIENT_CERT_PATH')
    if (insecure && trusted !== undefined) {
      throw invalidCall('MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other', {
        hint: 'Set one of them.',
      })
    }
    const client = own === undefined ? undefined : readFileSync(own)
    return {
      ...(insecure ? { rejectUnauthorized: false } : {}),
      ...(trusted === undefined ? {} : { ca: readFileSync(trusted) }),
      ...(client === undefined ? {} : { cert: client, key: client }),
    }
  }

  private retryPolicy(): RetryPolicy {
    const { maxRetries, backoffFactor, backoffJitter } = this.options
    return {
      maxRetries: maxRetries ?? environmentNumber('MLFLOW_HTTP_REQUEST_MAX_RETRIES') ?? 7,
      backoffFactor: backoffFactor ?? environmentNumber('MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR') ?? 2,
      backoffJitter: backoffJitter ?? environmentNumber('MLFLOW_HTTP_REQUEST_BACKOFF_JITTER') ?? 1,
      respectRetryAfter: environmentFlag('MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER') ?? true,
    }
  }
}

/** @throws MlflowError for an address that names no server. */
function serverAddress(uri: string): URL {
  if (/^https?:\/\/[^/]/.test(uri) && URL.canParse(uri)) return new URL(uri)
  throw invalidCall(`the tracking URI is ${JSON.stringify(uri)}`, {
    param: 'trackingUri',
    allowed: 'Allowed: the address of an MLflow server, http://host:port or https://host',
    received: uri,
    hint: 'Start one with "mlflow server --port 5000" and set MLFLOW_TRACKING_URI=http://127.0.0.1:5000.',
  })
}

function withQuery(url: URL, query: Call['query'] = {}): URL {
  const address = new URL(url)
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const item of typeof value === 'object' ? value : [value]) address.searchParams.append(name, String(item))
  }
  return address
}

function jsonOf({ body, status }: HttpResponse, base: URL): unknown {
  const text = body.toString('utf8').trim()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MlflowError(`${base.origin} answered what is not JSON: ${text.slice(0, 200)}`, {
      errorCode: 'BAD_REQUEST',
      status,
      hint: 'Check that MLFLOW_TRACKING_URI is the address of an MLflow server.',
      cause,
    })
  }
}

/** Codes of answers that have none, by their status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'ENDPOINT_NOT_FOUND',
  408: 'REQUEST_TIMEOUT',
  429: 'REQUEST_LIMIT_EXCEEDED',
  501: 'NOT_IMPLEMENTED',
  503: 'TEMPORARILY_UNAVAILABLE',
}
const HINTS: Readonly<Record<number, string>> = {
  401: 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.',
  403: 'The credentials are valid, or none are needed, but this is not allowed: ask for the permission, or check the address.',
}

function answeredError({ status, body }: HttpResponse, base: URL): MlflowError {
  const text = body.toString('utf8')
  let answer: { error_code?: string; message?: string } = {}
  try {
    answer = JSON.parse(text) as typeof answer
  } catch {
    // A gateway, or a server that does not know the path, answers in words.
  }
  const { error_code: errorCode = CODES[status] ?? 'INTERNAL_ERROR', message } = answer ?? {}
  const said =
    message ??
    text
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 300)
  return new MlflowError(said || `${base.origin} answered ${status}`, {
    errorCode,
    status,
    ...(said ? { serverMessage: said } : {}),
    received: `${status} ${errorCode}`,
    hint:
      errorCode === 'ENDPOINT_NOT_FOUND'
        ? 'This version of the server does not have that call, or the address is none of an MLflow server.'
        : HINTS[status],
  })
}

function unansweredError(error: NoAnswer, base: URL): MlflowError {
  return new MlflowError(`${base.origin} gives no answer: ${error.message}`, {
    errorCode: error.timedOut ? 'REQUEST_TIMEOUT' : 'CONNECTION_FAILED',
    hint: error.timedOut
      ? 'Raise MLFLOW_HTTP_REQUEST_TIMEOUT, in seconds.'
      : 'Check that the server runs, and that MLFLOW_TRACKING_URI is its address.',
    cause: error.cause,
  })
}
