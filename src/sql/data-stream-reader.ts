import { ParamError } from '../errors.js'
import { requireTexts, wrongArgument } from './arguments.js'
import { DataFrame } from './dataframe.js'
import { parseSchema } from './ddl.js'
import type { Session } from './session.js'
import { type StreamFormat, streamFormat, streamSchema } from './stream-formats.js'
import type { StreamProvider } from './stream-source.js'
import type { StructType } from './types.js'

/**
 * Reads streams as frames (Spark's `DataStreamReader`). A streaming frame is a plan as any other: `select`, `filter`, `withColumn` and
 * `model.transform` work on it, and `writeStream.start()` runs it on the rows of each micro-batch. See `docs/streaming.md` for formats and options.
 *
 * Differs from Spark: aggregates, sorts, limits, distinct rows and joins of two streams are errors, as there is no state between micro-batches.
 *
 * @example
 * ```ts
 * import { functions, readStream } from 'ridgeline/streaming'
 * const rides = readStream
 *   .format('kafka')
 *   .option('kafka.bootstrap.servers', 'localhost:9092')
 *   .option('subscribe', 'rides_features')
 *   .load()
 * const parsed = rides
 *   .select(functions.from_json(functions.col('value').cast('string'), 'rideId STRING, city STRING').as('j'))
 *   .select('j.*')
 * console.log(parsed.isStreaming, parsed.columns) // true [ 'rideId', 'city' ]
 * ```
 */
export class DataStreamReader {
  private readonly session: () => Session
  private readonly settings: ReadonlyMap<string, string>
  private readonly given?: StructType
  private readonly source: StreamFormat

  /** @param session asked for when a frame is made. */
  constructor(
    session: () => Session,
    settings: ReadonlyMap<string, string> = new Map(),
    given?: StructType,
    source: StreamFormat = 'parquet',
  ) {
    this.session = session
    this.settings = settings
    this.given = given
    this.source = source
  }

  /** `kafka`, `rate`, `csv`, `json`, `parquet` or `text`. @throws ParamError naming the formats. */
  format(source: string): DataStreamReader {
    return new DataStreamReader(this.session, this.settings, this.given, streamFormat(source))
  }

  /** This reader with an option; names are Spark's, in any case. */
  option(name: string, value: string | number | boolean): DataStreamReader {
    return this.options({ [name]: value })
  }

  /** This reader with several options. */
  options(options: Readonly<Record<string, string | number | boolean>>): DataStreamReader {
    const settings = new Map(this.settings)
    for (const [name, value] of Object.entries(options)) settings.set(name.toLowerCase(), String(value))
    return new DataStreamReader(this.session, settings, this.given, this.source)
  }

  /** This reader with a schema, or its DDL text; files need one. @throws ParseError. */
  schema(schema: StructType | string): DataStreamReader {
    const given = typeof schema === 'string' ? parseSchema(schema) : schema
    return new DataStreamReader(this.session, this.settings, given, this.source)
  }

  /**
   * The frame. Nothing is read or connected before a query starts.
   * @param path folder of files, whose new files are the stream.
   * @throws SchemaError where a schema is missing, or given for a format that has its own; ParamError where files have no path.
   */
  load(path?: string): DataFrame {
    const options = path === undefined ? this.settings : this.options({ path }).settings
    const files = this.source !== 'kafka' && this.source !== 'rate'
    if (files && !options.get('path')) {
      throw new ParamError('the path of the files is missing', {
        stage: 'readStream',
        param: 'path',
        hint: `Name the folder: readStream.schema(…).${this.source}('rides')`,
      })
    }
    const schema = streamSchema(this.source, options, this.given)
    return new DataFrame({ kind: 'streamScan', schema, origin: { format: this.source, options } }, this.session())
  }

  /** Comma-separated files that appear in a folder; options as for `read`. */
  csv(path: string): DataFrame {
    return this.format('csv').load(path)
  }

  /** Files of one JSON object a line that appear in a folder. */
  json(path: string): DataFrame {
    return this.format('json').load(path)
  }

  /** Parquet files that appear in a folder. */
  parquet(path: string): DataFrame {
    return this.format('parquet').load(path)
  }

  /** Text files that appear in a folder, each line a row with the column `value`. */
  text(path: string): DataFrame {
    return this.format('text').load(path)
  }

  /** The frame of a source that a program provides, such as a `MemoryStream` of `ridgeline/streaming`. @throws ParamError for something else. */
  from(provider: StreamProvider): DataFrame {
    const given: unknown = provider
    const usable = typeof given === 'object' && given !== null && 'open' in given && 'schema' in given
    if (!usable) {
      const allowed = 'an object with name, schema and open(context)'
      throw wrongArgument(given, { stage: 'readStream', param: 'provider', allowed })
    }
    requireTexts([provider.name], 'readStream', 'name')
    const { name: format, schema } = provider
    return new DataFrame(
      { kind: 'streamScan', schema, origin: { format, options: this.settings, provider } },
      this.session(),
    )
  }
}
