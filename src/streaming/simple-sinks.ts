import { ParamError } from '../errors.js'
import type { LocalTable } from '../sql/batch.js'
import { concatColumns } from '../sql/columns.js'
import { localTable } from '../sql/create.js'
import type { ForeachBatch } from '../sql/data-stream-writer.js'
import type { Session } from '../sql/session.js'
import { showText } from '../sql/show.js'
import type { StructType } from '../sql/types.js'
import type { StreamSink } from './sink.js'

/** All rows, in a temporary view of the name of the query. For tests: nothing is ever let go. @throws ParamError without a name. */
export function memorySink(session: Session, name: string | null, schema: StructType): StreamSink {
  if (name === null) {
    throw new ParamError('a query into memory needs a name, that of its view', {
      stage: 'writeStream',
      param: 'queryName',
      hint: "Write writeStream.format('memory').queryName('prices')",
    })
  }
  const tables: LocalTable[] = [localTable([], schema, 1)]
  let last = -1
  const register = (): void => {
    const lengths = tables.map(({ length }) => length)
    const length = lengths.reduce((sum, n) => sum + n, 0)
    const columns = schema.fields.map((_, k) =>
      concatColumns(
        tables.map((table) => table.columns[k]),
        lengths,
      ),
    )
    const table: LocalTable = { schema, length, columns, bounds: [0, length] }
    session.catalog.register(name, { kind: 'localScan', schema, table }, true)
  }
  register()
  return {
    description: 'MemorySink',
    async write({ batchId, table }) {
      if (batchId <= last) return
      last = batchId
      if (table.length > 0) tables.push(table)
      register()
    },
    async stop() {},
  }
}

/** Prints the first rows of each micro-batch, as Spark does. Options: `numRows` (20), `truncate` (true). */
export function consoleSink(options: ReadonlyMap<string, string>): StreamSink {
  const n = Number(options.get('numrows') ?? 20)
  const truncate = options.get('truncate') === 'false' ? 0 : 20
  return {
    description: 'ConsoleSink',
    async write({ batchId, table }) {
      const line = '-'.repeat(43)
      const shown = showText(table.schema, table.columns, table.length, { n, truncate, vertical: false })
      console.log(`${line}\nBatch: ${batchId}\n${line}\n${shown}`)
    },
    async stop() {},
  }
}

/** Gives each micro-batch to a function. A micro-batch that was cut short comes again under its number: at least once, or once where the function keeps the numbers. */
export const foreachBatchSink = (each: ForeachBatch): StreamSink => ({
  description: 'ForeachBatchSink',
  async write({ batchId, frame }) {
    await each(frame, batchId)
  },
  async stop() {},
})
