import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createDataFrame, Imputer, LinearRegression, Pipeline, StringIndexer, VectorAssembler } from 'ridgeline'
import { azure, createServer, type ModelServer, mlflow, sagemaker, v2, vertex } from 'ridgeline/serving'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonWith } from '../../scripts/peers.mjs'
import { version } from '../../src/version.js'
import { installMlflow } from './mlflow.js'

const script = fileURLToPath(new URL('serving_client.py', import.meta.url))

describe("MLflow's scoring protocol, with MLflow's client", () => {
  let server: ModelServer
  let found: Readonly<Record<string, unknown>>
  let expected: readonly number[]
  beforeAll(async () => {
    const python = installMlflow()
    const rides = ['FR', 'US', 'FR', 'DE', 'US', 'FR'].map((city, i) => ({
      city,
      km: 1.5 * i,
      hour: (i * 5) % 24,
      day: new Date(Date.UTC(2024, 0, i + 1)),
      price: 2 * i + (i % 2),
    }))
    const model = await new Pipeline({
      stages: [
        new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx', handleInvalid: 'keep' }),
        new Imputer({ inputCol: 'km', outputCol: 'kmFull' }),
        new VectorAssembler({ inputCols: ['cityIdx', 'kmFull', 'hour'], outputCol: 'features' }),
        new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
      ],
    }).fit(createDataFrame(rides, 'city STRING, km DOUBLE, hour LONG, day TIMESTAMP, price DOUBLE'))
    const asked = createDataFrame(
      [
        { city: 'FR', km: 7.5, hour: 9 },
        { city: 'US', km: 12, hour: 18 },
        { city: 'Größe, "q"', km: 1e-3, hour: 23 },
      ],
      'city STRING, km DOUBLE, hour LONG',
    )
    expected = (await model.transform(asked).collect()).map(({ prediction }) => prediction as number)
    server = await createServer(model, { logLevel: 'silent', outputCols: ['prediction', 'day'] })
    const { hostname, port } = new URL(await server.listen())
    const { stdout } = await promisify(execFile)(python, [script, hostname, port])
    found = JSON.parse(stdout)
  })
  afterAll(() => server?.close())

  it('says its version', () => expect(found.version).toBe(version))

  it.each(['params', 'dict', 'example', 'split', 'records', 'csv'])(
    'reads what MLflow and pandas write: %s',
    (form) => {
      const days = ['2024-01-31T01:00:00.000Z', '2024-01-31T12:00:00.000Z', '2024-01-31T23:00:00.000Z']
      expect(found[form]).toEqual(expected.map((prediction, i) => ({ prediction, day: days[i] })))
    },
  )

  it('gives what the client makes into a frame', () => {
    expect((found.frame as unknown[][]).map(([prediction]) => prediction)).toEqual(expected)
  })

  it('takes what is missing as pandas writes it', () => {
    const predictions = found.gaps as { prediction: number }[]
    expect(predictions).toHaveLength(3)
    // Infinity goes into the line, and there is no number that JSON has for what comes out.
    expect(predictions.map(({ prediction }) => typeof prediction)).toEqual(['number', 'number', 'object'])
  })

  it('refuses in a way that the client tells', () => {
    expect(found.missing).toContain('error code 400')
    expect(found.missing).toContain('SCHEMA_ENFORCEMENT_FAILED')
    expect(found.missing).toContain('column \\"day\\" is missing')
    expect(found.empty).toContain('there are no rows')
  })
})

const VALIDATE = `
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator
print(json.dumps([e.message for e in OpenAPIV31SpecValidator(json.load(sys.stdin)).iter_errors()]))
`

it('describes itself as OpenAPI 3.1 has it', async () => {
  const python = pythonWith('openapi', ['openapi-spec-validator==0.9.0'])
  const errors = (document: object): string[] =>
    JSON.parse(execFileSync(python, ['-c', VALIDATE], { input: JSON.stringify(document), encoding: 'utf8' }))
  const rides = createDataFrame([1, 2, 3].map((km) => ({ city: 'FR', km, price: 2 * km })))
  const stages = [
    new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
    new VectorAssembler({ inputCols: ['km', 'cityIdx'], outputCol: 'features' }),
    new LinearRegression({ labelCol: 'price' }),
  ]
  const model = await new Pipeline({ stages }).fit(rides)
  const protocols = [mlflow, v2, sagemaker, vertex(), azure]
  const server = await createServer(model, { name: 'all rides', tokens: ['secret'], protocols, logLevel: 'silent' })
  const document = (
    await server.app.inject({ url: '/openapi.json', headers: { authorization: 'Bearer secret' } })
  ).json()
  await server.close()
  expect(errors(document)).toEqual([])
  // The validator does look.
  expect(errors({ ...document, info: {} }).length).toBeGreaterThan(0)
})
