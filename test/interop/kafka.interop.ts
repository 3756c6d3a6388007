import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataFrame, LinearRegression, Pipeline, read, StringIndexer, VectorAssembler } from 'ridgeline'
import { functions as F, readStream } from 'ridgeline/streaming'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Broker, startKafka } from '../../scripts/kafka.mjs'
import { runExample } from '../examples/run-example.js'
import { Client, compileLibrary, installPlatformatic, sleep, Worker } from './kafka/broker.js'

const PASSWORD = 's3cret'
const folder = mkdtempSync(join(tmpdir(), 'ridgeline-kafka-'))
const model = join(folder, 'model.json')
let broker: Broker
let client: Client
const workers: Worker[] = []

beforeAll(async () => {
  // Short sessions, so that nobody waits long for a process that was killed.
  const settings = { 'group.min.session.timeout.ms': '500' }
  broker = await startKafka(join(folder, 'broker'), { password: PASSWORD, settings })
  client = new Client(broker.servers)
  await client.open()
  compileLibrary()
  installPlatformatic()
  const rides = createDataFrame(
    Array.from({ length: 40 }, (_, i) => ({
      city: ['FR', 'DE', 'US'][i % 3],
      distanceKm: i,
      hour: i % 24,
      price: 3 + 2 * i,
    })),
  )
  const pipeline = new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
      new VectorAssembler({ inputCols: ['cityIdx', 'distanceKm', 'hour'], outputCol: 'features' }),
      new LinearRegression({ labelCol: 'price' }),
    ],
  })
  await (await pipeline.fit(rides)).write().save(model)
})
afterAll(async () => {
  for (const worker of workers) worker.signal('SIGKILL')
  await client?.close()
  await broker?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Every 500th ride is refused, each for another reason. */
const isPoison = (id: number): boolean => id % 500 === 250
const ride = (id: number): string => {
  if (!isPoison(id))
    return JSON.stringify({ rideId: id, city: ['FR', 'DE', 'US'][id % 3], distanceKm: id % 50, hour: id % 24 })
  return [
    `junk ${id}`,
    `{"rideId":${id},"city":"XX","distanceKm":1,"hour":2}`,
    `{"rideId":${id},"city":"FR","distanceKm":"far","hour":2}`,
  ][((id / 250) % 3) | 0]
}
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Sends rides in the background, some at a time. */
async function sendRides(topic: string, from: number, to: number, pauseMs: number): Promise<void> {
  for (let id = from; id < to; id += 250) {
    await client.send(
      topic,
      range(Math.min(250, to - id)).map((k) => ride(id + k)),
    )
    await sleep(pauseMs)
  }
}

type Connection = Readonly<Record<string, string>>

function settings(name: string, options: Record<string, unknown> = {}, connection: Connection = {}) {
  return {
    model,
    format: 'kafka',
    trigger: { processingTime: 0 },
    source: {
      'kafka.bootstrap.servers': broker.servers,
      ...connection,
      'kafka.session.timeout.ms': 2000,
      subscribe: `${name}-in`,
      startingOffsets: 'earliest',
      maxOffsetsPerTrigger: 400,
    },
    sink: {
      'kafka.bootstrap.servers': broker.servers,
      ...connection,
      topic: `${name}-out`,
      deadLetterTopic: `${name}-refused`,
      checkpointLocation: join(folder, `${name}-checkpoint`),
    },
    ...options,
  }
}

let count = 0
function startWorker(name: string, options = {}, connection: Connection = {}): Worker {
  const worker = new Worker(folder, `${name}-${count++}`, settings(name, options, connection))
  workers.push(worker)
  return worker
}

const secureConnection = (mechanism: string, password: string) => ({
  'kafka.bootstrap.servers': broker.secureServers as string,
  'kafka.security.protocol': 'SASL_SSL',
  'kafka.sasl.mechanism': mechanism,
  'kafka.sasl.jaas.config': `org.apache.kafka.common.security.Module required username="rider" password="${password}";`,
  'kafka.ssl.truststore.certificates': broker.certificate as string,
  'kafka.compression.type': 'gzip',
})

/** Every ride once, answered or refused. */
async function expectOnce(name: string, total: number): Promise<void> {
  const poison = range(total).filter(isPoison)
  const answers = await client.messages(`${name}-out`, total - poison.length, 90)
  const ids = answers.map(({ value }) => JSON.parse(String(value)).rideId as number).sort((a, b) => a - b)
  expect(ids.length).toBe(total - poison.length)
  expect(ids).toEqual(range(total).filter((id) => !isPoison(id)))
  const letters = await client.messages(`${name}-refused`, poison.length)
  expect(letters.map(({ value }) => String(value)).sort()).toEqual(poison.map(ride).sort())
  for (const { headers } of letters) expect(String(headers!['ridgeline.reason'])).toMatch(/no JSON|XX|"distanceKm"/)
}

describe('exactly once', () => {
  it('when the process is killed in the middle of micro-batches', async () => {
    await client.create('kill-in', 'kill-out', 'kill-refused')
    const total = 20_000
    const sending = sendRides('kill-in', 0, total, 60)
    for (let kill = 0; kill < 5; kill++) {
      const worker = startWorker('kill')
      for (let tries = 0; worker.rows < 800 && tries < 400; tries++) await sleep(25)
      expect(worker.rows).toBeGreaterThan(0)
      await sleep(kill * 7)
      await worker.end('SIGKILL')
    }
    const last = startWorker('kill')
    await sending
    await expectOnce('kill', total)
    await last.end('SIGTERM')
  })

  it('with instances that come, go, are killed, and sleep longer than the group waits', async () => {
    await client.create('share-in', 'share-out', 'share-refused')
    const total = 16_000
    const sending = sendRides('share-in', 0, total, 250)
    const [a, b] = [startWorker('share'), startWorker('share')]
    await sleep(4000)
    const c = startWorker('share')
    await sleep(3000)
    await b.end('SIGKILL')
    await sleep(1500)
    // A process that stands still is thrown out of the group; when it wakes up it must not finish what it had begun.
    a.signal('SIGSTOP')
    await sleep(4000)
    a.signal('SIGCONT')
    await sleep(1500)
    const d = startWorker('share')
    await sleep(3000)
    await c.end('SIGTERM')
    await sending
    await expectOnce('share', total)
    expect([a, b, c, d].map(({ rows }) => rows > 0)).toEqual([true, true, true, true])
    await a.end('SIGTERM')
    await d.end('SIGTERM')
  })

  it('when the broker is restarted, in order and by a kill', async () => {
    await client.create('restart-in', 'restart-out', 'restart-refused')
    const total = 12_000
    const worker = startWorker('restart')
    await sendRides('restart-in', 0, 4000, 20)
    for (let tries = 0; worker.rows < 800 && tries < 400; tries++) await sleep(25)
    await broker.stop('SIGTERM')
    await sleep(1000)
    await broker.start()
    await sendRides('restart-in', 4000, 8000, 20)
    await broker.stop('SIGKILL')
    await broker.start()
    await sendRides('restart-in', 8000, total, 20)
    await expectOnce('restart', total)
    await worker.end('SIGTERM')
  })

  it('into files, when the process is killed', async () => {
    await client.create('files-in', 'files-refused')
    const total = 8000
    const out = join(folder, 'files-out')
    const { source, sink } = settings('files')
    const { checkpointLocation, deadLetterTopic } = sink
    const options = { source, format: 'parquet', sink: { path: out, checkpointLocation, deadLetterTopic } }
    const sending = sendRides('files-in', 0, total, 60)
    for (let kill = 0; kill < 3; kill++) {
      const worker = startWorker('files', options)
      for (let tries = 0; worker.rows < 400 && tries < 400; tries++) await sleep(25)
      await sleep(kill * 11)
      await worker.end('SIGKILL')
    }
    await sending
    await startWorker('files', { ...options, trigger: { availableNow: true } }).end()
    const rows = await (await read.parquet(out)).orderBy('rideId').collect()
    expect(rows.map(({ rideId }) => rideId)).toEqual(range(total).filter((id) => !isPoison(id)))
    const letters = await client.messages('files-refused', total / 500)
    expect(letters.map(({ value }) => String(value)).sort()).toEqual(range(total).filter(isPoison).map(ride).sort())
  })
})

describe('exactly once with @platformatic/kafka', () => {
  const connection = { 'kafka.client': 'platformatic' }

  it('when the process is killed in the middle of micro-batches', async () => {
    await client.create('second-in', 'second-out', 'second-refused')
    const total = 10_000
    const sending = sendRides('second-in', 0, total, 60)
    for (let kill = 0; kill < 4; kill++) {
      const worker = startWorker('second', {}, connection)
      for (let tries = 0; worker.rows < 800 && tries < 400; tries++) await sleep(25)
      expect(worker.rows).toBeGreaterThan(0)
      await sleep(kill * 7)
      await worker.end('SIGKILL')
    }
    const last = startWorker('second', {}, connection)
    await sending
    await expectOnce('second', total)
    await last.end('SIGTERM')
  })

  it('with an instance that comes, and one that sleeps longer than the group waits', async () => {
    await client.create('pair-in', 'pair-out', 'pair-refused')
    const total = 8000
    const sending = sendRides('pair-in', 0, total, 250)
    const a = startWorker('pair', {}, connection)
    for (let tries = 0; a.rows === 0 && tries < 400; tries++) await sleep(25)
    const b = startWorker('pair', {}, connection)
    for (let tries = 0; b.rows === 0 && tries < 400; tries++) await sleep(25)
    a.signal('SIGSTOP')
    await sleep(4000)
    a.signal('SIGCONT')
    await sending
    await expectOnce('pair', total)
    expect(b.rows).toBeGreaterThan(0)
    await a.end('SIGTERM')
    await b.end('SIGTERM')
  })

  it('when the broker is killed', async () => {
    await client.create('again-in', 'again-out', 'again-refused')
    const total = 6000
    const worker = startWorker('again', {}, connection)
    await sendRides('again-in', 0, 3000, 20)
    for (let tries = 0; worker.rows < 800 && tries < 400; tries++) await sleep(25)
    await broker.stop('SIGKILL')
    await broker.start()
    await sendRides('again-in', 3000, total, 20)
    await expectOnce('again', total)
    await worker.end('SIGTERM')
  })

  it('over TLS with a password', async () => {
    await client.create('locked-in', 'locked-out', 'locked-refused')
    await client.send('locked-in', range(1000).map(ride))
    const secure = { ...connection, ...secureConnection('SCRAM-SHA-512', PASSWORD) }
    await startWorker('locked', { trigger: { availableNow: true } }, secure).end()
    await expectOnce('locked', 1000)
    const wrong = { ...secure, ...secureConnection('PLAIN', 'wrong') }
    const refused = startWorker('locked', { trigger: { availableNow: true } }, wrong)
    await expect(refused.end()).rejects.toThrow(/cannot be reached.*uthentication/)
  })
})

describe('a broker', () => {
  it('is sent micro-batches that are larger than a batch of its own may be', async () => {
    await client.create('large-in', 'large-out')
    const values = range(300).map((id) => ride(id).padEnd(20_000))
    for (let k = 0; k < values.length; k += 30) await client.send('large-in', values.slice(k, k + 30))
    const servers = { 'kafka.bootstrap.servers': broker.servers }
    const query = await readStream
      .format('kafka')
      .options({ ...servers, subscribe: 'large-in', startingOffsets: 'earliest' })
      .load()
      .select('value')
      .writeStream.format('kafka')
      .options({ ...servers, topic: 'large-out', checkpointLocation: join(folder, 'large') })
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    expect((await client.messages('large-out', 300)).map(({ value }) => String(value)).sort()).toEqual(values.sort())
  })

  it('serves the example', async () => {
    process.env.KAFKA_BOOTSTRAP = broker.servers
    const { out, code } = await runExample(() => import('../../examples/rides-stream.js'), ['--rides', '3000'])
    delete process.env.KAFKA_BOOTSTRAP
    expect(code).toBe(0)
    expect(out).toMatch(/3000 rides read, 2997 prices sent to rides_predictions, 3 refused and kept in rides_refused/)
    expect(out).toMatch(/\{"rideId":\d+,"price_pred":\d+\.\d+\}/)
  })
})

describe('a broker with users and TLS', () => {
  const copy = (mechanism: string, password: string, topic: string) =>
    readStream
      .format('kafka')
      .options({ ...secureConnection(mechanism, password), subscribe: 'secure-in', startingOffsets: 'earliest' })
      .load()
      .select(F.col('value'))
      .writeStream.format('kafka')
      .options({ ...secureConnection(mechanism, password), topic, checkpointLocation: join(folder, topic) })
      .trigger({ availableNow: true })
      .start()

  it('is read and written with each kind of password', async () => {
    await client.create('secure-in')
    await client.send('secure-in', range(100).map(ride))
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      const topic = `secure-${mechanism}`
      await client.create(topic)
      const query = await copy(mechanism, PASSWORD, topic)
      await query.awaitTermination()
      expect((await client.messages(topic, 100)).map(({ value }) => String(value)).sort()).toEqual(
        range(100).map(ride).sort(),
      )
    }
    await expect(copy('PLAIN', 'wrong', 'secure-PLAIN')).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/cannot be reached.*uthentication/),
    })
  })
})
