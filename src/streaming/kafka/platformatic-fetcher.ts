import { Signal } from '../signal.js'
import type { KafkaConnection } from './connection.js'
import {
  type Admin,
  type Broker,
  type ClientError,
  causesOf,
  type FetchApi,
  type FetchedPartition,
} from './platformatic-client.js'
import { type ConsumerOptions, keyOf, type TopicPartition } from './port.js'
import { endOf, messagesOf } from './record-batches.js'
import { backOff, TRIES } from './retrying.js'

/** A partition and where it is read. Another place is another object, so that late answers are known as such. */
interface Reading extends TopicPartition {
  offset: bigint
  /** Whether messages wait to be taken. */
  waiting: boolean
}

const OUT_OF_RANGE = 1
/** A fetch that others may wait behind ends sooner. */
const SHORT_WAIT = 25

/**
 * Reads partitions by the requests of `@platformatic/kafka`. Its own stream is not used: it hands on messages of transactions that were undone, where the mark of
 * that comes with a later answer or where a producer undid two in one answer.
 */
export class Fetcher {
  private readonly admin: Admin
  private readonly api: FetchApi
  private readonly connection: KafkaConnection
  private readonly options: Pick<ConsumerOptions, 'deliver' | 'passed' | 'failed'>
  private readings = new Map<string, Reading>()
  private readonly underWay = new Set<number>()
  private readonly wake = new Signal()
  private changed = false
  private failures = 0
  private stopped = false

  constructor(
    admin: Admin,
    api: FetchApi,
    connection: KafkaConnection,
    options: Pick<ConsumerOptions, 'deliver' | 'passed' | 'failed'>,
  ) {
    this.admin = admin
    this.api = api
    this.connection = connection
    this.options = options
  }

  /** Reads these partitions, and no others. */
  read(starts: ReadonlyMap<TopicPartition, bigint>): void {
    this.readings = new Map(
      Array.from(starts, ([{ topic, partition }, offset]) => [
        keyOf({ topic, partition }),
        { topic, partition, offset, waiting: false },
      ]),
    )
    this.news()
  }

  seek({ topic, partition }: TopicPartition, offset: bigint): void {
    const key = keyOf({ topic, partition })
    if (this.readings.has(key)) this.readings.set(key, { topic, partition, offset, waiting: false })
    this.news()
  }

  stop(): void {
    this.stopped = true
    this.read(new Map())
  }

  /** Runs until it is stopped, or cannot go on. */
  async run(): Promise<void> {
    while (!this.stopped) {
      this.changed = false
      try {
        await this.startFetches()
      } catch (error) {
        await this.failed(error)
      }
      if (!this.changed) await this.wake.wait(1000)
    }
  }

  private news(): void {
    this.changed = true
    this.wake.notify()
  }

  /** Asks each leader that is not asked yet. */
  private async startFetches(): Promise<void> {
    const ready = [...this.readings.values()].filter(({ waiting }) => !waiting)
    if (ready.length === 0) return
    const { topics, brokers } = await this.admin.metadata({ topics: [...new Set(ready.map(({ topic }) => topic))] })
    const byLeader = new Map<number, Map<string, Reading[]>>()
    for (const reading of ready) {
      const topic = topics.get(reading.topic)
      const leader = topic?.partitions[reading.partition]?.leader ?? -1
      if (!topic || leader < 0 || this.underWay.has(leader)) continue
      const readings = byLeader.get(leader) ?? new Map<string, Reading[]>()
      byLeader.set(leader, readings.set(topic.id, [...(readings.get(topic.id) ?? []), reading]))
    }
    for (const [leader, readings] of byLeader) {
      const broker = brokers.get(leader)
      if (!broker) continue
      this.underWay.add(leader)
      void this.fetch(broker, readings)
        .catch((error) => this.failed(error))
        .finally(() => {
          this.underWay.delete(leader)
          this.news()
        })
    }
  }

  private async fetch(broker: Broker, byTopic: ReadonlyMap<string, readonly Reading[]>): Promise<void> {
    const { fetchMaxWait, fetchMinBytes, fetchMaxBytes, maxPartitionFetchBytes, readUncommitted } = this.connection
    const isWaiting = [...this.readings.values()].some(({ waiting }) => waiting)
    const asked = new Map<string, { readonly reading: Reading; readonly from: bigint }>()
    const topics = Array.from(byTopic, ([topicId, readings]) => ({
      topicId,
      partitions: readings.map((reading) => {
        asked.set(`${topicId}[${reading.partition}]`, { reading, from: reading.offset })
        return {
          partition: reading.partition,
          currentLeaderEpoch: -1,
          fetchOffset: reading.offset,
          lastFetchedEpoch: -1,
          partitionMaxBytes: maxPartitionFetchBytes,
        }
      }),
    }))
    const { responses } = await this.api
      .async(
        await this.admin.connections.get(broker),
        isWaiting ? Math.min(SHORT_WAIT, fetchMaxWait) : fetchMaxWait,
        fetchMinBytes,
        fetchMaxBytes,
        readUncommitted ? 0 : 1,
        0,
        // No session that the broker would have to keep.
        -1,
        topics,
        [],
        '',
      )
      .catch((error: ClientError) => {
        // Errors of single partitions stand in the answer.
        if (error.response && error.response.errorCode === 0) return error.response
        throw error
      })
    for (const { topicId, partitions } of responses) {
      for (const partition of partitions) {
        const question = asked.get(`${topicId}[${partition.partitionIndex}]`)
        if (question) await this.take(question.reading, question.from, partition)
      }
    }
  }

  private async take(reading: Reading, from: bigint, answer: FetchedPartition): Promise<void> {
    const isCurrent = (): boolean => this.readings.get(keyOf(reading)) === reading && reading.offset === from
    if (!isCurrent()) return
    const { topic, partition } = reading
    if (answer.errorCode === OUT_OF_RANGE) {
      const [{ partitions }] = await this.admin.listOffsets({
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp: -2n }] }],
      })
      if (isCurrent()) reading.offset = partitions[0].offset
      return
    }
    if (answer.errorCode !== 0) throw new Error(`${keyOf(reading)} cannot be read: error ${answer.errorCode} of Kafka`)
    this.failures = 0
    const batches = answer.records ?? []
    if (batches.length === 0) return
    const next = endOf(batches)
    const messages = messagesOf(batches, from, answer.abortedTransactions ?? [])
    reading.offset = next
    if (messages.length === 0) {
      this.options.passed({ topic, partition }, next)
      return
    }
    const taking = this.options.deliver({ topic, partition, messages, from, next, high: answer.highWatermark })
    if (!taking) return
    reading.waiting = true
    void taking.then(() => {
      reading.waiting = false
      this.news()
    })
  }

  private async failed(error: unknown): Promise<void> {
    if (this.stopped) return
    this.admin.clearMetadata()
    const denied = [...causesOf(error)].some(({ apiId }) => apiId?.includes('AUTHORIZATION'))
    if (denied || ++this.failures > TRIES) {
      this.options.failed(error as Error)
      this.stop()
      return
    }
    await backOff(this.failures)
  }
}
