import type {
  Admin,
  Consumer,
  EachBatchPayload,
  IHeaders,
  Kafka,
  Message as KafkaMessage,
  Producer,
  SASLOptions,
} from 'kafkajs'
import { EngineError, UnsupportedError } from '../../errors.js'
import { optionalPackage } from '../../util/optional-package.js'
import { pause } from '../signal.js'
import type { KafkaConnection } from './connection.js'
import {
  type ConsumerOptions,
  FATAL,
  type Headers,
  type KafkaPort,
  keyOf,
  type OutgoingRecord,
  type PartitionOffsets,
  type PortConsumer,
  type PortProducer,
  type TopicPartition,
  type Transaction,
} from './port.js'
import { chunks } from './record-size.js'
import { patiently, Sockets } from './sockets.js'

type Client = typeof import('kafkajs')

const loadClient = (): Promise<Client> =>
  optionalPackage(
    () => import('kafkajs'),
    (cause) =>
      new EngineError('the package kafkajs is not installed', {
        stage: 'kafka',
        cause,
        hint: 'Install it: npm install kafkajs',
      }),
  )

const CODECS: Readonly<Record<KafkaConnection['compression'], number>> = {
  none: 0,
  gzip: 1,
  snappy: 2,
  lz4: 3,
  zstd: 4,
}
const PLUGINS: Readonly<Record<string, string>> = {
  snappy: 'kafkajs-snappy',
  lz4: 'kafkajs-lz4',
  zstd: '@kafkajs/zstd',
}

/** Codecs that need a package of their own raise an error where it was not registered. */
function hasCodec({ CompressionCodecs }: Client, codec: number): boolean {
  if (codec === 0) return true
  try {
    return (CompressionCodecs as Readonly<Record<number, () => unknown>>)[codec]() !== undefined
  } catch {
    return false
  }
}

const isFatal = (error: unknown): boolean => {
  for (
    let at = error as { type?: string; name?: string; cause?: unknown } | undefined;
    at;
    at = at.cause as typeof at
  ) {
    if (
      FATAL.test(at.type ?? '') ||
      at.name === 'KafkaJSSASLAuthenticationError' ||
      at.name === 'KafkaJSNotImplemented'
    )
      return true
  }
  return false
}

const headersOf = (headers: IHeaders | undefined): Headers =>
  Object.entries(headers ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item): Headers[number] => [
      name,
      item === undefined ? null : Buffer.from(item),
    ]),
  )

const toHeaders = (headers: Headers | undefined): IHeaders => {
  const result: Record<string, Buffer[]> = {}
  for (const [name, value] of headers ?? []) {
    result[name] ??= []
    result[name].push(Buffer.from(value ?? new Uint8Array()))
  }
  return result
}

const buffer = (bytes: Uint8Array | null): Buffer | null =>
  bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Partitions by topic, as the client wants them. */
function byTopic<T extends TopicPartition, R>(
  items: readonly T[],
  map: (item: T) => R,
): { topic: string; partitions: R[] }[] {
  const topics = new Map<string, R[]>()
  for (const item of items) topics.set(item.topic, [...(topics.get(item.topic) ?? []), map(item)])
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
}

/** The port over kafkajs. @throws EngineError where it, or the package of a compression, is not installed. */
export async function kafkajsPort(connection: KafkaConnection): Promise<KafkaPort> {
  const client = await loadClient()
  const { tls, sasl, compression } = connection
  const codec = CODECS[compression]
  if (!hasCodec(client, codec)) {
    throw new UnsupportedError(`kafkajs has no codec for ${compression}`, {
      stage: 'kafka',
      param: 'kafka.compression.type',
      hint: `Install ${PLUGINS[compression]} and register it with CompressionCodecs, or use gzip`,
    })
  }
  const sockets = new Sockets()
  const kafka = new client.Kafka({
    socketFactory: sockets.connect,
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    ...(tls
      ? {
          ssl: {
            ca: tls.ca,
            key: tls.key,
            cert: tls.cert,
            passphrase: tls.passphrase,
            ...(tls.verifyName ? {} : { checkServerIdentity: () => undefined }),
          },
        }
      : {}),
    ...(sasl ? { sasl: sasl as SASLOptions } : {}),
    requestTimeout: connection.requestTimeout,
    // Errors come as exceptions; what the client tries again by itself is no news.
    logLevel: client.logLevel.NOTHING,
    retry: { initialRetryTime: 100, maxRetryTime: 5000, retries: 12 },
  })
  const admin = kafka.admin()
  await admin.connect().catch((cause: Error) => {
    throw new EngineError(`Kafka cannot be reached: ${cause.message}`, {
      stage: 'kafka',
      param: 'kafka.bootstrap.servers',
      received: connection.brokers.join(','),
      cause,
    })
  })
  return {
    name: 'kafkajs',
    topics: () => admin.listTopics(),
    offsets: (topics) => topicOffsets(admin, topics),
    async offsetsAt(topic, timestamp) {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, timestamp)
      return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]))
    },
    async committed(groupId, topics) {
      const found = await admin.fetchOffsets({ groupId, topics: [...topics] })
      return new Map(
        found.flatMap(({ topic, partitions }) =>
          partitions
            .filter(({ offset }) => BigInt(offset) >= 0n)
            .map(({ partition, offset }): [string, bigint] => [keyOf({ topic, partition }), BigInt(offset)]),
        ),
      )
    },
    consumer: (options) => consume(kafka, connection, options),
    async producer(transactionalId) {
      const producer = kafka.producer({
        transactionalId,
        idempotent: true,
        maxInFlightRequests: 1,
        transactionTimeout: connection.transactionTimeout,
        createPartitioner: client.Partitioners.DefaultPartitioner,
        // A transaction can begin only some milliseconds after the one before was committed.
        retry: { initialRetryTime: 5, maxRetryTime: 5000, retries: 16 },
      })
      try {
        await producer.connect()
        // The id is claimed by the first transaction.
        await (await producer.transaction()).abort()
      } catch (error) {
        await producer.disconnect().catch(() => {})
        throw error
      }
      return transactional(producer, codec, connection.maxRequestSize)
    },
    isFatal,
    async close() {
      await patiently(admin.disconnect()).finally(() => sockets.cut())
    },
  }
}

