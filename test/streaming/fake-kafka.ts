import {
  type ConsumerOptions,
  type KafkaPort,
  keyOf,
  type Message,
  type OutgoingRecord,
  type PortConsumer,
  type PortProducer,
  type TopicPartition,
  type Transaction,
} from '../../src/streaming/kafka/port.js'
import { Signal } from '../../src/streaming/signal.js'

/** What becomes of a transaction: done, not done, or done without an answer. */
export type Fate = 'done' | 'refused' | 'unanswered'

interface Member {
  readonly options: ConsumerOptions
  readonly positions: Map<string, bigint>
  round: number
  alive: boolean
}

/** A broker in memory: topics, groups whose members share partitions, transactions with fencing. Messages lie in turn on the partitions. */
export class FakeKafka {
  readonly committed = new Map<string, bigint>()
  /** Says what becomes of the next transactions. */
  fate: (transaction: Transaction, id: string) => Fate = () => 'done'
  /** Most messages of a fetch. */
  fetchSize = 100
  /** Messages that were given out. */
  delivered = 0
  private readonly logs = new Map<string, { low: number; messages: Message[] }>()
  private readonly partitions: number
  private readonly epochs = new Map<string, number>()
  private readonly groups = new Map<string, Member[]>()
  private readonly written = new Signal()
  private turn = 0

  constructor(partitions: number) {
    this.partitions = partitions
  }

  create(...topics: string[]): void {
    for (const topic of topics)
      for (const one of this.partitionsOf(topic)) this.logs.set(keyOf(one), { low: 0, messages: [] })
  }

  send(topic: string, ...values: (string | Uint8Array | null)[]): void {
    for (const value of values) {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value
      this.append({ topic, partition: this.turn++ % this.partitions, key: null, value: bytes })
    }
    this.written.notify()
  }

  /** Texts of a topic, partition by partition. */
  texts(topic: string): string[] {
    return this.messages(topic).map(({ value }) => (value === null ? 'null' : Buffer.from(value).toString()))
  }

  messages(topic: string): Message[] {
    return this.partitionsOf(topic).flatMap((one) => this.log(one).messages)
  }

  /** Deletes the first messages of a partition. */
  truncate(one: TopicPartition, low: number): void {
    this.log(one).low = low
  }

  /** Divides a group anew. @param members who are still there. */
  async rebalance(group: string): Promise<void> {
    const members = (this.groups.get(group) ?? []).filter(({ alive }) => alive)
    this.groups.set(group, members)
    for (const member of members) member.round++
    await Promise.all(members.map(({ options }) => options.revoking()))
    await Promise.all(members.map((member, k) => this.assign(member, k, members.length)))
  }

  /** Throws a member out that does not know it. */
  async evict(group: string, index: number): Promise<void> {
    const members = this.groups.get(group) ?? []
    this.groups.set(
      group,
      members.filter((_, k) => k !== index),
    )
    const left = this.groups.get(group) as Member[]
    for (const member of left) member.round++
    await Promise.all(left.map((member, k) => this.assign(member, k, left.length)))
  }

  port(): KafkaPort {
    const range = (one: TopicPartition) => {
      const { low, messages } = this.log(one)
      return { ...one, low: BigInt(low), high: BigInt(messages.length) }
    }
    return {
      name: 'fake',
      topics: async () => [...new Set([...this.logs.keys()].map((key) => key.slice(0, key.lastIndexOf('['))))],
      offsets: async (topics) => topics.flatMap((topic) => this.partitionsOf(topic).map(range)),
      offsetsAt: async (topic, timestamp) =>
        new Map(
          this.partitionsOf(topic).map((one) => {
            const { messages } = this.log(one)
            const at = messages.findIndex((message) => message.timestamp >= timestamp)
            return [one.partition, BigInt(at < 0 ? messages.length : at)]
          }),
        ),
      committed: async (group) => {
        const own = [...this.committed].filter(([name]) => name.startsWith(`${group}/`))
        return new Map(own.map(([name, offset]) => [name.slice(group.length + 1), offset]))
      },
      consumer: (options) => this.join(options),
      producer: async (id) => this.producer(id),
      isFatal: (error) => /AUTHORIZATION/.test(String((error as Error).message)),
      close: async () => {},
    }
  }

  private partitionsOf(topic: string): TopicPartition[] {
    return Array.from({ length: this.partitions }, (_, partition) => ({ topic, partition }))
  }

  private log(one: TopicPartition): { low: number; messages: Message[] } {
    const log = this.logs.get(keyOf(one))
    if (log) return log
    throw new Error(`UNKNOWN_TOPIC_OR_PARTITION ${keyOf(one)}`)
  }

  private append({ topic, partition = 0, key, value, headers = [] }: OutgoingRecord): void {
    const { messages } = this.log({ topic, partition })
    messages.push({ offset: BigInt(messages.length), timestamp: 1000 + messages.length, key, value, headers })
  }

  private producer(id: string): PortProducer {
    const epoch = (this.epochs.get(id) ?? 0) + 1
    this.epochs.set(id, epoch)
    return {
      commit: async (transaction) => {
        const fate = this.fate(transaction, id)
        await new Promise((resolve) => setTimeout(resolve, 1))
        if (this.epochs.get(id) !== epoch) throw new Error('PRODUCER_FENCED')
        if (fate === 'refused') throw new Error('REQUEST_TIMED_OUT')
        for (const record of transaction.records) this.append(record)
        const { groupId, positions } = transaction.offsets ?? { groupId: '', positions: [] }
        for (const { offset, ...one } of positions) this.committed.set(`${groupId}/${keyOf(one)}`, offset)
        this.written.notify()
        if (fate === 'unanswered') throw new Error('REQUEST_TIMED_OUT')
      },
      close: async () => {},
    }
  }

  private async join(options: ConsumerOptions): Promise<PortConsumer> {
    const member: Member = { options, positions: new Map(), round: 0, alive: true }
    this.groups.set(options.groupId, [...(this.groups.get(options.groupId) ?? []), member])
    void this.rebalance(options.groupId)
    return {
      seek: (one, offset) => {
        member.positions.set(keyOf(one), offset)
      },
      stop: async () => {
        member.alive = false
        this.written.notify()
      },
    }
  }

  private async assign(member: Member, index: number, count: number): Promise<void> {
    const { options } = member
    const round = ++member.round
    const own = options.topics
      .flatMap((topic) => this.partitionsOf(topic))
      .filter(({ partition }) => partition % count === index)
    try {
      const starts = await options.assigned(own)
      if (member.round !== round) return
      for (const one of own) {
        member.positions.set(keyOf(one), starts.get(keyOf(one)) as bigint)
        void this.pump(member, one, round)
      }
    } catch (error) {
      options.failed(error as Error)
    }
  }

  private async pump(member: Member, one: TopicPartition, round: number): Promise<void> {
    const key = keyOf(one)
    while (member.alive && member.round === round) {
      const { low, messages } = this.log(one)
      const position = member.positions.get(key) as bigint
      const from = position < BigInt(low) ? BigInt(low) : position
      const found = messages.slice(Number(from), Number(from) + this.fetchSize)
      if (found.length === 0) {
        await this.written.wait(5)
        continue
      }
      const next = from + BigInt(found.length)
      member.positions.set(key, next)
      this.delivered += found.length
      await member.options.deliver({ ...one, messages: found, from, next, high: BigInt(messages.length) })
    }
  }
}
