import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers without a token: health. */
    ridgelineOpen?: boolean
  }
  interface FastifyRequest {
    /** Rows of the request that were scored, for its line in the log. */
    ridgelineRows: number
    /** Version of the model that scored them. */
    ridgelineVersion: string | null
    /** Whether the body is JSON with NaN, as Python writes it. */
    ridgelineNaN: boolean
    /** Kind of the problem that ended the request. */
    ridgelineProblem: string | null
  }
}

/** All but OPTIONS, which belongs to what allows requests across origins. */
const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const asItIs = (text: unknown): string => text as string

/** Sends JSON. To a text without a serializer Fastify adds a charset, which JSON has none of, and MLflow does not name; bytes would be written apart from the head. */
export const sendJson = (reply: FastifyReply, body: unknown): FastifyReply =>
  reply.header('content-type', 'application/json').serializer(asItIs).send(JSON.stringify(body))

/** Answers that there is nothing at a path, as MLflow does. */
export const sendNotFound = (_: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendJson(reply.code(404), { detail: 'Not Found' })

/** How a route is declared: what Fastify takes, with one method. */
export interface ProtocolRoute {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Answers without a token. */
  readonly open?: boolean
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown
  /** Body of the answer to another method (405); that of MLflow where it is not given. */
  readonly notAllowed?: unknown
}

/**
 * Adds a route, and the answer 405 with the header `allow` to other methods, which needs no body to be read.
 */
export function addRoute(scope: FastifyInstance, route: ProtocolRoute): void {
  const { method, url, open = false, handler, notAllowed = { detail: 'Method Not Allowed' } } = route
  const config: RouteOptions['config'] = { ridgelineOpen: open }
  scope.route({ method, url, config, exposeHeadRoute: false, handler })
  scope.route({
    method: METHODS.filter((other) => other !== method),
    url,
    config: { ridgelineOpen: true },
    exposeHeadRoute: false,
    onRequest: async (_, reply) => {
      sendJson(reply.code(405).header('allow', method), notAllowed)
      return reply
    },
    handler: () => undefined,
  })
}
