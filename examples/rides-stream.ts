// Prices for rides as they come: messages of Kafka, scored, and sent on, each exactly once.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import kafkajs from 'kafkajs'
import {
  createDataFrame,
  LinearRegression,
  OneHotEncoder,
  Pipeline,
  PipelineModel,
  ProgressBar,
  RidgelineError,
  StandardScaler,
  StringIndexer,
  VectorAssembler,
} from 'ridgeline'
import { functions as F, readStream, type StreamingQuery } from 'ridgeline/streaming'
import { runProgram, wholeNumber } from './shared/command-line.js'

const { col, from_json, struct, to_json } = F

const HELP = `Prices for rides as they come: topic rides_features -> model -> topic rides_predictions.

  node rides-stream.js [--model MODEL.json] [--rides N] [--serve --checkpoint FOLDER]

  in    {"rideId", "city", "distanceKm", "hour"}
  out   {"rideId", "price_pred"}; what cannot be scored goes to rides_refused, with the reason in its headers

  --model MODEL.json   the pipeline of \`npm run rides -- --out MODEL.json\`; fitted on a few rides when not given
  --rides N            rides that are made up and sent, 20000 when not given
  --serve              sends no rides, and scores what others send until it is stopped
  --checkpoint FOLDER  remembers the query there, so that the next start goes on; needed for --serve

The broker is the one of KAFKA_BOOTSTRAP (host:port). Without it one is started on this machine, which needs Java 17 and, the first time, Maven.`

const IN = 'rides_features'
const OUT = 'rides_predictions'
const REFUSED = 'rides_refused'
const SCHEMA = 'rideId BIGINT, city STRING, distanceKm DOUBLE, hour INT'
const CITIES = ['FR', 'US', 'DE', 'MG', 'JP']

interface Broker {
  readonly servers: string
  stop(): Promise<void>
}

/** A broker of this machine, by the script of the repository. */
async function localBroker(folder: string): Promise<Broker> {
  let root = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(root, 'scripts', 'kafka.mjs')) && root !== dirname(root)) root = dirname(root)
  const script = join(root, 'scripts', 'kafka.mjs')
  try {
    console.log('No KAFKA_BOOTSTRAP: a broker is started on this machine …')
    const { startKafka } = (await import(script)) as { startKafka(folder: string): Promise<Broker> }
    return await startKafka(folder)
  } catch (cause) {
    throw new RidgelineError(`there is no broker: ${(cause as Error).message}`, {
      hint: 'Name one: KAFKA_BOOTSTRAP=host:9092 npm run rides:stream. Or install Java 17 and Maven, and one is started here.',
      cause,
    })
  }
}

/** A small model of prices: a base, the distance, the city and the hour. */
async function smallModel(): Promise<PipelineModel> {
  const rides = Array.from({ length: 200 }, (_, i) => {
    const [distanceKm, hour] = [1 + ((i * 7) % 20), (i * 5) % 24]
    return { city: CITIES[i % CITIES.length], distanceKm, hour, price: 2.5 + 1.2 * distanceKm + (i % 5) + hour / 24 }
  })
  const pipeline = new Pipeline({
    stages: [
      new StringIndexer({ inputCol: 'city', outputCol: 'cityIdx' }),
      new OneHotEncoder({ inputCols: ['cityIdx'], outputCols: ['cityOhe'] }),
      new VectorAssembler({ inputCols: ['distanceKm', 'hour', 'cityOhe'], outputCol: 'rawFeatures' }),
      new StandardScaler({ inputCol: 'rawFeatures', outputCol: 'features', withMean: true, withStd: true }),
      new LinearRegression({ labelCol: 'price' }),
    ],
  })
  return pipeline.fit(createDataFrame(rides))
}

async function createTopics(kafka: kafkajs.Kafka): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const there = await admin.listTopics()
  const topics = [IN, OUT, REFUSED].filter((topic) => !there.includes(topic))
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 3 })), waitForLeaders: true })
  await admin.disconnect()
}

