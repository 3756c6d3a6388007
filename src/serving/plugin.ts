import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import { parseJson } from './json-body.js'
import { findPromClient, promClientMissing, ServerMetrics } from './metrics.js'
import { ModelHost, type ModelOptions, type ModelSource } from './model-host.js'
import { problemOf, RequestProblem } from './problem.js'
import type { Protocol, ServingContext } from './protocol.js'
import { mlflow } from './protocols/mlflow.js'
import { v2 } from './protocols/v2.js'
import { sendNotFound } from './routes.js'
import type { ServedModel } from './served-model.js'
import { addServiceRoutes } from './service-routes.js'
import { tokenCheck } from './tokens.js'

/** How a model is served in a Fastify service. */
export interface ServingOptions extends ModelOptions {
  /** How clients speak to the model. Default MLflow's protocol and the Open Inference Protocol. */
  readonly protocols?: readonly Protocol[]
  /**
   * Bearer tokens that are taken; several, so that they can be changed one after the other. Without any, everybody is answered, and nobody may reload over HTTP.
   * Health needs none.
   */
  readonly tokens?: readonly string[]
  /** Metrics at `/metrics`: in a registry of their own (`true`), in that of the service, or none. Default: where prom-client is installed. */
  readonly metrics?: boolean | Registry
  /** Largest body in bytes. Default 16 MiB. */
  readonly bodyLimit?: number
  /** Whether each request has a line in the log, without its payload. Default false: a service of its own logs them already. */
  readonly logRequests?: boolean
}

/** Options of {@link ridgelinePlugin}. */
export interface PluginOptions extends ServingOptions {
  /** A model, the path of a saved one, or a host, whose `reload` puts another model in its place. */
  readonly model: ModelSource | ModelHost
  /** Path in front of all routes, which Fastify takes care of. */
  readonly prefix?: string
}

const BODY_LIMIT = 16 * 1024 * 1024

/** What the routes of one service share. */
class Context implements ServingContext {
  readonly #host: ModelHost
  readonly #metrics: ServerMetrics | undefined

  constructor(host: ModelHost, metrics: ServerMetrics | undefined) {
    this.#host = host
    this.#metrics = metrics
  }

  get model(): ServedModel {
    return this.#host.current
  }

  get ready(): boolean {
    return this.#host.ready
  }

  problem(error: unknown, request: FastifyRequest): RequestProblem {
    const problem = problemOf(error)
    request.ridgelineProblem = problem.kind
    this.#metrics?.problem(problem.kind)
    if (problem.kind === 'internal') request.log.error({ err: problem.cause }, 'request failed')
    return problem
  }
}

/** @throws EngineError when metrics are asked for and prom-client is not installed. */
async function metricsOf(host: ModelHost, wanted: boolean | Registry | undefined): Promise<ServerMetrics | undefined> {
  if (wanted === false) return undefined
  const client = await findPromClient()
  if (!client) {
    if (wanted === undefined) return undefined
    throw promClientMissing()
  }
  const registry = typeof wanted === 'object' ? wanted : new client.Registry()
  const metrics = new ServerMetrics(client, registry, host.current)
  host.listen({ swapped: (model) => metrics.swapped(model), reloadFailed: () => metrics.reloadFailed() })
  return metrics
}

/**
 * A Fastify plugin that serves a model below a prefix of an existing service: `app.register(ridgelinePlugin, { prefix: '/rides', model })`. Its hooks, parsers and
 * error handlers are its own. See `docs/serving.md`.
 * @throws while the service starts: what loading and compiling a model raise; EngineError when metrics are asked for and prom-client is not installed.
 * @example
 * ```ts
 * import fastify from 'fastify'
 * import { Bucketizer } from 'ridgeline'
 * import { ridgelinePlugin } from 'ridgeline/serving'
 * const model = new Bucketizer({ inputCol: 'hour', outputCol: 'part', splits: [0, 12, 24] })
 * const app = fastify()
 * app.register(ridgelinePlugin, { prefix: '/hours', model, schema: 'hour DOUBLE' })
 * const answer = await app.inject({ method: 'POST', url: '/hours/invocations', payload: { dataframe_records: [{ hour: 18 }] } })
 * console.log(answer.json()) // { predictions: [1] }
 * await app.close()
 * ```
 */
