import { join } from 'node:path'
import type { DataFrame, Row } from 'ridgeline'
import { functions as F, MemoryStream, readStream, type StreamingQuery } from 'ridgeline/streaming'
import { describe, expect, it, vi } from 'vitest'
import type { DataStreamWriter } from '../../src/sql/data-stream-writer.js'
import { defaultSession } from '../../src/sql/session.js'
import { connectionOf } from '../../src/streaming/kafka/connection.js'
import { kafkajsPort } from '../../src/streaming/kafka/kafkajs.js'
import { platformaticPort } from '../../src/streaming/kafka/platformatic.js'
import { startQuery } from '../../src/streaming/start.js'
import { FakeKafka, type Fate } from './fake-kafka.js'
import { scratch } from './helper.js'

const folder = scratch()
const BROKERS = 'kafka.bootstrap.servers'
let names = 0
const fresh = (name: string): string => join(folder, `${name}${names++}`)

/** Starts a query with a broker in memory. */
const start = (writer: DataStreamWriter, kafka: FakeKafka): Promise<StreamingQuery> =>
  startQuery((writer as unknown as { request: Parameters<typeof startQuery>[0] }).request, async () => kafka.port())

const messages = (options: Record<string, string | number | boolean> = {}): DataFrame =>
  readStream
    .format('kafka')
    .options({ [BROKERS]: 'fake:1', subscribe: 'in', startingOffsets: 'earliest', ...options })
    .load()

const doubled = (frame: DataFrame): DataFrame =>
  frame
    .select(F.from_json(F.col('value').cast('string'), 'id INT, x INT').as('j'))
    .select('j.*')
    .selectExpr('id', '10 / x AS y')
    .select(F.to_json(F.struct('id', 'y')).as('value'))

const toKafka = (frame: DataFrame, checkpoint: string, options: Record<string, string> = {}): DataStreamWriter =>
  frame.writeStream
    .format('kafka')
    .options({ [BROKERS]: 'fake:1', topic: 'out', checkpointLocation: checkpoint, ...options })

const record = (id: number, x = 1): string => JSON.stringify({ id, x })
const ids = (kafka: FakeKafka, topic = 'out'): number[] =>
  kafka
    .texts(topic)
    .map((text) => JSON.parse(text).id as number)
    .sort((a, b) => a - b)
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

function broker(): FakeKafka {
  const kafka = new FakeKafka(3)
  kafka.create('in', 'out', 'refused')
  return kafka
}

