import { fileURLToPath } from 'node:url'
import { PersistenceError, UnsupportedError } from '../errors.js'
import { fileStore } from './file-store.js'
import { checkStorageOptions, type StorageOptions } from './storage-options.js'
import type { ModelStore } from './store.js'

/** A store, and the path in it. */
export interface StorePlace {
  readonly store: ModelStore
  readonly path: string
}

/** What goes for the scheme of a URL; one letter is a drive of Windows. */
const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]+):\//

/**
 * The store that a path names: a plain path or `file:` URL is on this machine, `s3://` and `s3a://` URLs are in a bucket, for which the AWS
 * SDK is loaded.
 * @param action what the store is for.
 * @param stage who asks, for messages.
 * @throws UnsupportedError for other schemes; PersistenceError for a `file:` URL that names no file; StoreError where the SDK is not installed.
 */
export async function storePlace(
  path: string,
  storage: StorageOptions = {},
  action: 'read' | 'write' = 'read',
  stage = action === 'read' ? 'load' : 'save',
): Promise<StorePlace> {
  checkStorageOptions(storage)
  const scheme = SCHEME.exec(path)?.[1].toLowerCase()
  if (scheme === undefined && !/^file:/i.test(path)) return { store: fileStore, path }
  if (scheme === 's3' || scheme === 's3a') {
    const { S3Store } = await import('./s3/s3-store.js')
    return { store: new S3Store(storage, action), path: path.replace(/\/+$/, '') }
  }
  const details = { stage, param: 'path', received: path }
  if (scheme !== 'file' && scheme !== undefined) {
    throw new UnsupportedError(`paths of the scheme "${scheme}" are not supported`, {
      ...details,
      allowed: 'Allowed: plain paths, file:///path, s3://bucket/key, s3a://bucket/key',
      hint: `For a folder of that name, write ./${path}`,
    })
  }
  try {
    if (scheme === undefined) throw new Error('a path in a URL begins with a slash')
    return { store: fileStore, path: fileURLToPath(path) }
  } catch (cause) {
    throw new PersistenceError(`"${path}" names no file of this machine: ${(cause as Error).message}`, {
      ...details,
      allowed: 'Allowed: file:///absolute/path, or a plain path',
      hint: 'Write a plain path.',
      cause,
    })
  }
}
