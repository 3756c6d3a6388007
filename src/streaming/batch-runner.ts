import { DataError } from '../errors.js'
import type { Batch, ColumnData, LocalTable } from '../sql/batch.js'
import { buildColumn } from '../sql/column-builder.js'
import { concatColumns, takeColumn } from '../sql/columns.js'
import type { Engine } from '../sql/engine.js'
import type { Plan, PlanOf } from '../sql/plan.js'
import type { SourceBatch } from '../sql/stream-source.js'
import type { StructType } from '../sql/types.js'
import { BadRecordError, type BadRecords } from './bad-records.js'
import { type Reporting, withJsonSteps } from './json-steps.js'
import { overTables, ROW, withRows } from './row-plan.js'

/** A row of a micro-batch that was refused. */
export interface BadRow {
  readonly row: number
  readonly reason: string
}

/** What a micro-batch gives. */
export interface BatchOutput {
  /** The rows in the order of those that they are made of. */
  readonly table: LocalTable
  /** For each row of the table: the row of the micro-batch that it is made of. */
  readonly rows: Int32Array
  readonly bad: readonly BadRow[]
}

/** Says of rows that a sink cannot take why it cannot. */
export type Inspect = (table: LocalTable) => readonly BadRow[]

/** The rows of the sources of a micro-batch. Rows are numbered through all of them. */
export interface BatchInput {
  readonly leaf: PlanOf<'streamScan'>
  readonly batch: SourceBatch
  /** Number of its first row. */
  readonly first: number
}

/** Runs the plan of a query over micro-batches, and finds the rows to blame where it fails. */
export class BatchRunner {
  private readonly engine: Engine
  private readonly policy: BadRecords
  private readonly inspect: Inspect | undefined
  private readonly reporting: { strict: boolean; report: Reporting['report'] }
  private readonly prepared = new WeakMap<Plan, Plan>()

  constructor(engine: Engine, policy: BadRecords, inspect?: Inspect) {
    this.engine = engine
    this.policy = policy
    this.inspect = inspect
    this.reporting = { strict: policy !== 'permissive', report: () => {} }
  }

  /** Refuses a plan that streams do not have, before anything runs. @throws UnsupportedError. */
  check(plan: Plan): void {
    this.prepare(plan)
  }

  /** @throws BadRecordError for the first row that is refused, where the policy does not let it go. */
  async run(plan: Plan, inputs: readonly BatchInput[], signal: AbortSignal): Promise<BatchOutput> {
    const run: Run = { plan: this.prepare(plan), inputs, parts: [], bad: new Map(), signal }
    for (const { batch, first } of inputs) {
      for (const [row, reason] of batch.refused ?? []) this.refuse(run, first + row, reason)
    }
    const length = inputs.reduce((sum, { batch }) => sum + batch.table.length, 0)
    const rows = Int32Array.from({ length }, (_, i) => i)
    await this.runRows(run, run.bad.size === 0 ? rows : rows.filter((row) => !run.bad.has(row)))
    const bad = [...run.bad].map(([row, reason]) => ({ row, reason })).sort((x, y) => x.row - y.row)
    return { ...joined(run.plan.schema, run.parts), bad }
  }

  private prepare(plan: Plan): Plan {
    let prepared = this.prepared.get(plan)
    if (!prepared) {
      prepared = withJsonSteps(withRows(plan), this.reporting)
      this.prepared.set(plan, prepared)
    }
    return prepared
  }

  /** @throws BadRecordError where the policy does not let the row go. */
  private refuse({ inputs, bad }: Run, row: number, reason: string, cause?: unknown): void {
    if (this.policy === 'deadLetter' || this.policy === 'skip') {
      bad.set(row, reason)
      return
    }
    const input = inputs.findLast(({ first }) => first <= row) as BatchInput
    throw new BadRecordError(input.batch.record(row - input.first), reason, cause)
  }

