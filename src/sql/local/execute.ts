import { UnsupportedError } from '../../errors.js'
import { TurnTaker } from '../../util/turn-taker.js'
import type { Batch, I64Column, LocalTable } from '../batch.js'
import type { StreamOptions } from '../engine.js'
import type { Expression } from '../expression/nodes.js'
import { passedColumn } from '../expression/references.js'
import { coalescedPartition, partitionCount } from '../partition-count.js'
import type { Plan, PlanKind, PlanOf } from '../plan.js'
import { fieldOf, IntegerType, LongType, StructField, StructType } from '../types.js'
import type { DuckDB } from './duckdb.js'
import { firstRows, type SortKey, sortedRows } from './order.js'
import { isInMemory, readsFiles, runsHere, sortKeyColumn, sortOfFirstRows } from './placement.js'
import { type PlainScan, plainRows, plainScan } from './plain-csv.js'
import { exactly } from './prune.js'
import { type Drawer, drawerFor, type Sampler, samplerFor } from './sampling.js'
import { runSegment } from './segment.js'
import { compile, compileForReading, dependsOnOrder, PARTITION, readingFields, type SqlContext } from './sql.js'
import { collectTable, sliceBatch, tableBatches, takeBatch, takeTable } from './tables.js'

/** Where plans run: gives the relational engine on first need. */
export interface Runtime {
  /** @param serial with one thread, so that nothing depends on the order in which threads finish. */
  duckdb(serial: boolean): Promise<DuckDB>
}

/** A way to compute the rows of a node in JavaScript, pulling the rows of its input. */
type Executor<K extends PlanKind> = (plan: PlanOf<K>, runtime: Runtime, signal?: AbortSignal) => AsyncGenerator<Batch>

const executors: { readonly [K in PlanKind]: Executor<K> } = {
  localScan: (plan, _runtime, signal) => rowsInMemory(plan.table, signal),
  cache: async function* (plan, runtime, signal) {
    yield* rowsInMemory(await cachedTable(plan, runtime, signal), signal)
  },
  mlSegment: async function* (plan, runtime, signal) {
    let firstRow = 0
    for await (const batch of execute(plan.input, runtime, signal)) {
      const result = runSegment(plan.transforms, plan.input.schema, batch.columns, batch.length, firstRow)
      firstRow += batch.length
      if (result.length === 0) continue
      const columns = plan.schema.fields.map((field) => result.columns.get(field.name)!)
      yield { columns, length: result.length, partition: batch.partition }
    }
  },
  project: async function* (plan, runtime, signal) {
    const indices = plan.expressions.map((expression) => passedColumn(expression, plan.input.schema))
    for await (const batch of execute(plan.input, runtime, signal)) {
      yield { ...batch, columns: indices.map((index) => batch.columns[index]) }
    }
  },
  limit: async function* (plan, runtime, signal) {
    if (plan.count === 0) return
    const sort = sortOfFirstRows(plan)
    if (sort) {
      const table = await materialize(sort.input, runtime, signal)
      const rows = firstRows(table, sortKeys(sort, table), plan.count)
      yield* rowsInMemory(takeTable(table, rows, [0, rows.length]), signal)
      return
    }
    let skip = plan.offset
    let left = plan.count
    for await (const batch of execute(plan.input, runtime, signal)) {
      const start = Math.min(skip, batch.length)
      const end = Math.min(start + left, batch.length)
      skip -= start
      left -= end - start
      if (end > start) yield { ...sliceBatch(batch, start, end), partition: 0 }
      if (left <= 0) return
    }
  },
  sample: async function* (plan, runtime, signal) {
    const sampler = batchSampler(plan)
    for await (const batch of execute(plan.input, runtime, signal)) {
      const rows = sampler(batch)
      if (rows.length > 0) yield takeBatch(batch, rows)
    }
  },
  draw: async function* (plan, runtime, signal) {
    let partition = -1
    let drawers: readonly Drawer[] = []
    for await (const batch of execute(plan.input, runtime, signal)) {
      if (batch.partition !== partition) {
        partition = batch.partition
        drawers = plan.draws.map((draw) => drawerFor(draw, batch.partition))
      }
      yield { ...batch, columns: [...batch.columns, ...drawers.map((drawer) => drawer(batch.length))] }
    }
  },
  union: async function* (plan, runtime, signal) {
    yield* execute(plan.left, runtime, signal)
    const offset = partitionCount(plan.left)
    for await (const batch of execute(plan.right, runtime, signal)) {
      yield { ...batch, partition: batch.partition + offset }
    }
  },
  repartition: async function* (plan, runtime, signal) {
    if (!plan.shuffle) {
      const from = partitionCount(plan.input)
      const to = partitionCount(plan)
      for await (const batch of execute(plan.input, runtime, signal)) {
        yield { ...batch, partition: coalescedPartition(batch.partition, from, to) }
      }
      return
    }
    const table = await materialize(plan.input, runtime, signal)
    yield* rowsInMemory(dealRows(table, plan.partitions), signal)
  },
  sort: async function* (plan, runtime, signal) {
    const table = await materialize(plan.input, runtime, signal)
    yield* rowsInMemory(takeTable(table, sortedRows(table, sortKeys(plan, table)), table.bounds), signal)
  },
  streamScan: unbounded,
  fileScan: streamSql,
  filter: streamSql,
  expand: streamSql,
  generate: streamSql,
  aggregate: streamSql,
  join: streamSql,
  setOperation: streamSql,
}

