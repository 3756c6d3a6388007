import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pythonWith } from '../../scripts/peers.mjs'
import {
  createDataFrame,
  LinearRegression,
  Pipeline,
  type PipelineModel,
  StringIndexer,
  VectorAssembler,
  Vectors,
} from '../../src/index.js'
import { v2 } from '../../src/serving/protocols/v2.js'
import { serviceOf } from '../serving/models.js'

interface Answer {
  readonly response: Readonly<Record<string, unknown>>
  readonly outputs: Readonly<Record<string, { readonly dtype: string; readonly values: unknown }>>
}
interface Refusal {
  readonly status: string
  readonly message: string
}
interface Found {
  readonly [state: string]: unknown
  readonly all: Answer
  readonly one: Answer
  readonly int64: Answer
  readonly gzip: Answer
  readonly many: readonly Answer[]
  readonly refused: Readonly<Record<string, Refusal | null>>
}

/** Runs a script beside this process, which answers it meanwhile. */
async function run(python: string, args: readonly string[]): Promise<void> {
  const child = spawn(python, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const status = await new Promise((resolve) => child.once('close', resolve))
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}:\n${errors}`)
}

describe("the Open Inference Protocol, with NVIDIA's client", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-v2-'))
  let model: PipelineModel
  let app: FastifyInstance
  let found: Found
  beforeAll(async () => {
    const python = pythonWith('triton', ['tritonclient[http]==2.73.0'])
    const rides = [1, 2, 3, 4, 5, 6, 7, 8].map((km) => ({
      city: km % 2 ? 'FR' : 'US',
      km,
      hour: (km * 5) % 24,
      rush: km % 3 === 0,
      more: Vectors.dense(km / 2, (km * km) % 7),
      price: 2 * km + (km % 2) + ((km * 5) % 24) / 10,
    }))
    const schema = 'city STRING, km DOUBLE, hour INT, rush BOOLEAN, more VECTOR, price DOUBLE'
    const inputCols = ['cityIdx', 'km', 'hour', 'rush', 'more']
    model = await new Pipeline({
      stages: [
        new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
        new VectorAssembler({ inputCols, outputCol: 'features' }),
        new LinearRegression({ labelCol: 'price', regParam: 0.1 }),
      ],
    }).fit(createDataFrame(rides, schema))
    app = await serviceOf({
      model,
      name: 'rides',
      version: '3',
      protocols: [v2],
      outputCols: ['prediction', 'features', 'city', 'hour', 'rush'],
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const url = app.listeningOrigin.replace('http://', '')
    const script = fileURLToPath(new URL('./v2_client.py', import.meta.url))
    await run(python, [script, join(folder, 'found.json'), url, 'rides', '3'])
    found = JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8'))
  })
  afterAll(async () => {
    await app?.close()
    rmSync(folder, { recursive: true })
  })

  /** What the model says of the rows that the client sends; `FP32` rounds. */
  const expected = () => {
    const score = model.scorer()
    return [
      { city: 'FR', km: Math.fround(0.1), hour: 7, rush: true, more: [0.5, 1.5] },
      { city: 'US', km: 12, hour: 23, rush: false, more: [2, 3] },
    ].map((row) => score(row)?.prediction)
  }

  it('finds the server, the model and its version, and no others', () => {
    expect(found).toMatchObject({ live: true, ready: true, modelReady: true, versionReady: true, otherReady: false })
    expect(found.server).toEqual({ name: 'ridgeline', version: '0.1.0', extensions: [] })
    expect(found.index).toEqual([{ name: 'rides', version: '3', state: 'READY', reason: '' }])
    expect(found.model).toMatchObject({
      name: 'rides',
      versions: ['3'],
      inputs: expect.arrayContaining([
        { name: 'city', datatype: 'BYTES', shape: [-1] },
        { name: 'km', datatype: 'FP64', shape: [-1] },
        { name: 'hour', datatype: 'INT32', shape: [-1] },
        { name: 'rush', datatype: 'BOOL', shape: [-1] },
        { name: 'more', datatype: 'FP64', shape: [-1, 2] },
      ]),
    })
  })

  it('sends columns of every kind, and reads the outputs as arrays', () => {
    expect(found.all.response).toMatchObject({ model_name: 'rides', model_version: '3', id: '42' })
    expect(found.all.outputs).toEqual({
      prediction: { dtype: 'float64', values: expected() },
      features: { dtype: 'float64', values: [[0, Math.fround(0.1), 7, 1, 0.5, 1.5], [1, 12, 23, 0, 2, 3]] }, // biome-ignore format: rows
      city: { dtype: 'object', values: expect.anything() },
      hour: { dtype: 'int32', values: [7, 23] },
      rush: { dtype: 'bool', values: [true, false] },
    })
  })

  it('asks for one output, integers of another width, compressed answers, and many at once', () => {
    const only = { prediction: { dtype: 'float64', values: expected() } }
    for (const answer of [found.one, found.int64, found.gzip, ...found.many]) expect(answer.outputs).toEqual(only)
    expect(found.many).toHaveLength(20)
  })

  it.each([
    ['model', '404', 'Model other not found'],
    ['version', '404', 'Model rides with version 0 not found'],
    ['output', '400', 'output "predictions" does not exist'],
    ['missing', '400', 'column "city" is missing'],
    ['datatype', '400', 'input "city" has the datatype INT32'],
    ['rows', '400', 'input "km" has 2 rows. Input "city" has 1.'],
    ['binary', '400', 'Send JSON (binary_data=False in tritonclient)'],
  ])('hears what is wrong: %s', (what, status, message) => {
    expect(found.refused[what]).toEqual({ status, message: expect.stringContaining(message) })
  })
})
