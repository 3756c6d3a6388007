import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PersistenceError } from '../errors.js'
import { shortText } from '../util/names.js'
import { fileError, requirePath } from './file-errors.js'

/** Who wrote a saved stage, and how large it is. */
export interface SavedInfo {
  readonly format: 'json' | 'spark'
  /** Version of the layout of our JSON; Spark has none. */
  readonly formatVersion?: number
  /** Version of Ridgeline, or of Spark, that wrote it. */
  readonly version: string
  /** Bytes of all files. */
  readonly bytes: number
}

/** Longest head of a document that is searched for its versions. */
const HEAD_BYTES = 4096

/**
 * What the files of a saved stage tell beside the stage. Only the head is read, so that they may be large.
 * @throws PersistenceError when there is nothing at the path, or what is there was not written by `save`.
 */
export async function savedInfo(path: string): Promise<SavedInfo> {
  requirePath(path, 'savedInfo')
  try {
    const info = await stat(path)
    if (info.isDirectory()) return await sparkInfo(path)
    const head = await headOf(path)
    const [, formatVersion] = /"formatVersion"\s*:\s*(\d+)/.exec(head) ?? []
    const [, version] = /"libraryVersion"\s*:\s*"([^"\\]*)"/.exec(head) ?? []
    if (version === undefined) throw notSaved(path, 'it does not begin with the version that save() writes')
    return { format: 'json', formatVersion: Number(formatVersion), version, bytes: info.size }
  } catch (error) {
    throw error instanceof PersistenceError ? error : fileError('read', path, 'savedInfo', error)
  }
}

async function sparkInfo(folder: string): Promise<SavedInfo> {
  const metadata = join(folder, 'metadata')
  const names = (await stat(metadata)).isDirectory() ? (await readdir(metadata)).sort() : []
  // The names are free, but hidden ones do not count.
  const part = names.find((name) => !/^[._]/.test(name))
  const head = await headOf(part === undefined ? metadata : join(metadata, part))
  const [, version] = /"sparkVersion"\s*:\s*"([^"\\]*)"/.exec(head) ?? []
  if (version === undefined) throw notSaved(folder, 'its metadata has no sparkVersion')
  return { format: 'spark', version, bytes: await bytesIn(folder) }
}

async function headOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size
  }
  return bytes
}

const notSaved = (path: string, problem: string): PersistenceError =>
  new PersistenceError(`"${path}" is no saved model: ${problem}`, {
    stage: 'savedInfo',
    param: 'path',
    allowed: 'Allowed: a file or folder that save() wrote',
    received: shortText(path),
    hint: 'Name another path.',
  })
