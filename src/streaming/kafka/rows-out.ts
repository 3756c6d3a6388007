import { SchemaError } from '../../errors.js'
import type { LocalTable } from '../../sql/batch.js'
import { columnReader } from '../../sql/column-reader.js'
import { fieldNames, type StructType, simpleString } from '../../sql/types.js'
import type { DeadLetter } from '../bad-records.js'
import type { BadRow } from '../batch-runner.js'
import type { Headers, OutgoingRecord } from './port.js'
import { sizeOf } from './record-size.js'

const TYPES: Readonly<Record<string, readonly string[]>> = {
  key: ['string', 'binary', 'void'],
  value: ['string', 'binary', 'void'],
  topic: ['string'],
  partition: ['integer'],
  headers: ['array'],
}

/**
 * Refuses a frame whose columns are no messages, as Spark does.
 * @throws SchemaError for a missing value, unknown columns, wrong types, or no topic.
 */
export function checkColumns(schema: StructType, topic: string | undefined): void {
  const allowed = `Allowed: ${Object.keys(TYPES).join(', ')}`
  for (const { name, dataType } of schema.fields) {
    if (!Object.hasOwn(TYPES, name)) {
      throw new SchemaError(`a message has no "${name}"`, {
        stage: 'writeStream',
        column: name,
        allowed,
        hint: "Put what is to be sent into the value: select(to_json(struct('rideId', 'price')).as('value'))",
      })
    }
    if (TYPES[name].includes(dataType.kind)) continue
    throw new SchemaError(`the column "${name}" is ${simpleString(dataType)}`, {
      stage: 'writeStream',
      column: name,
      allowed: `Allowed: ${TYPES[name].join(', ')}`,
      hint: 'Cast it',
    })
  }
  const names = fieldNames(schema)
  if (!names.includes('value')) {
    throw new SchemaError('the frame has no column "value"', {
      stage: 'writeStream',
      column: 'value',
      allowed,
      received: names.join(', '),
    })
  }
  if (topic !== undefined || names.includes('topic')) return
  throw new SchemaError('no topic is named', {
    stage: 'writeStream',
    param: 'topic',
    hint: "Write option('topic', 'rides_predictions'), or add a column topic",
  })
}

const bytesOf = (value: unknown): Uint8Array | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : (value as Uint8Array)
}

/** Reader of the messages of a table, row by row. @param topic of rows that name none. */
export function recordReader(table: LocalTable, topic: string | undefined): (row: number) => OutgoingRecord {
  const readerOf = (name: string): ((row: number) => unknown) => {
    const at = table.schema.fields.findIndex((field) => field.name === name)
    return at < 0 ? () => null : columnReader(table.columns[at], table.schema.fields[at].dataType)
  }
  const [key, value, topicOf, partition, headers] = ['key', 'value', 'topic', 'partition', 'headers'].map(readerOf)
  return (row) => {
    const chosen = partition(row) as number | null
    const list = headers(row) as readonly { key: string; value: Uint8Array | null }[] | null
    return {
      topic: topic ?? (topicOf(row) as string),
      key: bytesOf(key(row)),
      value: bytesOf(value(row)),
      ...(chosen === null ? {} : { partition: chosen }),
      ...(list ? { headers: list.map((header): Headers[number] => [header.key, header.value]) } : {}),
    }
  }
}

/** Rows that no broker would take. */
export function refusedRows(table: LocalTable, topic: string | undefined, maxBytes: number): BadRow[] {
  const read = recordReader(table, topic)
  const refused: BadRow[] = []
  for (let row = 0; row < table.length; row++) {
    const record = read(row)
    const size = sizeOf(record)
    if (size > maxBytes)
      refused.push({ row, reason: `the answer has ${size} bytes, more than ${maxBytes} (kafka.max.request.size)` })
    else if (!record.topic) refused.push({ row, reason: 'the column "topic" is null' })
  }
  return refused
}

/** A dead letter as a message: key, value and headers as they came, and headers that tell where from and why. */
export function letterRecord({ record, reason, queryId }: DeadLetter, topic: string): OutgoingRecord {
  const about: Record<string, string | undefined> = {
    reason,
    place: record.place,
    topic: record.topic,
    partition: record.partition === undefined ? undefined : String(record.partition),
    offset: record.offset,
    timestamp: record.timestamp === undefined ? undefined : String(record.timestamp),
    query: queryId,
  }
  const told = Object.entries(about).flatMap(([name, text]): Headers[number][] =>
    text === undefined ? [] : [[`ridgeline.${name}`, Buffer.from(text, 'utf8')]],
  )
  return { topic, key: record.key ?? null, value: record.value, headers: [...(record.headers ?? []), ...told] }
}
