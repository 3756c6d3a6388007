import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What stands under a name in a folder of a store. */
export interface StoreEntry {
  readonly name: string
  readonly isFolder: boolean
}

/** A place that holds files in folders: a disk, or a bucket. Paths have slashes. */
export interface Store {
  /** What stands in a folder, sorted by name; undefined when there is no such folder. */
  list(path: string): Promise<readonly StoreEntry[] | undefined>
  /** The bytes of a file. @throws what the store raises. */
  read(path: string): Promise<Uint8Array>
  /** Writes a file; folders on the way are made. */
  write(path: string, content: Uint8Array | string): Promise<void>
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

/** The files of this machine. */
export const fileStore: Store = {
  async list(path) {
    try {
      const entries = await readdir(path, { withFileTypes: true })
      // What a link stands for is asked of what it points at.
      const named = await Promise.all(
        entries.map(async (entry) => ({
          name: entry.name,
          isFolder: entry.isSymbolicLink() ? (await stat(join(path, entry.name))).isDirectory() : entry.isDirectory(),
        })),
      )
      return named.sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  },
  read: (path) => readFile(path),
  async write(path, content) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  },
}
