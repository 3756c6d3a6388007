import type { LocalTable } from '../sql/batch.js'
import type { SourceBatch, SourceContext, StreamSource } from '../sql/stream-source.js'
import type { Json, StructType } from '../sql/types.js'
import { rowRecord } from './memory-stream.js'
import { countOption, requireKnown } from './options.js'
import { pause } from './signal.js'

const secondsOf = (offset: Json): number => (typeof offset === 'number' ? offset : 0)

/**
 * Rows with the columns `timestamp` and `value` (0, 1, 2 …), so many a second (Spark's rate source). Seconds are counted by a clock that does not
 * jump. Option: `rowsPerSecond` (1).
 */
export async function rateSource(
  schema: StructType,
  options: ReadonlyMap<string, string>,
  { log }: SourceContext,
): Promise<StreamSource> {
  requireKnown(options, ['rowsPerSecond'], 'readStream')
  const perSecond = countOption(options, 'rowsPerSecond') ?? 1
  if ((await log.read(0)) === undefined) await log.write(0, String(Date.now()))
  const created = Number(await log.read(0))
  let base: { readonly clock: number; readonly seconds: number } | undefined
  let bound = Number.POSITIVE_INFINITY
  const now = (): number => (base ? base.seconds + Math.floor((performance.now() - base.clock) / 1000) : 0)
  const read = (start: number, end: number): SourceBatch => {
    const length = (end - start) * perSecond
    const first = start * perSecond
    const timestamp = BigInt64Array.from({ length }, (_, i) => {
      return BigInt(Math.round((created + ((first + i) * 1000) / perSecond) * 1000))
    })
    const value = BigInt64Array.from({ length }, (_, i) => BigInt(first + i))
    const table: LocalTable = {
      schema,
      length,
      bounds: [0, length],
      columns: [
        { kind: 'i64', data: timestamp, valid: null },
        { kind: 'i64', data: value, valid: null },
      ],
    }
    return {
      start,
      end,
      table,
      arrived: performance.now(),
      record: (row) => rowRecord(table, row, `value ${first + row}`),
    }
  }
  return {
    description: `RateStreamV2[rowsPerSecond=${perSecond}]`,
    async next({ from, wait, signal }) {
      const start = secondsOf(from)
      base ??= { clock: performance.now(), seconds: start }
      const until = performance.now() + wait
      while (Math.min(now(), bound) <= start) {
        const left = until - performance.now()
        if (left <= 0 || signal.aborted) return undefined
        await pause(Math.min(left, 1000 - ((performance.now() - base.clock) % 1000) + 1), signal)
      }
      return read(start, Math.min(now(), bound))
    },
    replay: async (from, to) => read(secondsOf(from), secondsOf(to)),
    latest: now,
    async bound(from) {
      base ??= { clock: performance.now(), seconds: secondsOf(from) }
      bound = now()
    },
    async stop() {},
  }
}
