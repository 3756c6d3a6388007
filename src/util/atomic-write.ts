import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Waits until a file is on disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

const aside = (path: string): string => join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)

/**
 * Writes a file so that a reader, and a crash at any moment, sees the old content or the new one, never a part: the bytes
 * go to a hidden file beside it, reach the disk, and take its name.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = aside(path)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/**
 * Fills a folder through `fill(temporaryFolder)` and then gives it its name; what stood there before stays whole until
 * then. When `fill` fails nothing is left behind.
 */
export async function writeFolderAtomic(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = aside(path)
  const old = aside(path)
  try {
    await mkdir(temporary)
    await fill(temporary)
    const existed = await rename(path, old).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false
        throw error
      },
    )
    try {
      await rename(temporary, path)
    } catch (error) {
      if (existed) await rename(old, path)
      throw error
    }
    if (existed) await rm(old, { recursive: true, force: true })
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
}
