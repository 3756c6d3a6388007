// Usage: stream.mjs throughput|latency loop|copy|score FOLDER. Messages that are sent, answered by a process of its own in transactions, and read again from a broker of this machine.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import kafkajs from 'kafkajs'
import { startKafka } from '../../scripts/kafka.mjs'

const WARM = 20_000
const TOTAL = 140_000
const PER_SECOND = 1000
/** Seconds of messages that count, after some that do not. */
const SECONDS = 10
const BEFORE = 5

const [what, system, work] = process.argv.slice(2)
const folder = mkdtempSync(join(work, 'stream-'))
const cities = ['FR', 'US', 'DE', 'MG']
const message = (/** @type {number} */ rideId) => ({
  key: String(rideId),
  value: JSON.stringify({ rideId, city: cities[rideId % 4], distanceKm: 1 + (rideId % 200) / 10, hour: rideId % 24 }),
})

const broker = await startKafka(join(folder, 'broker'))
const kafka = new kafkajs.Kafka({ brokers: [broker.servers], logLevel: kafkajs.logLevel.NOTHING })
const admin = kafka.admin()
await admin.connect()
const topics = ['in', 'out'].map((topic) => ({ topic, numPartitions: 3 }))
await admin.createTopics({ topics, waitForLeaders: true })
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
await producer.connect()

/** @type {import('node:child_process').ChildProcess | undefined} */
let child

/** Starts the process that answers. */
function scorer(/** @type {object} */ settings) {
  const program = fileURLToPath(new URL('./stream-scorer.mjs', import.meta.url))
  const args = [program, system, JSON.stringify({ servers: broker.servers, folder, ...settings })]
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return report(child)
}

/** What the process prints when it is done. @returns {Promise<{ messages: number, seconds: number, cpuSeconds: number, peakMB: number }>} */
async function report(/** @type {import('node:child_process').ChildProcess} */ child) {
  if (child.stdout) for await (const line of createInterface(child.stdout)) return JSON.parse(line)
  throw new Error('the process has ended')
}

async function throughput() {
  for (let first = 0; first < TOTAL; first += 2000) {
    await producer.send({ topic: 'in', messages: Array.from({ length: 2000 }, (_, k) => message(first + k)) })
  }
  const { messages, seconds, cpuSeconds, peakMB } = await scorer({ warm: WARM, total: TOTAL })
  const scale = 100_000 / messages
  return { seconds: seconds * scale, cpuSeconds: cpuSeconds * scale, peakMB }
}

async function latency() {
  const total = PER_SECOND * (BEFORE + SECONDS)
  const reported = scorer({ warm: PER_SECOND * BEFORE, total })
  const sent = new Float64Array(total)
  /** @type {number[]} */
  const times = []
  const consumer = kafka.consumer({ groupId: 'reader', maxWaitTimeInMs: 500 })
  await consumer.connect()
  await consumer.subscribe({ topics: ['out'], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message: { key } }) => {
      const id = Number(key)
      if (id >= PER_SECOND * BEFORE) times.push(performance.now() - sent[id])
    },
  })
  // The process joins its group meanwhile.
  await setTimeout(3000)
  const started = performance.now()
  for (let id = 0; id < total; id += 10) {
    await setTimeout(Math.max(0, started + id - performance.now()))
    sent.fill(performance.now(), id, id + 10)
    void producer.send({ topic: 'in', messages: Array.from({ length: 10 }, (_, k) => message(id + k)) })
  }
  const { cpuSeconds, peakMB } = await reported
  while (times.length < PER_SECOND * SECONDS) await setTimeout(50)
  await consumer.disconnect()
  times.sort((a, b) => a - b)
  const at = (/** @type {number} */ share) => times[Math.floor(share * times.length)]
  const requests = { perSecond: PER_SECOND, p50: at(0.5), p99: at(0.99) }
  return { seconds: requests.p99 / 1000, cpuSeconds, peakMB, requests }
}

try {
  console.log(JSON.stringify(await (what === 'throughput' ? throughput() : latency())))
} finally {
  child?.kill()
  await producer.disconnect()
  await admin.disconnect()
  await broker.stop()
}
