import { mapConcurrent } from '../../util/map-concurrent.js'
import type { FolderReader, StoreEntry } from '../store.js'
import { StoreError } from './errors.js'
import { entryOf, type Manifest } from './manifest.js'
import type { S3Objects } from './objects.js'

/** Requests at a time. */
export const CONCURRENCY = 8

/** The files that a manifest names, each with the size and checksum that it tells: nothing else is seen, nothing else is given out. */
export class ManifestView implements FolderReader {
  private readonly objects: S3Objects
  private readonly path: string
  private readonly manifest: Manifest
  private contents: Promise<ReadonlyMap<string, Uint8Array>> | undefined

  constructor(objects: S3Objects, path: string, manifest: Manifest) {
    this.objects = objects
    this.path = path
    this.manifest = manifest
  }

  async list(path: string): Promise<readonly StoreEntry[] | undefined> {
    const entries = new Map<string, StoreEntry>()
    for (const name of this.below(path)) {
      const [first, ...rest] = name.split('/')
      entries.set(first, { name: first, isFolder: rest.length > 0 })
    }
    return entries.size === 0 ? undefined : [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The first file that is asked for brings all of them: a model needs each, and one after the other takes long. */
  async read(path: string): Promise<Uint8Array> {
    const name = this.nameOf(path)
    this.contents ??= this.fetchAll()
    return (await this.contents).get(name)!
  }

  async head(path: string, bytes: number): Promise<Uint8Array> {
    return (await this.fetch(this.nameOf(path))).subarray(0, bytes)
  }

  async bytesIn(path: string): Promise<number> {
    const { files } = this.manifest
    const root = path === this.path ? '' : `${path.slice(this.path.length + 1)}/`
    return this.below(path).reduce((sum, name) => sum + files.get(root + name)!.bytes, 0)
  }

  /** Names of the files in a folder, below it. */
  private below(path: string): string[] {
    return Array.from(this.manifest.files.keys(), (name) => `${this.path}/${name}`)
      .filter((file) => file.startsWith(`${path}/`))
      .map((file) => file.slice(path.length + 1))
  }

  private nameOf(path: string): string {
    const name = path.slice(this.path.length + 1)
    if (this.manifest.files.has(name)) return name
    throw this.error('noSuchKey', path, 'is not part of the model')
  }

  private async fetchAll(): Promise<ReadonlyMap<string, Uint8Array>> {
    const names = [...this.manifest.files.keys()]
    const contents = await mapConcurrent(names, CONCURRENCY, (name) => this.fetch(name))
    return new Map(names.map((name, i) => [name, contents[i]]))
  }

  private async fetch(name: string): Promise<Uint8Array> {
    const { folder, files } = this.manifest
    const path = [this.path, folder, name].filter((part) => part !== '').join('/')
    const found = await this.objects.get(path)
    if (!found) throw this.error('damaged', path, 'is missing')
    const { bytes, sha256 } = files.get(name)!
    const actual = entryOf(found.content)
    if (actual.bytes !== bytes) throw this.error('damaged', path, `has ${actual.bytes} bytes instead of ${bytes}`)
    if (actual.sha256 !== sha256) throw this.error('damaged', path, 'was altered after it was saved')
    return found.content
  }

  private error(reason: 'damaged' | 'noSuchKey', path: string, problem: string): StoreError {
    return new StoreError(reason, `"${path}" ${problem}`, {
      stage: 'load',
      param: 'path',
      allowed: 'Allowed: the files that the manifest of the save names',
      received: path,
      hint: 'Save the model again, or restore the file.',
    })
  }
}