export async function ridgelinePlugin(app: FastifyInstance, options: PluginOptions): Promise<void> {
  const { model, prefix: _, protocols = [mlflow, v2], tokens = [], metrics: wanted, bodyLimit = BODY_LIMIT } = options
  const host = model instanceof ModelHost ? model : await ModelHost.open(model, options)
  const metrics = await metricsOf(host, wanted)
  host.listen({
    swapped: ({ version, uid }) => app.log.info({ version, uid }, 'another model answers'),
    reloadFailed: (err) =>
      app.log.error({ err, version: host.current.version }, 'the new model is refused, the old one answers on'),
  })
  const context = new Context(host, metrics)
  app.decorateRequest('ridgelineRows', 0)
  app.decorateRequest('ridgelineNaN', false)
  app.decorateRequest('ridgelineProblem', null)
  app.decorateRequest('ridgelineVersion', null)
  app.addHook('onRoute', (route) => {
    route.bodyLimit ??= bodyLimit
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson)
  addHooks(app, host, metrics, options)
  if (app.prefix !== '') app.setNotFoundHandler(sendNotFound)
  await app.register(async (scope) =>
    addServiceRoutes(scope, { host, context, metrics, protocols, prefix: app.prefix, canReload: tokens.length > 0 }),
  )
  for (const protocol of protocols) {
    const { prefix } = protocol
    await app.register(async (scope) => protocol.register(scope, context), prefix === undefined ? {} : { prefix })
  }
}

/** What every request goes through: its token and its id before, metrics and a line in the log after. */
function addHooks(
  app: FastifyInstance,
  host: ModelHost,
  metrics: ServerMetrics | undefined,
  { tokens = [], logRequests = false }: ServingOptions,
): void {
  const allows = tokens.length > 0 ? tokenCheck(tokens) : undefined
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    if (metrics) {
      metrics.started()
      reply.raw.once('close', () => metrics.ended())
    }
    const { 'content-encoding': coding, authorization } = request.headers
    if (allows && !request.routeOptions.config.ridgelineOpen && !allows(authorization)) {
      reply.header('www-authenticate', 'Bearer')
      return done(new RequestProblem('unauthorized', 'a bearer token is needed'))
    }
    if (coding === undefined || coding === 'identity') return done()
    done(new RequestProblem('media-type', `The content coding ${coding} is not taken: send the body as it is.`))
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!host.ready) reply.header('connection', 'close')
    // Headers hold no letters but those of ASCII.
    if (request.ridgelineVersion !== null) reply.header('x-model-version', encodeURI(request.ridgelineVersion))
    done(null, payload)
  })
  app.addHook('preClose', (done) => {
    host.retire()
    done()
  })
  if (metrics || logRequests)
    app.addHook('onResponse', (request, reply, done) => {
      // The route as it is declared: what stands in a path is the client's.
      const route = request.routeOptions.url ?? 'unmatched'
      const { statusCode: status, elapsedTime: ms } = reply
      metrics?.answered(request.method, route, status, ms / 1000)
      if (logRequests) logRequest(request, reply, route, request.ridgelineVersion ?? host.current.version)
      done()
    })
}

/** One line, without anything that the client sent but its method and id. */
function logRequest(
  request: FastifyRequest,
  { statusCode: status, elapsedTime }: FastifyReply,
  route: string,
  version: string,
): void {
  const { method, ridgelineRows: rows, ridgelineProblem: problem } = request
  const ms = Math.round(elapsedTime * 1000) / 1000
  request.log.info(
    { method, route, status, ms, version, ...(rows > 0 ? { rows } : {}), ...(problem === null ? {} : { problem }) },
    'request',
  )
}