/** The keys of a sort by columns, over the rows of its input. */
const sortKeys = (plan: PlanOf<'sort'>, { columns, schema }: LocalTable): SortKey[] =>
  plan.order.map((key) => {
    const index = sortKeyColumn(key, plan)
    const { ascending, nullsFirst } = key as Extract<Expression, { kind: 'sort' }>
    return { column: columns[index], dataType: schema.fields[index].dataType, ascending, nullsFirst }
  })

function unbounded(plan: PlanOf<'streamScan'>): never {
  throw new UnsupportedError(`the rows of this frame are a stream (${plan.origin.format}), which never ends`, {
    allowed: 'Allowed: writeStream.start()',
    hint: 'Write the stream, to memory for example: frame.writeStream.format("memory").queryName("rides").start()',
  })
}

async function* rowsInMemory(table: LocalTable, signal?: AbortSignal): AsyncGenerator<Batch> {
  const turns = new TurnTaker(signal)
  for (const batch of tableBatches(table)) {
    signal?.throwIfAborted()
    if (turns.due()) await turns.take()
    yield batch
  }
}

/** Rows one by one to the partitions 0, 1, … and around again. */
function dealRows(table: LocalTable, partitions: number): LocalTable {
  const rows: number[] = []
  const bounds = [0]
  for (let p = 0; p < partitions; p++) {
    for (let row = p; row < table.length; row += partitions) rows.push(row)
    bounds.push(rows.length)
  }
  return takeTable(table, Int32Array.from(rows), bounds)
}

/** The rows of a cache, computed once for all actions that want them. */
const cachedTable = (plan: PlanOf<'cache'>, runtime: Runtime, signal?: AbortSignal): Promise<LocalTable> =>
  plan.slot.get((shared) => toTable(plan.input, runtime, shared), signal)

/** The plan with everything that SQL cannot express, and what is in memory anyway, replaced by scans of its rows. */
async function prepareForSql(plan: Plan, runtime: Runtime, signal?: AbortSignal): Promise<Plan> {
  const inMemory = plan.kind !== 'localScan' && isInMemory(plan)
  if (inMemory || plan.kind === 'sample' || plan.kind === 'draw' || plan.kind === 'cache') {
    const table = await materialize(plan, runtime, signal)
    return { kind: 'localScan', schema: table.schema, table }
  }
  if (plan.kind === 'streamScan') return unbounded(plan)
  if (plan.kind === 'localScan' || plan.kind === 'fileScan') return plan
  if ('left' in plan) {
    const left = await prepareForSql(plan.left, runtime, signal)
    const right = await prepareForSql(plan.right, runtime, signal)
    return { ...plan, left, right }
  }
  return { ...plan, input: await prepareForSql(plan.input, runtime, signal) }
}

/** SQL of a plan, and the engine that must run it; tables and kernels that the SQL names live until `release`. */
interface Query {
  readonly engine: DuckDB
  readonly sql: string
  release(): void
}

/** @param write makes the SQL of the plan, whose samples and caches are computed by then. */
async function prepareQuery(
  plan: Plan,
  runtime: Runtime,
  signal: AbortSignal | undefined,
  write: (plan: Plan, context: SqlContext) => string,
): Promise<Query> {
  const prepared = await prepareForSql(plan, runtime, signal)
  const engine = await runtime.duckdb(dependsOnOrder(prepared))
  const held: { release(): void }[] = []
  const release = (): void => {
    for (const resource of held) resource.release()
  }
  const hold = (resource: { readonly sql: string; release(): void }): string => {
    held.push(resource)
    return resource.sql
  }
  try {
    const sql = write(prepared, {
      table: (table) => hold(engine.addTable(table)),
      kernel: (kernel) => hold(engine.addKernel(kernel)),
    })
    return { engine, sql, release }
  } catch (error) {
    release()
    throw error
  }
}

async function* streamSql(plan: Plan, runtime: Runtime, signal?: AbortSignal): AsyncGenerator<Batch> {
  const partitioned = partitionCount(plan) > 1
  const query = await prepareQuery(plan, runtime, signal, (prepared, context) =>
    compileForReading(prepared, context, partitioned),
  )
  try {
    const partitionColumn = partitioned ? PARTITION : undefined
    yield* query.engine.stream(query.sql, readingFields(plan.schema), partitionColumn, signal, readsFiles(plan))
  } finally {
    query.release()
  }
}

