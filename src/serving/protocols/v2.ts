import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { version } from '../../version.js'
import { parseJson } from '../json-body.js'
import { RequestProblem } from '../problem.js'
import type { Protocol, ServingContext } from '../protocol.js'
import { addRoute } from '../routes.js'
import type { ServedModel } from '../served-model.js'
import { errorsAsJson, NOT_ALLOWED } from './json-errors.js'
import {
  type InferResponse,
  inputMetadata,
  outputMetadata,
  outputTensors,
  readInferRequest,
  rowsOf,
} from './v2-messages.js'
import { v2OpenApi } from './v2-openapi.js'

const PLATFORM = 'ridgeline'
const MODEL = '/models/:model'
/** A model may be asked for with its version, or without. */
const MODELS = [MODEL, `${MODEL}/versions/:version`]

interface ModelPath {
  readonly model: string
  readonly version?: string
}

/** @throws RequestProblem (404) unless the path names the model, and if it does the version, that answers now. */
function modelAt(request: FastifyRequest, { model }: ServingContext): ServedModel {
  const { model: name, version } = request.params as ModelPath
  if (name !== model.name) throw new RequestProblem('not-found', `Model ${name} not found`)
  if (version === undefined || version === model.version) return model
  throw new RequestProblem('not-found', `Model ${name} with version ${version} not found`)
}

const describe = ({ name, version, schema }: ServedModel): object => ({
  name,
  versions: [version],
  platform: PLATFORM,
  inputs: schema.inputs.map(inputMetadata),
  outputs: schema.outputs.map(outputMetadata),
})

async function infer(request: FastifyRequest, model: ServedModel): Promise<InferResponse> {
  const { id = request.id, tensors, outputs, contentType } = readInferRequest(request.body)
  const { inputs, outputs: made } = model.schema
  const scored = await model.score(rowsOf(tensors, inputs), request)
  return {
    model_name: model.name,
    model_version: model.version,
    id,
    parameters: contentType === undefined ? {} : { content_type: contentType },
    outputs: outputTensors(scored, made, outputs),
  }
}

/** The header that tells the length of the JSON, behind which tensors come in binary. */
const BINARY = 'inference-header-content-length'
const NO_BINARY =
  'the extension for binary tensor data is not supported. Send JSON (binary_data=False in tritonclient).'

/**
 * The Open Inference Protocol (KServe's V2) over HTTP with JSON: `/v2`, health, metadata, `infer` and the index of the repository. A request gives the model a
 * tensor for each column that it reads, `[n]`, or `[n, d]` for a vector; the answer has one for each output. Errors are `{"error": text}`; there are no
 * extensions, the one for binary tensors neither. Source: the protocol's specification, and what MLServer 1.7 answers, of which it differs where that answers
 * 422 or 500 to a bad request: the specification wants 400.
 */
export const v2: Protocol = {
  name: 'v2',
  prefix: '/v2',
  register(scope: FastifyInstance, context: ServingContext): void {
    const get = (url: string, handler: (request: FastifyRequest, reply: FastifyReply) => unknown, open = false): void =>
      addRoute(scope, { method: 'GET', url, open, handler, notAllowed: NOT_ALLOWED })
    const post = (url: string, handler: (request: FastifyRequest) => unknown): void =>
      addRoute(scope, { method: 'POST', url, handler, notAllowed: NOT_ALLOWED })
    /** Answers 200 without a body, or that the server is about to go. */
    const ready = (reply: FastifyReply): FastifyReply =>
      context.ready ? reply.send() : reply.code(503).send({ error: 'the server shuts down' })

    // NVIDIA's client names no content type.
    scope.addContentTypeParser('*', { parseAs: 'string' }, parseJson)
    scope.addHook('onRequest', (request, _, done) =>
      done(request.headers[BINARY] === undefined ? undefined : new RequestProblem('malformed', NO_BINARY)),
    )
    get('/', () => ({ name: PLATFORM, version, extensions: [] }))
    get('/health/live', (_, reply) => reply.send(), true)
    get('/health/ready', (_, reply) => ready(reply), true)
    for (const path of MODELS) {
      get(path, (request) => describe(modelAt(request, context)))
      get(`${path}/ready`, (request, reply) => {
        modelAt(request, context)
        return ready(reply)
      })
      post(`${path}/infer`, (request) => infer(request, modelAt(request, context)))
    }
    post('/repository/index', () => {
      const { name, version } = context.model
      return [{ name, version, state: context.ready ? 'READY' : 'UNAVAILABLE', reason: '' }]
    })

    scope.setNotFoundHandler((request, reply) => reply.code(404).send({ error: `${request.url} not found` }))
    errorsAsJson(scope, context)
  },
  openapi: v2OpenApi,
}
