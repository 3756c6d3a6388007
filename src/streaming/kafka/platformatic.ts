import { EngineError, RidgelineError, UnsupportedError } from '../../errors.js'
import { optionalPackage } from '../../util/optional-package.js'
import type { KafkaConnection } from './connection.js'
import {
  type Admin,
  type ClientMessage,
  causesOf,
  fetchApi,
  type GroupPlace,
  type PlatformaticKafka,
  type Producer,
} from './platformatic-client.js'
import { Fetcher } from './platformatic-fetcher.js'
import {
  type ConsumerOptions,
  FATAL,
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
import { backOff, TRIES } from './retrying.js'

/** Loads the package. The type of its name keeps the compiler from looking for it: it is no dependency. */
const loadClient = (name: string): Promise<PlatformaticKafka> =>
  optionalPackage(
    () => import(name) as Promise<PlatformaticKafka>,
    (cause) =>
      new EngineError(`the package ${name} is not installed`, {
        stage: 'kafka',
        param: 'kafka.client',
        cause,
        hint: `Install it: npm install ${name}, or use kafka.client = kafkajs`,
      }),
  )

const FATAL_CODES = ['PLT_KFK_AUTHENTICATION', 'PLT_KFK_UNSUPPORTED_API', 'PLT_KFK_UNSUPPORTED_COMPRESSION']

const isFatal = (error: unknown): boolean =>
  [...causesOf(error)].some(
    (one) => one instanceof RidgelineError || FATAL.test(one.apiId ?? '') || FATAL_CODES.includes(one.code as string),
  )

/** What was first: the client's own words for several errors tell little. */
const reasonOf = (error: Error): string => [...causesOf(error)].at(-1)?.message ?? error.message

/** Tries again after 5 ms, then twice as long each time: a transaction can begin only some milliseconds after the one before. */
const retryDelay = (_client: unknown, _operation: string, attempt: number): number =>
  Math.min(2500, 5 * 2 ** Math.min(attempt, 10))

function settingsOf({ brokers, clientId, tls, sasl, requestTimeout }: KafkaConnection): Record<string, unknown> {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    requestTimeout,
    retries: 12,
    retryDelay,
    ...(tls
      ? {
          tls: {
            ca: tls.ca,
            key: tls.key,
            cert: tls.cert,
            passphrase: tls.passphrase,
            ...(tls.verifyName ? {} : { checkServerIdentity: () => undefined }),
          },
        }
      : {}),
    ...(sasl
      ? { sasl: { mechanism: sasl.mechanism.toUpperCase(), username: sasl.username, password: sasl.password } }
      : {}),
  }
}

/**
 * The port over `@platformatic/kafka`.
 * @param name of the package.
 * @throws EngineError where it is not installed, or no broker is reached; UnsupportedError for a compression that it lacks.
 */
export async function platformaticPort(connection: KafkaConnection, name = '@platformatic/kafka'): Promise<KafkaPort> {
  const client = await loadClient(name)
  const { compression } = connection
  if (!client.compressionsAlgorithms[compression]?.available) {
    throw new UnsupportedError(`${name} has no codec for ${compression} here`, {
      stage: 'kafka',
      param: 'kafka.compression.type',
      hint: 'zstd needs Node 22.15 or newer; or use gzip, snappy or lz4',
    })
  }
  const settings = settingsOf(connection)
  await reach(client, connection)
  const admin = new client.Admin(settings)
  return {
    name: 'platformatic',
    topics: () => admin.listTopics(),
    offsets: (topics) => topicOffsets(admin, topics),
    async offsetsAt(topic, timestamp) {
      const [found, ends] = [
        await offsetsBy(admin, [topic], BigInt(timestamp)),
        await offsetsBy(admin, [topic], LATEST),
      ]
      // None is so late: -1.
      return new Map(found.map((one, k) => [one.partition, one.offset < 0n ? ends[k].offset : one.offset] as const))
    },
    async committed(groupId, topics) {
      const partitions = await partitionsOf(admin, topics)
      const asked = [...partitions].map(([topic, count]) => ({
        name: topic,
        partitionIndexes: Array.from({ length: count }, (_, k) => k),
      }))
      const groups = await admin.listConsumerGroupOffsets({
        groups: [{ groupId, topics: asked }],
        requireStable: true,
      })
      return new Map(
        groups.flatMap((group) =>
          group.topics.flatMap(({ name: topic, partitions: found }) =>
            found
              .filter(({ committedOffset }) => committedOffset >= 0n)
              .map(({ partitionIndex, committedOffset }): [string, bigint] => [
                keyOf({ topic, partition: partitionIndex }),
                committedOffset,
              ]),
          ),
        ),
      )
    },
    consumer: (options) => consume(client, connection, options),
    async producer(transactionalId) {
      const producer = new client.Producer({
        ...settings,
        transactionalId,
        idempotent: true,
        timeout: connection.transactionTimeout,
      })
      try {
        // The client asks for an id 0 of its own otherwise, which brokers refuse where another producer had this transactional id.
        const claim = await producer.beginTransaction({ producerId: -1n, producerEpoch: -1 })
        await claim.cancel()
      } catch (error) {
        await producer.close().catch(() => {})
        throw error
      }
      return transactional(client, admin, producer, connection)
    },
    isFatal,
    close: () => admin.close(),
  }
}

