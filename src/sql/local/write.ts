import { randomUUID } from 'node:crypto'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PersistenceError } from '../../errors.js'
import { writeFolderAtomic } from '../../util/atomic-write.js'
import type { FileFormat, Plan } from '../plan.js'
import { type Runtime, runStatement } from './execute.js'
import { checkCsvSchema, copySql, type FileOptions } from './files.js'

/** What to do when the path exists. */
export type SaveMode = 'error' | 'overwrite' | 'append' | 'ignore'

/** What a writer writes and where. */
export interface WriteRequest {
  readonly plan: Plan
  readonly runtime: Runtime
  readonly format: FileFormat
  readonly path: string
  readonly options: FileOptions
  readonly mode: SaveMode
}

const SUFFIXES: Readonly<Record<string, string>> = { gzip: '.gz', zstd: '.zst' }

function partName({ format, options }: WriteRequest): string {
  const compression = options.compression?.toLowerCase()
  const part = `part-00000-${randomUUID()}`
  if (format === 'parquet') return `${part}.${compression ?? 'snappy'}.parquet`
  return `${part}.${format}${SUFFIXES[compression ?? ''] ?? ''}`
}

async function writePart(request: WriteRequest, file: string): Promise<void> {
  const { plan, runtime, format, options } = request
  await runStatement(plan, runtime, (sql) => copySql(sql, plan.schema, file, format, options))
}

/**
 * Writes the rows of a plan as Spark does: a folder with a part file and an empty `_SUCCESS`. Whatever fails, the path holds
 * what it held before.
 * @throws PersistenceError when the path exists in mode `error`, or cannot be written; SchemaError when csv cannot hold the columns.
 */
export async function writeFiles(request: WriteRequest): Promise<void> {
  const { plan, format, path, mode } = request
  if (format === 'csv') checkCsvSchema(plan.schema)
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  if (exists && mode === 'ignore') return
  if (exists && mode === 'error') {
    throw new PersistenceError(`${path} exists already`, {
      hint: 'Use mode("overwrite"), mode("append") or another path',
    })
  }
  if (exists && mode === 'append') return appendPart(request)
  await writeFolderAtomic(path, async (folder) => {
    await writePart(request, join(folder, partName(request)))
    await writeFile(join(folder, '_SUCCESS'), '')
  })
}

async function appendPart(request: WriteRequest): Promise<void> {
  const name = partName(request)
  const aside = join(request.path, `.${name}`)
  try {
    await writePart(request, aside)
    await rename(aside, join(request.path, name))
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
