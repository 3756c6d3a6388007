import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { PersistenceError, SchemaError } from '../../errors.js'
import { writeFolderAtomic } from '../../util/atomic-write.js'
import { writeError } from '../../util/file-error.js'
import type { WriteRequest } from '../engine.js'
import { indexOfName, requireUnique } from '../names.js'
import type { FileFormat, Plan } from '../plan.js'
import { fieldNames, type StructType, simpleString } from '../types.js'
import { checkCsvSchema } from './csv.js'
import { type Runtime, runStatement } from './execute.js'
import { checkOptions, codecOf, type FileOptions } from './file-options.js'
import { copySql } from './files.js'
import { sparkFolderName } from './paths.js'

const SUFFIXES: Readonly<Record<string, string>> = { none: '', uncompressed: '', gzip: '.gz', zstd: '.zst' }

/** Name of the one part file of a write, in Spark's form. */
function partName(format: FileFormat, options: FileOptions): string {
  const codec = codecOf(format, options)
  const part = `part-00000-${randomUUID()}`
  if (format === 'parquet') return `${part}${codec === 'zstd' ? '.zstd' : (SUFFIXES[codec] ?? `.${codec}`)}.parquet`
  return `${part}.${format === 'text' ? 'txt' : format}${SUFFIXES[codec]}`
}

/** @throws SchemaError unless there is one column, of texts, beside those of folders. */
function checkTextSchema({ fields }: StructType, folders: readonly string[]): void {
  const own = fields.filter(({ name }) => !folders.includes(name))
  if (own.length === 1 && own[0].dataType.kind === 'string') return
  throw new SchemaError(
    `text files hold one column of strings, not ${own.length === 1 ? simpleString(own[0].dataType) : `${own.length} columns`}`,
    {
      stage: 'write',
      allowed: 'Allowed: one column of type string, beside those of partitionBy',
      received: own.map(({ name, dataType }) => `${name} ${simpleString(dataType)}`).join(', '),
      hint: "Put it together first: select(concat_ws(',', …)), or write csv",
    },
  )
}

/**
 * Writes the rows of a plan as Spark does: a folder with a part file and an empty `_SUCCESS`. Whatever fails, the path holds
 * what it held before.
 * @throws PersistenceError when the path exists in mode `error`, or cannot be written; SchemaError when csv cannot hold the columns;
 *   ParamError for an unknown option.
 */
export async function writeFiles(
  plan: Plan,
  { format, path, mode, options: settings, partitionBy = [] }: WriteRequest,
  runtime: Runtime,
  signal?: AbortSignal,
): Promise<void> {
  const options = checkOptions(format, 'write', settings)
  requireUnique(fieldNames(plan.schema), 'write')
  if (format === 'csv') checkCsvSchema(plan.schema)
  const columns = partitionColumns(plan, partitionBy)
  if (format === 'text') checkTextSchema(plan.schema, columns)
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
  const part = name.slice(0, name.indexOf('.'))
  const extension = name.slice(part.length + 1)
  const writeFolders = async (folder: string): Promise<void> => {
    const target = { columns, part: `${part.slice(0, -36)}{uuid}`, extension }
    await runStatement(plan, runtime, (sql) => copySql(sql, plan.schema, folder, format, options, target), signal)
    await renameFolders(folder)
  }
  try {
    if (exists && mode === 'append') {
      await (columns.length > 0 ? appendFolders(path, writeFolders) : appendPart(path, name, writePart))
      return
    }
    await writeFolderAtomic(path, async (folder) => {
      await (columns.length > 0 ? writeFolders(folder) : writePart(join(folder, name)))
      await writeFile(join(folder, '_SUCCESS'), '')
    })
  } catch (error) {
    throw writeError(error, path)
  }
}

/** The columns of folders by the names of the schema. @throws SchemaError for an unknown one, one that is no plain value, or all. */
function partitionColumns({ schema }: Plan, names: readonly string[]): string[] {
  const stage = 'partitionBy'
  const fields = names.map((name) => schema.fields[indexOfName(schema, name, stage)])
  requireUnique(names, stage)
  const nested = fields.find(({ dataType }) => /^(array|map|struct|vector|matrix|binary)$/.test(dataType.kind))
  if (nested) {
    throw new SchemaError(`column "${nested.name}" of type ${simpleString(nested.dataType)} cannot name folders`, {
      stage,
      column: nested.name,
      allowed: 'Allowed: numbers, texts, booleans, dates and timestamps',
    })
  }
  if (names.length > 0 && names.length === schema.fields.length) {
    throw new SchemaError('all columns are named for folders', { stage, hint: 'Leave one for the files' })
  }
  return fields.map((field) => field.name)
}

/** Writes aside and moves the files into their folders; after a failure none of them is left. */
async function appendFolders(path: string, write: (folder: string) => Promise<void>): Promise<void> {
  const aside = join(path, `.${randomUUID()}.tmp`)
  const moved: string[] = []
  try {
    await mkdir(aside)
    await write(aside)
    for (const entry of await readdir(aside, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const folder = join(path, relative(aside, entry.parentPath))
      await mkdir(folder, { recursive: true })
      await rename(join(entry.parentPath, entry.name), join(folder, entry.name))
      moved.push(join(folder, entry.name))
    }
  } catch (error) {
    for (const file of moved) await rm(file, { force: true })
    throw error
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** Gives the folders of values, and those inside, the names that Spark gives them. */
async function renameFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    await renameFolders(join(folder, entry.name))
    const name = sparkFolderName(entry.name)
    if (name !== entry.name) await rename(join(folder, entry.name), join(folder, name))
  }
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
