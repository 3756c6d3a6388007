import type { Connection, Database, DataChunk, Result, Vector } from '@duckdb/node-bindings'
import { EngineError } from '../../errors.js'
import type { Batch, ColumnData, LocalTable } from '../batch.js'
import { sliceColumn } from '../columns.js'
import { quoteName } from '../expression/duck-types.js'
import { IntegerType, LongType, StructField } from '../types.js'
import { Connections } from './connections.js'
import { engineError } from './engine-error.js'
import { type Bindings, dataTypeOf, logicalType, typeId } from './engine-types.js'
import { registerJsFunctions } from './js-functions.js'
import { malformedError } from './malformed.js'
import { MAX_DICTIONARY, StringDictionary } from './string-dictionary.js'
import { VectorReader } from './vector-reader.js'
import { VectorWriter } from './vector-writer.js'

/** Rows of one of the engine's chunks. */
const CHUNK = 2048
/** Rows that the engine may compute ahead of who reads them. */
const AHEAD = '16MB'

/** A row-wise function that the engine calls with up to 2,048 rows at a time; `fields` name and type its arguments. */
export interface Kernel {
  readonly inputs: readonly StructField[]
  readonly outputs: readonly StructField[]
  run(columns: readonly ColumnData[], length: number): readonly ColumnData[]
}

/** How an instance of the engine is set up. */
export interface DuckDBSettings {
  /** Upper bound of the engine's own memory, for example `'2GB'`; beyond it the engine spills. */
  readonly memoryLimit?: string
  /** Folder for spilled data. */
  readonly tempDirectory?: string
  readonly threads?: number
}

/** Scalar function that stands for a kernel in SQL text, until `release` is called. */
export interface KernelCall {
  /** SQL of the call: a struct of the outputs. */
  readonly sql: string
  release(): void
}

/** Loads the native module; it is an optional dependency, so that small data and services do without it. */
async function loadBindings(): Promise<Bindings> {
  try {
    return (await import('@duckdb/node-bindings')).default as Bindings
  } catch (cause) {
    throw new EngineError('relational operations and files need the optional package @duckdb/node-bindings', {
      hint: 'Install it: npm install @duckdb/node-bindings@~1.5.6-r.1',
      cause,
    })
  }
}

/**
 * The only door to DuckDB: one in-memory instance with Spark's order of nulls and time zone UTC.
 *
 * Each query has a connection of its own, see {@link Connections}. JavaScript tables and kernels are visible to SQL through
 * one table function and one scalar function a signature, which cannot be dropped and therefore find their table or kernel by
 * number.
 */
export class DuckDB {
  private readonly nb: Bindings
  private readonly database: Database
  private readonly main: Connection
  private readonly connections: Connections
  private ended: Promise<void> | undefined
  private readonly reader: VectorReader
  private readonly writer: VectorWriter
  private readonly tables = new Map<number, LocalTable>()
  private readonly kernels = new Map<number, { kernel: Kernel; dictionaries: StringDictionary[] }>()
  private readonly functions = new Map<string, string>()
  private nextId = 1
  /** Errors that kernels raised, kept whole because the engine hands on only their text. */
  private readonly kernelErrors = new Map<number, unknown>()

  private constructor(nb: Bindings, database: Database, main: Connection) {
    this.nb = nb
    this.database = database
    this.main = main
    this.connections = new Connections(nb, database)
    this.reader = new VectorReader(nb)
    this.writer = new VectorWriter(nb)
    this.registerTableFunction()
    registerJsFunctions(nb, main, this.reader, this.writer, (error) => this.keepError(this.nextId++, error))
  }

  /** @throws EngineError when the package is not installed or a setting is refused. */
  static async open(settings: DuckDBSettings = {}): Promise<DuckDB> {
    const nb = await loadBindings()
    const config = nb.create_config()
    const options: Record<string, string | undefined> = {
      default_null_order: 'nulls_first_on_asc_last_on_desc',
      ieee_floating_point_ops: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      memory_limit: settings.memoryLimit,
      temp_directory: settings.tempDirectory,
      threads: settings.threads?.toString(),
    }
    try {
      for (const [name, value] of Object.entries(options)) {
        if (value !== undefined) nb.set_config(config, name, value)
      }
      const database = await nb.open(':memory:', config)
      const main = await nb.connect(database)
      await nb.query(main, "SET GLOBAL TimeZone = 'UTC'")
      return new DuckDB(nb, database, main)
    } catch (cause) {
      throw engineError(cause, 'opening the engine')
    }
  }

  /** Ends the instance. Queries that still run, and streams that are not read to their end, fail with an EngineError. */
  close(): Promise<void> {
    this.ended ??= this.end()
    return this.ended
  }