/** Rows of csv files: read here as far as they are plain, and behind that by the engine, which starts over and leaves out what was given. */
async function* streamCsv(scan: PlainScan, plan: Plan, runtime: Runtime, signal?: AbortSignal): AsyncGenerator<Batch> {
  const given = yield* plainRows(scan, signal)
  if (given === undefined) return
  const { schema } = plan
  const rest: Plan = { kind: 'limit', schema, input: plan, offset: given, count: Number.POSITIVE_INFINITY }
  yield* streamSql(given === 0 ? plan : rest, runtime, signal)
}

function execute(plan: Plan, runtime: Runtime, signal?: AbortSignal): AsyncGenerator<Batch> {
  if (!runsHere(plan)) {
    const scan = plainScan(plan)
    return scan ? streamCsv(scan, plan, runtime, signal) : streamSql(plan, runtime, signal)
  }
  return (executors[plan.kind] as Executor<PlanKind>)(plan as never, runtime, signal)
}

async function materialize(plan: Plan, runtime: Runtime, signal?: AbortSignal): Promise<LocalTable> {
  if (plan.kind === 'localScan') return plan.table
  if (plan.kind === 'cache') return cachedTable(plan, runtime, signal)
  if (plan.kind === 'sample' && (plan.input.kind === 'localScan' || plan.input.kind === 'cache')) {
    return sampledTable(plan, await materialize(plan.input, runtime, signal), signal)
  }
  return collectTable(plan.schema, partitionCount(plan), execute(plan, runtime, signal))
}

/** The sampler of the partition that a batch belongs to; batches come in order. */
function batchSampler(plan: PlanOf<'sample'>): Sampler {
  const partitions = partitionCount(plan.input)
  let partition = -1
  let sampler: Sampler | undefined
  return (batch) => {
    if (!sampler || batch.partition !== partition) {
      partition = batch.partition
      sampler = samplerFor(plan.sampling, plan.seed, partition, partitions, plan.input.schema)
    }
    return sampler(batch)
  }
}

/** A sample of rows in memory, which are taken column by column, not batch by batch. */
async function sampledTable(plan: PlanOf<'sample'>, table: LocalTable, signal?: AbortSignal): Promise<LocalTable> {
  const sampler = batchSampler(plan)
  const taken: { readonly rows: Int32Array; readonly start: number }[] = []
  const bounds = new Array<number>(table.bounds.length).fill(0)
  let [start, length] = [0, 0]
  for await (const batch of rowsInMemory(table, signal)) {
    const rows = sampler(batch)
    taken.push({ rows, start })
    start += batch.length
    length += rows.length
    bounds.fill(length, batch.partition + 1)
  }
  const all = new Int32Array(length)
  let at = 0
  for (const { rows, start } of taken) for (let i = 0; i < rows.length; i++) all[at++] = start + rows[i]
  return takeTable(table, all, bounds)
}

/**
 * Rows of a plan in batches, in order of partitions.
 * Only what the consumer pulls is computed, and only what the columns need; it may stop at any batch.
 * @param columns those that are wanted, in this order; all of the schema when not given.
 * @throws SchemaError for a missing column.
 */
export function stream(plan: Plan, runtime: Runtime, options: StreamOptions = {}): AsyncGenerator<Batch> {
  for (const name of options.columns ?? []) fieldOf(plan.schema, name)
  return execute(exactly(plan, options.columns), runtime, options.signal)
}

/** All rows of a plan in memory. */
export async function toTable(plan: Plan, runtime: Runtime, signal?: AbortSignal): Promise<LocalTable> {
  signal?.throwIfAborted()
  return materialize(exactly(plan), runtime, signal)
}

const COUNT: Expression = {
  kind: 'call',
  name: 'count',
  args: [{ kind: 'literal', value: 1, dataType: IntegerType }],
}
const COUNT_SCHEMA = StructType([StructField('count', LongType, false)])

/** Number of rows of a plan; columns are computed only where they decide about rows. */
export async function countRows(plan: Plan, runtime: Runtime, signal?: AbortSignal): Promise<number> {
  const input = exactly(plan, [])
  if (runsHere(input)) {
    let count = 0
    for await (const batch of execute(input, runtime, signal)) count += batch.length
    return count
  }
  const counted: Plan = { kind: 'aggregate', schema: COUNT_SCHEMA, input, grouping: [], aggregates: [COUNT] }
  const { columns } = await materialize(counted, runtime, signal)
  return Number((columns[0] as I64Column).data[0])
}

/** Runs a statement that embeds the SQL of a plan, for example `COPY (…) TO …`. */
export async function runStatement(
  plan: Plan,
  runtime: Runtime,
  statement: (sql: string) => string,
  signal?: AbortSignal,
): Promise<void> {
  const query = await prepareQuery(exactly(plan), runtime, signal, (prepared, context) =>
    statement(compile(prepared, context, false)),
  )
  try {
    await query.engine.run(query.sql, signal)
  } finally {
    query.release()
  }
}
