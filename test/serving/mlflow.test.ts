import { createServer, type ModelServer } from 'ridgeline/serving'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linearModel } from './helper.js'

let server: ModelServer
beforeAll(async () => {
  server = await createServer(await linearModel(), { logLevel: 'silent' })
})
afterAll(() => server.close())

async function invoke(payload: unknown, type = 'application/json') {
  const headers = { 'content-type': type }
  const answer = await server.app.inject({ method: 'POST', url: '/invocations', payload: payload as string, headers })
  return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.json() }
}

it('scores a frame in the form split', async () => {
  const data = [
    [3, 1.5],
    [4, 2.5],
  ]
  const { status, type, body } = await invoke({ dataframe_split: { columns: ['hour', 'distance_km'], data } })
  expect([status, type]).toEqual([200, 'application/json'])
  expect(body.predictions[0]).toBeCloseTo(1 + 0.92 * 1.5, 6)
  expect(body.predictions[1]).toBeCloseTo(1 + 0.92 * 2.5, 6)
})

it('names the column that is missing', async () => {
  const { status, body } = await invoke({ dataframe_records: [{ hour: 3 }] })
  expect(status).toBe(400)
  expect(body).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE', error_class: 'SCHEMA_ENFORCEMENT_FAILED' })
  expect(body.issues).toEqual([{ field: 'distance_km', row: 0, reason: 'column "distance_km" is missing' }])
})
