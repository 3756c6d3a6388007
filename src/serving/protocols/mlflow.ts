import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { version } from '../../version.js'
import { parseCsv } from '../csv-body.js'
import { converted, fromText } from '../field-values.js'
import { type ProblemKind, RequestProblem } from '../problem.js'
import type { Protocol, ServingContext } from '../protocol.js'
import { addRoute, sendJson } from '../routes.js'
import { rowsOfColumns, rowsOfInstances, rowsOfLists } from '../row-forms.js'
import type { Scored, ServedModel } from '../served-model.js'

const FORMS = ['dataframe_split', 'dataframe_records', 'inputs', 'instances'] as const
type Form = (typeof FORMS)[number]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const malformed = (message: string): RequestProblem => new RequestProblem('malformed', message)
const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : value === null ? 'null' : isObject(value) ? 'an object' : `a ${typeof value}`

/** The rows of a frame in the form `split` of pandas. */
export function rowsOfSplit(split: unknown): object[] {
  if (!isObject(split))
    throw malformed(`dataframe_split must be an object with columns and data; it is ${kindOf(split)}`)
  const { data, columns = [] } = split
  const other = Object.keys(split).find((name) => !['columns', 'data', 'index'].includes(name))
  if (data === undefined || other !== undefined) {
    throw malformed(
      `dataframe_split must have the field data, and may have columns and index; it has ${Object.keys(split).join(', ') || 'none'}`,
    )
  }
  if (!Array.isArray(columns)) throw malformed(`columns of dataframe_split must be a list; it is ${kindOf(columns)}`)
  return rowsOfLists(data, columns.map(String), 'data of dataframe_split')
}

function rowsOfRecords(records: unknown): object[] {
  if (!Array.isArray(records)) throw malformed(`dataframe_records must be a list of objects; it is ${kindOf(records)}`)
  const other = records.findIndex((record) => !isObject(record))
  if (other < 0) return records
  throw malformed(`dataframe_records must be a list of objects; element ${other} is ${kindOf(records[other])}`)
}

/** Columns by name, whose values are lists, or single values for one row; or what `instances` may be. */
function rowsOfInputs(inputs: unknown, model: ServedModel): object[] {
  if (!isObject(inputs)) return rowsOfInstances(inputs, model.schema, 'inputs')
  if (Object.values(inputs).some(Array.isArray)) return rowsOfColumns(inputs, 'inputs')
  return [inputs]
}

const readers: { readonly [F in Form]: (value: unknown, model: ServedModel) => object[] } = {
  dataframe_split: rowsOfSplit,
  dataframe_records: rowsOfRecords,
  inputs: rowsOfInputs,
  instances: (value, model) =>
    isObject(value) ? rowsOfInputs(value, model) : rowsOfInstances(value, model.schema, 'instances'),
}

/** The rows of a body in JSON. */
export function rowsOfBody(body: unknown, model: ServedModel): object[] {
  const rule = `the body must be a JSON object with exactly one of ${FORMS.join(', ')}`
  if (body === undefined || body === null) throw malformed('the body is empty')
  if (!isObject(body)) throw malformed(`${rule}; it is ${kindOf(body)}`)
  let form: Form | undefined
  for (const name of FORMS) {
    if (body[name] === undefined) continue
    if (form !== undefined) throw malformed(`${rule}; it has ${form} and ${name}`)
    form = name
  }
  if (form !== undefined) return readers[form](body[form], model)
  // What MLflow 1 took: the split itself.
  const { params: _, ...split } = body
  if (Array.isArray(split.columns) && split.data !== undefined) return rowsOfSplit(split)
  throw malformed(`${rule}; it has ${Object.keys(body).join(', ') || 'none'}`)
}

/** The rows of a body in CSV, of the columns that the model reads. */
function rowsOfCsv(text: string, model: ServedModel): object[] {
  const { names, lines } = parseCsv(text)
  const { inputs } = model.schema
  const cells = fromText(inputs)
  // A column that is missing says more than a line that is too long.
  const isComplete = inputs.every(({ name }) => names.includes(name))
  return lines.map((line, i) => {
    if (isComplete && line.length > names.length)
      throw malformed(`row ${i} of the CSV has ${line.length} cells for ${names.length} names`)
    // As many as the line has, however many names there are.
    return converted(Object.fromEntries(line.map((cell, k) => [names[k], cell])), cells)
  })
}

/** The media type of a body. @throws RequestProblem for parameters that MLflow does not take. */
function mediaType(header: string | undefined): string | undefined {
  if (header === undefined || header === 'application/json') return header
  const [type, ...parameters] = header.split(';').map((part) => part.trim())
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=').map((part) => part.trim().toLowerCase())
    if (name !== 'charset') {
      throw new RequestProblem('media-type', `The parameter ${name} of the content type is not known: only charset is.`)
    }
    if (value.replaceAll('"', '') !== 'utf-8')
      throw new RequestProblem('media-type', 'Only the charset utf-8 is taken.')
  }
  return type.toLowerCase()
}

const CODES: Readonly<Record<ProblemKind, string>> = {
  malformed: 'BAD_REQUEST',
  'missing-column': 'INVALID_PARAMETER_VALUE',
  'invalid-value': 'BAD_REQUEST',
  unauthorized: 'UNAUTHENTICATED',
  'not-found': 'ENDPOINT_NOT_FOUND',
  'too-large': 'BAD_REQUEST',
  'media-type': 'BAD_REQUEST',
  timeout: 'DEADLINE_EXCEEDED',
  gone: 'CANCELLED',
  unavailable: 'TEMPORARILY_UNAVAILABLE',
  internal: 'INTERNAL_ERROR',
}

