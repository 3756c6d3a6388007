import { ParamError, UnsupportedError } from '../errors.js'
import type { StreamWriteRequest } from '../sql/data-stream-writer.js'
import type { FileFormat } from '../sql/plan.js'
import { knownNames, shortText } from '../util/names.js'
import { fileSink } from './file-sink.js'
import { requireKnown } from './options.js'
import { consoleSink, foreachBatchSink, memorySink } from './simple-sinks.js'
import type { StreamSink } from './sink.js'

const FILES = ['csv', 'json', 'parquet', 'text']
const FORMATS = ['kafka', ...FILES, 'memory', 'console', 'foreachBatch']
/** Sinks without which a restart could not go on: their queries need a checkpoint. */
export const DURABLE: ReadonlySet<string> = new Set(['kafka', ...FILES])

/** @throws ParamError naming the formats. */
export function requireFormat(format: string): void {
  if (FORMATS.some((known) => known.toLowerCase() === format)) return
  throw new ParamError(`the format is ${shortText(format)}`, {
    stage: 'writeStream',
    param: 'format',
    allowed: knownNames('formats', format, FORMATS),
    received: format,
  })
}

/** The sink of a format that is not Kafka. @throws ParamError, UnsupportedError for what the format does not have. */
export async function sinkOf(request: StreamWriteRequest, queryId: string): Promise<StreamSink> {
  const { frame, format, options, name, partitionBy, foreachBatch } = request
  if (partitionBy.length > 0 && !FILES.includes(format)) {
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
