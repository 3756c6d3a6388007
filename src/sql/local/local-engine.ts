import type { Batch, LocalTable } from '../batch.js'
import { csvMarks, hasEscape } from '../csv-cells.js'
import type { ActionOptions, Engine, ReadRequest, StreamOptions, WriteRequest } from '../engine.js'
import { explainText } from '../explain.js'
import type { Expression } from '../expression/nodes.js'
import { attribute, sameName } from '../names.js'
import { partitionCount } from '../partition-count.js'
import type { Plan } from '../plan.js'
import { NullType, StructType } from '../types.js'
import { DuckDB } from './duckdb.js'
import { countRows, type Runtime, stream, toTable } from './execute.js'
import { checkOptions, type FileOptions, flag, readMode } from './file-options.js'
import { parquetDescribedSql } from './files.js'
import type { LocalEngineOptions } from './local-engine-options.js'
import { checkQuotes } from './malformed.js'
import { outline } from './outline.js'
import { type Folders, partitionFolders, withPartitionColumns } from './partition-columns.js'
import { resolveFiles } from './paths.js'
import { readSchema } from './read-schema.js'
import { emptyTable } from './tables.js'
import { writeFiles } from './write.js'

/**
 * Runs plans inside this process: row-wise steps over rows in memory in JavaScript, plain csv by a kernel, everything relational in DuckDB,
 * which starts on first need and starts anew when it is needed after `close`.
 */
export class LocalEngine implements Engine, Runtime {
  private readonly options: LocalEngineOptions
  private readonly instances = new Map<boolean, Promise<DuckDB>>()

  constructor(options: LocalEngineOptions = {}) {
    this.options = options
  }

  /** Rows in batches, see {@link Engine.stream}. */
  stream(plan: Plan, options?: StreamOptions): AsyncGenerator<Batch> {
    return stream(plan, this, options)
  }

  /** All rows in memory. */
  toTable(plan: Plan, options?: ActionOptions): Promise<LocalTable> {
    return toTable(plan, this, options?.signal)
  }

  /** Number of rows; columns are computed only where they decide about rows. */
  count(plan: Plan, options?: ActionOptions): Promise<number> {
    return countRows(plan, this, options?.signal)
  }

  /** Number of logical partitions; a file is one, whatever its size. */
  partitionCount(plan: Plan): number {
    return partitionCount(plan)
  }

  /** The plan with the road of each node, and the SQL of each query. */
  async explain(plan: Plan): Promise<string> {
    return explainText(plan, outline(plan))
  }

  /** Plan that reads files of this machine, see {@link Engine.scan}. */
  async scan(request: ReadRequest, { signal }: ActionOptions = {}): Promise<Plan> {
    const { format, paths: given, options: settings } = request
    const options = checkOptions(format, 'read', settings)
    const files = await resolveFiles(given, flag(options, 'recursivefilelookup'), options.pathglobfilter)
    const paths = files.map((file) => file.path)
    signal?.throwIfAborted()
    const marks = csvMarks(options)
    const quotes = marks.quote !== '' && !hasEscape(marks) && options.encoding === undefined
    if (format === 'csv' && flag(options, 'multiline') && quotes && readMode(options) !== 'dropmalformed') {
      for (const path of paths) await checkQuotes(path, marks, signal)
    }
    const partitioned = partitionFolders(files, request.schema)
    const own = request.schema ?? (await readSchema(format, paths, options, this, signal))
    const schema = partitioned ? withPartitionColumns(own, partitioned.columns) : own
    // Files that tell no columns are empty.
    if (schema.fields.length === 0) return { kind: 'localScan', schema, table: emptyTable(schema) }
    const told = request.schema === undefined
    if (format === 'parquet' && !told) return this.givenScan(schema, partitioned, paths, options, signal)
    return { kind: 'fileScan', schema, format, paths, options, told, ...(partitioned ? { partitioned } : {}) }
  }

  /** Scan of parquet files by a schema that was given: as in Spark a column that no file has is null. */
  private async givenScan(
    schema: StructType,
    partitioned: Folders | undefined,
    paths: readonly string[],
    options: FileOptions,
    signal?: AbortSignal,
  ): Promise<Plan> {
    const engine = await this.duckdb(false)
    const found = await engine.columnsOf(parquetDescribedSql(paths), signal)
    const known = [...found, ...(partitioned?.columns ?? [])]
    const fields = schema.fields.filter(({ name }) => known.some((field) => sameName(field.name, name)))
    const scan: Plan = {
      kind: 'fileScan',
      schema: StructType(fields),
      format: 'parquet',
      paths,
      options,
      ...(partitioned ? { partitioned } : {}),
    }
    if (fields.length === schema.fields.length) return scan
    const nothing: Expression = { kind: 'literal', value: null, dataType: NullType }
    const expressions = schema.fields.map(({ name, dataType }): Expression => {
      if (fields.some((field) => field.name === name)) return attribute(name)
      return { kind: 'alias', child: { kind: 'cast', child: nothing, dataType }, name }
    })
    return { kind: 'project', schema, input: scan, expressions }
  }

  /** Writes files of this machine, see {@link Engine.write}. */
  write(plan: Plan, request: WriteRequest, options?: ActionOptions): Promise<void> {
    return writeFiles(plan, request, this, options?.signal)
  }

  /** An instance of DuckDB, started on first need. @throws EngineError when its package is not installed. */
  duckdb(serial: boolean): Promise<DuckDB> {
    let instance = this.instances.get(serial)
    if (!instance) {
      instance = DuckDB.open({ ...this.options, threads: serial ? 1 : this.options.threads })
      this.instances.set(serial, instance)
      // A failed start, for example without the package, may succeed another time.
      instance.catch(() => this.instances.delete(serial))
    }
    return instance
  }

  /** Ends the instances and frees their memory. What runs then is interrupted, and fails with an EngineError. */
  async close(): Promise<void> {
    const instances = [...this.instances.values()]
    this.instances.clear()
    for (const instance of await Promise.allSettled(instances)) {
      if (instance.status === 'fulfilled') await instance.value.close()
    }
  }
}
