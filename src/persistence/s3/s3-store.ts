import { randomUUID } from 'node:crypto'
import { mapConcurrent } from '../../util/map-concurrent.js'
import type { StorageOptions } from '../storage-options.js'
import type { FolderReader, Found, ModelStore, Store, StoreEntry } from '../store.js'
import { StoreError } from './errors.js'
import { entryOf, MANIFEST, manifestText, OWN_FOLDER, parseManifest } from './manifest.js'
import { CONCURRENCY, ManifestView } from './manifest-view.js'
import { S3Objects } from './objects.js'

/** Files of a save that died are removed by a later one after this time. */
const LEFTOVER_MS = 24 * 3600 * 1000

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content

/** The metadata of the outermost stage: Spark reads them first, so that without them there is no model. */
const isRootMetadata = (name: string): boolean => name.startsWith('metadata/')

/**
 * Buckets of S3, and of servers that speak like it. Paths are URLs. What is atomic where: docs/adr/0019-models-on-s3.md.
 */
export class S3Store implements ModelStore {
  private readonly objects: S3Objects

  /** @param action what the store is for. */
  constructor(options: StorageOptions, action: 'read' | 'write') {
    this.objects = new S3Objects(options, action)
  }

  async find(path: string): Promise<Found | undefined> {
    // Whoever may not list a bucket is told of a missing object that access is denied.
    const file = await this.objects.get(path, { first: 1 }).catch((error: StoreError) => error)
    if (file && !(file instanceof Error)) return { kind: 'file', bytes: file.bytes }
    const folder: Found = { kind: 'folder', bytes: 0 }
    if (file instanceof Error) {
      if (!(file instanceof StoreError) || file.reason !== 'accessDenied') throw file
      const manifest = await this.manifestContent(path).catch(() => undefined)
      if (manifest) return folder
      throw file
    }
    const entries = await this.objects.entries(path)
    const isThere = entries.some(({ name }) => name !== OWN_FOLDER)
    return isThere || (entries.length > 0 && (await this.manifestContent(path))) ? folder : undefined
  }

  async list(path: string): Promise<readonly StoreEntry[] | undefined> {
    const entries = await this.objects.entries(path)
    return entries.length === 0 ? undefined : entries
  }

  async read(path: string): Promise<Uint8Array> {
    return (await this.objects.get(path))?.content ?? this.missing(path)
  }

  async head(path: string, bytes: number): Promise<Uint8Array> {
    return (await this.objects.get(path, { first: bytes }))?.content ?? this.missing(path)
  }

