import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ParamError, PersistenceError } from '../../errors.js'

/** Names that Hadoop's readers pass over. */
const isHidden = (name: string): boolean => name.startsWith('_') || name.startsWith('.')

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new PersistenceError(
      `cannot read ${path}: ${cause.code === 'ENOENT' ? 'it does not exist' : cause.message}`,
      { stage: 'read', cause, received: path, hint: 'Give the path of a file, or of a folder of files' },
    )
  })
  if (!found.isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory() && !isHidden(entry.name)).map((entry) => entry.name)
  if (files.length === 0) {
    throw new PersistenceError(`the folder ${path} holds no files`, {
      stage: 'read',
      received: path,
      hint: 'Files whose names start with _ or . do not count',
    })
  }
  return files.sort().map((name) => join(path, name))
}

/**
 * The files that the paths of a reader mean: files themselves, and the files of folders in order of their names, without
 * those that start with `_` or `.`.
 * @throws PersistenceError when a path does not exist or a folder is empty; ParamError when there is no path.
 */
export async function resolveFiles(paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) throw new ParamError('there is no path to read', { stage: 'read', param: 'paths' })
  return (await Promise.all(paths.map(filesOf))).flat()
}
