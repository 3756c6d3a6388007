import { randomUUID } from 'node:crypto'
import { ParamError } from '../errors.js'
import { storePlace } from '../persistence/place.js'
import type { StreamWriteRequest } from '../sql/data-stream-writer.js'
import type { FileFormat, PlanOf } from '../sql/plan.js'
import type { SourceContext, StreamSource } from '../sql/stream-source.js'
import type { StreamingQuery, Trigger } from '../sql/streaming-query.js'
import { type DeadLetterSink, policyOf } from './bad-records.js'
import { BatchRunner } from './batch-runner.js'
import { Checkpoint, passingStore } from './checkpoint.js'
import { deadLetterFiles } from './dead-letter-files.js'
import { Execution, type Pace } from './execution.js'
import { fileSource } from './file-source.js'
import { KafkaParts, type OpenPort } from './kafka/open.js'
import { interval, takeOptions } from './options.js'
import { runningQuery } from './query.js'
import { rateSource } from './rate-source.js'
import { streamLeaves } from './row-plan.js'
import type { StreamSink } from './sink.js'
import { DURABLE, requireFormat, sinkOf } from './sinks.js'
import { ModelBorder } from './watched-model.js'

/** Options of every query. */
const COMMON = ['checkpointlocation', 'badrecords', 'deadlettertopic', 'deadletterpath']

/**
 * Connects the sources and the sink of a query, and starts it.
 * @param openPort makes the connection to Kafka.
 * @throws UnsupportedError for an operation that streams do not have; ParamError for wrong options; what sources and sinks raise.
 */
export async function startQuery(request: StreamWriteRequest, openPort?: OpenPort): Promise<StreamingQuery> {
  const { frame, options, name, format } = request
  requireFormat(format)
  const pace = paceOf(request.trigger)
  const policy = policyOf(options)
  const { own: common, rest } = takeOptions(options, COMMON)
  const leaves = distinct(frame.plan)
  const models = new ModelBorder(frame.plan)
  new BatchRunner(frame.session.engine, policy).check(frame.plan)
  const checkpoint = await checkpointOf(common, format)
  const identity = { id: checkpoint.id, runId: randomUUID(), name }
  const kafka = new KafkaParts(identity, openPort)
  const opened: { stop(): Promise<void> }[] = []
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    opened.push(part)
    return part
  }
  try {
    const contextOf = (k: number): SourceContext => {
      return { session: frame.session, log: checkpoint.sourceLog(k), queryId: checkpoint.id }
    }
    const letterTopic = common.get('deadlettertopic')
    const settings = format === 'kafka' ? kafka.sinkSettings(frame.schema, rest, letterTopic) : undefined
    const exchange = settings && (await kafka.exchange(leaves, contextOf(0), settings))
    const sources: StreamSource[] = []
    for (const [k, leaf] of leaves.entries()) {
      sources.push(keep(exchange?.source ?? (await sourceOf(leaf, contextOf(k), kafka))))
    }
    const own = { ...request, options: takeOptions(rest, kafka.optionsOf(rest)).rest }
    const sink: StreamSink = keep(
      exchange?.sink ?? (settings ? await kafka.sink(settings) : await sinkOf(own, identity.id)),
    )
    const letters =
      policy === 'deadLetter' && !sink.takesLetters ? await lettersOf(common, rest, leaves, kafka) : undefined
    if (letters) keep(letters)
    const runner = new BatchRunner(frame.session.engine, policy, sink.inspect)
    const execution = new Execution({
      identity,
      leaves,
      frame,
      sources,
      sink,
      letters,
      checkpoint,
      runner,
      models,
      pace,
    })
    return runningQuery(identity, frame, execution)
  } catch (error) {
    await Promise.allSettled(opened.map((part) => part.stop()))
    throw error
  }
}

/** The streams of a plan; one that is read twice is one. */
function distinct(plan: StreamWriteRequest['frame']['plan']): PlanOf<'streamScan'>[] {
  const leaves = [...streamLeaves(plan)]
  return leaves.filter((leaf, k) => leaves.findIndex(({ origin }) => origin === leaf.origin) === k)
}

async function checkpointOf(common: ReadonlyMap<string, string>, format: string): Promise<Checkpoint> {
  const path = common.get('checkpointlocation')
  if (path !== undefined) {
    const place = await storePlace(path, {}, 'write', 'writeStream')
    return Checkpoint.open(place.store, place.path)
  }
  if (!DURABLE.has(format)) return Checkpoint.open(passingStore(), 'checkpoint')
  throw new ParamError(`a query into ${format} needs a place for its checkpoint`, {
    stage: 'writeStream',
    param: 'checkpointLocation',
    hint: "Name a folder of its own: option('checkpointLocation', 'checkpoints/prices')",
  })
}

function sourceOf(
  leaf: PlanOf<'streamScan'>,
  context: SourceContext,
  kafka: KafkaParts,
): Promise<StreamSource> | StreamSource {
  const { origin, schema } = leaf
  const { format, options, provider } = origin
  if (provider) return provider.open(context)
  if (format === 'kafka') return kafka.source(leaf, context)
  if (format === 'rate') return rateSource(schema, options, context)
  return fileSource(format as FileFormat, schema, options, context)
}

async function lettersOf(
  common: ReadonlyMap<string, string>,
  rest: ReadonlyMap<string, string>,
  leaves: readonly PlanOf<'streamScan'>[],
  kafka: KafkaParts,
): Promise<DeadLetterSink> {
  const topic = common.get('deadlettertopic')
  if (topic === undefined) {
    const path = common.get('deadletterpath') as string
    const place = await storePlace(path, {}, 'write', 'writeStream')
    return deadLetterFiles(place.store, place.path, kafka.queryId)
  }
  // The brokers that the messages came from, unless others are named.
  const given = [rest, ...leaves.map(({ origin }) => origin.options)].find((options) =>
    options.has('kafka.bootstrap.servers'),
  )
  return kafka.letters(given ?? rest, topic)
}

function paceOf(trigger: Trigger): Pace {
  if (!('processingTime' in trigger)) return 'availableNow'
  return { interval: interval(trigger.processingTime, 'processingTime') }
}
