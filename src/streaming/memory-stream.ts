import type { LocalTable } from '../sql/batch.js'
import { sliceColumn } from '../sql/columns.js'
import { type InputRows, localTable } from '../sql/create.js'
import type { DataFrame } from '../sql/dataframe.js'
import { parseSchema } from '../sql/ddl.js'
import { rowsOf } from '../sql/row.js'
import { readStream } from '../sql/session.js'
import type { RawRecord, SourceBatch, StreamProvider, StreamSource } from '../sql/stream-source.js'
import type { Json, StructType } from '../sql/types.js'
import { batchOf } from './batch-runner.js'
import { Signal } from './signal.js'

/** A row as JSON bytes, for dead letters of sources whose rows are no messages. */
export function rowRecord(table: LocalTable, row: number, place: string): RawRecord {
  const columns = table.columns.map((column) => sliceColumn(column, row, row + 1))
  const [value] = rowsOf(table.schema, batchOf({ ...table, columns, length: 1 }))
  const json = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item))
  return { place, value: new TextEncoder().encode(json) }
}

/** A length of a list of rows that grows, as an offset. */
const countOf = (offset: Json): number => (typeof offset === 'number' ? offset : 0)

/**
 * A stream of rows that a program adds, for tests (Spark's `MemoryStream`). Rows are kept, so that a query which starts anew from a checkpoint in the
 * same process goes on where it was.
 * @example
 * ```ts
 * import { MemoryStream } from 'ridgeline/streaming'
 * const rides = new MemoryStream('city STRING')
 * rides.addData([{ city: 'FR' }])
 * console.log(rides.toDF().isStreaming) // true
 * ```
 */
export class MemoryStream implements StreamProvider {
  readonly name = 'memory'
  readonly schema: StructType
  private readonly rows: object[] = []
  private readonly added = new Signal()
  private readonly most: number

  /** @param maxRowsPerTrigger most rows of a micro-batch. */
  constructor(
    schema: StructType | string,
    { maxRowsPerTrigger = Number.POSITIVE_INFINITY }: { readonly maxRowsPerTrigger?: number } = {},
  ) {
    this.schema = typeof schema === 'string' ? parseSchema(schema) : schema
    this.most = maxRowsPerTrigger
  }

  /** Adds rows, as `createDataFrame` takes them. */
  addData(rows: InputRows): void {
    for (const row of rows) this.rows.push(row as object)
    this.added.notify()
  }

  /** The stream as a frame of the default session. */
  toDF(): DataFrame {
    return readStream.from(this)
  }

  open(): StreamSource {
    const { rows, schema, added } = this
    const read = (start: number, end: number): SourceBatch => {
      const table = localTable(rows.slice(start, end) as InputRows, schema, 1)
      return {
        start,
        end,
        table,
        arrived: performance.now(),
        record: (row) => rowRecord(table, row, `row ${start + row} of ${this.name}`),
      }
    }
    let bound = Number.POSITIVE_INFINITY
    return {
      description: 'MemoryStream',
      next: async ({ from, wait, signal }) => {
        const start = countOf(from)
        if (rows.length <= start) await added.wait(wait, signal)
        const end = Math.min(rows.length, start + this.most, bound)
        return end > start ? read(start, end) : undefined
      },
      replay: async (from, to) => read(countOf(from), countOf(to)),
      latest: () => rows.length,
      bound: async () => {
        bound = rows.length
      },
      stop: async () => {},
    }
  }
}
