import { availableParallelism } from 'node:os'
import type { FastifyInstance } from 'fastify'
import type { Protocol, ServingContext } from '../protocol.js'
import { addRoute } from '../routes.js'
import { errorsAsJson } from './json-errors.js'

/** SageMaker's largest body of batch transform, in MB. */
const MAX_PAYLOAD = 6

/**
 * What SageMaker asks of a container beside `GET /ping` and `POST /invocations`, which MLflow's protocol has: `GET /execution-parameters`, by which batch transform
 * learns how many requests it may send at once, and that a request may hold several records.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
 */
export const sagemaker: Protocol = {
  name: 'sagemaker',
  register(scope: FastifyInstance, context: ServingContext): void {
    errorsAsJson(scope, context)
    addRoute(scope, {
      method: 'GET',
      url: '/execution-parameters',
      open: true,
      handler: () => ({
        MaxConcurrentTransforms: availableParallelism(),
        BatchStrategy: 'MULTI_RECORD',
        MaxPayloadInMB: MAX_PAYLOAD,
      }),
    })
  },
  openapi: () => ({
    '/execution-parameters': {
      get: { summary: 'How SageMaker runs a batch transform', responses: { 200: { description: 'OK' } } },
    },
  }),
}
