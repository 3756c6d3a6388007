import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  CountVectorizer,
  createDataFrame,
  LinearRegression,
  LogisticRegression,
  Pipeline,
  StringIndexer,
  VectorAssembler,
  Vectors,
} from 'ridgeline'
import type { FieldSchema, ModelSchema } from 'ridgeline/schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { pythonWith } from '../../scripts/peers.mjs'
import { installMlflow } from './mlflow.js'

const script = fileURLToPath(new URL('schema.py', import.meta.url))
let python: string
beforeAll(() => {
  python = installMlflow()
})

/** How pandas holds a column of a type; an object where numpy has no type for it. */
const DTYPES: Readonly<Record<string, string>> = {
  double: 'float64',
  float: 'float32',
  byte: 'int8',
  short: 'int16',
  integer: 'int32',
  long: 'int64',
  boolean: 'bool',
  string: 'string',
  binary: 'binary',
  timestamp: 'datetime',
  vector: 'vector',
}

/** Values as JSON holds them. */
const plain = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value).toString('base64')
    : ArrayBuffer.isView(value)
      ? Array.from(value as never)
      : value

/** What MLflow says of the signature of a schema, and infers from rows of the same columns. */
function ask(schema: ModelSchema, inputs: readonly object[], outputs: readonly object[]) {
  const columns = (fields: readonly FieldSchema[], rows: readonly object[]) =>
    fields.map(({ name, type }) => ({
      name,
      dtype: DTYPES[type.kind] ?? 'object',
      values: rows.map((row) => plain((row as Record<string, unknown>)[name])),
    }))
  const input = JSON.stringify({
    signature: schema.toMlflowSignature(),
    inputs: columns(schema.inputs, inputs),
    outputs: columns(schema.outputs, outputs),
  })
  return JSON.parse(execFileSync(python, [script], { input, encoding: 'utf8' }))
}

const rows = Array.from({ length: 12 }, (_, i) => ({
  city: 'FR US DE'.split(' ')[i % 3],
  km: i * 1.5,
  hour: i,
  small: i % 5,
  tiny: i % 3,
  many: 2 ** 40 + i,
  rough: i / 4,
  night: i % 2 === 0,
  words: ['a', 'b', 'c'].slice(i % 3),
  at: new Date(Date.UTC(2026, 0, 1 + i)),
  raw: Uint8Array.of(i, 1),
  far: i % 4 === 0 ? null : i,
  price: 3 + i,
  cheap: i < 6 ? 1 : 0,
}))
const types =
  'city STRING, km DOUBLE, hour INT, small SMALLINT, tiny TINYINT, many BIGINT, rough FLOAT, night BOOLEAN, words ARRAY<STRING>, at TIMESTAMP, raw BINARY, far DOUBLE, price DOUBLE, cheap DOUBLE'

const features = [
  new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
  new CountVectorizer({ inputCol: 'words', outputCol: 'counts' }),
  new VectorAssembler({
    inputCols: ['km', 'hour', 'small', 'tiny', 'many', 'rough', 'night', 'cityIdx', 'counts', 'far'],
    outputCol: 'features',
    handleInvalid: 'skip',
  }),
]

const VALIDATE = `
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator
print(json.dumps([e.message for e in OpenAPIV31SpecValidator(json.load(sys.stdin)).iter_errors()]))
`

describe('OpenAPI', () => {
  const document = (schemas: unknown) => ({
    openapi: '3.1.0',
    info: { title: 'rides', version: '1' },
    paths: {
      '/score': {
        post: {
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Row' } } } },
          responses: {
            200: {
              description: 'scored',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Prediction' } } },
            },
          },
        },
      },
    },
    components: { schemas },
  })

  it('3.1 takes the components, by its own meta-schema', async () => {
    const validator = pythonWith('openapi', ['openapi-spec-validator==0.9.0'])
    const errors = (value: unknown): string[] =>
      JSON.parse(execFileSync(validator, ['-c', VALIDATE], { input: JSON.stringify(value), encoding: 'utf8' }))
    const regression = new LinearRegression({ labelCol: 'price', regParam: 1 })
    const model = await new Pipeline({ stages: [...features, regression] }).fit(createDataFrame(rows, types))
    const { schemas } = model.modelSchema({ outputCols: ['prediction', 'features', 'at', 'raw'] }).toOpenAPI(
      {},
      {
        unseen: 'error',
        outOfRange: 'error',
        extra: 'error',
      },
    ).components
    expect(errors(document(schemas))).toEqual([])
    // The validator does look.
    expect(errors(document({ ...schemas, Row: { type: 'nothing' } })).length).toBeGreaterThan(0)
  })
})

describe('MLflow', () => {
  it('reads the signature of columns of every type, and infers the same from the same data', async () => {
    const regression = new LinearRegression({ labelCol: 'price', regParam: 1 })
    const model = await new Pipeline({ stages: [...features, regression] }).fit(createDataFrame(rows, types))
    // Columns that are asked for as they are are read, too.
    const outputCols = ['prediction', 'at', 'raw']
    const schema = model.modelSchema({ outputCols })
    const score = model.scorer({ outputCols })
    const found = ask(
      schema,
      rows,
      rows.flatMap((row) => score(row) ?? []),
    )
    expect(found.ours).toEqual(found.inferred)
    expect(found.equal).toBe(true)
    expect(JSON.parse(found.ours.inputs).find(({ name }: FieldSchema) => name === 'far').required).toBe(false)
    expect([found.good, found.withoutFirst, found.wrongType]).toEqual([
      null,
      expect.stringContaining("missing inputs ['city']"),
      expect.stringContaining('km'),
    ])
  })

  it('reads vectors as arrays, those of rows and those of predictions', async () => {
    const vectors = rows.map(({ km, hour, cheap }) => ({ features: Vectors.dense(km, hour), label: cheap }))
    const model = await new LogisticRegression({ maxIter: 5 }).fit(createDataFrame(vectors))
    const inputs = vectors.map((row) => ({ features: row.features.toArray() }))
    const found = ask(
      model.modelSchema(),
      inputs,
      inputs.map((row) => model.scorer()(row)!),
    )
    expect(found.ours).toEqual(found.inferred)
    expect(found.good).toBeNull()
  })
})
