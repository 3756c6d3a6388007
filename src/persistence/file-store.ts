import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeFileAtomic, writeFolderAtomic } from '../util/atomic-write.js'
import type { Found, ModelStore } from './store.js'

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

/** Undefined where nothing is. */
const absent = (error: unknown): undefined => {
  if (isAbsent(error)) return undefined
  throw error
}

/** The files of this machine. What is saved is written aside and renamed. */
export const fileStore: ModelStore = {
  async find(path): Promise<Found | undefined> {
    const info = await stat(path).catch(absent)
    if (!info) return undefined
    return { kind: info.isDirectory() ? 'folder' : info.isFile() ? 'file' : 'other', bytes: info.size }
  },
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
      return absent(error)
    }
  },
  read: (path) => readFile(path),
  async head(path, bytes) {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  },
  async bytesIn(path) {
    let bytes = 0
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size
    }
    return bytes
  },
  async write(path, content) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  },
  saveFile: (path, content) => writeFileAtomic(path, content),
  removeFile: (path) => rm(path, { force: true }),
  saveFolder: (path, fill) => writeFolderAtomic(path, (aside) => fill(fileStore, aside)),
  readFolder: (_, work) => work(fileStore),
}
