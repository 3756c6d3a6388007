import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as library from '../src/index.js'
import { version } from '../src/version.js'
import { innerStages, registry } from './helpers/registry.js'
import { ROOT, readRepositoryFile, repositoryFiles, type Source, sources } from './helpers/sources.js'

/** Folders and single files of `src/`, from the ground up: each may import only what stands before it. */
const LAYERS = [
  ...[
    'errors',
    'version',
    'util',
    'linalg',
    'kernels',
    'sql',
    'param',
    'persistence',
    'scoring',
    'schema',
    'module',
    'pipeline',
    'optim',
    'stat',
    'tree',
  ],
  ...['feature', 'regression', 'classification', 'clustering', 'recommendation', 'fpm', 'evaluation', 'tuning'],
  ...['onnx', 'interop', 'notebook', 'tracking', 'serving', 'streaming', 'monitoring', 'cli', 'registry', 'index'],
]
/**
 * The imports that point up: classes are looked up when something is loaded (docs/adr/0002-registry-import.md), and queries are started by frames
 * (docs/adr/0015-streams-are-plans.md).
 */
const UPWARD = ['persistence/classes.ts -> registry.ts', 'sql/data-stream-writer.ts -> streaming/start.ts']
const MAX_LINES = 500

const all = sources()
const layerOf = (path: string): string => path.split('/')[0].replace(/\.ts$/, '')

/** A cycle of files through imports that are run, as a list of paths; undefined when there is none. */
function findCycle(files: readonly Source[]): string[] | undefined {
  const byPath = new Map(files.map((source) => [source.path, source]))
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    const seen = trail.indexOf(path)
    if (seen >= 0) return [...trail.slice(seen), path]
    if (done.has(path)) return undefined
    for (const { target, typeOnly, dynamic } of byPath.get(path)?.imports ?? []) {
      if (typeOnly || dynamic) continue
      const cycle = visit(target, [...trail, path])
      if (cycle) return cycle
    }
    done.add(path)
    return undefined
  }
  for (const { path } of files) {
    const cycle = visit(path, [])
    if (cycle) return cycle
  }
  return undefined
}

describe('layout of src', () => {
  it('has only folders that have a place in the order', () => {
    const unknown = all.map(({ path }) => layerOf(path)).filter((layer) => !LAYERS.includes(layer))
    expect([...new Set(unknown)]).toEqual([])
  })

  it('imports only from folders above', () => {
    const wrong = all.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => LAYERS.indexOf(layerOf(target)) > LAYERS.indexOf(layerOf(path)))
        .map(({ target }) => `${path} -> ${target}`),
    )
    expect(wrong.filter((edge) => !UPWARD.includes(edge))).toEqual([])
  })

  it('reaches the engine in this process only through the interface Engine, which the session gives', () => {
    const local = (path: string): boolean => path.startsWith('sql/local/')
    const doors = all
      .filter(({ path, imports }) => !local(path) && imports.some(({ target }) => local(target)))
      .map(({ path }) => path)
    expect(doors).toEqual(['sql/session.ts'])
  })

  it('imports files that exist, by their .js names', () => {
    const missing = all.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => !existsSync(join(ROOT, 'src', target)))
        .map(({ target }) => `${path} -> ${target}`),
    )
    expect(missing).toEqual([])
  })

  it('has no cycle of imports', () => {
    expect(findCycle(all)).toBeUndefined()
  })

  it('finds a cycle where there is one', () => {
    const file = (path: string, target: string, typeOnly = false): Source => ({
      path,
      text: '',
      imports: [{ target, typeOnly, dynamic: false }],
    })
    expect(findCycle([file('a.ts', 'b.ts'), file('b.ts', 'a.ts')])).toEqual(['a.ts', 'b.ts', 'a.ts'])
    expect(findCycle([file('a.ts', 'b.ts'), file('b.ts', 'a.ts', true)])).toBeUndefined()
  })

  it('has no file that is too long', () => {
    const long = all
      .map(({ path, text }) => [path, text.split('\n').length] as const)
      .filter(([, lines]) => lines > MAX_LINES)
    expect(long).toEqual([])
  })
})

describe('registry', () => {
  const DECLARED =
    /class\s+(\w+)\s+extends\s+(?:(?:transformer|estimator|evaluator|model|regressionModel|classificationModel|probabilisticModel)\(\s*|modelOver\([^']*)'([^']+)'/g
  const declared = all.flatMap(({ text }) =>
    [...text.matchAll(DECLARED)].map(([, name, sparkClass]) => ({ name, sparkClass })),
  )
  // Examples in comments declare classes, too.
  const real = declared.filter(({ sparkClass }) => /^[\w.]+$/.test(sparkClass))

  it('holds every stage, model and evaluator of src', () => {
    const known = new Set([...registry, ...innerStages].map(({ sparkClass }) => sparkClass))
    expect(real.length).toBeGreaterThan(0)
    expect(real.filter(({ sparkClass }) => !known.has(sparkClass))).toEqual([])
  })

  it('holds each Spark class once', () => {
    const classes = [...registry, ...innerStages].map(({ sparkClass }) => sparkClass)
    expect(classes.filter((name, i) => classes.indexOf(name) !== i)).toEqual([])
  })

  it('is exported, each class under its own name', () => {
    const exported = library as unknown as Record<string, unknown>
    expect(registry.filter((stageClass) => exported[stageClass.name] !== stageClass).map(({ name }) => name)).toEqual(
      [],
    )
  })
})

describe('repository', () => {
  it('has one version', () => {
    expect(JSON.parse(readRepositoryFile('package.json')).version).toBe(version)
  })

  it('gives every entry of the package types, also for tools that do not read exports', () => {
    const { exports, typesVersions } = JSON.parse(readRepositoryFile('package.json'))
    const entries = Object.entries<{ types: string; default: string }>(exports).flatMap(([path, files]) =>
      path.startsWith('./') && !path.endsWith('.json') ? [[path.slice(2), files] as const] : [],
    )
    expect(typesVersions['*']).toEqual(Object.fromEntries(entries.map(([name, { types }]) => [name, [types]])))
    for (const [name, files] of entries) {
      expect(files).toEqual({ types: `./dist/${name}/index.d.ts`, default: `./dist/${name}/index.js` })
      expect(existsSync(join(ROOT, 'src', name, 'index.ts'))).toBe(true)
    }
  })

  it('names no machine and no registry host', () => {
    // Written in parts, so that this file does not name them.
    const forbidden = new RegExp(
      ['/wo' + 'rk/', '/ro' + 'ot/', '/ho' + 'me/\\w', '/tm' + 'p/re' + 'f', 'localhost:\\d+/re' + 'pository'].join(
        '|',
      ),
    )
    const found = repositoryFiles().flatMap((path) =>
      readRepositoryFile(path)
        .split('\n')
        .flatMap((line, i) => (forbidden.test(line) ? [`${path}:${i + 1}: ${line.slice(0, 100)}`] : [])),
    )
    expect(found).toEqual([])
  })

  it('locks packages by version and hash, not by address', () => {
    expect(readRepositoryFile('package-lock.json')).not.toContain('"resolved"')
  })

  it('locks the binaries of every platform', () => {
    const { packages } = JSON.parse(readRepositoryFile('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>
    }
    const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !(`node_modules/${name}` in packages)),
    )
    expect(missing).toEqual([])
  })
})