/** Sends rides that are made up; one of a thousand is broken. */
async function sendRides(kafka: kafkajs.Kafka, count: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  for (let first = 0; first < count; first += 1000) {
    const messages = Array.from({ length: Math.min(1000, count - first) }, (_, k) => {
      const rideId = first + k
      const ride = { rideId, city: CITIES[rideId % 5], distanceKm: 1 + (rideId % 200) / 10, hour: rideId % 24 }
      return { key: String(rideId), value: rideId % 1000 === 999 ? `broken ${rideId}` : JSON.stringify(ride) }
    })
    await producer.send({ topic: IN, messages })
  }
  await producer.disconnect()
}

function score(model: PipelineModel, servers: string, checkpoint: string): Promise<StreamingQuery> {
  const rides = readStream
    .format('kafka')
    .option('kafka.bootstrap.servers', servers)
    .option('subscribe', IN)
    .option('startingOffsets', 'earliest')
    .load()
    .select('key', from_json(col('value').cast('string'), SCHEMA).as('ride'))
    .select('key', 'ride.*')
  return model
    .transform(rides)
    .select('key', to_json(struct('rideId', col('prediction').as('price_pred'))).as('value'))
    .writeStream.format('kafka')
    .option('kafka.bootstrap.servers', servers)
    .option('topic', OUT)
    .option('deadLetterTopic', REFUSED)
    .option('checkpointLocation', checkpoint)
    .queryName('rides')
    .start()
}

/** Waits until so many rides are done, or for ever, and shows how far it is. */
async function watch(query: StreamingQuery, rides: number): Promise<void> {
  using bar = new ProgressBar()
  let [done, refused] = [0, 0]
  const end = query.onProgress((progress) => {
    done += progress.numInputRows
    refused += progress.numBadRecords
    const pace = Math.round(progress.processedRowsPerSecond)
    const message = `${pace} rides/s, p99 ${progress.latencyMs?.p99.toFixed(1)} ms, lag ${progress.sources[0].metrics.maxOffsetsBehindLatest}`
    bar.listener({ stage: 'rides', done, total: Math.max(done + 1, rides), message })
  })
  while (query.isActive && done < rides) await query.awaitTermination(100)
  end()
  bar.close()
  console.log(`${done} rides read, ${done - refused} prices sent to ${OUT}, ${refused} refused and kept in ${REFUSED}.`)
}

/** The first prices of a topic. */
async function showPrices(kafka: kafkajs.Kafka): Promise<void> {
  const consumer = kafka.consumer({ groupId: `rides-stream-${process.pid}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [OUT], fromBeginning: true })
  const prices: string[] = []
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        if (prices.push(String(message.value)) >= 5) resolve()
      },
    })
  })
  await consumer.disconnect()
  for (const price of prices.slice(0, 5)) console.log(price)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      rides: { type: 'string', default: '20000' },
      serve: { type: 'boolean', default: false },
      checkpoint: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  const rides = wholeNumber('rides', values.rides, 1000, 10_000_000)
  if (values.serve && values.checkpoint === undefined) {
    throw new RidgelineError('--serve needs a --checkpoint', { hint: 'Name a folder: --checkpoint rides-checkpoint' })
  }
  const folder = await mkdtemp(join(tmpdir(), 'rides-stream-'))
  const given = process.env.KAFKA_BOOTSTRAP
  const broker = given ? { servers: given, stop: async () => {} } : await localBroker(join(folder, 'broker'))
  try {
    const model = values.model === undefined ? await smallModel() : await PipelineModel.load(values.model)
    const kafka = new kafkajs.Kafka({ brokers: broker.servers.split(','), logLevel: kafkajs.logLevel.NOTHING })
    await createTopics(kafka)
    const query = await score(model, broker.servers, values.checkpoint ?? join(folder, 'checkpoint'))
    console.log(`${IN} -> ${OUT} at ${broker.servers}`)
    process.once('SIGINT', () => void query.stop())
    if (values.serve) await watch(query, Number.POSITIVE_INFINITY)
    else {
      await Promise.all([sendRides(kafka, rides), watch(query, rides)])
      await showPrices(kafka)
    }
    await query.stop()
  } finally {
    await broker.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

await runProgram(main)
