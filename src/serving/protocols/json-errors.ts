import type { FastifyInstance } from 'fastify'
import type { ServingContext } from '../protocol.js'

/** Errors of the routes of a scope as `{"error": text}`. */
export function errorsAsJson(scope: FastifyInstance, context: ServingContext): void {
  scope.setErrorHandler((error, request, reply) => {
    const { status, message } = context.problem(error, request)
    return reply.code(status).send({ error: message })
  })
}

/** Body of the answer to another method. */
export const NOT_ALLOWED = { error: 'Method Not Allowed' }
