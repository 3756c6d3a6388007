import { version } from '../version.js'
import type { Protocol } from './protocol.js'
import type { ServedModel } from './served-model.js'

/** Paths of the service itself. */
function servicePaths(metrics: boolean, canReload: boolean): Record<string, unknown> {
  const text = (description: string, type: string) => ({
    200: { description, content: { [type]: { schema: { type: 'string' } } } },
  })
  return {
    ...(metrics && {
      '/metrics': { get: { summary: 'Metrics for Prometheus', responses: text('The metrics', 'text/plain') } },
    }),
    ...(canReload && {
      '/admin/reload': {
        post: {
          summary: 'Loads the model anew from where it came from',
          responses: {
            200: { description: 'The new model answers from now on' },
            500: { description: 'The new model is refused, and the old one answers on' },
          },
        },
      },
    }),
  }
}

/** What an OpenAPI document is made for. */
export interface OpenApiOptions {
  readonly protocols: readonly Protocol[]
  /** Path in front of all routes. */
  readonly prefix: string
  readonly metrics: boolean
  /** Whether there are bearer tokens. */
  readonly secured: boolean
}

/** Describes a service in OpenAPI 3.1: its routes, and the columns that the model reads and gives. */
export function openApi(model: ServedModel, { protocols, prefix, metrics, secured }: OpenApiOptions): object {
  const paths = protocols.flatMap((protocol) => Object.entries(protocol.openapi(model)))
  const { schemas } = model.schema.toOpenAPI({}, model.policies).components
  const issue = {
    type: 'object',
    properties: { field: { type: 'string' }, row: { type: 'integer' }, reason: { type: 'string' } },
    required: ['reason'],
  }
  const mlflowError = {
    type: 'object',
    properties: {
      error_code: { type: 'string' },
      message: { type: 'string' },
      sqlstate: { type: 'string' },
      error_class: { type: 'string' },
      issues: { type: 'array', items: { $ref: '#/components/schemas/InputIssue' } },
    },
    required: ['error_code', 'message'],
  }
  return {
    openapi: '3.1.0',
    info: {
      title: model.name,
      version: model.version,
      description: `The model ${model.uid}, served by Ridgeline ${version}.`,
    },
    servers: [{ url: prefix === '' ? '/' : prefix }],
    ...(secured && { security: [{ bearer: [] }] }),
    paths: { ...Object.fromEntries(paths), ...servicePaths(metrics, secured) },
    components: {
      schemas: { ...schemas, InputIssue: issue, MlflowError: mlflowError },
      ...(secured && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }),
    },
  }
}
