import { ParamError, UnsupportedError } from '../errors.js'
import { shortText } from '../util/names.js'
import { requireTexts, wrongArgument } from './arguments.js'
import type { DataFrame } from './dataframe.js'
import type { StreamingQuery, Trigger } from './streaming-query.js'

/** Is given the rows of each micro-batch as a frame, and its number; the same number comes again after a crash in between. */
export type ForeachBatch = (batch: DataFrame, batchId: number) => void | Promise<void>

/** What `writeStream` was told. */
export interface StreamWriteRequest {
  readonly frame: DataFrame
  readonly format: string
  /** Options by name in lower case. */
  readonly options: ReadonlyMap<string, string>
  readonly name: string | null
  readonly trigger: Trigger
  readonly partitionBy: readonly string[]
  readonly foreachBatch?: ForeachBatch
}

/**
 * Starts queries (Spark's `DataStreamWriter`). Formats: `kafka`, `csv`, `json`, `parquet`, `text`, `memory`, `console`, and `foreachBatch`.
 * Options and guarantees: `docs/streaming.md`.
 *
 * Differs from Spark: `start` gives a promise; rows that cannot be read or scored end the query, `from_json` included, unless the option
 * `badRecords` says otherwise (`deadLetter`, `skip`, or `permissive` as in Spark).
 *
 * @example
 * ```ts
 * import { MemoryStream } from 'ridgeline/streaming'
 * const rides = new MemoryStream('city STRING, km DOUBLE')
 * const query = await rides.toDF().selectExpr('city', 'km * 2 AS price').writeStream.format('memory').queryName('prices').start()
 * rides.addData([{ city: 'FR', km: 7.5 }])
 * await query.processAllAvailable()
 * await query.stop()
 * ```
 */
export class DataStreamWriter {
  private readonly request: StreamWriteRequest

  constructor(request: StreamWriteRequest) {
    this.request = request
  }

  private with(change: Partial<StreamWriteRequest>): DataStreamWriter {
    return new DataStreamWriter({ ...this.request, ...change })
  }

  /** Where the rows go, by name; parquet when not said. */
  format(format: string): DataStreamWriter {
    requireTexts([format], 'writeStream', 'format')
    return this.with({ format: format.toLowerCase() })
  }

  /** This writer with an option; names are Spark's, in any case. */
  option(name: string, value: string | number | boolean): DataStreamWriter {
    return this.options({ [name]: value })
  }

  /** This writer with several options. */
  options(options: Readonly<Record<string, string | number | boolean>>): DataStreamWriter {
    const settings = new Map(this.request.options)
    for (const [name, value] of Object.entries(options)) settings.set(name.toLowerCase(), String(value))
    return this.with({ options: settings })
  }

  /** `append`, or `update`, which is the same where nothing is aggregated. @throws UnsupportedError for `complete`. */
  outputMode(mode: string): DataStreamWriter {
    requireTexts([mode], 'writeStream', 'outputMode')
    if (['append', 'update'].includes(mode.toLowerCase())) return this
    if (mode.toLowerCase() === 'complete') {
      throw new UnsupportedError('the output mode complete needs aggregates, which streams do not have here', {
        stage: 'writeStream',
        param: 'outputMode',
        allowed: 'Allowed: append, update',
        received: mode,
      })
    }
    throw new ParamError(`the output mode is ${shortText(mode)}`, {
      stage: 'writeStream',
      param: 'outputMode',
      allowed: 'Allowed: append, update',
      received: shortText(mode),
    })
  }

  /** A name for the query: that of its view for the format `memory`, and of its metrics. */
  queryName(name: string): DataStreamWriter {
    requireTexts([name], 'writeStream', 'queryName')
    return this.with({ name })
  }

  /** When micro-batches start. @throws ParamError for something else than one of the triggers. */
  trigger(trigger: Trigger): DataStreamWriter {
    const given: unknown = trigger
    const names = typeof given === 'object' && given !== null ? Object.keys(given) : []
    if (names.includes('continuous')) {
      throw new UnsupportedError('there is no continuous processing', {
        stage: 'writeStream',
        param: 'trigger',
        allowed: 'Allowed: processingTime, once, availableNow',
        hint: 'Micro-batches of processingTime 0 start as soon as a row comes; they take about a millisecond',
      })
    }
    if (names.length === 1 && ['processingTime', 'once', 'availableNow'].includes(names[0]))
      return this.with({ trigger })
    const allowed = "{ processingTime: '5 seconds' }, { once: true } or { availableNow: true }"
    throw wrongArgument(given, { stage: 'writeStream', param: 'trigger', allowed })
  }

  /** Columns whose values become names of folders, for files. */
  partitionBy(...columns: string[]): DataStreamWriter {
    requireTexts(columns, 'writeStream', 'partitionBy')
    return this.with({ partitionBy: columns })
  }

  /** Calls a function with each micro-batch instead of writing it anywhere. */
  foreachBatch(each: ForeachBatch): DataStreamWriter {
    const given: unknown = each
    if (typeof given !== 'function') {
      throw wrongArgument(given, { stage: 'writeStream', param: 'foreachBatch', allowed: 'a function' })
    }
    return this.with({ foreachBatch: each, format: 'foreachbatch' })
  }

  /**
   * Starts the query: it is connected when the promise is kept, and runs until it is stopped or fails.
   * @param path folder of a format of files, or name of a topic.
   * @throws UnsupportedError for a frame that is no stream, or an operation that streams do not have; ParamError for wrong options.
   */
  async start(path?: string): Promise<StreamingQuery> {
    const request = path === undefined ? this.request : this.option('path', path).request
    if (!request.frame.isStreaming) {
      throw new UnsupportedError('the frame is no stream', {
        stage: 'writeStream',
        hint: 'Read it by readStream, or write it by write',
      })
    }
    const { startQuery } = await import('../streaming/start.js')
    return startQuery(request)
  }
}
