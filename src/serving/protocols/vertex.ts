import type { FastifyInstance } from 'fastify'
import { RequestProblem } from '../problem.js'
import type { Protocol, ServingContext } from '../protocol.js'
import { addRoute } from '../routes.js'
import { rowsOfInstances } from '../row-forms.js'
import { errorsAsJson, NOT_ALLOWED } from './json-errors.js'
import { predictionsOf } from './mlflow.js'
import { isObject } from './tensors.js'

/** Paths that Vertex AI calls a container on. */
export interface VertexRoutes {
  /** Default `/health`. */
  readonly health?: string | undefined
  /** Default `/predict`. */
  readonly predict?: string | undefined
}

/** A path that matches itself alone: Google's end in `:predict`, and a colon begins a parameter in Fastify. */
const literal = (path: string): string => path.replaceAll(':', '::')

/** The rows of `{"instances": [...]}`; what stands in `parameters` beside them is for models that have some. */
function instancesOf(body: unknown): unknown {
  if (isObject(body) && body.instances !== undefined) return body.instances
  throw new RequestProblem('malformed', 'the body must be a JSON object with instances: {"instances": [...]}')
}

/**
 * What Vertex AI asks of a custom container: `GET` of the health route (200, or 503 while the server shuts down), and `POST` of the predict route with
 * `{"instances": [...], "parameters"?: {...}}`, which answers `{"predictions": [...]}`, one for each instance. Errors are `{"error": text}`. A route that another
 * protocol serves already, such as `/health` or `/invocations` of MLflow's, is left to it: it takes and answers the same.
 * @see https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements
 */
export function vertex({ health = '/health', predict = '/predict' }: VertexRoutes = {}): Protocol {
  return {
    name: 'vertex',
    register(scope: FastifyInstance, context: ServingContext): void {
      const isFree = (method: 'GET' | 'POST', url: string): boolean => !scope.hasRoute({ method, url })
      const [healthPath, predictPath] = [literal(health), literal(predict)]
      errorsAsJson(scope, context)
      if (isFree('GET', healthPath)) {
        addRoute(scope, {
          method: 'GET',
          url: healthPath,
          open: true,
          notAllowed: NOT_ALLOWED,
          handler: (_, reply) => reply.code(context.ready ? 200 : 503).send(),
        })
      }
      if (isFree('POST', predictPath)) {
        addRoute(scope, {
          method: 'POST',
          url: predictPath,
          notAllowed: NOT_ALLOWED,
          handler: async (request) => {
            const { model } = context
            const rows = rowsOfInstances(instancesOf(request.body), model.schema, 'instances')
            return { predictions: predictionsOf(await model.score(rows, request), model) }
          },
        })
      }
    },
    openapi: () => ({
      [health]: { get: { summary: 'Health, as Vertex AI asks it', responses: { 200: { description: 'OK' } } } },
      [predict]: {
        post: { summary: 'Predictions, as Vertex AI asks them', responses: { 200: { description: 'OK' } } },
      },
    }),
  }
}
