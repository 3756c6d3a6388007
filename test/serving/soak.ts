// Load on a server while its model changes, clients go away and bad bodies arrive. Every answer is compared with the model that it names.
import { randomInt } from 'node:crypto'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { PipelineModel } from '../../src/index.js'
import type { RowScorer } from '../../src/scoring/row-scorer.js'
import { createServer } from '../../src/serving/server.js'
import { priceModel } from './models.js'

/** What came of it. */
export interface SoakResult {
  /** Requests that were answered with predictions. */
  readonly answered: number
  /** Requests that were refused, as they had to be. */
  readonly refused: number
  /** Clients that went away before their answer came. */
  readonly gone: number
  readonly reloads: number
  /** Answers by version of the model. */
  readonly versions: Readonly<Record<string, number>>
  /** What should not have come, the first few. */
  readonly wrong: readonly string[]
  /** Bytes in use after a collection: once all has run for a while, and at the end. */
  readonly heap: readonly [early: number, late: number]
}

interface Row {
  readonly city: string
  readonly km: number
}
interface Answer {
  readonly status: number
  readonly version: string | undefined
  readonly body: string
}

const CITIES = ['FR', 'US', 'XX']
const randomRows = (): Row[] =>
  Array.from({ length: randomInt(1, 200) > 190 ? 700 : randomInt(1, 5) }, () => ({
    city: CITIES[randomInt(CITIES.length)],
    km: randomInt(1, 1000) / 8,
  }))

/** The same rows in each of the forms that clients send. */
const FORMS: readonly ((rows: readonly Row[]) => { path: string; type: string; body: string })[] = [
  (rows) => ({ path: '/invocations', type: 'application/json', body: JSON.stringify({ dataframe_records: rows }) }),
  (rows) => ({
    path: '/invocations',
    type: 'text/csv',
    body: `km,city\n${rows.map(({ km, city }) => `${km},${city}\n`).join('')}`,
  }),
  (rows) => ({
    path: '/v2/models/rides/infer',
    type: 'application/json',
    body: JSON.stringify({
      inputs: [
        { name: 'city', shape: [rows.length], datatype: 'BYTES', data: rows.map(({ city }) => city) },
        { name: 'km', shape: [rows.length], datatype: 'FP64', data: rows.map(({ km }) => km) },
      ],
    }),
  }),
]
const predictionsIn = (body: string): unknown => {
  const { predictions, outputs } = JSON.parse(body)
  return predictions ?? outputs[0].data
}

