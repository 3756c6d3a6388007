import { DataError } from '../errors.js'
import { type ColumnData, isValid } from '../sql/batch.js'
import { buildColumn } from '../sql/column-builder.js'
import { columnReader } from '../sql/column-reader.js'
import { concatColumns, keptRows, takeColumn } from '../sql/columns.js'
import type { BatchTransform, BatchTransformResult } from '../sql/plan.js'
import type { Row } from '../sql/row.js'
import { fieldOf, type StructField, type StructType } from '../sql/types.js'

/** A row that could not be scored. */
export interface BadRow {
  /** Number of the row in the input, from 0. */
  readonly row: number
  readonly error: string
  /** Its text, where it is a line that does not fit the schema. */
  readonly record?: string
  /** Its values, where the model refused it. */
  readonly values?: Row
}

/** What a guard tells while rows pass. */
export interface GuardListener {
  /** Rows came in, of which some went out scored. */
  rows(seen: number, scored: number): void
  bad(row: BadRow): void
}

/** How rows pass a guard. */
export interface GuardOptions {
  /** Schema of the input. */
  readonly schema: StructType
  /** Column with the text of lines that do not fit the schema, where there is one. */
  readonly corrupt?: string
  /** Whether the values of refused rows are told. */
  readonly withValues: boolean
  readonly listener: GuardListener
}

const MISFIT = 'the line does not fit the schema'

interface Scored {
  /** Columns by name, for the rows that came through. */
  readonly columns: ReadonlyMap<string, ColumnData>
  /** Places of these rows in what was given. */
  readonly rows: Int32Array
}

/**
 * The steps of a model as one step that leaves bad rows out instead of failing. Where a batch fails it is halved until the rows that
 * fail stand alone, so that rows which are fine are scored as before.
 */
export function guarded(transforms: readonly BatchTransform[], options: GuardOptions): BatchTransform {
  const { schema, corrupt, withValues, listener } = options
  const made = new Map(transforms.flatMap(({ outputs }) => outputs.map((field) => [field.name, field] as const)))
  const read = new Set(transforms.flatMap((transform) => transform.inputs))
  const names = schema.fields.map(({ name }) => name)
  // A step may read what an earlier one made, over a column of the input that has the same name.
  const inputs = names.filter((name) => name === corrupt || withValues || read.has(name))
  const fields = inputs.map((name) => fieldOf(schema, name))
  const outputs: readonly StructField[] = [...made.values()]

  // Of the batch that is under way, gathered so that they are told in order.
  let refused: BadRow[] = []
  const attempt = (columns: readonly ColumnData[], rows: Int32Array, firstRow: number, length: number): Scored[] => {
    if (rows.length === 0) return []
    try {
      return [runSteps(transforms, inputs, columns, rows, firstRow, length)]
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      if (rows.length > 1) {
        const middle = rows.length >> 1
        const parts = [rows.subarray(0, middle), rows.subarray(middle)]
        return parts.flatMap((part) => attempt(columns, part, firstRow, length))
      }
      const values = withValues ? { values: rowAt(fields, columns, rows[0], corrupt) } : {}
      refused.push({ row: firstRow + rows[0], error: error.message, ...values })
      return []
    }
  }

  return {
    name: 'score',
    inputs,
    outputs,
    filters: true,
    run(columns, length, firstRow) {
      const lines = corrupt === undefined ? undefined : corruptLines(columns[inputs.indexOf(corrupt)], length)
      refused = Array.from(lines ?? [], ([i, record]) => ({ row: firstRow + i, error: MISFIT, record }))
      const every = Int32Array.from({ length }, (_, i) => i)
      const rows = lines && lines.size > 0 ? every.filter((i) => !lines.has(i)) : every
      const parts = attempt(columns, rows, firstRow, length)
      for (const row of refused.sort((a, b) => a.row - b.row)) listener.bad(row)
      listener.rows(
        length,
        parts.reduce((sum, part) => sum + part.rows.length, 0),
      )
      return spread(parts, outputs, length)
    },
  }
}

/** Runs the steps over some rows of a batch. Rows that a step removes are gone for the steps after it. */
function runSteps(
  transforms: readonly BatchTransform[],
  names: readonly string[],
  input: readonly ColumnData[],
  chosen: Int32Array,
  firstRow: number,
  length: number,
): Scored {
  const all = chosen.length === length
  let rows = chosen
  let columns = new Map(names.map((name, k) => [name, all ? input[k] : takeColumn(input[k], rows)]))
  for (const transform of transforms) {
    const inputs = transform.inputs.map((name) => columns.get(name)!)
    const result = transform.run(inputs, rows.length, firstRow + (chosen[0] ?? 0))
    for (const [k, field] of transform.outputs.entries()) columns.set(field.name, result.columns[k])
    if (!result.keep?.subarray(0, rows.length).includes(0)) continue
    const kept = keptRows(result.keep, rows.length)
    columns = new Map([...columns].map(([name, column]) => [name, takeColumn(column, kept)]))
    rows = kept.map((row) => rows[row])
  }
  return { columns, rows }
}

/** What came through as columns over all rows of the batch, with the rows marked that did. */
function spread(parts: readonly Scored[], outputs: readonly StructField[], length: number): BatchTransformResult {
  const lengths = parts.map(({ rows }) => rows.length)
  const total = lengths.reduce((sum, n) => sum + n, 0)
  if (total === 0) {
    const nothing = new Array<null>(length).fill(null)
    return {
      columns: outputs.map((field) => buildColumn(field.dataType, nothing, field.name)),
      keep: new Uint8Array(length),
    }
  }
  const filled = parts.filter(({ rows }) => rows.length > 0)
  const columns = outputs.map(({ name }) =>
    concatColumns(
      filled.map((part) => part.columns.get(name)!),
      lengths.filter((n) => n > 0),
    ),
  )
  if (total === length) return { columns, keep: null }
  const keep = new Uint8Array(length)
  // Rows that are left out point at the first one; nobody reads them.
  const source = new Int32Array(length)
  let at = 0
  for (const { rows } of filled) {
    for (const row of rows) {
      keep[row] = 1
      source[row] = at++
    }
  }
  return { columns: columns.map((column) => takeColumn(column, source)), keep }
}

/** The lines that do not fit the schema, by their place in the batch. */
function corruptLines(column: ColumnData, length: number): ReadonlyMap<number, string> | undefined {
  if (column.kind !== 'dict') return undefined
  const lines = new Map<number, string>()
  for (let i = 0; i < length; i++) if (isValid(column.valid, i)) lines.set(i, column.dictionary[column.codes[i]])
  return lines
}

function rowAt(fields: readonly StructField[], columns: readonly ColumnData[], row: number, corrupt?: string): Row {
  const told = fields.flatMap((field, k) =>
    field.name === corrupt ? [] : [[field.name, columnReader(columns[k], field.dataType)(row)]],
  )
  return Object.fromEntries(told) as Row
}
