/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Name of a partition in maps: `rides[2]`. */
export const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}[${partition}]`

/** A partition and the offsets that it holds: from `low` up to, without, `high`. */
export interface PartitionOffsets extends TopicPartition {
  readonly low: bigint
  readonly high: bigint
}

export type Headers = readonly (readonly [name: string, value: Uint8Array | null])[]

/** A message as it was read. */
export interface Message {
  readonly offset: bigint
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: Headers
}

/** Messages of a partition, in order. */
export interface Delivery extends TopicPartition {
  readonly messages: readonly Message[]
  /** Offset that was asked for. Another one than was expected means that messages are gone. */
  readonly from: bigint
  /** Offset after the last message, or what stands behind it and is none. */
  readonly next: bigint
  readonly high: bigint
}

/** A message to be sent. */
export interface OutgoingRecord {
  readonly topic: string
  /** Chosen by the key where it is not given. */
  readonly partition?: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: Headers
}

/** How messages are read. */
export interface ConsumerOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Told which partitions are this member's now; each is read from where the answer says. What was delivered before and is not done comes again. */
  assigned(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>>
  /** Told before partitions may go to other members, so that what is under way can end. */
  revoking(): Promise<void>
  /** Takes messages; the next ones come when the promise is kept. Undefined: there is room for more. */
  deliver(delivery: Delivery): Promise<void> | undefined
  /** Told of an offset up to which there is nothing but marks of transactions and messages that were undone. */
  passed(partition: TopicPartition, next: bigint): void
  /** Told of an error that ends the reading. */
  failed(error: Error): void
}

export interface PortConsumer {
  /** Reads a partition from another offset. */
  seek(partition: TopicPartition, offset: bigint): void
  stop(): Promise<void>
}

/** What becomes visible together, or not at all. */
export interface Transaction {
  readonly records: readonly OutgoingRecord[]
  readonly offsets?: {
    readonly groupId: string
    readonly positions: readonly (TopicPartition & { readonly offset: bigint })[]
  }
}

/** Sends in transactions. A producer fences all that had its id before: their transactions that are open are undone. */
export interface PortProducer {
  commit(transaction: Transaction): Promise<void>
  close(): Promise<void>
}

/** Kafka's names of errors that no other try changes. */
export const FATAL =
  /AUTHORIZATION|AUTHENTICATION|TOO_LARGE|UNSUPPORTED|INVALID_(TOPIC|PARTITIONS|REQUIRED_ACKS|TRANSACTION_TIMEOUT|GROUP_ID)|CLUSTER_ID/

/** All that queries need of a Kafka client. Errors of the client come as they are. */
export interface KafkaPort {
  readonly name: string
  topics(): Promise<readonly string[]>
  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]>
  /** Offset of the first message of that time or later, by partition; `high` where there is none. */
  offsetsAt(topic: string, timestamp: number): Promise<ReadonlyMap<number, bigint>>
  /** Offsets that a group has committed, by `keyOf`. */
  committed(groupId: string, topics: readonly string[]): Promise<ReadonlyMap<string, bigint>>
  consumer(options: ConsumerOptions): Promise<PortConsumer>
  /** Connects, and fences. */
  producer(transactionalId: string): Promise<PortProducer>
  /** Whether trying again cannot help. */
  isFatal(error: unknown): boolean
  close(): Promise<void>
}
