import { rangeError } from './claims.js'
import { type KafkaPort, keyOf, type PartitionOffsets } from './port.js'
import type { KafkaSourceOptions } from './source-options.js'

/** Where reading begins when nothing was read before. @throws EngineError for offsets that a partition does not have. */
export async function startingOffsets(
  port: KafkaPort,
  topics: readonly string[],
  { starting }: KafkaSourceOptions,
): Promise<Map<string, bigint>> {
  const offsets = await port.offsets(topics)
  const atTime = async (timestamp: number): Promise<Map<string, ReadonlyMap<number, bigint>>> =>
    new Map(await Promise.all(topics.map(async (topic) => [topic, await port.offsetsAt(topic, timestamp)] as const)))
  const times = typeof starting === 'object' && 'timestamp' in starting ? await atTime(starting.timestamp) : undefined
  const startOf = (one: PartitionOffsets): bigint => {
    if (starting === 'earliest') return one.low
    if (starting === 'latest') return one.high
    if (times) return times.get(one.topic)?.get(one.partition) ?? one.high
    const given = 'offsets' in starting ? starting.offsets[one.topic]?.[String(one.partition)] : undefined
    if (given === undefined || given === -2) return one.low
    if (given === -1) return one.high
    const offset = BigInt(given)
    if (offset >= one.low && offset <= one.high) return offset
    throw rangeError(one, offset)
  }
  return new Map(offsets.map((one) => [keyOf(one), startOf(one)]))
}
