// Usage: stream-scorer.mjs loop|copy|score SETTINGS. Answers messages of `in` on `out`, each batch with its offsets in a transaction, until it is stopped: a loop by hand that does nothing,
// a query that does nothing, or a query that scores. Prints when 20,000 and all messages are done.
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { functions as F, readStream } from 'ridgeline/streaming'
import { peakMB } from './measure.mjs'
import { pricePipeline, rides } from './rides.mjs'

const [what, text] = process.argv.slice(2)
const { servers, folder, warm, total } = JSON.parse(text)

let done = 0
/** @type {{ at: number, cpu: NodeJS.CpuUsage, done: number } | undefined} */
let started
/** Counts messages that are committed. */
function count(/** @type {number} */ messages) {
  done += messages
  if (!started && done >= warm) started = { at: performance.now(), cpu: process.cpuUsage(), done }
  if (!started || done < total) return
  const seconds = (performance.now() - started.at) / 1000
  const { user, system } = process.cpuUsage(started.cpu)
  console.log(
    JSON.stringify({ messages: done - started.done, seconds, cpuSeconds: (user + system) / 1e6, peakMB: peakMB() }),
  )
}

async function loop() {
  const kafka = new kafkajs.Kafka({ brokers: [servers], logLevel: kafkajs.logLevel.NOTHING })
  const createPartitioner = kafkajs.Partitioners.DefaultPartitioner
  const producer = kafka.producer({
    transactionalId: 'loop',
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner,
  })
  // More would not fit into a batch that the broker takes.
  const consumer = kafka.consumer({ groupId: 'loop', maxWaitTimeInMs: 500, maxBytesPerPartition: 500_000 })
  await producer.connect()
  await consumer.connect()
  await consumer.subscribe({ topics: ['in'], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset }) => {
      const transaction = await producer.transaction()
      const messages = batch.messages.map(({ key, value }) => ({ key, value }))
      await transaction.send({ topic: 'out', messages })
      const offset = String(BigInt(batch.lastOffset()) + 1n)
      const topics = [{ topic: 'in', partitions: [{ partition: batch.partition, offset }] }]
      await transaction.sendOffsets({ consumerGroupId: 'loop', topics })
      await transaction.commit()
      resolveOffset(batch.lastOffset())
      count(messages.length)
    },
  })
}

async function query() {
  const options = { 'kafka.bootstrap.servers': servers }
  const source = { ...options, subscribe: 'in', startingOffsets: 'earliest' }
  const messages = readStream.format('kafka').options(source).load()
  let answers = messages.select('key', 'value')
  if (what === 'score') {
    const model = await pricePipeline().pipeline.fit(rides())
    const schema = 'rideId BIGINT, city STRING, distanceKm DOUBLE, hour INT'
    const parsed = messages
      .select('key', F.from_json(F.col('value').cast('string'), schema).as('ride'))
      .select('key', 'ride.*')
    const price = F.struct('rideId', F.col('prediction').as('price_pred'))
    answers = model.transform(parsed).select('key', F.to_json(price).as('value'))
  }
  const sink = { ...options, topic: 'out', checkpointLocation: join(folder, 'checkpoint') }
  const running = await answers.writeStream.format('kafka').options(sink).start()
  running.onProgress((progress) => count(progress.numInputRows))
  await running.awaitTermination()
}

await (what === 'loop' ? loop() : query())
