import { EngineError } from '../../errors.js'
import type { RawRecord, ReadRequest, SourceBatch, SourceLog, StreamSource } from '../../sql/stream-source.js'
import type { Json, StructType } from '../../sql/types.js'
import { type Claims, rangeError } from './claims.js'
import { MessageQueue, merged, type Taken } from './message-queue.js'
import { messageTable, type Part } from './message-table.js'
import {
  type ConsumerOptions,
  type Delivery,
  type KafkaPort,
  keyOf,
  type PortConsumer,
  type TopicPartition,
} from './port.js'
import { backOff, retrying, TRIES } from './retrying.js'
import { fromOffset, type KafkaSourceOptions, toOffset } from './source-options.js'
import { startingOffsets } from './starting.js'

/** Messages that wait for a micro-batch, and those of one, unless the options say otherwise. */
const MOST = 10_000

/** Rows of Kafka messages, which know their partitions. */
export interface KafkaBatch extends SourceBatch {
  readonly parts: readonly Part[]
}

/** What a source of messages works with. */
export interface KafkaSourceParts {
  readonly port: KafkaPort
  readonly options: KafkaSourceOptions
  readonly schema: StructType
  readonly groupId: string
  readonly log: SourceLog
  /** Where the group keeps the offsets, and the partitions are shared; the checkpoint does it where they are not given. */
  readonly claims?: Claims
}

/** Messages of topics (Spark's Kafka source). */
export class KafkaSource implements StreamSource {
  readonly description: string
  private readonly parts: KafkaSourceParts
  private readonly queue: MessageQueue
  private consumer: PortConsumer | undefined
  /** Offset of the next message of each partition to be delivered. */
  private readonly expected = new Map<string, bigint>()
  /** Offset of the next message to be part of a micro-batch. */
  private readonly positions = new Map<string, bigint>()
  /** Offset up to which no messages are left. */
  private readonly reached = new Map<string, bigint>()
  /** Offset at which the partition ends, as far as it is known. */
  private readonly ends = new Map<string, bigint>()
  private bounds: ReadonlyMap<string, bigint> | undefined
  /** The partitions of this instance, each with the number of the assignment that it came by. */
  private owned = new Map<string, number>()
  private claim = 0
  private replaying = false
  private failure: Error | undefined
  /** How often the client gave up since it gave the last messages. */
  private failures = 0
  private stopped = false

  constructor(parts: KafkaSourceParts) {
    this.parts = parts
    const { pattern, topics, maxOffsets } = parts.options
    this.queue = new MessageQueue(maxOffsets ?? MOST)
    this.description = pattern ? `KafkaV2[SubscribePattern[${pattern}]]` : `KafkaV2[Subscribe[${topics.join(', ')}]]`
  }

  async next({ from, wait, signal }: ReadRequest): Promise<KafkaBatch | undefined> {
    await this.start(from)
    await this.queue.news(wait, signal)
    if (this.failure) throw this.failure
    if (this.queue.size === 0) return undefined
    const start = toOffset(this.positions)
    const taken = this.take()
    const more = this.parts.options.maxOffsets === undefined && this.queue.size > 0
    return { ...this.batchOf(taken, start, toOffset(this.positions)), more }
  }

  /** The messages between two offsets. @throws EngineError where they are gone. */
  async replay(from: Json, to: Json): Promise<SourceBatch> {
    const starts = from === null ? await this.initial() : fromOffset(from)
    const ends = fromOffset(to)
    await this.start(toOffset(starts))
    const isBehind = (): boolean => [...ends].some(([key, end]) => (this.positions.get(key) ?? end) < end)
    const takes: Taken[] = []
    this.replaying = true
    for (;;) {
      if (this.failure) throw this.failure
      takes.push(this.take(new Map([...starts, ...ends])))
      if (!isBehind()) break
      await this.queue.more(1000)
    }
    this.replaying = false
    return this.batchOf(merged(takes), toOffset(starts), to)
  }

  latest(): Json {
    return toOffset(this.ends)
  }

