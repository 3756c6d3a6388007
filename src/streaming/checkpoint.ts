import { randomUUID } from 'node:crypto'
import { EngineError, PersistenceError } from '../errors.js'
import type { ModelStore } from '../persistence/store.js'
import type { SourceLog } from '../sql/stream-source.js'
import type { Json } from '../sql/types.js'

/** What a log needs of a store: files that are written whole, and can be let go. */
export type LogStore = Pick<ModelStore, 'list' | 'read' | 'saveFile' | 'removeFile'>

/** Files that last as long as the query. */
export function passingStore(): LogStore {
  const files = new Map<string, Uint8Array>()
  return {
    async list(path) {
      const names = [...files.keys()].filter((file) => file.startsWith(`${path}/`))
      if (names.length === 0) return undefined
      const below = new Map(
        names.map((file) => file.slice(path.length + 1).split('/')).map((p) => [p[0], p.length > 1]),
      )
      return [...below].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, isFolder]) => ({ name, isFolder }))
    },
    async read(path) {
      const content = files.get(path)
      if (content) return content
      throw Object.assign(new Error(`${path} does not exist`), { code: 'ENOENT' })
    },
    async saveFile(path, content) {
      files.set(path, new TextEncoder().encode(content))
    },
    async removeFile(path) {
      files.delete(path)
    },
  }
}

const VERSION = 'v1'
/** Micro-batches whose entries are kept, as in Spark. */
const KEPT = 100

/** Entries by number of the micro-batch, a file each, in Spark's form: a line with the version, then the content. */
export class BatchLog implements SourceLog {
  private readonly store: LogStore
  private readonly path: string
  private known: number[] | undefined

  constructor(store: LogStore, path: string) {
    this.store = store
    this.path = path
  }

  async list(): Promise<readonly number[]> {
    if (!this.known) {
      const entries = (await this.store.list(this.path)) ?? []
      this.known = entries
        .map(({ name }) => name)
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .sort((a, b) => a - b)
    }
    return this.known
  }

  async last(): Promise<number | undefined> {
    return (await this.list()).at(-1)
  }

  /** @throws PersistenceError for an entry that is no such file. */
  async read(batchId: number): Promise<string | undefined> {
    if (!(await this.list()).includes(batchId)) return undefined
    const file = `${this.path}/${batchId}`
    const text = new TextDecoder().decode(await this.store.read(file))
    const end = text.indexOf('\n')
    if (end >= 0 && text.slice(0, end) === VERSION) return text.slice(end + 1)
    throw new PersistenceError('the entry of the checkpoint is damaged, or of another version', {
      file,
      allowed: `Its first line is ${VERSION}`,
      received: text.slice(0, 40),
    })
  }

  /** @throws EngineError where another query has written that entry. */
  async write(batchId: number, text: string): Promise<void> {
    const known = await this.list()
    const there = (await this.store.list(this.path)) ?? []
    if (!known.includes(batchId) && there.some(({ name }) => name === String(batchId))) {
      throw new EngineError('another query uses the same checkpoint', {
        stage: 'writeStream',
        received: `${this.path}/${batchId}`,
        hint: 'Give each query a checkpointLocation of its own',
      })
    }
    await this.store.saveFile(`${this.path}/${batchId}`, `${VERSION}\n${text}`, true)
    this.known = [...known.filter((id) => id !== batchId), batchId].sort((a, b) => a - b)
  }

  /** Lets go of entries that no restart needs. */
  async purge(last: number): Promise<void> {
    const old = (await this.list()).filter((id) => id <= last - KEPT)
    if (old.length === 0) return
    for (const id of old) await this.store.removeFile(`${this.path}/${id}`)
    this.known = (await this.list()).filter((id) => id > last - KEPT)
  }
}

/** Where a query was when it ended: the intent of each micro-batch, and which were done (Spark's checkpoint, file by file). */
export class Checkpoint {
  readonly id: string
  /** Offsets at which each micro-batch ends, written before it runs. */
  readonly offsets: BatchLog
  /** Micro-batches that are done. */
  readonly commits: BatchLog
  private readonly store: LogStore
  private readonly path: string

  private constructor(store: LogStore, path: string, id: string) {
    this.store = store
    this.path = path
    this.id = id
    this.offsets = new BatchLog(store, `${path}/offsets`)
    this.commits = new BatchLog(store, `${path}/commits`)
  }

  /** The checkpoint of a folder, made where there is none. @throws PersistenceError for a damaged one. */
  static async open(store: LogStore, path: string): Promise<Checkpoint> {
    const folder = path.replace(/\/+$/, '')
    const file = `${folder}/metadata`
    const entries = await store.list(folder)
    if (entries?.some(({ name }) => name === 'metadata')) {
      const text = new TextDecoder().decode(await store.read(file))
      const id = idOf(text)
      if (id) return new Checkpoint(store, folder, id)
      throw new PersistenceError('the metadata of the checkpoint are damaged', { file, received: text.slice(0, 80) })
    }
    const id = randomUUID()
    await store.saveFile(file, JSON.stringify({ id }), true)
    return new Checkpoint(store, folder, id)
  }

  /** Entries of the source of that number. */
  sourceLog(index: number): BatchLog {
    return new BatchLog(this.store, `${this.path}/sources/${index}`)
  }

  /** The offsets of a micro-batch, one a source. */
  async offsetsOf(batchId: number): Promise<Json[] | undefined> {
    const text = await this.offsets.read(batchId)
    if (text === undefined) return undefined
    return text
      .split('\n')
      .slice(1)
      .map((line) => (line === '-' ? null : JSON.parse(line)))
  }

  /** Writes what a micro-batch is going to read. */
  writeIntent(batchId: number, offsets: readonly Json[]): Promise<void> {
    const about = { batchWatermarkMs: 0, batchTimestampMs: Date.now(), conf: {} }
    const lines = offsets.map((offset) => (offset === null ? '-' : JSON.stringify(offset)))
    return this.offsets.write(batchId, [JSON.stringify(about), ...lines].join('\n'))
  }

  /** Writes that a micro-batch is done. */
  async writeCommit(batchId: number): Promise<void> {
    await this.commits.write(batchId, JSON.stringify({ nextBatchWatermarkMs: 0 }))
    await this.offsets.purge(batchId)
    await this.commits.purge(batchId)
  }
}

function idOf(text: string): string | undefined {
  try {
    const { id } = JSON.parse(text) as { id?: unknown }
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}