/** `sqlstate` and `error_class`, by which MLflow groups its codes. */
function classOf(kind: ProblemKind): readonly [sqlstate: string, errorClass: string] {
  if (kind === 'missing-column') return ['KAM01', 'SCHEMA_ENFORCEMENT_FAILED']
  if (kind === 'internal' || kind === 'unavailable' || kind === 'timeout') return ['XXM00', 'CLIENT_INTERNAL_ERROR']
  return ['KAM00', kind === 'unauthorized' ? 'PERMISSION_DENIED' : 'INVALID_PARAMETER_VALUE']
}

function sendProblem(reply: FastifyReply, problem: RequestProblem, contentType: string | undefined): FastifyReply {
  const { kind, message, status, issues } = problem
  if (kind === 'media-type') {
    const text =
      problem.cause === undefined
        ? message
        : `This predictor takes the content types text/csv and application/json; it got ${contentType ?? 'none'}.`
    return reply.code(415).type('text/plain; charset=utf-8').send(text)
  }
  const [sqlstate, error_class] = classOf(kind)
  const body = { error_code: CODES[kind], message, sqlstate, error_class, ...(issues.length > 0 ? { issues } : {}) }
  return sendJson(reply.code(status), body)
}

/** Plain values of a model with one output column, else records: as MLflow writes lists and frames. */
export function predictionsOf(scored: readonly Scored[], { schema: { outputs } }: ServedModel): readonly unknown[] {
  if (outputs.length !== 1) return scored
  const [{ name }] = outputs
  return scored.map((row) => (row === null ? null : row[name]))
}

const NEWLINE = Buffer.from('\n')

function register(scope: FastifyInstance, context: ServingContext): void {
  scope.addContentTypeParser('text/csv', { parseAs: 'string' }, (_, body, done) => done(null, body))
  scope.setErrorHandler((error, request, reply) =>
    sendProblem(reply, context.problem(error, request), request.headers['content-type']),
  )
  scope.addHook('preParsing', (request, _, payload, done) => {
    try {
      if (request.method === 'POST') mediaType(request.headers['content-type'])
      done(null, payload)
    } catch (error) {
      done(error as Error)
    }
  })
  const health = (_: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply
      .code(context.ready ? 200 : 503)
      .header('content-type', 'application/json')
      .send(NEWLINE)
  for (const url of ['/ping', '/health']) addRoute(scope, { method: 'GET', url, open: true, handler: health })
  addRoute(scope, {
    method: 'GET',
    url: '/version',
    open: true,
    handler: (_, reply) => reply.header('content-type', 'application/json').send(Buffer.from(version)),
  })
  addRoute(scope, {
    method: 'POST',
    url: '/invocations',
    handler: async (request, reply) => {
      const { model } = context
      const { body } = request
      const rows = typeof body === 'string' && isCsv(request) ? rowsOfCsv(body, model) : rowsOfBody(body, model)
      if (rows.length === 0) throw malformed('there are no rows')
      return sendJson(reply, { predictions: predictionsOf(await model.score(rows, request), model) })
    },
  })
}

const isCsv = (request: FastifyRequest): boolean => mediaType(request.headers['content-type']) === 'text/csv'

const row = { $ref: '#/components/schemas/Row' }

function openapi(model: ServedModel): Record<string, unknown> {
  const { outputs } = model.schema
  const prediction = {
    ...(outputs.length === 1
      ? {
          $ref: `#/components/schemas/Prediction/properties/${outputs[0].name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        }
      : { $ref: '#/components/schemas/Prediction' }),
  }
  const object = (name: string, schema: object) => ({
    type: 'object',
    required: [name],
    properties: { [name]: schema },
  })
  const split = {
    type: 'object',
    required: ['columns', 'data'],
    properties: {
      columns: { type: 'array', items: { type: 'string' } },
      data: { type: 'array', items: { type: 'array' } },
      index: { type: 'array' },
    },
  }
  const records = { type: 'array', items: row }
  const columns = { type: 'object', additionalProperties: { type: 'array' } }
  const problem = { 'application/json': { schema: { $ref: '#/components/schemas/MlflowError' } } }
  const health = {
    get: {
      summary: 'Whether the model answers',
      security: [],
      responses: { 200: { description: 'It does' }, 503: { description: 'The service shuts down' } },
    },
  }
  return {
    '/invocations': {
      post: {
        summary: `Scores rows with ${model.name} (MLflow)`,
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                oneOf: [
                  object('dataframe_records', records),
                  object('dataframe_split', split),
                  object('inputs', columns),
                  object('instances', records),
                ],
              },
            },
            'text/csv': { schema: { type: 'string' } },
          },
        },
        responses: {
          200: {
            description: 'A prediction for each row',
            content: {
              'application/json': {
                schema: object('predictions', { type: 'array', items: { anyOf: [prediction, { type: 'null' }] } }),
              },
            },
          },
          400: { description: 'The body or a value is refused', content: problem },
          413: { description: 'The body is too large', content: problem },
          415: {
            description: 'The content type is not known',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
        },
      },
    },
    '/ping': health,
    '/health': health,
    '/version': {
      get: {
        summary: 'Version of Ridgeline',
        security: [],
        responses: { 200: { description: 'The version as text' } },
      },
    },
  }
}

/**
 * MLflow's scoring protocol, as `mlflow models serve` of MLflow 3 speaks it: `/invocations` with `dataframe_split`, `dataframe_records`, `inputs`, `instances` and CSV,
 * `/ping`, `/health` and `/version`. The bare `{ columns, data }` of MLflow 1 is taken, too. See `docs/serving.md` for where it is stricter.
 */
export const mlflow: Protocol = { name: 'mlflow', register, openapi }
