import { PersistenceError } from '../errors.js'
import { shortText } from '../util/names.js'
import { fileError, nothingSaved, requirePath } from './file-errors.js'
import { storePlace } from './place.js'
import type { StorageOptions } from './storage-options.js'
import type { FolderReader } from './store.js'

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
export async function savedInfo(path: string, storage?: StorageOptions): Promise<SavedInfo> {
  requirePath(path, 'savedInfo')
  const { store, path: place } = await storePlace(path, storage, 'read', 'savedInfo')
  try {
    const found = await store.find(place)
    if (!found) throw nothingSaved(path, 'savedInfo')
    if (found.kind === 'folder') return await store.readFolder(place, (files) => sparkInfo(files, place))
    const head = await headOf(store, place)
    const [, formatVersion] = /"formatVersion"\s*:\s*(\d+)/.exec(head) ?? []
    const [, version] = /"libraryVersion"\s*:\s*"([^"\\]*)"/.exec(head) ?? []
    if (version === undefined) throw notSaved(path, 'it does not begin with the version that save() writes')
    return { format: 'json', formatVersion: Number(formatVersion), version, bytes: found.bytes }
  } catch (error) {
    throw error instanceof PersistenceError ? error : fileError('read', path, 'savedInfo', error)
  }
}

async function sparkInfo(files: FolderReader, folder: string): Promise<SavedInfo> {
  const metadata = `${folder}/metadata`
  // The names are free, but hidden ones do not count. It may be one file.
  const part = (await files.list(metadata))?.find(({ name }) => !/^[._]/.test(name))
  const head = await headOf(files, part === undefined ? metadata : `${metadata}/${part.name}`)
  const [, version] = /"sparkVersion"\s*:\s*"([^"\\]*)"/.exec(head) ?? []
  if (version === undefined) throw notSaved(folder, 'its metadata has no sparkVersion')
  return { format: 'spark', version, bytes: await files.bytesIn(folder) }
}

const headOf = async (files: FolderReader, path: string): Promise<string> =>
  new TextDecoder().decode(await files.head(path, HEAD_BYTES))

const notSaved = (path: string, problem: string): PersistenceError =>
  new PersistenceError(`"${path}" is no saved model: ${problem}`, {
    stage: 'savedInfo',
    param: 'path',
    allowed: 'Allowed: a file or folder that save() wrote',
    received: shortText(path),
    hint: 'Name another path.',
  })
