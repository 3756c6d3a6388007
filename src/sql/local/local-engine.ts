import type { Batch, LocalTable } from '../batch.js'
import type { ActionOptions, Engine, ReadRequest, StreamOptions, WriteRequest } from '../engine.js'
import { explainText } from '../explain.js'
import type { Plan } from '../plan.js'
import { DuckDB } from './duckdb.js'
import { countRows, type Runtime, stream, toTable } from './execute.js'
import { checkOptions, flag } from './file-options.js'
import type { LocalEngineOptions } from './local-engine-options.js'
import { outline } from './outline.js'
import { partitionFolders, withPartitionColumns } from './partition-columns.js'
import { partitionCount } from './partitions.js'
import { resolveFiles } from './paths.js'
import { readSchema } from './read-schema.js'
import { emptyTable } from './tables.js'
import { writeFiles } from './write.js'

/**
 * Runs plans inside this process: row-wise steps over rows in memory in JavaScript, everything relational in DuckDB, which starts on
 * first need and starts anew when it is needed after `close`.
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
  explain(plan: Plan): string {
    return explainText(plan, outline(plan))
  }

  /** Plan that reads files of this machine, see {@link Engine.scan}. */
  async scan(request: ReadRequest, { signal }: ActionOptions = {}): Promise<Plan> {
    const { format, paths: given, options: settings } = request
    const options = checkOptions(format, 'read', settings)
    const files = await resolveFiles(given, flag(options, 'recursivefilelookup'), options.pathglobfilter)
    const paths = files.map((file) => file.path)
    signal?.throwIfAborted()
    const partitioned = partitionFolders(files, request.schema)
    const own = request.schema ?? (await readSchema(format, paths, options, this, signal))
    const schema = partitioned ? withPartitionColumns(own, partitioned.columns) : own
    // Files that tell no columns are empty.
    if (schema.fields.length === 0) return { kind: 'localScan', schema, table: emptyTable(schema) }
    const told = request.schema === undefined
    return { kind: 'fileScan', schema, format, paths, options, told, ...(partitioned ? { partitioned } : {}) }
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
