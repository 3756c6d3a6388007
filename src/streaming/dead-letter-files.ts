import type { DeadLetter, DeadLetterSink } from './bad-records.js'
import type { LogStore } from './checkpoint.js'

const base64 = (bytes: Uint8Array | null | undefined): string | null =>
  bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') : null

/** A dead letter as a line of JSON; bytes are base64. */
function line({ record, reason, batchId }: DeadLetter): string {
  const { place, topic, partition, offset, timestamp, key, value, headers = [] } = record
  return JSON.stringify({
    reason,
    place,
    batchId,
    ...(topic === undefined ? {} : { topic, partition, offset, timestamp, key: base64(key) }),
    value: base64(value),
    ...(headers.length > 0 ? { headers: headers.map(([name, bytes]) => [name, base64(bytes)]) } : {}),
  })
}

/** Dead letters as files of JSON lines, one a micro-batch, which replaces itself when it comes again. */
export function deadLetterFiles(store: LogStore, path: string, queryId: string): DeadLetterSink {
  return {
    async write(batchId, letters) {
      const file = `${path.replace(/\/+$/, '')}/refused-${queryId}-b${batchId}.jsonl`
      await store.saveFile(file, `${letters.map(line).join('\n')}\n`, true)
    },
    async stop() {},
  }
}
