import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PersistenceError } from '../errors.js'
import { syncFile, writeFileAtomic } from '../util/atomic-write.js'

/** Folder of the ledger; readers of the output pass over names that begin so. */
const LEDGER = '_scored'
const ASIDE = '_temporary'
const VERSION = 1

/** A part of the input that was scored. */
export interface ScoredPart {
  /** What the input was cut into: `files`, `table`, or `ranges of COLUMN`. */
  readonly source: string
  /** What tells the part from others: the path of a file, or the number of a range of a table. */
  readonly key: string
  /** Size and time of a file, which tell whether it is still the same. */
  readonly state: string
  /** Which version of the part this is: files that have changed are scored again. */
  readonly revision: number
  /** Rows of the output. */
  readonly rows: number
  /** Names of the files of the output. */
  readonly files: readonly string[]
  /** Highest value of the watermark column, as text; null where there is none. */
  readonly watermark: string | null
  readonly modelVersion: string
  /** When it was scored, in ISO 8601. */
  readonly time: string
}

type Entries = Map<string, { readonly name: string; readonly part: ScoredPart }>

/** Which parts of a batch were scored, an entry each, beside the files of the output. An entry is written after its files have their names. */
export class BatchLedger {
  readonly #folder: string
  readonly #entries: Entries

  private constructor(folder: string, entries: Entries) {
    this.#folder = folder
    this.#entries = entries
  }

  /**
   * The ledger of a folder. Files that a run has left without an entry, because it was ended, are removed: their parts come again.
   * @throws PersistenceError for a folder that holds something else, and for a damaged entry.
   */
  static async open(folder: string, source: string): Promise<BatchLedger> {
    const names: readonly string[] = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return []
      throw new PersistenceError(`"${folder}" cannot be read`, { stage: 'scoreBatch', param: 'output', cause })
    })
    const entries: Entries = new Map()
    if (names.includes(LEDGER)) {
      for (const name of (await readdir(join(folder, LEDGER))).filter((file) => /^\d+[.]json$/.test(file)).sort()) {
        const part = await entryOf(join(folder, LEDGER, name))
        entries.set(part.key, { name, part })
      }
    } else if (names.length > 0) {
      throw new PersistenceError(`"${folder}" holds files that no batch has written`, {
        stage: 'scoreBatch',
        param: 'output',
        received: names.slice(0, 5).join(', '),
        hint: 'Name a folder of its own for the scored rows.',
      })
    }
    const other = [...entries.values()].find(({ part }) => part.source !== source)
    if (other) {
      throw new PersistenceError(`"${folder}" holds scored ${other.part.source}, and this input is ${source}`, {
        stage: 'scoreBatch',
        param: 'output',
        hint: 'Score each input into a folder of its own.',
      })
    }
    const known = new Set([...entries.values()].flatMap(({ part }) => part.files))
    for (const name of names) if (name.startsWith('part-') && !known.has(name)) await rm(join(folder, name))
    await rm(join(folder, ASIDE), { recursive: true, force: true })
    await mkdir(join(folder, LEDGER), { recursive: true })
    return new BatchLedger(folder, entries)
  }

  get parts(): readonly ScoredPart[] {
    return Array.from(this.#entries.values(), ({ part }) => part)
  }

  find(key: string): ScoredPart | undefined {
    return this.#entries.get(key)?.part
  }

  /** A folder for the files of a part that is being scored. */
  async aside(): Promise<string> {
    const folder = join(this.#folder, ASIDE)
    await rm(folder, { recursive: true, force: true })
    return folder
  }

  /** Gives the files of a part that lie aside their names and enters it; the files of an older version of the part then go. */
  async commit(part: Omit<ScoredPart, 'files'>): Promise<ScoredPart> {
    const before = this.#entries.get(part.key)
    const name = before?.name ?? `${String(this.#entries.size).padStart(8, '0')}.json`
    const written = (await readdir(join(this.#folder, ASIDE))).filter((file) => file.startsWith('part-')).sort()
    const files: string[] = []
    for (const [k, file] of written.entries()) {
      const target = `part-${name.slice(0, 8)}-${part.revision}-${k}${file.slice(file.indexOf('.'))}`
      await syncFile(join(this.#folder, ASIDE, file))
      await rename(join(this.#folder, ASIDE, file), join(this.#folder, target))
      files.push(target)
    }
    await rm(join(this.#folder, ASIDE), { recursive: true, force: true })
    const entered = { ...part, files }
    await writeFileAtomic(join(this.#folder, LEDGER, name), `${JSON.stringify({ version: VERSION, ...entered })}\n`)
    this.#entries.set(part.key, { name, part: entered })
    for (const old of before?.part.files ?? []) if (!files.includes(old)) await rm(join(this.#folder, old))
    return entered
  }

  /** Tells readers that wait for it, as Spark does, that a run has ended. */
  finish(): Promise<void> {
    return writeFileAtomic(join(this.#folder, '_SUCCESS'), '')
  }
}

async function entryOf(path: string): Promise<ScoredPart> {
  const damaged = (cause?: unknown): PersistenceError =>
    new PersistenceError(`"${path}" is no entry of a ledger`, {
      stage: 'scoreBatch',
      param: 'output',
      hint: 'Restore it, or score into another folder.',
      cause,
    })
  const text = await readFile(path, 'utf8')
  let entry: { readonly version?: unknown; readonly key?: unknown; readonly files?: unknown }
  try {
    entry = JSON.parse(text)
  } catch (cause) {
    throw damaged(cause)
  }
  if (entry.version !== VERSION || typeof entry.key !== 'string' || !Array.isArray(entry.files)) throw damaged()
  return entry as unknown as ScoredPart
}
