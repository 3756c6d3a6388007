// Messages of Kafka, answered in transactions.
import { installKafka } from '../scripts/kafka.mjs'

/** @typedef {(file: string, ...args: (string | number)[]) => string[]} Command */

const SYSTEMS = {
  'Ridgeline, scoring': 'score',
  'Ridgeline, passing on': 'copy',
  'a kafkajs loop that does nothing': 'loop',
}

/** @returns {import('./benchmarks.mjs').Benchmark[]} */
export const streaming = (/** @type {Command} */ node) =>
  Object.entries({
    throughput: '100,000 messages, Kafka to Kafka in transactions',
    latency: '1,000 messages a second, Kafka to Kafka in transactions, p99 from send to read',
  }).map(([name, what]) => ({
    name: `stream-${name}`,
    what,
    systems: Object.fromEntries(Object.entries(SYSTEMS).map(([system, job]) => [system, node('stream', name, job)])),
    peers: installKafka,
  }))