  async bytesIn(path: string): Promise<number> {
    return (await this.objects.under(path)).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  private missing(path: string): never {
    throw new StoreError('noSuchKey', `nothing is saved at "${path}"`, {
      stage: 'load',
      param: 'path',
      allowed: 'Allowed: a file that can be read',
      received: path,
      hint: 'Check the path and the rights on it.',
    })
  }

  write(path: string, content: Uint8Array | string): Promise<void> {
    return this.objects.put(path, bytesOf(content))
  }

  /** One object: readers see the old one or the new one. */
  async saveFile(path: string, content: string, replace: boolean): Promise<void> {
    if (replace && (await this.list(path))) {
      throw new StoreError('other', `cannot write "${path}": it is a folder`, {
        stage: 'storage',
        param: 'path',
        received: path,
        hint: 'Give another path, or remove the folder.',
      })
    }
    await this.objects.put(path, bytesOf(content), !replace)
  }

  async removeFile(path: string): Promise<void> {
    await this.objects.remove([path])
  }

  /**
   * The files go to a folder of their own, the manifest points there, which is the moment at which readers here see the new model; then Spark's
   * layout is made of copies, the manifest points at them, and what is no longer needed is removed.
   */
  async saveFolder(
    path: string,
    fill: (store: Store, folder: string) => Promise<void>,
    replace: boolean,
  ): Promise<void> {
    if (replace) await this.requireModel(path)
    const contents = new Map<string, Uint8Array>()
    await fill(collector(contents), path)
    const files = new Map(Array.from(contents, ([name, content]) => [name.slice(path.length + 1), entryOf(content)]))
    const own = `${OWN_FOLDER}/${randomUUID()}`
    const aside = (name: string): string => `${path}/${own}/${name}`
    const names = [...files.keys()]
    try {
      await mapConcurrent(names, CONCURRENCY, (name) => this.objects.put(aside(name), contents.get(`${path}/${name}`)!))
    } catch (error) {
      // What cannot be removed now, a later save removes.
      await this.objects.remove(names.map(aside)).catch(() => undefined)
      throw error
    }
    await this.publish(path, manifestText({ folder: own, files }), names.map(aside), !replace)
    try {
      await this.replaceLayout(path, names, aside)
      await this.objects.put(`${path}/${MANIFEST}`, bytesOf(manifestText({ folder: '', files })))
      await this.tidy(path, own)
    } catch (cause) {
      throw new StoreError(
        cause instanceof StoreError ? cause.reason : 'other',
        `"${path}" is saved, and is loaded here; but Spark's layout of it is not complete: ${(cause as Error).message}`,
        { stage: 'storage', param: 'path', received: path, hint: 'Save it again, with overwrite().', cause },
      )
    }
  }

  /** @throws StoreError when a folder holds something else than a model: all of it would be removed. */
  private async requireModel(path: string): Promise<void> {
    const entries = await this.list(path)
    if (!entries || entries.some(({ name }) => name === OWN_FOLDER || name === 'metadata')) return
    throw new StoreError('other', `"${path}" holds no model, but ${entries.length} other files or folders`, {
      stage: 'storage',
      param: 'path',
      allowed: 'Allowed: the path of a saved model, or one where nothing stands',
      received: path,
      hint: 'Save to another path, or remove what stands there.',
    })
  }

  /** Writes the manifest that makes a save visible. Where it may have been written, or may still be, nothing is removed that it names. */
  private async publish(path: string, text: string, files: readonly string[], onlyNew: boolean): Promise<void> {
    try {
      await this.objects.put(`${path}/${MANIFEST}`, bytesOf(text), onlyNew)
    } catch (error) {
      const there = await this.manifestContent(path).catch(() => undefined)
      if (there && new TextDecoder().decode(there) === text) return
      const isRefused = error instanceof StoreError && error.reason !== 'network'
      if (isRefused) await this.objects.remove(files).catch(() => undefined)
      throw error
    }
  }

  /** Spark sees the old model, then none, then the new one: its metadata go first and come last. */
  private async replaceLayout(path: string, names: readonly string[], aside: (name: string) => string): Promise<void> {
    const old = (await this.objects.under(path)).map((object) => object.path.slice(path.length + 1))
    const plain = old.filter((name) => !name.startsWith(`${OWN_FOLDER}/`))
    const full = (name: string): string => `${path}/${name}`
    await this.objects.remove(plain.filter(isRootMetadata).map(full))
    await this.objects.remove(plain.filter((name) => !isRootMetadata(name)).map(full))
    const copy = (name: string): Promise<void> => this.objects.copy(aside(name), full(name))
    await mapConcurrent(
      names.filter((name) => !isRootMetadata(name)),
      CONCURRENCY,
      copy,
    )
    for (const name of names.filter(isRootMetadata)) await copy(name)
  }

  /** Removes a document at the same path, the files that were aside, and those that earlier saves left. */
  private async tidy(path: string, own: string): Promise<void> {
    const past = Date.now() - LEFTOVER_MS
    const left = (await this.objects.under(`${path}/${OWN_FOLDER}`)).filter(
      (object) =>
        object.path.startsWith(`${path}/${own}/`) ||
        (object.path !== `${path}/${MANIFEST}` && object.modified !== undefined && object.modified.getTime() < past),
    )
    await this.objects.remove([path, ...left.map((object) => object.path)])
  }

  /**
   * The files that the manifest names; without one, what stands in the folder, as Spark reads it. When the manifest changed meanwhile, and
   * what it named is gone, or there was none, `work` is done once more.
   */
  async readFolder<T>(path: string, work: (store: FolderReader) => Promise<T>): Promise<T> {
    const before = await this.manifestContent(path)
    const outcome = await work(this.view(path, before)).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    if ('value' in outcome && before) return outcome.value
    const after = await this.manifestContent(path)
    const changed = Buffer.compare(before ?? new Uint8Array(), after ?? new Uint8Array()) !== 0
    if (changed) return work(this.view(path, after))
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  private view(path: string, manifest: Uint8Array | undefined): FolderReader {
    return manifest ? new ManifestView(this.objects, path, parseManifest(manifest, `${path}/${MANIFEST}`)) : this
  }

  private async manifestContent(path: string): Promise<Uint8Array | undefined> {
    return (await this.objects.get(`${path}/${MANIFEST}`))?.content
  }
}

/** A store that keeps what is written. */
const collector = (files: Map<string, Uint8Array>): Store => ({
  list: async () => undefined,
  read: async (path) => files.get(path)!,
  async write(path, content) {
    files.set(path, bytesOf(content))
  },
})
