import type { DataFrame } from '../sql/dataframe.js'
import { parseSchema } from '../sql/ddl.js'
import { readStream } from '../sql/session.js'
import type { StreamProvider, StreamSource } from '../sql/stream-source.js'
import type { StructType } from '../sql/types.js'
import { RowQueue } from './queue-source.js'

/**
 * A stream of the rows of an async iterable: a cursor, a generator, a socket. It is read as fast as the query works, no more than `buffer` rows ahead; the
 * query ends with an error when the iterable raises one. Rows cannot come again: those of a micro-batch that was cut short by a crash must be given anew.
 * @example
 * ```ts
 * import { fromIterable } from 'ridgeline/streaming'
 * async function* rides() {
 *   yield { city: 'FR', km: 7.5 }
 * }
 * const query = await fromIterable(rides(), 'city STRING, km DOUBLE').writeStream.format('console').start()
 * await query.processAllAvailable()
 * await query.stop()
 * ```
 */
export function fromIterable(
  rows: AsyncIterable<object> | Iterable<object>,
  schema: StructType | string,
  { buffer = 10_000 }: { readonly buffer?: number } = {},
): DataFrame {
  const type = typeof schema === 'string' ? parseSchema(schema) : schema
  const provider: StreamProvider = {
    name: 'iterable',
    schema: type,
    open(): StreamSource {
      const queue = new RowQueue(buffer)
      const ending = new AbortController()
      const pump = async (): Promise<void> => {
        try {
          for await (const row of rows) {
            await queue.room(ending.signal)
            if (ending.signal.aborted) return
            queue.push([row])
          }
          queue.finish()
        } catch (error) {
          queue.finish(error)
        }
      }
      void pump()
      return queue.source('IterableStream', type, 'gone', { stop: async () => ending.abort() })
    },
  }
  return readStream.from(provider)
}
