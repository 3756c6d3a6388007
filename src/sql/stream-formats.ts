import { ParamError, SchemaError } from '../errors.js'
import { knownNames, shortText } from '../util/names.js'
import { requireTexts } from './arguments.js'
import { parseSchema } from './ddl.js'
import { StringType, StructField, StructType } from './types.js'

/** Columns of a Kafka message, as in Spark; `headers` with the option `includeHeaders`. */
const KAFKA =
  'key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP, timestampType INT'
const HEADERS = 'headers ARRAY<STRUCT<key: STRING, value: BINARY>>'
const RATE = 'timestamp TIMESTAMP, value BIGINT'

const FORMATS = ['kafka', 'rate', 'csv', 'json', 'parquet', 'text'] as const
/** A source of streams by its name. */
export type StreamFormat = (typeof FORMATS)[number]

/** @throws ParamError naming the formats. */
export function streamFormat(name: string): StreamFormat {
  requireTexts([name], 'readStream', 'format')
  const format = FORMATS.find((known) => known === name.toLowerCase())
  if (format) return format
  throw new ParamError(`the format is ${shortText(name)}`, {
    stage: 'readStream',
    param: 'format',
    allowed: knownNames('formats', name, FORMATS),
    received: shortText(name),
    hint: 'Rows of a program come from `new MemoryStream(schema).toDF()`, `readStream.from(rows, schema)` and other providers of ridgeline/streaming',
  })
}

/** The schema of a source. @throws SchemaError where it must be given and was not, or is fixed and was. */
export function streamSchema(
  format: StreamFormat,
  options: ReadonlyMap<string, string>,
  given: StructType | undefined,
): StructType {
  const fixed =
    format === 'kafka'
      ? parseSchema(options.get('includeheaders') === 'true' ? `${KAFKA}, ${HEADERS}` : KAFKA)
      : format === 'rate'
        ? parseSchema(RATE)
        : undefined
  if (fixed && given) {
    throw new SchemaError(`the columns of ${format} are fixed, and a schema was given`, {
      stage: 'readStream',
      allowed: `It has ${fixed.fields.map(({ name }) => name).join(', ')}`,
      hint: format === 'kafka' ? "Read JSON by from_json(col('value').cast('string'), schema)" : undefined,
    })
  }
  const schema = fixed ?? given ?? (format === 'text' ? StructType([StructField('value', StringType)]) : undefined)
  if (schema) return schema
  throw new SchemaError(`a stream of ${format} files needs a schema: files that come later cannot be looked into`, {
    stage: 'readStream',
    hint: "Give it, as DDL text for example: readStream.schema('city STRING, price DOUBLE')",
  })
}
