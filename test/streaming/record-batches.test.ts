import { describe, expect, it } from 'vitest'
import type { RecordsBatch } from '../../src/streaming/kafka/platformatic-client.js'
import { endOf, messagesOf } from '../../src/streaming/kafka/record-batches.js'

/** A batch of messages whose values are their offsets. Bit 4 of the attributes says transaction, bit 5 mark (Kafka's record format 2). */
const batch = (firstOffset: number, count: number, producerId = -1, attributes = producerId < 0 ? 0 : 16) =>
  ({
    firstOffset: BigInt(firstOffset),
    lastOffsetDelta: count - 1,
    firstTimestamp: 1000n,
    maxTimestamp: 5000n,
    attributes,
    producerId: BigInt(producerId),
    records: Array.from({ length: count }, (_, k) => ({
      offsetDelta: k,
      timestampDelta: BigInt(k),
      key: null,
      value: Buffer.from(String(firstOffset + k)),
      headers: [
        [Buffer.from('h'), Buffer.from('1')],
        [Buffer.from('h'), null],
      ],
    })),
  }) as RecordsBatch

/** The mark at the end of a transaction: its key is version 0, then 1 for committed and 0 for undone. */
const mark = (offset: number, producerId: number, committed: boolean): RecordsBatch => {
  const one = batch(offset, 1, producerId, 48)
  return { ...one, records: [{ ...one.records[0], key: Buffer.from([0, 0, 0, committed ? 1 : 0]) }] }
}

const read = (batches: RecordsBatch[], from = 0, aborted: [producerId: number, first: number][] = []) =>
  messagesOf(
    batches,
    BigInt(from),
    aborted.map(([producerId, first]) => ({ producerId: BigInt(producerId), firstOffset: BigInt(first) })),
  )
const offsets = (...given: Parameters<typeof read>): number[] => read(...given).map(({ offset }) => Number(offset))

describe('batches of records', () => {
  it('are read from the middle, with times and headers', () => {
    const [message] = read([batch(10, 3)], 12)
    expect(message).toMatchObject({ offset: 12n, timestamp: 1002, value: Buffer.from('12') })
    expect(message.headers).toEqual([
      ['h', Buffer.from('1')],
      ['h', null],
    ])
    expect(read([batch(10, 1, -1, 8)])[0].timestamp).toBe(5000)
    expect(endOf([batch(10, 3), mark(13, 7, true)])).toBe(14n)
  })

  it('lack the marks of transactions, and messages of those that were undone', () => {
    const mixed = [
      batch(0, 2, 7),
      batch(2, 1, 8),
      mark(3, 7, false),
      batch(4, 1, 7),
      mark(5, 8, true),
      mark(6, 7, true),
    ]
    expect(offsets(mixed, 0, [[7, 0]])).toEqual([2, 4])
  })

  it('lack those of a transaction whose end comes later, and of two that one producer has undone', () => {
    expect(offsets([batch(0, 2, 7), batch(2, 1, 8)], 0, [[7, 0]])).toEqual([2])
    const twice = [
      batch(0, 1, 7),
      mark(1, 7, false),
      batch(2, 1, 7),
      mark(3, 7, true),
      batch(4, 1, 7),
      mark(5, 7, false),
    ]
    expect(
      offsets(twice, 0, [
        [7, 4],
        [7, 0],
      ]),
    ).toEqual([2])
  })
})
