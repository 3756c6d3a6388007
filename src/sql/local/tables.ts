import type { Batch, ColumnData, LocalTable } from '../batch.js'
import { buildColumn } from '../column-builder.js'
import { concatColumns, sliceColumn, takeColumn } from '../columns.js'
import type { StructType } from '../types.js'

/** Most rows of a batch cut from a table, or made of lines; a multiple of 8, so that validity bits need no shifting. */
export const BATCH_ROWS = 8192

/** Rows `start .. end)` of a batch. */
export const sliceBatch = (batch: Batch, start: number, end: number): Batch =>
  start === 0 && end === batch.length
    ? batch
    : { ...batch, length: end - start, columns: batch.columns.map((column) => sliceColumn(column, start, end)) }

/** The rows of a batch in the given order. */
export const takeBatch = (batch: Batch, rows: Int32Array): Batch => ({
  ...batch,
  length: rows.length,
  columns: batch.columns.map((column) => takeColumn(column, rows)),
})

/** A table is read many times by whoever iterates over it. What is known of the columns of its batches is kept with them. */
const knownBatches = new WeakMap<LocalTable, readonly Batch[]>()

/** The rows of a table, partition by partition. */
export function tableBatches(table: LocalTable): readonly Batch[] {
  const known = knownBatches.get(table)
  if (known) return known
  const { bounds, columns } = table
  const batches: Batch[] = []
  for (let partition = 0; partition + 1 < bounds.length; partition++) {
    for (let start = bounds[partition]; start < bounds[partition + 1]; start += BATCH_ROWS) {
      const end = Math.min(start + BATCH_ROWS, bounds[partition + 1])
      batches.push(sliceBatch({ length: table.length, columns, partition }, start, end))
    }
  }
  knownBatches.set(table, batches)
  return batches
}

/** All rows of a stream in memory. Batches must come in order of their partitions. */
export async function collectTable(
  schema: StructType,
  partitions: number,
  batches: AsyncIterable<Batch>,
): Promise<LocalTable> {
  const parts: ColumnData[][] = schema.fields.map(() => [])
  const lengths: number[] = []
  const bounds = new Array<number>(partitions + 1).fill(0)
  let length = 0
  for await (const batch of batches) {
    for (const [k, column] of batch.columns.entries()) parts[k].push(column)
    lengths.push(batch.length)
    length += batch.length
    bounds[batch.partition + 1] = length
  }
  // A partition without rows starts where the one before ends.
  for (let p = 1; p <= partitions; p++) bounds[p] = Math.max(bounds[p], bounds[p - 1])
  const columns = schema.fields.map(({ dataType, name }, k) => {
    const column = lengths.length === 0 ? buildColumn(dataType, [], name) : concatColumns(parts[k], lengths)
    // What a column was made of is let go before the next one is made.
    parts[k] = []
    return column
  })
  return { schema, length, columns, bounds }
}

/** A table without rows, in one partition. */
export const emptyTable = (schema: StructType): LocalTable => ({
  schema,
  length: 0,
  columns: schema.fields.map((field) => buildColumn(field.dataType, [], field.name)),
  bounds: [0, 0],
})

/** The rows of a table in the given order, cut into partitions at `bounds`. */
export const takeTable = (table: LocalTable, rows: Int32Array, bounds: readonly number[]): LocalTable => ({
  schema: table.schema,
  length: rows.length,
  columns: table.columns.map((column) => takeColumn(column, rows)),
  bounds,
})

/** The named columns of a table, in the order of `schema`. */
export const selectTable = (table: LocalTable, schema: StructType, indices: readonly number[]): LocalTable => ({
  ...table,
  schema,
  columns: indices.map((index) => table.columns[index]),
})
