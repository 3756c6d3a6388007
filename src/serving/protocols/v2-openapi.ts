import type { ServedModel } from '../served-model.js'
import { inputMetadata, outputMetadata, type TensorMetadata } from './v2-messages.js'

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const error = { type: 'object', required: ['error'], properties: { error: text } }
const parameters = { type: 'object', additionalProperties: true }

const json = (schema: object): object => ({ content: { 'application/json': { schema } } })
const list = (items: object): object => ({ type: 'array', items })
const record = (properties: Record<string, object>, optional: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})

const shape = { type: 'array', items: { type: 'integer' } }
const metadata = list(record({ name: text, datatype: text, shape }))

/** Tensors of which each has a name and a datatype of its own. */
function tensors(all: readonly TensorMetadata[]): object {
  const tensor = ({ name, datatype }: TensorMetadata): object =>
    record({
      name: { const: name },
      shape,
      datatype: { type: 'string', examples: [datatype] },
      data: { type: 'array' },
    })
  return list({ anyOf: [...all.map(tensor), record({ name: text, shape, datatype: text, data: { type: 'array' } })] })
}

interface Operation {
  readonly summary: string
  readonly body?: object
  /** Body of the answer 200; none where it is empty. */
  readonly answer?: object
  /** What else may come. */
  readonly errors?: readonly number[]
}

const operation = ({ summary, body, answer, errors = [] }: Operation): object => ({
  summary,
  tags: ['Open Inference Protocol'],
  ...(body && { requestBody: { required: true, ...json(body) } }),
  responses: {
    200: { description: 'OK', ...(answer && json(answer)) },
    ...Object.fromEntries(errors.map((status) => [status, { description: 'What is wrong', ...json(error) }])),
  },
})

/** The paths of the Open Inference Protocol, for the model that is served. */
export function v2OpenApi({ name, version, schema }: ServedModel): Record<string, unknown> {
  const request = record(
    { id: text, parameters, inputs: tensors(schema.inputs.map(inputMetadata)), outputs: list(record({ name: text })) },
    ['id', 'parameters', 'outputs'],
  )
  const answer = record({
    model_name: text,
    model_version: text,
    id: text,
    parameters,
    outputs: tensors(schema.outputs.map(outputMetadata)),
  })
  const server = record({ name: text, version: text, extensions: texts })
  const model = record({ name: text, versions: texts, platform: text, inputs: metadata, outputs: metadata })
  const index = list(record({ name: text, version: text, state: text, reason: text }))
  const models = [`/v2/models/${name}`, `/v2/models/${name}/versions/${version}`]
  return {
    '/v2': { get: operation({ summary: 'The server', answer: server }) },
    '/v2/health/live': { get: operation({ summary: 'Whether the server runs' }) },
    '/v2/health/ready': { get: operation({ summary: 'Whether the server wants requests', errors: [503] }) },
    ...Object.fromEntries(
      models.flatMap((path) => [
        [path, { get: operation({ summary: 'The model', answer: model, errors: [404] }) }],
        [`${path}/ready`, { get: operation({ summary: 'Whether the model answers', errors: [404, 503] }) }],
        [
          `${path}/infer`,
          { post: operation({ summary: 'Scores rows', body: request, answer, errors: [400, 404, 413, 503] }) },
        ],
      ]),
    ),
    '/v2/repository/index': { post: operation({ summary: 'The models', answer: index }) },
  }
}
