import type { ColumnData } from '../batch.js'
import { keptRows, takeColumn } from '../columns.js'
import type { BatchTransform } from '../plan.js'
import type { StructType } from '../types.js'

/** Columns of a run of transforms by name, and which rows of the input they belong to (null: all). */
export interface SegmentRows {
  readonly columns: ReadonlyMap<string, ColumnData>
  readonly length: number
  readonly rows: Int32Array | null
}

/**
 * Runs transforms one after the other over one batch. Rows that a transform removes are gone for the transforms after it.
 * @param firstRow number of the first row within the frame, for error messages.
 */
export function runSegment(
  transforms: readonly BatchTransform[],
  schema: StructType,
  input: readonly ColumnData[],
  inputLength: number,
  firstRow: number,
): SegmentRows {
  let columns = new Map(schema.fields.map((field, k) => [field.name, input[k]]))
  let length = inputLength
  let rows: Int32Array | null = null
  for (const transform of transforms) {
    const inputs = transform.inputs.map((name) => columns.get(name)!)
    const result = transform.run(inputs, length, firstRow)
    for (const [k, field] of transform.outputs.entries()) columns.set(field.name, result.columns[k])
    if (!result.keep?.subarray(0, length).includes(0)) continue
    const kept = keptRows(result.keep, length)
    columns = new Map([...columns].map(([name, column]) => [name, takeColumn(column, kept)]))
    const before: Int32Array | null = rows
    rows = before === null ? kept : kept.map((row) => before[row])
    length = kept.length
  }
  return { columns, length, rows }
}

/**
 * The transforms that must run so that the named columns come out right: those whose output somebody reads, and those that
 * remove rows.
 * @returns them in order, and the columns of the input that they and the reader need.
 */
export function pruneSegment(
  transforms: readonly BatchTransform[],
  needed: ReadonlySet<string>,
): { transforms: BatchTransform[]; inputs: Set<string> } {
  const live = new Set(needed)
  const kept: BatchTransform[] = []
  for (const transform of transforms.toReversed()) {
    if (!transform.filters && !transform.outputs.some((field) => live.has(field.name))) continue
    for (const field of transform.outputs) live.delete(field.name)
    for (const name of transform.inputs) live.add(name)
    kept.unshift(transform)
  }
  return { transforms: kept, inputs: live }
}
