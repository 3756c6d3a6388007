import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileStore } from '../persistence/file-store.js'
import { storePlace } from '../persistence/place.js'
import type { StorageOptions } from '../persistence/storage-options.js'
import type { Store, StoreEntry } from '../persistence/store.js'
import { Connection } from './connection.js'
import type { Answer } from './decode.js'
import { invalidCall } from './mlflow-error.js'

/** A file or folder in a store of artifacts. */
export interface ArtifactEntry extends StoreEntry {
  /** Bytes of a file, where the store tells. */
  readonly size?: number
}

/** The artifacts below one address. Paths are relative to it, with slashes; the empty one is the address itself. */
export interface ArtifactStore extends Store {
  list(path: string): Promise<readonly ArtifactEntry[] | undefined>
  /** Copies a file of this machine into the store, without holding it in memory where the store can. */
  upload(file: string, path: string): Promise<void>
  /** Copies a file of the store to this machine; its folder is made. */
  download(path: string, file: string): Promise<void>
}

/** Path of the interface through which the server hands its artifacts on. */
const PROXY = '/api/2.0/mlflow-artifacts/artifacts'

/** One letter is a drive of Windows. */
const schemeOf = (uri: string): string => (/^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1] ?? '').toLowerCase()
const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/')

/**
 * The artifacts at an address: `mlflow-artifacts:` through the server, `http:` through another one, `file:` and paths on this machine, and `s3:` in the bucket itself.
 * @throws MlflowError for an address of another kind.
 */
export function openArtifacts(uri: string, tracking: Connection, storage?: StorageOptions): ArtifactStore {
  switch (schemeOf(uri)) {
    case 'mlflow-artifacts':
      return proxied(uri, tracking)
    case 'http':
    case 'https': {
      const url = new URL(uri)
      const [base, root = ''] = url.pathname.split(`${PROXY}/`)
      return overHttp(new Connection(url.origin + base, tracking.options), decodeURIComponent(root))
    }
    default:
      return openStore(uri, storage)
  }
}

/**
 * The artifacts at an address that needs no server: `file:`, `s3:`, or a path of this machine.
 * @param storage how a bucket is reached, where that is not what the environment says.
 * @throws MlflowError for an address of another kind.
 */
export function openStore(uri: string, storage: StorageOptions = {}): ArtifactStore {
  switch (schemeOf(uri)) {
    case 'file':
      return inFolder(fileURLToPath(uri))
    case '':
      return inFolder(uri)
    case 's3':
    case 's3a':
      return inBucket(uri, storage)
    default:
      throw invalidCall(`artifacts at "${uri}" cannot be reached`, {
        param: 'artifactUri',
        allowed: 'Allowed: mlflow-artifacts:, http:, https:, file:, s3:',
        received: uri,
        hint: 'Let the server hand them on: start it with --serve-artifacts and --artifacts-destination.',
      })
  }
}

/** `mlflow-artifacts:/path`, or `mlflow-artifacts://host:port/path` of another server. */
function proxied(uri: string, tracking: Connection): ArtifactStore {
  const [, host = '', path] = /^mlflow-artifacts:(?:\/\/([^/]*))?\/*(.*)$/i.exec(uri) as RegExpExecArray
  const connection = host === '' ? tracking : new Connection(`${tracking.base.protocol}//${host}`, tracking.options)
  return overHttp(connection, path)
}

function overHttp(connection: Connection, root: string): ArtifactStore {
  const urlOf = (path: string): URL =>
    connection.urlOf(`${PROXY}/${joined(root, path).split('/').map(encodeURIComponent).join('/')}`)
  return {
    async list(path) {
      const query = { path: joined(root, path) }
      const { response } = await connection.request('GET', connection.urlOf(PROXY), { query })
      const { files = [] } = JSON.parse(response?.body.toString('utf8') || '{}') as Answer
      const entries: ArtifactEntry[] = files.map((file: Answer) => ({
        name: String(file.path).slice(String(file.path).lastIndexOf('/') + 1),
        isFolder: file.is_dir === true,
        ...(file.file_size === undefined ? {} : { size: Number(file.file_size) }),
      }))
      // The server keeps no empty folders.
      return entries.length === 0 ? undefined : entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    async read(path) {
      const { response } = await connection.request('GET', urlOf(path))
      return response?.body ?? new Uint8Array()
    },
    async write(path, content) {
      await connection.request('PUT', urlOf(path), { body: content })
    },
    async upload(file, path) {
      const { size } = await stat(file)
      await connection.request('PUT', urlOf(path), { body: { file, bytes: size } })
    },
    async download(path, file) {
      await mkdir(dirname(file), { recursive: true })
      await connection.request('GET', urlOf(path), { into: file })
    },
  }
}

/** Artifacts in a bucket, without the server: by what the environment says of it, as `save('s3://…')` does. */
function inBucket(uri: string, storage: StorageOptions): ArtifactStore {
  const at = async (path: string, action: 'read' | 'write') => {
    const { store, path: root } = await storePlace(uri, storage, action, 'mlflow')
    return { store, path: joined(root, path) }
  }
  const read = async (path: string): Promise<Uint8Array> => {
    const place = await at(path, 'read')
    return place.store.read(place.path)
  }
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    const place = await at(path, 'write')
    await place.store.write(place.path, content)
  }
  return {
    async list(path) {
      const place = await at(path, 'read')
      return place.store.list(place.path)
    },
    read,
    write,
    upload: async (file, path) => write(path, await readFile(file)),
    async download(path, file) {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, await read(path))
    },
  }
}

/** Artifacts in a folder of this machine. */
export function inFolder(root: string): ArtifactStore {
  const at = (path: string): string => join(root, path)
  return {
    async list(path) {
      const entries = await fileStore.list(at(path))
      if (entries === undefined) return undefined
      return Promise.all(
        entries.map(async (entry) =>
          entry.isFolder ? entry : { ...entry, size: (await stat(join(at(path), entry.name))).size },
        ),
      )
    },
    read: (path) => fileStore.read(at(path)),
    write: (path, content) => fileStore.write(at(path), content),
    async upload(file, path) {
      await mkdir(dirname(at(path)), { recursive: true })
      await copyFile(file, at(path))
    },
    async download(path, file) {
      await mkdir(dirname(file), { recursive: true })
      await copyFile(at(path), file)
    },
  }
}
