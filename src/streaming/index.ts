export { DataStreamReader } from '../sql/data-stream-reader.js'
export { DataStreamWriter, type ForeachBatch } from '../sql/data-stream-writer.js'
export * as functions from '../sql/expression/functions.js'
export { readStream } from '../sql/session.js'
export type {
  RawRecord,
  SourceBatch,
  SourceContext,
  SourceLog,
  StreamProvider,
  StreamSource,
} from '../sql/stream-source.js'
export type {
  SourceProgress,
  StreamingQuery,
  StreamingQueryProgress,
  StreamingQueryStatus,
  Trigger,
} from '../sql/streaming-query.js'
export { BadRecordError, type BadRecords } from './bad-records.js'
export type { ScoredPart } from './batch-ledger.js'
export { HttpStream, type HttpStreamOptions } from './http-stream.js'
export { fromIterable } from './iterable-stream.js'
export { MemoryStream } from './memory-stream.js'
export { type MetricRegistry, type ObserveOptions, observeQuery } from './metrics.js'
export { StreamingQueryException } from './query.js'
export { type ScoreBatchOptions, type ScoreBatchReport, scoreBatch } from './score-batch.js'
export { type ModelSource, type WatchedModel, type WatchOptions, watchModel } from './watched-model.js'