/** Waits for a broker. The client's own tries would not end at a wrong password. @throws EngineError. */
async function reach(client: PlatformaticKafka, connection: KafkaConnection): Promise<void> {
  const admin = new client.Admin({ ...settingsOf(connection), retries: 0 })
  try {
    for (let failures = 0; ; failures++) {
      try {
        await admin.metadata({ topics: [] })
        return
      } catch (error) {
        if (isFatal(error) || failures >= TRIES) throw error
        await backOff(failures)
      }
    }
  } catch (cause) {
    throw new EngineError(`Kafka cannot be reached: ${reasonOf(cause as Error)}`, {
      stage: 'kafka',
      param: 'kafka.bootstrap.servers',
      received: connection.brokers.join(','),
      cause,
    })
  } finally {
    await admin.close().catch(() => {})
  }
}

const EARLIEST = -2n
const LATEST = -1n

/** How many partitions topics have. */
async function partitionsOf(admin: Pick<Admin, 'metadata'>, topics: readonly string[]): Promise<Map<string, number>> {
  const found = (await admin.metadata({ topics: [...topics] })).topics
  return new Map(topics.map((topic) => [topic, found.get(topic)?.partitions.length ?? 0]))
}

/** Offsets of a time, in the order of topics and partitions. */
async function offsetsBy(
  admin: Admin,
  topics: readonly string[],
  timestamp: bigint,
): Promise<(TopicPartition & { readonly offset: bigint })[]> {
  const counts = await partitionsOf(admin, topics)
  const found = await admin.listOffsets({
    topics: Array.from(counts, ([name, count]) => ({
      name,
      partitions: Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp })),
    })),
  })
  return [...counts.keys()].flatMap((topic) =>
    found
      .flatMap(({ name, partitions }) => (name === topic ? partitions : []))
      .sort((a, b) => a.partitionIndex - b.partitionIndex)
      .map(({ partitionIndex, offset }) => ({ topic, partition: partitionIndex, offset })),
  )
}

async function topicOffsets(admin: Admin, topics: readonly string[]): Promise<PartitionOffsets[]> {
  const [lows, highs] = [await offsetsBy(admin, topics, EARLIEST), await offsetsBy(admin, topics, LATEST)]
  return lows.map(({ topic, partition, offset }, k) => ({ topic, partition, low: offset, high: highs[k].offset }))
}

function transactional(
  client: PlatformaticKafka,
  admin: Admin,
  producer: Producer,
  { compression, maxRequestSize }: KafkaConnection,
): PortProducer {
  // After an error the client would claim the id anew by itself, and so fence who has it by now.
  let lost = false
  const places = new Map<string, GroupPlace>()
  const placeOf = async (groupId: string): Promise<GroupPlace> => {
    const [{ nodeId }] = await admin.findCoordinator({ keyType: 0, keys: [groupId] })
    return { groupId, generationId: -1, memberId: '', coordinatorId: nodeId }
  }
  return {
    async commit({ records, offsets }: Transaction) {
      if (lost) throw new Error('the producer has failed before, and is not used again')
      lost = true
      await checkPartitions(producer, records)
      const place = offsets && (places.get(offsets.groupId) ?? (await placeOf(offsets.groupId)))
      if (place) places.set(place.groupId, place)
      const transaction = await producer.beginTransaction()
      try {
        for (const some of chunks(records, maxRequestSize)) {
          await transaction.send({
            messages: some.map(messageOf),
            acks: -1,
            compression,
            partitioner: client.compatibilityPartitioner,
          })
        }
        if (place) {
          await transaction.addConsumer(place)
          // One after the other: the client takes calls at the same time for one.
          for (const { topic, partition, offset } of offsets?.positions ?? []) {
            await transaction.addOffset({ topic, partition, offset: offset - 1n, metadata: { consumer: place } })
          }
        }
        await (records.length === 0 && !place ? transaction.cancel() : transaction.commit())
        lost = false
      } catch (error) {
        // What is not aborted now is so by the next producer of the id.
        await transaction.abort().catch(() => {})
        throw error
      }
    },
    close: () => producer.close(),
  }
}

