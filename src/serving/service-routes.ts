import type { FastifyInstance } from 'fastify'
import { docsPage } from './docs-page.js'
import type { ServerMetrics } from './metrics.js'
import type { ModelHost } from './model-host.js'
import { openApi } from './openapi.js'
import type { Protocol, ServingContext } from './protocol.js'
import { addRoute } from './routes.js'
import type { ServedModel } from './served-model.js'

/** What the routes of the service itself need. */
export interface Service {
  readonly host: ModelHost
  readonly context: ServingContext
  readonly metrics: ServerMetrics | undefined
  readonly protocols: readonly Protocol[]
  /** Path in front of all routes. */
  readonly prefix: string
  /** Whether there is a token, without which nobody may change the model over HTTP. */
  readonly canReload: boolean
}

/** Adds what is not a protocol's: the description of the service, metrics, and the change of the model. */
export function addServiceRoutes(scope: FastifyInstance, service: Service): void {
  const { host, context, metrics, protocols, prefix, canReload } = service
  scope.setErrorHandler((error, request, reply) => {
    const problem = context.problem(error, request)
    reply.code(problem.status).send({ detail: problem.message })
  })
  const documents = new WeakMap<ServedModel, object>()
  const documentOf = (model: ServedModel): object => {
    const known = documents.get(model)
    if (known) return known
    const document = openApi(model, { protocols, prefix, metrics: metrics !== undefined, secured: canReload })
    documents.set(model, document)
    return document
  }
  addRoute(scope, { method: 'GET', url: '/openapi.json', handler: () => documentOf(context.model) })
  addRoute(scope, {
    method: 'GET',
    url: '/docs',
    handler: (_, reply) => {
      const { model } = context
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        .send(docsPage(model, documentOf(model), prefix))
    },
  })
  if (metrics) {
    addRoute(scope, {
      method: 'GET',
      url: '/metrics',
      handler: async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()),
    })
  }
  if (canReload) {
    addRoute(scope, {
      method: 'POST',
      url: '/admin/reload',
      handler: async (_, reply) => {
        try {
          const { name, version, uid } = await host.reload()
          return { name, version, uid }
        } catch (error) {
          const { version } = context.model
          return reply.code(500).send({ detail: `the new model is refused: ${(error as Error).message}`, version })
        }
      },
    })
  }
}