describe('from Kafka to Kafka', () => {
  it('answers every message once, and keeps what cannot be answered', async () => {
    const kafka = broker()
    for (let id = 0; id < 100; id++) kafka.send('in', id === 30 ? 'junk' : record(id, id === 60 ? 0 : 1))
    kafka.send('in', record(100, 1).padEnd(500), null)
    const query = await start(
      toKafka(doubled(messages({ maxMessageBytes: 200 })), fresh('c'), { deadLetterTopic: 'refused' }).trigger({
        availableNow: true,
      }),
      kafka,
    )
    await query.awaitTermination()
    expect(ids(kafka)).toEqual(range(100).filter((id) => id !== 30 && id !== 60))
    const letters = kafka
      .messages('refused')
      .map(({ value, headers }) => [
        value && Buffer.from(value).toString().trim(),
        Object.fromEntries(headers.map(([name, bytes]) => [name.slice(10), Buffer.from(bytes!).toString()])),
      ])
    expect(letters).toHaveLength(4)
    expect(letters).toContainEqual([
      'junk',
      {
        reason: 'the text is no JSON: "junk"',
        place: 'in[0]@10',
        topic: 'in',
        partition: '0',
        offset: '10',
        timestamp: '1010',
        query: query.id,
      },
    ])
    expect(letters).toContainEqual([
      record(60, 0),
      expect.objectContaining({ reason: expect.stringMatching(/zero/i), offset: '20' }),
    ])
    expect(letters).toContainEqual([
      record(100),
      expect.objectContaining({ reason: 'the value has 500 bytes, more than 200' }),
    ])
    expect(letters).toContainEqual([null, expect.objectContaining({ reason: 'there is no value' })])
    expect(query.recentProgress.reduce((sum, { numBadRecords }) => sum + numBadRecords, 0)).toBe(4)
    expect(query.lastProgress!.sources[0]).toMatchObject({
      description: 'KafkaV2[Subscribe[in]]',
      endOffset: { in: { 0: 34, 1: 34, 2: 34 } },
      metrics: { maxOffsetsBehindLatest: '0' },
    })
    // Answers, letters and positions in one: nothing is left to do.
    expect([...kafka.committed.values()]).toEqual([34n, 34n, 34n])
  })

  it.each(['refused', 'unanswered'] as const)('answers once where transactions are %s', async (fate: Fate) => {
    const kafka = broker()
    for (const id of range(300)) kafka.send('in', record(id))
    let left = 5
    kafka.fate = ({ records }) => (records.length > 0 && left-- > 0 ? fate : 'done')
    const writer = toKafka(doubled(messages({ maxOffsetsPerTrigger: 50 })), fresh('c')).trigger({ availableNow: true })
    await (await start(writer, kafka)).awaitTermination()
    expect(ids(kafka)).toEqual(range(300))
  })

  it('ends where trying again cannot help', async () => {
    const kafka = broker()
    kafka.send('in', record(1))
    kafka.fate = ({ records }) => {
      if (records.length > 0) throw new Error('TOPIC_AUTHORIZATION_FAILED')
      return 'done'
    }
    const query = await start(toKafka(doubled(messages()), fresh('c')), kafka)
    await expect(query.awaitTermination()).rejects.toThrow(/does not take the messages.*AUTHORIZATION/)
  })

  it('shares partitions with other instances, which come and go', async () => {
    const kafka = broker()
    kafka.fetchSize = 5
    const checkpoint = fresh('c')
    const run = () =>
      start(toKafka(doubled(messages({ maxOffsetsPerTrigger: 20, 'kafka.group.id': 'g' })), checkpoint), kafka)
    const queries = [await run()]
    let sent = 0
    const sending = setInterval(() => {
      for (let k = 0; k < 10; k++) kafka.send('in', record(sent++))
    }, 1)
    const reach = (n: number) =>
      vi.waitFor(() => expect(kafka.messages('out').length).toBeGreaterThan(n), { timeout: 5000 })
    await reach(100)
    queries.push(await run())
    await reach(300)
    queries.push(await run())
    await reach(500)
    await queries[0].stop()
    await kafka.rebalance('g')
    await reach(700)
    // An instance that was thrown out and does not know: its transactions are fenced.
    await kafka.evict('g', 0)
    await reach(900)
    clearInterval(sending)
    await vi.waitFor(() => expect(kafka.messages('out').length).toBeGreaterThanOrEqual(sent), { timeout: 5000 })
    await Promise.all(queries.map((query) => query.stop()))
    expect(ids(kafka)).toEqual(range(sent))
    expect(queries.map((query) => query.exception())).toEqual([null, null, null])
    expect(queries.every(({ recentProgress }) => recentProgress.length > 0)).toBe(true)
  })

  it('begins at the latest message, the same one after a restart', async () => {
    const kafka = broker()
    kafka.send('in', record(0), record(1))
    const checkpoint = fresh('c')
    const run = () => start(toKafka(doubled(messages({ startingOffsets: 'latest' })), checkpoint), kafka)
    const first = await run()
    await vi.waitFor(() => expect(kafka.committed.size).toBe(3))
    await first.stop()
    kafka.send('in', record(2))
    const second = await run()
    await vi.waitFor(() => expect(ids(kafka)).toEqual([2]))
    await second.stop()
  })

  it('reads no further ahead than a micro-batch', async () => {
    const kafka = broker()
    kafka.fetchSize = 10
    for (const id of range(3000)) kafka.send('in', record(id))
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const query = await start(
      messages({ maxOffsetsPerTrigger: 100 }).writeStream.foreachBatch(() => gate),
      kafka,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(kafka.delivered).toBeLessThanOrEqual(100 + 100 + 3 * 10)
    open()
    await vi.waitFor(() =>
      expect(query.recentProgress.reduce((sum, { numInputRows }) => sum + numInputRows, 0)).toBe(3000),
    )
    await query.stop()
  })

  it('refuses what is lost, unless told otherwise', async () => {
    const kafka = broker()
    const checkpoint = fresh('c')
    for (const id of range(30)) kafka.send('in', record(id))
    const run = async (options = {}) => {
      const query = await start(toKafka(doubled(messages(options)), checkpoint).trigger({ availableNow: true }), kafka)
      await query.awaitTermination()
    }
    await run()
    for (const id of range(30)) kafka.send('in', record(30 + id))
    kafka.truncate({ topic: 'in', partition: 0 }, 15)
    await expect(run()).rejects.toThrow(/in\[0\] are gone: offset 10 is wanted, 15 is the first.*failOnDataLoss/)
    await run({ failOnDataLoss: false })
    expect(ids(kafka)).toEqual(range(60).filter((id) => id % 3 !== 0 || id < 30 || id >= 45))
  })

  it('refuses frames that are no messages', async () => {
    const kafka = broker()
    const write = (frame: DataFrame, options = {}) => start(toKafka(frame, fresh('c'), options), kafka)
    await expect(write(messages().selectExpr('partition'))).rejects.toMatchObject({
      code: 'SCHEMA',
      message: expect.stringMatching(/no column "value"/),
    })
    await expect(write(messages().selectExpr('value', 'offset'))).rejects.toThrow(/a message has no "offset"/)
    await expect(write(messages().selectExpr('offset AS value'))).rejects.toThrow(/"value" is bigint/)
    await expect(write(messages().selectExpr('value'), { topick: 'x' })).rejects.toThrow(/no option "topick"/)
    await expect(write(messages({ 'kafka.bootstrap.server': 'x' }).selectExpr('value'))).rejects.toThrow(
      /Did you mean "kafka.bootstrap.servers"/,
    )
    await expect(write(messages({ startingOffsets: 'begin' }).selectExpr('value'))).rejects.toThrow(
      /earliest, latest, or JSON/,
    )
    const noTopic = messages()
      .selectExpr('value')
      .writeStream.format('kafka')
      .options({ [BROKERS]: 'x:1', checkpointLocation: fresh('c') })
    await expect(start(noTopic, kafka)).rejects.toThrow(/no topic is named/)
  })
})

describe('between Kafka and others', () => {
  it('reads the same messages again after a crash, with their topics, offsets, times and headers', async () => {
    const kafka = broker()
    for (const id of range(60)) kafka.send('in', record(id))
    const checkpoint = fresh('c')
    const seen: [number, Row[]][] = []
    let crash = true
    const run = async () => {
      const writer = messages({ maxOffsetsPerTrigger: 25, includeHeaders: true })
        .selectExpr('topic', 'partition', 'offset', 'CAST(timestamp AS LONG) AS time', 'size(headers) AS headers')
        .writeStream.option('checkpointLocation', checkpoint)
        .foreachBatch(async (batch, id) => {
          seen.push([id, await batch.orderBy('partition', 'offset').collect()])
          if (id === 1 && crash) throw new Error('killed')
        })
        .trigger({ availableNow: true })
      await (await start(writer, kafka)).awaitTermination()
    }
    await expect(run()).rejects.toThrow('killed')
    kafka.send('in', record(60))
    crash = false
    await run()
    const [, killed, again] = seen
    expect(again).toEqual(killed)
    const rows = seen.filter((_, k) => k !== 1).flatMap(([, batch]) => batch)
    expect(new Set(rows.map(({ partition, offset }) => `${partition}@${offset}`)).size).toBe(61)
    expect(rows).toHaveLength(61)
    expect(rows[0]).toEqual({ topic: 'in', partition: 0, offset: 0, time: 1, headers: 0 })
  })

  it('writes rows of other sources once, though a micro-batch comes again', async () => {
    const kafka = broker()
    const rides = new MemoryStream('id INT', { maxRowsPerTrigger: 10 })
    rides.addData(range(30).map((id) => ({ id })))
    const checkpoint = fresh('c')
    const writer = toKafka(rides.toDF().select(F.to_json(F.struct('id')).as('value')), checkpoint).trigger({
      availableNow: true,
    })
    let left = 2
    kafka.fate = ({ records }) => (records.length > 0 && left-- > 0 ? 'unanswered' : 'done')
    await (await start(writer, kafka)).awaitTermination()
    // As after a crash between the transaction and the commit of the checkpoint.
    const { rmSync } = await import('node:fs')
    rmSync(join(checkpoint, 'commits', '2'))
    rides.addData([{ id: 30 }])
    await (await start(writer, kafka)).awaitTermination()
    expect(ids(kafka)).toEqual(range(31))
  })

  it('sends dead letters of other sinks to a topic, once', async () => {
    const kafka = broker()
    for (const id of range(20)) kafka.send('in', id === 7 ? 'junk' : record(id))
    const frame = doubled(messages()).withColumnRenamed('value', 'answer')
    const writer = frame.writeStream
      .format('memory')
      .queryName('answers')
      .option('deadLetterTopic', 'refused')
      .trigger({ availableNow: true })
    await (await start(writer, kafka)).awaitTermination()
    expect(await defaultSession().table('answers').count()).toBe(19)
    expect(kafka.texts('refused')).toEqual(['junk'])
  })

  it('refuses answers that no broker takes, and gives rows their own topics, partitions and keys', async () => {
    const kafka = broker()
    kafka.create('other')
    const rides = new MemoryStream('topic STRING, partition INT, key STRING, value STRING')
    rides.addData([
      { topic: 'other', partition: 2, key: 'k', value: 'a' },
      { topic: 'out', partition: 0, key: null, value: 'x'.repeat(300) },
      { topic: null, partition: 0, key: null, value: 'b' },
    ])
    const writer = rides
      .toDF()
      .writeStream.format('kafka')
      .options({
        [BROKERS]: 'x:1',
        'kafka.max.request.size': 200,
        deadLetterTopic: 'refused',
        checkpointLocation: fresh('c'),
      })
    const query = await start(writer.trigger({ availableNow: true }), kafka)
    await query.awaitTermination()
    expect([kafka.texts('other'), kafka.texts('out'), query.lastProgress!.numBadRecords]).toEqual([['a'], [], 2])
    expect(Buffer.from(kafka.messages('other')[0].key!).toString()).toBe('k')
    expect(kafka.texts('refused').map((text) => JSON.parse(text).value.length)).toEqual([300, 1])
  })
})

describe('the connection', () => {
  const of = (options: Record<string, string>) =>
    connectionOf(new Map(Object.entries({ [BROKERS]: 'a:1, b:2', ...options })))

  it('is told by names of Kafka', () => {
    expect(of({})).toMatchObject({
      brokers: ['a:1', 'b:2'],
      compression: 'none',
      sessionTimeout: 10_000,
    })
    const jaas =
      'org.apache.kafka.common.security.scram.ScramLoginModule required username="rider" password="s3\\"cret";'
    expect(
      of({
        'kafka.security.protocol': 'SASL_SSL',
        'kafka.sasl.mechanism': 'SCRAM-SHA-512',
        'kafka.sasl.jaas.config': jaas,
        'kafka.ssl.truststore.certificates': 'PEM',
      }),
    ).toMatchObject({
      sasl: { mechanism: 'scram-sha-512', username: 'rider', password: 's3"cret' },
      tls: { ca: 'PEM', verifyName: true },
    })
  })

  it.each([
    [{ 'kafka.security.protocol': 'SASL_SSL' }, /sasl.jaas.config is missing/],
    [{ 'kafka.sasl.mechanism': 'PLAIN' }, /the protocol is PLAINTEXT/],
    [{ 'kafka.security.protocol': 'SSL', 'kafka.ssl.truststore.type': 'JKS' }, /Allowed: PEM/],
    [{ 'kafka.compression.type': 'brotli' }, /none, gzip, snappy, lz4, zstd/],
    [{ 'kafka.client': 'librdkafka' }, /kafkajs, platformatic/],
    [{ 'kafka.acks': '1' }, /need all acknowledgements/],
    [{ 'kafka.fetch.max.byte': '1' }, /Did you mean "kafka.fetch.max.bytes"/],
    [{ 'kafka.session.timeout.ms': 'soon' }, /whole number/],
  ])('refuses %o', (options, message) => {
    expect(() => of(options as Record<string, string>)).toThrow(message)
  })

  it('chooses the client, which may be missing', async () => {
    expect([of({}).client, of({ 'kafka.client': 'platformatic' }).client]).toEqual(['kafkajs', 'platformatic'])
    await expect(platformaticPort(of({}), '@platformatic/nothing')).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(
        /not installed.*npm install @platformatic\/nothing, or use kafka.client = kafkajs/,
      ),
    })
  })

  it('is by one client for a query', async () => {
    const writer = toKafka(doubled(messages({ 'kafka.client': 'platformatic' })), fresh('c'))
    await expect(start(writer, broker())).rejects.toThrow(/Give the option kafka.client to both/)
  })

  it('needs codecs that the client does not bring', async () => {
    await expect(kafkajsPort(of({ 'kafka.compression.type': 'snappy' }))).rejects.toThrow(/kafkajs-snappy/)
  })
})