/** @throws EngineError for partitions that a topic does not have: the client would send to another one. */
async function checkPartitions(producer: Producer, records: readonly OutgoingRecord[]): Promise<void> {
  const chosen = records.filter(({ partition }) => partition !== undefined)
  if (chosen.length === 0) return
  const counts = await partitionsOf(producer, [...new Set(chosen.map(({ topic }) => topic))])
  for (const { topic, partition = 0 } of chosen) {
    const count = counts.get(topic) ?? 0
    if (partition >= 0 && partition < count) continue
    throw new EngineError(`the topic ${topic} has no partition ${partition}`, {
      stage: 'writeStream',
      column: 'partition',
      received: String(partition),
      allowed: `Allowed: 0 to ${count - 1}`,
    })
  }
}

const buffer = (bytes: Uint8Array | null): Buffer | null =>
  bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const messageOf = ({ topic, partition, key, value, headers }: OutgoingRecord): ClientMessage => ({
  topic,
  key: buffer(key),
  value: buffer(value),
  ...(partition === undefined ? {} : { partition }),
  // A name may come more than once: keys of a map that are buffers differ.
  ...(headers ? { headers: new Map(headers.map(([name, bytes]) => [Buffer.from(name), buffer(bytes)])) } : {}),
})

/** Signs of life in a row that fail before the group is joined anew. */
const LOST_BEATS = 3

async function consume(
  client: PlatformaticKafka,
  connection: KafkaConnection,
  options: ConsumerOptions,
): Promise<PortConsumer> {
  const settings = settingsOf(connection)
  const rebalanceTimeout = Math.max(connection.sessionTimeout, 20_000)
  // Requests for messages wait at the broker, and would hold up those of the group on the same connection.
  const reader = new client.Admin(settings)
  const member = new client.Consumer({
    ...settings,
    groupId: options.groupId,
    sessionTimeout: connection.sessionTimeout,
    heartbeatInterval: connection.heartbeatInterval,
    rebalanceTimeout,
    requestTimeout: Math.max(connection.requestTimeout, rebalanceTimeout + 5000),
  })
  let fetcher: Fetcher | undefined
  const close = async (): Promise<void> => {
    fetcher?.stop()
    await reader.close().catch(() => {})
    // A member that cannot say goodbye is missed soon.
    await member.close(true).catch(() => member.connections.close())
  }
  try {
    const api = await fetchApi(client, reader)
    if (!api) {
      throw new UnsupportedError('the brokers are older than Kafka 3.1', {
        stage: 'kafka',
        param: 'kafka.client',
        hint: 'Use kafka.client = kafkajs',
      })
    }
    fetcher = new Fetcher(reader, api, connection, options)
    follow(member, fetcher, options)
    member.topics.trackAll(...options.topics)
    await member.joinGroup()
  } catch (error) {
    await close()
    throw error
  }
  void fetcher.run()
  const { seek } = Fetcher.prototype
  return { seek: seek.bind(fetcher), stop: close }
}

interface Joined {
  readonly assignments?: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
}

/** Reads what the group gives this member. */
function follow(
  member: { on(event: string, listener: (payload: never) => void): unknown },
  fetcher: Fetcher,
  options: ConsumerOptions,
): void {
  let generation = 0
  let lostBeats = 0
  member.on('consumer:group:rebalance', () => {
    generation++
    fetcher.read(new Map())
    // The client joins at once. Who is given a partition fences this instance: what is under way ends or is undone.
    void options.revoking().catch(() => {})
  })
  member.on('consumer:group:join', ({ assignments = [] }: Joined) => {
    const current = ++generation
    const partitions = assignments.flatMap(({ topic, partitions: numbers }) =>
      numbers.map((partition): TopicPartition => ({ topic, partition })),
    )
    // Nothing is read before it is known from where.
    fetcher.read(new Map())
    options.assigned(partitions).then(
      (starts) => {
        if (current !== generation) return
        const known = partitions.flatMap((one): [TopicPartition, bigint][] => {
          const start = starts.get(keyOf(one))
          return start === undefined ? [] : [[one, start]]
        })
        fetcher.read(new Map(known))
      },
      (error: Error) => {
        if (current === generation) options.failed(error)
      },
    )
  })
  member.on('consumer:heartbeat:end', () => {
    lostBeats = 0
  })
  member.on('consumer:heartbeat:error', ({ error }: { readonly error: Error }) => {
    if (++lostBeats === LOST_BEATS) options.failed(error)
  })
  member.on('error', (error: Error) => options.failed(error))
}
