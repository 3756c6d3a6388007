import type { ColumnData, LocalTable } from '../../sql/batch.js'
import { buildColumn } from '../../sql/column-builder.js'
import type { StructType } from '../../sql/types.js'
import type { Message, TopicPartition } from './port.js'

/** Messages of a partition within a micro-batch: rows `first .. first + messages.length`. */
export interface Part extends TopicPartition {
  readonly messages: readonly Message[]
  readonly first: number
  /** Offset after the last of them. */
  readonly end: bigint
  /** Which assignment of the partition they were read in. */
  readonly claim: number
}

/** Messages as rows, with the columns that Spark gives them. */
export function messageTable(schema: StructType, parts: readonly Part[]): LocalTable {
  const length = parts.reduce((sum, { messages }) => sum + messages.length, 0)
  const object = (read: (message: Message) => unknown): ColumnData => {
    const data: unknown[] = new Array(length)
    let nulls: Uint8Array | null = null
    let row = 0
    for (const { messages } of parts) {
      for (const message of messages) {
        const value = read(message)
        if (value === null) {
          nulls ??= new Uint8Array((length + 7) >> 3).fill(0xff)
          nulls[row >> 3] &= ~(1 << (row & 7))
        }
        data[row++] = value
      }
    }
    return { kind: 'object', data, valid: nulls }
  }
  const longs = (read: (message: Message) => bigint): ColumnData => {
    const data = new BigInt64Array(length)
    let row = 0
    for (const { messages } of parts) for (const message of messages) data[row++] = read(message)
    return { kind: 'i64', data, valid: null }
  }
  const perPart = (read: (part: Part) => number): Int32Array => {
    const data = new Int32Array(length)
    for (const part of parts) data.fill(read(part), part.first, part.first + part.messages.length)
    return data
  }
  const topics = [...new Set(parts.map(({ topic }) => topic))]
  const columns: Readonly<Record<string, () => ColumnData>> = {
    key: () => object(({ key }) => key),
    value: () => object(({ value }) => value),
    topic: () => ({
      kind: 'dict',
      dictionary: topics,
      codes: perPart(({ topic }) => topics.indexOf(topic)),
      valid: null,
    }),
    partition: () => ({ kind: 'i32', data: perPart(({ partition }) => partition), valid: null }),
    offset: () => longs(({ offset }) => offset),
    timestamp: () => longs(({ timestamp }) => BigInt(timestamp) * 1000n),
    // Clients do not tell times of appending from times of creation.
    timestampType: () => ({ kind: 'i32', data: new Int32Array(length), valid: null }),
    headers: () => object(({ headers }) => headers.map(([key, value]) => ({ key, value }))),
  }
  return {
    schema,
    length,
    bounds: [0, length],
    columns: schema.fields.map(
      ({ name, dataType }) => columns[name]?.() ?? buildColumn(dataType, new Array(length).fill(null), name),
    ),
  }
}
