import { randomUUID } from 'node:crypto'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PersistenceError } from '../../errors.js'
import { writeFolderAtomic } from '../../util/atomic-write.js'
import type { WriteRequest } from '../engine.js'
import type { FileFormat, Plan } from '../plan.js'
import { checkCsvSchema } from './csv.js'
import { type Runtime, runStatement } from './execute.js'
import { checkOptions, type FileOptions } from './file-options.js'
import { copySql } from './files.js'

const SUFFIXES: Readonly<Record<string, string>> = { gzip: '.gz', zstd: '.zst' }

/** Name of the one part file of a write, in Spark's form. */
function partName(format: FileFormat, options: FileOptions): string {
  const compression = options.compression?.toLowerCase()
  const part = `part-00000-${randomUUID()}`
  if (format === 'parquet') return `${part}.${compression ?? 'snappy'}.parquet`
  return `${part}.${format}${SUFFIXES[compression ?? ''] ?? ''}`
}

/**
 * Writes the rows of a plan as Spark does: a folder with a part file and an empty `_SUCCESS`. Whatever fails, the path holds
 * what it held before.
 * @throws PersistenceError when the path exists in mode `error`, or cannot be written; SchemaError when csv cannot hold the columns;
 *   ParamError for an unknown option.
 */
export async function writeFiles(
  plan: Plan,
  { format, path, mode, options: settings }: WriteRequest,
  runtime: Runtime,
  signal?: AbortSignal,
): Promise<void> {
  const options = checkOptions(format, 'write', settings)
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
  const name = partName(format, options)
  const writePart = (file: string): Promise<void> =>
    runStatement(plan, runtime, (sql) => copySql(sql, plan.schema, file, format, options), signal)
  if (exists && mode === 'append') return appendPart(path, name, writePart)
  await writeFolderAtomic(path, async (folder) => {
    await writePart(join(folder, name))
    await writeFile(join(folder, '_SUCCESS'), '')
  })
}

async function appendPart(folder: string, name: string, writePart: (file: string) => Promise<void>): Promise<void> {
  const aside = join(folder, `.${name}`)
  try {
    await writePart(aside)
    await rename(aside, join(folder, name))
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
