import { randomUUID } from 'node:crypto'
import { ParamError, UnsupportedError } from '../errors.js'
import { storePlace } from '../persistence/place.js'
import type { StreamWriteRequest } from '../sql/data-stream-writer.js'
import type { FileFormat, PlanOf } from '../sql/plan.js'
import type { SourceContext, StreamSource } from '../sql/stream-source.js'
import type { StreamingQuery, Trigger } from '../sql/streaming-query.js'
import { knownNames, shortText } from '../util/names.js'
import { type BadRecords, type DeadLetterSink, policyOf } from './bad-records.js'
import { BatchRunner } from './batch-runner.js'
import { Checkpoint, passingStore } from './checkpoint.js'
import { deadLetterFiles } from './dead-letter-files.js'
import { Execution, type Pace } from './execution.js'
import { fileSink } from './file-sink.js'
import { fileSource } from './file-source.js'
import { interval, requireKnown, takeOptions } from './options.js'
import { runningQuery } from './query.js'
import { rateSource } from './rate-source.js'
import { streamLeaves } from './row-plan.js'
import { consoleSink, foreachBatchSink, memorySink } from './simple-sinks.js'
import type { StreamSink } from './sink.js'
import { ModelBorder } from './watched-model.js'

/** Options of every query. */
const COMMON = ['checkpointlocation', 'badrecords', 'deadlettertopic', 'deadletterpath']
/** Sinks without which a restart could not go on: their queries need a checkpoint. */
const DURABLE = new Set(['kafka', 'csv', 'json', 'parquet', 'text'])
const FORMATS = ['kafka', 'csv', 'json', 'parquet', 'text', 'memory', 'console', 'foreachbatch'] as const

/**
 * Connects the sources and the sink of a query, and starts it.
 * @throws UnsupportedError for an operation that streams do not have; ParamError for wrong options; what sources and sinks raise.
 */
export async function startQuery(request: StreamWriteRequest): Promise<StreamingQuery> {
  const { frame, options, name, format } = request
  if (!(FORMATS as readonly string[]).includes(format)) {
    throw new ParamError(`the format is ${shortText(format)}`, {
      stage: 'writeStream',
      param: 'format',
      allowed: knownNames('formats', format, FORMATS),
      received: format,
    })
  }
  const policy = policyOf(options)
  const { own: common, rest } = takeOptions(options, COMMON)
  const models = new ModelBorder(frame.plan)
  new BatchRunner(frame.session.engine, policy).check(frame.plan)
  const checkpoint = await checkpointOf(common, format)
  const identity = { id: checkpoint.id, runId: randomUUID(), name }
  const leaves = distinct(frame.plan)
  const opened: { stop(): Promise<void> }[] = []
  try {
    const sources: StreamSource[] = []
    for (const [k, leaf] of leaves.entries()) {
      const context = { session: frame.session, log: checkpoint.sourceLog(k), queryId: checkpoint.id }
      const source = await sourceOf(leaf, context)
      opened.push(source)
      sources.push(source)
    }
    const sink = await sinkOf({ ...request, options: rest }, identity.id)
    opened.push(sink)
    const letters = await lettersOf(common, policy, identity.id)
    const runner = new BatchRunner(frame.session.engine, policy, sink.inspect)
    const parts = { identity, frame, leaves, sources, sink, letters, checkpoint, runner, models }
    return runningQuery(identity, frame, new Execution({ ...parts, pace: paceOf(request.trigger) }))
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
  { origin, schema }: PlanOf<'streamScan'>,
  context: SourceContext,
): Promise<StreamSource> | StreamSource {
  const { format, options, provider } = origin
  if (provider) return provider.open(context)
  if (format === 'rate') return rateSource(schema, options, context)
  return fileSource(format as FileFormat, schema, options, context)
}

async function sinkOf(request: StreamWriteRequest, queryId: string): Promise<StreamSink> {
  const { frame, format, options, name, partitionBy, foreachBatch } = request
  if (partitionBy.length > 0 && !['csv', 'json', 'parquet', 'text'].includes(format)) {
    throw new UnsupportedError('partitionBy is for files', { stage: 'writeStream', param: 'partitionBy' })
  }
  switch (format) {
    case 'memory':
      requireKnown(options, [], 'writeStream')
      return memorySink(frame.session, name, frame.schema)
    case 'console':
      requireKnown(options, ['numRows', 'truncate'], 'writeStream')
      return consoleSink(options)
    case 'foreachbatch':
      requireKnown(options, [], 'writeStream')
      if (foreachBatch) return foreachBatchSink(foreachBatch)
      throw new ParamError('the function of foreachBatch is missing', {
        stage: 'writeStream',
        param: 'foreachBatch',
        hint: 'Write writeStream.foreachBatch(async (batch, batchId) => …)',
      })
    default:
      return fileSink(format as FileFormat, options, partitionBy, queryId)
  }
}

async function lettersOf(
  common: ReadonlyMap<string, string>,
  policy: BadRecords,
  queryId: string,
): Promise<DeadLetterSink | undefined> {
  const path = common.get('deadletterpath')
  if (policy !== 'deadLetter' || path === undefined) return undefined
  const place = await storePlace(path, {}, 'write', 'writeStream')
  return deadLetterFiles(place.store, place.path, queryId)
}

function paceOf(trigger: Trigger): Pace {
  if (!('processingTime' in trigger)) return 'availableNow'
  return { interval: interval(trigger.processingTime, 'processingTime') }
}
