import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PersistenceError } from '../errors.js'
import type { DataFrame } from '../sql/dataframe.js'
import { syncFile } from '../util/atomic-write.js'
import { writeError } from '../util/file-error.js'
import type { RowFormat } from './formats.js'

/** A hidden name beside a path. */
export const aside = (path: string): string => join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)

/** @throws PersistenceError when something stands at the path and may not be replaced. */
export async function requireFree(path: string, overwrite: boolean): Promise<void> {
  if (overwrite || !(await stat(path).catch(() => undefined))) return
  throw new PersistenceError(`"${path}" exists already`, {
    param: 'path',
    received: path,
    hint: 'Name another path, or add --overwrite.',
  })
}

/** @throws PersistenceError when the path is a folder, or something that may not be replaced stands there. */
export async function requireFile(path: string, overwrite: boolean): Promise<void> {
  await requireFree(path, overwrite)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) return
  throw new PersistenceError(`"${path}" is a folder`, { param: 'path', received: path, hint: 'Name a file.' })
}

/** Writes a frame to one file beside a path, on disk when the promise resolves. @returns where it is. */
export async function writeAside(
  frame: DataFrame,
  path: string,
  { format, options }: RowFormat,
  signal?: AbortSignal,
): Promise<{ readonly file: string; discard(): Promise<void> }> {
  // The writer makes a folder with a part file, as Spark does.
  const folder = aside(path)
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await frame.write.format(format).options(options).save(folder, { signal })
    const part = (await readdir(folder)).find((name) => name.startsWith('part-'))!
    await syncFile(join(folder, part))
    return { file: join(folder, part), discard }
  } catch (error) {
    await discard()
    throw writeError(error, path)
  }
}

/** Gives a finished file its name. */
export async function moveInPlace(file: string, path: string): Promise<void> {
  await rename(file, path).catch((cause: unknown) => {
    throw writeError(cause, path)
  })
}
