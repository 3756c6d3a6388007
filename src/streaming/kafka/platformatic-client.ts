/** What is used of the package `@platformatic/kafka`, which is optional, so that its own types cannot be. */

export interface Broker {
  readonly host: string
  readonly port: number
}

export interface ClusterMetadata {
  readonly brokers: ReadonlyMap<number, Broker>
  readonly topics: ReadonlyMap<string, TopicMetadata | undefined>
}

export interface TopicMetadata {
  readonly id: string
  readonly partitions: readonly { readonly leader: number }[]
}

export interface Base {
  readonly connections: { get(broker: Broker): Promise<object>; close(): Promise<void> }
  metadata(options: { readonly topics: string[] }): Promise<ClusterMetadata>
  clearMetadata(): void
  listApis(): Promise<readonly { readonly name: string; readonly minVersion: number; readonly maxVersion: number }[]>
  close(): Promise<void>
}

interface PartitionTime {
  readonly partitionIndex: number
  readonly timestamp: bigint
}

export interface Admin extends Base {
  listTopics(): Promise<readonly string[]>
  listOffsets(options: {
    readonly topics: readonly { readonly name: string; readonly partitions: readonly PartitionTime[] }[]
  }): Promise<
    readonly {
      readonly name: string
      readonly partitions: readonly { readonly partitionIndex: number; readonly offset: bigint }[]
    }[]
  >
  listConsumerGroupOffsets(options: {
    readonly groups: readonly {
      readonly groupId: string
      readonly topics: readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[]
    }[]
    readonly requireStable: boolean
  }): Promise<
    readonly {
      readonly topics: readonly {
        readonly name: string
        readonly partitions: readonly { readonly partitionIndex: number; readonly committedOffset: bigint }[]
      }[]
    }[]
  >
  findCoordinator(options: {
    readonly keyType: number
    readonly keys: readonly string[]
  }): Promise<readonly { readonly nodeId: number }[]>
}

/** Where the offsets of a group are committed to. Without a member, as transactions of any producer may commit them. */
export interface GroupPlace {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly coordinatorId: number
}

export interface ClientMessage {
  readonly topic: string
  readonly partition?: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: ReadonlyMap<Buffer, Buffer | null>
}

export interface ClientTransaction {
  send(options: {
    readonly messages: readonly ClientMessage[]
    readonly acks: number
    readonly compression: string
    readonly partitioner: unknown
  }): Promise<unknown>
  addConsumer(group: GroupPlace): Promise<void>
  /** Commits the offset after that of the message. */
  addOffset(message: {
    readonly topic: string
    readonly partition: number
    readonly offset: bigint
    readonly metadata: { readonly consumer: GroupPlace }
  }): Promise<void>
  commit(): Promise<void>
  abort(): Promise<void>
  /** Ends it without a word to the brokers. */
  cancel(): Promise<void>
}

export interface Producer extends Base {
  beginTransaction(options?: {
    readonly producerId: bigint
    readonly producerEpoch: number
  }): Promise<ClientTransaction>
}

export interface GroupMember extends Omit<Base, 'close'> {
  readonly topics: { trackAll(...topics: string[]): unknown }
  joinGroup(): Promise<unknown>
  on(event: string, listener: (payload: never) => void): unknown
  close(force: boolean): Promise<void>
}

/** Messages as the brokers keep them. */
export interface RecordsBatch {
  readonly firstOffset: bigint
  readonly lastOffsetDelta: number
  readonly firstTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly attributes: number
  readonly producerId: bigint
  readonly records: readonly {
    readonly offsetDelta: number
    readonly timestampDelta: bigint
    readonly key: Buffer | null
    readonly value: Buffer | null
    readonly headers: readonly (readonly [name: Buffer, value: Buffer | null])[]
  }[]
}

export interface FetchedPartition {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly highWatermark: bigint
  readonly abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[] | null
  readonly records?: readonly RecordsBatch[]
}

export interface FetchResponse {
  readonly errorCode: number
  readonly responses: readonly { readonly topicId: string; readonly partitions: readonly FetchedPartition[] }[]
}

/** The request for messages. */
export interface FetchApi {
  async(
    connection: object,
    maxWait: number,
    minBytes: number,
    maxBytes: number,
    isolationLevel: number,
    sessionId: number,
    sessionEpoch: number,
    topics: readonly {
      readonly topicId: string
      readonly partitions: readonly {
        readonly partition: number
        readonly currentLeaderEpoch: number
        readonly fetchOffset: bigint
        readonly lastFetchedEpoch: number
        readonly partitionMaxBytes: number
      }[]
    }[],
    forgotten: readonly never[],
    rack: string,
  ): Promise<FetchResponse>
}

type Settings = Readonly<Record<string, unknown>>

export interface PlatformaticKafka {
  readonly Admin: new (settings: Settings) => Admin
  readonly Producer: new (settings: Settings) => Producer
  readonly Consumer: new (settings: Settings) => GroupMember
  readonly compatibilityPartitioner: unknown
  readonly compressionsAlgorithms: Readonly<Record<string, { readonly available?: boolean } | undefined>>
}

/** An error of the client, or several of them. */
export interface ClientError extends Error {
  readonly code?: string
  /** Kafka's name of the error. */
  readonly apiId?: string
  readonly errors?: readonly ClientError[]
  readonly response?: FetchResponse
}

/** An error with all that caused it. */
export function* causesOf(error: unknown): Generator<ClientError> {
  if (!(error instanceof Error)) return
  const one = error as ClientError
  yield one
  for (const cause of [...(one.errors ?? []), one.cause]) yield* causesOf(cause)
}

/** Versions of the request that name topics by their ids, as `fetchV17` of the package. */
const FETCH_VERSIONS = [17, 16, 15, 14, 13]

/** The newest request for messages that the package and the brokers know. */
export async function fetchApi(client: PlatformaticKafka, admin: Base): Promise<FetchApi | undefined> {
  const known = (await admin.listApis()).find(({ name }) => name === 'Fetch')
  const apis = client as unknown as Readonly<Record<string, { readonly api: FetchApi } | undefined>>
  const version = FETCH_VERSIONS.find(
    (one) => known && one >= known.minVersion && one <= known.maxVersion && apis[`fetchV${one}`],
  )
  return apis[`fetchV${version}`]?.api
}
