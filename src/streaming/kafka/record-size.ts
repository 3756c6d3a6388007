import type { OutgoingRecord } from './port.js'

/** Bytes that a message takes at most beside its key, value and headers. */
const OVERHEAD = 70

/** Bytes of a message, or a few more. */
export const sizeOf = ({ key, value, headers = [] }: OutgoingRecord): number =>
  headers.reduce((sum, [name, bytes]) => sum + 10 + name.length * 3 + (bytes?.length ?? 0), OVERHEAD) +
  (key?.length ?? 0) +
  (value?.length ?? 0)

/** Messages in runs that a broker takes at once: clients put all of a partition into one batch, whose size brokers limit. */
export function* chunks(records: readonly OutgoingRecord[], maxBytes: number): Generator<readonly OutgoingRecord[]> {
  let start = 0
  let bytes = 0
  for (const [k, record] of records.entries()) {
    const size = sizeOf(record)
    if (bytes + size > maxBytes && k > start) {
      yield records.slice(start, k)
      start = k
      bytes = 0
    }
    bytes += size
  }
  if (start < records.length) yield records.slice(start)
}
