import { ParamError, UnsupportedError } from '../../errors.js'
import type { Json } from '../../sql/types.js'
import { countOption, requireKnown } from '../options.js'

/** Where the first run of a query begins: at an end of each partition, or at offsets, or at a time. */
export type Starting = 'earliest' | 'latest' | { readonly offsets: OffsetsByTopic } | { readonly timestamp: number }

/** Offsets as Spark writes them: `{"rides":{"0":17}}`; -2 is earliest, -1 is latest. */
export type OffsetsByTopic = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What a stream of Kafka messages was told. */
export interface KafkaSourceOptions {
  readonly topics: readonly string[]
  readonly pattern?: string
  readonly starting: Starting
  readonly failOnDataLoss: boolean
  readonly maxOffsets?: number
  readonly includeHeaders: boolean
  readonly maxMessageBytes?: number
  readonly groupId?: string
}

/** Options of the source that are none of the connection. */
const NAMES = [
  'subscribe',
  'subscribePattern',
  'startingOffsets',
  'startingTimestamp',
  'failOnDataLoss',
  'maxOffsetsPerTrigger',
  'includeHeaders',
  'maxMessageBytes',
]

/** Offsets of JSON, checked. @throws ParamError. */
function offsetsOf(text: string): OffsetsByTopic {
  try {
    const offsets = JSON.parse(text) as OffsetsByTopic
    const numbers = Object.values(offsets).flatMap((topic) => Object.values(topic))
    if (numbers.every((offset) => Number.isSafeInteger(offset) && offset >= -2)) return offsets
  } catch {
    // Told below.
  }
  throw new ParamError('startingOffsets cannot be read', {
    stage: 'readStream',
    param: 'startingOffsets',
    allowed: 'Allowed: earliest, latest, or JSON such as {"rides":{"0":17,"1":-2}}',
    received: text,
  })
}

/** @throws ParamError for unknown or contradicting options. */
export function kafkaSourceOptions(options: ReadonlyMap<string, string>): KafkaSourceOptions {
  if (options.has('assign')) {
    throw new UnsupportedError('single partitions cannot be chosen', {
      stage: 'readStream',
      param: 'assign',
      hint: 'Subscribe to the topic; instances of the query share its partitions',
    })
  }
  requireKnown(new Map([...options].filter(([name]) => !name.startsWith('kafka.'))), NAMES, 'readStream')
  const [subscribe, pattern] = [options.get('subscribe'), options.get('subscribepattern')]
  if ((subscribe === undefined) === (pattern === undefined)) {
    throw new ParamError(subscribe === undefined ? 'no topic is named' : 'both topics and a pattern are named', {
      stage: 'readStream',
      param: 'subscribe',
      hint: "Write option('subscribe', 'rides,fares') or option('subscribePattern', 'rides.*')",
    })
  }
  const time = countOption(options, 'startingTimestamp', 0)
  const offsets = options.get('startingoffsets') ?? 'latest'
  const maxOffsets = countOption(options, 'maxOffsetsPerTrigger')
  const maxMessageBytes = countOption(options, 'maxMessageBytes')
  const groupId = options.get('kafka.group.id')
  return {
    topics: subscribe?.split(',').map((topic) => topic.trim()) ?? [],
    ...(pattern === undefined ? {} : { pattern }),
    starting:
      time !== undefined
        ? { timestamp: time }
        : offsets === 'earliest' || offsets === 'latest'
          ? offsets
          : { offsets: offsetsOf(offsets) },
    failOnDataLoss: options.get('failondataloss') !== 'false',
    includeHeaders: options.get('includeheaders') === 'true',
    ...(maxOffsets === undefined ? {} : { maxOffsets }),
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
    ...(groupId === undefined ? {} : { groupId }),
  }
}

/** Positions by `keyOf` as an offset of the checkpoint, in Spark's form. */
export function toOffset(positions: ReadonlyMap<string, bigint>): Json {
  const topics: Record<string, Record<string, number>> = {}
  for (const [key, offset] of [...positions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const at = key.lastIndexOf('[')
    const topic = key.slice(0, at)
    topics[topic] ??= {}
    topics[topic][key.slice(at + 1, -1)] = Number(offset)
  }
  return topics
}

/** Positions of an offset of the checkpoint. */
export function fromOffset(offset: Json): Map<string, bigint> {
  const topics = (offset ?? {}) as OffsetsByTopic
  return new Map(
    Object.entries(topics).flatMap(([topic, partitions]) =>
      Object.entries(partitions).map(([partition, at]): [string, bigint] => [`${topic}[${partition}]`, BigInt(at)]),
    ),
  )
}