  lag(): ReadonlyMap<string, number> {
    const own = [...this.ends].filter(([key]) => this.owned.has(key))
    return new Map(own.map(([key, end]) => [key, Math.max(0, Number(end - (this.positions.get(key) ?? end)))]))
  }

  async bound(): Promise<void> {
    const { port } = this.parts
    const offsets = await retrying(port, async () => port.offsets(await this.topics()))
    this.bounds = new Map(offsets.map((one) => [keyOf(one), one.high]))
  }

  exhausted(): boolean {
    const keys = [...this.owned.keys()]
    return keys.length > 0 && keys.every((key) => this.end(key) >= (this.bounds?.get(key) ?? 0n))
  }

  /** Whether messages are still this instance's to answer: the partition was neither given away nor claimed anew. */
  holds(part: Part): boolean {
    return this.owned.get(keyOf(part)) === part.claim
  }

  /** Lets messages of a partition come again from what is committed. */
  async again(partition: TopicPartition): Promise<void> {
    const { claims } = this.parts
    const key = keyOf(partition)
    if (!this.owned.has(key) || !claims) return
    const claim = ++this.claim
    this.owned.set(key, claim)
    const start = await claims.claim(partition)
    // It may have been given away meanwhile.
    if (this.owned.get(key) !== claim) return
    this.begin(key, start)
    this.queue.drop(key)
    this.consumer?.seek(partition, start)
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.owned = new Map()
    this.queue.close()
    await this.consumer?.stop()
    await this.parts.claims?.close()
    await this.parts.port.close()
  }

  /** Topics that are read. */
  async topics(): Promise<readonly string[]> {
    const { topics, pattern } = this.parts.options
    if (pattern === undefined) return topics
    const matcher = new RegExp(`^(?:${pattern})$`)
    return (await this.parts.port.topics()).filter((topic) => matcher.test(topic) && !topic.startsWith('__'))
  }

  private async start(from: Json): Promise<void> {
    if (this.consumer) return
    const { port, groupId, claims, options } = this.parts
    const topics = await retrying(port, () => this.topics())
    if (topics.length === 0) throw new EngineError(`no topic matches ${options.pattern}`, { stage: 'readStream' })
    if (!claims) {
      const starts = from === null ? await retrying(port, () => this.initial()) : fromOffset(from)
      for (const [key, offset] of starts) this.positions.set(key, offset)
    }
    const settings: ConsumerOptions = {
      groupId,
      topics,
      assigned: (partitions) => this.assigned(partitions),
      revoking: () => this.revoking(),
      deliver: (delivery) => this.deliver(delivery),
      passed: (partition, next) => {
        this.reached.set(keyOf(partition), next)
      },
      failed: (error) => void this.restart(settings, error),
    }
    this.consumer = await retrying(port, () => port.consumer(settings))
  }

  /** Joins the group anew where the client has given up, as it does while brokers are away for long. */
  private async restart(settings: ConsumerOptions, cause: Error): Promise<void> {
    const { port } = this.parts
    if (cause instanceof EngineError) return this.fail(cause)
    if (port.isFatal(cause) || ++this.failures > TRIES) {
      return this.fail(new EngineError(`Kafka cannot be read: ${cause.message}`, { stage: 'readStream', cause }))
    }
    const claim = ++this.claim
    this.owned = new Map()
    this.queue.drop()
    await this.consumer?.stop().catch(() => {})
    await backOff(this.failures)
    if (this.stopped || claim !== this.claim) return
    try {
      this.consumer = await retrying(
        port,
        () => port.consumer(settings),
        () => !this.stopped,
      )
    } catch (error) {
      this.fail(error as EngineError)
    }
  }

  /** Where the first run begins; kept, so that a run which ends before its first micro-batch changes nothing. */
  private async initial(): Promise<Map<string, bigint>> {
    const { log, port, options } = this.parts
    const kept = await log.read(0)
    if (kept !== undefined) return fromOffset(JSON.parse(kept) as Json)
    const starts = await startingOffsets(port, await this.topics(), options)
    await log.write(0, JSON.stringify(toOffset(starts)))
    return starts
  }

