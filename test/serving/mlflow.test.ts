import { readFileSync } from 'node:fs'
import { createDataFrame, LinearRegression, Pipeline, type PipelineModel, VectorAssembler } from 'ridgeline'
import { createServer, type ModelServer } from 'ridgeline/serving'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vectorModel } from './models.js'

/** One exchange with `mlflow models serve` 3.17.2, whose model was `0.23 * distance_km + 0.69 * hour` of scikit-learn. */
interface Exchange {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'HEAD'
  readonly path: string
  readonly contentType?: string
  readonly body?: string
  readonly status: number
  readonly type?: string
  readonly allow?: string
  readonly answer?: { readonly predictions?: readonly number[] }
  readonly error?: Readonly<Record<string, string>>
}
const exchanges: readonly Exchange[] = JSON.parse(
  readFileSync(new URL('data/mlflow-serve.json', import.meta.url), 'utf8'),
)

/** Where MLflow is laxer, or wrong, and what is answered here. */
const STRICTER: Readonly<Record<string, number>> = { 'float for long': 400, 'no content type': 415 }

function recordedModel(): Promise<PipelineModel> {
  const rides = [0, 1, 2, 3, 4, 5].map((i) => {
    const [distance_km, hour] = [i, (i * 7) % 24]
    return { distance_km, hour, price: 0.23 * distance_km + 0.69 * hour }
  })
  const stages = [
    new VectorAssembler({ inputCols: ['distance_km', 'hour'], outputCol: 'features' }),
    new LinearRegression({ labelCol: 'price' }),
  ]
  return new Pipeline({ stages }).fit(createDataFrame(rides, 'distance_km DOUBLE, hour LONG, price DOUBLE'))
}

let server: ModelServer
beforeAll(async () => {
  server = await createServer(await recordedModel(), { logLevel: 'silent' })
})
afterAll(() => server.close())

async function ask({ method, path, contentType, body }: Omit<Exchange, 'name' | 'status'>) {
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  return server.app.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: body }) })
}

describe('a recorded exchange with MLflow', () => {
  it.each(exchanges)('$name', async (exchange) => {
    const { name, status, type, allow, answer, error } = exchange
    // No body was recorded of the request without a content type.
    const reply = await ask(name === 'no content type' ? { ...exchange, body: '{"inputs":[[1,2]]}' } : exchange)
    expect(reply.statusCode).toBe(STRICTER[name] ?? status)
    if (STRICTER[name]) return
    if (type) expect(reply.headers['content-type']).toBe(type)
    if (allow) expect(reply.headers.allow).toBe(allow)
    if (error) expect(reply.json()).toMatchObject(error)
    if (!answer) return
    const { predictions, ...rest } = reply.json()
    const { predictions: recorded = [], ...others } = answer
    expect(rest).toEqual(others)
    // Two fits of the same line: digits of solvers differ.
    recorded.forEach((value, i) => {
      expect(predictions[i]).toBeCloseTo(value, 9)
    })
  })
})

const invoke = async (body: unknown, contentType = 'application/json') => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reply = await ask({ method: 'POST', path: '/invocations', contentType, body: text })
  return { status: reply.statusCode, body: reply.json() }
}
const price = (km: number, hour: number): number => 0.23 * km + 0.69 * hour

