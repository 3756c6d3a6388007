import { EngineError } from '../../errors.js'
import type { DeadLetter, DeadLetterSink } from '../bad-records.js'
import type { SinkBatch, StreamSink } from '../sink.js'
import type { Claims } from './claims.js'
import type { Part } from './message-table.js'
import { type KafkaPort, keyOf, type OutgoingRecord, type PortProducer } from './port.js'
import { backOff, TRIES } from './retrying.js'
import { letterRecord, recordReader, refusedRows } from './rows-out.js'
import type { KafkaBatch, KafkaSource } from './source.js'

/** What a query into Kafka was told. */
export interface KafkaSinkOptions {
  /** Topic of all rows; rows name theirs where it is not given. */
  readonly topic?: string
  readonly deadLetterTopic?: string
  readonly maxRequestSize: number
}

/**
 * From Kafka to Kafka: for each partition that was read, the answers, the dead letters and the position of the group are one transaction. A transaction that
 * fails is undone, and its messages come again; one whose end is not known is looked up.
 */
export class KafkaExchange implements StreamSink {
  readonly description: string
  readonly keepsOffsets = true
  readonly takesLetters: boolean
  private readonly source: KafkaSource
  private readonly claims: Claims
  private readonly port: KafkaPort
  private readonly options: KafkaSinkOptions
  private failures = 0

  constructor(source: KafkaSource, claims: Claims, port: KafkaPort, options: KafkaSinkOptions) {
    this.source = source
    this.claims = claims
    this.port = port
    this.options = options
    this.takesLetters = options.deadLetterTopic !== undefined
    this.description = sinkName(options)
  }

  readonly inspect = (table: SinkBatch['table']) => refusedRows(table, this.options.topic, this.options.maxRequestSize)

  async write({ table, rows, inputs, bad, letters }: SinkBatch): Promise<void> {
    const read = recordReader(table, this.options.topic)
    const { parts } = inputs[0].batch as KafkaBatch
    let at = 0
    const work = parts.map((part) => {
      const last = part.first + part.messages.length
      const records: OutgoingRecord[] = []
      for (; at < rows.length && rows[at] < last; at++) records.push(read(at))
      bad.forEach(({ row }, k) => {
        if (this.options.deadLetterTopic === undefined || row < part.first || row >= last) return
        records.push(letterRecord(letters[k], this.options.deadLetterTopic))
      })
      return { part, records }
    })
    const errors = await Promise.all(work.map(({ part, records }) => this.commit(part, records)))
    const failed = errors.filter((error) => error !== undefined)
    if (failed.length === 0) {
      this.failures = 0
      return
    }
    this.failures++
    const hopeless =
      failed.find((error) => this.port.isFatal(error)) ?? (this.failures >= TRIES ? failed[0] : undefined)
    if (hopeless) throw kafkaError(hopeless)
    await backOff(this.failures)
    await Promise.all(work.map(({ part }, k) => (errors[k] === undefined ? undefined : this.again(part))))
  }

  /** @returns the error of a transaction that may not have become. */
  private async commit(part: Part, records: readonly OutgoingRecord[]): Promise<unknown> {
    // Messages of a partition that was given away are answered by others.
    if (!this.source.holds(part)) return undefined
    try {
      await this.claims.commit(part, records, part.end)
      return undefined
    } catch (error) {
      return error ?? new Error('unknown')
    }
  }

  private async again(part: Part): Promise<void> {
    for (;;) {
      try {
        if (this.source.holds(part)) await this.source.again(part)
        this.failures = 0
        return
      } catch (error) {
        if (this.port.isFatal(error) || ++this.failures >= TRIES) throw kafkaError(error)
        await backOff(this.failures)
      }
    }
  }

  async stop(): Promise<void> {}
}

const sinkName = ({ topic }: KafkaSinkOptions): string => `KafkaSink[${topic ?? 'topic of each row'}]`

const kafkaError = (cause: unknown): EngineError =>
  new EngineError(`Kafka does not take the messages: ${(cause as Error).message}`, { stage: 'writeStream', cause })

/**
 * Sends micro-batches in transactions that also keep the number of the micro-batch, as the offset of a group of its own: one that comes again after a crash is
 * known, and not sent twice.
 */
export class KafkaLedger {
  private readonly port: KafkaPort
  private readonly groupId: string
  private readonly topic: string
  private producer: PortProducer | undefined
  private done = -1

  /** @param groupId of the query and the purpose. @param topic one of those that are written to. */
  constructor(port: KafkaPort, groupId: string, topic: string) {
    this.port = port
    this.groupId = groupId
    this.topic = topic
  }

  async send(batchId: number, records: readonly OutgoingRecord[]): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        const producer = this.producer ?? (await this.open())
        if (batchId <= this.done) return
        const positions = [{ topic: this.topic, partition: 0, offset: BigInt(batchId + 1) }]
        await producer.commit({ records, offsets: { groupId: this.groupId, positions } })
        this.done = batchId
        return
      } catch (error) {
        if (this.port.isFatal(error) || failures >= TRIES) throw kafkaError(error)
        // What became of the transaction is asked with a new producer, which ends it.
        await this.producer?.close().catch(() => {})
        this.producer = undefined
        await backOff(failures)
      }
    }
  }

  private async open(): Promise<PortProducer> {
    const producer = await this.port.producer(this.groupId)
    const committed = (await this.port.committed(this.groupId, [this.topic])).get(
      keyOf({ topic: this.topic, partition: 0 }),
    )
    this.done = Number(committed ?? 0n) - 1
    this.producer = producer
    return producer
  }

  async close(): Promise<void> {
    await this.producer?.close()
    await this.port.close()
  }
}

/** From other sources into Kafka. */
export function kafkaSink(port: KafkaPort, queryId: string, options: KafkaSinkOptions, topic: string): StreamSink {
  const ledger = new KafkaLedger(port, `ridgeline-sink-${queryId}`, topic)
  const { deadLetterTopic } = options
  return {
    description: sinkName(options),
    takesLetters: deadLetterTopic !== undefined,
    inspect: (table) => refusedRows(table, options.topic, options.maxRequestSize),
    async write({ batchId, table, letters }) {
      const read = recordReader(table, options.topic)
      const records = Array.from({ length: table.length }, (_, row) => read(row))
      const refused =
        deadLetterTopic === undefined ? [] : letters.map((letter) => letterRecord(letter, deadLetterTopic))
      await ledger.send(batchId, [...records, ...refused])
    },
    stop: () => ledger.close(),
  }
}

/** Dead letters of queries into other sinks, as messages. */
export function deadLetterTopic(port: KafkaPort, queryId: string, topic: string): DeadLetterSink {
  const ledger = new KafkaLedger(port, `ridgeline-letters-${queryId}`, topic)
  return {
    write: (batchId, letters: readonly DeadLetter[]) =>
      ledger.send(
        batchId,
        letters.map((letter) => letterRecord(letter, topic)),
      ),
    stop: () => ledger.close(),
  }
}
