import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { MlflowClient } from '../../src/tracking/index.js'

/** What MLflow's own client in Python 3.17.2 sent to its server, and what came back. */
type Exchange = [
  method: string,
  path: string,
  query: object | null,
  body: object | '<stream>' | null,
  status: number,
  answer: string | null,
]
const recorded = readFileSync(new URL('exchanges/python-client.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Exchange)

/** Without what an older server wanted, what tells of the machine, and our own mark. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) {
    const tag = (item: { key?: string }) => !/^mlflow\.(ridgeline|user|source)/.test(item?.key ?? '')
    return value.filter(tag).map(essence)
  }
  if (typeof value !== 'object' || value === null) return value
  const left = Object.entries(value).filter(([name, item]) => {
    const isEmpty = Array.isArray(item) && (essence(item) as unknown[]).length === 0
    return !isEmpty && !['run_uuid', 'user_id', 'timestamp', 'start_time', 'end_time'].includes(name)
  })
  return Object.fromEntries(left.map(([name, item]) => [name, essence(item)]))
}

it('calls the server as the Python client does', async () => {
  const sent: [string, string, unknown][] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const method = request.method ?? ''
    const body = text === '' ? Object.fromEntries(searchParams) : JSON.parse(text)
    sent.push([method, pathname, essence(body)])
    const known = recorded.find((exchange) => exchange[0] === method && exchange[1] === pathname)
    response.writeHead(known?.[4] ?? 599).end(known?.[5] ?? '')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const client = new MlflowClient({
    trackingUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    maxRetries: 0,
  })
  try {
    expect(await client.getExperimentByName('py-demo')).toBeUndefined()
    const experimentId = await client.createExperiment('py-demo')
    const { runId } = (await client.createRun(experimentId, { runName: 'r1' })).info
    await client.logBatch(runId, { params: { regParam: 0.1, maxIter: 10 } })
    await client.logMetric(runId, 'rmse', 0.5, { step: 1 })
    await client.setTag(runId, 'k', 'v')
    const dataset = {
      name: 'rides',
      digest: 'cb9ef426',
      sourceType: 's3',
      source: '{"uri": "s3://b/rides.parquet"}',
      schema:
        '{"mlflow_colspec": [{"type": "double", "name": "distance_km", "required": true}, {"type": "long", "name": "hour", "required": true}, {"type": "double", "name": "y", "required": true}]}',
      profile: '{"num_rows": 20, "num_elements": 60}',
    }
    await client.logInputs(runId, { datasets: [{ dataset, tags: { 'mlflow.data.context': 'training' } }] })
    const { modelId } = await client.createLoggedModel(experimentId, {
      name: 'model',
      sourceRunId: runId,
      params: { regParam: '0.1', maxIter: '10' },
    })
    await client.logOutputs(runId, [{ modelId, step: 0 }])
    await client.finalizeLoggedModel(modelId, 'LOGGED_MODEL_READY')
    await client.createRegisteredModel('rides-py')
    await client.createModelVersion('rides-py', `models:/${modelId}`, { modelId })
    await client.setTerminated(runId)
  } finally {
    server.closeAllConnections()
    server.close()
  }
  const python = recorded.map(([method, path, query, body]) => [method, path, essence(body ?? query)])
  for (const call of sent) expect(python).toContainEqual(call)
  expect(sent).toHaveLength(13)
})
