import type { FetchedPartition, RecordsBatch } from './platformatic-client.js'
import type { Message } from './port.js'

const APPEND_TIME = 8
const TRANSACTIONAL = 16
const CONTROL = 32

/** Offset after batches. */
export function endOf(batches: readonly RecordsBatch[]): bigint {
  const { firstOffset, lastOffsetDelta } = batches[batches.length - 1]
  return firstOffset + BigInt(lastOffsetDelta) + 1n
}

/** Whether the mark at the end of a transaction says that it was undone: the second number of its key is 0. */
const isUndone = ({ records }: RecordsBatch): boolean => records[0]?.key?.readInt16BE(2) === 0

/**
 * The messages of batches, from an offset on, without the marks of transactions and without messages of those that were undone.
 * @param aborted transactions that were undone, as the broker tells them to who reads committed messages only.
 */
export function messagesOf(
  batches: readonly RecordsBatch[],
  from: bigint,
  aborted: NonNullable<FetchedPartition['abortedTransactions']>,
): Message[] {
  const messages: Message[] = []
  const waiting = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  const undone = new Set<bigint>()
  for (const batch of batches) {
    while (waiting.length > 0 && waiting[0].firstOffset <= endOf([batch]) - 1n) {
      undone.add((waiting.shift() as (typeof waiting)[number]).producerId)
    }
    if (batch.attributes & CONTROL) {
      if (isUndone(batch)) undone.delete(batch.producerId)
      continue
    }
    if (batch.attributes & TRANSACTIONAL && undone.has(batch.producerId)) continue
    for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
      const offset = batch.firstOffset + BigInt(offsetDelta)
      // A batch comes whole, though it was asked for from its middle.
      if (offset < from) continue
      messages.push({
        offset,
        timestamp: Number(
          batch.attributes & APPEND_TIME ? batch.maxTimestamp : batch.firstTimestamp + BigInt(timestampDelta),
        ),
        key,
        value,
        headers: headers.map(([name, bytes]) => [name.toString(), bytes]),
      })
    }
  }
  return messages
}