describe('bodies', () => {
  it('may be what MLflow 1 took, or one row of bare values, or columns as instances', async () => {
    for (const body of [
      { columns: ['hour', 'distance_km'], data: [[3, 1.5]] },
      { inputs: { distance_km: 1.5, hour: 3 } },
      { inputs: [{ distance_km: 1.5, hour: 3 }] },
      { instances: { distance_km: [1.5], hour: [3] } },
    ]) {
      const { predictions } = (await invoke(body)).body
      expect(predictions).toHaveLength(1)
      expect(predictions[0]).toBeCloseTo(price(1.5, 3), 9)
    }
  })

  it.each([
    ['rows that are no lists', { dataframe_split: { columns: ['hour'], data: [3] } }, 'row 0 is none'],
    ['rows of another length', { dataframe_split: { columns: ['hour'], data: [[3, 4]] } }, '2 values for 1 columns'],
    ['records that are no objects', { dataframe_records: [{ hour: 1 }, 3] }, 'element 1 is a number'],
    ['columns of two lengths', { inputs: { hour: [3], distance_km: [1, 2] } }, 'column "distance_km" of inputs has 2'],
    ['columns that are no lists', { inputs: { hour: [3], distance_km: 1 } }, 'column "distance_km" of inputs must be'],
    ['a split without columns that are a list', { dataframe_split: { columns: 'a', data: [] } }, 'must be a list'],
    ['null', 'null', 'empty'],
    ['a number', '7', 'it is a number'],
    ['JSON that breaks off amid a text', '{"inputs": "NaN\\', 'not valid JSON'],
    ['no rows', { inputs: [] }, 'no rows'],
  ])('refuses %s', async (_, body, message) => {
    const reply = await invoke(body)
    expect([reply.status, reply.body.error_code]).toEqual([400, 'BAD_REQUEST'])
    expect(reply.body.message).toContain(message)
  })

  it('names every field that is wrong, its row and the reason', async () => {
    const data = [
      [1.5, 3],
      ['far', 3.5],
      [true, 1e300],
    ]
    const { status, body } = await invoke({ dataframe_split: { columns: ['distance_km', 'hour'], data } })
    expect(status).toBe(400)
    expect(body.message).toBe('row 1: column "distance_km" is "far", expected double (and 3 more)')
    expect(body.issues).toEqual([
      { field: 'distance_km', row: 1, reason: 'column "distance_km" is "far", expected double' },
      { field: 'hour', row: 1, reason: 'column "hour" is 3.5, expected long' },
      { field: 'distance_km', row: 2, reason: 'column "distance_km" is true, expected double' },
      { field: 'hour', row: 2, reason: 'column "hour" is 1e+300, expected long' },
    ])
  })

  it('tells of what the model refuses which row it was', async () => {
    const { status, body } = await invoke({ inputs: { distance_km: [1, 2, null], hour: [1, 2, 3] } })
    expect(status).toBe(400)
    expect(body.issues).toMatchObject([{ field: 'distance_km', row: 2 }])
    expect(body.message).toContain('(row 2)')
  })

  it('reads NaN as Python writes it, which is null where a column holds no NaN', async () => {
    const { body } = await invoke(
      '{"dataframe_split":{"columns":["distance_km","hour","note"],"data":[[1.5,NaN,"NaN"]]}}',
    )
    expect(body.issues).toMatchObject([{ field: 'hour', row: 0 }])
    expect(body.message).toContain('null')
  })
})

describe('CSV', () => {
  it('has quotes, columns in any order, empty lines, and any end of line', async () => {
    const { body } = await invoke('\uFEFFhour,"note","distance_km"\r\n3,"a ""b"",\nc",1.5\r\n\r\n4,,"2.5"', 'text/csv')
    expect(body.predictions).toHaveLength(2)
    expect(body.predictions[1]).toBeCloseTo(price(2.5, 4), 9)
  })

  it.each([
    ['a cell that is no number', 'distance_km,hour\nfar,3', 'column "distance_km" is "far"'],
    ['a line that is too long', 'distance_km,hour\n1,2,3', 'row 0 of the CSV has 3 cells for 2 names'],
    ['a line that is too short', 'distance_km,hour\n1', 'column "hour" is missing'],
    ['an empty cell that the model refuses', 'distance_km,hour\n,3', 'null'],
    ['a quote that does not end', 'distance_km,hour\n"1,2', 'a quote in line 2'],
    ['no line but the names', 'distance_km,hour\n', 'no rows'],
    ['nothing', '', 'empty'],
  ])('refuses %s', async (_, text, message) => {
    const { status, body } = await invoke(text, 'text/csv')
    expect(status).toBe(400)
    expect(body.message).toContain(message)
  })

  it('costs what the body is long, however many names there are', async () => {
    const text = `${'a,'.repeat(200_000)}distance_km,hour\n${'1\n'.repeat(100_000)}`
    const { status, body } = await invoke(text, 'text/csv')
    expect([status, body.issues[0].reason]).toEqual([400, 'column "distance_km" is missing'])
  })

  it('is UTF-8', async () => {
    const reply = await ask({
      method: 'POST',
      path: '/invocations',
      contentType: 'text/csv; charset=latin1',
      body: 'a',
    })
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([415, 'text/plain; charset=utf-8'])
  })
})

it('takes no compressed body', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const reply = await server.app.inject({ method: 'POST', url: '/invocations', headers, payload: 'x' })
  expect([reply.statusCode, reply.body]).toEqual([415, expect.stringContaining('gzip')])
})

it('gives records where the model gives several columns, and takes lists where it reads one vector', async () => {
  const other = await createServer(await vectorModel(), { logLevel: 'silent' })
  const payload = { inputs: [[1, 2]] }
  const { predictions } = (await other.app.inject({ method: 'POST', url: '/invocations', payload })).json()
  expect(predictions).toEqual([
    {
      rawPrediction: [expect.any(Number), expect.any(Number)],
      probability: [expect.any(Number), expect.any(Number)],
      prediction: 0,
    },
  ])
  await other.close()
})