  /** Runs rows; where one of them fails, halves of them, until the one to blame is alone. */
  private async runRows(run: Run, rows: Int32Array): Promise<void> {
    if (rows.length === 0) return
    const found: BadRow[] = []
    this.reporting.report = (row, reason) => found.push({ row, reason })
    let part: Part
    try {
      const input = overTables(run.plan, (leaf) => leafTable(leaf, run.inputs, rows))
      part = partOf(await this.engine.toTable(input, { signal: run.signal }))
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      if (rows.length === 1) return this.refuse(run, rows[0], error.message, error)
      const middle = rows.length >> 1
      await this.runRows(run, rows.subarray(0, middle))
      return this.runRows(run, rows.subarray(middle))
    }
    const refused = this.inspect?.(part.table) ?? []
    found.push(...refused.map(({ row, reason }) => ({ row: part.rows[row], reason })))
    found.sort((a, b) => a.row - b.row)
    for (const { row, reason } of found) if (!run.bad.has(row)) this.refuse(run, row, reason)
    run.parts.push(refused.length === 0 ? part : without(part, new Set(found.map(({ row }) => row))))
  }
}

/** A micro-batch while it runs. */
interface Run {
  readonly plan: Plan
  readonly inputs: readonly BatchInput[]
  readonly parts: Part[]
  readonly bad: Map<number, string>
  readonly signal: AbortSignal
}

/** Rows that came out together. */
interface Part {
  readonly table: LocalTable
  readonly rows: Int32Array
}

/** The rows of a source among those that run. Numbers of rows ascend. */
function leafTable(leaf: PlanOf<'streamScan'>, inputs: readonly BatchInput[], rows: Int32Array): LocalTable {
  const { schema } = leaf
  const input = inputs.find((other) => other.leaf.origin === leaf.origin)
  if (!input) {
    const nothing = schema.fields.map(({ dataType, name }) => buildColumn(dataType, [], name))
    return tableOf(schema, nothing, 0)
  }
  const { batch, first } = input
  const { table } = batch
  const own = inputs.length === 1 ? rows : rows.filter((row) => row >= first && row < first + table.length)
  const numbers: ColumnData = { kind: 'i32', data: own, valid: null }
  if (own.length === table.length) return tableOf(schema, [...table.columns, numbers], own.length)
  const local = own.map((row) => row - first)
  return tableOf(schema, [...table.columns.map((column) => takeColumn(column, local)), numbers], own.length)
}

const tableOf = (schema: StructType, columns: readonly ColumnData[], length: number): LocalTable => ({
  schema,
  columns,
  length,
  bounds: [0, length],
})

/** The rows of a result in the order of those that they are made of, without the hidden column. */
function partOf(table: LocalTable): Part {
  const at = table.schema.fields.findIndex(({ name }) => name === ROW)
  const hidden = table.columns[at]
  const data = hidden.kind === 'i32' ? hidden.data : Int32Array.of()
  const rows = data.subarray(0, table.length)
  const schema = { ...table.schema, fields: table.schema.fields.filter((_, k) => k !== at) }
  const columns = table.columns.filter((_, k) => k !== at)
  const plain = tableOf(schema, columns, table.length)
  if (rows.every((row, i) => i === 0 || rows[i - 1] <= row)) return { table: plain, rows }
  // Threads of the engine may have finished in another order.
  const order = Int32Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b] || a - b)
  return taken({ table: plain, rows }, order)
}

const taken = ({ table, rows }: Part, order: Int32Array): Part => ({
  table: tableOf(
    table.schema,
    table.columns.map((column) => takeColumn(column, order)),
    order.length,
  ),
  rows: order.map((i) => rows[i]),
})

const without = (part: Part, bad: ReadonlySet<number>): Part =>
  taken(
    part,
    Int32Array.from(part.rows.keys()).filter((i) => !bad.has(part.rows[i])),
  )

function joined(prepared: StructType, parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]
  const fields = prepared.fields.filter(({ name }) => name !== ROW)
  const lengths = parts.map(({ table }) => table.length)
  const length = lengths.reduce((sum, n) => sum + n, 0)
  const rows = new Int32Array(length)
  let start = 0
  for (const part of parts) {
    rows.set(part.rows, start)
    start += part.rows.length
  }
  const columns = fields.map(({ dataType, name }, k) =>
    parts.length === 0
      ? buildColumn(dataType, [], name)
      : concatColumns(
          parts.map(({ table }) => table.columns[k]),
          lengths,
        ),
  )
  return { table: tableOf({ ...prepared, fields }, columns, length), rows }
}

/** The rows of a table, all in one batch. */
export const batchOf = ({ columns, length }: LocalTable): Batch => ({ columns, length, partition: 0 })