/** Requests that must be refused, and how. */
const BAD: readonly [path: string, type: string, body: string, status: number][] = [
  ['/invocations', 'application/json', '{"dataframe_records":', 400],
  ['/invocations', 'application/json', '{"dataframe_records":[{"city":"FR"}]}', 400],
  ['/invocations', 'application/json', '{"dataframe_records":[{"city":"FR","km":"far"}]}', 400],
  ['/invocations', 'application/xml', '<rows/>', 415],
  ['/invocations', 'application/json', JSON.stringify({ inputs: { city: ['x'.repeat(200_000)], km: [1] } }), 413],
  ['/v2/models/other/infer', 'application/json', '{"inputs":[]}', 404],
  [
    '/v2/models/rides/infer',
    'application/json',
    '{"inputs":[{"name":"km","shape":[2],"datatype":"FP64","data":[1]}]}',
    400,
  ],
  ['/nowhere', 'application/json', '{}', 404],
]

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
async function heapInUse(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    collect()
    await setTimeout(20)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/**
 * Holds load on a server of this process.
 * @param options how long, and how many clients at a time.
 */
export async function soak({ seconds, clients }: { seconds: number; clients: number }): Promise<SoakResult> {
  const slopes = { two: 2, three: 3 }
  const models = new Map<string, { readonly model: PipelineModel; readonly score: RowScorer }>()
  for (const [version, slope] of Object.entries(slopes)) {
    const model = await priceModel(slope)
    models.set(version, { model, score: model.scorer() })
  }
  const known = [...models]
  const [[version, { model }]] = known
  const server = await createServer(model, { name: 'rides', version, logLevel: 'silent', bodyLimit: 100_000 })
  const port = Number(new URL(await server.listen()).port)
  const agent = new Agent({ keepAlive: true, maxSockets: clients })

  const counts = { answered: 0, refused: 0, gone: 0, reloads: 0 }
  const byVersion: Record<string, number> = Object.fromEntries(known.map(([name]) => [name, 0]))
  const wrong: string[] = []
  const complain = (text: string): void => {
    if (wrong.length < 20) wrong.push(text.slice(0, 300))
  }

  const ask = (path: string, type: string, body: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
      const sent = request({ port, host: '127.0.0.1', path, method: 'POST', agent, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (part) => {
          text += part
        })
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, version: answer.headers['x-model-version'] as string, body: text }),
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })

  async function good(): Promise<void> {
    const rows = randomRows()
    const { path, type, body } = FORMS[randomInt(FORMS.length)](rows)
    const { status, version = '', body: text } = await ask(path, type, body)
    const scored = models.get(version)
    if (status !== 200 || !scored) return complain(`${path} ${type}: ${status}, version "${version}": ${text}`)
    const expected = rows.map((row) => scored.score(row)?.prediction)
    const found = predictionsIn(text) as number[]
    if (found.length !== rows.length || expected.some((value, i) => !(Math.abs(found[i] - value) <= 1e-9)))
      return complain(`version ${version} gives ${found} for ${JSON.stringify(rows)}, not ${expected}`)
    counts.answered++
    byVersion[version]++
  }

  async function bad(): Promise<void> {
    const [path, type, body, expected] = BAD[randomInt(BAD.length)]
    const { status, body: text } = await ask(path, type, body)
    if (status !== expected) return complain(`${path} with ${body.slice(0, 80)}: ${status} ${text}, not ${expected}`)
    counts.refused++
  }

  /** A client that goes away: in the middle of its request, or before the answer. */
  const gone = (): Promise<void> =>
    new Promise((resolve) => {
      const body = JSON.stringify({ dataframe_records: Array.from({ length: 600 }, () => ({ city: 'FR', km: 1 })) })
      const head = `POST /invocations HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
      const text = head + body
      const cut = randomInt(2) === 0 ? text.length : randomInt(1, text.length)
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(text.slice(0, cut), () => socket.destroy())
      })
      // Behind an answer that was on its way already the system may reset the connection.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        counts.gone++
        resolve()
      })
    })

  const until = performance.now() + seconds * 1000
  const running = (): boolean => performance.now() < until
  async function client(): Promise<void> {
    while (running()) {
      const lot = randomInt(20)
      try {
        await (lot === 0 ? bad() : lot === 1 ? gone() : good())
      } catch (error) {
        complain(`a request is lost: ${error}`)
      }
    }
  }
  async function reloads(): Promise<void> {
    for (let i = 1; running(); i++) {
      await setTimeout(20)
      const [next, { model: other }] = known[i % known.length]
      if (i % 10 === 0) {
        const refusal = await server
          .reload(async () => Promise.reject(new Error('broken')))
          .catch((error) => error.message)
        if (refusal !== 'broken') complain(`a broken model is taken: ${refusal}`)
      }
      await server.reload(other, next)
      counts.reloads++
    }
  }
  const heapAfter = async (share: number): Promise<number> => {
    await setTimeout(seconds * 1000 * share)
    return heapInUse()
  }
  const [early] = await Promise.all([heapAfter(0.4), reloads(), ...Array.from({ length: clients }, client)])
  const late = await heapInUse()

  // The end: what was sent before is answered.
  const last = Array.from({ length: clients }, () => good().catch((error) => complain(`lost at the end: ${error}`)))
  await setTimeout(5)
  await Promise.all([server.close(), ...last])
  agent.destroy()
  return { ...counts, versions: byVersion, wrong, heap: [early, late] }
}