async function topicOffsets(admin: Admin, topics: readonly string[]): Promise<PartitionOffsets[]> {
  const all = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
        topic,
        partition,
        low: BigInt(low),
        high: BigInt(high),
      })),
    ),
  )
  return all.flat()
}

function transactional(producer: Producer, compression: number, maxBytes: number): PortProducer {
  return {
    async commit({ records, offsets }: Transaction) {
      const transaction = await producer.transaction()
      try {
        for (const some of chunks(records, maxBytes)) {
          await transaction.sendBatch({ topicMessages: messagesOf(some), acks: -1, compression })
        }
        if (offsets) {
          await transaction.sendOffsets({
            consumerGroupId: offsets.groupId,
            topics: byTopic(offsets.positions, ({ partition, offset }) => ({ partition, offset: String(offset) })),
          })
        }
        await transaction.commit()
      } catch (error) {
        // What is not aborted now is so by the next producer of the id.
        await transaction.abort().catch(() => {})
        throw error
      }
    },
    close: () => patiently(producer.disconnect()),
  }
}

function messagesOf(records: readonly OutgoingRecord[]): { topic: string; messages: KafkaMessage[] }[] {
  const topics = new Map<string, KafkaMessage[]>()
  for (const { topic, partition, key, value, headers } of records) {
    const messages = topics.get(topic) ?? []
    topics.set(topic, messages)
    messages.push({
      key: buffer(key),
      value: buffer(value),
      ...(partition === undefined ? {} : { partition }),
      ...(headers ? { headers: toHeaders(headers) } : {}),
    })
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }))
}

/** Milliseconds between two signs of life while a delivery waits. */
const BEAT = 500

async function consume(kafka: Kafka, connection: KafkaConnection, options: ConsumerOptions): Promise<PortConsumer> {
  const consumer = kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: connection.sessionTimeout,
    heartbeatInterval: connection.heartbeatInterval,
    maxWaitTimeInMs: connection.fetchMaxWait,
    minBytes: connection.fetchMinBytes,
    maxBytes: connection.fetchMaxBytes,
    maxBytesPerPartition: connection.maxPartitionFetchBytes,
    readUncommitted: connection.readUncommitted,
    retry: { initialRetryTime: 100, maxRetryTime: 5000, retries: 12, restartOnFailure: async () => !stopping },
  })
  let stopping = false
  let generation = 0
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    generation++
    const partitions = Object.entries(memberAssignment).flatMap(([topic, numbers]) =>
      numbers.map((partition): TopicPartition => ({ topic, partition })),
    )
    // Nothing is read before it is known from where.
    consumer.pause(byTopic(partitions, ({ partition }) => partition))
    void begin(consumer, options, partitions, generation, () => generation)
  })
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
    if (batchSize === 0) options.passed({ topic, partition }, BigInt(lastOffset) + 1n)
  })
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (!restart || isFatal(error)) options.failed(error)
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload) => hand(payload, options),
    })
  } catch (error) {
    stopping = true
    await consumer.disconnect().catch(() => {})
    throw error
  }
  return {
    seek: ({ topic, partition }, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    async stop() {
      stopping = true
      await patiently(consumer.disconnect())
    },
  }
}

async function begin(
  consumer: Consumer,
  options: ConsumerOptions,
  partitions: readonly TopicPartition[],
  generation: number,
  current: () => number,
): Promise<void> {
  try {
    const starts = await options.assigned(partitions)
    if (current() !== generation) return
    for (const { topic, partition } of partitions) {
      const offset = starts.get(keyOf({ topic, partition }))
      if (offset !== undefined) consumer.seek({ topic, partition, offset: String(offset) })
    }
    consumer.resume(byTopic(partitions, ({ partition }) => partition))
  } catch (error) {
    if (current() === generation) options.failed(error as Error)
  }
}

/** Gives messages on, with signs of life until they are taken. */
async function hand(
  { batch, heartbeat, isStale, isRunning }: EachBatchPayload,
  options: ConsumerOptions,
): Promise<void> {
  if (isStale() || !isRunning()) return
  const { topic, partition } = batch
  const messages = batch.messages.map(({ offset, timestamp, key, value, headers }) => ({
    offset: BigInt(offset),
    timestamp: Number(timestamp),
    key,
    value,
    headers: headersOf(headers),
  }))
  const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string }
  const delivery = {
    topic,
    partition,
    messages,
    from: BigInt(fetchedOffset),
    next: BigInt(batch.lastOffset()) + 1n,
    high: BigInt(batch.highWatermark),
  }
  let taken = false
  const taking = options.deliver(delivery)?.then(() => {
    taken = true
  })
  if (!taking) return
  while (!taken) {
    await Promise.race([taking, pause(BEAT)])
    if (taken || !isRunning()) return
    try {
      await heartbeat()
    } catch (error) {
      // The group is to be divided anew: what is under way may end, the rest comes again.
      await options.revoking()
      throw error
    }
  }
}
