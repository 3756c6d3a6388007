import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** What is sent: bytes, or a file of this machine that is read as it goes out. */
export type HttpBody = string | Uint8Array | { readonly file: string; readonly bytes: number }

/** Which certificates a connection trusts and shows. */
export interface TlsOptions {
  readonly rejectUnauthorized?: boolean
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** One exchange over HTTP. */
export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: HttpBody
  /** Milliseconds without any traffic after which the exchange has failed. */
  readonly timeout: number
  readonly tls: TlsOptions
  readonly signal?: AbortSignal
  /** A new file that the body of a good answer goes to; without it the body is kept in memory. */
  readonly into?: string
}

export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Empty when it went into a file. */
  readonly body: Buffer
}

/** An exchange that gave no answer. */
export class NoAnswer extends Error {
  readonly timedOut: boolean
  /** The connection was refused or not even tried: the server has not seen the request. */
  readonly neverSent: boolean
  /** The connection had served before, and the server had closed it meanwhile. */
  readonly wasStale: boolean

  constructor(cause: Error & { code?: string }, request: ClientRequest, timedOut: boolean) {
    super(cause.message || cause.code || 'no answer', { cause })
    this.timedOut = timedOut
    this.neverSent = NEVER_SENT.has(cause.code ?? '') || isCertificateError(cause)
    this.wasStale = request.reusedSocket && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
  }
}

const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** A certificate that is not trusted stays so: no use in trying again. */
export const isCertificateError = ({ code = '' }: { code?: string }): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|EPROTO/.test(code)

/** Requests to one server at a time; others wait. The data base behind a small MLflow server answers 15 at most, and fails the rest. */
const AT_ONCE = 10
/** Connections that stay open between requests, by protocol. Idle ones do not keep the program alive. */
const agents: Record<string, Agent> = {}

/**
 * Sends one request and reads the answer. By `node:http`, not by `fetch`, which cannot trust one certificate for one server.
 * @throws NoAnswer when there is none; the signal's reason when it was aborted.
 */
export async function exchange(request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body, timeout, tls, signal, into } = request
  signal?.throwIfAborted()
  const secure = url.protocol === 'https:'
  const { request: open, Agent } = secure ? await import('node:https') : await import('node:http')
  agents[url.protocol] ??= new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : sizeOf(body)
  const outgoing = open(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(length) }) },
    agent: agents[url.protocol],
    timeout,
    signal,
    ...(secure ? tls : {}),
  })
  let timedOut = false
  outgoing.on('timeout', () => {
    timedOut = true
    outgoing.destroy(new Error(`no traffic for ${timeout / 1000} seconds`))
  })
  try {
    // The answer may come, as an error, before all was sent.
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
    const sent = send(outgoing, body)
    const [[incoming]] = await Promise.all([answered, Promise.race([sent, answered])])
    const status = incoming.statusCode ?? 0
    const toFile = into !== undefined && status >= 200 && status < 300
    const chunks: Buffer[] = []
    await pipeline(incoming, toFile ? createWriteStream(into) : collector(chunks))
    return { status, headers: incoming.headers, body: Buffer.concat(chunks) }
  } catch (cause) {
    // No part of a file is taken for all of it.
    if (into !== undefined) await rm(into, { force: true })
    signal?.throwIfAborted()
    throw new NoAnswer(cause as Error, outgoing, timedOut)
  }
}

const sizeOf = (body: Exclude<HttpBody, string>): number => (body instanceof Uint8Array ? body.byteLength : body.bytes)

async function send(outgoing: ClientRequest, body: HttpBody | undefined): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    outgoing.end(body)
    return
  }
  const content: Readable = createReadStream(body.file)
  await pipeline(content, outgoing)
}

const collector = (chunks: Buffer[]): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
