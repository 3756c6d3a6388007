import type { FastifyInstance } from 'fastify'
import type { Protocol, ServingContext } from '../protocol.js'
import { addRoute } from '../routes.js'
import { rowsOfColumns, rowsOfInstances } from '../row-forms.js'
import type { ServedModel } from '../served-model.js'
import { errorsAsJson, NOT_ALLOWED } from './json-errors.js'
import { predictionsOf, rowsOfBody, rowsOfSplit } from './mlflow.js'
import { isObject } from './tensors.js'

/** The rows of `input_data`, in the forms that Azure ML's own server for MLflow models takes: a split frame, columns by name, or a list of rows. */
function rowsOfInputData(data: unknown, { schema }: ServedModel): object[] {
  if (!isObject(data)) return rowsOfInstances(data, schema, 'input_data')
  return Array.isArray(data.columns) && data.data !== undefined ? rowsOfSplit(data) : rowsOfColumns(data, 'input_data')
}

/**
 * The scoring route of an Azure ML online endpoint, `POST /score`. A body `{"input_data": ...}` is answered with the bare list of predictions, as Azure ML does for
 * MLflow models; one of MLflow's protocol as that does. Health is that of the other protocols (`/ping`, `/v2/health/live`, `/v2/health/ready`): the deployment says
 * which routes are called.
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-deploy-custom-container
 */
export const azure: Protocol = {
  name: 'azure',
  register(scope: FastifyInstance, context: ServingContext): void {
    errorsAsJson(scope, context)
    addRoute(scope, {
      method: 'POST',
      url: '/score',
      notAllowed: NOT_ALLOWED,
      handler: async (request) => {
        const { model } = context
        const { body } = request
        const score = async (rows: readonly object[]) => predictionsOf(await model.score(rows, request), model)
        if (isObject(body) && body.input_data !== undefined) return score(rowsOfInputData(body.input_data, model))
        return { predictions: await score(rowsOfBody(body, model)) }
      },
    })
  },
  openapi: () => ({
    '/score': { post: { summary: 'Predictions, as Azure ML asks them', responses: { 200: { description: 'OK' } } } },
  }),
}