  private async end(): Promise<void> {
    await this.connections.close()
    this.nb.disconnect_sync(this.main)
    this.nb.close_sync(this.database)
  }

  /**
   * Rows of a query in the order in which the engine gives them.
   * @param fields names and types of its columns; each must be what the query yields (decimals: double).
   * @param partitionColumn name of an integer column with the logical partition, which then cuts the batches; else all is partition 0.
   * @param runsAhead whether the engine may compute some megabytes more than are asked for, so that its threads do not wait for the reader.
   */
  async *stream(
    sql: string,
    fields: readonly StructField[],
    partitionColumn: string | undefined,
    signal?: AbortSignal,
    runsAhead = false,
  ): AsyncGenerator<Batch> {
    const strings = fields.filter((field) => field.dataType.kind === 'string')
    const select = [
      ...fields.map((field) => quoteName(field.name)),
      ...strings.map((field) => `hash(${quoteName(field.name)})`),
      ...(partitionColumn === undefined ? [] : [quoteName(partitionColumn)]),
    ]
    const text = `SELECT ${select.length > 0 ? select.join(', ') : '1'} FROM (${sql})`
    const connection = await this.connections.open()
    const stop = (): void => this.connections.interrupt(connection)
    let pending: Promise<DataChunk | null> | undefined
    try {
      signal?.throwIfAborted()
      signal?.addEventListener('abort', stop)
      const setting = `SET streaming_buffer_size = '${AHEAD}'`
      if (runsAhead) await this.guard(setting, signal, () => this.nb.query(connection, setting))
      const result = await this.guard(text, signal, async () => {
        const prepared = await this.nb.prepare(connection, text)
        try {
          return await this.nb.execute_prepared_streaming(prepared)
        } finally {
          this.nb.destroy_prepare_sync(prepared)
        }
      })
      this.checkTypes(result, fields)
      const dictionaries = fields.map(() => new StringDictionary())
      const fetch = (): Promise<DataChunk | null> => this.guard(text, signal, () => this.nb.fetch_chunk(result))
      pending = fetch()
      for (;;) {
        const chunk = await pending
        this.connections.requireOpen()
        const n = chunk === null ? 0 : this.nb.data_chunk_get_size(chunk)
        if (chunk === null || n === 0) {
          if (this.nb.result_return_type(result) === this.nb.ResultType.INVALID)
            await this.failAgain(connection, text, signal)
          return
        }
        pending = fetch()
        pending.catch(() => undefined)
        yield* this.batchesOf(chunk, n, fields, dictionaries, partitionColumn === undefined ? -1 : select.length - 1)
        signal?.throwIfAborted()
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      // A consumer that stops early leaves a fetch under way; the connection may close only after it.
      stop()
      await pending?.catch(() => undefined)
      this.connections.release(connection)
    }
  }

  /**
   * Throws the error with which a stream ended. The bindings give an empty chunk where the engine fails after the first ones, and keep the
   * error to themselves, so that the query must fail once more.
   */
  private async failAgain(connection: Connection, sql: string, signal: AbortSignal | undefined): Promise<never> {
    signal?.throwIfAborted()
    await this.guard(sql, signal, () => this.nb.query(connection, sql))
    throw new EngineError('the relational engine ended a query before all rows were read', {
      received: `SQL: ${sql.slice(0, 500)}`,
      hint: 'Run it again; if it fails again this is a defect of ridgeline: report details.received',
    })
  }

  /** Runs a statement for its effect. */
  async run(sql: string, signal?: AbortSignal): Promise<void> {
    await this.withConnection(signal, (connection) => this.guard(sql, signal, () => this.nb.query(connection, sql)))
  }

  /** Names and types of the columns that a query would yield. Types that Spark does not have are strings or doubles. */
  async columnsOf(sql: string, signal?: AbortSignal): Promise<StructField[]> {
    return this.withConnection(signal, (connection) =>
      this.guard(sql, signal, async () => {
        const prepared = await this.nb.prepare(connection, sql)
        try {
          return Array.from({ length: this.nb.prepared_statement_column_count(prepared) }, (_, k) =>
            StructField(
              this.nb.prepared_statement_column_name(prepared, k),
              dataTypeOf(this.nb, this.nb.prepared_statement_column_logical_type(prepared, k)),
            ),
          )
        } finally {
          this.nb.destroy_prepare_sync(prepared)
        }
      }),
    )
  }

  /** Runs one query on a connection of its own, and interrupts it when the signal is aborted. */
  private async withConnection<T>(
    signal: AbortSignal | undefined,
    use: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.connections.open()
    const stop = (): void => this.connections.interrupt(connection)
    try {
      signal?.throwIfAborted()
      signal?.addEventListener('abort', stop)
      return await use(connection)
    } finally {
      signal?.removeEventListener('abort', stop)
      this.connections.release(connection)
    }
  }

  /** Makes a table readable from SQL until `release`: columns c0, c1, … and `partition`, the logical partition. */
  addTable(table: LocalTable): { readonly sql: string; release(): void } {
    const id = this.nextId++
    this.tables.set(id, table)
    return { sql: `js_table(${id})`, release: () => void this.tables.delete(id) }
  }

  /** Makes a kernel callable from SQL over the columns that its inputs name. */
  addKernel(kernel: Kernel): KernelCall {
    const name = this.functionFor(kernel)
    const id = this.nextId++
    this.kernels.set(id, { kernel, dictionaries: kernel.inputs.map(() => new StringDictionary()) })
    const args = kernel.inputs.flatMap(({ name: column, dataType }) =>
      dataType.kind === 'string' ? [quoteName(column), `hash(${quoteName(column)})`] : [quoteName(column)],
    )
    return { sql: `${name}(${[id, ...args].join(', ')})`, release: () => void this.kernels.delete(id) }
  }

  /** Runs one native call, and turns what it raises into one of our errors. */
  private async guard<T>(sql: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    try {
      return await this.connections.run(signal, call)
    } catch (error) {
      signal?.throwIfAborted()
      this.connections.requireOpen()
      throw this.kernelErrorOf(error) ?? (await malformedError(error)) ?? engineError(error, sql)
    }
  }

  private keepError(id: number, error: unknown): string {
    this.kernelErrors.set(id, error)
    return `kernel error ${id}`
  }

  private kernelErrorOf(error: unknown): unknown {
    const id = /kernel error (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    if (id === undefined) return undefined
    const original = this.kernelErrors.get(Number(id))
    this.kernelErrors.delete(Number(id))
    return original
  }

  /** Sizes of raw reads follow from the declared types, so a result of other types must never be read. */
  private checkTypes(result: Result, fields: readonly StructField[]): void {
    fields.forEach((field, k) => {
      const found = this.nb.column_type(result, k)
      if (found !== typeId(this.nb, field.dataType)) {
        throw new EngineError(`column "${field.name}" has an engine type other than its schema says`, {
          column: field.name,
          allowed: field.dataType.kind,
          received: this.nb.Type[found],
        })
      }
    })
  }

  private *batchesOf(
    chunk: DataChunk,
    n: number,
    fields: readonly StructField[],
    dictionaries: StringDictionary[],
    partitionAt: number,
  ): Generator<Batch> {
    let hashAt = fields.length
    const columns = fields.map((field, k) =>
      field.dataType.kind === 'string'
        ? this.reader.readStrings(chunk, k, hashAt++, n, current(dictionaries, k))
        : this.reader.read(this.nb.data_chunk_get_vector(chunk, k), field.dataType, n),
    )
    if (partitionAt < 0) {
      yield { length: n, columns, partition: 0 }
      return
    }
    const partitions = this.reader.integers(this.nb.data_chunk_get_vector(chunk, partitionAt), n)
    for (let start = 0, end = 1; start < n; start = end++) {
      while (end < n && partitions[end] === partitions[start]) end++
      const part = start === 0 && end === n ? columns : columns.map((column) => sliceColumn(column, start, end))
      yield { length: end - start, columns: part, partition: partitions[start] }
    }
  }

  private registerTableFunction(): void {
    const { nb } = this
    const scan = nb.create_table_function()
    nb.table_function_set_name(scan, 'js_table')
    nb.table_function_add_parameter(scan, logicalType(nb, LongType))
    nb.table_function_supports_projection_pushdown(scan, true)
    nb.table_function_set_bind(scan, (info) => {
      const table = this.tables.get(Number(nb.get_int64(nb.bind_get_parameter(info, 0))))
      if (!table) return nb.bind_set_error(info, 'the table was released')
      table.schema.fields.forEach((field, k) => {
        nb.bind_add_result_column(info, `c${k}`, logicalType(nb, field.dataType))
      })
      nb.bind_add_result_column(info, 'partition', logicalType(nb, IntegerType))
      nb.bind_set_cardinality(info, table.length, true)
      nb.bind_set_bind_data(info, { table })
    })
    nb.table_function_set_init(scan, (info) => {
      const { table } = nb.init_get_bind_data(info) as { table: LocalTable }
      const columns = Array.from({ length: nb.init_get_column_count(info) }, (_, k) =>
        nb.init_get_column_index(info, k),
      )
      nb.init_set_init_data(info, { table, columns, at: 0 } satisfies ScanState)
      nb.init_set_max_threads(info, 1)
    })
    nb.table_function_set_function(scan, (info, output) => {
      this.fillChunk(nb.function_get_init_data(info) as ScanState, output)
    })
    nb.register_table_function(this.main, scan)
  }

  private fillChunk(state: ScanState, output: DataChunk): void {
    const { nb, writer } = this
    const { table, columns, at } = state
    const end = Math.min(at + CHUNK, table.length)
    columns.forEach((index, k) => {
      const vector = nb.data_chunk_get_vector(output, k)
      if (index < table.columns.length) {
        writer.write(vector, sliceColumn(table.columns[index], at, end), table.schema.fields[index].dataType, end - at)
      } else {
        writer.write(vector, { kind: 'i32', data: partitionsOf(table, at, end), valid: null }, IntegerType, end - at)
      }
    })
    nb.data_chunk_set_size(output, end - at)
    state.at = end
  }

  /** Name of the scalar function for kernels of this signature; registered once, since functions cannot be dropped. */
  private functionFor(kernel: Kernel): string {
    const { nb } = this
    const signature = JSON.stringify([
      kernel.inputs.map((field) => field.dataType),
      kernel.outputs.map((field) => [field.name, field.dataType]),
    ])
    const known = this.functions.get(signature)
    if (known) return known
    this.connections.requireOpen()
    const name = `js_kernel_${this.functions.size}`
    const fn = nb.create_scalar_function()
    nb.scalar_function_set_name(fn, name)
    nb.scalar_function_add_parameter(fn, logicalType(nb, LongType))
    for (const { dataType } of kernel.inputs) {
      nb.scalar_function_add_parameter(fn, logicalType(nb, dataType))
      if (dataType.kind === 'string') nb.scalar_function_add_parameter(fn, nb.create_logical_type(nb.Type.UBIGINT))
    }
    nb.scalar_function_set_return_type(
      fn,
      nb.create_struct_type(
        kernel.outputs.map((field) => logicalType(nb, field.dataType)),
        kernel.outputs.map((field) => field.name),
      ),
    )
    // Otherwise a filter on an output evaluates the kernel twice, and rows with a null argument would not reach it.
    nb.scalar_function_set_volatile(fn)
    nb.scalar_function_set_special_handling(fn)
    nb.scalar_function_set_function(fn, (info, input, output) => {
      const n = nb.data_chunk_get_size(input)
      if (n === 0) return
      const id = this.reader.longs(nb.data_chunk_get_vector(input, 0), 1)[0]
      try {
        this.runKernel(Number(id), input, n, (k) => nb.struct_vector_get_child(output, k))
      } catch (error) {
        nb.scalar_function_set_error(info, this.keepError(Number(id), error))
      }
    })
    nb.register_scalar_function(this.main, fn)
    nb.destroy_scalar_function_sync(fn)
    this.functions.set(signature, name)
    return name
  }

  private runKernel(id: number, input: DataChunk, n: number, outputVector: (k: number) => Vector): void {
    const slot = this.kernels.get(id)
    if (!slot) throw new EngineError('the kernel of this query was released')
    const { kernel, dictionaries } = slot
    let at = 1
    const columns = kernel.inputs.map((field, k) => {
      if (field.dataType.kind !== 'string') {
        return this.reader.read(this.nb.data_chunk_get_vector(input, at++), field.dataType, n)
      }
      at += 2
      return this.reader.readStrings(input, at - 2, at - 1, n, current(dictionaries, k))
    })
    kernel.run(columns, n).forEach((column, k) => {
      this.writer.write(outputVector(k), column, kernel.outputs[k].dataType, n)
    })
  }
}

/** The dictionary of column `k`, replaced by a new one when it is full. */
function current(dictionaries: StringDictionary[], k: number): StringDictionary {
  if (dictionaries[k].values.length >= MAX_DICTIONARY) dictionaries[k] = new StringDictionary()
  return dictionaries[k]
}

/** Progress of one scan of a JavaScript table; `columns` are those that the query reads. */
interface ScanState {
  readonly table: LocalTable
  readonly columns: readonly number[]
  at: number
}

function partitionsOf(table: LocalTable, start: number, end: number): Int32Array {
  const partitions = new Int32Array(end - start)
  for (let p = 0; p + 1 < table.bounds.length; p++) {
    partitions.fill(p, Math.max(0, table.bounds[p] - start), Math.max(0, table.bounds[p + 1] - start))
  }
  return partitions
}