  private async assigned(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>> {
    const { claims } = this.parts
    const claim = ++this.claim
    this.owned = new Map()
    this.queue.drop()
    const find = () => (claims ? claims.assign(partitions) : this.ownPositions(partitions))
    const starts = await retrying(this.parts.port, find, () => claim === this.claim)
    if (claim !== this.claim) return starts
    if (claims) this.positions.clear()
    for (const [key, start] of starts) this.begin(key, start)
    this.owned = new Map(partitions.map((partition) => [keyOf(partition), claim]))
    return starts
  }

  private begin(key: string, start: bigint): void {
    this.expected.set(key, start)
    this.positions.set(key, start)
    this.reached.set(key, start)
  }

  /** Positions of the checkpoint; partitions that are new begin with their first message. */
  private async ownPositions(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>> {
    const { port, groupId, options } = this.parts
    const offsets = await port.offsets([...new Set(partitions.map(({ topic }) => topic))])
    if (offsets.length > partitions.length) {
      throw new EngineError('another consumer of the group reads some of the partitions', {
        stage: 'readStream',
        received: groupId,
        hint: 'Only queries from Kafka to Kafka share partitions; leave kafka.group.id out, or give each query its own',
      })
    }
    return new Map(
      offsets.map((one): [string, bigint] => {
        const key = keyOf(one)
        this.ends.set(key, one.high)
        const position = this.positions.get(key) ?? one.low
        if (position >= one.low && position <= one.high) return [key, position]
        if (options.failOnDataLoss) throw rangeError(one, position)
        return [key, one.low]
      }),
    )
  }

  private async revoking(): Promise<void> {
    this.claim++
    this.owned = new Map()
    this.queue.drop()
    await this.parts.claims?.settled()
  }

  private deliver(delivery: Delivery): Promise<void> | undefined {
    const key = keyOf(delivery)
    const claim = this.owned.get(key)
    const expected = this.expected.get(key) ?? 0n
    const { from, next, high } = delivery
    // What was asked for before the partition was claimed, or begun anew.
    if (claim === undefined || from < expected) return undefined
    if (from > this.end(key) && this.parts.options.failOnDataLoss) {
      this.fail(rangeError({ ...delivery, low: from }, expected))
      return undefined
    }
    this.failures = 0
    this.ends.set(key, high)
    this.expected.set(key, next)
    const bound = this.bounds?.get(key)
    const messages = bound === undefined ? delivery.messages : delivery.messages.filter(({ offset }) => offset < bound)
    this.queue.push(delivery, messages, claim)
    return this.replaying ? undefined : this.queue.full()
  }

  /** Offset up to which a partition was read. */
  private end(key: string): bigint {
    const [expected, reached] = [this.expected.get(key) ?? 0n, this.reached.get(key) ?? 0n]
    return expected > reached ? expected : reached
  }

  private fail(error: Error): void {
    this.failure ??= error
    this.queue.tell()
  }

  private take(ends?: ReadonlyMap<string, bigint>): Taken {
    const taken = this.queue.take(ends)
    for (const part of taken.parts) this.positions.set(keyOf(part), part.end)
    return taken
  }

  private batchOf({ parts, arrived }: Taken, start: Json, end: Json): KafkaBatch {
    const { maxMessageBytes: most = Number.POSITIVE_INFINITY } = this.parts.options
    const refused = new Map<number, string>()
    for (const { messages, first } of parts) {
      for (const [k, { value }] of messages.entries()) {
        if (value && value.length > most)
          refused.set(first + k, `the value has ${value.length} bytes, more than ${most}`)
      }
    }
    const table = messageTable(this.parts.schema, parts)
    return { start, end, parts, table, arrived, refused, record: (row) => recordOf(parts, row) }
  }
}

function recordOf(parts: readonly Part[], row: number): RawRecord {
  const part = parts.findLast(({ first }) => first <= row) as Part
  const { offset, timestamp, key, value, headers } = part.messages[row - part.first]
  const { topic, partition } = part
  return { place: `${keyOf(part)}@${offset}`, topic, partition, offset: String(offset), timestamp, key, value, headers }
}
