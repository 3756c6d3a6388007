import { EngineError } from '../../errors.js'
import { mapConcurrent } from '../../util/map-concurrent.js'
import {
  type KafkaPort,
  keyOf,
  type PartitionOffsets,
  type PortProducer,
  type TopicPartition,
  type Transaction,
} from './port.js'

/** Partitions that are claimed at the same time. */
const AT_ONCE = 16

/** Messages that are to be read are not there any more. */
export const rangeError = (
  { topic, partition, low }: TopicPartition & { readonly low: bigint },
  wanted: bigint,
): EngineError =>
  new EngineError(
    `messages of ${keyOf({ topic, partition })} are gone: offset ${wanted} is wanted, ${low} is the first`,
    {
      stage: 'readStream',
      param: 'failOnDataLoss',
      received: String(wanted),
      hint: "Deleted by age, size or hand. To go on with what is there: option('failOnDataLoss', false)",
    },
  )

interface Claim {
  readonly producer: PortProducer
  /** Transactions of the partition, one after the other. */
  busy: Promise<unknown>
}

/** How claims find where to begin. */
export interface ClaimSettings {
  readonly groupId: string
  readonly failOnDataLoss: boolean
  /** Offsets of partitions of which nothing is committed yet; other ones begin with their first message. */
  starts(): Promise<ReadonlyMap<string, bigint>>
}

/**
 * The partitions that this instance reads, each with a producer of its own. Its transactional id is that of the partition: whoever is given the
 * partition next fences this producer before it asks where to begin, so that no message is answered twice, even where an instance sleeps and wakes up.
 */
export class Claims {
  private readonly port: KafkaPort
  private readonly settings: ClaimSettings
  private readonly claims = new Map<string, Claim>()

  constructor(port: KafkaPort, settings: ClaimSettings) {
    this.port = port
    this.settings = settings
  }

  /** Claims exactly these partitions. @returns where each begins. */
  async assign(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>> {
    const keys = new Set(partitions.map(keyOf))
    for (const key of [...this.claims.keys()]) if (!keys.has(key)) await this.release(key)
    const starts = await mapConcurrent([...partitions], AT_ONCE, async (partition) => this.claim(partition))
    return new Map(partitions.map((partition, k) => [keyOf(partition), starts[k]]))
  }

  /** Claims a partition: its transactions so far are done or undone. @returns where to read on. */
  async claim(partition: TopicPartition): Promise<bigint> {
    const key = keyOf(partition)
    const { groupId, failOnDataLoss } = this.settings
    await this.release(key)
    const producer = await this.port.producer(`${groupId}-${partition.topic}-${partition.partition}`)
    this.claims.set(key, { producer, busy: Promise.resolve() })
    const committed = (await this.port.committed(groupId, [partition.topic])).get(key)
    const own = (one: PartitionOffsets): boolean =>
      one.topic === partition.topic && one.partition === partition.partition
    const range = (await this.port.offsets([partition.topic])).find(own)
    if (committed !== undefined && range) {
      if (committed >= range.low && committed <= range.high) return committed
      if (failOnDataLoss) throw rangeError(range, committed)
      return range.low
    }
    const start = (await this.settings.starts()).get(key) ?? range?.low ?? 0n
    // Kept at once: a start at the latest message shall be the same after a restart.
    await producer.commit({ records: [], offsets: { groupId, positions: [{ ...partition, offset: start }] } })
    return start
  }

  /** Commits messages and the position of a partition together. @returns false where the partition is not this instance's. */
  async commit(partition: TopicPartition, records: Transaction['records'], offset: bigint): Promise<boolean> {
    const claim = this.claims.get(keyOf(partition))
    if (!claim) return false
    const { groupId } = this.settings
    const done = claim.busy.then(() =>
      claim.producer.commit({ records, offsets: { groupId, positions: [{ ...partition, offset }] } }),
    )
    claim.busy = done.catch(() => {})
    await done
    return true
  }

  /** Waits for the transactions that are under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.claims.values()].map(({ busy }) => busy))
  }

  async close(): Promise<void> {
    await Promise.all([...this.claims.keys()].map((key) => this.release(key)))
  }

  private async release(key: string): Promise<void> {
    const claim = this.claims.get(key)
    if (!claim) return
    this.claims.delete(key)
    await claim.busy
    // Its id is fenced, or about to be: how it ends does not matter.
    await claim.producer.close().catch(() => {})
  }
}
