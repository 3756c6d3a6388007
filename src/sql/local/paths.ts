import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { ParamError, PersistenceError } from '../../errors.js'
import { fileReason } from '../../util/file-error.js'

/** A file, and the values of the columns that the names of its folders tell: `year=2024/city=FR`. */
export interface FoundFile {
  readonly path: string
  readonly partition: readonly (readonly [name: string, value: string | null])[]
}

/** Names that Hadoop's readers pass over. */
const isHidden = (name: string): boolean => name.startsWith('_') || name.startsWith('.')

/** Name of the folder of rows whose value is null. */
export const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__'

const PARTITION = /^([^=]+)=(.*)$/s

/** `%2F` and the like, in which folders write characters that names of files cannot have. */
const unescaped = (text: string): string =>
  text.replace(/(?:%[0-9a-fA-F]{2})+/g, (codes) => {
    try {
      return decodeURIComponent(codes)
    } catch {
      return codes
    }
  })

/** The name of a folder as Spark writes it, of one in which the engine has written more characters as `%C3`: only what paths or patterns use. */
export const sparkFolderName = (name: string): string => {
  const written = (text: string): string =>
    unescaped(text).replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are written as codes
      /[\x01-\x1f"#%'*/:=?\\\x7f{[\]^]/g,
      (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
  return name.split('=').map(written).join('=')
}

/** @throws PersistenceError for what cannot be looked at, such as a link that leads nowhere. */
const statOf = (path: string): Promise<Stats> =>
  stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new PersistenceError(
      `cannot read ${path}: ${cause.code === 'ENOENT' ? 'it does not exist' : (fileReason(cause)?.reason ?? cause.message)}`,
      {
        stage: 'read',
        cause,
        file: path,
        received: path,
        hint: 'Give the path of a file, or of a folder of files',
      },
    )
  })

async function filesOf(path: string, recursive: boolean): Promise<FoundFile[]> {
  const found = await statOf(path)
  if (!found.isDirectory()) return [{ path, partition: [] }]
  const files = await filesIn(path, [], recursive)
  if (files.length > 0) return files
  throw new PersistenceError(`the folder ${path} holds no files`, {
    stage: 'read',
    received: path,
    hint: 'Files whose names start with _ or . do not count, nor folders, unless they are named column=value or recursiveFileLookup is true',
  })
}

async function filesIn(folder: string, partition: FoundFile['partition'], recursive: boolean): Promise<FoundFile[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  const files: FoundFile[] = []
  for (const entry of entries) {
    const path = join(folder, entry.name)
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await statOf(path)).isDirectory())
    const [, name, value] = PARTITION.exec(entry.name) ?? []
    if (!isFolder) {
      if (!isHidden(entry.name)) files.push({ path, partition })
    } else if (recursive) {
      if (!isHidden(entry.name)) files.push(...(await filesIn(path, [], true)))
    } else if (name !== undefined && !entry.name.startsWith('.')) {
      const text = unescaped(value)
      const own = [unescaped(name), text === NULL_FOLDER ? null : text] as const
      files.push(...(await filesIn(path, [...partition, own], false)))
    }
  }
  return files
}

/** The regular expression of one part of a pattern: `*`, `?`, `[a-c]`, `[^a]`, `{a,b}`. */
function patternOf(glob: string): RegExp {
  let depth = 0
  const source = glob.replace(/\[(\^|!)?([^\]]+)\]|[*?{},.+^$()|\\/-]/g, (text, not: string, set: string) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\[]/g, '\\$&')}]`
    if (text === '*') return '.*'
    if (text === '?') return '.'
    if (text === '{') {
      depth++
      return '(?:'
    }
    if (text === '}' && depth > 0) {
      depth--
      return ')'
    }
    return text === ',' && depth > 0 ? '|' : `\\${text}`
  })
  return new RegExp(`^${source}$`, 's')
}

const isGlob = (path: string): boolean => /[*?[{]/.test(path)

/** The paths that a pattern means, in order; the path itself where it exists as it is written, or is no pattern. */
async function expand(path: string): Promise<string[]> {
  if (!isGlob(path) || (await stat(path).catch(() => undefined))) return [path]
  const parts = path.split(/[/\\]/)
  const first = parts.findIndex(isGlob)
  let found = [parts.slice(0, first).join(sep) || (path.startsWith('/') ? '/' : '.')]
  for (const part of parts.slice(first)) {
    const pattern = isGlob(part) ? patternOf(part) : undefined
    const next = await Promise.all(
      found.map(async (folder) => {
        const names = pattern ? await readdir(folder).catch(() => []) : [part]
        return names
          .filter((name) => !pattern || (pattern.test(name) && (part.startsWith('.') || !name.startsWith('.'))))
          .sort()
          .map((name) => join(folder, name))
      }),
    )
    found = next.flat()
  }
  const there = await Promise.all(found.map((candidate) => stat(candidate).catch(() => undefined)))
  const all = found.filter((_, k) => there[k])
  if (all.length > 0) return all
  throw new PersistenceError(`no file fits ${path}`, {
    stage: 'read',
    received: path,
    hint: `Look into ${dirname(parts.slice(0, first + 1).join(sep))}`,
  })
}

/**
 * The files that the paths of a reader mean: files themselves, files that fit a pattern, and the files of folders in order of their
 * names, without those that start with `_` or `.`. Folders in them count where they are named `column=value`.
 * @param recursive whether all folders in folders count, and no name tells a column.
 * @param filter a pattern that the names of files must fit.
 * @throws PersistenceError when a path does not exist or a folder is empty; ParamError when there is no path.
 */
export async function resolveFiles(paths: readonly string[], recursive = false, filter?: string): Promise<FoundFile[]> {
  if (paths.length === 0) throw new ParamError('there is no path to read', { stage: 'read', param: 'paths' })
  const expanded = (await Promise.all(paths.map(expand))).flat()
  const files = (await Promise.all(expanded.map((path) => filesOf(path, recursive)))).flat()
  if (filter === undefined) return files
  const pattern = patternOf(filter)
  const kept = files.filter(({ path }) => pattern.test(basename(path)))
  if (kept.length > 0) return kept
  throw new PersistenceError(`none of ${files.length} files fits the option pathGlobFilter`, {
    stage: 'read',
    param: 'pathGlobFilter',
    received: filter,
    hint: `The first one is ${files[0].path}`,
  })
}
