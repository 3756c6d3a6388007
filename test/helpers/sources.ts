import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root folder of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** One import or re-export of another file of `src/`. */
export interface Import {
  /** Path of the imported file below `src/`, such as `sql/types.ts`. */
  readonly target: string
  /** Erased by the compiler: `import type`, or only types in braces. */
  readonly typeOnly: boolean
  /** `import('…')`, when the program runs. */
  readonly dynamic: boolean
}

export interface Source {
  /** Path below `src/`, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:([^'"]*?)\s+from\s+)?['"](\.{1,2}\/[^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"](\.{1,2}\/[^'"]+)['"]\s*\)/g

/** Code without its comments, so that examples in them are no imports. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

function importsOf(path: string, text: string): Import[] {
  const target = (specifier: string): string => posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')
  const code = withoutComments(text)
  const onlyTypes = (names: string | undefined): boolean =>
    names !== undefined &&
    /^\{.*\}$/s.test(names) &&
    names
      .slice(1, -1)
      .split(',')
      .every((name) => name.trim() === '' || /^\s*type\s/.test(name))
  const fixed = [...code.matchAll(STATIC)].map(([, type, names, specifier]) => ({
    target: target(specifier),
    typeOnly: type !== undefined || onlyTypes(names),
    dynamic: false,
  }))
  const late = [...code.matchAll(DYNAMIC)].map(([, specifier]) => ({
    target: target(specifier),
    typeOnly: false,
    dynamic: true,
  }))
  return [...fixed, ...late]
}

/** Every TypeScript file below `src/`. */
export function sources(): Source[] {
  const src = join(ROOT, 'src')
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const path = relative(src, file).split(sep).join('/')
      const text = readFileSync(file, 'utf8')
      return { path, text, imports: importsOf(path, text) }
    })
}

/** Text files that git would take: tracked ones that are still there, and new ones that are not ignored. */
export function repositoryFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return list
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)) && !/\.(br|gz|png|parquet|wasm|crc|zip)$/.test(path))
}

export const readRepositoryFile = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
