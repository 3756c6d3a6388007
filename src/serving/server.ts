import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { EngineError } from '../errors.js'
import { Drain } from './drain.js'
import { LogBuffer, type LogStream } from './log-buffer.js'
import { ModelHost, type ModelSource } from './model-host.js'
import { type LOG_LEVELS, requireServerOptions } from './options.js'
import { ridgelinePlugin, type ServingOptions } from './plugin.js'
import { sendNotFound } from './routes.js'
import type { ServedModel } from './served-model.js'

/** Key and certificate of a server in PEM. */
export interface TlsOptions {
  readonly key: string | Buffer
  readonly cert: string | Buffer
}

/** How a server is made. */
export interface ServerOptions extends ServingOptions {
  readonly tls?: TlsOptions
  /** Least level of what is logged (default `info`, which has a line for each request), or `silent`. Payloads are never logged. */
  readonly logLevel?: LogLevel
  /** Default `process.stderr`. */
  readonly logStream?: LogStream
  /** Milliseconds in which a client must have sent its whole request. Default 60,000. */
  readonly receiveTimeout?: number
  /** Milliseconds in which {@link ModelServer.close} still takes connections while health says 503, until balancers have heard of it. Default 0. */
  readonly closeDelay?: number
  /** Milliseconds that {@link ModelServer.close} waits for requests that it has begun before it cuts them off. Default 25,000. */
  readonly closeTimeout?: number
  /** Milliseconds that {@link ModelServer.close} keeps connections without a request, since one may be on its way. Default 500. */
  readonly closeGrace?: number
}

export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where a server listens. */
export interface ListenOptions {
  /** Default 127.0.0.1: nobody but this machine. `0.0.0.0` for everybody. */
  readonly host?: string
  /** Default 0: any free port. */
  readonly port?: number
}

/** @throws EngineError where the package is not installed. */
async function loadFastify() {
  try {
    return await import('fastify')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new EngineError('serving needs the optional package fastify', {
      stage: 'createServer',
      hint: 'Install it: npm install fastify@5',
      cause,
    })
  }
}

/** An id that a client may give its request: printable, and not longer than a line of the log should be. */
const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/

/** A server of one model. Made by {@link createServer}. */
export class ModelServer {
  /** The Fastify instance, for routes and plugins of one's own before it listens, and for `inject`. */
  readonly app: FastifyInstance
  readonly #host: ModelHost
  readonly #drain: Drain
  readonly #closing: { readonly delay: number; readonly grace: number; readonly timeout: number }
  #closed: Promise<void> | undefined

  constructor(app: FastifyInstance, host: ModelHost, options: ServerOptions) {
    this.app = app
    this.#host = host
    this.#drain = new Drain(app.server)
    const { closeDelay: delay = 0, closeGrace: grace = 500, closeTimeout: timeout = 25_000 } = options
    this.#closing = { delay, grace, timeout }
  }

  /** The model that answers now. */
  get model(): ServedModel {
    return this.#host.current
  }

  /** Begins to answer. @returns the address, such as `http://127.0.0.1:8080`. @throws what the system says, for example that the port is in use. */
  listen({ host = '127.0.0.1', port = 0 }: ListenOptions = {}): Promise<string> {
    return this.app.listen({ host, port })
  }

  /**
   * Lets another model answer from now on, or the same one loaded anew from its path. Requests that have begun end with the model that they began with.
   * @param version of the new model; default that of the options, else its `uid`.
   * @throws what loading raises, and what a model raises that cannot be scored with; the old model answers on.
   */
  reload(source?: ModelSource, version?: string): Promise<ServedModel> {
    return this.#host.reload(source, version)
  }

  /**
   * Ends the server without losing a request: health says 503, after `closeDelay` no connection is taken any more, requests that were sent are answered and their
   * connections closed.
   * What is not done after `closeTimeout` is cut off.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const { delay, grace, timeout } = this.#closing
    this.#host.retire()
    if (delay > 0 && this.app.server.listening) await sleep(delay)
    await this.#drain.run(grace, timeout)
    await this.app.close()
  }
}

/**
 * A server that scores rows with a fitted model over HTTP: see `docs/serving.md`.
 * @param model a fitted model or any transformer, the path of a saved one, a function that loads one; or a host, which knows its name, version and policies already.
 * @throws ParamError for options; EngineError when fastify is not installed; what loading a model raises, and what one raises that cannot be scored with.
 * @example
 * ```ts
 * import { Bucketizer } from 'ridgeline'
 * import { createServer } from 'ridgeline/serving'
 * const model = new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 12, 24] })
 * const server = await createServer(model, { schema: 'hour DOUBLE', logLevel: 'silent' })
 * const address = await server.listen()
 * const answer = await fetch(`${address}/invocations`, {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: JSON.stringify({ dataframe_records: [{ hour: 18 }] }),
 * })
 * console.log(await answer.json()) // { predictions: [1] }
 * await server.close()
 * ```
 */
export async function createServer(model: ModelSource | ModelHost, options: ServerOptions = {}): Promise<ModelServer> {
  requireServerOptions(options)
  const { fastify, LogController } = await loadFastify()
  const { tls, logLevel = 'info', logStream = process.stderr, receiveTimeout = 60_000 } = options
  const host = model instanceof ModelHost ? model : await ModelHost.open(model, options)
  const log = logLevel === 'silent' ? undefined : new LogBuffer(logStream)
  const app = fastify({
    ...(tls && { https: { key: tls.key, cert: tls.cert } }),
    logger: log !== undefined && { level: logLevel, stream: log },
    // The line of the plugin says more, and nothing that the client sent. Fastify before 5.12 has no LogController.
    ...(LogController
      ? { logController: new LogController({ disableRequestLogging: true }) }
      : { disableRequestLogging: true }),
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
    },
    requestTimeout: receiveTimeout,
    // While the server drains, requests on connections that are open still are answered.
    return503OnClosing: false,
  }) as unknown as FastifyInstance
  const server = new ModelServer(app, host, options)
  app.addHook('onClose', async () => log?.flush())
  app.setNotFoundHandler(sendNotFound)
  // Not registered but called, so that its hooks (tokens, metrics, log) are those of every route, and of none.
  await ridgelinePlugin(app, { ...options, model: host, logRequests: true })
  await app.ready()
  return server
}
